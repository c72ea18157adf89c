package basin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"basin"
	"basin/dataset"
	"basin/settings"
)

// A run that is interrupted again and again, each time after a few mini-batches, and gone
// on with ends in the same file as one that was not, and leaves no checkpoint.
func TestInterruptedRunEndsInTheSameFile(t *testing.T) {
	for name, assignments := range kinds {
		t.Run(name, func(t *testing.T) { endsInTheSameFile(t, smallSettings(t, assignments...), digitsData(t)) })
	}
}

// The same holds for a table of texts, dates and missing cells.
func TestInterruptedRunOnATableEndsInTheSameFile(t *testing.T) {
	endsInTheSameFile(t, smallSettings(t, "preprocess.missing=column"), &dataset.Data{Train: mixedTable(t, 300)})
}

func endsInTheSameFile(t *testing.T, s settings.Settings, data *dataset.Data) {
	t.Helper()
	dir := t.TempDir()
	whole, cut := filepath.Join(dir, "whole"), filepath.Join(dir, "cut")
	if _, err := basin.Train(t.Context(), s, data, basin.Options{Out: whole}); err != nil {
		t.Fatal(err)
	}
	interrupted := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		_, err := basin.Train(ctx, s, data, basin.Options{
			Out: cut, Resume: true, Workers: 1 + interrupted%2, CheckpointBatches: 3,
			Observe: func(basin.Progress) error {
				if batches++; batches == 7+interrupted { // a solved readout begins anew
					cancel()
				}
				return nil
			},
		})
		cancel()
		if err == nil {
			break
		}
		var stop *basin.InterruptedError
		if !errors.As(err, &stop) || !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		interrupted++
	}
	if interrupted < 3 {
		t.Errorf("interrupted %d times, want at least 3", interrupted)
	}
	if contentOf(t, cut) != contentOf(t, whole) {
		t.Error("the files differ")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 2 {
		t.Errorf("files %q are left, want the two models", left)
	}
}

// A checkpoint knows its training samples by their fingerprint: one changed pixel is
// enough to refuse to go on, where no epoch is complete yet too.
func TestResumeRefusesWhatHasChanged(t *testing.T) {
	s, data := smallSettings(t), digitsData(t)
	out := filepath.Join(t.TempDir(), "model")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := basin.Train(ctx, s, data, basin.Options{Out: out, Observe: func(basin.Progress) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	kept := contentOf(t, basin.CheckpointOf(out))
	resume := func(s settings.Settings, d *dataset.Data) error {
		_, err := basin.Train(t.Context(), s, d, basin.Options{Out: out, Resume: true})
		return err
	}
	other := smallSettings(t, "learning.batch=8")
	if err := resume(other, data); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("other settings: error %v", err)
	}
	data.Train.Bytes[12345]++
	if err := resume(s, data); !errors.Is(err, basin.ErrDataChanged) {
		t.Errorf("a changed pixel: error %v, want ErrDataChanged", err)
	}
	data.Train.Bytes[12345]--
	data.Test.Bytes[1234]++
	if err := resume(s, data); !errors.Is(err, basin.ErrDataChanged) || !strings.Contains(err.Error(), "test samples") {
		t.Errorf("a changed pixel of the test samples: error %v, want ErrDataChanged", err)
	}
	data.Test.Bytes[1234]--
	if err := resume(s, &dataset.Data{Train: data.Train}); !errors.Is(err, basin.ErrDataChanged) {
		t.Errorf("without test samples: error %v, want ErrDataChanged", err)
	}
	renamed := *data.Train
	renamed.LabelNames = slices.Clone(renamed.LabelNames)
	renamed.LabelNames[3] = "three"
	if err := resume(s, &dataset.Data{Train: &renamed}); !errors.Is(err, basin.ErrDataChanged) {
		t.Errorf("a renamed class: error %v, want ErrDataChanged", err)
	}
	if contentOf(t, basin.CheckpointOf(out)) != kept {
		t.Error("the checkpoint was changed")
	}
	if err := resume(s, data); err != nil {
		t.Errorf("the same samples: %v", err)
	}
	run, err := basin.Resume(out)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no checkpoint: run %v, error %v, want os.ErrNotExist", run, err)
	}
}

// What cannot be learned is refused with the reason.
func TestPrepareAndBeginRefuse(t *testing.T) {
	one := &dataset.Set{Name: "one", Shape: []int{1}, Floats: []float32{1, 2}, Labels: []int{0, 0}, LabelNames: []string{"cat"}}
	bare := &dataset.Set{Name: "bare", Shape: []int{1}, Floats: []float32{1, 2}}
	wrong := smallSettings(t)
	wrong.Learning.Batch = 0
	window := smallSettings(t, "network.modules.0.input.window=4")
	for name, c := range map[string]struct {
		s    settings.Settings
		d    *dataset.Data
		want string
	}{
		"one class":  {smallSettings(t), &dataset.Data{Train: one}, `"cat"`},
		"no labels":  {smallSettings(t), &dataset.Data{Train: bare}, "no labels"},
		"no data":    {smallSettings(t), nil, "no labels"},
		"settings":   {wrong, digitsData(t), "learning.batch"},
		"no image":   {window, &dataset.Data{Train: &dataset.Set{Name: "two", Shape: []int{2}, Floats: []float32{1, 2, 3, 4}, Labels: []int{0, 1}, LabelNames: []string{"a", "b"}}}, "window"},
		"bad labels": {smallSettings(t), &dataset.Data{Train: &dataset.Set{Name: "bad", Shape: []int{1}, Floats: []float32{1, 2}, Labels: []int{0, 7}, LabelNames: []string{"a", "b"}}}, "label"},
	} {
		if _, err := basin.Begin(c.s, c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %s", name, err, c.want)
		}
	}
	run := &basin.Run{}
	if _, err := run.Train(t.Context(), basin.Options{}); err == nil {
		t.Error("a run without data trained")
	}
}

