package recipes

import (
	"math"
	"strings"
	"testing"

	"basin/internal/experiment"
)

// learned runs the passes of a cell and returns what it is then.
func learned(t *testing.T, s storing) *store {
	t.Helper()
	st, err := newStore(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	for pass := 1; pass <= s.Passes && st.left > 0; pass++ {
		if err := st.pass(t.Context(), pass); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// leastMargin returns the least s_i h_i of neuron i over the patterns, without
// self-coupling, and |J_i|, in plain float64 from the couplings.
func leastMargin(st *store, i int) (least, norm float64) {
	row := make([]float64, st.Neurons)
	st.network.Modules[0].Recurrent.Each(func(receiver, sender int, value *float32) bool {
		if receiver == i {
			row[sender] = float64(*value) * st.network.Modules[0].Recurrent.Scale()
			norm += row[sender] * row[sender]
		}
		return receiver <= i
	})
	least = math.Inf(1)
	for _, pattern := range st.patterns {
		h := 0.0
		for j, v := range row {
			h += v * float64(pattern[j])
		}
		least = min(least, h*float64(pattern[i]))
	}
	return least, math.Sqrt(norm)
}

// Theory page, section 5: all neurons far below the capacity, none far above. Seed 1; at
// N = 60 the exact share at k = 0 is 1 - 2^-59 at half the capacity and 3e-8 at 1.6 of it.
func TestRuleStoresFarBelowCapacityAndNotFarAbove(t *testing.T) {
	skipIfShort(t)
	for _, c := range []struct {
		margin, rate, load float64
		held               string
		want               float64
	}{
		{0, 1, 0.5, byNorm, 1},
		{0, 1, 1.6, byNorm, 0},
		{0.5, 1, 0.5, byNorm, 1},
		{0.5, 1, 1.8, byNorm, 0},
		{1, 1, 0.5, byNorm, 1},
		{1, 1, 2, byNorm, 0},
		{-0.5, 0.01, 0.3, byNorm, 1},
		{-0.5, 0.01, 1.4, byNorm, 0},
		{0.5, 0.1, 0.5, byNumber, 1},
		{0.5, 0.1, 1.6, byNumber, 0},
		{-0.5, 0.01, 1.4, byNumber, 1},
	} {
		bound, err := storageBound(c.margin, c.held)
		if err != nil {
			t.Fatal(err)
		}
		st := learned(t, storing{Neurons: 60, Patterns: int(c.load * bound * 60), Margin: c.margin, Held: c.held, Passes: 300, Batch: 16, Rate: c.rate})
		if got := st.result(experiment.Series{}).Values["solved"]; got != c.want {
			t.Errorf("k = %v of the %s, load %v: %v of the neurons hold all patterns, want %v", c.margin, c.held, c.load, got, c.want)
		}
		for i, pass := range st.solved {
			if pass == 0 {
				continue
			}
			least, norm := leastMargin(st, i)
			want := c.margin
			if c.held == byNorm {
				want *= norm
			}
			// Fields are sums of 60 terms in float32.
			if tolerance := 60 * 0x1p-23 * (norm*math.Sqrt(60) + 1); least < want-tolerance || math.Abs(least-st.least[i]) > tolerance || math.Abs(norm-st.norm[i]) > tolerance {
				t.Errorf("k = %v of the %s, load %v: neuron %d has margin %v and norm %v, want at least %v and what was noted, %v and %v",
					c.margin, c.held, c.load, i, least, norm, want, st.least[i], st.norm[i])
			}
		}
	}
}

// Small cases by hand: 3 lines in a plane give 6 of 8 dichotomies, 4 give 8 of 16; at twice
// as many points as dimensions it is half of them.
func TestSeparableDichotomies(t *testing.T) {
	for _, c := range []struct{ points, dimensions, want float64 }{{3, 2, 0.75}, {4, 2, 0.5}, {5, 5, 1}, {6, 5, 1 - 1.0/32}, {200, 100, 0.5}, {1600, 800, 0.5}} {
		if got := separable(c.points, c.dimensions); math.Abs(got-c.want) > 1e-10 {
			t.Errorf("%v points in %v dimensions: %v, want %v", c.points, c.dimensions, got, c.want)
		}
	}
}

func TestLoadsAreSharesOfTheBound(t *testing.T) {
	for _, c := range []struct {
		margin float64
		held   string
		want   float64 // theory page, section 5
	}{{0, byNorm, 2}, {0.5, byNorm, 0.961205}, {1, byNorm, 0.519572}, {-0.5, byNorm, 4.770099}, {0.5, byNumber, 2}, {-0.5, byNumber, 4.770099}} {
		if got, err := storageBound(c.margin, c.held); err != nil || math.Abs(got-c.want) > 1e-6 {
			t.Errorf("k = %v of the %s: %v (%v), want %v", c.margin, c.held, got, err, c.want)
		}
		if k := greatestMargin(c.want); c.held == byNorm && c.margin >= 0 && math.Abs(k-c.margin) > 1e-5 {
			t.Errorf("greatest margin %v at alpha = %v, want %v", k, c.want, c.margin)
		}
	}
}

func TestCrossings(t *testing.T) {
	c := experiment.Curve{X: []float64{1, 2, 3, 5}, Y: []float64{1, 0.8, 0.4, 0}}
	for value, want := range map[float64]float64{0.9: 1.5, 0.5: 2.75, 0.1: 4.5} {
		if got, ok := crossing(c, value); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("crosses %v at %v (%v), want %v", value, got, ok, want)
		}
	}
	if at, ok := crossing((experiment.Curve{X: []float64{1, 2}, Y: []float64{1, 0.9}}), 0.5); ok {
		t.Errorf("crosses 0.5 at %v without going below", at)
	}
}

// A small grid gives all figures, and findings that name its numbers.
func TestCapacityReport(t *testing.T) {
	skipIfShort(t)
	r := capacities()
	r.Points = func(bool) ([]experiment.Point, error) {
		points, err := capacityPoints(false)
		var small []experiment.Point
		for _, p := range points {
			s := p.Task.(storing)
			full := s.Neurons
			s.Neurons, s.Passes = full/4, 100
			s.Patterns /= 4
			if s.Margin < 0 {
				s.Rate = 0.02
			}
			if full <= 200 {
				p.At[2], p.Task = experiment.Number(float64(s.Neurons)), s
				small = append(small, p)
			}
		}
		return small, err
	}
	out, found := report(t, r, []string{"solved-0", "solved-0.5", "solved-1", "solved-minus-0.5", "passes", "number", "margin"})
	for _, want := range []string{
		"With the margin k = 0 of the norm half of the neurons hold all patterns at alpha / alpha_c = ", " at N = 25, ", "Their share falls from 90 to 10 % over",
		"It is 100.0 % at 0.20 alpha_c and 0.0 % at 1.40 alpha_c, N = 50.", "an upper bound only", "the exact share of neurons for which couplings exist",
		"grows with the passes: ", "With kappa - J_D = 0.5 a fixed number half of the neurons", "100.0 % of the neurons hold 6.7 patterns per neuron",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("findings without %q:\n%s", want, found)
		}
	}
	for _, row := range out.Table().Rows {
		s := row.Series["solved"]
		for k := 1; k < len(s.Y); k++ {
			if s.Y[k] < s.Y[k-1] || s.X[len(s.X)-1] != 100 {
				t.Fatalf("%v: shares %v after %v passes, want ones that grow to the last", row.At, s.Y, s.X)
			}
		}
	}
}
