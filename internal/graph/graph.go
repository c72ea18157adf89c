package graph

import (
	"fmt"
	"path/filepath"
	"slices"

	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// Graph is what is drawn: the modules and links of a network in words. [New] makes it.
type Graph struct {
	// Name says whose network it is, in the title.
	Name string
	// Input and Readout are the words at the two ends of the network.
	Input, Readout string

	modules []module
	links   []network.Link
}

// module says what a module is, and to what it is joined; "" for nothing.
type module struct {
	neurons   int
	channels  int // of a module on a grid, whose neurons are as many as the data make
	tanh      string
	self      string // J_D
	recurrent string
	input     string
	label     string // phases in which it hears the label
	read      bool
}

// New describes the network of valid settings, named after the data set. Input and Readout
// are these two words.
func New(s settings.Settings) *Graph {
	spec := s.Network.Expand()
	g := &Graph{Name: filepath.Base(s.Data.Set), Input: "input", Readout: "readout", links: spec.Links}
	for index, m := range spec.Modules {
		g.modules = append(g.modules, module{
			neurons: m.Neurons, channels: m.Channels, tanh: optionalNumber("tanh %g", m.Tanh), self: fmt.Sprintf("%g", m.SelfCoupling),
			recurrent: recurrentWords(m.Recurrent), input: inputWords(m.Input), label: labelWords(s, index),
			read: len(spec.Readout) == 0 || slices.Contains(spec.Readout, index),
		})
	}
	return g
}

// size says how many neurons there are, or channels on a grid.
func (m module) size() string {
	switch {
	case m.channels == 0:
		return counted(m.neurons, "neuron")
	case m.neurons == 0:
		return counted(m.channels, "channel")
	}
	return counted(m.neurons, "neuron") + " and " + counted(m.channels, "channel")
}

// title says what is drawn.
func (g *Graph) title() string {
	var total module
	for _, m := range g.modules {
		total.neurons += m.neurons
		total.channels += m.channels
	}
	title := fmt.Sprintf("%s: %s in %s", g.Name, total.size(), counted(len(g.modules), "module"))
	if len(g.links) > 0 {
		title += ", " + counted(len(g.links), "link")
	}
	return title
}

// Hears lists the phases with sweeps in which a module hears the label, and the strength
// of it as a factor of learning.feedback; nil and 0 for a module that never does. The
// settings are valid, and modules are counted from 0 as if a chain were written out.
func Hears(s settings.Settings, module int) (phases []string, strength float64) {
	strength = 1
	if len(s.Network.Feedback) > 0 {
		strength = s.Network.Feedback[module]
	}
	if f := s.Learning.Feedback; strength == 0 || f.Start == 0 && f.End == 0 {
		return nil, 0
	}
	for _, phase := range s.Protocol().Phases(s.Network) {
		if phase.Sweeps > 0 && slices.Contains(phase.Hears, module) {
			phases = append(phases, phaseWords[phase.Name])
		}
	}
	return phases, strength
}

// phaseWords are the phases by the state at their end.
var phaseWords = map[protocol.ReadoutState]string{protocol.OnInference: "warm-up", protocol.OnClamped: "clamped", protocol.OnFree: "free"}
