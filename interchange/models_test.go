package interchange_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"basin"
	"basin/dataset"
	"basin/settings"
)

// sourced are models of integers of all kinds that source code is made of.
var sourced = []struct {
	name     string
	bits     int
	shape    []int // of the image; nil is that of the digits
	settings []string
}{
	{"dense", 8, nil, nil},
	{"sparse", 4, nil, []string{"network.modules.0.recurrent.density=0.2", "network.modules.0.input.density=0.4", "network.modules.0.bias=0.3"}},
	{"windows", 3, nil, []string{"network.modules.0.recurrent.density=0.1", "network.modules.0.input.window=5"}},
	{"thinned windows", 5, nil, []string{"network.modules.0.recurrent={density: 0.2, reach: 2}", "network.modules.0.input={window: 5, density: 0.7}"}},
	{"channels", 6, []int{8, 4, 2}, []string{"network.modules.0.recurrent.density=0", "network.modules.0.input.window=3"}},
	{"projection", 7, nil, []string{"preprocess={scale: none, standardise: none, projection: 50}", "network.modules.0.recurrent.density=0.3"}},
	{"narrow", 2, nil, []string{"preprocess={scale: none, standardise: none, projection: 50}", "network.modules.0.input.density=0.4"}},
	{"no self-coupling", 2, nil, []string{"network.modules.0.self_coupling=0", "network.modules.0.recurrent.density=0.2"}},
	{"one sweep", 4, nil, []string{"dynamics.evaluation=1"}},
	{"many sweeps", 4, nil, []string{"dynamics.evaluation=40", "dynamics.stop=budget", "network.modules.0.self_coupling=0.05"}},
	{"cycles", 4, nil, []string{"dynamics.evaluation=40", "dynamics.stop=cycle", "network.modules.0.self_coupling=-0.2"}},
	{"chain", 8, nil, []string{"network.chain={modules: 3, size: 20, lambda: 0.5}", "network.readout=[2, 1]"}},
	{"links", 4, nil, []string{
		"network.modules=[{neurons: 33}, {neurons: 18, input: {density: 0}, recurrent: {density: 0.3}}]",
		"network.links=[{kind: learned, between: [0, 1], density: 1, gain: 1}, {kind: learned, between: [1, 0], direction: forward, density: 0.3, gain: 1}, {kind: excitatory, between: [0, 1], direction: forward, strength: 0.6, fan_in: 3}]",
		"dynamics.evaluation=9",
	}},
	{"modules", 5, nil, []string{
		"network.modules=[{neurons: 17}, {neurons: 25, recurrent: {density: 0.4}}, {neurons: 17, input: {density: 0}}]",
		"network.links=[{kind: learned, between: [0, 1], density: 0.5, gain: 1}, {kind: excitatory, between: [0, 2], strength: 0.7}, {kind: excitatory, between: [1, 2], strength: 0.9, fan_in: 5}]",
		"dynamics.order=modules", "dynamics.evaluation=9",
	}},
	{"cycles of modules", 3, nil, []string{
		"network.modules=[{neurons: 30, self_coupling: -0.3}, {neurons: 20}]",
		"network.links=[{kind: learned, between: [0, 1], density: 0.5, gain: 2}]",
		"dynamics.order=modules", "dynamics.evaluation=40", "dynamics.stop=cycle",
	}},
	{"pools", 4, nil, []string{
		"network.modules=[{neurons: 0, channels: 4, input: {window: 3}, recurrent: {density: 0}}, {neurons: 0, channels: 4, self_coupling: 0, input: {density: 0}, recurrent: {density: 0}}, {neurons: 30, input: {density: 0}, recurrent: {density: 0.2}}]",
		"network.links=[{kind: pool, between: [0, 1], direction: forward, window: 2, strength: 1}, {kind: learned, between: [1, 2], density: 0.5, gain: 1}]",
		"dynamics.order=modules", "dynamics.evaluation=2",
	}},
}

