package dynamics

import (
	"fmt"

	"basin/network"
)

// Relax relaxes one input x (D values) of network n from unset neurons by at most
// sweeps sweeps, without feedback. It returns the state reached, a vector of
// [network.Network.StateSize] values with zeros in its padding, and how the relaxation
// ended. For many inputs use a [Batch]: this makes its own each time.
func Relax(n *network.Network, settings Settings, x []float32, sweeps int) ([]float32, Result, error) {
	if sweeps < 1 {
		return nil, Result{}, fmt.Errorf("dynamics: a budget of %d sweeps, want at least 1", sweeps)
	}
	b, err := NewBatch(n, settings, 1)
	if err != nil {
		return nil, Result{}, err
	}
	if len(x) != n.Inputs() {
		return nil, Result{}, fmt.Errorf("dynamics: input has %d values, the network reads %d", len(x), n.Inputs())
	}
	w := b.NewWorker()
	b.Start(0, Vector(x), 0, 0)
	b.Advance(w, 0, 1, sweeps, nil)
	result := b.Result(0)
	if result.Status == Budget && b.Settled(w, 0) {
		result.Status = FixedPoint
	}
	return b.State(0), result, nil
}

// Vector is the inputs of one sample, at any place.
type Vector []float32

// Row copies the vector.
func (v Vector) Row(_ int, dst []float32) { copy(dst, v) }
