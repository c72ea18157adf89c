package baseline

import (
	"basin/internal/kernel"
	"basin/internal/layout"
)

// pairs are two states of each sample of a mini-batch, in turn: pulled to the label, and pushed
// away from it. The first is the free one too, before.
type pairs struct {
	inputs     [][]float32 // Q x (D+1): x, and 1
	free, both phase       // of Q and of 2Q rows
	signed     [][]float32 // 2Q x (H+1): hidden units and 1, times -1 where outputs are pulled
	errors     [][]float32 // Q x stride of the hidden layer: h pushed away less h pulled
	losses     []float64   // Q
	// What the rows of hidden units, of outputs and of errors are cut from.
	hiddenValues, outputValues, errorValues []float32
}

// phase is the states of some rows.
type phase struct {
	drives  [][]float32 // stride of the hidden layer: V x + v
	fields  [][]float32 // stride of the hidden layer: what hidden units receive
	hidden  [][]float32 // H: h
	units   [][]float32 // H+1: h, and 1
	sums    [][]float32 // stride of the output layer: o, padded
	outputs [][]float32 // C: o
	nudges  []float32   // beta: 0, positive or negative
	labels  []int       // what the row is nudged to
}

func (c *Contrastive) newPairs(count int) pairs {
	hidden, outputs := c.settings.Hidden, c.output.stride
	p := pairs{losses: make([]float64, count)}
	p.inputs, _ = matrix(count, c.samples.Dim()+1)
	p.signed, _ = matrix(2*count, hidden+1)
	p.errors, p.errorValues = matrix(count, c.hidden.stride)
	drives, _ := matrix(count, c.hidden.stride)
	fields, _ := matrix(2*count, c.hidden.stride)
	var units, sums [][]float32
	units, p.hiddenValues = matrix(2*count, c.hidden.stride)
	sums, p.outputValues = matrix(2*count, outputs)
	add := func(s *phase, row int, nudge float32) {
		s.drives, s.fields = append(s.drives, drives[row/2]), append(s.fields, fields[row])
		s.hidden, s.units = append(s.hidden, units[row][:hidden]), append(s.units, units[row][:hidden+1])
		s.sums, s.outputs = append(s.sums, sums[row]), append(s.outputs, sums[row][:c.classes])
		s.nudges, s.labels = append(s.nudges, nudge), append(s.labels, 0)
	}
	for q := range count {
		p.inputs[q][c.samples.Dim()] = 1
		units[2*q][hidden], units[2*q+1][hidden] = 1, 1
		add(&p.free, 2*q, 0)
		add(&p.both, 2*q, float32(c.settings.Nudge))
		add(&p.both, 2*q+1, -float32(c.settings.Nudge))
	}
	return p
}

// settle brings the samples from..to to their free states.
func (c *Contrastive) settle(p *pairs, from, to int) {
	for q := from; q < to; q++ {
		clear(p.free.drives[q])
		clear(p.free.hidden[q])
		clear(p.free.sums[q])
	}
	kernel.DenseField(p.free.drives[from:to], p.inputs[from:to], c.hidden.weights, c.hidden.stride, false)
	for range c.settings.Free {
		c.sweep(&p.free, from, to)
	}
}

// sweep changes the hidden units of the rows from..to, then the outputs.
func (c *Contrastive) sweep(s *phase, from, to int) {
	for r := from; r < to; r++ {
		copy(s.fields[r], s.drives[r])
	}
	kernel.DenseField(s.fields[from:to], s.outputs[from:to], c.returning, c.hidden.stride, false)
	if c.lateral != nil {
		kernel.DenseField(s.fields[from:to], s.hidden[from:to], c.lateral.weights, c.lateral.stride, false)
	}
	for r := from; r < to; r++ {
		for i, h := range s.hidden[r] {
			next := min(max(s.fields[r][i], 0), 1)
			if c.lateral != nil {
				next = (h + next) / 2
			}
			s.hidden[r][i] = next
		}
		clear(s.sums[r])
	}
	kernel.DenseField(s.sums[from:to], s.units[from:to], c.output.weights, c.output.stride, false)
	for r := from; r < to; r++ {
		nudge, o := s.nudges[r], s.outputs[r]
		o[s.labels[r]] += nudge
		for k := range o {
			o[k] /= 1 + nudge
		}
	}
}

// step learns one mini-batch of an epoch and returns its loss. First every worker finds the
// states of some samples, then it changes some rows of couplings.
func (c *Contrastive) step(places []int32, epoch uint64, rate float64) float64 {
	p, count := &c.pairs, len(places)
	c.parallel(func(_ *worker, part int) {
		from, to := c.part(count, part)
		if from == to {
			return
		}
		for q := from; q < to; q++ {
			c.show(int(places[q]), p.inputs[q], epoch)
			label := c.samples.Label(int(places[q]))
			p.both.labels[2*q], p.both.labels[2*q+1] = label, label
		}
		c.settle(p, from, to)
		for q := from; q < to; q++ {
			p.losses[q] = squaredError(p.free.outputs[q], p.both.labels[2*q])
			copy(p.both.hidden[2*q+1], p.free.hidden[q])
			copy(p.both.outputs[2*q+1], p.free.outputs[q])
		}
		for range c.settings.Nudged {
			c.sweep(&p.both, 2*from, 2*to)
		}
		for q := from; q < to; q++ {
			pulled, pushed := p.both.units[2*q], p.both.units[2*q+1]
			for i, h := range pulled {
				p.signed[2*q][i], p.errors[q][i] = -h, pushed[i]-h
			}
			copy(p.signed[2*q+1], pushed)
		}
	})
	loss := 0.0
	for _, l := range p.losses[:count] {
		loss += l / float64(count)
	}
	a := newAdam(rate, c.batch)
	a.scale = 1 / (2 * float32(c.settings.Nudge) * float32(count))
	c.parallel(func(w *worker, part int) {
		c.hidden.learn(w, a, p.inputs[:count], p.errorValues, part, len(c.workers))
		c.output.learn(w, a, p.signed[:2*count], p.outputValues, part, len(c.workers))
		if c.lateral != nil {
			c.learnLateral(w, a, count, part)
		}
	})
	c.transpose()
	return loss
}

// squaredError returns |o-y|^2/2.
func squaredError(outputs []float32, label int) float64 {
	sum := 0.0
	for k, o := range outputs {
		if k == label {
			o--
		}
		sum += float64(o) * float64(o) / 2
	}
	return sum
}

// learnLateral changes the rows of J that belong to a part. Products of two hidden units are
// added up in one order for both directions, so J stays symmetric to the bit.
func (c *Contrastive) learnLateral(w *worker, a adam, count, part int) {
	signed := make([][]float32, 2*count)
	for r := range signed {
		signed[r] = c.pairs.signed[r][:c.settings.Hidden]
	}
	c.lateral.learn(w, a, signed, c.pairs.hiddenValues, part, len(c.workers))
	from, to := layout.Part(c.settings.Hidden, part, len(c.workers))
	for k := from; k < to; k++ {
		c.lateral.weights[k*c.lateral.stride+k] = 0
	}
}
