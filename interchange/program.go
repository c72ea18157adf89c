package interchange

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"basin/checkpoint"
	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// ErrReal says that the couplings of a model are real numbers, where only integers can be
// written: those of a model that [network.Quantise] made.
var ErrReal = errors.New("the couplings of the model are real numbers, want integers of a few bits")

// program is the prediction of a network of integers, ready to be written in any language that
// has integers of 32 bits.
//
// All terms of the field on a neuron are counted in a unit of its own, the largest power of two
// of which they are multiples. The sum of their sizes is at most 2^24 units (see
// [network.Quantise]), so that 32 bits hold every sum of some of them. The input and the bias
// are added up once. After that a neuron that changed adds its couplings to the fields of their
// receivers: once as it gets its first state, twice as it flips.
type program struct {
	Labels  []string // of the classes, in quotation marks and ASCII
	Divisor float32  // the raw value that becomes byte 255
	Signs   bool     // inputs are signs, 0 for -1
	// Numbers of the network; neurons are counted through all modules.
	Inputs, Neurons, Classes, Sweeps int
	// ByModule says that sweeps go module after module, Cycles that a state which comes
	// again is the end.
	ByModule, Cycles bool
	// Narrow says that 16 bits hold every field.
	Narrow   bool
	Modules  []*module
	Blocks   []*block
	Readout  table // couplings of the classes, neuron after neuron of the modules that are read
	Exponent int   // logits are integers times 2^Exponent
}

// module is one module of neurons.
type module struct {
	Index, First, Neurons int
	Read                  bool
	Bias                  table
	Self                  int32 // self-coupling in the unit of Shift
	Shift                 table // of terms that are one for all neurons; nil without any
	Input                 *input
	units                 []int // of the neurons, exponents
	shared                int   // the exponent of the unit of the terms that are one for all
}

// newProgram takes a model apart. It reports a network of real numbers, and sweeps that draw
// at random.
func newProgram(m *checkpoint.Model) (*program, error) {
	if err := checkpoint.CanSave(m); err != nil {
		return nil, fmt.Errorf("interchange: %w", err)
	}
	n, d := m.Network, m.Settings.Dynamics
	if n.Integers.Bits == 0 {
		return nil, fmt.Errorf("interchange: %w", ErrReal)
	}
	if d.Order == dynamics.Partial || d.Order == dynamics.Sequential {
		return nil, fmt.Errorf("interchange: sweeps of the model are %s (dynamics.order) and draw at random, which source code does not: want parallel sweeps or those module after module", d.Order)
	}
	p := &program{
		Divisor: m.Encoder.Divisor, Signs: n.Integers.Signs,
		Inputs: n.Inputs(), Neurons: n.Neurons(), Classes: n.Classes, Sweeps: d.Evaluation,
		ByModule: d.Order == dynamics.Modules, Cycles: d.Stop == dynamics.StopAtCycle,
	}
	for _, name := range m.Names() {
		p.Labels = append(p.Labels, strconv.QuoteToASCII(name))
	}
	first := 0
	for index, nm := range n.Modules {
		p.Modules = append(p.Modules, &module{Index: index, First: first, Neurons: nm.Neurons, Read: nm.Read})
		first += nm.Neurons
	}
	p.measure(n)
	for index, nm := range n.Modules {
		if nm.Input != nil {
			p.addInput(n, index)
		}
		if nm.Recurrent != nil {
			p.addBlock(nm.Recurrent, index, index, false)
		}
	}
	for _, pathway := range n.Pathways {
		if pathway.Block != nil {
			p.addBlock(pathway.Block, pathway.From, pathway.To, !pathway.Learned)
		} else {
			p.addFacing(pathway)
		}
	}
	p.addReadout(n)
	return p, nil
}

// terms visits all terms of the field on a neuron that are not zero, with the largest number
// that multiplies each; shared says that it is one for all neurons of the module.
func terms(n *network.Network, index, i int, visit func(value float32, times float64, shared bool)) {
	m := n.Modules[index]
	one := func(value float32, times float64, shared bool) {
		if value != 0 {
			visit(value, times, shared)
		}
	}
	row := func(c coupling.Couplings, times float64, shared bool) {
		c.Rows(i, i+1, func(_, _ int, value *float32) bool {
			one(*value, times, shared)
			return true
		})
	}
	one(m.SelfCoupling, 1, true)
	one(m.Bias[i], 1, false)
	if m.Input != nil && n.Integers.Signs {
		row(m.Input, 1, false)
	} else if m.Input != nil {
		row(m.Input, math.MaxUint8, false)
	}
	if m.Recurrent != nil {
		row(m.Recurrent, 1, false)
	}
	for _, p := range n.Pathways {
		switch {
		case p.To != index:
		case p.Block == nil:
			one(p.Strength, 1, true)
		default:
			row(p.Block, 1, !p.Learned)
		}
	}
}

// measure finds the unit of every neuron, and gives modules their biases and self-couplings.
func (p *program) measure(n *network.Network) {
	most := 0.0
	for index, m := range p.Modules {
		m.shared = math.MaxInt
		for i := range m.Neurons {
			unit, size := math.MaxInt, 0.0
			terms(n, index, i, func(value float32, times float64, shared bool) {
				lowest := coupling.LowestBit(value)
				unit, size = min(unit, lowest), size+times*math.Abs(float64(value))
				if shared {
					m.shared = min(m.shared, lowest)
				}
			})
			if unit == math.MaxInt {
				unit = 0 // nothing reaches the neuron
			}
			m.units = append(m.units, unit)
			m.Bias = append(m.Bias, inUnits(n.Modules[index].Bias[i], unit))
			most = max(most, math.Ldexp(size, -unit))
		}
		if m.shared == math.MaxInt {
			continue
		}
		m.Self = inUnits(n.Modules[index].SelfCoupling, m.shared)
		for _, unit := range m.units { // all neurons have these terms, so that none has a larger unit
			m.Shift = append(m.Shift, int32(m.shared-unit))
		}
	}
	p.Narrow = most <= math.MaxInt16
}

// inUnits returns how many units of 2^exponent a value is.
func inUnits(value float32, exponent int) int32 {
	return int32(math.Ldexp(float64(value), -exponent))
}

// addReadout adds the couplings of the neurons that are read.
func (p *program) addReadout(n *network.Network) {
	each := func(visit func(v float32)) {
		for _, m := range n.Modules {
			for i := range m.Neurons {
				if m.Read {
					for _, v := range n.Readout.Row(n.Readout.Couplings, m.Offset+i) {
						visit(v)
					}
				}
			}
		}
	}
	p.Exponent = math.MaxInt
	each(func(v float32) {
		if v != 0 {
			p.Exponent = min(p.Exponent, coupling.LowestBit(v))
		}
	})
	if p.Exponent == math.MaxInt {
		p.Exponent = 0
	}
	each(func(v float32) { p.Readout = append(p.Readout, inUnits(v, p.Exponent)) })
}
