package theory

import (
	"context"
	"errors"
	"math"
	"testing"
)

// Section 3: Phi_1 = Sigma, Phi_2 = S2/2, Phi_y(1) = Sigma/y; independent states at q1 = 0.
func TestTupleEntropyLimits(t *testing.T) {
	number := must[float64](t)
	for _, e := range ensembles {
		sigma := number(e.Entropy())
		for _, q := range []float64{0, .001, .3, .9, .999999} {
			if got := number(e.TupleEntropy(1, q)); got != sigma {
				t.Errorf("%+v: Phi_1(%v) = %v, want %v", e, q, got, sigma)
			}
			if got, want := number(e.TupleEntropy(2, q)), number(e.PairEntropy(q))/2; math.Abs(got-want) > 2e-13*(1+math.Abs(want)) {
				t.Errorf("%+v: Phi_2(%v) = %.16g, want S2/2 = %.16g", e, q, got, want)
			}
		}
		for _, y := range []float64{2, 3, 7, 2.5} {
			if got := number(e.TupleEntropy(y, 1)); got != sigma/y {
				t.Errorf("%+v: Phi_%v(1) = %v, want %v", e, y, got, sigma/y)
			}
			if e.InputVariance > 0 {
				continue
			}
			if got := number(e.TupleEntropy(y, 0)); math.Abs(got-sigma) > 1e-13*(1+math.Abs(sigma)) {
				t.Errorf("%+v: Phi_%v(0) = %v, want Sigma = %v", e, y, got, sigma)
			}
		}
	}
}

// Section 3: with a large self-coupling all states are fixed points, and the number of
// y-tuples of words at mutual overlap q1 is a matter of counting. For three: -+ words with
// pairwise overlap q have shares (1+3q)/4 of sites where all agree, (1-q)/4 for each of three others.
func TestTripletsOfFreeStatesAreCounted(t *testing.T) {
	for _, q := range []float64{.1, .5, .95} {
		all, one := (1+3*q)/4, (1-q)/4
		want := (math.Ln2 - all*math.Log(all) - 3*one*math.Log(one)) / 3
		got := must[float64](t)(Ensemble{SelfCoupling: 60}.TupleEntropy(3, q))
		if math.Abs(got-want) > 1e-13 {
			t.Errorf("q1 = %v: %.17g, want %.17g", q, got, want)
		}
	}
}

// The continuation to real y must return the sum over k at integers.
func TestRealTuplesContinueIntegers(t *testing.T) {
	for _, c := range []struct {
		e    Ensemble
		y, q float64
	}{
		{Ensemble{SelfCoupling: .5}, 2, .9},
		{Ensemble{SelfCoupling: .5}, 3, .99},
		{Ensemble{SelfCoupling: .05}, 3, .9},
		{Ensemble{SelfCoupling: 1}, 5, .01},
		{Ensemble{}, 2, .4},
		{Ensemble{SelfCoupling: .8, InputVariance: .2, Margin: .1}, 4, .7},
	} {
		h := must[float64](t)(c.e.argument())
		got := must[float64](t)(c.e.realTupleEntropy(h, c.y, c.q))
		if want := c.e.tupleEntropy(h, int(c.y), c.q); math.Abs(got-want) > 1e-12 {
			t.Errorf("%+v: %.16g, want %.16g", c, got, want)
		}
	}
}

// Reference: the trapezoidal rule in both fields (step 0.08) and golden section in qhat,
// an independent program in Python.
func TestRealTuplesAgainstTrapezoidalRule(t *testing.T) {
	for _, r := range [][4]float64{{2.5, .5, .3, .1826485724642805}, {1.5, .6, .2, .13040619960136107}, {.5, .5, .3, .23486999748419646}} {
		got := must[float64](t)(Ensemble{SelfCoupling: r[2]}.TupleEntropy(r[0], r[1]))
		if math.Abs(got-r[3]) > 1e-10 {
			t.Errorf("y = %v, q1 = %v, J_D = %v: %.16g, want %.16g", r[0], r[1], r[2], got, r[3])
		}
	}
}

// The threshold scales: margin and input enter through h and the correlation only.
func TestTupleThresholdShiftsWithTheMargin(t *testing.T) {
	plain, shifted := must[float64](t)(Ensemble{}.TupleThreshold(t.Context(), 2)), must[float64](t)(Ensemble{Margin: .4, SelfCoupling: 9}.TupleThreshold(t.Context(), 2))
	if math.Abs(shifted-plain-.4) > 1e-6 {
		t.Errorf("threshold %v at margin 0.4, %v at 0: want 0.4 more", shifted, plain)
	}
}

