package protocol_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"basin/dataset"
	"basin/protocol"
)

// another is a view of samples whose inputs are smaller and moved by some.
type another struct {
	*dataset.Samples
	factor, moved float32
}

func (a another) Row(place int, dst []float32) {
	a.Samples.Row(place, dst)
	for k := range a.Dim() {
		dst[k] = float32(a.factor*dst[k]) + a.moved
	}
}

// Logits are the means of those of each view alone, labels and margins theirs, and all else is
// that of the first view.
func TestPredictionsOverViewsAreTheMeansOfThoseOfEach(t *testing.T) {
	s := two()
	training, held, shape := digits(t, s.Preprocess, 150)
	n := drawn(t, s, shape)
	learned, err := protocol.NewLearner(s.Protocol(), n, 16, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer learned.Close()
	for b := range 5 {
		places := make([]int32, 16)
		for k := range places {
			places[k] = int32(16*b + k)
		}
		if _, err := learned.Step(protocol.Batch{Samples: training, Places: places}); err != nil {
			t.Fatal(err)
		}
	}
	views := []protocol.Samples{held, another{held, 0.5, 0.3}, another{held, -1, 0}}
	for _, workers := range []int{1, 3} {
		predict := func(inputs protocol.Samples, others ...protocol.Inputs) (list []protocol.Prediction, tally protocol.Tally) {
			t.Helper()
			p, err := protocol.NewPredictor(s.Protocol(), n, workers)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			p.Views(others...)
			operations := protocol.NewOperations(n)
			p.Count(operations)
			tally, err = p.Predict(context.Background(), inputs, held.Count(), func(_ int, q protocol.Prediction) error {
				q.Logits, q.State = slices.Clone(q.Logits), slices.Clone(q.State)
				list = append(list, q)
				return nil
			})
			if err != nil || operations.Samples != int64(held.Count()) {
				t.Fatalf("%d samples of operations, %v", operations.Samples, err)
			}
			return list, tally
		}
		var each [][]protocol.Prediction
		var first protocol.Tally
		for k, view := range views {
			list, tally := predict(view)
			each = append(each, list)
			if k == 0 {
				first = tally
			}
		}
		got, tally := predict(views[0], views[1], views[2])
		if tally != first {
			t.Errorf("tally %+v, want that of the first view, %+v", tally, first)
		}
		changed := 0
		for i, q := range got {
			best, second := 0, math.Inf(-1)
			means := make([]float64, n.Classes)
			for c := range means {
				for _, list := range each {
					means[c] += float64(list[i].Logits[c]) / 3
				}
				if math.Abs(float64(q.Logits[c])-means[c]) > 1e-5 {
					t.Fatalf("sample %d, class %d: %v, want %v", i, c, q.Logits[c], means[c])
				}
				if q.Logits[c] > q.Logits[best] {
					best = c
				}
			}
			for c, v := range q.Logits {
				if c != best {
					second = max(second, float64(v))
				}
			}
			if q.Label != best || q.Margin != q.Logits[best]-float32(second) {
				t.Errorf("sample %d: label %d, margin %v of %v", i, q.Label, q.Margin, q.Logits)
			}
			if q.FixedPoint != each[0][i].FixedPoint || q.Result != each[0][i].Result || !slices.Equal(q.State, each[0][i].State) {
				t.Errorf("sample %d: not the state of the first view", i)
			}
			if q.Label != each[0][i].Label {
				changed++
			}
		}
		if changed == 0 {
			t.Error("views change no label: nothing was tested")
		}
		again, _ := predict(views[0])
		if !slices.EqualFunc(again, each[0], func(a, b protocol.Prediction) bool { return slices.Equal(a.Logits, b.Logits) }) {
			t.Error("one view alone is predicted otherwise")
		}
	}
	p, err := protocol.NewPredictor(s.Protocol(), n, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Views(wide{held})
	if _, err := p.Predict(context.Background(), held, 1, nil); err == nil {
		t.Error("a view of another size was taken")
	}
	nan := another{held, float32(math.NaN()), 0}
	p.Views(strange{nan})
	if _, err := p.Predict(context.Background(), held, 3, func(int, protocol.Prediction) error { return nil }); err == nil {
		t.Error("a view that is not finite was taken")
	}
}

// strange makes no promise to be finite.
type strange struct{ samples another }

func (s strange) Dim() int                     { return s.samples.Dim() }
func (s strange) Row(place int, dst []float32) { s.samples.Row(place, dst) }
