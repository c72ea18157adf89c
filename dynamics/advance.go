package dynamics

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"basin/internal/kernel"
	"basin/internal/random"
	"basin/network"
)

// Advance moves samples from..to by a budget of sweeps. With feedback not nil, the
// field feedback(i) is added to that of sample i (a row of [network.Network.
// FeedbackFields]). A sample at a fixed point of the phase stops moving; [Batch.
// Result] says how each ended.
func (b *Batch) Advance(w *Worker, from, to, budget int, feedback func(i int) []float32) {
	if b.settings.Order == Sequential {
		for i := from; i < to; i++ {
			b.samples[i].result = b.advanceSequential(w, i, b.static(w, i, feedback), budget)
		}
		return
	}
	pending := 0
	for i := from; i < to; i++ {
		b.samples[i].result = Result{}
		if budget > 0 {
			pending++
		}
	}
	for pending > 0 {
		b.refresh(w, from, to)
		pending = 0
		for i := from; i < to; i++ {
			if b.advanceTogether(w, i, budget, feedback) {
				pending++
			}
		}
	}
}

// static returns the part of sample i's field that does not move in a phase.
func (b *Batch) static(w *Worker, i int, feedback func(i int) []float32) []float32 {
	if feedback == nil {
		return b.drive[i]
	}
	kernel.Add(w.static, b.drive[i], feedback(i))
	return w.static
}

// advanceTogether sweeps one sample, in parallel or partial order, until the budget is
// used, a fixed point is found or the product must be taken afresh; it reports whether
// the sample has sweeps left to do.
func (b *Batch) advanceTogether(w *Worker, i, budget int, feedback func(i int) []float32) bool {
	s := &b.samples[i]
	if s.result.Sweeps >= budget || s.result.Status == FixedPoint {
		return false
	}
	static := b.static(w, i, feedback)
	if s.unset {
		kernel.Sign(b.state[i], static)
		s.unset, s.stale = false, true
		s.result.Sweeps++
		s.sweep++
		return s.result.Sweeps < budget
	}
	for s.result.Sweeps < budget {
		flipped := b.wouldFlip(w, i, static)
		s.result.Sweeps++
		s.sweep++
		if len(flipped) == 0 {
			s.result.Status = FixedPoint
			return false
		}
		if b.settings.Order == Partial {
			flipped = b.choose(s, flipped)
		}
		s.result.Flips += int64(len(flipped))
		b.flip(i, flipped)
		if s.stale {
			return s.result.Sweeps < budget
		}
	}
	return false
}

// choose keeps, in place, each neuron that would flip in the sweep just counted with
// the probability of an update.
func (b *Batch) choose(s *sample, flipped []int32) []int32 {
	stream := random.New(b.settings.Seed, random.Update, s.epoch, s.id, s.sweep-1)
	return slices.DeleteFunc(flipped, func(int32) bool { return stream.Float64() >= b.settings.Probability })
}

// wouldFlip lists the neurons of sample i that a parallel sweep flips, ascending.
func (b *Batch) wouldFlip(w *Worker, i int, static []float32) []int32 {
	static = b.withLinks(w, i, static)
	for _, m := range b.network.Modules {
		from, to := m.Offset, m.Offset+m.Padded()
		flips := w.flips[from/8 : to/8]
		kernel.Sweep(flips, b.product[i][from:to], static[from:to], b.state[i][from:to], couplingScale(m), m.SelfCoupling)
		clearTail(flips, m.Neurons)
	}
	flipped := w.flipped[:0]
	for at := 0; at < len(w.flips); at += 8 {
		for word := binary.LittleEndian.Uint64(w.flips[at:]); word != 0; word &= word - 1 {
			flipped = append(flipped, int32(8*at+bits.TrailingZeros64(word)))
		}
	}
	return flipped
}

// clearTail clears the bits from n on.
func clearTail(mask []uint8, n int) {
	if n/8 < len(mask) {
		mask[n/8] &= 1<<(n%8) - 1
		clear(mask[n/8+1:])
	}
}

// withLinks adds what linked modules send to a static field.
func (b *Batch) withLinks(w *Worker, i int, static []float32) []float32 {
	if len(b.network.Spec.Links) == 0 {
		return static
	}
	copy(w.total, static)
	for _, link := range b.network.Spec.Links {
		first, second := b.network.Modules[link.Between[0]], b.network.Modules[link.Between[1]]
		lambda := float32(link.Strength)
		for n := range first.Neurons {
			w.total[first.Offset+n] += float32(lambda * b.state[i][second.Offset+n])
			w.total[second.Offset+n] += float32(lambda * b.state[i][first.Offset+n])
		}
	}
	return w.total
}

// freshShare is the share of a module's neurons, as 1/freshShare, above which a sweep
// makes the product of the couplings stale in place of changing it flip by flip.
const freshShare = 4

// flip turns the listed neurons of sample i and updates the product of their modules.
func (b *Batch) flip(i int, flipped []int32) {
	state := b.state[i]
	for _, n := range flipped {
		state[n] = -state[n]
	}
	if b.samples[i].stale {
		return
	}
	for index, m := range b.network.Modules {
		end := 0
		for end < len(flipped) && int(flipped[end]) < m.Offset+m.Padded() {
			flipped[end] -= int32(m.Offset)
			end++
		}
		mine := flipped[:end]
		flipped = flipped[end:]
		if freshShare*len(mine) > m.Neurons {
			b.samples[i].stale = true
			return
		}
		b.addFlips(index, b.product[i][m.Offset:][:m.Padded()], state[m.Offset:][:m.Neurons], mine)
	}
}

// addFlips adds 2 J_ij s_j to the product of one module for its flipped neurons.
func (b *Batch) addFlips(module int, product, state []float32, flipped []int32) {
	m := b.network.Modules[module]
	r := m.Recurrent
	if r == nil {
		return
	}
	if r.Dense != nil {
		kernel.DenseFlips(product, state, r.Dense, m.Padded(), flipped)
		return
	}
	if b.frozen != nil {
		for _, j := range flipped {
			receivers, values := b.frozen[module].recurrent.Row(int(j))
			kernel.Scatter(product, receivers, values, 2*state[j])
		}
		return
	}
	for _, j := range flipped {
		addSender(product, r, int(j), 2*state[j])
	}
}

// addSender adds factor times the couplings that leave sender j of a sparse block.
func addSender(product []float32, r *network.Recurrent, j int, factor float32) {
	receivers, entries := r.Outgoing(j)
	values := r.Sparse.Value
	for n, i := range receivers {
		product[i] += float32(values[entries[n]] * factor)
	}
}
