package theory

import (
	"math"
	"testing"
)

// The density must integrate to the distribution and to the mean.
func TestMarginsAgree(t *testing.T) {
	for _, e := range ensembles {
		for _, m := range []Margins{must[Margins](t)(e.RandomMargins()), must[Margins](t)(e.FixedPointMargins())} {
			from := max(m.floor, m.centre-12*m.deviation)
			to := m.centre + 12*m.deviation
			total, mean := 0.0, 0.0
			for _, p := range panelsAround(from, to) {
				total += p.integrate(m.Density)
				mean += p.integrate(func(x float64) float64 { return x * m.Density(x) })
				if got := m.Cumulative(p.to); math.Abs(got-total) > 1e-13 || math.Abs(got+m.Above(p.to)-1) > 1e-13 {
					t.Errorf("%+v at %v: cumulative %v, above %v, integral %v", m, p.to, got, m.Above(p.to), total)
				}
			}
			if math.Abs(mean-m.Mean()) > 1e-12 {
				t.Errorf("%+v: mean %v, integral %v", m, m.Mean(), mean)
			}
			if m.Density(m.floor-.1) != 0 || m.Cumulative(m.floor) != 0 || m.Above(m.floor) != 1 {
				t.Errorf("%+v: something lies below the floor", m)
			}
		}
	}
}

// Reference: mpmath 1.3, 40 digits. The second is the share more than 0.7 above kappa.
func TestMarginsOfAFixedPoint(t *testing.T) {
	for _, r := range []struct {
		e           Ensemble
		mean, above float64
	}{
		{Ensemble{SelfCoupling: .5}, 1.00916043383703349, .608478860567046453},
		{Ensemble{SelfCoupling: .3, Margin: 1, InputVariance: .44}, 1.74311098103917903, .434801714589486316},
	} {
		m := must[Margins](t)(r.e.FixedPointMargins())
		if math.Abs(m.Mean()-r.mean) > 1e-14 || math.Abs(m.Above(r.e.Margin+.7)-r.above) > 1e-14 {
			t.Errorf("%+v: mean %v, above %v, want %v, %v", r.e, m.Mean(), m.Above(r.e.Margin+.7), r.mean, r.above)
		}
	}
}

func TestShareOfStableNeuronsInARandomState(t *testing.T) {
	for _, e := range ensembles {
		m := must[Margins](t)(e.RandomMargins())
		want := math.Exp(must[float64](t)(e.Entropy())) / 2
		if got := m.Above(e.Margin); math.Abs(got-want) > 1e-15 {
			t.Errorf("%+v: share %v, want Phi(h) = %v", e, got, want)
		}
	}
}

// Section 5. Reference: mpmath 1.3 with up to 700 digits, which the closed form needs at -35.
func TestCapacityAgainstManyDigits(t *testing.T) {
	for _, r := range [][2]float64{
		{-35, 5.4670573773489945447e270},
		{-5, 51697499.847051411562},
		{-1.5, 43.769402326442841272},
		{-1, 13.273199837024512},
		{-.5, 4.7700988826193857},
		{0, 2},
		{.5, .961205052801541757},
		{1, .519572229604937969},
		{3, .100002034392191543},
		{10, .00990099009900990099},
	} {
		if got := must[float64](t)(Capacity(r[0])); math.Abs(got/r[1]-1) > 1e-16*(30+r[0]*r[0]) {
			t.Errorf("alpha_c(%v) = %.17g, want %.17g", r[0], got, r[1])
		}
	}
}
