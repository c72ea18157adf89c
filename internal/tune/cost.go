package tune

import (
	"strconv"

	"basin/settings"
)

// cost is about what a sample costs to learn with the settings, in units that only ratios have a
// meaning of: the bytes that couplings take, of which sparse ones take more as they cost more, and
// the updates of neurons. It is 0 where the network does not fit the samples.
func (p *space) cost(s settings.Settings) float64 {
	sizes, err := s.Network.Expand().Sizes(p.Shape)
	if err != nil {
		return 0
	}
	neurons := 0
	for _, size := range sizes {
		neurons += size.Neurons
	}
	sweeps := s.Dynamics.Warmup + s.Dynamics.Clamped + s.Dynamics.Free + s.Dynamics.Evaluation
	return 1000 + float64(s.Network.Footprint(p.Shape, p.Classes))/4 + 2*float64(neurons*sweeps)
}

// leastNeurons is the size below which a trial is not made smaller.
const leastNeurons = 50

// fit makes a network smaller until it costs no more than the limit, with as many couplings a
// neuron as before.
func (p *space) fit(s *settings.Settings) {
	if !single(s.Network) {
		return
	}
	for p.Limit > 0 && p.cost(*s) > p.Limit && s.Network.Modules[0].Neurons > leastNeurons {
		resize(s, max(leastNeurons, int(round2(0.75*float64(s.Network.Modules[0].Neurons)))))
	}
}

// resize sets the number of neurons of the only module, and keeps the couplings a neuron has; a
// dense module stays dense.
func resize(s *settings.Settings, neurons int) {
	m := &s.Network.Modules[0]
	if r := &m.Recurrent; r.Density > 0 && r.Density < 1 {
		r.Density = density(r.Density*float64(m.Neurons), neurons)
	}
	m.Neurons = neurons
}

// density is that of so many couplings a neuron.
func density(couplings float64, neurons int) float64 {
	return min(1, round2(couplings/float64(neurons)))
}

// round2 rounds to two significant digits, as a person would write a number.
func round2(x float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64) // it reads what it wrote
	return rounded
}
