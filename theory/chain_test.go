package theory

import (
	"math"
	"testing"
)

// sumOverOverlaps is section 4 as written: the sum over tau and the mean of each tau.
func sumOverOverlaps(c Chain, variance float64) (sum float64, means []float64) {
	s := math.Sqrt(variance + c.Module.InputVariance)
	means = make([]float64, c.Modules-1)
	for word := range 1 << (c.Modules - 1) {
		tau := func(l int) float64 { // bond l joins modules l and l+1, counted from 0
			if l < 0 || l >= c.Modules-1 {
				return 0
			}
			return float64(1 - 2*(word>>l&1))
		}
		product := 1.0
		for l := range c.Modules {
			product *= normal((c.Module.SelfCoupling - c.Module.Margin + c.Lambda*(tau(l-1)+tau(l))) / s)
		}
		sum += product
		for l := range means {
			means[l] += product * tau(l)
		}
	}
	for l := range means {
		means[l] /= sum
	}
	return sum, means
}

// Section 4: the transfer matrix against the direct sum over tau, L = 1 to 9.
func TestTransferMatrixAgainstSumOverOverlaps(t *testing.T) {
	for _, module := range ensembles {
		for _, lambda := range []float64{-.7, 0, .4, 3} {
			for modules := 1; modules <= 9; modules++ {
				c := Chain{module, modules, lambda}
				const n = 7
				sum, means := sumOverOverlaps(c, couplingVariance(n))
				want := n * math.Log(2*sum)
				if got := must[Count](t)(c.FixedPoints(n)).Log; math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
					t.Errorf("%+v: ln E = %v, want %v", c, got, want)
				}
				overlaps := must[[]float64](t)(c.OverlapsAt(n))
				for l, want := range means {
					if len(overlaps) != len(means) || math.Abs(overlaps[l]-want) > 1e-13 {
						t.Errorf("%+v: overlaps %v, want %v", c, overlaps, means)
						break
					}
				}
				sum, means = sumOverOverlaps(c, 1)
				if got, want := must[float64](t)(c.Entropy()), math.Log(2*sum)/float64(modules); math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
					t.Errorf("%+v: entropy %v, want %v", c, got, want)
				}
				overlaps = must[[]float64](t)(c.Overlaps())
				for l, want := range means {
					if math.Abs(overlaps[l]-want) > 1e-13 {
						t.Errorf("%+v: overlaps %v, want %v", c, overlaps, means)
						break
					}
				}
			}
		}
	}
}

// Section 4: one module is section 1; so is every module without coupling.
func TestChainOfOneModuleIsTheEnsemble(t *testing.T) {
	for _, e := range ensembles {
		for _, c := range []Chain{{e, 1, .8}, {e, 5, 0}} {
			if got, want := must[float64](t)(c.Entropy()), must[float64](t)(e.Entropy()); math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
				t.Errorf("%+v: entropy %v, want %v", c, got, want)
			}
			got, want := must[Count](t)(c.FixedPoints(10)).Log, float64(c.Modules)*must[Count](t)(e.FixedPoints(10)).Log
			if math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
				t.Errorf("%+v: ln E = %v, want %v", c, got, want)
			}
		}
	}
}

// Section 4: L -> infinity. Long chains approach the eigenvalue as 1/L, their middle
// bonds the eigenvector exponentially.
func TestLongChainApproachesTheEigenvalue(t *testing.T) {
	for _, c := range []Chain{{Ensemble{}, 0, .5}, {Ensemble{SelfCoupling: .3, Margin: .1, InputVariance: .5}, 0, 1.2}, {Ensemble{SelfCoupling: .5}, 0, -.4}} {
		limit := must[float64](t)(c.LimitEntropy())
		long, longer := c, c
		long.Modules, longer.Modules = 200, 201
		// The growth per module has no end effect left.
		got := 201*must[float64](t)(longer.Entropy()) - 200*must[float64](t)(long.Entropy())
		if math.Abs(got-limit) > 1e-11 {
			t.Errorf("%+v: growth per module %v, want %v", c, got, limit)
		}
		middle := must[[]float64](t)(long.Overlaps())[99]
		if want := must[float64](t)(c.LimitOverlap()); math.Abs(middle-want) > 1e-12 {
			t.Errorf("%+v: overlap in the middle %v, want %v", c, middle, want)
		}
	}
}

// Section 4: <tau> at J_D = 0, L = 2 is (Phi(lambda)^2 - Phi(-lambda)^2) / (their sum); a
// strong coupling makes neighbours equal.
func TestOverlapOfTwoModules(t *testing.T) {
	for _, lambda := range []float64{-1, 0, .5, 2, 30} {
		p, m := math.Pow(normal(lambda), 2), math.Pow(normal(-lambda), 2)
		got := must[[]float64](t)(Chain{Ensemble{}, 2, lambda}.Overlaps())
		if want := (p - m) / (p + m); len(got) != 1 || math.Abs(got[0]-want) > 1e-14 {
			t.Errorf("lambda = %v: %v, want %v", lambda, got, want)
		}
	}
}

// Section 4: the ends of a long chain, L (entropy - its limit).
func TestEndsOfALongChain(t *testing.T) {
	for _, module := range ensembles {
		for _, lambda := range []float64{-.7, 0, .4, 3} {
			c := Chain{module, 60, lambda}
			limit := must[float64](t)(c.LimitEntropy())
			want := 60 * (must[float64](t)(c.Entropy()) - limit)
			if got := must[float64](t)(c.EndEntropy()); math.Abs(got-want) > 1e-11*(1+60*math.Abs(limit)) {
				t.Errorf("%+v: %.15g, want %.15g", c, got, want)
			}
		}
	}
}

// A chain of a million modules neither overflows nor loses its ends.
func TestVeryLongChain(t *testing.T) {
	c := Chain{Ensemble{SelfCoupling: .3}, 1_000_000, .5}
	limit, ends := must[float64](t)(c.LimitEntropy()), must[float64](t)(c.EndEntropy())
	if got, want := must[float64](t)(c.Entropy()), limit+ends/1e6; math.Abs(got-want) > 1e-12 {
		t.Errorf("entropy %.17g, want %.17g", got, want)
	}
	if overlaps := must[[]float64](t)(c.Overlaps()); math.Abs(overlaps[0]-overlaps[len(overlaps)-1]) > 1e-10 || overlaps[0] <= overlaps[500000] {
		t.Errorf("overlap %v at one end, %v at the other, %v in the middle", overlaps[0], overlaps[len(overlaps)-1], overlaps[500000])
	}
}
