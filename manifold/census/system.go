package census

import (
	"errors"
	"fmt"
	"math"

	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// system is a network with its input in integers: the field on neuron i in state s is
//
//	quantum * (drive[i] + sum_j coupling[j][i] s_j)
//
// with self-couplings and links among the couplings. Every field and every partial sum
// is below 2^61.
type system struct {
	neurons  int
	drive    [MaxNeurons]int64
	coupling [MaxNeurons][MaxNeurons]int64 // by sender, then receiver
	quantum  float64                       // a power of two
	ceiling  float64                       // a sum of absolute values that no field exceeds
}

// newSystem takes network n with input x, for margins up to a given size.
func newSystem(n *network.Network, x []float32, most int, margin float64) (*system, error) {
	if err := check(n, x, most); err != nil {
		return nil, err
	}
	fields, err := inputFields(n, x)
	if err != nil {
		return nil, err
	}
	J := couplings(n)
	s := &system{neurons: n.Neurons()}
	for i := range s.neurons {
		sum := math.Abs(fields[i]) + math.Abs(margin)
		for j := range s.neurons {
			sum += math.Abs(J[j][i])
		}
		if math.IsNaN(sum) || math.IsInf(sum, 0) {
			return nil, fmt.Errorf("census: neuron %d: its couplings, input and margin add up to %v, want finite numbers", i, sum)
		}
		s.ceiling = max(s.ceiling, sum)
	}
	// ceiling <= 2^exponent, so that a field is at most 2^60 before the rounding of
	// its parts and below 2^61 after it.
	_, exponent := math.Frexp(s.ceiling)
	s.quantum = math.Ldexp(1, exponent-60)
	for j := range s.neurons {
		s.drive[j] = s.integer(fields[j])
		for i := range s.neurons {
			s.coupling[j][i] = s.integer(J[j][i])
		}
	}
	return s, nil
}

// integer returns the multiple of the quantum next to a value. It is even, so that half
// of its step is left for [system.demanding].
func (s *system) integer(value float64) int64 {
	return 2 * int64(math.RoundToEven(value/(2*s.quantum)))
}

// demanding returns a system whose states without a neuron to flip are those with
// s_i h_i > kappa for all i: a margin acts like that much less self-coupling, and the
// odd last unit makes the inequality strict at either sign.
func (s *system) demanding(kappa float64) *system {
	d := *s
	for i := range s.neurons {
		d.coupling[i][i] -= s.integer(kappa) + 1
	}
	return &d
}

// fields writes the fields of a state, in quanta.
func (s *system) fields(state State, h *[MaxNeurons]int64) {
	*h = s.drive
	for j := range s.neurons {
		spin := int64(state.Spin(j))
		for i := range s.neurons {
			h[i] += spin * s.coupling[j][i]
		}
	}
}

// check reports what a census cannot take.
func check(n *network.Network, x []float32, most int) error {
	if n == nil || len(n.Modules) == 0 {
		return errors.New("census: no network")
	}
	if neurons := n.Neurons(); neurons < 1 || neurons > most {
		return fmt.Errorf("census: a network of %d neurons, want 1 to %d, since all 2^N states are visited", neurons, most)
	}
	if x != nil && len(x) != n.Inputs() {
		return fmt.Errorf("census: input has %d values, the network reads %d", len(x), n.Inputs())
	}
	if err := n.Validate(); err != nil {
		return fmt.Errorf("census: %w", err)
	}
	for index, m := range n.Modules {
		if m.Tanh > 0 {
			return fmt.Errorf("census: module %d has continuous neurons: a census is of binary states", index)
		}
	}
	return nil
}

// inputFields returns W x + b as package dynamics computes it, by neuron.
func inputFields(n *network.Network, x []float32) ([]float64, error) {
	padded, err := dynamics.InputField(n, x)
	if err != nil {
		return nil, err
	}
	fields := make([]float64, 0, n.Neurons())
	for _, m := range n.Modules {
		for _, h := range padded[m.Offset:][:m.Neurons] {
			fields = append(fields, float64(h))
		}
	}
	return fields, nil
}

// couplings returns the couplings of the whole network, J[j][i] acting from j on i, with
// self-couplings and links. A float32 scale times a float32 value is exact in float64.
func couplings(n *network.Network) *[MaxNeurons][MaxNeurons]float64 {
	J := new([MaxNeurons][MaxNeurons]float64)
	first := make([]int, len(n.Modules)) // bit of the module's first neuron
	at := 0
	for index, m := range n.Modules {
		first[index] = at
		for i := range m.Neurons {
			J[at+i][at+i] = float64(m.SelfCoupling)
		}
		if r := m.Recurrent; r != nil {
			addBlock(J, r, at, at)
		}
		at += m.Neurons
	}
	for _, p := range n.Pathways {
		from, to := first[p.From], first[p.To]
		if p.Block != nil {
			addBlock(J, p.Block, from, to)
			continue
		}
		for i := range n.Modules[p.From].Neurons {
			J[from+i][to+i] += float64(p.Strength)
		}
	}
	return J
}

// addBlock adds the couplings of a block whose first sender and receiver are at given
// bits.
func addBlock(J *[MaxNeurons][MaxNeurons]float64, b coupling.Block, from, to int) {
	scale := float64(float32(b.Scale()))
	b.Each(func(i, j int, value *float32) bool {
		J[from+j][to+i] += scale * float64(*value)
		return true
	})
}
