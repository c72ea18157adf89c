package train

import (
	"math"
	"slices"
	"testing"

	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
)

// wired is a network of two modules whose every kind of coupling learns, with a rate and
// a decay of its own.
func wired() settings.Settings {
	s := small(24, 1)
	s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
	s.Network.Modules[1].Neurons = 20
	s.Network.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 0.7, Density: 1}}
	s.Dynamics.Warmup, s.Dynamics.Clamped, s.Dynamics.Free, s.Dynamics.Evaluation = 2, 2, 2, 3
	s.Learning.Recurrent = protocol.BlockLearning{Rate: protocol.Constant(0.2), Decay: 0.1}
	s.Learning.Links = protocol.BlockLearning{Rate: protocol.Constant(0.3), Decay: 0.2}
	s.Learning.Input = protocol.BlockLearning{Rate: protocol.Constant(0.4), Decay: 0.3}
	s.Readout = protocol.Readout{Rate: protocol.Constant(0.2), Decay: 0.1, Kappa: 1, Weights: [2]float64{1, 1}, On: []protocol.ReadoutState{protocol.OnFree}, Averaging: 0.1}
	return s
}

// ends returns a schedule with another value in the last epoch only.
func ends(s protocol.Schedule) protocol.Schedule {
	return protocol.Schedule{Start: s.Start, End: 2 * s.Start, Shape: protocol.LinearShape}
}

