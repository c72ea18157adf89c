package plasticity

import (
	"math"
	"math/bits"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
)

// Begin decays the couplings and fixes the steps of the update. It runs alone, after
// the last Gather and before the first Update.
func (l *Learner) Begin() {
	batch := float64(l.count)
	for _, b := range l.blocks {
		rule := l.rule.Links
		if b.Hollow {
			rule = l.rule.Recurrent
		}
		b.Scale *= keep(rule, b.FanIn)
		if b.Scale < smallestScale {
			b.Fold()
		}
		b.step = float32(rule.Rate / math.Sqrt(b.FanIn*batch) / b.Scale)
	}
	for index, m := range l.network.Modules {
		if w := m.Input; w != nil {
			w.Scale *= keep(l.rule.Input, w.FanIn)
			if w.Scale < smallestScale {
				w.Fold()
			}
			l.input[index] = float32(l.rule.Input.Rate / math.Sqrt(w.FanIn*batch) / w.Scale)
		}
	}
	neurons := float64(l.network.ReadNeurons())
	l.readKeep = float32(keep(l.rule.Readout, neurons))
	l.readStep = float32(l.rule.Readout.Rate / math.Sqrt(neurons*batch))
	l.wrong, l.steps = l.wrong[:0], l.steps[:0]
	for q := range l.reads {
		if l.reads[q].wrong {
			l.wrong = append(l.wrong, &l.reads[q])
			l.steps = append(l.steps, l.reads[q].steps)
		}
	}
}

// smallestScale is where a scale is folded into its couplings: far above the limits of
// float32, so that stored values stay normal numbers.
const smallestScale = 1.0 / (1 << 20)

// keep returns the factor 1 - eta gamma / sqrt(fan-in) of the decay.
func keep(b Block, fanIn float64) float64 {
	return max(0, 1-float64(b.Rate*b.Decay)/math.Sqrt(fanIn))
}

// Update adds the increments that belong to one part of the neurons out of parts: to
// J and learned links, W and O.
func (l *Learner) Update(w *Worker, part, parts int) {
	l.UpdateRecurrent(w, part, parts)
	l.UpdateInput(w, part, parts)
	l.UpdateReadout(w, part, parts)
}

// UpdateRecurrent is the part of Update that changes the couplings among neurons: J and
// learned links.
func (l *Learner) UpdateRecurrent(w *Worker, part, parts int) {
	for _, b := range l.blocks {
		if b.step == 0 {
			continue
		}
		from, to := layout.Part(b.Receivers, part, parts)
		switch {
		case l.post != nil || l.rule.BothUnstable || l.symmetric(b):
			l.updatePairs(w, b, from, to)
		case b.Dense != nil:
			// The couplings of a sender lie together: so no worker's cache fetches, beside
			// its own values, those that another is changing.
			from, to = layout.Part(b.Senders, part, parts)
			l.updateDense(w, b, from, to)
		default:
			l.updateSparse(w, b, from, to)
		}
	}
}

// symmetric says that the two couplings of each pair of a block learn together.
func (l *Learner) symmetric(b *block) bool {
	return b.Hollow && (l.rule.Symmetry == SymmetricUpdate || l.rule.Symmetry == SymmetricCouplings)
}

// UpdateInput is the part of Update that changes W.
func (l *Learner) UpdateInput(w *Worker, part, parts int) {
	if l.rule.Input.Rate == 0 {
		return
	}
	for index, m := range l.network.Modules {
		if m.Input != nil {
			from, to := layout.Part(m.Padded(), part, parts)
			l.updateInput(w, m, from, min(to, m.Neurons), l.input[index])
		}
	}
}

// UpdateReadout is the part of Update that changes O and its average.
func (l *Learner) UpdateReadout(w *Worker, part, parts int) {
	for _, m := range l.network.Modules {
		if !m.Read {
			continue
		}
		from, to := layout.Part(m.Padded(), part, parts)
		l.updateReadout(w, m.Offset+from, m.Offset+to, m.Offset+min(to, m.Neurons))
	}
}

// updateDense changes the couplings that senders from..to of a dense block send.
func (l *Learner) updateDense(w *Worker, b *block, from, to int) {
	if from == to {
		return
	}
	groups := (l.count + groupSize - 1) / groupSize
	for g := range groups {
		w.unstable[g], w.signs[g] = planeOf(l.unstable[g], b.to), planeOf(l.signs[g], b.to)
		w.senderSigns[g] = planeOf(l.signs[g], b.from)[from:]
	}
	kernel.DensePlasticity(b.Dense[from*b.Stride():], b.Stride(), to-from, 0, b.Stride(),
		w.unstable[:groups], w.signs[:groups], w.senderSigns[:groups], b.step)
	for i := from; b.Hollow && i < to; i++ {
		b.Dense[i*b.Stride()+i] = 0
	}
}

