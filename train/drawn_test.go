package train

import (
	"math/rand/v2"

	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
	"basin/protocol"
	"basin/settings"
)

// anySettings draws settings of one to three modules.
func anySettings(r *rand.Rand) settings.Settings {
	pick := func(values ...float64) float64 { return values[r.IntN(len(values))] }
	schedule := func(low, high float64) protocol.Schedule {
		shape := []protocol.Shape{protocol.ConstantShape, protocol.LinearShape, protocol.ExponentialShape, protocol.CosineShape}[r.IntN(4)]
		return protocol.Schedule{Start: low + (high-low)*r.Float64(), End: low + (high-low)*r.Float64(), Shape: shape}
	}
	s := small(1, 1)
	s.Seed, s.Preprocess.Noise = r.Uint64()>>1, pick(0, 0.2)
	s.Learning.Symmetry = []plasticity.Symmetry{plasticity.Asymmetric, plasticity.SymmetricUpdate, plasticity.SymmetricCouplings}[r.IntN(3)]
	one, modules := s.Network.Modules[0], 1+r.IntN(3)
	one.Recurrent.Symmetric = s.Learning.Symmetry != plasticity.Asymmetric
	s.Network.Modules = nil
	for m := range modules {
		one.Neurons, one.Recurrent.Density, one.SelfCoupling = 5+r.IntN(30), pick(0, 0.3, 1), pick(0, 0, 0.5)
		one.Input.Density = pick(0.3, 1)
		s.Network.Modules = append(s.Network.Modules, one)
		if m > 0 {
			s.Network.Links = append(s.Network.Links,
				network.Link{Kind: network.Learned, Between: [2]int{m - 1, m}, Density: pick(0.4, 1), Gain: pick(0, 1)},
				network.Link{Kind: network.Excitatory, Between: [2]int{0, m}, Strength: pick(1, 3, 20), FanIn: 1 + r.IntN(2)})
		}
		s.Network.Feedback = append(s.Network.Feedback, 2*r.Float64())
	}
	some := func() (list []int) {
		for _, m := range r.Perm(modules) {
			if r.IntN(3) == 0 {
				list = append(list, m)
			}
		}
		return list
	}
	d := &s.Dynamics
	d.Order = []dynamics.Order{dynamics.Parallel, dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules}[r.IntN(5)]
	d.Stop = []dynamics.Stop{dynamics.StopAtFixedPoint, dynamics.StopAtCycle, dynamics.StopAtBudget}[r.IntN(3)]
	d.Code = []network.Code{network.Balanced, network.Centred, network.PlusMinusOne, network.Rival}[r.IntN(4)]
	d.Warmup, d.Clamped, d.Free, d.Evaluation = r.IntN(4), r.IntN(4), r.IntN(6), 1+r.IntN(20)
	d.Probability = 0.2 + 0.7*r.Float64()
	d.Feedback = protocol.PhaseFeedback{Warmup: some(), Clamped: some(), Free: some()}
	s.Network.Readout = some()
	l := &s.Learning
	l.Batch, l.Softness, l.Undecided = 1+r.IntN(30), pick(0, 0, 3), pick(0, 0, 0.5, 3)
	l.Kappa, l.Feedback = schedule(0.1, 2), schedule(0.1, 3)
	l.Recurrent = protocol.BlockLearning{Rate: schedule(0.01, 0.3), Decay: pick(0, 0.1)}
	l.Links = protocol.BlockLearning{Rate: schedule(0.01, 0.3), Decay: pick(0, 0.2)}
	l.Input = protocol.BlockLearning{Rate: schedule(0.01, 0.3), Decay: pick(0, 0.3)}
	l.Unstable = []protocol.UnstableEnds{protocol.ReceiverUnstable, protocol.BothUnstable}[r.IntN(2)]
	s.Readout = protocol.Readout{Rate: schedule(0.01, 0.5), Decay: pick(0, 0.1), Kappa: 5 * r.Float64(), Weights: [2]float64{pick(1, 2), pick(1, 3)}, Averaging: pick(0, 0.2)}
	for _, on := range []protocol.ReadoutState{protocol.OnFree, protocol.OnInference, protocol.OnClamped} {
		if r.IntN(2) == 0 {
			s.Readout.On = append(s.Readout.On, on)
		}
	}
	return s
}

// cases says which of the cases that must not be missed some settings are.
func cases(s settings.Settings) map[string]bool {
	d := s.Dynamics
	return map[string]bool{
		"no warm-up":              d.Warmup == 0,
		"no free phase":           d.Free == 0,
		"feedback in the warm-up": d.Warmup > 0 && len(d.Feedback.Warmup) > 0,
		"feedback while free":     d.Free > 0 && len(d.Feedback.Free) > 0,
		"some modules clamped":    d.Clamped > 0 && len(d.Feedback.Clamped) > 0 && len(d.Feedback.Clamped) < len(s.Network.Modules),
		"learned links":           len(s.Network.Links) > 0,
		"several readouts":        len(s.Readout.On) > 1,
		"the code rival":          d.Code == network.Rival,
	}
}
