package checkpoint

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/nlpodyssey/safetensors"
	"pgregory.net/rapid"

	"basin/network"
	"basin/network/coupling"
	"basin/train"
)

func TestModelFileHoldsTheFoldedNetworkBitForBit(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			m, _ := s.draw(t)
			path := filepath.Join(t.TempDir(), "m.safetensors")
			if err := Save(path, m); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if size, err := Size(m); err != nil || size != info.Size() {
				t.Errorf("Size is %d (%v), the file has %d bytes", size, err, info.Size())
			}
			before, _ := s.draw(t)
			mustEqual(t, "model after saving", m, before)
			got, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			mustEqual(t, "loaded model", got, s.folded(t))
			if _, _, err := LoadTraining(path); !errors.Is(err, ErrNoTrainingState) {
				t.Errorf("LoadTraining of a model file: %v, want ErrNoTrainingState", err)
			}
		})
	}
}

func TestTrainingFileHoldsStoredValuesScalesAndStateBitForBit(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			m, state := s.draw(t)
			m.History = nil // the state's is written
			path := filepath.Join(t.TempDir(), "m.safetensors")
			if err := SaveTraining(path, m, state); err != nil {
				t.Fatal(err)
			}
			got, gotState, err := LoadTraining(path)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := s.draw(t)
			mustEqual(t, "model", got, want)
			mustEqual(t, "state", gotState, state)
			plain, err := Load(path)
			if err != nil {
				t.Fatal(err)
			}
			folded := s.folded(t)
			folded.Learned = state.Batch // of the epoch under way
			mustEqual(t, "model of Load", plain, folded)
		})
	}
}

func TestCopyIsWhatAFileWouldHoldAndSharesNothing(t *testing.T) {
	for _, s := range samples() {
		m, _ := s.draw(t)
		got, err := Copy(m)
		if err != nil {
			t.Fatal(err)
		}
		m.Network.EachBlock(func(_ string, b coupling.Couplings) {
			b.Each(func(_, _ int, value *float32) bool { *value = 7; return true })
		})
		clear(m.Network.Readout.Couplings)
		clear(m.LabelNames)
		mustEqual(t, s.name, got, s.folded(t))
	}
	if _, err := Copy(nil); err == nil {
		t.Error("a copy of nothing: no error")
	}
}

func TestEqualModelsGiveEqualBytes(t *testing.T) {
	for _, s := range samples() {
		m, state := s.draw(t)
		again, stateAgain := s.draw(t)
		if !bytes.Equal(file(t, m, nil), file(t, again, nil)) || !bytes.Equal(file(t, m, &state), file(t, again, &stateAgain)) {
			t.Errorf("%s: two equal models gave different files", s.name)
		}
		if !bytes.Equal(file(t, m, nil), file(t, s.folded(t), nil)) {
			t.Errorf("%s: a model and its folded copy gave different model files", s.name)
		}
	}
	empty, _ := samples()[0].draw(t)
	empty.LabelNames, empty.History = []string{}, []train.EpochRecord{}
	absent, _ := samples()[0].draw(t)
	absent.LabelNames, absent.History = nil, nil
	if !bytes.Equal(file(t, empty, nil), file(t, absent, nil)) {
		t.Error("empty and absent lists gave different files")
	}
}

// The fixed entries below are read with the library alone, as another program would.
func TestTensorsHaveReceiversInRows(t *testing.T) {
	s := samples()[9] // two modules: one dense, one sparse
	m := s.folded(t)
	st, err := safetensors.Deserialize(file(t, m, nil))
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string, flat int) float32 {
		view, ok := st.Tensor(name)
		if !ok {
			t.Fatalf("no tensor %s", name)
		}
		return math.Float32frombits(le32(view.Data()[4*flat:]))
	}
	n := m.Network
	first, second := n.Modules[0], n.Modules[1]
	for name, pair := range map[string][2]float32{
		"modules.0.recurrent [3 5]": {value("modules.0.recurrent", 3*18+5), *first.Recurrent.At(3, 5)},
		"modules.0.recurrent [5 3]": {value("modules.0.recurrent", 5*18+3), *first.Recurrent.At(5, 3)},
		"modules.0.input [17 6]":    {value("modules.0.input", 17*7+6), *first.Input.At(17, 6)},
		"modules.1.feedback [2 4]":  {value("modules.1.feedback", 2*18+4), second.Feedback[2*32+4]},
		"modules.0.bias [17]":       {value("modules.0.bias", 17), first.Bias[17]},
		"readout [1 17]":            {value("readout", 1*36+17), n.Readout.Couplings[17*16+1]},
		"readout [2 18]":            {value("readout", 2*36+18), n.Readout.Couplings[32*16+2]},
		"readout.average [0 35]":    {value("readout.average", 35), n.Readout.Average[49*16]},
		"modules.1.recurrent.value": {value("modules.1.recurrent.value", 2), *nth(second.Recurrent, 2)},
	} {
		if pair[0] != pair[1] || pair[0] == 0 {
			t.Errorf("%s is %v, want %v, not 0", name, pair[0], pair[1])
		}
	}
}

