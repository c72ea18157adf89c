package theory

import (
	"math"
	"testing"
)

// must fails the test at once on an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

var ensembles = []Ensemble{
	{},
	{SelfCoupling: .5},
	{SelfCoupling: 2},
	{SelfCoupling: .5, Margin: .8},
	{SelfCoupling: -1},
	{SelfCoupling: .5, InputVariance: .3},
	{SelfCoupling: 1, InputVariance: 25, Margin: -.2},
}

// Section 1 and 2: q = 1 is one state, q = 0 two independent ones, and q -> -q turns a state around.
func TestPairEntropyLimits(t *testing.T) {
	number := must[float64](t)
	for _, e := range ensembles {
		sigma := number(e.Entropy())
		if got := number(e.PairEntropy(1)); math.Abs(got-sigma) > 1e-14 {
			t.Errorf("%+v: S2(1) = %v, want Sigma = %v", e, got, sigma)
		}
		if got := number(e.LocalEntropy(1)); got != 0 {
			t.Errorf("%+v: S_FP(1) = %v, want 0", e, got)
		}
		if e.InputVariance > 0 {
			continue
		}
		if got := number(e.PairEntropy(0)); math.Abs(got-2*sigma) > 1e-13 {
			t.Errorf("%+v: S2(0) = %v, want 2 Sigma = %v", e, got, 2*sigma)
		}
		for _, q := range []float64{.1, .5, .9, .999, 1} {
			if plus, minus := number(e.PairEntropy(q)), number(e.PairEntropy(-q)); math.Abs(plus-minus) > 1e-12 {
				t.Errorf("%+v: S2(%v) = %v, S2(-q) = %v, want equal", e, q, plus, minus)
			}
		}
	}
}

// Section 2: the drop of h^2/2 below q = 1 where J_D < kappa.
func TestPairEntropyDropsBelowOneWithoutSelfCoupling(t *testing.T) {
	e := Ensemble{SelfCoupling: .2, Margin: 1.2}
	got := must[float64](t)(e.LocalEntropy(1 - 1e-12))
	if math.Abs(got+.5) > 1e-4 {
		t.Errorf("S_FP below 1 is %v, want -h^2/2 = -0.5", got)
	}
}

// Section 2: an input of strength a at self-coupling J_D is S2 with shifted correlation.
func TestInputRaisesCorrelation(t *testing.T) {
	e := Ensemble{SelfCoupling: .7, InputVariance: .6, Margin: .1}
	h, q := .6/math.Sqrt(1.6), .3
	c := (q + .6) / 1.6
	want := math.Ln2 + binaryEntropy((1+q)/2) + (1+q)/2*math.Log(must[float64](t)(BivariateNormal(h, h, c))) +
		(1-q)/2*math.Log(must[float64](t)(BivariateNormal(h, h, -c)))
	if got := must[float64](t)(e.PairEntropy(q)); math.Abs(got-want) > 1e-14 {
		t.Errorf("got %.17g, want %.17g", got, want)
	}
}

// Section 2: distance 0 is the first moment, distance N the pairs +-s, and k and N-k are equally many.
func TestPairsAtTheEndsAndEvenness(t *testing.T) {
	count := must[Count](t)
	for _, e := range ensembles {
		for _, n := range []int{2, 3, 12, 1000} {
			first := count(e.FixedPoints(n)).Log
			if got := count(e.Pairs(n, 0)).Log; math.Abs(got-first) > 1e-13*(1+math.Abs(first)) {
				t.Errorf("%+v, N = %d: %v pairs at distance 0, want %v", e, n, got, first)
			}
			for k := 0; k <= n && e.InputVariance == 0; k += 1 + n/7 {
				near, far := count(e.Pairs(n, k)).Log, count(e.Pairs(n, n-k)).Log
				if near != far && !(math.Abs(near-far) <= 1e-12*(1+math.Abs(near))) {
					t.Errorf("%+v, N = %d: ln pairs %v at %d, %v at %d, want equal", e, n, near, k, far, n-k)
				}
			}
		}
	}
}

