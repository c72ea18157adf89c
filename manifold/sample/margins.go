package sample

import (
	"context"

	"basin/network"
)

// Margins returns s_i h_i of a state for every neuron, modules one after the other
// without padding, in units of the field, self-coupling, links and the input x (nil is no
// input) included: the state is a fixed point where all are above zero. In a fixed point
// drawn as [Plant] does it is a normal cut off at the margin (theory.Margins); the lowest
// ones say what the next flip breaks. Cost: O(N^2). It reports what a network, input or
// state has wrong, and a context that ends.
func Margins(ctx context.Context, n *network.Network, x, state []float32) ([]float64, error) {
	s, spins, err := begin(n, x, state)
	if err != nil {
		return nil, err
	}
	margins, err := s.fields(ctx, spins)
	for i := range margins {
		margins[i] *= spins[i]
	}
	return margins, err
}
