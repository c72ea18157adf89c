package network

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"basin/internal/keys"
	"basin/internal/layout"
	"basin/network/coupling"
)

// Network is a drawn network. Its couplings are changed by package plasticity only;
// reading it from several goroutines at once is safe while nobody does.
type Network struct {
	// Spec without a chain: see [Spec.Expand].
	Spec Spec
	// InputShape is {features}, {height, width} or {height, width, channels}.
	InputShape []int
	// Classes is C >= 2.
	Classes int
	// Modules in the order of Spec.Modules.
	Modules []*Module
	// Pathways are the directions of Spec.Links, in their order, forward before backward.
	Pathways []*Pathway
	// Readout reads the neurons of the modules with Read.
	Readout *Readout
	// Integers says that its couplings are integers; zero that they are real numbers.
	Integers Integers
}

// Module is one drawn module.
type Module struct {
	// Neurons is N.
	Neurons int
	// Offset is where the module's neurons begin in a state of the whole network.
	Offset int
	// SelfCoupling is J_D.
	SelfCoupling float32
	// Tanh is the gain of continuous neurons, s_i = tanh(Tanh h_i); zero is binary ones.
	Tanh float32
	// Read says that the readout reads the module.
	Read bool
	// Recurrent is J, nil for a module without recurrent couplings.
	Recurrent coupling.Block
	// Input is W, nil for a module that does not see the input.
	Input coupling.Input
	// Feedback is F at strength f = 1, one padded row of neurons per class:
	// Feedback[c*Padded()+i] ~ N(0, 1/C); nil in a network of integers.
	Feedback []float32
	// Bias is b, padded, or nil.
	Bias []float32
}

// Padded returns the padded number of neurons.
func (m *Module) Padded() int { return layout.Padded(m.Neurons) }

// Inputs returns D, the number of input values.
func (n *Network) Inputs() int { return product(n.InputShape) }

// Neurons returns the number of neurons of all modules together.
func (n *Network) Neurons() int {
	total := 0
	for _, m := range n.Modules {
		total += m.Neurons
	}
	return total
}

// Differs says what differs first between the network's spec and that of settings, as
// "modules.1 is ... in the network, ... in the settings", or returns "". A chain of the
// settings is written out; nil and empty lists are the same.
func (n *Network) Differs(settings Spec) string {
	drawn, set := n.Spec, settings.Expand()
	if drawn.Chain != set.Chain {
		return fmt.Sprintf("chain is %+v in the network, %+v in the settings written out", drawn.Chain, set.Chain)
	}
	return cmp.Or(
		listsDiffer("modules", drawn.Modules, set.Modules), listsDiffer("links", drawn.Links, set.Links),
		listsDiffer("feedback", drawn.Feedback, set.Feedback), listsDiffer("readout", drawn.Readout, set.Readout))
}

func listsDiffer[T comparable](key string, drawn, set []T) string {
	if len(drawn) != len(set) {
		return fmt.Sprintf("%s has %d entries in the network, %d in the settings", key, len(drawn), len(set))
	}
	for i := range set {
		if drawn[i] != set[i] {
			return fmt.Sprintf("%s.%d is %+v in the network, %+v in the settings", key, i, drawn[i], set[i])
		}
	}
	return ""
}

// ReadNeurons returns the number of neurons that the readout reads.
func (n *Network) ReadNeurons() int {
	total := 0
	for _, m := range n.Modules {
		if m.Read {
			total += m.Neurons
		}
	}
	return total
}

// Continuous reports whether some module has tanh neurons.
func (n *Network) Continuous() bool {
	return slices.ContainsFunc(n.Modules, func(m *Module) bool { return m.Tanh > 0 })
}

// Blocks lists the blocks of couplings among neurons: J of each module, then those of the
// links.
func (n *Network) Blocks() []coupling.Block {
	var blocks []coupling.Block
	for _, m := range n.Modules {
		if m.Recurrent != nil {
			blocks = append(blocks, m.Recurrent)
		}
	}
	for _, p := range n.Pathways {
		if p.Block != nil {
			blocks = append(blocks, p.Block)
		}
	}
	return blocks
}

// Fold writes the scales of all blocks into their values.
func (n *Network) Fold() {
	n.EachBlock(func(_ string, block coupling.Couplings) { block.Fold() })
}

// StateSize returns the length of a state of the whole network: the padded sizes of
// its modules, one after the other. Neuron i of module m is at Modules[m].Offset + i.
func (n *Network) StateSize() int {
	total := 0
	for _, m := range n.Modules {
		total += m.Padded()
	}
	return total
}

// Couplings counts the stored couplings of each kind over all modules.
type Couplings struct {
	Recurrent int `json:"recurrent"`
	Links     int `json:"links,omitempty"`
	Input     int `json:"input"`
	Feedback  int `json:"feedback"`
	Readout   int `json:"readout"`
}

// Couplings returns how many couplings the network has. Self-couplings and one-to-one
// links, which have one number for all neurons, and biases, which have one for each, do
// not count.
func (n *Network) Couplings() Couplings { return n.count(coupling.Couplings.Count) }

