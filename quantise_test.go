package basin_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/internal/kernel"
)

// outcomes are the labels and the logits of all samples of a set.
func outcomes(t *testing.T, m *basin.Model, s *dataset.Set) (classes []int, logits []float32) {
	t.Helper()
	err := m.Predict(t.Context(), s, 2, func(_ int, p basin.Prediction) error {
		classes, logits = append(classes, p.Class), append(logits, p.Logits...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return classes, logits
}

// quantisable are settings of models that can be quantised.
var quantisable = map[string][]string{
	"dense":      nil,
	"sparse":     {"network.modules.0.recurrent.density=0.3", "network.modules.0.input.density=0.4", "network.modules.0.bias=0.1"},
	"windows":    {"network.modules.0.input.window=4", "preprocess.standardise=global"},
	"projection": {"preprocess.projection=90", "preprocess.noise=0.01"},
	"average":    {"readout.averaging=0.3", "preprocess.standardise=none"},
}

// A quantised model says the same of nearly all samples (recorded: 55 of 60 and more), in many
// at once, one by one, on every kernel, and from its file, which is smaller.
func TestQuantisedModelAgreesWithItsModel(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	test := digitsData(t).Test
	for name, assignments := range quantisable {
		m := trained(t, append([]string{"network.modules.0.neurons=200", "learning.epochs=8"}, assignments...)...)
		want, _ := outcomes(t, m, test)
		q, err := m.Quantise(8)
		if err != nil {
			t.Fatal(name, err)
		}
		classes, logits := outcomes(t, q, test)
		same := 0
		for i := range want {
			if classes[i] == want[i] {
				same++
			}
		}
		if same < 52 {
			t.Errorf("%s: the same class for %d of 60 samples, want 52 at least", name, same)
		}
		path := filepath.Join(t.TempDir(), "q")
		if err := q.Save(path); err != nil {
			t.Fatal(name, err)
		}
		loaded, err := basin.Load(path)
		if err != nil {
			t.Fatal(name, err)
		}
		if got, of := len(bytesOf(t, q)), len(bytesOf(t, m)); got >= of {
			t.Errorf("%s: a file of %d bytes, that of the model has %d", name, got, of)
		}
		if bytesOf(t, loaded) != bytesOf(t, q) {
			t.Errorf("%s: loaded and saved again the file is another", name)
		}
		for _, version := range kernel.Available() {
			undo, err := kernel.Use(version)
			if err != nil {
				t.Fatal(err)
			}
			if again, others := outcomes(t, loaded, test); !slices.Equal(again, classes) || !slices.Equal(others, logits) {
				t.Errorf("%s, kernel %s: other predictions from its file", name, version)
			}
			for i := range 25 {
				values := make([]float32, 64)
				for k := range values {
					values[k] = float32(test.Bytes[i*64+k])
				}
				p, err := loaded.PredictOne(values)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(p.Logits, logits[10*i:][:10]) {
					t.Errorf("%s, kernel %s: sample %d alone has the logits %v, want %v", name, version, i, p.Logits, logits[10*i:][:10])
				}
			}
			undo()
		}
	}
}

func TestQuantiseAndQuantisedModelsRefuse(t *testing.T) {
	m := trained(t)
	q, err := m.Quantise(4)
	if err != nil {
		t.Fatal(err)
	}
	want := func(what string, err error, text string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %q", what, err, text)
		}
	}
	_, err = q.Quantise(4)
	want("twice", err, "have 4 bits already")
	_, err = m.Quantise(1)
	want("one bit", err, "1 bits, want 2 to 8")
	_, err = q.Learn(part(digitsData(t).Train, 0, 3))
	want("learning", err, "predict and do not learn")
	below := &dataset.Set{Name: "below", Shape: []int{8, 8}, Floats: make([]float32, 64)}
	below.Floats[3] = -2
	want("values below zero", q.Fits(below), "values from -2 to 0")
	_, err = trained(t, "preprocess.scale=none").Quantise(8)
	want("scale none", err, "preprocess.scale")
	_, err = trained(t, "network.modules.0.tanh=2").Quantise(8)
	want("tanh", err, "want tanh 0")
	table := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(table, []byte("a,b,class\n1,2,x\n2,1,y\n1,3,x\n3,1,y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := smallSettings(t, "data.set="+table)
	d, err := dataset.Open(t.Context(), table, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := basin.Train(t.Context(), s, d, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = read.Quantise(8)
	want("a table", err, "reads a table")
}