// N = 2 by hand, u = J_12 and v = J_21 of variance 1/2, p = Phi(J_D sqrt 2): the states of
// equal signs are fixed points iff u, v > -J_D, those of opposite signs iff u, v < J_D, so
// E[#^2] = 4 (p^2 + p^2 + 2 max(0, 2p-1)^2). The sum over distances must be it.
func TestPairsSumToSecondMomentOfTwoNeurons(t *testing.T) {
	for _, j := range []float64{-.5, 0, .1, .7, 3} {
		p := normal(j * math.Sqrt2)
		want := 8*p*p + 8*math.Pow(max(0, 2*p-1), 2)
		got := 0.0
		for k := range 3 {
			got += must[Count](t)(Ensemble{SelfCoupling: j}.Pairs(2, k)).Value
		}
		if math.Abs(got-want) > 1e-14*want {
			t.Errorf("J_D = %v: E[#^2] = %.17g, want %.17g", j, got, want)
		}
	}
}

// Without self-coupling Phi2(0, 0; c) = 1/4 + asin(c)/(2 pi); with a large one every state
// is a fixed point and the pairs are the 4^N pairs of states.
func TestPairsWithoutAndWithLargeSelfCoupling(t *testing.T) {
	const n = 9
	all, choose := 0.0, 1.0
	for k := range n + 1 {
		agree := .25 + math.Asin(float64(n-1-2*k)/(n-1))/(2*math.Pi)
		differ := .25 - math.Asin(max(-1, min(1, float64(n-2*k+1)/(n-1))))/(2*math.Pi)
		if k == n {
			agree = 1 // no neuron agrees
		}
		want := math.Pow(2, n) * choose * math.Pow(agree, float64(n-k)) * math.Pow(differ, float64(k))
		if got := must[Count](t)(Ensemble{}.Pairs(n, k)).Value; math.Abs(got-want) > 1e-12*(1+want) {
			t.Errorf("k = %d: %v pairs, want %v", k, got, want)
		}
		all += must[Count](t)(Ensemble{SelfCoupling: 40}.Pairs(n, k)).Value
		choose *= float64(n-k) / float64(k+1)
	}
	if want := math.Pow(4, n); math.Abs(all-want) > 1e-11*want {
		t.Errorf("large self-coupling: %v pairs, want 4^N = %v", all, want)
	}
}

// (1/N) ln of the exact average approaches S2, with corrections of order (ln N)/N.
func TestPairsApproachPairEntropy(t *testing.T) {
	for _, e := range ensembles {
		const n, k = 200000, 40000
		got := must[Count](t)(e.Pairs(n, k)).Log / n
		if want := must[float64](t)(e.PairEntropy(.6)); math.Abs(got-want) > 2e-4 {
			t.Errorf("%+v: %v, want %v", e, got, want)
		}
	}
}

// Laplace's method on the sum of pairs around q = 0, with r = (phi(h)/Phi(h))^2: the
// correlations are below q by 1/N, and the curvature of S2 is -(1-r)^2 + h^2 r, so
// E[#^2]/E[#]^2 -> exp(-r) / sqrt((1-r)^2 - h^2 r), up to O(1/N). At h = 0 the pairs of a
// state with itself and its mirror image add 2/E[#] = 2, and those with one to a few
// differing neurons vanish.
func TestRatioOfMomentsIsThatOfLaplace(t *testing.T) {
	const n = 2000
	for _, h := range []float64{.3, .5, 1, 2} {
		e := Ensemble{SelfCoupling: h * math.Sqrt(couplingVariance(n))}
		first := must[Count](t)(e.FixedPoints(n)).Log
		ratio := 0.0
		for k := range n + 1 {
			ratio += math.Exp(must[Count](t)(e.Pairs(n, k)).Log - 2*first)
		}
		r := math.Pow(hazard(h), 2)
		if want := math.Exp(-r) / math.Sqrt((1-r)*(1-r)-h*h*r); math.Abs(ratio-want) > 3e-3*want {
			t.Errorf("h = %v: ratio %v, want %v", h, ratio, want)
		}
	}
}

