package sample

import (
	"context"
	"fmt"

	"basin/internal/random"
	"basin/network"
)

// WalkOptions say how to walk between two fixed points.
type WalkOptions struct {
	// Moves is the most neurons that are turned at once in the exact search of the next
	// fixed point, at least 1. Cost of a step: N^2, and N^(Moves-1) where no smaller step is
	// found.
	Moves int
	// Tries is how often each length of an excursion is tried, at least 1.
	Tries int
	// Sweeps bounds the relaxation of an excursion, at least 1.
	Sweeps int
	// Margin is that of [NeighbourOptions].
	Margin float64
	// Seed of the orders in which neurons are tried.
	Seed uint64
}

// Walk is a way from one fixed point to another over fixed points.
type Walk struct {
	// Steps are the Hamming distances of fixed points that follow each other; empty where
	// both ends are the same.
	Steps []int
	// Excursions counts the steps of more than Moves neurons.
	Excursions int
	// Longest is the longest step, 0 where there is none. It is what this way needs, and
	// so an upper bound of what the best way needs.
	Longest int
}

// FindWalk walks over fixed points of n with the input x (nil is no input) from one to
// another, both vectors of [network.Network.StateSize]. Every fixed point on the way is
// strictly nearer to the end, so the walk ends. From each it looks
//
//   - for up to Moves neurons that differ from the end and can be turned at once: exact, by
//     size, in a random order;
//   - where there are none, for an excursion: 1, 2, 4, ... random neurons that differ are
//     turned and the network relaxes in sequential sweeps, Tries times for each length;
//     of the fixed points so found that are nearer to the end the next one is taken;
//   - where that fails too, the end itself.
//
// The longest step against N says whether two fixed points hang together: bounded where
// fixed points form a connected set, in proportion to N where they do not. It reports
// what a network, input or state has wrong, ends that are no fixed points, options out of
// their range, and a context that ends.
func FindWalk(ctx context.Context, n *network.Network, x, from, to []float32, o WalkOptions) (Walk, error) {
	if min(o.Moves, o.Tries, o.Sweeps) < 1 {
		return Walk{}, fmt.Errorf("sample: a walk with %d moves, %d tries and %d sweeps, want at least 1 of each", o.Moves, o.Tries, o.Sweeps)
	}
	if err := finite("margin", o.Margin); err != nil {
		return Walk{}, err
	}
	s, start, err := begin(n, x, from)
	if err != nil {
		return Walk{}, err
	}
	end, err := s.spins(n, to)
	if err != nil {
		return Walk{}, err
	}
	last, err := newWalker(ctx, s, end, o.Margin)
	if err != nil {
		return Walk{}, err
	}
	w, err := newWalker(ctx, s, start, o.Margin)
	if err != nil {
		return Walk{}, err
	}
	switch {
	case !w.settled():
		return Walk{}, fmt.Errorf("sample: the start of the walk is no fixed point at margin %v", o.Margin)
	case !last.settled():
		return Walk{}, fmt.Errorf("sample: the end of the walk is no fixed point at margin %v", o.Margin)
	}
	way := way{walker: w, options: o, end: end, stream: random.New(o.Seed, random.Walk)}
	return way.walk(ctx)
}

// way is a walk under way.
type way struct {
	*walker
	options WalkOptions
	end     []float64
	stream  random.Stream
	differ  []int // neurons, in random order
}

func (w *way) walk(ctx context.Context) (Walk, error) {
	var walk Walk
	for {
		w.difference()
		if len(w.differ) == 0 {
			return walk, nil
		}
		flips, err := w.next(ctx)
		if err != nil {
			return Walk{}, err
		}
		for _, i := range flips {
			w.flip(i)
		}
		walk.Steps = append(walk.Steps, len(flips))
		walk.Longest = max(walk.Longest, len(flips))
		if len(flips) > w.options.Moves {
			walk.Excursions++
		}
	}
}

// difference lists the neurons that differ from the end in a random order.
func (w *way) difference() {
	w.differ = w.differ[:0]
	w.stream.Permute(w.sweep)
	for _, i := range w.sweep {
		if w.spins[i] != w.end[i] {
			w.differ = append(w.differ, int(i))
		}
	}
}

// next returns the flips to the next fixed point.
func (w *way) next(ctx context.Context) ([]int, error) {
	for _, i := range w.differ {
		if w.allows([]int{i}) {
			return []int{i}, nil
		}
	}
	if len(w.differ) <= w.options.Moves {
		return w.differ, nil
	}
	if w.options.Moves > 1 {
		f, err := newSearch(ctx, w.system, w.spins, w.margin)
		if err != nil {
			return nil, err
		}
		var flips []int
		for size := 2; size <= w.options.Moves && flips == nil; size++ {
			err := f.run(ctx, w.differ, size, func(found []int) bool {
				flips = append(flips, found...)
				return false
			})
			if err != nil {
				return nil, err
			}
		}
		if flips != nil {
			return flips, nil
		}
	}
	return w.excursion(ctx)
}

// excursion returns the flips to a fixed point nearer to the end that relaxations find, or
// those to the end.
func (w *way) excursion(ctx context.Context) ([]int, error) {
	spins, h := append([]float64(nil), w.spins...), append([]float64(nil), w.h...)
	for length := 1; length < len(w.differ); length *= 2 {
		var best []int
		for range w.options.Tries {
			for k := range length { // a random choice to the front
				other := k + w.stream.IntN(len(w.differ)-k)
				w.differ[k], w.differ[other] = w.differ[other], w.differ[k]
				w.flip(w.differ[k])
			}
			settled, err := w.relax(ctx, w.options.Sweeps, &w.stream)
			if err != nil {
				return nil, err
			}
			var flips []int
			nearer := 0
			for i, v := range w.spins {
				if v != spins[i] {
					flips = append(flips, i)
					nearer += int(v * w.end[i])
				}
			}
			if settled && nearer > 0 && (best == nil || len(flips) < len(best)) {
				best = flips
			}
			copy(w.spins, spins)
			copy(w.h, h)
		}
		if best != nil {
			return best, nil
		}
	}
	return w.differ, nil
}
