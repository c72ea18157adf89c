package plasticity

import (
	"math"
	"math/bits"

	"basin/internal/kernel"
	"basin/network"
)

// Begin decays the couplings and fixes the steps of the update. It runs alone, after
// the last Gather and before the first Update.
func (l *Learner) Begin() {
	batch := float64(l.count)
	for index, m := range l.network.Modules {
		if r := m.Recurrent; r != nil {
			r.Scale *= keep(l.rule.Recurrent, r.FanIn)
			if r.Scale < smallestScale {
				r.Fold()
			}
			l.recurrent[index] = float32(l.rule.Recurrent.Rate / math.Sqrt(r.FanIn*batch) / r.Scale)
		}
		if w := m.Input; w != nil {
			w.Scale *= keep(l.rule.Input, w.FanIn)
			if w.Scale < smallestScale {
				w.Fold()
			}
			l.input[index] = float32(l.rule.Input.Rate / math.Sqrt(w.FanIn*batch) / w.Scale)
		}
	}
	neurons := float64(l.network.Neurons())
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
// J, W and O.
func (l *Learner) Update(w *Worker, part, parts int) {
	l.UpdateRecurrent(w, part, parts)
	l.UpdateInput(w, part, parts)
	l.UpdateReadout(w, part, parts)
}

// UpdateRecurrent is the part of Update that changes J.
func (l *Learner) UpdateRecurrent(w *Worker, part, parts int) {
	if l.rule.Recurrent.Rate == 0 {
		return
	}
	for index, m := range l.network.Modules {
		if m.Recurrent != nil {
			from, to := network.Part(m.Padded(), part, parts)
			l.updateRecurrent(w, m, from, to, l.recurrent[index])
		}
	}
}

// UpdateInput is the part of Update that changes W.
func (l *Learner) UpdateInput(w *Worker, part, parts int) {
	if l.rule.Input.Rate == 0 {
		return
	}
	for index, m := range l.network.Modules {
		if m.Input != nil {
			from, to := network.Part(m.Padded(), part, parts)
			l.updateInput(w, m, from, min(to, m.Neurons), l.input[index])
		}
	}
}

// UpdateReadout is the part of Update that changes O and its average.
func (l *Learner) UpdateReadout(w *Worker, part, parts int) {
	for _, m := range l.network.Modules {
		from, to := network.Part(m.Padded(), part, parts)
		l.updateReadout(w, m.Offset+from, m.Offset+to, m.Offset+min(to, m.Neurons))
	}
}

// updateRecurrent changes the couplings that receivers from..to of a module receive.
func (l *Learner) updateRecurrent(w *Worker, m *network.Module, from, to int, step float32) {
	if l.rule.Softness > 0 {
		l.updateRecurrentSoftly(w, m, from, min(to, m.Neurons), step)
		return
	}
	groups := (l.count + groupSize - 1) / groupSize
	for g := range groups {
		end := m.Offset + (m.Padded()+63)&^63
		w.unstable[g], w.signs[g] = l.unstable[g][m.Offset:end], l.signs[g][m.Offset:end]
	}
	unstable, signs := w.unstable[:groups], w.signs[:groups]
	r := m.Recurrent
	if r.Dense != nil {
		kernel.DensePlasticity(r.Dense, m.Padded(), m.Neurons, from, to, unstable, signs, step)
		for i := from; i < min(to, m.Neurons); i++ {
			r.Dense[i*m.Padded()+i] = 0
		}
		return
	}
	blocks := 0
	for g := 0; g < groups; g += wordGroups {
		end := min(g+wordGroups, groups)
		kernel.Words(w.unstableWords[blocks][:m.Padded()], unstable[g:end])
		kernel.Words(w.signWords[blocks][:m.Padded()], signs[g:end])
		blocks++
	}
	kernel.SparsePlasticity(r.Sparse.Value, r.Sparse.Start, r.Sparse.Sender, from, min(to, m.Neurons), w.unstableWords[:blocks], w.signWords[:blocks], step)
}

// updateRecurrentSoftly is updateRecurrent with a weight for every sample: the sum over
// samples in ascending order, in float32, then one step.
func (l *Learner) updateRecurrentSoftly(w *Worker, m *network.Module, from, to int, step float32) {
	r := m.Recurrent
	for i := from; i < to; i++ {
		w.factors = w.factors[:0]
		for b := range l.count {
			w.factors = append(w.factors, l.weights[b][m.Offset+i]*l.sign(b, m.Offset+i))
		}
		if r.Sparse != nil {
			senders, values := r.Sparse.Row(i)
			for e, j := range senders {
				values[e] += float32(step * l.softSum(w.factors, m.Offset+int(j)))
			}
			continue
		}
		for j := range m.Neurons {
			if j != i {
				r.Dense[j*m.Padded()+i] += float32(step * l.softSum(w.factors, m.Offset+j))
			}
		}
	}
}

func (l *Learner) softSum(factors []float32, sender int) float32 {
	sum := float32(0)
	for b, f := range factors {
		sum += float32(f * l.sign(b, sender))
	}
	return sum
}

func (l *Learner) sign(b, neuron int) float32 {
	return float32(1 - 2*int(l.signMasks[b][neuron/8]>>(neuron%8)&1))
}

// updateInput changes the input couplings of neurons from..to of a module: for each,
// only the samples in which it is unstable count.
func (l *Learner) updateInput(w *Worker, m *network.Module, from, to int, step float32) {
	groups := (l.count + groupSize - 1) / groupSize
	for i := from; i < to; i++ {
		n := m.Offset + i
		w.rows, w.factors = w.rows[:0], w.factors[:0]
		if l.rule.Softness > 0 {
			for b := range l.count {
				w.rows = append(w.rows, l.inputs[b])
				w.factors = append(w.factors, l.weights[b][n]*l.sign(b, n))
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
		stride := network.Padded(m.Input.Inputs)
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
	stride := network.Padded(r.Classes)
	if l.rule.Readout.Rate > 0 && (len(l.wrong) > 0 || l.readKeep != 1) {
		states := w.states[:len(l.wrong)]
		for at := from; at < to; at += readoutBlock {
			end := min(at+readoutBlock, padded)
			for q, read := range l.wrong {
				kernel.Expand(states[q][:end-at], read.signs[at/8:end/8])
			}
			kernel.ReadoutPlasticity(r.Couplings[at*stride:], stride, states, l.steps, 0, min(end, to)-at, l.readKeep, l.readStep)
		}
	}
	if r.Average != nil && l.rule.Averaging > 0 {
		kernel.Average(r.Average[from*stride:to*stride], r.Couplings[from*stride:to*stride], float32(l.rule.Averaging))
	}
}
