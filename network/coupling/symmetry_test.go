package coupling

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The correlation of J_ij with J_ji of a block in which these are 2 and 3 times +-1 by pair
// is -1 after the sign of one is turned; of a block that is not hollow there is none.
func TestSymmetryIsTheCorrelationOfThePairs(t *testing.T) {
	d := NewDense(Shape{Receivers: 30, Senders: 30, Hollow: true})
	fill(t, d, drawTwin(rand.New(rand.NewPCG(4, 4)), d.shape, 2))
	d.Pairs(0, 30, func(_, _ int, ij, ji *float32) { *ji = -*ij })
	if s, ok := Symmetry(d); !ok || math.Abs(s+1) > 0.1 {
		t.Errorf("antisymmetric couplings: symmetry %v (%v), want about -1", s, ok)
	}
	d.Pairs(0, 30, func(_, _ int, ij, ji *float32) { *ji = *ij })
	if s, ok := Symmetry(d); !ok || math.Abs(s-1) > 1e-9 {
		t.Errorf("symmetric couplings: symmetry %v (%v), want 1", s, ok)
	}
	link := NewDense(Shape{Receivers: 3, Senders: 3})
	fill(t, link, drawTwin(rand.New(rand.NewPCG(4, 4)), link.shape, 2))
	if _, ok := Symmetry(link); ok {
		t.Error("a block that is not hollow has a symmetry")
	}
}

// Couplings of N = 300 neurons, some 45,000 pairs at density 1 and 7,000 at 0.4: correlation and
// variance have a standard error below 1/sqrt(pairs). The ends are exact.
func TestCorrelateGivesTheSymmetryAndKeepsTheVariance(t *testing.T) {
	for _, density := range []float64{2, 0.4} {
		for _, eta := range []float64{-1, -0.6, 0, 0.3, 1} {
			w := drawTwin(rand.New(rand.NewPCG(6, 6)), Shape{Receivers: 300, Senders: 300, Hollow: true}, density)
			block := w.blocks(t, density > 1)["drawn"]
			if err := Correlate(block, eta); err != nil {
				t.Fatal(err)
			}
			pairs, squares := 0.0, 0.0
			block.Pairs(0, 300, func(i, j int, ij, ji *float32) {
				pairs++
				squares += float64(*ij**ij+*ji**ji) / 2
				if eta == 1 && *ij != *ji || eta == -1 && *ij != -*ji {
					t.Fatalf("symmetry %v: %v from %d on %d, %v back", eta, *ij, j, i, *ji)
				}
			})
			got, ok := Symmetry(block)
			if !ok || math.Abs(got-eta) > 5/math.Sqrt(pairs) {
				t.Errorf("density %v: symmetry %v (%v), want %v", density, got, ok, eta)
			}
			if variance := squares / pairs; math.Abs(variance-1) > 5*math.Sqrt(2/pairs) {
				t.Errorf("density %v, symmetry %v: variance %v, want 1", density, eta, variance)
			}
			block.Each(func(i, j int, v *float32) bool {
				if block.At(j, i) == nil && *v != w.value[i][j] {
					t.Fatalf("symmetry %v: the coupling from %d on %d, which has none back, is %v, was %v", eta, j, i, *v, w.value[i][j])
				}
				return true
			})
		}
	}
	square, link := Shape{Receivers: 4, Senders: 4, Hollow: true}, NewDense(Shape{Receivers: 4, Senders: 4})
	fill(t, link, drawTwin(rand.New(rand.NewPCG(6, 6)), link.shape, 2))
	hollow := NewDense(square)
	fill(t, hollow, drawTwin(rand.New(rand.NewPCG(6, 6)), square, 2))
	for _, c := range []struct {
		b    Block
		eta  float64
		want string
	}{
		{link, 0, "want one of a module with itself"},
		{NewDense(square), 0, "without couplings"},
		{hollow, 1.1, "a symmetry of 1.1"},
		{hollow, math.NaN(), "a symmetry of NaN"},
	} {
		if err := Correlate(c.b, c.eta); !fits(err, c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
