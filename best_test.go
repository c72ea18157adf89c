package basin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"basin"
	"basin/protocol"
	"basin/train"
)

// A resumed run whose best epoch is gone would end in another model: it is refused. A library
// run without a file ends in the network that one with a file ends in.
func TestBestEpochIsKeptOrMissed(t *testing.T) {
	s, data, out := smallSettings(t, kinds["best"]...), digitsData(t), filepath.Join(t.TempDir(), "m")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := basin.Train(ctx, s, data, basin.Options{Out: out, Observe: func(p basin.Progress) error {
		if p.EpochDone {
			cancel()
		}
		return nil
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := os.Rename(basin.BestOf(out), out+".moved"); err != nil {
		t.Fatal(err)
	}
	if _, err := basin.Train(t.Context(), s, data, basin.Options{Out: out, Resume: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the best epoch: %v, want os.ErrNotExist", err)
	}
	if err := os.Rename(out+".moved", basin.BestOf(out)); err != nil {
		t.Fatal(err)
	}
	kept, err := basin.Train(t.Context(), s, data, basin.Options{Out: out, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	free, err := basin.Train(t.Context(), s, data, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(kept.Network.Readout.Couplings, free.Network.Readout.Couplings) {
		t.Error("with and without a file the readouts differ")
	}
	best := kept.History[train.Best(kept.History)]
	validation, err := basin.Prepare(s, data, basin.Limit{})
	if err != nil {
		t.Fatal(err)
	}
	predictor, err := protocol.NewPredictor(s.Protocol(), kept.Network, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	tally, err := predictor.Evaluate(t.Context(), validation.Held, validation.Held.Count(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if tally != best.Held {
		t.Errorf("the model has %+v on the validation samples, the best epoch %+v", tally, best.Held)
	}
	s.Data.Validation = 0
	if _, err := basin.Begin(s, data); err == nil {
		t.Error("the best epoch without validation samples: no error")
	}
}

// A best epoch that cannot be written for a while, or at all, costs a warning, not the run,
// and changes no model: meanwhile no checkpoint is written that would miss it.
func TestARunGoesOnWithoutTheFileOfItsBestEpoch(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows replaces no folder by a file")
	}
	s, data, dir := smallSettings(t, kinds["best"]...), digitsData(t), t.TempDir()
	whole, err := basin.Train(t.Context(), s, data, basin.Options{Out: filepath.Join(dir, "whole")})
	if err != nil {
		t.Fatal(err)
	}
	want := bytesOf(t, whole)
	for name, cleared := range map[string]int{"for a while": 3, "at all": 100} {
		out := filepath.Join(dir, name)
		ctx, cancel := context.WithCancel(t.Context())
		warnings := 0
		options := basin.Options{
			Out: out, CheckpointBatches: 1, Warn: func(error) { warnings++ },
			Observe: func(p basin.Progress) error {
				switch state := p.State; {
				case state.Epoch == 0 && state.Batch == 1: // a folder is in the way
					return os.Mkdir(basin.BestOf(out), 0o755)
				case state.Epoch == cleared && state.Batch == 1:
					return os.Remove(basin.BestOf(out))
				case state.Epoch == cleared && state.Batch == 3:
					cancel()
				case state.Epoch > 0 && state.Epoch < cleared:
					if kept, err := basin.Resume(out); err != nil {
						return err
					} else if from, _ := kept.From(); from.Epoch != 0 {
						return errors.New("a checkpoint whose best epoch is in no file")
					}
				}
				return nil
			},
		}
		got, err := basin.Train(ctx, s, data, options)
		if cleared < len(whole.History) {
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("%s: %v, want an interruption", name, err)
			}
			got, err = basin.Train(t.Context(), s, data, basin.Options{Out: out, Resume: true})
		}
		cancel()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if warnings != 1 {
			t.Errorf("%s: %d warnings, want 1", name, warnings)
		}
		if bytesOf(t, got) != want {
			t.Errorf("%s: another model than that of a run that could write", name)
		}
		if _, err := os.Stat(basin.BestOf(out)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the file of the best epoch is left (%v)", name, err)
		}
	}
}
