package network

import (
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
)

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
	// Strength is lambda >= 0 of an excitatory link, in units of the field: what a
	// neuron receives over it when all its senders are +1.
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

// validate reports what does not go together in a link between some of the modules.
func (l Link) validate(m *keys.Mistakes, at string, modules []ModuleSpec) {
	a, b := l.Between[0], l.Between[1]
	known := min(a, b) >= 0 && max(a, b) < len(modules) && a != b
	if !known {
		m.Report(at+".between", "is [%d, %d], want two different modules from 0 to %d", a, b, len(modules)-1)
	}
	for _, number := range []struct {
		key   string
		value float64
		kind  LinkKind
	}{
		{"strength", l.Strength, Excitatory},
		{"fan_in", float64(l.FanIn), Excitatory},
		{"gain", l.Gain, Learned},
		{"density", l.Density, Learned},
		{"reach", l.Reach, Learned},
	} {
		if number.value != 0 && number.kind != l.Kind && (l.Kind == Excitatory || l.Kind == Learned) {
			m.Report(at+"."+number.key, "is %v, but the link is %s: only one that is %s has it", number.value, l.Kind, number.kind)
		}
	}
	switch {
	case l.Kind == Learned && l.Density == 0:
		m.Report(at+".density", "is 0, want the share of couplings that a learned link has, above 0 and at most 1")
	case l.Kind == Learned && l.Reach > 0 && l.Density == 1:
		m.Report(at+".reach", "is %v at density 1, where every coupling is present: want a density below 1", l.Reach)
	case l.Kind == Excitatory && known:
		l.validateSizes(m, at, modules)
	}
}

// validateSizes holds that the modules of an excitatory link have neurons to join.
func (l Link) validateSizes(m *keys.Mistakes, at string, modules []ModuleSpec) {
	a, b := modules[l.Between[0]].Neurons, modules[l.Between[1]].Neurons
	if l.FanIn == 0 && a != b {
		m.Report(at+".between", "joins %d and %d neurons one to one, want equal numbers, or fan_in above 0", a, b)
	}
	for _, ends := range l.Directions() {
		if senders := modules[ends[0]].Neurons; l.FanIn > senders {
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
// forward before backward.
func (s Spec) pathways() []*Pathway {
	var list []*Pathway
	for _, link := range s.Links {
		for _, ends := range link.Directions() {
			p := &Pathway{From: ends[0], To: ends[1], Learned: link.Kind == Learned}
			senders, receivers := s.Modules[p.From].Neurons, s.Modules[p.To].Neurons
			switch {
			case p.Learned:
				p.Block = outlineBlock(coupling.Shape{Receivers: receivers, Senders: senders, FanIn: link.Density * float64(senders)}, link.Density)
			case link.FanIn > 0:
				p.Block = coupling.NewSparse(coupling.Shape{Receivers: receivers, Senders: senders, FanIn: float64(link.FanIn)})
			default:
				p.Strength = float32(link.Strength)
			}
			list = append(list, p)
		}
	}
	return list
}
