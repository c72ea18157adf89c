package solve

import (
	"context"
	"fmt"
	"math"

	"basin/internal/random"
	"basin/network"
)

// plainShare is the share of the budget, as 1/plainShare, that Annealed keeps for sweeps
// without noise.
const plainShare = 5

// anneal solves by noisy dynamics: sequential sweeps in random orders, in which a neuron takes
// +1 with probability 1/(1 + exp(-2 h_i/T)). T falls linearly to zero, then sweeps are plain.
func anneal(ctx context.Context, n *network.Network, x []float32, s Settings) (Result, error) {
	spins, err := start(n, x, s)
	if err != nil {
		return Result{}, err
	}
	cooling := s.Budget - s.Budget/plainShare
	order := make([]int32, len(spins.places))
	step := func(iteration int) (temperature float64, err error) {
		temperature = s.Temperature * max(0, 1-float64(iteration-1)/float64(cooling))
		turns := random.New(s.Seed, random.Order, uint64(iteration))
		turns.Permute(order)
		noise := random.New(s.Seed, random.Update, uint64(iteration))
		for k, place := range order {
			if k%lookAfter == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			at := int(spins.places[place])
			h := float64(spins.field[at])
			up := h >= 0
			if temperature > 0 {
				up = noise.Float64() < 1/(1+math.Exp(-2*h/temperature))
			}
			if up != (spins.state[at] > 0) {
				spins.flip(at)
			}
		}
		return temperature, nil
	}
	return spins.run(s.Budget, step)
}

// lookAfter is how many neurons are looked at between two looks at the context.
const lookAfter = 256

// start makes the spins of a search that begins in a random state.
func start(n *network.Network, x []float32, s Settings) (*spins, error) {
	if s.External != nil {
		return nil, fmt.Errorf("solve: external fields with solver %s, want none: they are for message passing", s.Solver)
	}
	system, err := newSystem(n, x, s.Margin)
	if err != nil {
		return nil, err
	}
	return newSpins(system, RandomState(n, s.Seed)), nil
}

// run takes steps until no neuron is unstable or the budget is used up.
func (s *spins) run(budget int, step func(iteration int) (temperature float64, err error)) (Result, error) {
	var result Result
	for result.Status == Budget && result.Iterations < budget {
		result.Iterations++
		temperature, err := step(result.Iterations)
		if err != nil {
			return Result{}, err
		}
		result.Unstable = s.unstable()
		result.Trace = append(result.Trace, Point{Iteration: result.Iterations, Unstable: result.Unstable, Order: 1, Coupling: temperature})
		if result.Unstable == 0 {
			result.Status = Solved
		}
	}
	result.State = s.result()
	return result, nil
}
