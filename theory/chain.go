package theory

import (
	"errors"
	"fmt"
	"math"
)

// Chain is a chain of modules of equal size in which neuron i of a module excites neuron i
// of its neighbours with strength lambda. Modules have independent couplings. With
// tau_l = s^l s^(l+1) per site the average number of fixed points is
//
//	E[#] = (2 sum over tau of prod_l Phi(h + lambda (tau_{l-1} + tau_l)/sqrt(sigma^2 + a^2)))^N,
//
// l = 1..L, tau_0 and tau_L absent: the end modules have one neighbour. h is that of
// [Ensemble.FixedPoints]. The sum is a product of 2 x 2 matrices
// T(tau, tau') = Phi(h + lambda (tau + tau')/sqrt(sigma^2 + a^2)).
//
// Source: sites and modules are independent rows, derived from the model of
// arXiv:2509.05041. Exact at finite N; entropies are first moments.
type Chain struct {
	// Module is every module: self-coupling, margin and the variance of an input that each
	// of them receives, independently.
	Module Ensemble
	// Modules is L >= 1.
	Modules int
	// Lambda is the coupling between neighbours, in units of the field; any sign.
	Lambda float64
}

// FixedPoints returns the average number of fixed points with N >= 2 neurons per module.
// Exact for every N, ends included.
func (c Chain) FixedPoints(neurons int) (Count, error) {
	if _, err := c.Module.finite(neurons); err != nil {
		return Count{}, err
	}
	t, err := c.transfer(couplingVariance(neurons))
	if err != nil {
		return Count{}, err
	}
	return countOf(float64(neurons) * t.sum(c.Modules)), nil
}

// Entropy returns (1/(L N)) ln E[#] for N -> infinity, in nats per neuron of the whole
// chain: L modules with their ends. First moment. With L = 1 it is [Ensemble.Entropy].
func (c Chain) Entropy() (float64, error) {
	t, err := c.transfer(1)
	if err != nil {
		return 0, err
	}
	return t.sum(c.Modules) / float64(c.Modules), nil
}

// Overlaps returns, for N -> infinity, the mean overlap <tau_l> of modules l and l+1 in a
// fixed point, for each of the L-1 bonds in order. It is the derivative of the logarithm
// of the sum over tau by a field on tau_l at zero, computed from the matrices to the left
// and to the right. First moment: the average over all fixed points of all draws.
func (c Chain) Overlaps() ([]float64, error) {
	t, err := c.transfer(1)
	if err != nil {
		return nil, err
	}
	return t.overlaps(c.Modules), nil
}

// OverlapsAt is [Chain.Overlaps] for N >= 2 neurons per module: the ratio of averages
// E[sum over fixed points of (1/N) sum_i s_i^l s_i^(l+1)] / E[#]. Exact for every N.
func (c Chain) OverlapsAt(neurons int) ([]float64, error) {
	if _, err := c.Module.finite(neurons); err != nil {
		return nil, err
	}
	t, err := c.transfer(couplingVariance(neurons))
	if err != nil {
		return nil, err
	}
	return t.overlaps(c.Modules), nil
}

// LimitEntropy returns the entropy per neuron for L -> infinity (and N -> infinity), the
// logarithm of the largest eigenvalue of T. Modules is not used. First moment.
func (c Chain) LimitEntropy() (float64, error) {
	c.Modules = 1
	t, err := c.transfer(1)
	if err != nil {
		return 0, err
	}
	value, _ := t.largest()
	return value, nil
}

// LimitOverlap returns the mean overlap of neighbours far from the ends for L -> infinity
// (and N -> infinity): v(+1)^2 - v(-1)^2, v the normalised first eigenvector of T. Modules is not used.
func (c Chain) LimitOverlap() (float64, error) {
	c.Modules = 1
	t, err := c.transfer(1)
	if err != nil {
		return 0, err
	}
	_, overlap := t.largest()
	return overlap, nil
}

