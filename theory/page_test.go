package theory

import (
	"fmt"
	"math"
	"testing"
)

// value is one number of the theory page: its section, the digits given there, and the
// formula that must reproduce it with the self-coupling (the coupling between modules
// where that is 0, the margin in section 5) times scale.
type value struct {
	section, name string
	want, within  float64 // within: one unit of the last digit given, at least 2e-12
	got           func(scale float64) (float64, error)
}

// The digits are those of the page except where a comment says otherwise.
func page() []value {
	var list []value
	add := func(section, name string, want, within float64, got func(scale float64) (float64, error)) {
		list = append(list, value{section, name, want, within, got})
	}
	self := func(j float64) Ensemble { return Ensemble{SelfCoupling: j} }
	for _, v := range [][2]float64{{0, 0}, {.1, .076642170445}, {.2, .147142826837}, {.5, .324200765271}, {1, .520393401536}, {2, .670134271231}} {
		add("1", fmt.Sprintf("Sigma(%v)", v[0]), v[1], 2e-12, func(s float64) (float64, error) { return self(s * v[0]).Entropy() })
	}
	for n, want := range map[int]float64{8: 6.020714486119, 12: 13.999814219340, 16: 32.606662225440} {
		add("1", fmt.Sprintf("fixed points of %d neurons", n), want, 2e-12, func(s float64) (float64, error) { return valueOf(self(s * .3).FixedPoints(n)) })
	}
	for k, want := range map[int]float64{0: 13.9998142, 1: 11.2801979, 2: 15.1470180, 3: 20.1532903, 6: 29.3097345} {
		add("2", fmt.Sprintf("pairs of 12 neurons at distance %d", k), want, 1e-7, func(s float64) (float64, error) { return valueOf(self(s*.3).Pairs(12, k)) })
	}
	for _, v := range [][3]float64{{.5, .5, .584627791895}, {.9, .5, .402196313812}, {.99, 1, .53455030175}} {
		add("2", fmt.Sprintf("S2(%v; %v)", v[0], v[1]), v[2], 1e-11, func(s float64) (float64, error) { return self(s * v[1]).PairEntropy(v[0]) })
	}
	for _, v := range [][3]float64{{.2, .0546, 1e-4}, {.5, .01055, 1e-5}, {1, .001717, 1e-6}} {
		add("2", fmt.Sprintf("isolation gap at %v", v[0]), v[1], v[2], func(s float64) (float64, error) { return self(s * v[0]).IsolationGap() })
	}
	for _, v := range [][4]float64{{3, .9, .5, .158379603}, {3, .99, .5, .109222704}, {5, .9, .5, .125264093}, {5, .99, .5, .068591098}, {3, .9, .05, -.000356493}} {
		add("3", fmt.Sprintf("Phi_%v(%v; %v)", v[0], v[1], v[2]), v[3], 1e-9, func(s float64) (float64, error) { return self(s*v[2]).TupleEntropy(v[0], v[1]) })
	}
	chain := func(j, lambda float64, l int) Chain { return Chain{self(j), l, lambda} }
	add("4", "L=2 N=6", 9.300447160835, 2e-12, func(s float64) (float64, error) { return valueOf(chain(s*.2, .4, 2).FixedPoints(6)) })
	add("4", "L=3 N=4", 6.367007034455, 2e-12, func(s float64) (float64, error) { return valueOf(chain(s*.1, .5, 3).FixedPoints(4)) })
	for lambda, want := range map[float64]float64{.5: .068414, 1: .191291, 2: .323832, 5: .346573} {
		add("4", fmt.Sprintf("entropy at lambda %v", lambda), want, 1e-6, func(s float64) (float64, error) {
			if lambda == 5 { // saturated at (ln 2)/2: nothing to notice
				s = 1
			}
			return chain(0, s*lambda, 2).Entropy()
		})
	}
	for kappa, want := range map[float64]float64{0: 2, .5: .961205, 1: .519572, -.5: 4.770099} {
		add("5", fmt.Sprintf("alpha_c(%v)", kappa), want, 1e-6, func(s float64) (float64, error) { return Capacity(s * kappa) })
	}
	return list
}

func valueOf(c Count, err error) (float64, error) { return c.Value, err }

// Section numbers are those of the theory page.
func TestValuesOfTheTheoryPage(t *testing.T) {
	for _, v := range page() {
		t.Run("section "+v.section+"/"+v.name, func(t *testing.T) {
			got, err := v.got(1)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got-v.want) > v.within {
				t.Errorf("got %.14g, want %.14g within %g", got, v.want, v.within)
			}
		})
	}
}

// The comparison above must notice a formula, or its argument, that is wrong by 2 %.
func TestChangeOfTwoPerCentIsNoticed(t *testing.T) {
	arguments := 0
	for _, v := range page() {
		right, err := v.got(1)
		if err != nil {
			t.Fatal(err)
		}
		if v.want != 0 && math.Abs(1.02*right-v.want) <= v.within {
			t.Errorf("section %s, %s: a value 2 %% too large passes", v.section, v.name)
		}
		changed, err := v.got(1.02)
		if err != nil {
			t.Fatal(err)
		}
		if changed == right { // nothing to scale: an argument of 0
			continue
		}
		arguments++
		if math.Abs(changed-v.want) <= v.within {
			t.Errorf("section %s, %s: an argument 2 %% too large passes", v.section, v.name)
		}
	}
	if arguments < 30 {
		t.Errorf("%d arguments changed, want 30", arguments)
	}
}

// Section 3. y = 2 and 10 are computed here: with Plackett's formula and 20 digits the
// least S2 is -1.3e-5 at 0.0427 and above 0 at 0.0428; with tanh-sinh quadrature
// Phi_10(.98376) is -1.3e-6 at .05079 and 4.1e-7 at .0508.
func TestTupleThresholds(t *testing.T) {
	for y, want := range map[int]float64{2: .0427, 3: .0557, 5: .0600, 10: .0508} {
		got, err := Ensemble{}.TupleThreshold(t.Context(), y)
		if err != nil || math.Abs(got-want) > 5e-5 {
			t.Errorf("y = %d: %v, %v, want %v", y, got, err, want)
		}
	}
}
