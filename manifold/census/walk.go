package census

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

const (
	laneBits = 6 // the first neurons, whose states are looked at together
	lanes    = 1 << laneBits
	never    = 1 << 62 // above every threshold
)

// lanePattern has, for each of the first neurons, the lanes in which it is at -1.
var lanePattern = [laneBits]uint64{
	0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
	0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000,
}

// walk finds states without a neuron to flip, 64 at a time. The first six neurons take
// all their states in the bits of a word, its lanes; the others follow a Gray code, in
// which one neuron flips per step and the fields change by its column.
//
// The field of a neuron is the sum of what the walking neurons send and of what the
// first six send. The second part has 64 values, sorted once. The lanes in which the
// field is negative are then the smallest few of them; their number is found by
// bisection, and the word that marks them is read from a list.
type walk struct {
	system   *system
	walking  int    // neurons that follow the Gray code
	all      uint64 // lanes in use
	receiver [MaxNeurons]receiver
}

// receiver holds what the first six neurons send to one neuron.
type receiver struct {
	sorted   [lanes]int64
	negative [lanes + 1]uint64 // lanes of the first p values
}

func newWalk(s *system) *walk {
	first := min(laneBits, s.neurons)
	w := &walk{system: s, walking: s.neurons - first, all: 1<<(1<<first) - 1}
	for i := range s.neurons {
		r := &w.receiver[i]
		type lane struct {
			value int64
			mark  uint64
		}
		var sent [lanes]lane
		for state := range sent {
			sent[state] = lane{never, 1 << state}
			if state < 1<<first {
				sent[state].value = 0
				for j := range first {
					sent[state].value += int64(State(state).Spin(j)) * s.coupling[j][i]
				}
			}
		}
		slices.SortFunc(sent[:], func(a, b lane) int { return cmp.Compare(a.value, b.value) })
		for p, l := range sent {
			r.sorted[p] = l.value
			r.negative[p+1] = r.negative[p] | l.mark
		}
	}
	return w
}

// run visits steps from..to of the Gray code of the walking neurons and hands each fixed
// point to found, until found returns false.
func (w *walk) run(from, to uint32, found func(State) bool) {
	s, first := w.system, w.system.neurons-w.walking
	gray := from ^ from>>1
	sent := s.drive // fields from input and walking neurons
	for j := first; j < s.neurons; j++ {
		spin := int64(State(gray).Spin(j - first))
		for i := range s.neurons {
			sent[i] += spin * s.coupling[j][i]
		}
	}
	for step := from; ; {
		for left := w.stable(&sent, gray); left != 0; left &= left - 1 {
			if !found(State(gray)<<first | State(bits.TrailingZeros64(left))) {
				return
			}
		}
		if step++; step >= to {
			return
		}
		flip := bits.TrailingZeros32(step)
		gray ^= 1 << flip
		spin := 2 * int64(State(gray).Spin(flip))
		column := &s.coupling[first+flip]
		for i := range s.neurons {
			sent[i] += spin * column[i]
		}
	}
}

// stable returns the lanes in which no neuron would flip.
func (w *walk) stable(sent *[MaxNeurons]int64, gray uint32) uint64 {
	n, first := w.system.neurons, w.system.neurons-w.walking
	left := w.all
	for i := first; i < n && left != 0; i++ {
		left &^= w.receiver[i].below(-sent[i]) ^ -uint64(gray>>(i-first)&1)
	}
	for i := 0; i < first && left != 0; i++ {
		left &^= w.receiver[i].below(-sent[i]) ^ lanePattern[i]
	}
	return left
}

// below returns the lanes whose value is below a threshold, without a branch.
func (r *receiver) below(threshold int64) uint64 {
	p := 0
	for step := lanes / 2; step > 0; step /= 2 {
		p += step & int((r.sorted[(p+step-1)&(lanes-1)]-threshold)>>63)
	}
	p -= int((r.sorted[p&(lanes-1)] - threshold) >> 63)
	return r.negative[p]
}

// targets returns for every state the state that a parallel sweep makes of it: the sign
// bits of its fields. Bit i of it is also what an update of neuron i alone sets.
func (s *system) targets(ctx context.Context) ([]State, error) {
	next := make([]State, 1<<s.neurons)
	var h [MaxNeurons]int64
	var gray State
	s.fields(gray, &h)
	for step := uint32(1); ; step++ {
		if cancelled(ctx, int(step)) {
			return nil, ctx.Err()
		}
		signs := State(0)
		for i := range s.neurons {
			signs |= State(uint64(h[i])>>63) << i
		}
		next[gray] = signs
		if step == 1<<s.neurons {
			return next, nil
		}
		flip := bits.TrailingZeros32(step)
		gray ^= 1 << flip
		spin := 2 * int64(gray.Spin(flip))
		for i := range s.neurons {
			h[i] += spin * s.coupling[flip][i]
		}
	}
}
