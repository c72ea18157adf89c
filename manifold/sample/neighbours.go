package sample

import (
	"context"
	"fmt"

	"basin/network"
)

// NeighbourOptions say how far to look around a state, and what counts as a fixed point.
type NeighbourOptions struct {
	// Distance is the largest Hamming distance looked at, at least 1.
	Distance int
	// Margin is kappa: s_i h_i > kappa for every neuron, self-coupling included in h, in
	// units of the field. Zero takes the states in which no neuron would flip, with
	// sign(0) = +1.
	Margin float64
}

// Neighbours returns how many fixed points of n with the input x (D values; nil is no
// input, W x + b is then b) lie at each Hamming distance 0..Distance from a state, a vector of
// [network.Network.StateSize]. Every count is exact; ln(count)/N is the local entropy of
// the state at overlap 1 - 2 distance / N, in nats per neuron. The state need not be a
// fixed point: the count at distance 0 says whether it is.
//
// Fields are added up in float64 from the stored float32 values, so that a neuron whose
// field is below the rounding of package dynamics, about 1e-7, may be judged otherwise than
// there.
//
// Cost: O(N^2) for distances 1 and 2, about N^(Distance-1) beyond, and O(N) for each fixed
// point at Distance - 1. One goroutine: run several states at once. It reports what a network, input or state has wrong, a distance below 1 or above
// N, a margin that is not finite, and a context that ends.
func Neighbours(ctx context.Context, n *network.Network, x, state []float32, o NeighbourOptions) ([]int64, error) {
	s, spins, err := begin(n, x, state)
	if err != nil {
		return nil, err
	}
	if o.Distance < 1 || o.Distance > s.neurons {
		return nil, fmt.Errorf("sample: neighbours up to distance %d, want 1 to %d, the number of neurons", o.Distance, s.neurons)
	}
	if err := finite("margin", o.Margin); err != nil {
		return nil, err
	}
	f, err := newSearch(ctx, s, spins, o.Margin)
	if err != nil {
		return nil, err
	}
	counts := make([]int64, o.Distance+1)
	if f.stays[f.order[0]] > 0 {
		counts[0] = 1
	}
	all := make([]int, s.neurons)
	for i := range all {
		all[i] = i
	}
	for size := 1; size <= o.Distance; size++ {
		if counts[size], err = f.tallies(ctx, all, size); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// begin takes a network, an input and a state.
func begin(n *network.Network, x, state []float32) (*system, []float64, error) {
	s, err := newSystem(n, x)
	if err != nil {
		return nil, nil, err
	}
	spins, err := s.spins(n, state)
	return s, spins, err
}
