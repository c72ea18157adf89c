package sample

import (
	"context"
	"errors"
	"fmt"

	"basin/internal/random"
	"basin/network"
)

// FlipOptions say which neurons are turned, and how the network relaxes afterwards.
type FlipOptions struct {
	Relaxing
	// Neurons is how many different neurons are turned, one in each relaxation, drawn at
	// random; zero is all.
	Neurons int
	// Seed of the choice.
	Seed uint64
}

// FlipCounts says what becomes of a fixed point in which one neuron is turned.
type FlipCounts struct {
	// Neurons turned.
	Neurons int
	// Stays counts neurons that stay turned while nothing else moves: fixed points at
	// distance 1.
	Stays int
	// Heals counts those after which the dynamics comes back to the state.
	Heals int
	// Leaves counts those after which it ends in another fixed point.
	Leaves int
	// Unsettled counts those after which it ends in a cycle or has not come to rest.
	Unsettled int
}

// Flips turns neurons of a fixed point of n with the input x (nil is no input) one at a time,
// each time from the fixed point, and counts what the dynamics makes of it. The state is a
// vector of [network.Network.StateSize]. It reports what a network, input or state has wrong,
// a state that the dynamics does not hold, options out of their range, and a context that
// ends. Cost: a relaxation for each neuron, sixteen side by side.
func Flips(ctx context.Context, n *network.Network, x, state []float32, o FlipOptions) (FlipCounts, error) {
	s, r, err := beginRelaxing(n, x, state, o.Relaxing)
	if err != nil {
		return FlipCounts{}, err
	}
	if o.Neurons < 0 || o.Neurons > s.neurons {
		return FlipCounts{}, fmt.Errorf("sample: %d neurons to turn, want 1 to %d, or 0 for all", o.Neurons, s.neurons)
	}
	if o.Neurons == 0 {
		o.Neurons = s.neurons
	}
	order := make([]int32, s.neurons)
	stream := random.New(o.Seed, random.Disturb)
	stream.Permute(order)
	counts := FlipCounts{Neurons: o.Neurons}
	start := func(k int, turned []float32) { turned[s.place[order[k]]] *= -1 }
	err = r.each(ctx, state, o.Neurons, start, func(k int, end []float32, settled bool) {
		place := s.place[order[k]]
		switch d := distance(n, state, end); {
		case !settled:
			counts.Unsettled++
		case d == 0:
			counts.Heals++
		case d == 1 && end[place] != state[place]:
			counts.Stays++
		default:
			counts.Leaves++
		}
	})
	return counts, err
}

// BasinOptions say how far a fixed point is disturbed, and how the network relaxes
// afterwards.
type BasinOptions struct {
	Relaxing
	// Shares of the neurons that are turned, each from 0 to 1.
	Shares []float64
	// Samples is how often each share is tried, at least 2, with different neurons.
	Samples int
	// Seed of the choices.
	Seed uint64
}

// BasinPoint says where the dynamics goes from disturbed states.
type BasinPoint struct {
	// Share of the neurons that were turned, rounded to whole neurons.
	Share float64
	// Overlap is the mean overlap with the fixed point at the end, and Error its standard
	// error.
	Overlap, Error float64
	// Returned is the share of starts that end in the fixed point itself, Settled that of
	// those that end in any.
	Returned, Settled float64
}

// Basin turns shares of the neurons of a fixed point of n with the input x (nil is no
// input) at random and follows the dynamics from there: how wide its basin of attraction
// is. Samples of one number at different shares turn the same neurons first. It reports what
// [Flips] does.
func Basin(ctx context.Context, n *network.Network, x, state []float32, o BasinOptions) ([]BasinPoint, error) {
	if o.Samples < 2 {
		return nil, fmt.Errorf("sample: %d samples, want at least 2", o.Samples)
	}
	for _, share := range o.Shares {
		if !(share >= 0 && share <= 1) {
			return nil, fmt.Errorf("sample: a share of %v of the neurons, want 0 to 1", share)
		}
	}
	s, r, err := beginRelaxing(n, x, state, o.Relaxing)
	if err != nil {
		return nil, err
	}
	order := make([]int32, s.neurons)
	var points []BasinPoint
	for _, share := range o.Shares {
		turn := int(share*float64(s.neurons) + .5)
		point := BasinPoint{Share: float64(turn) / float64(s.neurons)}
		overlaps := make([]float64, o.Samples)
		start := func(k int, turned []float32) {
			stream := random.New(o.Seed, random.Disturb, uint64(k))
			stream.Permute(order)
			for _, i := range order[:turn] {
				turned[s.place[i]] *= -1
			}
		}
		err := r.each(ctx, state, o.Samples, start, func(k int, end []float32, settled bool) {
			overlaps[k] = Overlap(n, state, end)
			if settled {
				point.Settled++
			}
			if overlaps[k] == 1 {
				point.Returned++
			}
		})
		if err != nil {
			return nil, err
		}
		point.Overlap, point.Error = meanError(overlaps)
		point.Settled /= float64(o.Samples)
		point.Returned /= float64(o.Samples)
		points = append(points, point)
	}
	return points, nil
}

// beginRelaxing takes a network, an input and a fixed point of the dynamics.
func beginRelaxing(n *network.Network, x, state []float32, o Relaxing) (*system, *relaxing, error) {
	s, _, err := begin(n, x, state)
	if err != nil {
		return nil, nil, err
	}
	r, err := newRelaxing(n, x, o)
	if err != nil {
		return nil, nil, err
	}
	held, err := r.holds(state)
	if err != nil {
		return nil, nil, err
	}
	if !held {
		return nil, nil, errors.New("sample: the state is no fixed point of the dynamics: relax it first")
	}
	return s, r, nil
}
