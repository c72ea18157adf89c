package sample

import (
	"context"
	"fmt"

	"basin/dynamics"
	"basin/network"
)

// Relaxing says how a network relaxes from a state that was disturbed.
type Relaxing struct {
	// Dynamics are the order of the sweeps, its probability and its seed. A relaxation ends
	// at a fixed point or in a cycle, whatever Stop says.
	Dynamics dynamics.Settings
	// Sweeps is the greatest number from each start, at least 1.
	Sweeps int
}

const (
	// together is how many starts relax side by side.
	together = 16
	// stretch is how many sweeps they take between two looks at the context.
	stretch = 16
)

// relaxing is many relaxations of one network with one input.
type relaxing struct {
	Relaxing
	network *network.Network
	input   dynamics.Vector
	batch   *dynamics.Batch
	worker  *dynamics.Worker
}

// newRelaxing reports settings that are not valid. The network and the input are.
func newRelaxing(n *network.Network, x []float32, r Relaxing) (*relaxing, error) {
	if r.Sweeps < 1 {
		return nil, fmt.Errorf("sample: a budget of %d sweeps, want at least 1", r.Sweeps)
	}
	r.Dynamics.Stop = dynamics.StopAtCycle
	b, err := dynamics.NewBatch(n, r.Dynamics, together)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	if x == nil {
		x = make([]float32, n.Inputs())
	}
	return &relaxing{Relaxing: r, network: n, input: x, batch: b, worker: b.NewWorker()}, nil
}

// holds reports whether a state is a fixed point.
func (r *relaxing) holds(state []float32) (bool, error) {
	if err := r.batch.StartAt(0, r.input, 0, 0, state); err != nil {
		return false, fmt.Errorf("sample: %w", err)
	}
	return r.batch.Settled(r.worker, 0), nil
}

// each relaxes so many starts: start writes start k, a copy of the centre, and end is told,
// in order, where it ended and whether that is a fixed point.
func (r *relaxing) each(ctx context.Context, centre []float32, count int, start func(k int, state []float32), end func(k int, state []float32, settled bool)) error {
	state := make([]float32, len(centre))
	for first := 0; first < count; first += together {
		some := min(together, count-first)
		r.batch.Resize(some)
		for i := range some {
			copy(state, centre)
			start(first+i, state)
			if err := r.batch.StartAt(i, r.input, first+i, 0, state); err != nil {
				return fmt.Errorf("sample: %w", err)
			}
		}
		if err := r.relax(ctx, some); err != nil {
			return err
		}
		for i := range some {
			settled := r.batch.Result(i).Status == dynamics.FixedPoint || r.batch.Settled(r.worker, i)
			end(first+i, r.batch.State(i), settled)
		}
	}
	return nil
}

// relax moves the samples of the batch, a stretch of sweeps at a time.
func (r *relaxing) relax(ctx context.Context, count int) error {
	r.batch.Advance(r.worker, 0, count, 0, nil)
	for sweeps := 0; sweeps < r.Sweeps; {
		if err := ctx.Err(); err != nil {
			return err
		}
		sweeps = min(r.Sweeps, sweeps+stretch)
		r.batch.Continue(r.worker, 0, count, sweeps, nil)
		moving := false
		for i := range count {
			moving = moving || r.batch.Result(i).Status == dynamics.Budget
		}
		if !moving {
			return nil
		}
	}
	return ctx.Err()
}