// A limit spreads its samples evenly, and leaves the preprocessing as it is.
func TestLimitOfATask(t *testing.T) {
	s, data := smallSettings(t), digitsData(t)
	all, err := basin.Prepare(s, data, basin.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	some, err := basin.Prepare(s, data, basin.Limit{Training: 50, Held: 7})
	if err != nil {
		t.Fatal(err)
	}
	if some.Training.Count() != 50 || some.Held.Count() != 7 || all.Training.Count() != 300 {
		t.Fatalf("%d and %d samples, want 50 and 7; %d without a limit", some.Training.Count(), some.Held.Count(), all.Training.Count())
	}
	x, y := make([]float32, 64), make([]float32, 64)
	for i := range 50 {
		some.Training.Row(i, x)
		all.Training.Row(i*6, y)
		if !slices.Equal(x, y) || some.Training.Label(i) != all.Training.Label(i*6) {
			t.Fatalf("sample %d is not number %d of all", i, i*6)
		}
	}
}

// An observer may use the model that learns, alone or beside other goroutines; what it
// predicts then is of no consequence, and a prediction after the run is that of the model.
func TestModelIsUsedWhileItLearns(t *testing.T) {
	s, data := smallSettings(t, "network.modules.0.recurrent.density=0.2", "network.modules.0.input.density=0.3"), digitsData(t)
	want := bytesOf(t, trained(t, "network.modules.0.recurrent.density=0.2", "network.modules.0.input.density=0.3"))
	run, err := basin.Begin(s, data)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, 64)
	for k := range row {
		row[k] = float32(k % 17)
	}
	predict := func() basin.Prediction {
		p, err := run.Model.PredictOne(row)
		if err != nil {
			t.Error(err)
		}
		return p
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				predict()
			}
		}
	})
	m, err := run.Train(t.Context(), basin.Options{Observe: func(basin.Progress) error {
		for range 10 { // enough for copies of the couplings
			predict()
		}
		return nil
	}})
	close(stop)
	group.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if bytesOf(t, m) != want {
		t.Error("a model that was used while it learned learned something else")
	}
	after := predict()
	path := filepath.Join(t.TempDir(), "model")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	fresh, err := basin.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := fresh.PredictOne(row); err != nil || !slices.Equal(p.Logits, after.Logits) {
		t.Errorf("after the run the logits are %v, those of the file %v (%v)", after.Logits, p.Logits, err)
	}
}

// A run that was interrupted goes on when Train is called again, without a file too; one
// that is done stays as it is.
func TestTrainGoesOnWhereItWasInterrupted(t *testing.T) {
	want := bytesOf(t, trained(t))
	run, err := basin.Begin(smallSettings(t), digitsData(t))
	if err != nil {
		t.Fatal(err)
	}
	interrupted := 0
	for {
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		_, err := run.Train(ctx, basin.Options{Observe: func(basin.Progress) error {
			if batches++; batches == 9 {
				cancel()
			}
			return nil
		}})
		cancel()
		var stop *basin.InterruptedError
		if !errors.As(err, &stop) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if state, ok := run.From(); !ok || state.Batch != stop.State.Batch || !strings.Contains(stop.Error(), "interrupted in epoch") {
			t.Errorf("interrupted at %+v, goes on from %+v", stop.State, state)
		}
		interrupted++
	}
	if interrupted < 3 || bytesOf(t, run.Model) != want {
		t.Errorf("after %d interruptions the model is another", interrupted)
	}
	if m, err := run.Train(t.Context(), basin.Options{}); err != nil || bytesOf(t, m) != want {
		t.Errorf("a run that was done went on (%v)", err)
	}
	failed := errors.New("enough")
	other, err := basin.Begin(smallSettings(t), digitsData(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := other.Train(ctx, basin.Options{Observe: func(basin.Progress) error { cancel(); return failed }}); !errors.Is(err, failed) {
		t.Errorf("an error of an observer that was cancelled too: %v", err)
	}
}

// Test samples that have other classes, or the same in another order, are matched by name.
func TestTestClassesAreMatchedByName(t *testing.T) {
	data := digitsData(t)
	turned := *data.Test
	turned.LabelNames = slices.Clone(turned.LabelNames)
	slices.Reverse(turned.LabelNames)
	turned.Labels = nil
	for _, label := range data.Test.Labels {
		turned.Labels = append(turned.Labels, 9-label)
	}
	want := trained(t).History[1].Held
	m, err := basin.Train(t.Context(), smallSettings(t), &dataset.Data{Train: data.Train, Test: &turned}, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.History[1].Held; got != want {
		t.Errorf("classes in another order: %+v, want %+v", got, want)
	}
	turned.LabelNames[3] = "cat"
	if _, err := basin.Prepare(smallSettings(t), &dataset.Data{Train: data.Train, Test: &turned}, basin.Limit{}); err == nil || !strings.Contains(err.Error(), "cat") {
		t.Errorf("an unknown class: %v", err)
	}
}
