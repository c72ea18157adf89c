package theory

import (
	"context"
	"errors"
	"fmt"
	"math"
)

const (
	profileLimit = 10000 // of (N+1)^L in [Chain.PairsByDistance]
	patternLimit = 10    // of L in [Chain.Pairs]
)

// Pairs returns the average number of ordered pairs of fixed points of a chain of modules of
// N >= 2 neurons that differ in k_l neurons of module l, L distances of 0 to N. Exact for
// every N, ends included: sites are independent but for the numbers k_l, so with z_l at each
// site where module l differs it is the coefficient
//
//	2^N [prod_l z_l^k_l] (sum over eta, tau of prod_l z_l^(eta_l = -1) Phi2(.., ..; eta_l c_l))^N,
//
// the arguments as in [Chain.PairEntropy] and the correlations as in [Ensemble.Pairs] at
// distance k_l. It is found with the weights tilted to the distances wanted, so nothing
// underflows. L is at most 10, else [ErrTooLarge]. Cost: O(N 2^L prod_l (k_l + 1)).
func (c Chain) Pairs(neurons int, distances []int) (Count, error) {
	d, err := c.distances(neurons)
	if err != nil {
		return Count{}, err
	}
	var problems []error
	if len(distances) != c.Modules {
		problems = append(problems, fmt.Errorf("theory: %d distances, want one for each of %d modules", len(distances), c.Modules))
	}
	for l, k := range distances {
		if k < 0 || k > neurons {
			problems = append(problems, fmt.Errorf("theory: module %d: distance of %d neurons, want 0 to %d", l, k, neurons))
		}
	}
	if len(problems) > 0 {
		return Count{}, errors.Join(problems...)
	}
	return countOf(d.pairs(distances)), nil
}

// ErrTooLarge is the error of a chain with too many modules or ways to share a distance.
var ErrTooLarge = errors.New("chain too large")

// PairsByDistance returns the average numbers of ordered pairs of fixed points of a chain at
// each distance 0..L N of the whole states: [Chain.Pairs] summed over all ways to share the
// distance among the modules. Exact for every N >= 2. (N+1)^L is at most 10000 and L at most
// 10, else [ErrTooLarge]; three modules of nine neurons take 0.1 s, the largest some seconds.
// It reports a context that ends.
func (c Chain) PairsByDistance(ctx context.Context, neurons int) ([]Count, error) {
	d, err := c.distances(neurons)
	if err != nil {
		return nil, err
	}
	if profiles := math.Pow(float64(neurons+1), float64(c.Modules)); profiles > profileLimit {
		return nil, fmt.Errorf("theory: pairs of %d modules of %d neurons: %w: %.3g ways to share a distance, want at most %d", c.Modules, neurons, ErrTooLarge, profiles, profileLimit)
	}
	logs := make([]float64, c.Modules*neurons+1)
	for k := range logs {
		logs[k] = math.Inf(-1)
	}
	profile := make([]int, c.Modules)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		total := 0
		for _, k := range profile {
			total += k
		}
		logs[total] = logAdd(logs[total], d.pairs(profile))
		l := 0
		for ; l < len(profile) && profile[l] == neurons; l++ {
			profile[l] = 0
		}
		if l == len(profile) {
			break
		}
		profile[l]++
	}
	counts := make([]Count, len(logs))
	for k, log := range logs {
		counts[k] = countOf(log)
	}
	return counts, nil
}

// chainDistances computes pairs at distances within the modules of a chain.
type chainDistances struct {
	chain   Chain
	neurons int
	t       transfer
	tables  [][2]pairFactor // by distance, made when first needed
	made    []bool
}

