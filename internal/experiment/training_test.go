package experiment

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"basin"

	"basin/network"
	"basin/settings"
)

func TestTrainingsCountEpochs(t *testing.T) {
	task, err := NewTraining("digits", "network.modules.0.neurons=20", "learning.epochs=3")
	if err != nil {
		t.Fatal(err)
	}
	task.Samples, task.Held = 100, 50
	calls, last := 0, 0.0
	bench := &Bench{Seed: 1, Data: &Data{}, progress: func(share float64) {
		if share < last || share > 1 {
			t.Errorf("progress went from %v to %v", last, share)
		}
		last = share
	}}
	n, result, err := task.Train(context.Background(), bench, func(_ *network.Network, r *Result) error {
		calls++
		if len(r.Series[Accuracy].X) != calls {
			t.Errorf("call %d with %d epochs", calls, len(r.Series[Accuracy].X))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := result.Series[Accuracy]; calls != 3 || last != 1 || n.Neurons() != 20 || !slices.Equal(s.X, []float64{1, 2, 3}) || s.Y[2] != result.Values[Accuracy] {
		t.Errorf("%d calls, progress %v, %d neurons, series %+v, values %v", calls, last, n.Neurons(), s, result.Values)
	}
}

func TestEvenSubsetsOfTheSamples(t *testing.T) {
	task, err := NewTraining("digits")
	if err != nil {
		t.Fatal(err)
	}
	data := &Data{}
	whole, err := data.Task(context.Background(), task.Settings, basin.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	part, err := data.Task(context.Background(), task.Settings, basin.Limit{Training: 100, Held: 30})
	if err != nil {
		t.Fatal(err)
	}
	if part.Training.Count() != 100 || part.Held.Count() != 30 || whole.Training.Count() <= 100 {
		t.Fatalf("%d, %d and %d samples, want 100, 30 and all", part.Training.Count(), part.Held.Count(), whole.Training.Count())
	}
	for k := range 100 {
		if part.Training.Labels[k] != whole.Training.Labels[k*whole.Training.Count()/100] {
			t.Fatalf("sample %d of the part is not spread evenly", k)
		}
	}
	if again, err := data.Task(context.Background(), task.Settings, basin.Limit{Training: 100, Held: 30}); err != nil || again.Training != part.Training || again.Held != part.Held {
		t.Errorf("encoded twice (%v)", err)
	}
}

// The seed that divides data decides the test part, the seed of the settings what is held out
// of the rest.
func TestDividedDataHaveOneTestPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "some.csv")
	text := "a,label\n"
	for i := range 40 {
		text += fmt.Sprintf("%d,%d\n", i, i%2)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := settings.LoadPreset("table")
	if err != nil {
		t.Fatal(err)
	}
	s.Data.Set = path
	data := &Data{}
	of := func(seed, division uint64, validation float64) *basin.Task {
		s.Seed, s.Data.Validation = seed, validation
		task, err := data.Divided(t.Context(), s, division, basin.Limit{})
		if err != nil {
			t.Fatal(err)
		}
		return task
	}
	if of(1, 7, 0).Fingerprint() != of(2, 7, 0).Fingerprint() {
		t.Error("the seed of the settings changes what is not test part")
	}
	if of(1, 7, 0).Fingerprint() == of(1, 8, 0).Fingerprint() {
		t.Error("another division has the same training samples")
	}
	if of(1, 7, 0.25).Fingerprint() == of(2, 7, 0.25).Fingerprint() {
		t.Error("two seeds hold the same samples out")
	}
}

// Trainings on sets that the program knows say what they take, also on the one that is part of it.
func TestTrainingsSayWhatTheyTake(t *testing.T) {
	data := Data{}
	for _, set := range []string{"digits", "mnist", "cifar-10", "none.csv"} {
		task, err := NewTraining("digits", "data.set="+set)
		if err != nil {
			t.Fatal(err)
		}
		bytes := task.Memory()
		if known := set != "none.csv"; (bytes > 100_000) != known {
			t.Errorf("%s: %d bytes", set, bytes)
		}
		if set != "digits" {
			continue
		}
		prepared, err := data.Task(t.Context(), task.Settings, basin.Limit{})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(prepared.Shape, len(prepared.LabelNames), prepared.Training.Count()); got != "[8 8] 10 1437" {
			t.Errorf("the digits are %s", got)
		}
	}
}