// Section 2: at the gap S_FP is zero, below it negative, and for large J_D it balances
// -d ln d + d = sqrt(d) exp(-h^2/2)/pi.
func TestIsolationGapIsAZeroOfTheLocalEntropy(t *testing.T) {
	for _, e := range []Ensemble{{SelfCoupling: .01}, {SelfCoupling: .3}, {SelfCoupling: 1.5}, {SelfCoupling: 1, InputVariance: .4, Margin: .2}} {
		gap := must[float64](t)(e.IsolationGap())
		if at := must[float64](t)(e.LocalEntropy(1 - gap)); math.Abs(at) > 1e-12 {
			t.Errorf("%+v: S_FP = %v at the gap %v", e, at, gap)
		}
		for share := .05; share < 1; share += .05 {
			if at := must[float64](t)(e.LocalEntropy(1 - share*gap)); at >= 0 {
				t.Errorf("%+v: S_FP = %v at %v of the gap %v", e, at, share, gap)
			}
		}
	}
	const h = 20.0
	d := must[float64](t)(Ensemble{SelfCoupling: h}.IsolationGap()) / 2
	if gain, cost := d*(1-math.Log(d)), math.Sqrt(d)*math.Exp(-h*h/2)/math.Pi; math.Abs(gain/cost-1) > 1e-9 {
		t.Errorf("J_D = %v: gain %v, cost %v at the gap, want equal", h, gain, cost)
	}
}

// Section 2: over the plane of J_D and kappa S2(q) < 2 Sigma for every q != 0 where J_D is
// above kappa, and only there. The closest approach, over q^2, falls with h: from q = 1,
// where it is -Sigma, for small h to q -> 0, where it is half the curvature
// -(1-r)^2 + h^2 r, r = (phi(h)/Phi(h))^2.
func TestFirstMomentIsExactForSelfCouplingsAboveTheMargin(t *testing.T) {
	last := 0.0
	for h := .01; h < 12; h *= 1.5 {
		for _, kappa := range []float64{-1, 0, .3, 2} {
			e := Ensemble{SelfCoupling: h + kappa, Margin: kappa}
			c, err := e.SecondMoment()
			if err != nil || !c.Exact || c.Overlap != 0 || c.Excess != 0 || !(c.Ratio < 0) {
				t.Errorf("h = %v, kappa = %v: %+v, %v, want exact", h, kappa, c, err)
			}
			if kappa == 0 {
				r := math.Pow(hazard(h), 2)
				ends := max(-must[float64](t)(e.Entropy()), (-(1-r)*(1-r)+h*h*r)/2)
				if c.Ratio > last || c.Ratio < ends-1e-4 {
					t.Errorf("h = %v: ratio %v, want at most %v and at least %v", h, c.Ratio, last, ends)
				}
				last = c.Ratio
			}
		}
	}
	for _, selfCoupling := range []float64{0, .4, 2} {
		for _, kappa := range []float64{0, .5, 3} {
			c := must[Concentration](t)(Ensemble{SelfCoupling: selfCoupling, Margin: kappa}.SecondMoment())
			if c.Exact != (selfCoupling > kappa) || c.Exact != (c.Ratio < 0) {
				t.Errorf("J_D = %v, kappa = %v: %+v, want exact for J_D > kappa only", selfCoupling, kappa, c)
			}
		}
	}
}

func TestFirstMomentIsABoundBelowTheMarginAndWithAnInput(t *testing.T) {
	for _, e := range []Ensemble{{}, {Margin: 1}, {SelfCoupling: .5, InputVariance: 1}} {
		c := must[Concentration](t)(e.SecondMoment())
		sigma, at := must[float64](t)(e.Entropy()), must[float64](t)(e.PairEntropy(c.Overlap))
		if c.Exact || c.Excess < 0 || math.Abs(at-2*sigma-c.Excess) > 1e-13 {
			t.Errorf("%+v: %+v, S2 - 2 Sigma = %v there, want not exact", e, c, at-2*sigma)
		}
	}
}

// Reference: mpmath 1.3, 40 digits.
func TestEntropyGivenInput(t *testing.T) {
	for _, r := range [][3]float64{
		{.5, 1, .240528295892846744},
		{.2, 25, .029655819779741686},
		{-.3, .01, -.267472460702567453},
		{1, 1e-6, .520393257736550833},
		{.5, 0, .324200765271},
	} {
		e := Ensemble{SelfCoupling: r[0], InputVariance: r[1]}
		got := must[float64](t)(e.EntropyGivenInput())
		if math.Abs(got-r[2]) > 1e-12 {
			t.Errorf("%+v: %.17g, want %.17g", e, got, r[2])
		}
		if bound := must[float64](t)(e.Entropy()); got > bound+1e-14 {
			t.Errorf("%+v: %v above the first moment %v", e, got, bound)
		}
	}
}
