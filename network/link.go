package network

import (
	"slices"

	"basin/internal/keys"
	"basin/network/coupling"
)

// LinkKind says what a link between two modules is made of.
type LinkKind string

const (
	// Excitatory links are fixed and positive: one to one between modules of equal
	// size, or from a few random senders to each neuron.
	Excitatory LinkKind = "excitatory"
	// Learned links are asymmetric couplings that learn like J.
	Learned LinkKind = "learned"
	// Pool links are fixed and positive, from the neurons of one channel in a window to the
	// neuron of that channel at the window's place.
	Pool LinkKind = "pool"
)

func linkKinds() []LinkKind { return []LinkKind{Excitatory, Learned, Pool} }

// Direction says which of its two modules a link reaches.
type Direction string

const (
	// Forward acts from the first of Between on the second.
	Forward Direction = "forward"
	// Backward acts from the second on the first.
	Backward Direction = "backward"
	// Both acts both ways, with couplings drawn independently.
	Both Direction = "both"
)

// Link joins two modules, given by their place in the list of modules. Between any two
// there may be several links, and links may skip modules or close cycles of them.
type Link struct {
	Kind LinkKind `yaml:"kind" json:"kind"`
	// Between names the two modules, counted from 0; they differ.
	Between [2]int `yaml:"between" json:"between"`
	// Direction is forward, backward or both; empty is both.
	Direction Direction `yaml:"direction,omitempty" json:"direction,omitempty"`
	// Strength is lambda >= 0 of an excitatory link, above zero of a pool, in units of the
	// field: what a neuron receives over it when all its senders are +1.
	Strength float64 `yaml:"strength,omitempty" json:"strength"`
	// FanIn is K of an excitatory link: each neuron receives lambda/K from K random
	// neurons of the other module. Zero is one to one, which needs equal sizes.
	FanIn int `yaml:"fan_in,omitempty" json:"fan_in,omitempty"`
	// Gain is g >= 0 of a learned link: couplings begin as N(0, g^2/(rho N)) with N
	// senders; zero begins at zero.
	Gain float64 `yaml:"gain,omitempty" json:"gain,omitempty"`
	// Density is rho in (0, 1] of a learned link.
	Density float64 `yaml:"density,omitempty" json:"density,omitempty"`
	// Reach, if above zero, makes the mask of a learned link topographic: see
	// [RecurrentSpec].
	Reach float64 `yaml:"reach,omitempty" json:"reach,omitempty"`
	// Window, if above zero, is the side of the windows through which a learned link or a pool
	// sees its sender, a module on a grid. A receiver on a grid has them at every Stride-th
	// row and column; any other neuron one at a random place, as those of [InputSpec].
	Window int `yaml:"window,omitempty" json:"window,omitempty"`
	// Stride is the distance of neighbouring windows; zero is 1, or the window of a pool.
	Stride int `yaml:"stride,omitempty" json:"stride,omitempty"`
	// Border is how far the windows of a learned link between grids reach beyond the sender,
	// below Window: nothing is received from there.
	Border int `yaml:"border,omitempty" json:"border,omitempty"`
	// Shared gives each channel of the receiver one vector of couplings for all places of a
	// learned link.
	Shared bool `yaml:"shared,omitempty" json:"shared,omitempty"`
	// Imprint makes the couplings of a forward learned link begin with states of its sender, g
	// long: see protocol.Draw.
	Imprint bool `yaml:"imprint,omitempty" json:"imprint,omitempty"`
	// Level is m of a pool: a neuron fires where at least m of the K senders in its window
	// do, 1 to K. Zero is half of them, rounded up, or what the activity of the receivers asks
	// for.
	Level int `yaml:"level,omitempty" json:"level,omitempty"`
}

// Directions returns the pairs (from, to) of modules along which a link acts.
func (l Link) Directions() [][2]int {
	forward, backward := l.Between, [2]int{l.Between[1], l.Between[0]}
	switch l.Direction {
	case Forward:
		return [][2]int{forward}
	case Backward:
		return [][2]int{backward}
	}
	return [][2]int{forward, backward}
}

// joins says that a link is between two of so many modules.
func (l Link) joins(modules int) bool {
	a, b := l.Between[0], l.Between[1]
	return min(a, b) >= 0 && max(a, b) < modules && a != b
}

