package census

import (
	"fmt"
	"math/bits"

	"basin/network"
)

// State is a state of up to 32 neurons, one bit each: neuron i of module m is at bit i
// plus the neurons of the modules before m. A bit that is set is a neuron at -1; a clear
// one is at +1.
type State uint32

// Spin returns the state -1 or +1 of the neuron at a bit.
func (s State) Spin(bit int) int { return 1 - 2*int(s>>bit&1) }

// Distance returns the Hamming distance of two states: how many neurons differ.
func (s State) Distance(other State) int { return bits.OnesCount32(uint32(s ^ other)) }

// Overlap returns (1/N) sum_i s_i s'_i of two states of N neurons.
func (s State) Overlap(other State, neurons int) float64 {
	return 1 - 2*float64(s.Distance(other))/float64(neurons)
}

// Vector returns s as a state of package dynamics: [network.Network.StateSize] values -1
// or +1, zero in the padding. The state must be one of network n.
func (s State) Vector(n *network.Network) []float32 {
	vector := make([]float32, n.StateSize())
	bit := 0
	for _, m := range n.Modules {
		for i := range m.Neurons {
			vector[m.Offset+i] = float32(s.Spin(bit))
			bit++
		}
	}
	return vector
}

// FromVector is the inverse of [State.Vector]. It reports a network of more than 32
// neurons, a vector of another length than the network's state, and a neuron that is
// neither -1 nor +1, such as one that is still unset.
func FromVector(n *network.Network, vector []float32) (State, error) {
	if n.Neurons() > 32 {
		return 0, fmt.Errorf("census: a network of %d neurons, want at most 32 in a State", n.Neurons())
	}
	if len(vector) != n.StateSize() {
		return 0, fmt.Errorf("census: a state of %d values, the network has %d", len(vector), n.StateSize())
	}
	var s State
	bit := 0
	for index, m := range n.Modules {
		for i, value := range vector[m.Offset:][:m.Neurons] {
			switch value {
			case -1:
				s |= 1 << bit
			case 1:
			default:
				return 0, fmt.Errorf("census: module %d: neuron %d is %v, want -1 or +1", index, i, value)
			}
			bit++
		}
	}
	return s, nil
}
