package baseline

import (
	"math"
	"slices"
	"testing"
)

func binarised(t *testing.T, s Settings, samples Samples, classes int) *Perceptron {
	t.Helper()
	p, err := NewBinarised(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// straight returns the gradients of V and U as rows of senders, by the formulas of the
// straight-through estimator in float64.
func straight(p *Perceptron, s *points) (V, U [][]float64) {
	H, D := p.settings.Hidden, p.samples.Dim()
	zeros := func(rows, columns int) [][]float64 {
		all := make([][]float64, rows)
		for i := range all {
			all[i] = make([]float64, columns)
		}
		return all
	}
	V, U = zeros(D+1, H), zeros(H+1, p.classes)
	for q, row := range s.rows {
		x, a, r, z := append(slices.Clone(row), 1), make([]float64, H), make([]float64, H+1), make([]float64, p.classes)
		r[H] = 1
		for h := range a {
			for k, v := range x {
				a[h] += float64(p.hidden.weights[k*p.hidden.stride+h]) * float64(v)
			}
			r[h] = math.Copysign(1, a[h])
		}
		sum := 0.0
		for c := range z {
			for h, v := range r {
				z[c] += float64(p.output.weights[h*p.output.stride+c]) * v
			}
			sum += math.Exp(z[c])
		}
		for c := range z {
			e := math.Exp(z[c]) / sum / float64(len(s.rows))
			if c == s.labels[q] {
				e -= 1 / float64(len(s.rows))
			}
			for h, v := range r {
				U[h][c] += e * v
				if h < H && math.Abs(a[h]) <= 1 {
					for k, v := range x {
						V[k][h] += e * float64(p.output.weights[h*p.output.stride+c]) * float64(v)
					}
				}
			}
		}
	}
	return V, U
}

// After the first step the running mean of Adam is a tenth of the gradient, up to the rounding
// of float32.
func TestSignsLearnByTheStraightThroughEstimator(t *testing.T) {
	samples := drawn(23, 5, 3, 1)
	p := binarised(t, Settings{Hidden: 18, Epochs: 1, Batch: 23, Rate: 1e-30, Seed: 2, Workers: 2}, samples, 3)
	V, U := straight(p, samples)
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	zeros := 0
	for l, want := range map[*layer][][]float64{p.hidden: V, p.output: U} {
		for k, row := range want {
			for i, slope := range row {
				if got := float64(l.mean[k*l.stride+i]) / (1 - meanDecay); math.Abs(got-slope) > 1e-6 {
					t.Errorf("weight from %d to %d of %d: gradient %v, want %v", k, i, l.receivers, got, slope)
				}
				if math.Abs(slope) < 1e-3 {
					zeros++
				}
			}
		}
	}
	if all := 6*18 + 19*3; zeros > all/2 {
		t.Errorf("%d of %d gradients are small: little was compared", zeros, all)
	}
}

// The hidden units that a prediction reads are +-1, +1 at 0, and what is no number is no sign.
func TestSignsAreBinary(t *testing.T) {
	samples := drawn(40, 5, 3, 1)
	clear(samples.rows[7])
	p := binarised(t, Settings{Hidden: 18, Batch: 40, Rate: 1}, samples, 3)
	for q := range samples.rows {
		samples.Row(q, p.rows.inputs[q])
	}
	p.forward(&p.rows, 0, 40)
	for q, units := range p.rows.units {
		for h, r := range units[:18] {
			want := float32(1)
			if p.rows.fields[q][h] < 0 {
				want = -1
			}
			if r != want {
				t.Errorf("sample %d: unit %d is %v at field %v", q, h, r, p.rows.fields[q][h])
			}
		}
	}
	samples.rows[3][1] = float32(math.NaN())
	if err := binarised(t, Settings{Hidden: 18, Epochs: 1, Batch: 40, Rate: 1}, samples, 3).Run(t.Context(), nil); err == nil {
		t.Error("an input that is no number is no error")
	}
}

func TestSignsAreTheSameForEveryNumberOfWorkers(t *testing.T) {
	samples := drawn(75, 37, 4, 3)
	s := Settings{Hidden: 50, Epochs: 3, Batch: 32, Rate: 0.01, Seed: 5}
	var first []float32
	for _, workers := range []int{1, 2, 40} {
		s.Workers = workers
		p := binarised(t, s, samples, 4)
		if err := p.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = weights(p)
		}
		if !slices.Equal(weights(p), first) {
			t.Errorf("%d workers: other weights", workers)
		}
	}
}

// As [TestLearnsWhatIsNotLinear].
func TestSignsLearnWhatIsNotLinear(t *testing.T) {
	samples, others := drawn(4000, 3, 3, 7), drawn(1000, 3, 3, 8)
	p := binarised(t, Settings{Hidden: 100, Epochs: 15, Batch: 32, Rate: 0.005, Seed: 1}, samples, 3)
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	accuracy, err := p.Evaluate(t.Context(), others)
	t.Log(accuracy)
	if err != nil || accuracy < 0.85 {
		t.Errorf("accuracy %v, error %v, want at least 0.85", accuracy, err)
	}
}
