package baseline

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func logistic(t testing.TB, s LogisticSettings, samples Samples, classes int) *Logistic {
	t.Helper()
	l, err := NewLogistic(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return l
}

// slopes returns the slope of what a regression makes small, by the formula in float64: C x
// (D+1).
func slopes(weights func(k, c int) float64, penalty float64, s *points, classes int) []float64 {
	dim := len(s.rows[0])
	slope := make([]float64, classes*(dim+1))
	for q, x := range s.rows {
		p, sum := make([]float64, classes), 0.0
		for c := range p {
			z := weights(dim, c)
			for k, v := range x {
				z += weights(k, c) * float64(v)
			}
			p[c] = math.Exp(z)
			sum += p[c]
		}
		for c := range p {
			e := p[c] / sum
			if c == s.labels[q] {
				e--
			}
			for k := range dim + 1 {
				v := 1.0
				if k < dim {
					v = float64(x[k])
				}
				slope[c*(dim+1)+k] += e * v / float64(len(s.rows))
			}
		}
	}
	for c := range classes {
		for k := range dim {
			slope[c*(dim+1)+k] += penalty * weights(k, c)
		}
	}
	return slope
}

// mixed returns points whose classes overlap: those of drawn with another label now and then.
func mixed(count, features, classes int, seed uint64) *points {
	s := drawn(count, features, classes, seed)
	for i, x := range s.rows {
		s.labels[i] = Largest(x[:classes])
		if i%5 == 0 {
			s.labels[i] = (s.labels[i] + 1) % classes
		}
	}
	return s
}

// The slopes are summed in single precision, which may leave 1e-6 beside the bound of 1e-5.
func TestLogisticEndsWhereTheSlopeIsZero(t *testing.T) {
	for _, count := range []int{40, 700} { // part of a strip, and some strips
		samples := mixed(count, 6, 3, 2)
		for _, penalty := range []float64{1, 0.01, 1e-4} {
			l := logistic(t, LogisticSettings{Penalty: penalty, Workers: 2}, samples, 3)
			weights := func(k, c int) float64 { return float64(l.weights[k*l.stride+c]) }
			if worst := steepest(slopes(weights, penalty, samples, 3)); worst > 1.2e-5 {
				t.Errorf("%d samples, penalty %v: a slope of %v is left", count, penalty, worst)
			}
		}
	}
}

// Rounding leaves 1e-6.
func TestSlopeIsThatOfTheFormula(t *testing.T) {
	samples := mixed(5000, 5, 4, 1) // more than are summed at a time
	d := newDescent(samples, 4, 2, func(int, float64) error { return nil })
	slope := make([]float64, len(d.at))
	for i := range d.at {
		d.at[i] = float64(float32(math.Sin(float64(i))))
	}
	if _, err := d.evaluate(t.Context(), 0.3, d.at, slope); err != nil {
		t.Fatal(err)
	}
	want := slopes(func(k, c int) float64 { return d.at[c*6+k] }, 0.3, samples, 4)
	for i, v := range slope {
		if math.Abs(v-want[i]) > 1e-6 {
			t.Errorf("slope %v of weight %d, want %v", v, i, want[i])
		}
	}
	// What is made small has that slope.
	const h = 1e-2
	at := slices.Clone(d.at)
	for i := range at {
		var ends [2]float64
		for side, sign := range []float64{1, -1} {
			at[i] = d.at[i] + sign*h
			loss, err := d.evaluate(t.Context(), 0.3, at, slope)
			if err != nil {
				t.Fatal(err)
			}
			ends[side] = loss
		}
		at[i] = d.at[i]
		if got := (ends[0] - ends[1]) / (2 * h); math.Abs(got-want[i]) > 3e-5 {
			t.Errorf("weight %d: the loss rises by %v, slope %v", i, got, want[i])
		}
	}
}

// One input that is 1 or -1, and two classes: a share of 3/4 has class 1 at 1, class 0 at -1. By
// symmetry the weights are w and -w without a bias, and w is where
//
//	1/(1+exp(-2w)) + lambda w = 3/4
//
// which falls at ln(3)/2 without a penalty. The slope is below 1e-5 and its change with w above
// lambda + 3/8.
func TestLogisticOfTwoClassesIsTheSolvedOne(t *testing.T) {
	samples := &points{}
	for i := range 400 {
		x, label := float32(1), 1
		if i%2 == 0 {
			x, label = -1, 0
		}
		if i%8 < 2 {
			label = 1 - label
		}
		samples.rows, samples.labels = append(samples.rows, []float32{x}), append(samples.labels, label)
	}
	for _, penalty := range []float64{1, 0.1, 1e-3, 1e-12} {
		low, high := 0.0, 2.0
		for range 60 {
			w := (low + high) / 2
			if 1/(1+math.Exp(-2*w))+penalty*w > 0.75 {
				high = w
			} else {
				low = w
			}
		}
		if penalty < 1e-9 && math.Abs(low-math.Log(3)/2) > 1e-9 {
			t.Fatalf("the equation has %v", low)
		}
		l := logistic(t, LogisticSettings{Penalty: penalty}, samples, 2)
		for at, want := range map[int]float64{0: -low, 1: low, l.stride: 0, l.stride + 1: 0} {
			if got := float64(l.weights[at]); math.Abs(got-want) > 5e-5 {
				t.Errorf("penalty %v: weight %d is %v, want %v", penalty, at, got, want)
			}
		}
	}
}

// The penalties are tried one by one, each from zero, and the loss taken in float64.
func TestPenaltyIsThatOfTheLeastHeldLoss(t *testing.T) {
	samples := mixed(150, 12, 3, 4)
	got := logistic(t, LogisticSettings{Seed: 6}, samples, 3).Penalty()
	losses := make([]float64, len(penalties))
	for n, penalty := range penalties {
		for _, part := range folds(samples, 3, 6) {
			l := logistic(t, LogisticSettings{Penalty: penalty}, part.learned, 3)
			err := l.Logits(t.Context(), part.held, part.held.Count(), func(i int, z []float32) {
				sum := 0.0
				for _, v := range z {
					sum += math.Exp(float64(v))
				}
				losses[n] += math.Log(sum) - float64(z[part.held.Label(i)])
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if want := penalties[slices.Index(losses, slices.Min(losses))]; got != want || got == penalties[0] || got == penalties[len(penalties)-1] {
		t.Errorf("penalty %v, want %v, and none of the ends, of the losses %v", got, want, losses)
	}
}

// A quadratic bowl whose curvatures differ by 100 has its least value where it was put.
func TestMinimiseFindsTheBottom(t *testing.T) {
	const size = 40
	bowl := func(x, slope []float64) (float64, error) {
		loss := 1.0
		for i, v := range x {
			curvature := math.Pow(100, float64(i)/(size-1))
			slope[i] = curvature * (v - float64(i))
			loss += slope[i] * (v - float64(i)) / 2
		}
		return loss, nil
	}
	x, count := make([]float64, size), 0
	err := minimise(x, func(x, slope []float64) (float64, error) { count++; return bowl(x, slope) }, 1e-9, 1000)
	for i, v := range x {
		if err != nil || math.Abs(v-float64(i)) > 1e-8 {
			t.Fatalf("error %v, %v at %d, want %d", err, v, i, i)
		}
	}
	if count > 400 {
		t.Errorf("%d evaluations, want some hundred", count)
	}
	clear(x)
	if err := minimise(x, bowl, 1e-9, 3); err != nil || x[1] == 0 || math.Abs(x[1]-1) < 1e-8 {
		t.Errorf("three iterations give %v, error %v", x, err)
	}
	stop := errors.New("stop")
	if err := minimise(x, func([]float64, []float64) (float64, error) { return 0, stop }, 1e-9, 3); !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the function", err)
	}
	// Where nothing slopes, it stays.
	kept := slices.Clone(x)
	flat := func(_, slope []float64) (float64, error) { clear(slope); return 1, nil }
	if err := minimise(x, flat, 0, 3); err != nil || !slices.Equal(x, kept) {
		t.Errorf("on flat ground it went to %v, error %v", x, err)
	}
}
