package survey

import (
	"context"
	"fmt"

	"basin/manifold/sample"
	"basin/manifold/solve"
	"basin/network"
)

// Planted is the start of [Around] that no solver makes: a typical fixed point, planted.
const Planted = "planted"

// Around is the local entropy around one fixed point at one field.
type Around struct {
	// Draw counts the networks from 0.
	Draw int `json:"draw"`
	// Field is gamma, which favours the fixed point.
	Field float64 `json:"field"`
	// Distance is 1 - q, with q the overlap with the fixed point.
	Distance Number `json:"distance"`
	// Entropy is S in nats per neuron, FirstMoment S_FP at that distance from a typical fixed
	// point of many neurons; null where [Near.Typical] is, and where it is not defined.
	Entropy     Number  `json:"entropy"`
	FirstMoment *Number `json:"first_moment"`
	// Iterations that message passing took, and whether it converged.
	Iterations int  `json:"iterations"`
	Converged  bool `json:"converged"`
}

// Near is the exact number of fixed points next to one.
type Near struct {
	// Draw counts the networks from 0.
	Draw int `json:"draw"`
	// Flips is how many neurons differ, Distance 1 - q = 2 Flips/N.
	Flips    int     `json:"flips"`
	Distance float64 `json:"distance"`
	// Count is the number of fixed points there, Typical the mean number around a typical one,
	// exact at this number of neurons; null where no formula is for these very networks: for
	// chains, sparse ones and those with an input.
	Count   int64   `json:"count"`
	Typical *Number `json:"typical"`
}

// near counts the fixed points that differ from a state in 1 to o.Distance neurons.
func (k Kind) near(ctx context.Context, n *network.Network, state []float32, draw int, o sample.NeighbourOptions, show func(Near) error) error {
	counts, err := sample.Neighbours(ctx, n, input(), state, o)
	if err != nil {
		return err
	}
	for flips := 1; flips < len(counts); flips++ {
		near := Near{Draw: draw, Flips: flips, Distance: 2 * float64(flips) / float64(k.Total()), Count: counts[flips]}
		if k.singleDense() {
			around, err := k.Chain().Module.Around(k.Neurons, flips)
			if err != nil {
				return err
			}
			typical := Number(around.Value)
			near.Typical = &typical
		}
		if err := show(near); err != nil {
			return err
		}
	}
	return nil
}

// Begin returns a network of the kind and a fixed point of it: planted, or found by a
// solver. found says that there is one.
func (k Kind) Begin(ctx context.Context, start string, seed uint64, s solve.Settings) (n *network.Network, state []float32, found bool, err error) {
	if n, err = k.Draw(seed); err != nil {
		return nil, nil, false, err
	}
	if start == Planted {
		state, err = sample.Plant(n, input(), k.Margin, seed)
		return n, state, err == nil, err
	}
	s.Seed, s.Margin = seed, k.Margin
	r, err := solve.Solve(ctx, n, input(), s)
	return n, r.State, r.Status == solve.Solved, err
}

// EntropyShow is where [Entropies] shows what it measures, as it is there.
type EntropyShow struct {
	Around func(Around) error
	Near   func(Near) error
	// Missed is told of a network in which the solver finds no fixed point.
	Missed func(draw int)
}

// Entropies measures the local entropy around fixed points of some networks: draw d has the
// couplings of seed + d. start is [Planted] or the solver of the settings. flips above zero
// counts the neighbours that differ in up to so many neurons, too.
func Entropies(ctx context.Context, k Kind, start string, draws, flips int, s solve.Settings, o sample.EntropyOptions, show EntropyShow) error {
	seed := s.Seed
	o.Margin, o.Workers = k.Margin, s.Workers
	for draw := range draws {
		n, state, found, err := k.Begin(ctx, start, seed+uint64(draw), s)
		if err == nil && !found {
			show.Missed(draw)
			continue
		}
		if err == nil && flips > 0 {
			err = k.near(ctx, n, state, draw, sample.NeighbourOptions{Distance: flips, Margin: k.Margin}, show.Near)
		}
		if err == nil {
			err = k.surround(ctx, n, state, draw, o, show.Around)
		}
		if err != nil {
			return fmt.Errorf("draw %d: %w", draw, err)
		}
	}
	return nil
}

// surround measures the local entropy around a state.
func (k Kind) surround(ctx context.Context, n *network.Network, state []float32, draw int, o sample.EntropyOptions, show func(Around) error) error {
	points, err := sample.LocalEntropy(ctx, n, input(), state, o)
	if err != nil {
		return err
	}
	for _, p := range points {
		if err := show(Around{
			Draw: draw, Field: p.Field, Distance: Number(p.Distance), Entropy: Number(p.Entropy), FirstMoment: k.FirstMoment(p.Distance),
			Iterations: p.Iterations, Converged: p.Converged,
		}); err != nil {
			return err
		}
	}
	return nil
}

// singleDense says that the networks are those of the formulas of pairs: one module, all
// couplings, and no input, over whose couplings theory would average where a network has one.
func (k Kind) singleDense() bool { return k.Modules == 1 && k.Density == 1 && k.Input == 0 }

// FirstMoment returns S_FP(q) at the distance 1 - q: nil for chains, sparse networks and those
// with an input, and where the formula is not defined.
func (k Kind) FirstMoment(distance float64) *Number {
	if !k.singleDense() {
		return nil
	}
	entropy, err := k.Chain().Module.LocalEntropy(1 - distance)
	if err != nil {
		return nil
	}
	value := Number(entropy)
	return &value
}