// Rows of a link are receivers too: module 2 with 33 neurons receives from module 0 with
// 18, whose readout is followed by that of module 2, since module 1 is not read.
func TestTensorsOfLinksHaveReceiversInRows(t *testing.T) {
	m := samples()[10].folded(t)
	p := takeApart(t, file(t, m, nil))
	value := func(name string, flat int) float32 { return math.Float32frombits(le32(p.tensor(t, name)[4*flat:])) }
	n := m.Network
	dense, sparse, fixed := n.Pathways[1].Block, n.Pathways[3].Block, n.Pathways[4].Block
	for name, pair := range map[string][2]float32{
		"pathways.1 [20 7]":      {value("pathways.1", 20*18+7), *dense.At(20, 7)},
		"pathways.1 [7 17]":      {value("pathways.1", 7*18+17), *dense.At(7, 17)},
		"pathways.3.value":       {value("pathways.3.value", 5), *nth(sparse, 5)},
		"pathways.4.value":       {value("pathways.4.value", 9), float32(1.1 / 3)},
		"readout [2 17]":         {value("readout", 2*51+17), n.Readout.Couplings[17*16+2]},
		"readout [2 18]":         {value("readout", 2*51+18), n.Readout.Couplings[64*16+2]},
		"readout.average [1 50]": {value("readout.average", 51+50), n.Readout.Average[(64+32)*16+1]},
	} {
		if pair[0] != pair[1] || pair[0] == 0 {
			t.Errorf("%s is %v, want %v, not 0", name, pair[0], pair[1])
		}
	}
	e := 0
	fixed.Each(func(_, sender int, _ *float32) bool {
		if got := int(le32(p.tensor(t, "pathways.4.sender")[4*e:])); got != sender {
			t.Fatalf("pathways.4.sender: entry %d is %d, want %d", e, got, sender)
		}
		e++
		return true
	})
	if p.header["pathways.0"] != nil {
		t.Error("a link one to one has a tensor, want its strength in the settings alone")
	}
}

func le32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func TestAnyNetworkSurvivesARoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.safetensors")
	rapid.Check(t, func(rt *rapid.T) {
		s := sample{
			shape:   []int{rapid.IntRange(2, 6).Draw(rt, "height"), rapid.IntRange(2, 6).Draw(rt, "width"), rapid.IntRange(1, 3).Draw(rt, "channels")},
			classes: rapid.IntRange(2, 40).Draw(rt, "classes"),
			average: rapid.Bool().Draw(rt, "average"),
		}
		density := rapid.SampledFrom([]float64{0, 0.05, 0.6, 1})
		for index := range rapid.IntRange(1, 3).Draw(rt, "modules") {
			m := module(rapid.IntRange(1, 50).Draw(rt, "neurons"), rapid.SampledFrom([]float64{0, 0.5}).Draw(rt, "bias"),
				density.Draw(rt, "recurrent"), density.Draw(rt, "input"), rapid.IntRange(0, 2).Draw(rt, "window"))
			if index == 0 && m.Input.Density == 0 {
				m.Input.Density = 1
			}
			m.Tanh = rapid.SampledFrom([]float64{0, 2}).Draw(rt, "tanh")
			s.spec.Modules = append(s.spec.Modules, m)
		}
		if len(s.spec.Modules) > 1 {
			s.spec.Links = rapid.SliceOfN(linkOf(s.spec.Modules), 0, 4).Draw(rt, "links")
		}
		s.spec.Readout = rapid.SampledFrom([][]int{nil, {0}, {len(s.spec.Modules) - 1}}).Draw(rt, "readout")
		if s.spec.Fits(s.shape, s.classes) != nil { // no input reaches the last module
			s.spec.Readout = nil
		}
		if rapid.Bool().Draw(rt, "grids") {
			s.spec = stack(rt)
		}
		m, state := s.draw(t)
		setAll(m.Network, func(int) float64 { return rapid.Float64Range(1e-3, 1e3).Draw(rt, "scale") })
		if err := SaveTraining(path, m, state); err != nil {
			rt.Fatal(err)
		}
		got, gotState, err := LoadTraining(path)
		if err != nil {
			rt.Fatal(err)
		}
		mustEqual(t, "model", got, m)
		mustEqual(t, "state", gotState, state)
		plain, err := Load(path)
		if err != nil {
			rt.Fatal(err)
		}
		m.Learned = state.Batch // of the epoch under way
		if !bytes.Equal(file(t, plain, nil), file(t, m, nil)) {
			rt.Fatal("the model of a training file and the model file differ")
		}
	})
}

