package basin_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"basin"
)

// Learning waits for predictions and they for it; its result depends on the batches alone.
func TestLearnBesidePredictions(t *testing.T) {
	data := digitsData(t)
	learn := func(m *basin.Model) string {
		for k := range 6 {
			if _, err := m.Learn(part(data.Train, 20*k, 20*k+20)); err != nil {
				t.Fatal(err)
			}
		}
		return bytesOf(t, m)
	}
	before := bytesOf(t, trained(t))
	want := learn(trained(t))
	if want == before {
		t.Error("Learn changed nothing")
	}
	m := trained(t)
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := m.PredictOne(make([]float32, 64)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	got := learn(m)
	close(stop)
	group.Wait()
	if got != want {
		t.Error("a model that predicted meanwhile learned something else")
	}
	alone, err := m.PredictOne(make([]float32, 64))
	if err != nil {
		t.Fatal(err)
	}
	fresh := trained(t)
	learn(fresh)
	if other, err := fresh.PredictOne(make([]float32, 64)); err != nil || other.Margin != alone.Margin {
		t.Errorf("a predictor from before the learning gives the margin %v, want %v (%v)", alone.Margin, other.Margin, err)
	}
}

// A model may learn from what it has just predicted, and predict beside somebody who waits to
// learn.
func TestPredictionsMayLearn(t *testing.T) {
	m, data := trained(t), digitsData(t)
	learned := 0
	err := m.Predict(t.Context(), data.Test, 2, func(i int, p basin.Prediction) error {
		if truth := data.Test.LabelNames[data.Test.Labels[i]]; p.Label != truth {
			learned++
			if _, err := m.Learn(part(data.Test, i, i+1)); err != nil {
				return err
			}
		}
		_, err := m.PredictOne(make([]float32, 64))
		return err
	})
	if err != nil || learned == 0 {
		t.Errorf("%d mistakes learned: %v", learned, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, count := range []int{1, 2} {
		if err := m.Predict(ctx, first(data.Test, count), 1, func(int, basin.Prediction) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%d samples, cancelled: %v", count, err)
		}
	}
}

// Learning goes on over Save and Load as if there had been none: the readout's average, noise,
// augmentation and random sweeps go by the number of mini-batches learned.
func TestLearningGoesOnInAFile(t *testing.T) {
	for name, assignments := range map[string][]string{
		"averaging": {"readout.averaging=0.02"}, "noise": {"preprocess.noise=0.2"}, "augment": {"preprocess.augment.shift=1"}, "partial": {"dynamics.order=partial"},
	} {
		data := digitsData(t)
		straight := trained(t, append(assignments, "learning.epochs=0")...)
		reloaded := trained(t, append(assignments, "learning.epochs=0")...)
		for k := range 8 {
			for _, m := range []*basin.Model{straight, reloaded} {
				if _, err := m.Learn(part(data.Train, 16*k, 16*k+16)); err != nil {
					t.Fatal(err)
				}
			}
			// The scales of blocks are multiplied into a file, which rounds: both go through it.
			if k%2 == 1 {
				path := filepath.Join(t.TempDir(), "model")
				if err := reloaded.Save(path); err != nil {
					t.Fatal(err)
				}
				var err error
				if reloaded, err = basin.Load(path); err != nil {
					t.Fatal(err)
				}
				if reloaded.Learned != k+1 {
					t.Fatalf("%s: %d mini-batches learned in the file, want %d", name, reloaded.Learned, k+1)
				}
			}
		}
		if bytesOf(t, straight) != bytesOf(t, reloaded) {
			t.Errorf("%s: learned something else over files", name)
		}
	}
}
