package inspect

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"basin"
	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// model returns a model file of a network as it is drawn.
func model(t *testing.T, change func(s *settings.Settings)) (m *basin.Model, path string) {
	t.Helper()
	s := settings.Defaults()
	s.Preprocess.Standardise = "none"
	s.Network.Modules[0].Neurons = 30
	change(&s)
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	n, err := network.Draw(s.Network, []int{6, 5}, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	if s.Readout.Averaging > 0 {
		n.Readout.Average = slices.Clone(n.Readout.Couplings)
		for i := range n.Readout.Average {
			n.Readout.Average[i] *= 0.5
		}
	}
	path = filepath.Join(t.TempDir(), "model.safetensors")
	encoder := &dataset.Encoder{Preprocess: s.Preprocess, Features: 30, Divisor: 1}
	history := []train.EpochRecord{{Epoch: 1, Training: protocol.Tally{Samples: 8, Cycles: 4, Period2: 3, Neurons: 30}}}
	if err := checkpoint.Save(path, &checkpoint.Model{Settings: s, Network: n, Encoder: encoder, History: history, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	if m, err = basin.Load(path); err != nil {
		t.Fatal(err)
	}
	return m, path
}

// tensors reads the arrays of a model file, which has no padding, as numbers.
func tensors(t *testing.T, path string) map[string][]float64 {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := binary.LittleEndian.Uint64(file)
	var list map[string]json.RawMessage
	if err := json.Unmarshal(file[8:8+head], &list); err != nil {
		t.Fatal(err)
	}
	found := map[string][]float64{}
	for name, text := range list {
		var tensor struct {
			Type    string `json:"dtype"`
			Offsets [2]int `json:"data_offsets"`
		}
		if name == "__metadata__" {
			continue
		}
		if err := json.Unmarshal(text, &tensor); err != nil {
			t.Fatal(err)
		}
		data := file[8+int(head):]
		for at := tensor.Offsets[0]; at < tensor.Offsets[1]; at += 4 {
			bits := binary.LittleEndian.Uint32(data[at:])
			value := float64(math.Float32frombits(bits))
			if tensor.Type == "I32" {
				value = float64(int32(bits))
			}
			found[name] = append(found[name], value)
		}
	}
	return found
}

// matrix writes a block of a model file as rows of receivers, NaN where there is no
// coupling.
func matrix(file map[string][]float64, name string, rows, width int, hollow bool) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = slices.Repeat([]float64{math.NaN()}, width)
		if values := file[name]; values != nil {
			copy(m[i], values[i*width:])
		}
		if hollow {
			m[i][i] = math.NaN()
		}
		if start := file[name+".start"]; start != nil {
			for e := int(start[i]); e < int(start[i+1]); e++ {
				m[i][int(file[name+".sender"][e])] = file[name+".value"][e]
			}
		}
		if first := file[name+".window"]; first != nil { // 3 x 3 of 6 x 5 pixels
			for e, v := range file[name+".value"][9*i:][:9] {
				m[i][int(first[i])+e/3*5+e%3] = v
			}
		}
	}
	return m
}

// plain sums up a matrix in two passes.
func plain(m [][]float64, possible int) Couplings {
	var values []float64
	for _, row := range m {
		for _, v := range row {
			if !math.IsNaN(v) {
				values = append(values, v)
			}
		}
	}
	c := Couplings{Count: len(values), Density: float64(len(values)) / float64(possible), Least: slices.Min(values), Largest: slices.Max(values)}
	for _, v := range values {
		c.Mean += v / float64(len(values))
	}
	for _, v := range values {
		c.Deviation += (v - c.Mean) * (v - c.Mean) / float64(len(values))
	}
	c.Deviation = math.Sqrt(c.Deviation)
	return c
}

// plainSymmetry is the correlation coefficient of J_ij and J_ji over ordered pairs.
func plainSymmetry(m [][]float64) float64 {
	var x, y []float64
	for i := range m {
		for j := range m {
			if !math.IsNaN(m[i][j]) && !math.IsNaN(m[j][i]) {
				x, y = append(x, m[i][j]), append(y, m[j][i])
			}
		}
	}
	mean := func(f func(k int) float64) (sum float64) {
		for k := range x {
			sum += f(k) / float64(len(x))
		}
		return sum
	}
	mx, my := mean(func(k int) float64 { return x[k] }), mean(func(k int) float64 { return y[k] })
	both := mean(func(k int) float64 { return (x[k] - mx) * (y[k] - my) })
	return both / math.Sqrt(mean(func(k int) float64 { return (x[k] - mx) * (x[k] - mx) })*mean(func(k int) float64 { return (y[k] - my) * (y[k] - my) }))
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9 }

func (c Couplings) near(d Couplings) bool {
	return c.Count == d.Count && c.Density == d.Density && c.Least == d.Least && c.Largest == d.Largest && near(c.Mean, d.Mean) && near(c.Deviation, d.Deviation)
}

// networks have every kind of block.
var networks = map[string]func(s *settings.Settings){
	"dense": func(*settings.Settings) {},
	"sparse": func(s *settings.Settings) {
		s.Network.Modules[0].Recurrent.Density, s.Network.Modules[0].Input.Density = 0.3, 0.4
	},
	"symmetric, windows": func(s *settings.Settings) {
		s.Network.Modules[0].Recurrent.Symmetric, s.Network.Modules[0].Input.Window = true, 3
	},
	"graph": func(s *settings.Settings) {
		s.Network.Modules = slices.Repeat(s.Network.Modules, 3)
		s.Network.Modules[1].Recurrent.Density, s.Network.Modules[2].Input.Density = 0.4, 0
		s.Network.Modules[2].Neurons, s.Network.Modules[2].Recurrent.Density = 21, 0
		s.Network.Links = []network.Link{
			{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.75},
			{Kind: network.Learned, Between: [2]int{1, 2}, Density: 1, Gain: 0.5},
			{Kind: network.Learned, Between: [2]int{2, 0}, Density: 0.3, Gain: 0.5, Direction: network.Backward},
			{Kind: network.Excitatory, Between: [2]int{0, 2}, Strength: 0.5, FanIn: 4, Direction: network.Forward},
		}
		s.Network.Readout, s.Readout.Averaging = []int{0, 2}, 0.1
	},
}

// Every kind of block is summed up as the arrays of its model file are, value by value.
func TestReportsAreThoseOfTheFile(t *testing.T) {
	for name, change := range networks {
		t.Run(name, func(t *testing.T) {
			m, path := model(t, change)
			r, file := New(m), tensors(t, path)
			for k, spec := range m.Settings.Network.Modules {
				checkModule(t, k, r.Modules[k], spec, file)
			}
			checkPathways(t, m, r.Pathways, file)
			read := m.Network.ReadNeurons()
			check(t, "O", &r.Readout, matrix(file, "readout", 4, read, false), 4*read)
			if m.Settings.Readout.Averaging > 0 {
				check(t, "the average", r.Average, matrix(file, "readout.average", 4, read, false), 4*read)
			} else if r.Average != nil {
				t.Errorf("average %+v, want none", r.Average)
			}
			if r.Neurons != m.Network.Neurons() || r.Couplings != m.Network.Couplings() || r.Bytes != m.Network.Footprint() {
				t.Errorf("%d neurons, %+v, %d bytes", r.Neurons, r.Couplings, r.Bytes)
			}
			if !slices.Equal(r.LabelNames, []string{"0", "1", "2", "3"}) || r.Classes != 4 || r.Features != 30 || len(r.History) != 1 || r.Version != "test" || r.Model != "" {
				t.Errorf("report %+v", r)
			}
		})
	}
}

func check(t *testing.T, what string, got *Couplings, values [][]float64, possible int) {
	t.Helper()
	if want := plain(values, possible); got == nil || !got.near(want) {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

func checkModule(t *testing.T, k int, got Module, spec network.ModuleSpec, file map[string][]float64) {
	t.Helper()
	n := spec.Neurons
	if spec.Recurrent.Density > 0 {
		j := matrix(file, fmt.Sprintf("modules.%d.recurrent", k), n, n, true)
		check(t, fmt.Sprint("J of ", k), got.Recurrent, j, n*(n-1))
		if want := plainSymmetry(j); got.Symmetry == nil || !near(*got.Symmetry, want) {
			t.Errorf("symmetry %v of module %d, want %v", got.Symmetry, k, want)
		}
	} else if got.Recurrent != nil || got.Symmetry != nil {
		t.Errorf("module %d has couplings %+v", k, got.Recurrent)
	}
	if spec.Input.Density > 0 {
		check(t, fmt.Sprint("W of ", k), got.Input, matrix(file, fmt.Sprintf("modules.%d.input", k), n, 30, false), n*30)
	} else if got.Input != nil {
		t.Errorf("module %d has an input %+v", k, got.Input)
	}
}

func checkPathways(t *testing.T, m *basin.Model, list []Pathway, file map[string][]float64) {
	t.Helper()
	place := 0
	for number, link := range m.Settings.Network.Links {
		for _, ends := range link.Directions() {
			p := list[place]
			if p.Link != number || p.Kind != link.Kind || p.From != ends[0] || p.To != ends[1] {
				t.Errorf("pathway %d is %+v, want link %d from %v", place, p, number, ends)
			}
			from, to := m.Network.Modules[ends[0]].Neurons, m.Network.Modules[ends[1]].Neurons
			if link.Kind == network.Excitatory && link.FanIn == 0 {
				want := Couplings{Count: to, Density: 1 / float64(from), Mean: link.Strength, Least: link.Strength, Largest: link.Strength}
				if p.Couplings != want {
					t.Errorf("pathway %d: %+v, want %+v", place, p.Couplings, want)
				}
			} else {
				check(t, fmt.Sprint("pathway ", place), &p.Couplings, matrix(file, fmt.Sprintf("pathways.%d", place), to, from, false), to*from)
			}
			place++
		}
	}
	if len(list) != place {
		t.Errorf("%d pathways, want %d", len(list), place)
	}
}

func TestDrawnCouplingsHaveTheDeviationOfTheirGain(t *testing.T) {
	m, _ := model(t, func(s *settings.Settings) {
		s.Network.Modules[0] = network.ModuleSpec{
			Neurons: 250, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 2, Density: 0.2},
		}
	})
	r := New(m).Modules[0]
	// J_ij ~ N(0, 1/N); the deviation of k draws has the standard error 1/sqrt(2k).
	if want := 1 / math.Sqrt(250); r.Recurrent.Count != 250*249 || math.Abs(r.Recurrent.Deviation/want-1) > 5/math.Sqrt(2*250*249) {
		t.Errorf("recurrent %+v, want %d couplings of deviation %v", r.Recurrent, 250*249, want)
	}
	if want := 2 / math.Sqrt(6); math.Abs(r.Input.Deviation/want-1) > 5/math.Sqrt(2*float64(r.Input.Count)) {
		t.Errorf("input %+v, want couplings of deviation %v", r.Input, want)
	}
}

func TestModulesSayWhatTheyHear(t *testing.T) {
	m, _ := model(t, func(s *settings.Settings) {
		s.Network.Modules = slices.Repeat(s.Network.Modules, 2)
		s.Network.Modules[1].Tanh, s.Network.Modules[1].SelfCoupling = 1.5, -0.25
		s.Network.Feedback, s.Network.Readout = []float64{1, 0.5}, []int{1}
		s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{1}, Clamped: []int{0}, Free: []int{1}}
	})
	r := New(m).Modules
	if !slices.Equal(r[0].HearsLabel, []string{"clamped"}) || r[0].Feedback != 1 || r[0].Read || r[0].Tanh != 0 || r[0].SelfCoupling != 0.5 {
		t.Errorf("module 0: %+v", r[0])
	}
	if !slices.Equal(r[1].HearsLabel, []string{"warm-up", "free"}) || r[1].Feedback != 0.5 || !r[1].Read || r[1].Tanh != 1.5 || r[1].SelfCoupling != -0.25 {
		t.Errorf("module 1: %+v", r[1])
	}
}

func TestRulesThatAreNotLocalSayWhatTheyUse(t *testing.T) {
	for _, row := range []struct {
		symmetry plasticity.Symmetry
		unstable protocol.UnstableEnds
		readout  protocol.ReadoutMethod
		code     network.Code
		margin   float64
		want     []string
	}{
		{plasticity.Asymmetric, protocol.ReceiverUnstable, protocol.Local, network.Centred, 0, nil},
		{plasticity.Asymmetric, protocol.ReceiverUnstable, protocol.Ridge, network.Balanced, 0, []string{"(those of the readout) the states of all neurons in all samples"}},
		{plasticity.SymmetricUpdate, protocol.ReceiverUnstable, "", network.Balanced, 0, []string{"the change of the reverse coupling"}},
		{plasticity.SymmetricCouplings, protocol.BothUnstable, "", network.Balanced, 0, []string{"the value of the reverse coupling", "the field of the sender"}},
		{plasticity.Asymmetric, protocol.ReceiverUnstable, "", network.Rival, 3, []string{"what the readout has for the label and against its rival, as feedback", "whether the readout is sure of the sample"}},
		{plasticity.Asymmetric, protocol.ReceiverUnstable, "", network.Balanced, 3, []string{"whether the readout is sure of the sample"}},
	} {
		r := newRule(protocol.Settings{
			Dynamics: protocol.Dynamics{Code: row.code}, Learning: protocol.Learning{Symmetry: row.symmetry, Unstable: row.unstable, Undecided: row.margin},
			Readout: protocol.Readout{Method: row.readout},
		})
		if r.Local != (row.want == nil) || !slices.Equal(r.LearnsFrom, row.want) {
			t.Errorf("%s, %s: %+v, want %q", row.symmetry, row.unstable, r, row.want)
		}
	}
}

func TestPeriod2ShareIsOfTheSamples(t *testing.T) {
	if got := Period2Share(protocol.Tally{Samples: 8, Cycles: 4, Period2: 2}); got != 0.25 {
		t.Errorf("2 of 8 samples: %v, want 0.25", got)
	}
	if got := Period2Share(protocol.Tally{}); got != 0 {
		t.Errorf("no samples: %v, want 0", got)
	}
}
