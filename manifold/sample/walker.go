package sample

import (
	"context"

	"basin/internal/random"
)

// walker is a state in motion, with its fields.
type walker struct {
	*system
	margin float64
	spins  []float64
	h      []float64
	sent   []float64 // by the neuron that flips
	order  []int     // in which constraints are looked at: those that forbade a move last, first
	sweep  []int32
}

func newWalker(ctx context.Context, s *system, spins []float64, margin float64) (*walker, error) {
	h, err := s.fields(ctx, spins)
	if err != nil {
		return nil, err
	}
	w := &walker{
		system: s, margin: margin, spins: spins, h: h,
		sent: make([]float64, s.neurons), order: make([]int, s.neurons), sweep: make([]int32, s.neurons),
	}
	for i := range w.order {
		w.order[i] = i
	}
	return w, nil
}

// flip turns neuron i.
func (w *walker) flip(i int) {
	w.spins[i] = -w.spins[i]
	change := 2 * w.spins[i]
	w.column(i, w.sent)
	for k, c := range w.sent {
		w.h[k] += c * change
	}
	w.h[i] += w.self[i] * change
}

// stable reports whether neuron i keeps its state.
func (w *walker) stable(i int) bool { return slack(w.spins[i], w.h[i], w.margin) > 0 }

// settled reports whether the state is a fixed point.
func (w *walker) settled() bool {
	for i := range w.spins {
		if !w.stable(i) {
			return false
		}
	}
	return true
}

// allows reports whether the flips of some different neurons lead to a fixed point.
func (w *walker) allows(flips []int) bool {
	for place, k := range w.order {
		spin, h := w.spins[k], w.h[k]
		for _, j := range flips {
			if j == k {
				spin = -spin
				h += 2 * w.self[k] * spin
			} else {
				h -= 2 * w.at(k, j) * w.spins[j]
			}
		}
		if !(slack(spin, h, w.margin) > 0) {
			w.order[place], w.order[place/2] = w.order[place/2], k
			return false
		}
	}
	return true
}

// relax is sequential dynamics: it sweeps neurons one after the other, each time in a fresh
// random order, until none flips or its sweeps are used up. It reports whether the state is
// a fixed point by more than the margin.
func (w *walker) relax(ctx context.Context, sweeps int, stream *random.Stream) (bool, error) {
	for range sweeps {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		flipped := false
		stream.Permute(w.sweep)
		for _, i := range w.sweep {
			if !(slack(w.spins[i], w.h[i], 0) > 0) {
				w.flip(int(i))
				flipped = true
			}
		}
		if !flipped {
			break
		}
	}
	return w.settled(), nil
}
