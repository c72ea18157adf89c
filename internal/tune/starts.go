package tune

import (
	"slices"

	"basin/settings"
)

// start are settings that were good somewhere, and what they are called.
type start struct {
	Name     string
	Settings settings.Settings
}

// known says where a start comes from.
type known struct {
	name, preset string
	set          []string
}

// imageStarts are the presets of images: see docs/presets.md, which has their accuracies on
// MNIST, Fashion-MNIST, CIFAR-10 and the digits. What is written is not what it was when it is flipped.
var imageStarts = []known{
	{name: "mnist-fast", preset: "mnist-fast"},
	{name: "cifar-10", preset: "cifar-10"},
	{name: "mnist-fastest", preset: "mnist-fastest"},
	{name: "cifar-10 without flips", preset: "cifar-10", set: []string{"preprocess.augment.flip=0"}},
	{name: "fashion-mnist-independent", preset: "fashion-mnist-independent"},
	{name: "fashion-mnist-shared", preset: "fashion-mnist-shared"},
	{name: "digits", preset: "digits"},
	{name: "mnist-rival", preset: "mnist-rival"},
	{name: "fashion-mnist-rival", preset: "fashion-mnist-rival"},
}

// flatStarts are for tables and for inputs without places. The changes of table are those that
// did as well over the 19 tables of docs/presets.md; digits is a large network with noise.
var flatStarts = []known{
	{name: "table", preset: "table"},
	{name: "table, 800 neurons", preset: "table", set: []string{"network.modules.0.neurons=800", "network.modules.0.recurrent.density=0.025", "readout.kappa=15"}},
	{name: "table with noise", preset: "table", set: []string{"preprocess.noise=0.2", "readout.averaging=0.004"}},
	{name: "digits", preset: "digits"},
	{name: "entangled-mnist-rival", preset: "entangled-mnist-rival"},
	{name: "table, margin 15", preset: "table", set: []string{"readout.kappa=15"}},
}

// starts returns what is known to be good for the kind of data, fitted to the data and to the
// limit, without what equals the base or another one.
func (p *space) starts() ([]start, error) {
	list := flatStarts
	if p.places() {
		list = imageStarts
	}
	found := []start{{"base", p.base()}}
	for _, k := range list {
		s, err := settings.LoadPreset(k.preset)
		if err == nil {
			err = settings.Set(&s, k.set)
		}
		if err != nil {
			return nil, err
		}
		if p.adapt(&s); stack(s.Network) && !whitened(s.Preprocess) {
			continue
		}
		same := func(other start) bool { return len(settings.Changes(s, other.Settings)) == 0 }
		if p.valid(s) && !slices.ContainsFunc(found, same) {
			found = append(found, start{k.name, s})
		}
	}
	return found, nil
}

// presetSide is the side of the images that the presets of images were made for.
const presetSide = 28

// adapt makes settings of a preset those of the data: windows are the same share of the side,
// and what has to do with the data is the base's.
func (p *space) adapt(s *settings.Settings) {
	base, own := p.base(), s.Preprocess
	s.Seed, s.Data, s.Preprocess = base.Seed, base.Data, base.Preprocess
	s.Learning.Epochs, s.Learning.Best = p.Epochs, false
	if base.Preprocess.Projection == 0 {
		s.Preprocess.Noise = own.Noise
	}
	if p.looksFree() {
		s.Preprocess.Standardise = own.Standardise
		s.Preprocess.Augment = own.Augment
		s.Preprocess.Augment.Shift = round2(own.Augment.Shift * float64(p.side()) / presetSide)
	}
	if stack(s.Network) {
		if p.looksFree() {
			s.Preprocess.Contrast, s.Preprocess.Whiten = own.Contrast, own.Whiten
		}
		p.arrange(s.Network, p.stackWindow(), 4)
	} else if m := &s.Network.Modules[0]; m.Input.Window > 0 {
		m.Input.Window = p.window(float64(m.Input.Window) / presetSide)
	}
	p.fit(s)
}