func (c Chain) distances(neurons int) (*chainDistances, error) {
	if _, err := c.Module.finite(neurons); err != nil {
		return nil, err
	}
	t, err := c.transfer(couplingVariance(neurons))
	if err != nil {
		return nil, err
	}
	if c.Modules > patternLimit {
		return nil, fmt.Errorf("theory: pairs of %d modules: %w: want at most %d", c.Modules, ErrTooLarge, patternLimit)
	}
	return &chainDistances{c, neurons, t, make([][2]pairFactor, neurons+1), make([]bool, neurons+1)}, nil
}

// factors returns the factors of a module in which k neurons differ.
func (d *chainDistances) factors(k int) *[2]pairFactor {
	if !d.made[k] {
		n := float64(d.neurons)
		variance := n * (couplingVariance(d.neurons) + d.chain.Module.InputVariance)
		agree, differ := halfAngle(float64(k)/variance), halfAngle(float64(max(k-1, 0))/variance)
		d.tables[k] = d.t.pairFactors(d.chain.Modules, agree, differ, k < d.neurons, k > 0)
		d.made[k] = true
	}
	return &d.tables[k]
}

// pairs returns the logarithm of the number of pairs at the distances.
func (d *chainDistances) pairs(distances []int) float64 {
	p, overlaps := make(pairChain, len(distances)), make([]float64, len(distances))
	for l, k := range distances {
		p[l] = d.factors(k)[d.chain.place(l)]
		overlaps[l] = 1 - 2*float64(k)/float64(d.neurons)
	}
	// Any fields give the same product. Those that make the distances likely keep
	// its second factor from underflow.
	f := p.fit(overlaps)
	for range 4 {
		if !f.sweep() {
			return math.Inf(-1)
		}
	}
	return float64(d.neurons)*f.value() + math.Log(chance(p.patterns(f.fields), distances, d.neurons))
}

// patterns returns the share of every pattern at a site under the fields: bit l is set
// where module l differs. The shares add up to one.
func (p pairChain) patterns(fields []float64) []float64 {
	logs := make([]float64, 1<<len(p))
	last, far := len(p)-1, noNeighbour()
	var visit func(l, pattern int, message pairMessage)
	visit = func(l, pattern int, message pairMessage) {
		for own := range 2 {
			factor, pattern := p[l].only(own), pattern|own<<l
			if l < last {
				visit(l+1, pattern, message.next(&factor, fields[l]))
				continue
			}
			logs[pattern] = weigh(&message, &far, &factor)[own] + fields[l]*float64(1-2*own)
		}
	}
	visit(0, 0, noNeighbour())
	total := logSum(logs)
	for pattern, log := range logs {
		logs[pattern] = math.Exp(log - total)
	}
	return logs
}

// only returns the factors of the sites that agree (0) or differ (1).
func (f pairFactor) only(own int) pairFactor {
	for i := range f[1-own] {
		for k := range f[1-own][i] {
			f[1-own][i][k] = math.Inf(-1)
		}
	}
	return f
}

// chance returns the probability that patterns drawn for n sites differ in just the given
// number of sites, module by module.
func chance(weights []float64, distances []int, n int) float64 {
	size := 1
	for _, k := range distances {
		size *= k + 1
	}
	// Of each pattern the step back to the place it adds to, and of each place, one for
	// every profile up to the distances, the modules that differ somewhere.
	back, differ := make([]int, len(weights)), make([]int, size)
	stride := 1
	for l, k := range distances {
		for pattern := range back {
			back[pattern] += stride * (pattern >> l & 1)
		}
		for at := range differ {
			if at/stride%(k+1) > 0 {
				differ[at] |= 1 << l
			}
		}
		stride *= k + 1
	}
	// Going down, the places that a site adds to are still of the site before.
	counts := make([]float64, size)
	counts[0] = 1
	for range n {
		for at := size - 1; at >= 0; at-- {
			sum := 0.0
			for pattern, weight := range weights {
				if pattern&^differ[at] == 0 {
					sum += weight * counts[at-back[pattern]]
				}
			}
			counts[at] = sum
		}
	}
	return counts[size-1]
}