// validate reports what does not go together in a link between some of the modules.
func (l Link) validate(m *keys.Mistakes, at string, modules []ModuleSpec) {
	a, b := l.Between[0], l.Between[1]
	known := l.joins(len(modules))
	if !known {
		m.Report(at+".between", "is [%d, %d], want two different modules from 0 to %d", a, b, len(modules)-1)
	}
	for _, number := range []struct {
		key   string
		value float64
		kinds []LinkKind
	}{
		{"strength", l.Strength, []LinkKind{Excitatory, Pool}},
		{"fan_in", float64(l.FanIn), []LinkKind{Excitatory}},
		{"gain", l.Gain, []LinkKind{Learned}},
		{"density", l.Density, []LinkKind{Learned}},
		{"reach", l.Reach, []LinkKind{Learned}},
		{"window", float64(l.Window), []LinkKind{Learned, Pool}},
		{"stride", float64(l.Stride), []LinkKind{Learned, Pool}},
		{"border", float64(l.Border), []LinkKind{Learned}},
		{"level", float64(l.Level), []LinkKind{Pool}},
	} {
		if number.value != 0 && !slices.Contains(number.kinds, l.Kind) && slices.Contains(linkKinds(), l.Kind) {
			m.Report(at+"."+number.key, "is %v, but the link is %s: only one that is %s has it", number.value, l.Kind, keys.Or(keys.Names(number.kinds...)))
		}
	}
	switch {
	case l.Kind == Learned && l.Density == 0:
		m.Report(at+".density", "is 0, want the share of couplings that a learned link has, above 0 and at most 1")
	case l.Kind == Learned && l.Reach > 0 && l.Density == 1:
		m.Report(at+".reach", "is %v at density 1, where every coupling is present: want a density below 1", l.Reach)
	case l.Imprint && (l.Kind != Learned || l.Direction != Forward || l.Gain == 0 || l.Border > 0):
		m.Report(at+".imprint", "is true, want a learned link that is forward, with a gain above 0 and no border")
	case l.Imprint && known && l.Between[0] > l.Between[1]:
		m.Report(at+".imprint", "is true, but module %d comes after module %d: want a link from a module before", l.Between[0], l.Between[1])
	case l.Kind == Excitatory && known:
		l.validateSizes(m, at, modules)
	}
	if known {
		l.validateWindow(m, at, modules)
	}
}

// validateSizes holds that the modules of an excitatory link have neurons to join.
func (l Link) validateSizes(m *keys.Mistakes, at string, modules []ModuleSpec) {
	one, other := modules[l.Between[0]], modules[l.Between[1]]
	if a, b := one.Neurons, other.Neurons; l.FanIn == 0 && a != b && one.Channels == 0 && other.Channels == 0 {
		m.Report(at+".between", "joins %d and %d neurons one to one, want equal numbers, or fan_in above 0", a, b)
	}
	for _, ends := range l.Directions() {
		if senders := modules[ends[0]].Neurons; l.FanIn > senders && modules[ends[0]].Channels == 0 {
			m.Report(at+".fan_in", "is %d, but module %d has %d neurons", l.FanIn, ends[0], senders)
		}
	}
}

// Pathway is one direction of a drawn link.
type Pathway struct {
	// From and To are the modules at its ends, counted from 0.
	From, To int
	// Strength is lambda of a link that joins neuron i of both modules one to one;
	// Block is then nil.
	Strength float32
	// Block holds the couplings of any other link.
	Block coupling.Block
	// Learned says that the couplings of Block are plastic.
	Learned bool
}

// pathways returns the pathways of a spec without couplings, in the order of the links,
// forward before backward, between modules of some sizes.
func (s Spec) pathways(sizes []Size) []*Pathway {
	var list []*Pathway
	for _, link := range s.Links {
		for _, ends := range link.Directions() {
			p := &Pathway{From: ends[0], To: ends[1], Learned: link.Kind == Learned}
			sender, receiver := sizes[p.From], sizes[p.To]
			shape := coupling.Shape{Receivers: receiver.Neurons, Senders: sender.Neurons, FanIn: link.fanIn(sender)}
			switch {
			case link.Shared:
				p.Block = coupling.NewShared(link.grid(sender.Image, receiver.Image.Channels), false)
			case p.Learned && link.Window > 0:
				p.Block = coupling.NewSparse(shape)
			case p.Learned:
				p.Block = outlineBlock(shape, link.Density)
			case link.FixedFanIn() > 0:
				p.Block = coupling.NewSparse(shape)
			default:
				p.Strength = float32(link.Strength)
			}
			list = append(list, p)
		}
	}
	return list
}
