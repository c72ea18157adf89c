package theory

import (
	"errors"
	"fmt"
	"math"
)

// PairEntropy returns (1/(L N)) ln of the average number of pairs of fixed points of the
// chain that have the given overlap q_l in each module, L values in [-1, 1], for N -> infinity,
// in nats per neuron of the whole chain. First moment: negative proves that there are no
// such pairs. With eta_l = s_l s'_l per site, tau_l = s_l s_(l+1) and tau'_l of the second state,
//
//	S2 = (1/L) min over f of { ln 2 - sum_l f_l q_l
//	   + ln sum over tau, eta of prod_l exp(f_l eta_l) Phi2(h + lambda (tau_(l-1) + tau_l)/r, h + lambda (tau'_(l-1) + tau'_l)/r; eta_l c_l) },
//	c_l = (q_l + a^2)/(1 + a^2),  r = sqrt(1 + a^2),  tau'_l = tau_l eta_l eta_(l+1).
//
// At q_l = 1 for all l it is [Chain.Entropy], and with one module [Ensemble.PairEntropy]. The
// pairs at one overlap of the whole states are those of all profiles with that mean, the
// most numerous of which need not have equal overlaps. Source: as of [Chain]. Cost: O(L^2) for
// each of some ten steps, 1 ms for three modules.
func (c Chain) PairEntropy(overlaps []float64) (float64, error) {
	t, err := c.transfer(1)
	if err != nil {
		return 0, err
	}
	if err := c.checkProfile(overlaps); err != nil {
		return 0, err
	}
	p := make(pairChain, c.Modules)
	tables := map[float64][2]pairFactor{}
	for l, q := range overlaps {
		table, known := tables[q]
		if !known {
			w := halfAngle((1 - q) / 2 / (1 + c.Module.InputVariance))
			table = t.pairFactors(c.Modules, w, w, q > -1, q < 1)
			tables[q] = table
		}
		p[l] = table[c.place(l)]
	}
	f := p.fit(overlaps)
	if !f.settle() {
		return 0, fmt.Errorf("theory: pairs of %+v at overlaps %v: no extremum found", c, overlaps)
	}
	return f.value() / float64(c.Modules), nil
}

// LocalEntropy returns S_FP = S2 - Sigma of a chain in nats per neuron: the entropy of fixed
// points that have overlap q_l with a typical one in each module, L values in [-1, 1]. First
// moment, taken over pairs and divided by the number of fixed points: a bound where
// [Chain.Entropy] is exact.
func (c Chain) LocalEntropy(overlaps []float64) (float64, error) {
	pairs, err := c.PairEntropy(overlaps)
	if err != nil {
		return 0, err
	}
	single, err := c.Entropy()
	return pairs - single, err
}

func (c Chain) checkProfile(overlaps []float64) error {
	var problems []error
	if len(overlaps) != c.Modules {
		problems = append(problems, fmt.Errorf("theory: %d overlaps, want one for each of %d modules", len(overlaps), c.Modules))
	}
	for l, q := range overlaps {
		if !(math.Abs(q) <= 1) {
			problems = append(problems, fmt.Errorf("theory: module %d: overlap %v, want -1 to 1", l, q))
		}
	}
	return errors.Join(problems...)
}

// place returns which of the tables of [transfer.pairFactors] module l takes.
func (c Chain) place(l int) int {
	if l == 0 || l == c.Modules-1 {
		return 0
	}
	return 1
}

// pairFactor holds ln Phi2 of one module by what the two states have at a site: whether
// they agree (0) or differ (1) there, and the sums of tau with the neighbours, -2 to 2 at
// 0 to 4, of the first and of the second. -Inf where there is no such site.
type pairFactor [2][5][5]float64

// pairFactors returns the factors of a module at an end, or alone, and of one between two
// others. The fields of the two states have the correlation cos(agree) where they agree and
// -cos(differ) where they differ; either may have no sites.
func (t transfer) pairFactors(modules int, agree, differ float64, some, others bool) [2]pairFactor {
	var tables [2]pairFactor
	for place := range tables {
		neighbours := min(place+1, modules-1)
		for e := range 2 {
			for i := range 5 {
				for k := range 5 {
					tables[place][e][i][k] = math.Inf(-1)
				}
			}
		}
		if neighbours <= place && place == 1 {
			continue // no module has two neighbours
		}
		for i := 2 - neighbours; i <= 2+neighbours; i += 2 {
			for k := 2 - neighbours; k <= i; k += 2 {
				a, b := t.h+float64(i-2)*t.lambda, t.h+float64(k-2)*t.lambda
				if some {
					tables[place][0][i][k] = logBivariate(a, b, math.Pi-agree)
				}
				if others {
					tables[place][1][i][k] = logBivariate(a, b, differ)
				}
				for e := range 2 {
					tables[place][e][k][i] = tables[place][e][i][k]
				}
			}
		}
	}
	return tables
}

// pairChain is the factors of one site of two states of a chain, module by module.
type pairChain []pairFactor

// pairMessage sums one side of a module at a site: over everything there, by whether the
// states agree in the module (0) or differ (1), and by tau of the bond in the first and in
// the second state, -1 to 1 at 0 to 2; the middle one stands for no neighbour. In logarithms.
type pairMessage [2][3][3]float64

func noNeighbour() pairMessage {
	m := nothing()
	m[0][1][1], m[1][1][1] = 0, 0
	return m
}

func nothing() pairMessage {
	var m pairMessage
	for e := range m {
		for i := range 3 {
			for k := range 3 {
				m[e][i][k] = math.Inf(-1)
			}
		}
	}
	return m
}

// next passes a message over a module with field f to the neighbour on the other side.
func (m *pairMessage) next(factor *pairFactor, f float64) pairMessage {
	to := nothing()
	for e := range 2 { // of the neighbour
		for i := 0; i < 3; i += 2 {
			for k := 0; k < 3; k += 2 {
				own := e
				if i != k { // tau tau' = eta eta of the neighbour
					own = 1 - e
				}
				to[e][i][k] = f*float64(1-2*own) + m.with(factor, own, i, k)
			}
		}
	}
	return to
}

// with sums over the message and the factor of its module, given tau of the other bond.
func (m *pairMessage) with(factor *pairFactor, own, i, k int) float64 {
	log := math.Inf(-1)
	for p := range 3 {
		for r := range 3 {
			if value := m[own][p][r]; !math.IsInf(value, -1) {
				log = logAdd(log, value+factor[own][p+i][r+k])
			}
		}
	}
	return log
}

// weigh returns the logarithms of the sums over all sites that agree and that differ in a
// module, without its field.
func weigh(left, right *pairMessage, factor *pairFactor) (w [2]float64) {
	for e := range w {
		w[e] = math.Inf(-1)
		for i := range 3 {
			for k := range 3 {
				if value := right[e][i][k]; !math.IsInf(value, -1) {
					w[e] = logAdd(w[e], value+left.with(factor, e, i, k))
				}
			}
		}
	}
	return w
}
