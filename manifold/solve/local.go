package solve

import (
	"context"
	"fmt"
	"slices"

	"basin/dynamics"
	"basin/internal/random"
	"basin/network"
)

// relax solves by the dynamics of the network from a random state.
func relax(ctx context.Context, n *network.Network, x []float32, s Settings) (Result, error) {
	if s.External != nil {
		return Result{}, fmt.Errorf("solve: external fields with solver %s, want none: dynamics has no measure", s.Solver)
	}
	system, err := newSystem(n, x, 0)
	if err != nil {
		return Result{}, err
	}
	b, err := dynamics.NewBatch(n, dynamics.Settings{
		Order: dynamics.Order(s.Solver), Probability: s.Probability, Stop: dynamics.StopAtCycle, Seed: s.Seed,
	}, 1)
	if err != nil {
		return Result{}, err
	}
	if x == nil {
		x = make([]float32, n.Inputs())
	}
	w := b.NewWorker()
	if err := b.StartAt(0, dynamics.Vector(x), 0, 0, RandomState(n, s.Seed)); err != nil {
		return Result{}, err
	}
	judge := newJudge(system, s.workers())
	return follow(ctx, b, w, judge, s.Budget)
}

// follow moves the sample of a batch until it rests, repeats itself or the budget is used up.
// It looks on after 1, 2, 4, 8, ... sweeps.
func follow(ctx context.Context, b *dynamics.Batch, w *dynamics.Worker, judge *judge, budget int) (Result, error) {
	var result Result
	most := sweepsAtOnce(len(b.State(0)))
	b.Advance(w, 0, 1, 0, nil)
	for next := 1; result.Status == Budget && result.Iterations < budget; next = 2 * result.Iterations {
		for next = min(next, budget); result.Status == Budget && result.Iterations < next; {
			if err := ctx.Err(); err != nil {
				return Result{}, err
			}
			b.Continue(w, 0, 1, min(next, result.Iterations+most), nil)
			r := b.Result(0)
			result.Iterations = r.Sweeps
			switch {
			case r.Status == dynamics.FixedPoint || b.Settled(w, 0):
				result.Status = Solved
			case r.Status == dynamics.Cycle:
				result.Status, result.Period = Cycle, r.Period
			}
		}
		result.State = b.State(0)
		result.Unstable = judge.of(result.State)
		if result.Status == Solved {
			result.Unstable = 0 // as the dynamics judges
		}
		result.Trace = append(result.Trace, Point{Iteration: result.Iterations, Unstable: result.Unstable, Order: 1})
	}
	return result, nil
}

// sweepsAtOnce returns how many sweeps of a state of so many neurons take less than a tenth of a
// second, but at least one.
func sweepsAtOnce(neurons int) int { return max(1, int(2e7/(float64(neurons)*float64(neurons)))) }

// RandomState returns a state of a network, each neuron -1 or +1 with equal probability, zero
// in the padding. There is one for each seed and list of keys.
func RandomState(n *network.Network, seed uint64, keys ...uint64) []float32 {
	state := make([]float32, n.StateSize())
	keys = append(slices.Clone(keys), 0)
	for index, m := range n.Modules {
		keys[len(keys)-1] = uint64(index)
		stream := random.New(seed, random.Start, keys...)
		for i := range m.Neurons {
			state[m.Offset+i] = float32(1 - 2*int(stream.Uint64()>>63))
		}
	}
	return state
}
