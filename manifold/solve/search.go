package solve

import (
	"context"
	"math"

	"basin/internal/random"
	"basin/network"
)

// coldest is the share of its first temperature to which Search cools.
const coldest = 0.02

// search solves by a focused Metropolis walk over states on the number E of unstable neurons:
// in a trial a random unstable neuron turns with probability min(1, exp(-Delta E/T)). T falls
// geometrically from one iteration, of N trials, to the next. A walk that tries all neurons
// alike needs thousands of times as many trials: most flips that it makes are of neurons that
// nothing asks to turn.
func search(ctx context.Context, n *network.Network, x []float32, s Settings) (Result, error) {
	spins, err := start(n, x, s)
	if err != nil {
		return Result{}, err
	}
	step := func(iteration int) (temperature float64, err error) {
		temperature = s.Temperature * math.Pow(coldest, float64(iteration-1)/float64(max(1, s.Budget-1)))
		stream := random.New(s.Seed, random.Update, uint64(iteration))
		energy := spins.unstable()
		for trial := 0; trial < len(spins.places) && energy > 0; trial++ {
			if trial%lookAfter == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			at := spins.listed(stream.IntN(energy))
			after := spins.try(at)
			if rise := float64(after - energy); rise <= 0 || stream.Float64() < math.Exp(-rise/temperature) {
				spins.keep(at)
				energy = after
			}
			if spins.flips == 0 || energy == 0 {
				energy = spins.unstable() // of fields taken afresh
			}
		}
		return temperature, nil
	}
	return spins.run(s.Budget, step)
}
