package basin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"basin"
)

// While a run is under way, a second one for the same file is refused and changes nothing.
func TestASecondRunForTheSameFileIsRefused(t *testing.T) {
	s, data, dir := smallSettings(t), digitsData(t), t.TempDir()
	out := filepath.Join(dir, "model")
	refused := 0
	_, err := basin.Train(t.Context(), s, data, basin.Options{Out: out, CheckpointBatches: 3, Observe: func(basin.Progress) error {
		if refused > 20 {
			return nil
		}
		var running *basin.RunningError
		for _, resume := range []bool{false, true} {
			if _, err := basin.Train(context.Background(), s, data, basin.Options{Out: out, Resume: resume}); !errors.As(err, &running) || running.Process != os.Getpid() {
				t.Errorf("a second run: error %v, want one that names process %d", err, os.Getpid())
			}
		}
		refused++
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("files %q are left, want the model", left)
	}
}

func TestClaimRemovesWhatKillsLeft(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "model")
	for _, left := range []string{".model12345678901234567890", ".model.checkpoint00000000000000000001"} {
		if err := os.WriteFile(filepath.Join(dir, left), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	release, err := basin.Claim(out)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v is left, want nothing", left)
	}
}

func TestClaimOfAFileThatCannotBeWritten(t *testing.T) {
	for name, out := range map[string]string{
		"a missing folder": filepath.Join(t.TempDir(), "absent", "model"),
		"a long name":      filepath.Join(t.TempDir(), strings.Repeat("m", 250)), // the checkpoint's has 261
	} {
		if _, err := basin.Claim(out); err == nil || !strings.Contains(err.Error(), "cannot be written to "+out) {
			t.Errorf("%s: error %v, want one that says that it cannot be written", name, err)
		}
	}
}

// A checkpoint that cannot be written for a while costs a warning, not the run.
func TestARunGoesOnWithoutACheckpointAndTriesAgain(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows replaces no folder by a file")
	}
	s, data, dir := smallSettings(t), digitsData(t), t.TempDir()
	out := filepath.Join(dir, "model")
	kept := basin.CheckpointOf(out)
	batches, warnings, found := 0, 0, false
	_, err := basin.Train(t.Context(), s, data, basin.Options{
		Out: out, CheckpointBatches: 1,
		Observe: func(basin.Progress) error {
			switch batches++; batches {
			case 1: // a folder is in the way
				return os.Mkdir(kept, 0o755)
			case 10:
				return os.Remove(kept)
			case 12:
				info, err := os.Stat(kept)
				found = err == nil && info.Mode().IsRegular()
			}
			return nil
		},
		Warn: func(error) { warnings++ },
	})
	if err != nil || warnings != 1 || !found {
		t.Errorf("error %v, %d warnings, a checkpoint later %t; want none, 1, true", err, warnings, found)
	}
}

func TestWhatCannotBeSavedIsRefusedBeforeItIsLearned(t *testing.T) {
	s, dir := smallSettings(t), t.TempDir()
	s.Data.Set = strings.Repeat("x", 2<<20)
	_, err := basin.Train(t.Context(), s, digitsData(t), basin.Options{Out: filepath.Join(dir, "model"), Observe: func(basin.Progress) error {
		t.Error("it has learned")
		return errors.New("enough")
	}})
	if err == nil || !strings.Contains(err.Error(), "metadata settings") {
		t.Errorf("error %v, want one about the settings", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v is left, want nothing", left)
	}
}

func TestAModelThatCannotBeWrittenIsKept(t *testing.T) {
	s, data, dir := smallSettings(t), digitsData(t), t.TempDir()
	whole, out := filepath.Join(dir, "whole"), filepath.Join(dir, "model")
	if _, err := basin.Train(t.Context(), s, data, basin.Options{Out: whole}); err != nil {
		t.Fatal(err)
	}
	_, err := basin.Train(t.Context(), s, data, basin.Options{Out: out, Observe: func(p basin.Progress) error {
		if p.State.Epoch == 1 && p.EpochDone { // a folder is in the way
			return os.Mkdir(out, 0o755)
		}
		return nil
	}})
	if err == nil || !strings.Contains(err.Error(), "has the trained network") {
		t.Fatalf("error %v, want one that says where the network is", err)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	_, err = basin.Train(t.Context(), s, data, basin.Options{Out: out, Resume: true, Observe: func(basin.Progress) error { return errors.New("it learns more") }})
	if err != nil || contentOf(t, out) != contentOf(t, whole) {
		t.Errorf("error %v, or the files differ", err)
	}
}
