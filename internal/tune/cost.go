package tune

import (
	"strconv"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// effort is about what a sample costs to learn, in units that only ratios have a meaning of.
type effort struct {
	// Once is the cost of a state that is computed once, whatever the epochs, for each of so many
	// versions of a sample: see [basin/protocol.Versioned].
	Once     float64
	Versions int
	// Epoch is the cost of the rest, in every epoch.
	Epoch float64
	// Begin is what it costs to draw the network, which looks at some samples, divided by the
	// samples that there are.
	Begin float64
}

// of returns the cost of a sample in so many epochs of one training, in one cell.
func (e effort) of(epochs int) float64 {
	return e.Once*float64(min(epochs, e.Versions)) + e.Epoch*float64(epochs)
}

// A coupling of a shared window costs this share of one that learns: it is read once, and its
// neighbours with it.
const sharedShare = 0.3

// effort estimates the cost of settings: the bytes that couplings take, of which sparse ones take
// more as they cost more, the updates of neurons, and what shared windows read. It is nothing where
// the network does not fit the samples.
func (p *space) effort(s settings.Settings) effort {
	spec := s.Network.Expand()
	sizes, err := spec.Sizes(p.Shape)
	if err != nil {
		return effort{}
	}
	neurons, reads := 0, 0
	for m, size := range sizes {
		neurons += size.Neurons
		if in := spec.Modules[m].Input; in.Shared && in.Density > 0 {
			reads += size.Neurons * in.Window * in.Window * p.channels()
		}
	}
	sweeps := s.Dynamics.Warmup + s.Dynamics.Clamped + s.Dynamics.Free + s.Dynamics.Evaluation
	all := 1000 + float64(s.Network.Footprint(p.Shape, p.Classes))/4 + 2*float64(neurons*sweeps) + sharedShare*float64(reads)
	versions := s.Preprocess.Augment.Versions()
	if s.Preprocess.Noise > 0 || versions == 0 || !stack(spec) {
		return effort{Epoch: all}
	}
	outline, err := network.Outline(spec, p.Shape, p.Classes)
	if err != nil || !s.Protocol().Repeats(outline) {
		return effort{Epoch: all}
	}
	readout := min(all, 1000+float64(outline.ReadNeurons()*p.Classes))
	e := effort{Once: all - readout, Versions: versions, Epoch: readout}
	for m, size := range sizes {
		if spec.Modules[m].Activity > 0 {
			e.Begin += e.Once * float64(protocol.Seen(size.Neurons, p.Samples)) / float64(max(1, p.Samples))
		}
	}
	return e
}

// cost is what an epoch of a sample costs, on average over those of a training to the end.
func (p *space) cost(s settings.Settings) float64 {
	e := p.effort(s)
	return (e.Begin + e.of(p.Epochs)) / float64(p.Epochs)
}

// leastNeurons is the size below which a trial is not made smaller, and leastChannels that of a
// stack.
const (
	leastNeurons  = 50
	leastChannels = 20
)

// fit makes a network smaller until it costs no more than the limit, with as many couplings a
// neuron as before.
func (p *space) fit(s *settings.Settings) {
	for p.Limit > 0 && p.cost(*s) > p.Limit && smaller(s) {
	}
}

// smaller takes a quarter of the neurons away, of a stack of the channels. It returns false where
// there are too few, or a network is of another kind.
func smaller(s *settings.Settings) bool {
	m := &s.Network.Modules[0]
	switch {
	case single(s.Network) && m.Neurons > leastNeurons:
		resize(s, max(leastNeurons, int(round2(0.75*float64(m.Neurons)))))
	case stack(s.Network) && m.Channels > leastChannels:
		share(s.Network, max(leastChannels, int(round2(0.75*float64(m.Channels)))))
	default:
		return false
	}
	return true
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