// updateSparse changes the couplings that receivers from..to of a sparse block receive.
func (l *Learner) updateSparse(w *Worker, b *block, from, to int) {
	blocks := l.join(w, &w.receiver, b.to)
	sender := &w.receiver
	if b.from != b.to {
		sender = &w.sender
		l.join(w, sender, b.from)
	}
	kernel.SparsePlasticity(b.Sparse.Value, b.Sparse.Start, b.Sparse.Sender, from, to,
		w.receiver.unstable[:blocks], w.receiver.signs[:blocks], sender.signs[:blocks], b.step)
}

// planeOf returns the part of a plane that belongs to a module, up to a multiple of 64
// neurons.
func planeOf(plane []uint8, m *network.Module) []uint8 {
	return plane[m.Offset : m.Offset+(m.Padded()+63)&^63]
}

// join makes the words of a module's neurons and returns how many blocks of samples
// they have.
func (l *Learner) join(w *Worker, into *words, m *network.Module) (blocks int) {
	groups := (l.count + groupSize - 1) / groupSize
	for g := range groups {
		w.unstable[g], w.signs[g] = planeOf(l.unstable[g], m), planeOf(l.signs[g], m)
	}
	for g := 0; g < groups; g += wordGroups {
		end := min(g+wordGroups, groups)
		kernel.Words(into.unstable[blocks][:m.Padded()], w.unstable[g:end])
		kernel.Words(into.signs[blocks][:m.Padded()], w.signs[g:end])
		blocks++
	}
	return blocks
}

// updateInput changes the input couplings of neurons from..to of a module: for each,
// only the samples in which it is unstable count.
func (l *Learner) updateInput(w *Worker, m *network.Module, from, to int, step float32) {
	groups := (l.count + groupSize - 1) / groupSize
	for i := from; i < to; i++ {
		n := m.Offset + i
		w.rows, w.factors = w.rows[:0], w.factors[:0]
		if l.post != nil {
			for b := range l.count {
				if post := l.post[b][n]; post != 0 {
					w.rows = append(w.rows, l.inputs[b])
					w.factors = append(w.factors, post)
				}
			}
		} else {
			for g := range groups {
				signs := l.signs[g][n]
				for u := l.unstable[g][n]; u != 0; u &= u - 1 {
					b := bits.TrailingZeros8(u)
					w.rows = append(w.rows, l.inputs[g*groupSize+b])
					w.factors = append(w.factors, float32(1-2*int(signs>>b&1)))
				}
			}
		}
		if len(w.rows) == 0 {
			continue
		}
		if s := m.Input.Sparse; s != nil {
			senders, values := s.Row(i)
			kernel.SparseInputPlasticity(values, senders, w.rows, w.factors, step)
			continue
		}
		stride := layout.Padded(m.Input.Inputs)
		kernel.DenseInputPlasticity(m.Input.Dense[i*stride:][:stride], w.rows, w.factors, step)
	}
}

// updateReadout changes the readout couplings of the neurons from..to of a state; the
// range up to padded is a multiple of 16. Each worker makes the states of its own neurons
// from their bits, which costs less than reading states that another has written.
func (l *Learner) updateReadout(w *Worker, from, padded, to int) {
	if from >= to {
		return
	}
	r := l.network.Readout
	stride := layout.Padded(r.Classes)
	if l.rule.Readout.Rate > 0 && (len(l.wrong) > 0 || l.readKeep != 1) {
		states := w.states[:len(l.wrong)]
		for at := from; at < to; at += readoutBlock {
			end := min(at+readoutBlock, padded)
			for q, read := range l.wrong {
				if read.state != nil {
					copy(states[q], read.state[at:end])
				} else {
					kernel.Expand(states[q][:end-at], read.signs[at/8:end/8])
				}
			}
			kernel.ReadoutPlasticity(r.Couplings[at*stride:], stride, states, l.steps, 0, min(end, to)-at, l.readKeep, l.readStep, !r.Real)
		}
	}
	if r.Average != nil && l.rule.Averaging > 0 {
		kernel.Average(r.Average[from*stride:to*stride], r.Couplings[from*stride:to*stride], float32(l.rule.Averaging))
	}
}