// EndEntropy returns what the two ends of a long chain add, in nats per column of L
// neurons, one of each module: L times [Chain.Entropy] less L times [Chain.LimitEntropy]
// for L -> infinity,
//
//	ln 2 + 2 ln(sum over tau of v(tau) Phi(h + lambda tau/sqrt(1 + a^2))) - 2 ln(largest eigenvalue),
//
// v the normalised first eigenvector of T. Of either sign, zero without coupling. The
// correction to it falls exponentially with L. Modules is not used. First moment.
func (c Chain) EndEntropy() (float64, error) {
	c.Modules = 1
	t, err := c.transfer(1)
	if err != nil {
		return 0, err
	}
	if t.lambda == 0 {
		return 0, nil
	}
	value, overlap := t.largest()
	ends := logAdd(t.end[0]+math.Log((1+overlap)/2)/2, t.end[1]+math.Log((1-overlap)/2)/2)
	return math.Ln2 + 2*ends - 2*value, nil
}

// transfer holds the logarithms of the factors of one site; index 0 is tau = +1, 1 is -1.
type transfer struct {
	h      float64
	lambda float64       // in standard deviations of the field
	alone  float64       // a module without neighbours
	end    [2]float64    // a module with one neighbour
	middle [2][2]float64 // T: a module with two
}

func (c Chain) transfer(variance float64) (transfer, error) {
	h, err := c.Module.scaled(variance)
	var problems []error
	if err != nil {
		problems = append(problems, err)
	}
	if c.Modules < 1 {
		problems = append(problems, fmt.Errorf("theory: chain of %d modules, want at least 1", c.Modules))
	}
	l := c.Lambda / math.Sqrt(variance+c.Module.InputVariance)
	if !finite(c.Lambda) {
		problems = append(problems, fmt.Errorf("theory: coupling %v between modules, want a finite number", c.Lambda))
	} else if err == nil && math.Abs(h)+2*math.Abs(l) > argumentLimit {
		problems = append(problems, fmt.Errorf("theory: coupling %v between modules is %v standard deviations of the field, want at most %v with the self-coupling, twice",
			c.Lambda, l, argumentLimit))
	}
	if len(problems) > 0 {
		return transfer{}, errors.Join(problems...)
	}
	t := transfer{h: h, lambda: l, alone: logNormal(h), end: [2]float64{logNormal(h + l), logNormal(h - l)}}
	t.middle[0] = [2]float64{logNormal(h + 2*l), logNormal(h)}
	t.middle[1] = [2]float64{logNormal(h), logNormal(h - 2*l)}
	return t, nil
}

// left returns the logarithms of the partial sums over tau_1..tau_{l-1}, by tau_l, for
// every bond l. T is symmetric, so read backwards it is also the part from the right.
func (t transfer) left(bonds int) [][2]float64 {
	sums := make([][2]float64, bonds)
	for l := range sums {
		if l == 0 {
			sums[0] = t.end
		} else {
			sums[l] = t.next(sums[l-1])
		}
	}
	return sums
}

// next adds one module to the partial sums of a bond.
func (t transfer) next(part [2]float64) [2]float64 {
	return [2]float64{
		logAdd(part[0]+t.middle[0][0], part[1]+t.middle[1][0]),
		logAdd(part[0]+t.middle[0][1], part[1]+t.middle[1][1]),
	}
}

// sum returns the logarithm of 2 sum over tau for L modules.
func (t transfer) sum(modules int) float64 {
	if modules == 1 {
		return math.Ln2 + t.alone
	}
	part := t.end
	for range modules - 2 {
		part = t.next(part)
	}
	return math.Ln2 + logAdd(part[0]+t.end[0], part[1]+t.end[1])
}

func (t transfer) overlaps(modules int) []float64 {
	sums := t.left(modules - 1)
	overlaps := make([]float64, len(sums))
	for l := range sums {
		other := sums[len(sums)-1-l]
		overlaps[l] = math.Tanh((sums[l][0] + other[0] - sums[l][1] - other[1]) / 2)
	}
	return overlaps
}

// largest returns the logarithm of the largest eigenvalue of T and the difference of the
// squares of its eigenvector, from the angle of the symmetric matrix.
func (t transfer) largest() (log, overlap float64) {
	top := max(t.middle[0][0], t.middle[1][1], t.middle[0][1])
	plus, minus, off := math.Exp(t.middle[0][0]-top), math.Exp(t.middle[1][1]-top), math.Exp(t.middle[0][1]-top)
	root := math.Hypot(plus-minus, 2*off)
	return top + math.Log((plus+minus+root)/2), (plus - minus) / root
}
