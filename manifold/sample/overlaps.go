package sample

import (
	"context"
	"fmt"

	"basin/manifold/census"
	"basin/network"
)

// Overlap returns (1/N) sum_i a_i b_i of two states of n, vectors of
// [network.Network.StateSize] whose padding does not count. States of another length
// panic.
func Overlap(n *network.Network, a, b []float32) float64 {
	return 1 - 2*float64(distance(n, a, b))/float64(n.Neurons())
}

// distance returns the Hamming distance of two states.
func distance(n *network.Network, a, b []float32) int {
	count := 0
	for _, m := range n.Modules {
		other := b[m.Offset:][:m.Neurons]
		for i, v := range a[m.Offset:][:m.Neurons] {
			if v != other[i] {
				count++
			}
		}
	}
	return count
}

// Overlaps returns the overlaps of all pairs of some states, such as those that dynamics
// reaches from many starts: state 1 with 0, 2 with 0, 2 with 1, 3 with 0, and so on. It
// reports a state that is not one of n, and a context that ends. Cost: pairs times N.
func Overlaps(ctx context.Context, n *network.Network, states [][]float32) ([]float64, error) {
	if err := check(n, states); err != nil {
		return nil, err
	}
	var overlaps []float64
	for k, a := range states {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, b := range states[:k] {
			overlaps = append(overlaps, Overlap(n, a, b))
		}
	}
	return overlaps, nil
}

// Clusters joins the states whose overlap is at least a threshold: single linkage. The
// components of its result count states by their places. It reports what [Overlaps] does,
// and a threshold outside [-1, 1]. Cost: pairs times N.
func Clusters(ctx context.Context, n *network.Network, states [][]float32, threshold float64) (*census.Components, error) {
	if !(threshold >= -1 && threshold <= 1) {
		return nil, fmt.Errorf("sample: clusters of states with an overlap of at least %v, want -1 to 1", threshold)
	}
	if err := check(n, states); err != nil {
		return nil, err
	}
	return census.Join(ctx, len(states), func(k, l int) bool { return Overlap(n, states[k], states[l]) >= threshold })
}

// check reports the first of some states that is not one of n.
func check(n *network.Network, states [][]float32) error {
	if err := n.Validate(); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	for k, state := range states {
		if err := checkState(n, state); err != nil {
			return fmt.Errorf("sample: state %d: %w", k, err)
		}
	}
	return nil
}

// checkState reports a state of another length and a neuron that is not -1 or +1.
func checkState(n *network.Network, state []float32) error {
	if len(state) != n.StateSize() {
		return fmt.Errorf("%d values, the network has states of %d", len(state), n.StateSize())
	}
	for index, m := range n.Modules {
		for i, v := range state[m.Offset:][:m.Neurons] {
			if v != 1 && v != -1 {
				return fmt.Errorf("module %d: neuron %d is %v, want -1 or +1", index, i, v)
			}
		}
	}
	return nil
}