// wires has, for every key that reaches the engine, a base (wired if nil) and a change.
// What it changes are the couplings named, or the record of the evaluation for "held".
var wires = []struct {
	key     string
	changes []string
	base    func(s *settings.Settings)
	change  func(s *settings.Settings)
}{
	{"seed, the order of the samples", all, nil, func(s *settings.Settings) { s.Seed++ }},
	{"preprocess.noise", all, nil, func(s *settings.Settings) { s.Preprocess.Noise = 0.3 }},
	{"preprocess.augment", all, nil, func(s *settings.Settings) { s.Preprocess.Augment.Shift = 1 }},
	{"network.feedback", all, nil, func(s *settings.Settings) { s.Network.Feedback = []float64{1, 3} }},
	{"network.readout", readout, nil, func(s *settings.Settings) { s.Network.Readout = []int{1} }},
	{"dynamics.order partial", all, nil, func(s *settings.Settings) { s.Dynamics.Order = dynamics.Partial }},
	{"dynamics.order sequential", all, nil, func(s *settings.Settings) { s.Dynamics.Order = dynamics.Sequential }},
	{"dynamics.order modules", all, nil, func(s *settings.Settings) { s.Dynamics.Order = dynamics.Modules }},
	{"dynamics.probability", all, partial, func(s *settings.Settings) { s.Dynamics.Probability = 0.9 }},
	{"dynamics.stop", all, cycling, func(s *settings.Settings) { s.Dynamics.Stop = dynamics.StopAtCycle }},
	{"dynamics.warmup", all, nil, func(s *settings.Settings) { s.Dynamics.Warmup++ }},
	{"dynamics.clamped", all, nil, func(s *settings.Settings) { s.Dynamics.Clamped++ }},
	{"dynamics.free", all, nil, func(s *settings.Settings) { s.Dynamics.Free++ }},
	{"dynamics.evaluation", held, nil, func(s *settings.Settings) { s.Dynamics.Evaluation = 1 }},
	{"dynamics.code", all, nil, func(s *settings.Settings) { s.Dynamics.Code = network.Centred }},
	{"dynamics.feedback.warmup", all, nil, func(s *settings.Settings) { s.Dynamics.Feedback.Warmup = []int{1} }},
	{"dynamics.feedback.warmup, its modules", all, func(s *settings.Settings) { s.Dynamics.Feedback.Warmup = []int{0} }, func(s *settings.Settings) { s.Dynamics.Feedback.Warmup = []int{1} }},
	{"dynamics.feedback.clamped", all, nil, func(s *settings.Settings) { s.Dynamics.Feedback.Clamped = []int{1} }},
	{"dynamics.feedback.clamped, its modules", all, func(s *settings.Settings) { s.Dynamics.Feedback.Clamped = []int{0} }, func(s *settings.Settings) { s.Dynamics.Feedback.Clamped = []int{1} }},
	{"dynamics.feedback.free", all, nil, func(s *settings.Settings) { s.Dynamics.Feedback.Free = []int{1} }},
	{"dynamics.feedback.free, its modules", all, func(s *settings.Settings) { s.Dynamics.Feedback.Free = []int{0} }, func(s *settings.Settings) { s.Dynamics.Feedback.Free = []int{1} }},
	{"learning.batch", all, nil, func(s *settings.Settings) { s.Learning.Batch++ }},
	{"learning.kappa", all, nil, func(s *settings.Settings) { s.Learning.Kappa = protocol.Constant(0.5) }},
	{"learning.kappa, the last epoch", all, nil, func(s *settings.Settings) { s.Learning.Kappa = ends(s.Learning.Kappa) }},
	{"learning.feedback", all, nil, func(s *settings.Settings) { s.Learning.Feedback = protocol.Constant(2) }},
	{"learning.feedback, the last epoch", all, nil, func(s *settings.Settings) { s.Learning.Feedback = ends(s.Learning.Feedback) }},
	{"learning.softness", all, nil, func(s *settings.Settings) { s.Learning.Softness = 2 }},
	{"learning.symmetry update", all, nil, func(s *settings.Settings) { s.Learning.Symmetry = plasticity.SymmetricUpdate }},
	{"learning.symmetry couplings", all, symmetric, func(s *settings.Settings) { s.Learning.Symmetry = plasticity.SymmetricCouplings }},
	{"learning.unstable", all, nil, func(s *settings.Settings) { s.Learning.Unstable = protocol.BothUnstable }},
	{"learning.recurrent.rate", recurrent, once, func(s *settings.Settings) { s.Learning.Recurrent.Rate = protocol.Constant(0.1) }},
	{"learning.recurrent.rate, the last epoch", recurrent, last, func(s *settings.Settings) { s.Learning.Recurrent.Rate = ends(s.Learning.Recurrent.Rate) }},
	{"learning.recurrent.decay", recurrent, once, func(s *settings.Settings) { s.Learning.Recurrent.Decay = 0.5 }},
	{"learning.links.rate", links, once, func(s *settings.Settings) { s.Learning.Links.Rate = protocol.Constant(0.1) }},
	{"learning.links.rate, the last epoch", links, last, func(s *settings.Settings) { s.Learning.Links.Rate = ends(s.Learning.Links.Rate) }},
	{"learning.links.decay", links, once, func(s *settings.Settings) { s.Learning.Links.Decay = 0.5 }},
	{"learning.input.rate", inputs, once, func(s *settings.Settings) { s.Learning.Input.Rate = protocol.Constant(0.1) }},
	{"learning.input.rate, the last epoch", inputs, last, func(s *settings.Settings) { s.Learning.Input.Rate = ends(s.Learning.Input.Rate) }},
	{"learning.input.decay", inputs, once, func(s *settings.Settings) { s.Learning.Input.Decay = 0.5 }},
	{"readout.rate", readout, once, func(s *settings.Settings) { s.Readout.Rate = protocol.Constant(0.1) }},
	{"readout.rate, the last epoch", readout, last, func(s *settings.Settings) { s.Readout.Rate = ends(s.Readout.Rate) }},
	{"readout.decay", readout, once, func(s *settings.Settings) { s.Readout.Decay = 0.5 }},
	{"readout.kappa", readout, nil, func(s *settings.Settings) { s.Readout.Kappa = 2 }},
	{"readout.weights, of a wrong class", readout, nil, func(s *settings.Settings) { s.Readout.Weights[0] = 2 }},
	{"readout.weights, of the right class", readout, nil, func(s *settings.Settings) { s.Readout.Weights[1] = 2 }},
	{"readout.on clamped", readout, nil, func(s *settings.Settings) { s.Readout.On = []protocol.ReadoutState{protocol.OnClamped} }},
	{"readout.on inference", readout, nil, func(s *settings.Settings) {
		s.Readout.On, s.Dynamics.Evaluation = []protocol.ReadoutState{protocol.OnInference}, 2
	}},
	{"readout.on a second state", readout, nil, func(s *settings.Settings) {
		s.Readout.On = []protocol.ReadoutState{protocol.OnFree, protocol.OnClamped}
	}},
	{"readout.averaging", average, nil, func(s *settings.Settings) { s.Readout.Averaging = 0.5 }},
	{"readout.method", readout, nil, func(s *settings.Settings) { s.Readout.Method = protocol.Ridge }},
	{"readout.ridge", readout, solved, func(s *settings.Settings) { s.Readout.Ridge = 0.1 }},
	{"readout.method margin", readout, solved, func(s *settings.Settings) { s.Readout.Method = protocol.Margin }},
	{"readout.rounds", readout, func(s *settings.Settings) { s.Readout.Method = protocol.Margin }, func(s *settings.Settings) { s.Readout.Rounds = 2 }},
	{"readout.passes", readout, solved, func(s *settings.Settings) { s.Readout.Passes = 2 }},
}

