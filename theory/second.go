package theory

import "math"

// Concentration compares the second moment of the number of fixed points with the square
// of the first: E[#^2]/E[#]^2 = sum over q of exp(N (S2(q) - 2 Sigma)).
type Concentration struct {
	// Exact says that S2(q) < 2 Sigma for every q other than 0, and quadratically so near
	// 0. The ratio of moments then stays finite and Sigma is not only a bound: with a
	// probability that does not vanish (Paley and Zygmund) there are exp(N Sigma) fixed
	// points on the exponential scale.
	Exact bool
	// Overlap is the q in [-1, 1] at which S2 is greatest, 0 where Exact. Without input -q is as good.
	Overlap float64
	// Excess is S2(Overlap) - 2 Sigma >= 0, in nats per neuron; 0 where Exact.
	Excess float64
	// Ratio is the greatest (S2(q) - 2 Sigma)/q^2 over all q other than 0, in nats per
	// neuron: how far from failing an exact first moment is. Negative where Exact.
	Ratio float64
}

// SecondMoment reports whether the first moment is exact for N -> infinity, and otherwise
// where pairs outnumber the square of the single states. Without input it is exact for
// every J_D - kappa that was tried (0.01 to 12). At J_D = kappa S2 = 2 Sigma = 0 also at
// q = +-1: the number of fixed points is of order one and varies from draw to draw. With
// an input it never is: two states share the input, see [Ensemble.EntropyGivenInput]. The
// search is numerical, at 401 overlaps that are dense near +-1.
func (e Ensemble) SecondMoment() (Concentration, error) {
	h, err := e.argument()
	if err != nil {
		return Concentration{}, err
	}
	sigma := math.Ln2 + logNormal(h)
	// S2 - 2 Sigma at the angle w, q = cos w: the ends, where S2 is steep, are well sampled.
	excess := func(w float64) float64 {
		s := math.Sin(w / 2)
		return e.localEntropy(h, s*s) - sigma
	}
	const steps = 400
	best, at, ratio := excess(0), 0.0, excess(0)
	for i := 1; i <= steps; i++ {
		w := math.Pi * float64(i) / steps
		value := excess(w)
		// At q = 0 there is nothing to compare; near it rounding is far below q^2.
		if q := math.Cos(w); i != steps/2 {
			ratio = max(ratio, value/(q*q))
		}
		if value > best {
			best, at = value, w
		}
	}
	if e.InputVariance == 0 && ratio < 0 {
		return Concentration{Exact: true, Ratio: ratio}, nil
	}
	if at > 0 && at < math.Pi {
		w := peakOf(excess, at-math.Pi/steps, at+math.Pi/steps, 40)
		if value := excess(w); value > best {
			best, at = value, w
		}
	}
	return Concentration{Overlap: math.Cos(at), Excess: max(0, best), Ratio: ratio}, nil
}
