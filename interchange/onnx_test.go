package interchange_test

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/interchange"
)

//go:embed testdata/predict.py
var predictScript string

// python returns an interpreter that has onnxruntime: python3, or that of BASIN_PYTHON.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("BASIN_PYTHON")
	if name == "" {
		name = "python3"
	}
	if output, err := exec.Command(name, "-c", "import numpy, onnx, onnxruntime").CombinedOutput(); err != nil {
		t.Skipf("%s cannot import numpy, onnx and onnxruntime (BASIN_PYTHON names another interpreter): %v %s", name, err, output)
	}
	return name
}

// predicted is what a model says of some samples: logits of all classes, one sample after another.
func predicted(t *testing.T, m *basin.Model, s *dataset.Set) (logits []float32) {
	t.Helper()
	err := m.Predict(t.Context(), s, 1, func(_ int, p basin.Prediction) error {
		logits = append(logits, p.Logits...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return logits
}

// rawRows are the values of samples as numbers of 32 bits.
func rawRows(s *dataset.Set) []float32 {
	rows := append([]float32{}, s.Floats...)
	for _, b := range s.Bytes {
		rows = append(rows, float32(b))
	}
	for _, v := range s.Doubles {
		rows = append(rows, float32(v))
	}
	return rows
}

// exported is a model and the samples that its graph is run on.
type exported struct {
	model   *basin.Model
	samples *dataset.Set
}

// graphs are models of every kind that a graph can hold, with the digits for tests.
func graphs(t *testing.T) map[string]exported {
	t.Helper()
	test, list := digits(t).Test, map[string]exported{}
	for name, m := range keptModels(t) {
		list["kept "+name] = exported{m, test}
	}
	for name, m := range integerModels(t) {
		list["integers "+name] = exported{m, test}
	}
	for name, assignments := range map[string][]string{
		"modules":        {"network.chain={modules: 3, size: 20, lambda: 0.5}", "network.readout=[2, 1]", "dynamics.order=modules", "dynamics.stop=budget"},
		"one sweep":      {"dynamics.evaluation=1", "dynamics.warmup=1"},
		"sparse":         {"network.modules.0.neurons=400", "network.modules.0.recurrent.density=0.004", "network.modules.0.input.density=0.02"},
		"windows":        {"network.modules.0.neurons=200", "network.modules.0.input.window=2", "network.modules.0.recurrent.density=0.1"},
		"links":          {"network.modules=[{neurons: 33}, {neurons: 18, input: {density: 0}, recurrent: {density: 0.3}, bias: 0.2}]", "network.links=[{kind: learned, between: [0, 1], density: 1, gain: 1}, {kind: excitatory, between: [0, 1], direction: forward, strength: 0.6, fan_in: 3}]"},
		"tanh":           {"network.modules.0.tanh=1.5", "network.modules.0.recurrent.density=0.4"},
		"stack":          stack,
		"shared":         {"network.modules=[{channels: 5, neurons: 0, input: {window: 3, stride: 1, shared: true}, recurrent: {window: 3, shared: true, density: 1}}]"},
		"feature":        {"preprocess.standardise=feature"},
		"raw":            {"preprocess={scale: none, standardise: none}"},
		"contrast":       {"preprocess.contrast=sample"},
		"local contrast": {"preprocess={contrast: local, contrast_side: 4}"},
		"patches":        {"preprocess={contrast: sample, whiten: patch, whiten_side: 4, standardise: global}"},
		"whole":          {"preprocess={whiten: image, standardise: none}"},
		"signs":          {"preprocess={scale: none, standardise: none, projection: 50, noise: 0.05}"},
	} {
		list[name] = exported{trained(t, assignments...), test}
	}
	list["table"] = table(t)
	return list
}

// stack is one of windows and pools, with couplings that places share.
var stack = []string{
	"network.modules=[{channels: 6, neurons: 0, input: {window: 3, shared: true}, recurrent: {density: 0}}, {channels: 6, neurons: 0, input: {density: 0}, recurrent: {density: 0}}, {channels: 4, neurons: 0, input: {density: 0}, recurrent: {density: 0}}, {neurons: 40, input: {density: 0}, recurrent: {density: 0.2}}]",
	"network.links=[{kind: pool, between: [0, 1], direction: forward, window: 2, strength: 1}, {kind: learned, between: [1, 2], direction: forward, window: 3, stride: 2, border: 1, shared: true, density: 1}, {kind: learned, between: [2, 3], direction: forward, density: 1}]",
	"dynamics.order=modules",
}

// table is a model of a table with missing numbers, and its rows.
func table(t *testing.T) exported {
	t.Helper()
	var text strings.Builder
	text.WriteString("a,b,c,class\n")
	for i := range 200 {
		row := []string{"1.5", "-0.25", "7", "no"}
		for k := range 3 {
			row[k] = []string{"", "1", "2.5", "-3", "0.125", "8"}[(i*(k+2)+i/7+k)%6]
		}
		if i%3 == 0 {
			row[3] = "yes"
		}
		text.WriteString(strings.Join(row, ",") + "\n")
	}
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Open(t.Context(), path, dataset.Options{TestShare: 0.3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return exported{trainedOn(t, data, "preprocess={missing: column, standardise: feature}"), data.Test}
}

// A graph gives the logits of the model: bit for bit of integers, and of real numbers all but the
// rounding of sums in another order. There a field that is nearly zero may have the other sign:
// in at most one sample of 100, it is allowed here to change what follows (recorded: in none).
func TestGraphPredictsAsTheModel(t *testing.T) {
	interpreter, folder := python(t), t.TempDir()
	cases := graphs(t)
	for name, c := range cases {
		var file bytes.Buffer
		if err := interchange.ONNX(&file, &c.model.Model); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		x, err := binary.Append(nil, binary.LittleEndian, rawRows(c.samples))
		if err != nil {
			t.Fatal(err)
		}
		for ending, content := range map[string][]byte{".onnx": file.Bytes(), ".x": x} {
			if err := os.WriteFile(filepath.Join(folder, name+ending), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if output, err := exec.Command(interpreter, "-c", predictScript, folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for name, c := range cases {
		content, err := os.ReadFile(filepath.Join(folder, name+".logits"))
		if err != nil {
			t.Fatal(err)
		}
		want := predicted(t, c.model, c.samples)
		if got := len(content) / 4; got != len(want) {
			t.Errorf("%s: %d logits, want %d", name, got, len(want))
			continue
		}
		compareLogits(t, name, c.model, want, func(e int) float32 { return float32At(content, e) })
	}
}

// compareLogits holds those of a graph to those of the model.
func compareLogits(t *testing.T, name string, m *basin.Model, want []float32, got func(e int) float32) {
	t.Helper()
	classes := m.Network.Classes
	samples, far := len(want)/classes, 0
	for i := range samples {
		differs := false
		for c := range classes {
			a, b := got(i*classes+c), want[i*classes+c]
			if m.Network.Integers.Bits > 0 && a != b {
				t.Errorf("%s: sample %d, class %d: the logit is %v, want %v", name, i, c, a, b)
				return
			}
			differs = differs || !(math.Abs(float64(a-b)) <= 1e-4*max(1, math.Abs(float64(b))))
		}
		if differs {
			far++
		}
	}
	if far > 0 {
		t.Logf("%s: other logits for %d of %d samples", name, far, samples)
	}
	if far > samples/100 {
		t.Errorf("%s: other logits for %d of %d samples, want at most one of 100", name, far, samples)
	}
}

func TestONNXRefusesWhatAGraphCannotDo(t *testing.T) {
	for text, assignments := range map[string][]string{
		"sweeps are sequential (dynamics.order)": {"dynamics.order=sequential"},
		"sweeps are partial (dynamics.order)":    {"dynamics.order=partial", "dynamics.probability=0.5"},
		"stop at cycles (dynamics.stop)":         {"dynamics.stop=cycle"},
	} {
		var file bytes.Buffer
		if err := interchange.ONNX(&file, &trained(t, assignments...).Model); err == nil || !strings.Contains(err.Error(), text) || file.Len() > 0 {
			t.Errorf("%q: %v and %d bytes, want an error with %q", assignments, err, file.Len(), text)
		}
	}
	texts := table(t).model
	texts.Encoder.Codings[1].Origin = 3
	if err := interchange.ONNX(&bytes.Buffer{}, &texts.Model); err == nil || !strings.Contains(err.Error(), "column 2 of the table") {
		t.Errorf("a column that is no number of 32 bits: %v", err)
	}
	if err := interchange.ONNX(&bytes.Buffer{}, nil); err == nil {
		t.Error("no model is no error")
	}
}
