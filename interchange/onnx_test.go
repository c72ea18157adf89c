package interchange_test

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/dynamics"
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
		"cycles":         cycles,
		"cycles at once": {"network.modules.0.self_coupling=-50", "dynamics.stop=cycle", "dynamics.warmup=8", "dynamics.evaluation=8"},
		"cycles modules": cyclesOfModules,
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
	gathered, err := list["windows"].model.Quantise(8)
	if err != nil {
		t.Fatal(err)
	}
	list["integers gathered"] = exported{gathered, test}
	for _, name := range []string{"sparse", "shared", "stack"} {
		rescale(list[name].model)
	}
	return list
}

// cycles are settings under which samples end on cycles before their sweeps are done.
var cycles = []string{"network.modules.0.self_coupling=-0.5", "dynamics.stop=cycle", "dynamics.warmup=14", "dynamics.evaluation=14"}

var cyclesOfModules = []string{
	"network.modules=[{neurons: 30, self_coupling: -1}, {neurons: 20, self_coupling: -1}]",
	"network.links=[{kind: learned, between: [0, 1], density: 1}]",
	"dynamics={order: modules, stop: cycle, warmup: 12, evaluation: 12}",
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
// rounding of sums in another order, which may give a neuron whose field is nearly zero the other sign.
// It is run by the plain loops of these tests and, where Python has it, by onnxruntime.
func TestGraphPredictsAsTheModel(t *testing.T) {
	cases, files := graphs(t), map[string][]byte{}
	for name, c := range cases {
		var file, again bytes.Buffer
		if err := errors.Join(interchange.ONNX(&file, &c.model.Model), interchange.ONNX(&again, &c.model.Model)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(file.Bytes(), again.Bytes()) {
			t.Errorf("%s: written again the file is another", name)
		}
		files[name] = file.Bytes()
	}
	t.Run("plain loops", func(t *testing.T) {
		for name, c := range cases {
			some := c.samples.Subset(places(40))
			x := array{of: 1, shape: []int{40, c.model.Encoder.Features}}
			for _, v := range rawRows(some) {
				x.data = append(x.data, float64(v))
			}
			values := readONNX(t, files[name]).run(t, x)
			logits, labels := values["logits"], values["label"]
			compareLogits(t, name, c.model, predicted(t, c.model, some), func(e int) float32 { return float32(logits.data[e]) })
			for i, label := range labels.data {
				if row := logits.data[i*logits.shape[1]:][:logits.shape[1]]; slices.Index(row, slices.Max(row)) != int(label) {
					t.Errorf("%s: sample %d: label %v of logits %v", name, i, label, row)
				}
			}
		}
	})
	t.Run("onnxruntime", func(t *testing.T) { inRuntime(t, cases, files) })
}

// inRuntime is TestGraphPredictsAsTheModel with the checker of ONNX and onnxruntime.
func inRuntime(t *testing.T, cases map[string]exported, files map[string][]byte) {
	interpreter, folder := python(t), t.TempDir()
	for name, c := range cases {
		x, err := binary.Append(nil, binary.LittleEndian, rawRows(c.samples))
		if err != nil {
			t.Fatal(err)
		}
		for ending, content := range map[string][]byte{".onnx": files[name], ".x": x} {
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

// compareLogits holds those of a graph to those of the model: one sample of 100 may have others
// where sums are rounded (recorded: none).
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

// The cases of cycles are such that it matters when samples stop.
func TestSamplesOfTheGraphsStopAtCycles(t *testing.T) {
	test := digits(t).Test.Subset(places(40))
	for _, assignments := range [][]string{cycles, cyclesOfModules} {
		m := trained(t, assignments...)
		stopped := predicted(t, m, test)
		m.Settings.Dynamics.Stop = dynamics.StopAtBudget
		if slices.Equal(stopped, predicted(t, m, test)) {
			t.Errorf("%q: no sample of 40 says anything else where it does not stop", assignments)
		}
	}
}

func TestONNXRefusesWhatAGraphCannotDo(t *testing.T) {
	for text, assignments := range map[string][]string{
		"sweeps are sequential (dynamics.order)": {"dynamics.order=sequential"},
		"sweeps are partial (dynamics.order)":    {"dynamics.order=partial", "dynamics.probability=0.5"},
	} {
		var file bytes.Buffer
		if err := interchange.ONNX(&file, &trained(t, assignments...).Model); err == nil || !strings.Contains(err.Error(), text) || file.Len() > 0 {
			t.Errorf("%q: %v and %d bytes, want an error with %q", assignments, err, file.Len(), text)
		}
	}
	long, texts := table(t).model, table(t).model
	long.Encoder.Codings[1].Origin = 3
	if err := interchange.ONNX(&bytes.Buffer{}, &long.Model); err == nil || !strings.Contains(err.Error(), `column 2 of the table, "b", holds numbers of more digits than 32 bits have`) {
		t.Errorf("a column that is no number of 32 bits: %v", err)
	}
	texts.Encoder.Codings[2] = dataset.Coding{Categories: []string{"x"}, Missing: texts.Encoder.Codings[2].Missing}
	if err := interchange.ONNX(&bytes.Buffer{}, &texts.Model); err == nil || !strings.Contains(err.Error(), `"c", holds texts (1 different ones): `) || !strings.Contains(err.Error(), "want a model that was trained without it (data.drop)") {
		t.Errorf("a column of texts: %v", err)
	}
	if err := interchange.ONNX(&bytes.Buffer{}, nil); err == nil {
		t.Error("no model is no error")
	}
}

// The file says what it is, and which form the couplings have.
func TestGraphSaysWhatItHolds(t *testing.T) {
	read := func(m *basin.Model) onnxFile {
		var file bytes.Buffer
		if err := interchange.ONNX(&file, &m.Model); err != nil {
			t.Fatal(err)
		}
		return readONNX(t, file.Bytes())
	}
	m := trained(t, "network.modules.0.neurons=200", "network.modules.0.input.window=2", "network.modules.0.recurrent.density=0.2")
	file := read(m)
	if file.format != 8 || file.operations != 17 || !slices.Equal(file.inputs, []string{"x"}) || !slices.Equal(file.outputs, []string{"logits", "label"}) {
		t.Errorf("format %d, operations %d, inputs %q, outputs %q", file.format, file.operations, file.inputs, file.outputs)
	}
	var labels []string
	if err := json.Unmarshal([]byte(file.metadata["labels"]), &labels); err != nil || !slices.Equal(labels, m.LabelNames) {
		t.Errorf("labels %q (%v), want %q", labels, err, m.LabelNames)
	}
	for _, key := range []string{"settings", "encoder", "input_shape"} {
		if !json.Valid([]byte(file.metadata[key])) {
			t.Errorf("metadata %s: %q, want JSON", key, file.metadata[key])
		}
	}
	if shape := file.constants["modules.0.recurrent"].shape; !slices.Equal(shape, []int{200, 200}) {
		t.Errorf("sparse couplings of shape %v, want them in a matrix where they are as many", shape)
	}
	windows := 0 // places, of 2 x 2 values each
	for name, constant := range file.constants {
		if strings.HasPrefix(name, "modules.0.input.senders") {
			windows += constant.shape[0]
			if constant.shape[1] != 4 {
				t.Errorf("%s: %d values of a window, want 4", name, constant.shape[1])
			}
		}
	}
	if windows != 49 {
		t.Errorf("%d windows of 2 x 2, want those at 49 places", windows)
	}
	q, err := m.Quantise(6)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"modules.0.recurrent", "modules.0.input", "readout"} {
		if of := read(q).constants[name].of; of != 3 {
			t.Errorf("integers %s are of type %d, want 3, 8 bits", name, of)
		}
	}
	m.LabelNames = nil
	if got := read(m).metadata["labels"]; got != `["0","1","2","3","4","5","6","7","8","9"]` {
		t.Errorf("labels without names: %s", got)
	}
}
