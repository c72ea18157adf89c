package theory

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/combin"
)

// Pairs returns the average number of ordered pairs of fixed points of N >= 2 neurons that
// differ in k = distance neurons, 0 <= k <= N (k = 0: every fixed point with itself),
//
//	E[pairs] = 2^N C(N,k) Phi2(h, h; c_agree)^(N-k) Phi2(h, h; c_differ)^k,
//	c_agree  =  ((N-1-2k)/N + a^2) / (sigma^2 + a^2),
//	c_differ = -((N-2k+1)/N + a^2) / (sigma^2 + a^2),
//
// h as in [Ensemble.FixedPoints]. Exact for every N: the two states give a neuron fields of
// these correlations, times +1 where they agree and -1 where they differ. The sum over k is
// the second moment E[#^2]. Without input k and N-k are equally many.
func (e Ensemble) Pairs(neurons, distance int) (Count, error) {
	h, err := e.finite(neurons)
	if err != nil {
		return Count{}, err
	}
	if distance < 0 || distance > neurons {
		return Count{}, fmt.Errorf("theory: distance of %d neurons, want 0 to %d", distance, neurons)
	}
	n, k := float64(neurons), float64(distance)
	variance := n * (couplingVariance(neurons) + e.InputVariance)
	log := n*math.Ln2 + combin.LogGeneralizedBinomial(n, k)
	if k < n {
		log += (n - k) * (logNormal(h) + logPairAgree(h, halfAngle(k/variance)))
	}
	if k > 0 {
		log += k * logBivariate(h, h, halfAngle((k-1)/variance))
	}
	return countOf(log), nil
}

// Around returns the average number of fixed points of N >= 2 neurons that differ in k =
// distance neurons from a fixed point drawn uniformly from those of all draws, E[pairs]/E[#]
// at 0 <= k <= N. Exact for every N. (1/N) ln of it tends to [Ensemble.LocalEntropy]. A
// fixed point drawn uniformly from those of one draw, averaged over draws, has other
// neighbours: a draw with many counts there as much as one with few.
func (e Ensemble) Around(neurons, distance int) (Count, error) {
	pairs, err := e.Pairs(neurons, distance)
	if err != nil {
		return Count{}, err
	}
	all, err := e.FixedPoints(neurons)
	if err != nil {
		return Count{}, err
	}
	return countOf(pairs.Log - all.Log), nil
}

// halfAngle returns 2 asin(sqrt x): the angle w with (1 - cos w)/2 = x. (math.Asin loses
// digits near 1.)
func halfAngle(x float64) float64 {
	x = min(1, x)
	return 2 * math.Atan2(math.Sqrt(x), math.Sqrt(1-x))
}

// PairEntropy returns S2(q) in nats per neuron, the limit of (1/N) ln of the average number
// of pairs of fixed points at overlap q in [-1, 1],
//
//	S2(q) = ln 2 + H((1+q)/2) + (1+q)/2 ln Phi2(h, h; c) + (1-q)/2 ln Phi2(h, h; -c),
//	c = (q + a^2) / (1 + a^2).
//
// First moment: negative proves that there are no such pairs. S2(1) = Sigma. Without input
// S2 is even and S2(0) = 2 Sigma; an input, which both states share, takes both away. For
// J_D < kappa it drops by h^2/2 just below q = 1: two states that differ anywhere ask
// contradictory things of the neurons where they do.
func (e Ensemble) PairEntropy(q float64) (float64, error) {
	h, err := e.atOverlap(q)
	if err != nil {
		return 0, err
	}
	return e.pairEntropy(h, (1-q)/2), nil
}

// LocalEntropy returns S_FP(q) = S2(q) - Sigma in nats per neuron: the entropy of fixed
// points at overlap q in [-1, 1] from a typical one. First moment, taken over pairs and
// divided by the number of fixed points: a bound where Sigma is exact.
func (e Ensemble) LocalEntropy(q float64) (float64, error) {
	h, err := e.atOverlap(q)
	if err != nil {
		return 0, err
	}
	return e.localEntropy(h, (1-q)/2), nil
}

func (e Ensemble) atOverlap(q float64) (h float64, err error) {
	if !(math.Abs(q) <= 1) {
		return 0, fmt.Errorf("theory: overlap %v, want -1 to 1", q)
	}
	return e.argument()
}

// pairEntropy returns S2 where a share d of the neurons differs.
func (e Ensemble) pairEntropy(h, d float64) float64 {
	return math.Ln2 + logNormal(h) + e.localEntropy(h, d)
}

// localEntropy returns S_FP where a share d of the neurons differs.
func (e Ensemble) localEntropy(h, d float64) float64 {
	s := binaryEntropy(d)
	w := halfAngle(d / (1 + e.InputVariance))
	if d < 1 {
		s += (1 - d) * logPairAgree(h, w)
	}
	if d > 0 {
		s += d * (logBivariate(h, h, w) - logNormal(h))
	}
	return s
}

// gapArgument is the greatest h for which the gap is a normal float64.
const gapArgument = 24

// IsolationGap returns 1 - q at the first zero of S_FP below q = 1: no fixed point lies
// between it and a typical one (first moment). It is positive for every J_D: where a share
// d = (1-q)/2 differs the choice of these neurons is worth about -d ln d, the stability of
// the others costs about sqrt(d) exp(-h^2/2)/(pi Phi(h)), and the root wins for d -> 0.
// 1 - q is returned because q itself rounds to 1: the gap falls like exp(-h^2).
//
// It needs Sigma > 0, thus J_D > kappa, and h <= 24.
func (e Ensemble) IsolationGap() (float64, error) {
	h, err := e.argument()
	if err != nil {
		return 0, err
	}
	if h <= 0 || h > gapArgument {
		return 0, fmt.Errorf("theory: isolation gap at (J_D - kappa)/sqrt(1 + a^2) = %v, want above 0 (there are no typical fixed points otherwise) and at most %v",
			h, gapArgument)
	}
	at := func(x float64) float64 { return e.localEntropy(h, math.Exp(x)) }
	// In x = ln d, from far below the balance of the two terms upwards.
	// Without input q = 0 is where S_FP = Sigma > 0.
	const step = 0.05
	for x := -h*h - 25; x < -math.Ln2; x += step {
		if to := min(x+step, -math.Ln2); at(to) >= 0 {
			zero, ok := root(at, x, to, 1e-15)
			if !ok {
				break
			}
			return 2 * math.Exp(zero), nil
		}
	}
	return 0, fmt.Errorf("theory: the local entropy of %+v is negative from overlap 0 to 1: no gap, no neighbours at all", e)
}
