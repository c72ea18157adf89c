package plasticity

import (
	"math"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
	"basin/network/coupling"
)

// Begin decays the couplings and fixes the steps of the update. It runs alone, after
// the last Gather and before the first Update.
func (l *Learner) Begin() {
	batch := float64(max(1, l.count)) // of none, nothing is learned
	for _, b := range l.blocks {
		rule := l.rule.Links
		if b.from == b.to {
			rule = l.rule.Recurrent
		}
		b.step = decay(b, rule, batch)
	}
	for index, w := range l.inputCouplings {
		if w != nil {
			l.input[index] = decay(w, l.rule.Input, batch)
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

// decay takes the decay of a mini-batch off a block and returns its step in units of the
// scale: eta / sqrt(fan-in B), and of shared couplings, whose increments are sums over places
// too, eta / sqrt(fan-in B places).
func decay(c coupling.Couplings, rule Block, batch float64) (step float32) {
	fanIn, places := c.Shape().FanIn, float64(max(1, c.Shape().Places))
	c.SetScale(c.Scale() * keep(rule, fanIn))
	if c.Scale() < smallestScale {
		c.Fold()
	}
	return float32(rule.Rate / math.Sqrt(fanIn*batch*places) / c.Scale())
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
		l.show(w, b.from, b.to, b.step)
		if l.post != nil || l.rule.BothUnstable || l.symmetric(b) {
			l.updateSums(w, b, part, parts)
			continue
		}
		b.Learn(w.evidence, part, parts)
	}
}

// symmetric says that the two couplings of each pair of a block learn together.
func (l *Learner) symmetric(b *block) bool {
	return b.from == b.to && (l.rule.Symmetry == SymmetricUpdate || l.rule.Symmetry == SymmetricCouplings)
}

// UpdateInput is the part of Update that changes W.
func (l *Learner) UpdateInput(w *Worker, part, parts int) {
	if l.rule.Input.Rate == 0 {
		return
	}
	for index, m := range l.network.Modules {
		if c := l.inputCouplings[index]; c != nil {
			l.show(w, m, m, l.input[index])
			e := w.evidence
			e.Inputs, e.Weights = l.inputs, nil
			if l.post != nil {
				e.Weights = w.weights[:0]
				for _, post := range l.post[:l.count] {
					e.Weights = append(e.Weights, post[m.Offset:][:m.Padded()])
				}
			}
			c.Learn(e, part, parts)
		}
	}
}

// show makes the evidence of the mini-batch for couplings from one module, or the input, on
// another.
func (l *Learner) show(w *Worker, from, to *network.Module, step float32) {
	groups := (l.count + groupSize - 1) / groupSize
	w.unstable, w.signs = w.unstable[:0], w.signs[:0]
	w.senderUnstable, w.senderSigns = w.senderUnstable[:0], w.senderSigns[:0]
	for g := range groups {
		w.unstable = append(w.unstable, planeOf(l.unstable[g], to))
		w.signs = append(w.signs, planeOf(l.signs[g], to))
		if from != to {
			w.senderUnstable = append(w.senderUnstable, planeOf(l.unstable[g], from))
			w.senderSigns = append(w.senderSigns, planeOf(l.signs[g], from))
		}
	}
	e := w.evidence
	e.Step, e.Unstable, e.Signs, e.SenderUnstable, e.SenderSigns = step, w.unstable, w.signs, nil, nil
	if from != to {
		e.SenderUnstable, e.SenderSigns = w.senderUnstable, w.senderSigns
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

// planeOf returns the part of a plane that belongs to a module, up to a multiple of 64
// neurons.
func planeOf(plane []uint8, m *network.Module) []uint8 {
	return plane[m.Offset : m.Offset+(m.Padded()+63)&^63]
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
				read.part(states[q][:end-at], at)
			}
			kernel.ReadoutPlasticity(r.Couplings[at*stride:], stride, states, l.steps, 0, min(end, to)-at, l.readKeep, l.readStep, !r.Real)
		}
	}
	if r.Average != nil && l.rule.Averaging > 0 {
		kernel.Average(r.Average[from*stride:to*stride], r.Couplings[from*stride:to*stride], float32(l.rule.Averaging))
	}
}