// stack draws a network of two modules on grids with shared windows, and a pool.
func stack(t *rapid.T) network.Spec {
	channels := rapid.IntRange(1, 20)
	within := network.RecurrentSpec{Gain: 1, Density: 1, Window: rapid.SampledFrom([]int{1, 3}).Draw(t, "window of J"), Shared: true}
	input := network.InputSpec{Gain: 1, Density: 1, Window: rapid.IntRange(1, 2).Draw(t, "window"), Shared: true}
	first, second := channels.Draw(t, "channels"), channels.Draw(t, "channels of the second")
	return network.Spec{
		Modules: []network.ModuleSpec{{Channels: first, Recurrent: within, Input: input}, {Channels: second, Recurrent: within}, {Channels: first}},
		Links: []network.Link{
			{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Gain: 1, Density: 1, Window: 2, Border: 1, Shared: true},
			{Kind: network.Pool, Between: [2]int{0, 2}, Direction: network.Forward, Strength: 1, Window: 1},
		},
	}
}

// linkOf draws links between two or three modules.
func linkOf(modules []network.ModuleSpec) *rapid.Generator[network.Link] {
	return rapid.Custom(func(t *rapid.T) network.Link {
		ends := rapid.Permutation([]int{0, 1, 2}[:len(modules)]).Draw(t, "ends")
		l := network.Link{
			Kind: network.Learned, Between: [2]int{ends[0], ends[1]},
			Direction: rapid.SampledFrom([]network.Direction{"", network.Forward, network.Backward, network.Both}).Draw(t, "direction"),
			Density:   rapid.SampledFrom([]float64{0.05, 0.6, 1}).Draw(t, "density"), Gain: rapid.SampledFrom([]float64{0, 1}).Draw(t, "gain"),
		}
		least := min(modules[ends[0]].Neurons, modules[ends[1]].Neurons)
		if rapid.Bool().Draw(t, "excitatory") {
			l.Kind, l.Density, l.Gain, l.Strength = network.Excitatory, 0, 0, 0.3
			l.FanIn = rapid.IntRange(1, least).Draw(t, "fan-in")
		}
		return l
	})
}

func TestTensorsMayStandInAnyOrder(t *testing.T) {
	m, state := samples()[10].draw(t)
	p := takeApart(t, file(t, m, &state))
	var data []byte
	for name, info := range p.header { // in the order of a map: any
		if name == "__metadata__" {
			continue
		}
		from := len(data)
		data = append(data, p.tensor(t, name)...)
		info["data_offsets"] = []int{from, len(data)}
	}
	p.data = data
	l, err := readBytes(p.join(t))
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "model", l.model, m)
}

func TestLoadedSparseBlocksKnowTheirSenders(t *testing.T) {
	for _, index := range []int{1, 10} {
		m, _ := samples()[index].draw(t)
		l, err := readBytes(file(t, m, nil))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, b := range l.model.Network.Blocks() {
			if b.Kind() != "sparse" {
				continue
			}
			count++
			for j := range b.Shape().Senders {
				product := make([]float32, 64)
				b.Change(product, j, 1)
				sends := make([]float32, 64)
				b.Each(func(receiver, sender int, v *float32) bool {
					if sender == j {
						sends[receiver] = *v
					}
					return true
				})
				mustEqual(t, "what a sender sends", product, sends)
			}
		}
		if count == 0 {
			t.Errorf("%s: no sparse block", samples()[index].name)
		}
	}
}

func TestFilePermissionsAreKept(t *testing.T) {
	m, _ := samples()[0].draw(t)
	path := put(t, nil)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o640 {
		t.Errorf("permissions %v, want those of the file replaced, 0640", got)
	}
}

// Only files with arrays that older programs do not know have a version that these refuse by
// name; those that came before the version load.
func TestSharedCouplingsHaveAVersionOfTheirOwn(t *testing.T) {
	for _, s := range samples() {
		m, state := s.draw(t)
		want := "3"
		if s.name == "grids" {
			want = "5"
		}
		for _, content := range [][]byte{file(t, m, nil), file(t, m, &state)} {
			p := takeApart(t, content)
			if got := p.header["__metadata__"]["format_version"]; got != want {
				t.Errorf("%s: format version %v, want %s", s.name, got, want)
			}
			p.header["__metadata__"]["format_version"] = "3"
			if _, err := readBytes(p.join(t)); err != nil {
				t.Errorf("%s: as version 3: %v", s.name, err)
			}
		}
	}
}