// The names of values: two modules, then the link forward and backward.
var (
	recurrent = []string{"modules.0.recurrent", "modules.1.recurrent"}
	links     = []string{"pathways.0", "pathways.1"}
	inputs    = []string{"modules.0.input", "modules.1.input"}
	readout   = []string{"readout", "average"}
	average   = []string{"average"}
	all       = slices.Concat(recurrent, links, inputs, readout)
	held      = []string{"held"}
)

func partial(s *settings.Settings)   { s.Dynamics.Order, s.Dynamics.Probability = dynamics.Partial, 0.3 }
func symmetric(s *settings.Settings) { s.Learning.Symmetry = plasticity.SymmetricUpdate }

// solved has noise, so that each pass has other samples.
func solved(s *settings.Settings) { s.Readout.Method, s.Preprocess.Noise = protocol.Ridge, 0.3 }

// cycling has a pair of modules that hand each other their states: cycles of period 2,
// in which the number of sweeps done decides where a phase ends.
func cycling(s *settings.Settings) {
	s.Dynamics.Warmup, s.Dynamics.Clamped, s.Dynamics.Free = 6, 6, 7
	for m := range s.Network.Modules {
		s.Network.Modules[m].SelfCoupling = 0
	}
	s.Network.Modules[1].Neurons = s.Network.Modules[0].Neurons
	s.Network.Links = append(s.Network.Links, network.Link{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 20})
}

// once has a single mini-batch and last one in each of two epochs, so that a change of a
// rate or a decay in the last of them reaches the couplings it is of and no other.
func once(s *settings.Settings) { s.Learning.Epochs, s.Learning.Batch = 1, 100 }
func last(s *settings.Settings) { s.Learning.Epochs, s.Learning.Batch = 2, 100 }

// A change of any key that reaches the engine changes what the key is of. A rate or a
// decay changes no other kind of couplings in its first mini-batch.
func TestEverySettingReachesTheEngine(t *testing.T) {
	for _, wire := range wires {
		t.Run(wire.key, func(t *testing.T) {
			base, change := wired(), wired()
			for _, s := range []*settings.Settings{&base, &change} {
				if wire.base != nil {
					wire.base(s)
				}
			}
			wire.change(&change)
			before, one := learned(t, base)
			after, two := learned(t, change)
			one.Held.Sweeps = two.Held.Sweeps // a count of the settings alone
			if slices.Equal(wire.changes, held) && one.Held == two.Held {
				t.Errorf("%s changed nothing in the evaluation %+v", wire.key, one.Held)
			}
			for name := range before {
				switch differ := !sameBits(before[name], after[name]); {
				case slices.Contains(wire.changes, name) && !differ:
					t.Errorf("%s did not change %s", wire.key, name)
				case !slices.Contains(wire.changes, name) && differ:
					t.Errorf("%s changed %s, which is not of it", wire.key, name)
				}
			}
		})
	}
}

// learned trains the network drawn with seed 1, whatever the seed of the settings.
func learned(t *testing.T, s settings.Settings) (map[string][]float32, EpochRecord) {
	t.Helper()
	training, held, shape := digits(t, s.Preprocess, 100)
	n, err := network.Draw(s.Network, shape, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := newTrainer(s, n, training, held, "test", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	if err := trainer.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return values(n), trainer.State().History[s.Learning.Epochs-1]
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}