// Section 3, y -> infinity: without self-coupling H + G = 0 at every overlap (u with
// Phi(u) = (1+m)/2 makes G = -H), with a large one all states are fixed points and only H
// remains; at q1 = 0 the value is ln 2 + ln Phi(J_D - kappa).
func TestInfinitelyManyReplicas(t *testing.T) {
	number := must[float64](t)
	infinite := math.Inf(1)
	for _, q := range []float64{0, 1e-9, .3, .9, 1 - 1e-9, 1} {
		if got := number(Ensemble{Margin: .2, SelfCoupling: .2, InputVariance: .5}.TupleEntropy(infinite, q)); math.Abs(got) > 1e-15 {
			t.Errorf("q1 = %v at J_D = kappa: %v, want 0", q, got)
		}
		got, want := number(Ensemble{SelfCoupling: 50}.TupleEntropy(infinite, q)), binaryEntropy((1-math.Sqrt(q))/2)
		if math.Abs(got-want) > 1e-14 {
			t.Errorf("q1 = %v at J_D = 50: %v, want %v", q, got, want)
		}
	}
	for _, e := range ensembles {
		if k := e.SelfCoupling - e.Margin; k > 0 {
			if got, want := number(e.TupleEntropy(infinite, 0)), math.Ln2+logNormal(k); math.Abs(got-want) > 1e-14 {
				t.Errorf("%+v: %v at q1 = 0, want %v", e, got, want)
			}
		} else if k < 0 {
			if _, err := e.TupleEntropy(infinite, .5); err == nil {
				t.Errorf("%+v: no error below the margin", e)
			}
		}
	}
}

// Phi_y approaches its limit like (ln y)/y, which is 0.004 at y = 2000.
func TestManyReplicasApproachInfinitelyMany(t *testing.T) {
	number := must[float64](t)
	for _, e := range []Ensemble{{SelfCoupling: .05}, {SelfCoupling: .5}, {SelfCoupling: 3, Margin: .3}, {SelfCoupling: .5, InputVariance: .3}} {
		for _, q := range []float64{.3, .5, .9} {
			limit := number(e.TupleEntropy(math.Inf(1), q))
			far, near := number(e.TupleEntropy(250, q))-limit, number(e.TupleEntropy(2000, q))-limit
			if !(math.Abs(near) < .0015 && math.Abs(near) < math.Abs(far)/2) {
				t.Errorf("%+v, q1 = %v: %.3g from the limit %v at y = 250, %.3g at 2000", e, q, far, limit, near)
			}
		}
	}
}

// The two forms of the sum are far apart in method: one sums over k, one integrates over t.
func TestRealTuplesContinueLargeIntegers(t *testing.T) {
	for _, r := range [][3]float64{{.05, .9, 200}, {.5, .0001, 50}, {.5, .999999, 100}, {3, .01, 100}} {
		e := Ensemble{SelfCoupling: r[0]}
		h := must[float64](t)(e.argument())
		got := must[float64](t)(e.realTupleEntropy(h, r[2], r[1]))
		if want := e.tupleEntropy(h, int(r[2]), r[1]); math.Abs(got-want) > 1e-13 {
			t.Errorf("J_D = %v, q1 = %v, y = %v: %.16g, want %.16g", r[0], r[1], r[2], got, want)
		}
	}
}

// looked is a context that is cancelled from one look at it on.
type looked struct {
	context.Context
	left int
}

func (l *looked) Err() error {
	if l.left--; l.left < 0 {
		return context.Canceled
	}
	return nil
}

// A threshold for 100 fixed points takes seconds, some thousand entropies; pairs of a chain
// are a sum over 1000 ways to share a distance.
func TestCancelledSumsEnd(t *testing.T) {
	ctx := &looked{t.Context(), 10}
	if h, err := (Ensemble{}).TupleThreshold(ctx, 100); !errors.Is(err, context.Canceled) || ctx.left < -500 {
		t.Errorf("threshold %v, error %v after %d looks", h, err, 10-ctx.left)
	}
	ctx.left = 10
	if _, err := (Chain{Modules: 3}).PairsByDistance(ctx, 9); !errors.Is(err, context.Canceled) || ctx.left < -2 {
		t.Errorf("pairs of a chain: error %v after %d looks", err, 10-ctx.left)
	}
}
