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
	Distance float64 `json:"distance"`
	// Entropy is S in nats per neuron, FirstMoment S_FP at that distance from a typical fixed
	// point of many neurons; null for chains and where it is not defined.
	Entropy     Number  `json:"entropy"`
	FirstMoment *Number `json:"first_moment"`
	// Iterations that message passing took, and whether it converged.
	Iterations int  `json:"iterations"`
	Converged  bool `json:"converged"`
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

// Entropies measures the local entropy around fixed points of some networks: draw d has the
// couplings of seed + d. start is [Planted] or the solver of the settings. A network in which
// the solver finds none is reported to missed and left out.
func Entropies(ctx context.Context, k Kind, start string, draws int, s solve.Settings, o sample.EntropyOptions, show func(Around) error, missed func(draw int)) error {
	seed := s.Seed
	o.Margin, o.Workers = k.Margin, s.Workers
	for draw := range draws {
		n, state, found, err := k.Begin(ctx, start, seed+uint64(draw), s)
		if err != nil {
			return fmt.Errorf("draw %d: %w", draw, err)
		}
		if !found {
			missed(draw)
			continue
		}
		points, err := sample.LocalEntropy(ctx, n, input(), state, o)
		if err != nil {
			return fmt.Errorf("draw %d: %w", draw, err)
		}
		for _, p := range points {
			a := Around{
				Draw: draw, Field: p.Field, Distance: p.Distance, Entropy: Number(p.Entropy), FirstMoment: k.FirstMoment(p.Distance),
				Iterations: p.Iterations, Converged: p.Converged,
			}
			if err := show(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// FirstMoment returns S_FP(q) at the distance 1 - q: nil for chains, and where the formula is
// not defined.
func (k Kind) FirstMoment(distance float64) *Number {
	if k.Modules != 1 {
		return nil
	}
	entropy, err := k.Chain().Module.LocalEntropy(1 - distance)
	if err != nil {
		return nil
	}
	value := Number(entropy)
	return &value
}
