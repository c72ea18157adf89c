package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"basin/dataset"
	"basin/dataset/table"
	"basin/network"
	"basin/network/coupling"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// sample is a kind of network to be saved.
type sample struct {
	name    string
	spec    network.Spec
	shape   []int
	classes int
	average bool
}

func module(neurons int, bias, recurrent, input float64, window int) network.ModuleSpec {
	return network.ModuleSpec{
		Neurons: neurons, SelfCoupling: 0.25, Bias: bias,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: recurrent},
		Input:     network.InputSpec{Gain: 1, Density: input, Window: window},
	}
}

// samples cover every kind of block, sizes on both sides of the alignment, and more
// than one tile of rows.
func samples() []sample {
	one := func(m network.ModuleSpec) network.Spec { return network.Spec{Modules: []network.ModuleSpec{m}} }
	return []sample{
		{"dense", one(module(19, 0, 1, 1, 0)), []int{5}, 3, false},
		{"sparse", one(module(33, 0, 0.2, 0.3, 0)), []int{17}, 2, false},
		{"window", one(module(16, 0, 0.5, 1, 3)), []int{5, 4}, 3, false},
		{"thinned window of a colour image", one(module(12, 0, 0, 0.5, 2)), []int{4, 3, 3}, 4, false},
		{"bias", one(module(15, 0.3, 1, 1, 0)), []int{16}, 3, false},
		{"average", one(module(9, 0, 1, 0.5, 0)), []int{3, 2}, 5, true},
		{"many classes", one(module(70, 0, 1, 1, 0)), []int{2}, 70, true},
		{"one neuron", one(module(1, 0, 1, 1, 0)), []int{1}, 2, false},
		{"no entries", one(module(3, 0, 1e-12, 1e-12, 0)), []int{2}, 2, false},
		{"two modules", network.Spec{
			Modules: []network.ModuleSpec{module(18, 0.1, 1, 1, 0), module(18, 0, 0.4, 0, 0)},
			Links:   []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.7}},
		}, []int{7}, 3, true},
		{"graph", graph(), []int{5, 4}, 3, true},
		{"chain", network.Spec{
			Chain:   network.Chain{Modules: 3, Size: 17, Lambda: 1.5},
			Modules: []network.ModuleSpec{module(5, 0.2, 0.3, 1, 0)}, Readout: []int{1},
		}, []int{6}, 2, true},
		{"grids", grids(), []int{6, 5, 2}, 3, true},
	}
}