// outcome is what Basin says of some samples.
type outcome struct {
	model   *basin.Model
	inputs  [][]uint8 // signs are 0 and 1
	classes []int
	logits  [][]float32
}

// small returns a model of integers of 40 neurons that learned 200 digits once, and the digits
// to measure on; as images of another shape, where one is given.
func small(t *testing.T, shape []int, bits int, assignments ...string) (*basin.Model, *dataset.Set) {
	t.Helper()
	s := settings.Defaults()
	if err := settings.Set(&s, append([]string{"network.modules.0.neurons=40", "learning.epochs=1", "readout.on=[free]"}, assignments...)); err != nil {
		t.Fatal(err)
	}
	data := digits(t)
	data.Train = data.Train.Subset(places(200))
	if shape != nil {
		data.Train.Shape, data.Test.Shape = shape, shape
	}
	m, err := basin.Train(t.Context(), s, data, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err = m.Quantise(bits)
	if err != nil {
		t.Fatal(err)
	}
	return m, data.Test
}

// extremes appends to samples some that make the largest fields: the raw value 0 or 16 at each pixel,
// as a coupling of one of the first neurons is above zero or not, or the other way round.
func extremes(m *basin.Model, s *dataset.Set) *dataset.Set {
	w := m.Network.Modules[0].Input
	if m.Network.Integers.Signs || w == nil {
		return s
	}
	more := *s
	more.Bytes, more.Labels, more.LabelNames = slices.Clone(s.Bytes), nil, nil
	for i := range 20 {
		x := make([]uint8, s.Features())
		w.Rows(i/2, i/2+1, func(_, k int, value *float32) bool {
			if (*value > 0) == (i%2 == 0) {
				x[k] = 16
			}
			return true
		})
		more.Bytes = append(more.Bytes, x...)
	}
	return &more
}

// outcomeOf returns what a model of integers says of samples.
func outcomeOf(t *testing.T, m *basin.Model, s *dataset.Set) outcome {
	t.Helper()
	o := outcome{model: m}
	encoded, err := m.Encoder.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, encoded.Dim())
	err = m.Predict(t.Context(), s, 1, func(i int, p basin.Prediction) error {
		encoded.Row(i, row)
		x := make([]uint8, len(row))
		for k, v := range row {
			x[k] = uint8(max(0, v))
		}
		o.inputs, o.classes, o.logits = append(o.inputs, x), append(o.classes, p.Class), append(o.logits, p.Logits)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// text returns the samples as the programs read them.
func (o *outcome) text() string {
	var text strings.Builder
	for _, x := range o.inputs {
		text.WriteString(strings.Trim(fmt.Sprint(x), "[]") + "\n")
	}
	return text.String()
}

// compare reports what a program printed that differs from what Basin says: class and logits
// of each sample, in units of 2^exponent.
func (o *outcome) compare(t *testing.T, printed []byte, exponent int) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	if len(lines) != len(o.classes) {
		t.Fatalf("%d lines for %d samples: %.200s", len(lines), len(o.classes), printed)
	}
	for i, line := range lines {
		var want bytes.Buffer
		fmt.Fprint(&want, o.classes[i])
		for _, v := range o.logits[i] {
			fmt.Fprintf(&want, " %v", math.Ldexp(float64(v), -exponent))
		}
		if line != want.String() {
			t.Fatalf("sample %d: printed %s, want %s", i, line, want.String())
		}
	}
}

// each calls test with the predictions of every kind of model.
func each(t *testing.T, test func(t *testing.T, o outcome)) {
	for _, c := range sourced {
		t.Run(c.name, func(t *testing.T) {
			m, measured := small(t, c.shape, c.bits, c.settings...)
			o := outcomeOf(t, m, extremes(m, measured))
			if slices.Min(o.classes) == slices.Max(o.classes) {
				t.Fatalf("every sample is of class %d: nothing to compare", o.classes[0])
			}
			test(t, o)
		})
	}
}
