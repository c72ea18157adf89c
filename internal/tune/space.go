package tune

import (
	"fmt"
	"math"
	"slices"

	"basin/dataset"
	"basin/dynamics"
	"basin/internal/random"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// none is what settings of the preprocessing call it.
const none = "none"

// space is what trials are drawn from.
type space struct {
	// Base are the settings that the search is to better.
	Base settings.Settings
	// Shape, Classes and Samples are those of the training samples.
	Shape   []int
	Classes int
	Samples int
	// Epochs of a trial that goes to the end.
	Epochs int
	// Limit bounds the cost of a trial; 0 is none.
	Limit float64
}

// base returns the base as the search learns it: to the end of its epochs, not to the best.
func (p *space) base() settings.Settings {
	s := clone(p.Base)
	s.Learning.Epochs, s.Learning.Best = p.Epochs, false
	return s
}

// clone copies what a change of settings would share.
func clone(s settings.Settings) settings.Settings {
	s.Network.Modules = slices.Clone(s.Network.Modules)
	s.Network.Links = slices.Clone(s.Network.Links)
	s.Readout.On = slices.Clone(s.Readout.On)
	return s
}

// places says that inputs are images, large enough for windows.
func (p *space) places() bool { return len(p.Shape) > 1 && p.side() >= 6 }

// side is the smaller side of an image.
func (p *space) side() int {
	if len(p.Shape) < 2 {
		return 0
	}
	return min(p.Shape[0], p.Shape[1])
}

// channels are those of an image.
func (p *space) channels() int {
	if len(p.Shape) < 3 {
		return 1
	}
	return p.Shape[2]
}

// window is a share of the side in pixels, 0 where there are no places.
func (p *space) window(share float64) int {
	if !p.places() {
		return 0
	}
	return max(2, min(p.side(), int(math.Round(share*float64(p.side())))))
}

// looksFree says that the search may choose how images are prepared: a base that projects or
// whitens them knows why.
func (p *space) looksFree() bool {
	return p.places() && p.Base.Preprocess.Projection == 0 && !whitened(p.Base.Preprocess)
}

func whitened(p dataset.Preprocess) bool { return p.Whiten != "" && p.Whiten != none }

// single says that a network is one module without a grid, of which size and couplings may be
// drawn. Others keep theirs, and only their learning is drawn.
func single(n network.Spec) bool {
	return len(n.Modules) == 1 && len(n.Links) == 0 && n.Chain.Modules == 0 && n.Modules[0].Channels == 0 && n.Modules[0].Tanh == 0
}

// valid says that settings may be learned on the data.
func (p *space) valid(s settings.Settings) bool {
	return s.Validate() == nil && s.Network.Fits(p.Shape, p.Classes) == nil
}

// attempts bounds how often a trial is drawn until it is valid.
const attempts = 50

// trials returns the first trials: the base, the starts, then what is drawn. A trial is the same
// however many there are.
func (p *space) trials(count int) ([]start, error) {
	starts, err := p.starts()
	if err != nil {
		return nil, err
	}
	list := slices.Clone(starts[:min(count, len(starts))])
	for number := len(list); number < count; number++ {
		drawn, err := p.draw(uint64(number), starts)
		if err != nil {
			return nil, err
		}
		list = append(list, drawn)
	}
	return list, nil
}

// draw draws a trial: one of the starts, with about half of its settings drawn anew.
func (p *space) draw(number uint64, starts []start) (start, error) {
	for attempt := range uint64(attempts) {
		d := drawing{space: p, stream: random.New(p.Base.Seed, random.Trial, number, attempt)}
		from := starts[d.stream.IntN(len(starts))]
		s := clone(from.Settings)
		switch {
		case single(s.Network):
			d.couplings(&s)
		case stack(s.Network):
			d.stack(&s)
		}
		d.sweeps(&s)
		d.learning(&s)
		d.readout(&s)
		d.preprocess(&s)
		p.fit(&s)
		if p.valid(s) {
			return start{from.Name, s}, nil
		}
	}
	return start{}, fmt.Errorf("tune: trial %d: no valid settings among %d that were drawn", number, attempts)
}

// drawing draws the settings of a trial.
type drawing struct {
	*space
	stream random.Stream
}

// anew says whether a setting is drawn, else it stays that of the start.
func (d *drawing) anew() bool { return d.stream.Float64() < 0.5 }

// uniform draws a number with two digits.
func (d *drawing) uniform(low, high float64) float64 {
	return round2(low + (high-low)*d.stream.Float64())
}

// factor draws a number with two digits whose logarithm is uniform.
func (d *drawing) factor(low, high float64) float64 {
	return round2(low * math.Pow(high/low, d.stream.Float64()))
}

// among draws one of some values.
func among[T any](d *drawing, values ...T) T { return values[d.stream.IntN(len(values))] }

// couplings draws the size and the couplings of the module.
func (d *drawing) couplings(s *settings.Settings) {
	m := &s.Network.Modules[0]
	if d.anew() {
		// Twice the neurons are worth 0.004 and 0.009 on MNIST and Fashion-MNIST, nothing over 19
		// tables; the preset of tables has 400, those of images 3000 to 10,000.
		low, high := 100.0, 4000.0
		if d.places() {
			low, high = 500, 10000
		}
		resize(s, int(d.factor(low, high)))
	}
	if d.anew() {
		// No self-coupling costs 0.035 to 0.08; the presets have 0.5 and, of tables, 1.
		m.SelfCoupling = d.uniform(0.25, 1.5)
	}
	if d.anew() {
		d.recurrent(&m.Recurrent, m.Neurons)
	}
	if d.anew() {
		m.Input.Gain = d.factor(0.5, 4) // the digits have 4, tables 1
	}
	switch {
	case !d.anew():
	case d.places():
		// A third of the side for writing, a quarter for objects; none loses 0.023 on MNIST.
		m.Input.Density, m.Input.Window = 1, 0
		if d.stream.Float64() < 0.8 {
			m.Input.Window = d.window(0.2 + 0.3*d.stream.Float64())
		}
	default:
		m.Input.Density = among(d, 1, 1, 0.5)
	}
	if m.Activity == 0 && d.anew() {
		m.Bias = among(d, 0, 0.5, 1, 2) // 1 is worth 0.09 on iris, where 0.5 loses 0.003 over 19 tables
		if d.places() {
			m.Bias = among(d, 0, 0, 0.5)
		}
	}
}

// recurrent draws the couplings among neurons. They are worth 0.001 on MNIST, cost 0.012 on
// Fashion-MNIST, and give 0.09 where neurons see all inputs: none is one choice of three. Around
// 20 a neuron are in the presets; 100 gave nothing.
func (d *drawing) recurrent(r *network.RecurrentSpec, neurons int) {
	if d.stream.Float64() < 1.0/3 {
		r.Gain, r.Density = 0, 0
		return
	}
	r.Gain = among(d, 0.5, 1)
	r.Density = density(d.factor(5, 50), neurons)
}

// sweeps draws how long a state is given to settle. Two sweeps a phase had what five have in the
// search for mnist-fast; without recurrent couplings one is enough.
func (d *drawing) sweeps(s *settings.Settings) {
	if s.Dynamics.Order != dynamics.Parallel || !d.anew() {
		return
	}
	s.Dynamics.Clamped = among(d, 1, 2, 5)
	s.Dynamics.Free = s.Dynamics.Clamped
	s.Dynamics.Warmup = among(d, s.Dynamics.Free, s.Dynamics.Free+1)
	s.Dynamics.Evaluation = s.Dynamics.Warmup // the readout learns on the state that it predicts from
}

// learning draws margin, feedback, rates and mini-batches.
func (d *drawing) learning(s *settings.Settings) {
	l := &s.Learning
	if !stack(s.Network) && d.anew() {
		// 0.5 in place of 1 is worth 0.015 on Fashion-MNIST and costs 0.005 on MNIST.
		l.Kappa = protocol.Constant(d.uniform(0.25, 1.5))
	}
	if l.Feedback.Start > 0 && d.anew() {
		// 2 is too loud with 100 classes and random feedback; through the readout 3 to 6 are best.
		l.Feedback = protocol.Constant(d.factor(0.3, 1.8))
		if s.Dynamics.Code == network.Rival {
			l.Feedback = protocol.Constant(d.factor(2, 8))
		}
	}
	if recurrent := s.Network.Modules[0].Recurrent.Density > 0 && single(s.Network); recurrent && (l.Recurrent.Rate.Start == 0 || d.anew()) {
		// Those that do not learn cost 0.009 and 0.012.
		l.Recurrent.Rate = d.rate(0.005, 0.08)
	}
	if l.Input.Rate.Start > 0 && d.anew() {
		l.Input.Rate = d.rate(0.01, 0.4) // tables and MNIST 0.05, mnist-fast 0.2; 0 costs 0.03 on MNIST
	}
	if d.anew() {
		l.Batch = among(d, 8, 16, 32, 64)
	}
}

// rate draws a schedule: four of five fall to 3 % along a cosine, as those of the presets,
// which is worth 0.003 to 0.007; others stay.
func (d *drawing) rate(low, high float64) protocol.Schedule {
	rate := d.factor(low, high)
	if d.stream.Float64() < 0.2 {
		return protocol.Constant(rate)
	}
	return protocol.Schedule{Start: rate, End: round2(0.03 * rate), Shape: protocol.CosineShape}
}

// readout draws how the readout learns. The presets have rates of 0.1 (tables), 0.3 and 1
// that fall, or 2 that stays and is averaged over the last few per cent of the mini-batches.
func (d *drawing) readout(s *settings.Settings) {
	r := &s.Readout
	if d.anew() {
		r.Rate = d.rate(0.05, 3)
	}
	if d.anew() {
		r.Kappa = d.factor(3, 40) // 7; over 19 tables 10 to 30 did about as well, 60 worse
	}
	if d.anew() {
		r.Averaging = 0
		if share := among(d, 0, 0.02, 0.06, 0.15); share > 0 {
			batches := float64(d.Epochs) * math.Ceil(float64(d.Samples)/float64(s.Learning.Batch))
			r.Averaging = round2(min(0.2, 1/(share*batches)))
		}
	}
}

// preprocess draws noise, and of images how they are prepared and whether they change.
func (d *drawing) preprocess(s *settings.Settings) {
	p := &s.Preprocess
	if stack(s.Network) {
		return // noise would have its states computed in every epoch
	}
	if p.Projection == 0 && d.anew() {
		p.Noise = among(d, 0, 0, 0.2, 0.5) // worth 0.005 on the digits, nothing on MNIST, -0.004 on Fashion-MNIST
	}
	if !d.looksFree() {
		return
	}
	if d.anew() {
		p.Standardise = among(d, "global", "feature")
	}
	if d.anew() {
		p.Contrast = among(d, none, "sample")
	}
	if d.anew() {
		// Changed images are worth 0.004 on MNIST in ten epochs or more, and cost 0.02 in four.
		p.Augment = dataset.Augment{}
		if d.Epochs >= 10 && d.stream.Float64() < 0.5 {
			p.Augment = dataset.Augment{Rotation: 10, Scale: 0.1, Shear: 0.1, Shift: round2(0.043 * float64(d.side()))}
		}
	}
}