// grids has shared windows of the input, a pool of them, and shared windows of that which couple
// themselves.
func grids() network.Spec {
	return network.Spec{
		Modules: []network.ModuleSpec{
			{Channels: 5, FeedbackPer: network.PerChannel, Input: network.InputSpec{Gain: 1, Density: 1, Window: 2, Shared: true}},
			{Channels: 5, Bias: 0.2},
			{Channels: 19, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
		},
		Links: []network.Link{
			{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Window: 2, Strength: 0.7, Level: 1},
			{Kind: network.Learned, Between: [2]int{1, 2}, Direction: network.Forward, Window: 2, Border: 1, Shared: true, Gain: 1, Density: 1},
		},
	}
}

// graph has links of every kind between modules of three sizes, which close a cycle, and
// leaves out module 1 at both ends.
func graph() network.Spec {
	s := network.Spec{
		Modules: []network.ModuleSpec{module(18, 0, 1, 1, 3), module(18, 0.1, 0, 0, 0), module(33, 0, 0.3, 0.5, 0)},
		Links: []network.Link{
			{Kind: network.Excitatory, Between: [2]int{1, 0}, Direction: network.Forward, Strength: 0.7},
			{Kind: network.Learned, Between: [2]int{0, 2}, Direction: network.Forward, Gain: 1, Density: 1},
			{Kind: network.Learned, Between: [2]int{2, 1}, Gain: 0.5, Density: 0.2, Reach: 2},
			{Kind: network.Excitatory, Between: [2]int{2, 0}, Direction: network.Backward, Strength: 1.1, FanIn: 3},
		},
		Feedback: []float64{1, 0, 0.5}, Readout: []int{2, 0},
	}
	s.Modules[1].Tanh = 1.5
	s.Modules[2].Recurrent.Symmetric = true
	return s
}

// draw makes a model of the sample with scales other than one, and the state of a run
// with two epochs done.
func (s sample) draw(t testing.TB) (*Model, train.State) {
	t.Helper()
	n, err := network.Draw(s.spec, s.shape, s.classes, 5)
	if err != nil {
		t.Fatal(err)
	}
	if s.average {
		n.Readout.Average = make([]float32, len(n.Readout.Couplings))
		for i, v := range n.Readout.Couplings {
			n.Readout.Average[i] = v / 2
		}
	}
	setAll(n, func(index int) float64 { return 1 / (3 + float64(index)) })
	settings := settings.Defaults()
	settings.Network = s.spec
	settings.Learning.Kappa = protocol.Schedule{Start: 1, End: 0.1, Shape: protocol.CosineShape}
	names := make([]string, s.classes)
	for c := range names {
		names[c] = string(rune('a'+c)) + "\"<ü>"
	}
	history := []train.EpochRecord{
		{Epoch: 1, Training: protocol.Tally{Samples: 10, Correct: 4, FixedPoints: 3, Unstable: 1 << 40, Neurons: 9}, Split: "test"},
		{Epoch: 2, Training: protocol.Tally{Samples: 10, Correct: 7, FixedPoints: 10, Cycles: 9, Period2: 8}, Held: protocol.Tally{Samples: 5, Correct: 5}},
	}
	encoder := &dataset.Encoder{
		Preprocess: dataset.Preprocess{Scale: "max", Standardise: "global", ProjectionSeed: 1 << 63},
		Features:   n.Inputs(), Divisor: 255, Mean: []float32{0.1307}, Deviation: []float32{0.3081},
	}
	columns := &table.Columns{Label: "kind \"<ü>", Cells: n.Inputs() + 2, Place: 0, Left: []int{n.Inputs() + 1}}
	m := &Model{Network: n, Settings: settings, Encoder: encoder, LabelNames: names, Columns: columns, History: history, Version: "1.2.3"}
	return m, train.State{Epoch: 2, Batch: 7, Tally: protocol.Tally{Samples: 112, Correct: 60}, History: history}
}

// setAll sets the scales of the blocks that may learn.
func setAll(n *network.Network, scale func(index int) float64) {
	index := 0
	n.EachBlock(func(_ string, b coupling.Couplings) {
		b.SetScale(scale(index))
		index++
	})
	for _, p := range n.Pathways {
		if p.Block != nil && !p.Learned {
			p.Block.SetScale(1)
		}
	}
}

// nth is the place of the n-th coupling of a block.
func nth(c coupling.Couplings, n int) (value *float32) {
	c.Each(func(_, _ int, v *float32) bool { value = v; n--; return n >= 0 })
	return value
}

// folded returns the sample's model with all scales one.
func (s sample) folded(t testing.TB) *Model {
	m, _ := s.draw(t)
	m.Network.Fold()
	return m
}

// mustEqual compares everything, unexported parts included; an empty list equals an
// absent one. No value of a sample is NaN or a negative zero, so equal values are equal
// bits.
func mustEqual(t testing.TB, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	all := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(want, got, all, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s differs (-want +got):\n%s", what, diff)
	}
}

// file returns the bytes of the model's file; with a state, of its training file.
func file(t testing.TB, m *Model, state *train.State) []byte {
	t.Helper()
	header, list, err := prepare(m, state)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := write(&out, header, list, state == nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readBytes(b []byte) (*loaded, error) { return read(bytes.NewReader(b), int64(len(b))) }

// put writes a file into a temporary folder.
func put(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// parts is a file taken apart.
type parts struct {
	header map[string]map[string]any
	data   []byte
}

func takeApart(t testing.TB, b []byte) parts {
	t.Helper()
	n := binary.LittleEndian.Uint64(b)
	p := parts{data: bytes.Clone(b[8+n:])}
	d := json.NewDecoder(bytes.NewReader(b[8 : 8+n]))
	d.UseNumber()
	if err := d.Decode(&p.header); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p parts) join(t testing.TB) []byte {
	t.Helper()
	text, err := json.Marshal(p.header)
	if err != nil {
		t.Fatal(err)
	}
	return sealed(append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), p.data...))
}

// sealed gives a changed file the digest that fits it, where it has the room for one.
func sealed(b []byte) []byte {
	b = bytes.Clone(b)
	begin := bytes.Index(b, []byte(`"digest":"`)) + len(`"digest":"`)
	if begin < len(`"digest":"`) || begin+len(noDigest) > len(b) {
		return b
	}
	copy(b[begin:], noDigest)
	sum := sha256.Sum256(b)
	copy(b[begin:], hex.EncodeToString(sum[:]))
	return b
}

// tensor returns the data of one tensor, to be written to.
func (p parts) tensor(t testing.TB, name string) []byte {
	t.Helper()
	var offsets [2]int
	for i, v := range p.header[name]["data_offsets"].([]any) {
		n, err := v.(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		offsets[i] = int(n)
	}
	return p.data[offsets[0]:offsets[1]]
}
