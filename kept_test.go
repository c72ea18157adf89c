package basin_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"basin/checkpoint"
	"basin/dataset"
	"basin/internal/kernel"
	"basin/protocol"
)

// kept is what the program that wrote a file of testdata/kept made of it: predictions of
// the first 20 test samples of the digits with it, and for a checkpoint the digest of the
// model at the end of its run, on the samples of digits.
type kept struct {
	Labels []int `json:"labels"`
	// Margins are hexadecimal, so that no digit is lost.
	Margins []string `json:"margins"`
	// Resumed is empty for a finished model.
	Resumed string `json:"resumed,omitempty"`
}

// keptFiles returns the record of each file. Neither is ever written again: a release
// that reads files of format versions 1 to 5 reads these.
func keptFiles(t *testing.T) map[string]kept {
	t.Helper()
	text, err := os.ReadFile("testdata/kept/labels.json")
	if err != nil {
		t.Fatal(err)
	}
	var records map[string]kept
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	return records
}

func TestKeptFilesAllHaveARecord(t *testing.T) {
	records := keptFiles(t)
	paths, err := filepath.Glob("testdata/kept/*.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	if want := slices.Sorted(maps.Keys(records)); len(want) == 0 || !slices.Equal(names, want) {
		t.Errorf("files %q in testdata/kept, records of %q", names, want)
	}
}

func TestKeptFilesPredictWhatTheyDidWhenWritten(t *testing.T) {
	test := first(digits(t).Test, 20)
	for name, want := range keptFiles(t) {
		for _, version := range kernel.Available() {
			m, err := checkpoint.Load(filepath.Join("testdata/kept", name))
			if err != nil {
				t.Error(err)
				break
			}
			labels, margins := predictions(t, m, test, version)
			if !slices.Equal(labels, want.Labels) {
				t.Errorf("%s, kernel %s: labels %v, want %v", name, version, labels, want.Labels)
			}
			if runtime.GOARCH == "amd64" && !slices.Equal(margins, want.Margins) { // tanh may differ elsewhere
				t.Errorf("%s, kernel %s: margins %v, want %v", name, version, margins, want.Margins)
			}
		}
	}
}

func TestKeptCheckpointsGoOnToTheSameModel(t *testing.T) {
	onRecordedProcessor(t)
	data := digits(t)
	checkpoints := 0
	for name, want := range keptFiles(t) {
		path := filepath.Join("testdata/kept", name)
		if want.Resumed == "" {
			if _, _, err := checkpoint.LoadTraining(path); err == nil {
				t.Errorf("%s: a checkpoint without a digest to end at", name)
			}
			continue
		}
		checkpoints++
		for _, workers := range []int{1, 3} {
			m, state, err := checkpoint.LoadTraining(path)
			if err != nil {
				t.Error(err)
				break
			}
			if got := data.Train.Fingerprint(); state.Data != got {
				t.Fatalf("%s: learned samples %s, these are %s", name, state.Data, got)
			}
			run(t, m, state, data, workers)
			if got := digest(t, m); got != want.Resumed {
				t.Errorf("%s, %d workers: a run that goes on ends at %s, want %s", name, workers, got, want.Resumed)
			}
		}
	}
	if checkpoints == 0 {
		t.Error("no checkpoint in testdata/kept")
	}
}

// What follows touches how networks predict; the tests above do not.

// predictions returns what a kernel makes of the samples.
func predictions(t *testing.T, m *checkpoint.Model, test *dataset.Set, version string) (labels []int, margins []string) {
	t.Helper()
	undo, err := kernel.Use(version)
	if err != nil {
		t.Fatal(err)
	}
	defer undo()
	inputs, err := m.Encoder.Encode(test)
	if err != nil {
		t.Fatal(err)
	}
	predictor, err := protocol.NewPredictor(m.Settings.Protocol(), m.Network, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	if _, err := predictor.Predict(t.Context(), inputs, inputs.Count(), func(_ int, p protocol.Prediction) error {
		labels = append(labels, p.Label)
		margins = append(margins, strconv.FormatFloat(float64(p.Margin), 'x', -1, 32))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return labels, margins
}
