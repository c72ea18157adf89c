package census

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"basin/dynamics"
	"basin/internal/random"
)

// RandomStates returns states of N neurons drawn uniformly, the same for the same seed. N
// is at most 32.
func RandomStates(neurons, count int, seed uint64) []State {
	states := make([]State, count)
	for k := range states {
		stream := random.New(seed, random.Synthetic, uint64(k))
		states[k] = State(stream.Uint64() >> 32 & (1<<neurons - 1))
	}
	return states
}

// Reach says where the dynamics takes given starts: for each a place in FixedPoints, or
// [Unsettled] for one that ends in a cycle or in a fixed point without the margin of the
// census, or that has not come to rest within its budget of sweeps in random orders. It is
// [FindBasins] for some of the states, at up to [MaxNeurons] neurons, with the same end
// for the same start and seed. Cost: N steps for each sweep of each start.
//
// It reports a start that is no state of N neurons, what FindBasins reports of the
// options, and a context that ends.
func (r *Result) Reach(ctx context.Context, starts []State, o BasinOptions) ([]int32, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Sequence != nil {
		if err := checkSequence(o.Sequence, r.Neurons); err != nil {
			return nil, err
		}
	}
	for k, s := range starts {
		if s >= 1<<r.Neurons {
			return nil, fmt.Errorf("census: start %d is the state %#x, want one of %d neurons", k, uint32(s), r.Neurons)
		}
	}
	ends := make([]int32, len(starts))
	const block = 16
	err = share(ctx, o.Workers, (len(starts)+block-1)/block, func(_, task int) {
		for k := task * block; k < min((task+1)*block, len(starts)) && ctx.Err() == nil; k++ {
			ends[k] = Unsettled
			if end, ok := r.system.rest(ctx, starts[k], o); ok {
				if place, ok := slices.BinarySearch(r.FixedPoints, end); ok {
					ends[k] = int32(place)
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return ends, nil
}

// walker is one state with its fields.
type walker struct {
	system *system
	state  State
	h      [MaxNeurons]int64
}

func (w *walker) flip(i int) {
	w.state ^= 1 << i
	spin := 2 * int64(w.state.Spin(i))
	for k := range w.system.neurons {
		w.h[k] += spin * w.system.coupling[i][k]
	}
}

// update sets neuron i to the sign of its field.
func (w *walker) update(i int) {
	if State(uint64(w.h[i])>>63) != w.state>>i&1 {
		w.flip(i)
	}
}

// unstable marks the neurons that would flip.
func (w *walker) unstable() State {
	signs := State(0)
	for i := range w.system.neurons {
		signs |= State(uint64(w.h[i])>>63) << i
	}
	return signs ^ w.state
}

// sweep makes one sweep of the parallel dynamics, or of a sequence.
func (w *walker) sweep(sequence []int) {
	if sequence == nil {
		for left := w.unstable(); left != 0; left &= left - 1 {
			w.flip(bits.TrailingZeros32(uint32(left)))
		}
	}
	for _, i := range sequence {
		w.update(i)
	}
}

// rest follows a start to the fixed point in which it ends, if it does; anywhere when the
// context ends.
func (s *system) rest(ctx context.Context, start State, o BasinOptions) (State, bool) {
	w := &walker{system: s, state: start}
	s.fields(start, &w.h)
	if o.Order == dynamics.Sequential && o.Sequence == nil {
		order := make([]int32, s.neurons)
		for sweep := 0; sweep < o.Sweeps && w.unstable() != 0 && !cancelled(ctx, sweep+1); sweep++ {
			stream := random.New(o.Seed, random.Order, uint64(start), uint64(sweep))
			stream.Permute(order)
			for _, i := range order {
				w.update(int(i))
			}
		}
		return w.state, w.unstable() == 0
	}
	// A state that comes back after more than one sweep is in a cycle (Brent's method).
	seen := start
	for power, taken := 1, 0; w.unstable() != 0 && !cancelled(ctx, taken+1); taken++ {
		if taken == power {
			seen, power, taken = w.state, 2*power, 0
		}
		w.sweep(o.Sequence)
		if w.state == seen {
			return 0, false
		}
	}
	return w.state, true
}
