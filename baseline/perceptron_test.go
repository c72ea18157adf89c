package baseline

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"basin/internal/kernel"
	"basin/internal/random"
)

// points are samples of two features or more.
type points struct {
	rows   [][]float32
	labels []int
}

func (p *points) Count() int                   { return len(p.rows) }
func (p *points) Dim() int                     { return len(p.rows[0]) }
func (p *points) Row(place int, dst []float32) { copy(dst, p.rows[place]) }
func (p *points) Label(place int) int          { return p.labels[place] }

// drawn returns normal points whose class is, among the first features, the place of the
// largest square: nothing that a linear learner finds.
func drawn(count, features, classes int, seed uint64) *points {
	stream := random.New(seed, random.Synthetic)
	draw, p := stream.Rand(), &points{}
	for range count {
		row, label := make([]float32, features), 0
		for k := range row {
			row[k] = float32(draw.NormFloat64())
			if k < classes && row[k]*row[k] > row[label]*row[label] {
				label = k
			}
		}
		p.rows, p.labels = append(p.rows, row), append(p.labels, label)
	}
	return p
}

func perceptron(t testing.TB, s Settings, samples Samples, classes int) *Perceptron {
	t.Helper()
	p, err := New(s, samples, classes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// loss is the mean cross-entropy of samples by the formula, in float64.
func loss(p *Perceptron, s *points) float64 {
	total := 0.0
	for q, x := range s.rows {
		z := make([]float64, p.classes)
		for h := range p.settings.Hidden + 1 {
			a := 1.0
			if h < p.settings.Hidden {
				a = float64(p.hidden.weights[len(x)*p.hidden.stride+h])
				for k, v := range x {
					a += float64(p.hidden.weights[k*p.hidden.stride+h]) * float64(v)
				}
				a = max(a, 0)
			}
			for c := range z {
				z[c] += float64(p.output.weights[h*p.output.stride+c]) * a
			}
		}
		sum := 0.0
		for _, v := range z {
			sum += math.Exp(v)
		}
		total += math.Log(sum) - z[s.labels[q]]
	}
	return total / float64(len(s.rows))
}

// After the first step the running mean of Adam is a tenth of the gradient, up to the rounding
// of 0.9 and of float32. Differences over 1e-3 of weights of about 1 leave an error of second
// order, below 1e-5 here.
func TestGradientIsTheSlopeOfTheLoss(t *testing.T) {
	samples := drawn(23, 5, 3, 1)
	p := perceptron(t, Settings{Hidden: 18, Epochs: 1, Batch: 23, Rate: 1e-30, Seed: 2, Workers: 2}, samples, 3)
	want := loss(p, samples)
	err := p.Run(t.Context(), func(got Progress) error {
		if math.Abs(got.Loss-want) > 1e-6 || got.Samples != 23 {
			t.Errorf("loss %v of %d samples, want %v of 23", got.Loss, got.Samples, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]*layer{"hidden": p.hidden, "output": p.output} {
		largest := 0.0
		for k := range l.senders + 1 {
			for i := range l.stride {
				at := k*l.stride + i
				got := float64(l.mean[at]) / (1 - meanDecay)
				if i >= l.receivers {
					if got != 0 || l.weights[at] != 0 {
						t.Fatalf("%s: padding %d of row %d has gradient %v", name, i, k, got)
					}
					continue
				}
				const h = 1e-3
				kept := l.weights[at]
				l.weights[at] = kept + h
				up := loss(p, samples)
				l.weights[at] = kept - h
				down := loss(p, samples)
				step := float64(kept+h) - float64(kept-h)
				l.weights[at] = kept
				if slope := (up - down) / step; math.Abs(slope-got) > 2e-5 {
					t.Errorf("%s: weight from %d to %d: gradient %v, slope %v", name, k, i, got, slope)
				}
				largest = max(largest, math.Abs(got))
			}
		}
		if largest < 0.01 {
			t.Errorf("%s: the largest gradient is %v: nothing was compared", name, largest)
		}
	}
}

// Two steps of Adam by the formulas of its paper, in float64, with the bias corrections where
// the paper has them.
func TestStepsAreThoseOfAdam(t *testing.T) {
	weights, mean, square := []float32{0.5}, []float32{0}, []float32{0}
	w, m, s := 0.5, 0.0, 0.0
	for step, g := range []float64{0.3, -0.7, 0.001} {
		newAdam(0.01, step+1).move(weights, mean, square, []float32{float32(g)})
		m, s = 0.9*m+0.1*g, 0.999*s+0.001*g*g
		power := float64(step + 1)
		w -= 0.01 * (m / (1 - math.Pow(0.9, power))) / (math.Sqrt(s/(1-math.Pow(0.999, power))) + 1e-8)
		if math.Abs(float64(weights[0])-w) > 1e-6 {
			t.Errorf("step %d: weight %v, want %v", step+1, weights[0], w)
		}
	}
}

// weights returns all that a perceptron has learned.
func weights(p *Perceptron) []float32 {
	return append(slices.Clone(p.hidden.weights), p.output.weights...)
}

func TestWorkersKernelsAndInterruptionsChangeNoBit(t *testing.T) {
	samples := drawn(75, 37, 4, 3)
	s := Settings{Hidden: 50, Epochs: 3, Batch: 32, Rate: 0.01, Seed: 5, Workers: 1}
	first := perceptron(t, s, samples, 4)
	if err := first.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	want := weights(first)
	compare := func(name string, s Settings, run func(p *Perceptron)) {
		p := perceptron(t, s, samples, 4)
		run(p)
		if got := weights(p); !slices.Equal(got, want) {
			t.Errorf("%s: other weights", name)
		}
	}
	whole := func(p *Perceptron) {
		if err := p.Run(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	for _, workers := range []int{2, 3, 40} {
		more := s
		more.Workers = workers
		compare("more workers", more, whole)
	}
	for _, name := range kernel.Available() {
		undo, err := kernel.Use(name)
		if err != nil {
			t.Fatal(err)
		}
		compare("kernel "+name, s, whole)
		undo()
	}
	compare("in pieces", s, func(p *Perceptron) {
		stop := errors.New("stop")
		for {
			batches := 0
			err := p.Run(t.Context(), func(Progress) error {
				if batches++; batches == 2 {
					return stop
				}
				return nil
			})
			if err == nil {
				return
			}
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
		}
	})
	other := s
	other.Seed++
	p := perceptron(t, other, samples, 4)
	if slices.Equal(weights(p), weights(perceptron(t, s, samples, 4))) {
		t.Error("another seed draws the same weights")
	}
}

// The classes are the places of the largest of three squares. Chance is 1/3; recorded on 1000
// other points: 0.938.
func TestLearnsWhatIsNotLinear(t *testing.T) {
	samples, others := drawn(4000, 3, 3, 7), drawn(1000, 3, 3, 8)
	p := perceptron(t, Settings{Hidden: 40, Epochs: 15, Batch: 32, Rate: 0.01, Seed: 1}, samples, 3)
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	accuracy, err := p.Evaluate(t.Context(), others)
	if err != nil || accuracy < 0.9 {
		t.Errorf("accuracy %v, error %v, want at least 0.9", accuracy, err)
	}
	few := make([]int, 7)
	if err := p.Predict(t.Context(), others, few); err != nil {
		t.Fatal(err)
	}
	all := make([]int, others.Count())
	if err := p.Predict(t.Context(), others, all); err != nil || !slices.Equal(all[:7], few) {
		t.Errorf("classes %v of the first samples alone, %v among all, error %v", few, all[:7], err)
	}
}

func TestRateFallsToZero(t *testing.T) {
	s := Settings{Rate: 0.4}
	for batch, want := range map[int]float64{0: 0.4, 50: 0.2, 100: 0} {
		if got := s.rate(batch, 100); math.Abs(got-want) > 1e-15 {
			t.Errorf("rate %v of batch %d of 100, want %v", got, batch, want)
		}
	}
}

func TestContextAndObserverStop(t *testing.T) {
	samples := drawn(64, 4, 2, 1)
	p := perceptron(t, Settings{Hidden: 5, Epochs: 10, Batch: 8, Rate: 0.01}, samples, 2)
	ctx, stop := context.WithCancel(t.Context())
	batches := 0
	err := p.Run(ctx, func(Progress) error {
		if batches++; batches == 3 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || batches != 3 {
		t.Errorf("error %v after %d mini-batches, want the context's after 3", err, batches)
	}
	if _, err := p.Evaluate(ctx, samples); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of the measurement, want the context's", err)
	}
}

func TestBadInputIsAnError(t *testing.T) {
	good := Settings{Hidden: 5, Epochs: 2, Batch: 8, Rate: 0.01}
	samples := drawn(20, 4, 2, 1)
	for _, c := range []struct {
		change func(s *Settings)
		want   string
	}{
		{func(s *Settings) { s.Hidden = 0 }, "hidden units 0, want 1 to"},
		{func(s *Settings) { s.Hidden = maxHidden + 1 }, "want 1 to"},
		{func(s *Settings) { s.Epochs = -1 }, "epochs -1"},
		{func(s *Settings) { s.Batch = 0 }, "mini-batch 0"},
		{func(s *Settings) { s.Rate = math.NaN() }, "rate NaN"},
		{func(s *Settings) { s.Rate = math.Inf(1) }, "rate +Inf"},
	} {
		s := good
		c.change(&s)
		if _, err := New(s, samples, 2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	if _, err := New(good, nil, 2); err == nil {
		t.Error("no samples are no error")
	}
	if _, err := New(good, samples, 1); err == nil {
		t.Error("one class is no error")
	}
	wrong := drawn(20, 4, 2, 1)
	wrong.labels[7] = 2
	if _, err := New(good, wrong, 2); err == nil || !strings.Contains(err.Error(), "sample 7 has label 2, want a class from 0 to 1") {
		t.Errorf("error %v of a label that is no class", err)
	}
	p := perceptron(t, good, samples, 2)
	if _, err := p.Evaluate(t.Context(), drawn(3, 5, 2, 1)); err == nil || !strings.Contains(err.Error(), "5 inputs, those learned 4") {
		t.Errorf("error %v of samples of another length", err)
	}
	if _, err := p.Evaluate(t.Context(), nil); err == nil {
		t.Error("no samples to measure are no error")
	}
	if err := p.Predict(t.Context(), samples, make([]int, 21)); err == nil {
		t.Error("more predictions than samples are no error")
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		odd := drawn(20, 4, 2, 1)
		odd.rows[3][1] = float32(v)
		if err := perceptron(t, good, odd, 2).Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "sample 3 has") {
			t.Errorf("error %v of an input %v", err, v)
		}
	}
}

// Logits are those whose largest is the class, and come in the order of the samples.
func TestLogitsAreThoseOfThePredictions(t *testing.T) {
	samples := drawn(700, 4, 3, 5)
	p := perceptron(t, Settings{Hidden: 9, Epochs: 1, Batch: 16, Rate: 0.01, Workers: 2}, samples, 3)
	if err := p.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	classes, next := make([]int, 700), 0
	if err := p.Predict(t.Context(), samples, classes); err != nil {
		t.Fatal(err)
	}
	err := p.Logits(t.Context(), samples, 700, func(i int, logits []float32) {
		if i != next || len(logits) != 3 || Largest(logits) != classes[i] {
			t.Fatalf("sample %d: logits %v, want those of sample %d, of class %d", i, logits, next, classes[next])
		}
		next++
	})
	if err != nil || next != 700 {
		t.Errorf("%d samples, error %v, want 700", next, err)
	}
	if err := p.Logits(t.Context(), samples, 701, nil); err == nil {
		t.Error("more logits than samples are no error")
	}
}

// A perceptron that goes on from the weights that another has drawn, with fresh means, is that
// other; one that has learned goes on from what it knows.
func TestContinuesFromItsWeights(t *testing.T) {
	samples, others := drawn(75, 6, 3, 3), drawn(90, 6, 3, 4)
	s := Settings{Hidden: 20, Epochs: 2, Batch: 16, Rate: 0.01, Seed: 2, Workers: 2}
	idle := s
	idle.Epochs = 0
	want, got := perceptron(t, s, others, 3), perceptron(t, idle, samples, 3)
	for _, p := range []*Perceptron{want, got} {
		if err := p.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := got.Continue(s, others); err != nil {
		t.Fatal(err)
	}
	if err := got.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(weights(got), weights(want)) {
		t.Error("from the same weights: other weights")
	}
	before := weights(got)
	if err := got.Continue(idle, samples); err != nil || !slices.Equal(weights(got), before) {
		t.Errorf("going on changed the weights before a step, error %v", err)
	}
	wide := s
	wide.Hidden++
	for _, err := range []error{got.Continue(wide, samples), got.Continue(s, nil), got.Continue(s, drawn(9, 5, 3, 1)), got.Continue(Settings{}, samples)} {
		if err == nil {
			t.Error("what does not fit is no error")
		}
	}
}
