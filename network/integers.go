package network

import (
	"errors"
	"fmt"
	"math"

	"basin/network/coupling"
)

// Integers says that every coupling of a network is an integer times a power of two: see
// [Quantise]. Such a network predicts and does not learn.
type Integers struct {
	// Bits of a coupling, from 2 to 8, its sign among them; zero is a network of real numbers.
	Bits int `json:"bits"`
	// Signs says that inputs are -1 and +1; else they are the integers 0..255, to which
	// others are rounded.
	Signs bool `json:"signs,omitempty"`
}

// The ends of Bits.
const (
	FewestBits = 2
	MostBits   = 8
)

// Validate reports a number of bits that is neither zero nor from 2 to 8.
func (q Integers) Validate() error {
	if q.Bits != 0 && (q.Bits < FewestBits || q.Bits > MostBits) {
		return fmt.Errorf("network: couplings of %d bits, want %d to %d", q.Bits, FewestBits, MostBits)
	}
	if q.Bits == 0 && q.Signs {
		return errors.New("network: inputs of signs without couplings of integers")
	}
	return nil
}

// largestInput returns the largest input without its sign.
func (q Integers) largestInput() float64 {
	if q.Signs {
		return 1
	}
	return math.MaxUint8
}

// exactBits is the number of binary digits of a number of 32 bits: sums of multiples of a unit
// are exact, in every order, where the sum of their sizes is not above 2^exactBits units.
const exactBits = 24

// exactness is what a field is made of: the exponent of a unit of which all its terms are
// multiples, and the sum of their sizes.
type exactness struct {
	unit int
	size float64
}

func newExactness() exactness { return exactness{unit: math.MaxInt} }

// add counts a term, times times.
func (x *exactness) add(value float32, times float64) {
	if value != 0 {
		x.unit = min(x.unit, coupling.LowestBit(value))
		x.size += times * math.Abs(float64(value))
	}
}

// exact reports whether all sums of terms are exact.
func (x *exactness) exact() bool { return x.size == 0 || math.Ldexp(x.size, -x.unit) <= 1<<exactBits }

// finishIntegers completes a network of integers: it holds that every sum of the dynamics is
// exact, and gives inputs their bytes.
func (n *Network) finishIntegers() error {
	if n.Integers.Bits == 0 {
		return nil
	}
	for index, m := range n.Modules {
		if m.Tanh > 0 {
			return fmt.Errorf("network: module %d: continuous neurons need real numbers, want tanh 0", index)
		}
		for i := range m.Neurons {
			if x := n.fieldOf(index, i); !x.exact() {
				return fmt.Errorf("network: module %d, neuron %d: terms of its field add up to %v units of 2^%d, want at most 2^%d, where sums are exact", index, i, math.Ldexp(x.size, -x.unit), x.unit, exactBits)
			}
		}
		if _, done := m.Input.(*coupling.Integer); m.Input != nil && !done {
			input, err := coupling.NewInteger(m.Input, n.Integers.Signs)
			if err != nil {
				return fmt.Errorf("network: module %d: input couplings: %w", index, err)
			}
			m.Input = input
		}
	}
	logits := make([]exactness, n.Classes)
	for c := range logits {
		logits[c] = newExactness()
	}
	for at := range n.StateSize() {
		for c, v := range n.Readout.Row(n.Readout.Couplings, at) {
			logits[c].add(v, 1)
		}
	}
	for c := range logits {
		if !logits[c].exact() {
			return fmt.Errorf("network: readout: couplings of class %d add up to more than 2^%d units of 2^%d: sums are not exact", c, exactBits, logits[c].unit)
		}
	}
	if err := n.Readout.finishIntegers(n.StateSize()); err != nil {
		return fmt.Errorf("network: readout: %w", err)
	}
	return nil
}

// fieldOf returns what the field of a neuron is made of.
func (n *Network) fieldOf(module, i int) exactness {
	x, m := n.constants(module), n.Modules[module]
	if m.Bias != nil {
		x.add(m.Bias[i], 1)
	}
	count := func(c coupling.Couplings, times float64) {
		c.Rows(i, i+1, func(_, _ int, value *float32) bool {
			x.add(*value, times)
			return true
		})
	}
	if m.Recurrent != nil {
		count(m.Recurrent, 1)
	}
	if m.Input != nil {
		count(m.Input, n.Integers.largestInput())
	}
	for _, p := range n.Pathways {
		if p.To == module && p.Block != nil {
			count(p.Block, 1)
		}
	}
	return x
}
