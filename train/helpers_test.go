package train

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"basin/dataset"
	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
)

// opened are the digits, read once: nobody changes them.
var opened = sync.OnceValues(func() (*dataset.Data, error) {
	return dataset.Open(context.Background(), "digits", dataset.Options{})
})

// digits returns the first samples of the embedded digits, encoded, and their shape.
func digits(t testing.TB, p dataset.Preprocess, count int) (training, held *dataset.Samples, shape []int) {
	t.Helper()
	data, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := p.Fit(data.Train)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(s *dataset.Set, count int) *dataset.Samples {
		indices := make([]int, min(count, s.Count()))
		for i := range indices {
			indices[i] = i
		}
		part := s.Subset(indices)
		inputs, err := encoder.Encode(part)
		if err != nil {
			t.Fatal(err)
		}
		return &dataset.Samples{Inputs: inputs, Labels: part.Labels}
	}
	shape = data.Train.Shape
	if p.Projection > 0 {
		shape = []int{p.Projection}
	}
	return encode(data.Train, count), encode(data.Test, 100), shape
}

// small returns settings of a network that learns a few samples in milliseconds.
func small(neurons int, density float64) settings.Settings {
	s := settings.Defaults()
	s.Preprocess.Standardise = "global"
	m := &s.Network.Modules[0]
	m.Neurons, m.Recurrent.Density = neurons, density
	s.Learning.Epochs = 2
	s.Learning.Recurrent.Decay, s.Learning.Input.Decay, s.Readout.Decay = 0.01, 0.01, 0.01
	s.Readout.Averaging = 0.01
	return s
}

// newTrainer makes a trainer of settings.
func newTrainer(s settings.Settings, n *network.Network, training, held *dataset.Samples, split string, workers int) (*Trainer, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return New(n, Run{Settings: s.Protocol(), Training: training, Held: held, Split: split, Workers: workers})
}

// run trains a freshly drawn network and returns it.
func run(t testing.TB, s settings.Settings, samples, workers int) (*network.Network, State) {
	t.Helper()
	training, held, shape := digits(t, s.Preprocess, samples)
	n, err := network.Draw(s.Network, shape, 10, s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := newTrainer(s, n, training, held, "test", workers)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	if err := trainer.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	return n, trainer.State()
}

// values lists every learned number of a network.
func values(n *network.Network) map[string][]float32 {
	v := map[string][]float32{"readout": n.Readout.Couplings, "average": n.Readout.Average}
	n.EachBlock(func(name string, c coupling.Couplings) {
		all := []float32{float32(c.Scale())}
		c.Each(func(_, _ int, value *float32) bool { all = append(all, *value); return true })
		v[name] = all
	})
	return v
}

func snapshot(n *network.Network) map[string][]float32 {
	v := values(n)
	for name := range v {
		v[name] = slices.Clone(v[name])
	}
	return v
}

func sameValues(t *testing.T, what string, got, want map[string][]float32) {
	t.Helper()
	for name := range want {
		if len(got[name]) != len(want[name]) {
			t.Fatalf("%s: %s has %d values, want %d", what, name, len(got[name]), len(want[name]))
		}
		for i := range want[name] {
			if math.Float32bits(got[name][i]) != math.Float32bits(want[name][i]) {
				t.Fatalf("%s: %s differs at %d: %v, want %v", what, name, i, got[name][i], want[name][i])
			}
		}
	}
}

// variants are settings that reach every path of the engine.
func variants() map[string]settings.Settings {
	v := map[string]settings.Settings{"dense": small(70, 1), "sparse": small(70, 0.2)}
	s := small(60, 0.2)
	s.Network.Modules[0].Input.Density = 0.3
	s.Preprocess.Standardise = "none" // inputs with zeros
	v["sparse W, zeros"] = s
	s = small(50, 0.2)
	s.Network.Modules[0].Input.Window = 4
	s.Network.Modules[0].Bias = 0.1
	s.Dynamics.Order, s.Dynamics.Probability = dynamics.Partial, 0.6
	s.Readout.On = []protocol.ReadoutState{protocol.OnInference, protocol.OnClamped, protocol.OnFree}
	v["partial, window"] = s
	s = small(40, 1)
	s.Dynamics.Order = dynamics.Sequential
	s.Learning.Batch = 13
	v["sequential, batch 13"] = s
	s = small(40, 1)
	s.Learning.Softness = 4
	s.Preprocess.Noise = 0.3
	v["soft, noisy"] = s
	s = small(40, 0.3)
	s.Preprocess.Projection, s.Preprocess.Standardise = 50, "none"
	s.Dynamics.Free, s.Learning.Batch = 0, 40
	s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
	s.Network.Links = []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.5}}
	v["projected, two modules, no free phase"] = s
	s = small(40, 1)
	s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
	s.Network.Modules[1].Neurons, s.Network.Modules[1].Recurrent.Density, s.Network.Modules[1].Input.Density = 33, 0.2, 0
	s.Network.Links = []network.Link{
		{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Density: 1},
		{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Backward, Density: 0.3, Gain: 0.5},
		{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.4, FanIn: 3},
	}
	s.Network.Feedback, s.Network.Readout = []float64{0.5, 1}, []int{1}
	s.Dynamics.Feedback.Free, s.Dynamics.Stop = []int{0}, dynamics.StopAtCycle
	v["graph"] = s
	s = graphOf(s, func(s *settings.Settings) {
		s.Network.Modules[1].Tanh = 1.5
		s.Dynamics.Order = dynamics.Modules
	})
	v["graph, tanh, module after module"] = s
	s = small(40, 1)
	s.Learning.Symmetry = plasticity.SymmetricUpdate
	s.Learning.Unstable = protocol.BothUnstable
	v["symmetric update, both ends unstable"] = s
	s = small(40, 0.3)
	s.Network.Modules[0].Recurrent.Symmetric = true
	s.Learning.Symmetry = plasticity.SymmetricCouplings
	s.Dynamics.Stop = dynamics.StopAtBudget
	v["symmetric couplings"] = s
	s = small(40, 1)
	dense, grid := s.Network.Modules[0], s.Network.Modules[0]
	grid.Neurons, grid.Channels = 0, 5
	grid.Recurrent.Window, grid.Recurrent.Shared = 3, true
	grid.Input.Window, grid.Input.Shared = 4, true
	dense.Input.Density = 0
	s.Network.Modules = []network.ModuleSpec{grid, {Channels: 5}, dense}
	s.Network.Links = []network.Link{
		{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Window: 2, Stride: 1, Strength: 1},
		{Kind: network.Learned, Between: [2]int{1, 2}, Direction: network.Forward, Window: 2, Density: 1},
	}
	s.Network.Readout = []int{1, 2}
	s.Preprocess.Augment.Shift, s.Preprocess.Augment.Rotation, s.Preprocess.Augment.Elastic = 1, 10, 1
	s.Dynamics.Code, s.Learning.Undecided = network.Rival, 1
	v["grids, augmented, rival, undecided"] = s
	s = small(50, 0.3)
	s.Learning.Recurrent.Rate, s.Learning.Input.Rate = protocol.Constant(0), protocol.Constant(0)
	s.Dynamics.Clamped = 0
	s.Preprocess.Augment.Flip = 0.5
	v["frozen, flips"] = s
	return v
}

// graphOf returns settings changed, with modules of their own.
func graphOf(s settings.Settings, change func(s *settings.Settings)) settings.Settings {
	s.Network.Modules = slices.Clone(s.Network.Modules)
	change(&s)
	return s
}