// Synapses is Couplings, but a shared coupling counts for each neuron that has it.
func (n *Network) Synapses() Couplings { return n.count(coupling.Synapses) }

func (n *Network) count(of func(coupling.Couplings) int) Couplings {
	var c Couplings
	for _, m := range n.Modules {
		if m.Recurrent != nil {
			c.Recurrent += of(m.Recurrent)
		}
		if m.Input != nil {
			c.Input += of(m.Input)
		}
		if m.Feedback != nil {
			c.Feedback += m.Neurons * n.Classes
		}
	}
	for _, p := range n.Pathways {
		if p.Block != nil {
			c.Links += of(p.Block)
		}
	}
	c.Readout = n.ReadNeurons() * n.Classes
	return c
}

// Learned returns how many couplings the rule may change: of the input, among neurons, of links
// that are learned, and of the readout. A shared coupling counts once.
func (n *Network) Learned() int {
	c := n.Couplings()
	learned := c.Recurrent + c.Input + c.Readout
	for _, p := range n.Pathways {
		if p.Learned {
			learned += p.Block.Count()
		}
	}
	return learned
}

// Footprint returns the bytes that couplings and their indices take in memory.
func (n *Network) Footprint() int64 {
	var bytes int64
	n.EachBlock(func(_ string, block coupling.Couplings) { bytes += block.Footprint() })
	for _, m := range n.Modules {
		bytes += 4 * int64(len(m.Feedback)+len(m.Bias))
	}
	return bytes + 4*int64(len(n.Readout.Couplings)+len(n.Readout.Average))
}

// Code says how a label is written on the feedback: the value of ytilde_c for the
// right class and for each wrong class.
type Code string

// The label codes of the model.
const (
	// Balanced sends sqrt(C-1)/2 for the right class, -1/sqrt(C-1) for each wrong one.
	Balanced Code = "balanced"
	// Centred sends sqrt(C)/2 and -1/2.
	Centred Code = "centred"
	// PlusMinusOne sends +1 and -1.
	PlusMinusOne Code = "pm1"
	// Rival sends, in place of F ytilde, what the readout has for the right class and against
	// its rival, the wrong class with the largest logit: it depends on the state, and package
	// protocol has its fields.
	Rival Code = "rival"
)

// Codes returns all label codes.
func Codes() []Code { return []Code{Balanced, Centred, PlusMinusOne, Rival} }

// Values returns ytilde of the right and of a wrong class among C >= 2 classes.
// It reports an error for an unknown code, and for [Rival].
func (c Code) Values(classes int) (right, wrong float64, err error) {
	C := float64(classes)
	switch c {
	case Balanced:
		return math.Sqrt(C-1) / 2, -1 / math.Sqrt(C-1), nil
	case Centred:
		return math.Sqrt(C) / 2, -0.5, nil
	case PlusMinusOne:
		return 1, -1, nil
	}
	if c == Rival {
		return 0, 0, fmt.Errorf("network: label code %q has no value for each class: it depends on the logits", string(c))
	}
	return 0, 0, fmt.Errorf("network: label code %q, want %s", string(c), keys.Or(keys.Quoted(keys.Names(Codes()...))))
}

// FeedbackFields returns the feedback field of each class at strength f: row c, of
// length [Network.StateSize], holds f_m * sum_c' F_ic' ytilde_c' for a sample of class c,
// with f_m = f times the strength of Spec.Feedback on the neuron's module, for the
// modules given (all, if none is) and zero for others. Sums run over ascending c' in float32.
// It reports an error for an unknown code and for a module that does not exist.
func (n *Network) FeedbackFields(code Code, strength float64, modules ...int) ([][]float32, error) {
	right, wrong, err := code.Values(n.Classes)
	if err != nil {
		return nil, err
	}
	if n.Integers.Bits > 0 {
		return nil, errors.New("network: a network of integers has no feedback: it predicts and does not learn")
	}
	if len(modules) == 0 {
		for index := range n.Modules {
			modules = append(modules, index)
		}
	}
	for _, index := range modules {
		if index < 0 || index >= len(n.Modules) {
			return nil, fmt.Errorf("network: feedback on module %d, want a module from 0 to %d", index, len(n.Modules)-1)
		}
	}
	fields := make([][]float32, n.Classes)
	for class := range fields {
		fields[class] = make([]float32, n.StateSize())
		for _, index := range modules {
			m, strength := n.Modules[index], strength
			if len(n.Spec.Feedback) > 0 {
				strength *= n.Spec.Feedback[index]
			}
			size := m.Padded()
			row := fields[class][m.Offset : m.Offset+size]
			for c := range n.Classes {
				y := float32(strength * wrong)
				if c == class {
					y = float32(strength * right)
				}
				for i, f := range m.Feedback[c*size : (c+1)*size] {
					row[i] += float32(f * y)
				}
			}
		}
	}
	return fields, nil
}

func product(shape []int) int {
	p := 1
	for _, n := range shape {
		p *= n
	}
	return p
}
