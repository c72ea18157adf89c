package baseline

import (
	"math"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// rows are the values of a mini-batch on their way through the layers, a row per sample.
type rows struct {
	inputs [][]float32 // Q x (D+1): x, and 1
	fields [][]float32 // Q x stride of the hidden layer: a
	active [][]float32 // Q x stride of the hidden layer: r, and 1 after the H-th
	units  [][]float32 // Q x (H+1): the units of active
	logits [][]float32 // Q x stride of the output layer: z, then its error
	known  [][]float32 // Q x C: the classes of logits
	errors [][]float32 // Q x stride of the hidden layer: the error of a
	losses []float64   // Q
	// What the rows of logits and of errors are cut from.
	logitValues, errorValues []float32
}

func (p *Perceptron) newRows(count int) rows {
	r := rows{losses: make([]float64, count)}
	r.inputs, _ = matrix(count, p.samples.Dim()+1)
	r.fields, _ = matrix(count, p.hidden.stride)
	r.active, _ = matrix(count, p.hidden.stride)
	r.logits, r.logitValues = matrix(count, p.output.stride)
	r.errors, r.errorValues = matrix(count, p.hidden.stride)
	for q := range count {
		r.inputs[q][p.samples.Dim()], r.active[q][p.settings.Hidden] = 1, 1
		r.units = append(r.units, r.active[q][:p.settings.Hidden+1])
		r.known = append(r.known, r.logits[q][:p.classes])
	}
	return r
}

// matrix returns rows of one stretch of memory, and that.
func matrix(count, columns int) (rows [][]float32, values []float32) {
	values, rows = layout.Values(count*columns), make([][]float32, count)
	for i := range rows {
		rows[i] = values[i*columns:][:columns:columns]
	}
	return rows, values
}

// step learns one mini-batch of an epoch and returns its loss. First every worker takes some
// samples there and back, then some rows of weights.
func (p *Perceptron) step(places []int32, epoch uint64, rate float64) float64 {
	r, count := &p.rows, len(places)
	p.parallel(func(_ *worker, part int) {
		from, to := p.part(count, part)
		if from == to {
			return
		}
		for q := from; q < to; q++ {
			p.show(int(places[q]), r.inputs[q], epoch)
		}
		p.forward(r, from, to)
		for q := from; q < to; q++ {
			r.losses[q] = crossEntropy(r.known[q], p.samples.Label(int(places[q])), count)
		}
		p.back(r, from, to)
	})
	loss := 0.0
	for _, l := range r.losses[:count] {
		loss += l / float64(count)
	}
	a := newAdam(rate, p.batch)
	p.parallel(func(w *worker, part int) {
		p.hidden.learn(w, a, r.inputs[:count], r.errorValues, part, len(p.workers))
		p.output.learn(w, a, r.units[:count], r.logitValues, part, len(p.workers))
	})
	p.transpose()
	return loss
}

// forward computes the logits of the samples from..to.
func (p *Perceptron) forward(r *rows, from, to int) {
	for q := from; q < to; q++ {
		clear(r.fields[q])
		clear(r.logits[q])
	}
	kernel.DenseField(r.fields[from:to], r.inputs[from:to], p.hidden.weights, p.hidden.stride, false)
	for q := from; q < to; q++ {
		p.activate(r.units[q], r.fields[q])
	}
	kernel.DenseField(r.logits[from:to], r.units[from:to], p.output.weights, p.output.stride, false)
}

// activate writes r of a.
func (p *Perceptron) activate(units, fields []float32) {
	for h, a := range fields[:p.settings.Hidden] {
		switch {
		case !p.binary:
			units[h] = max(a, 0)
		case a < 0:
			units[h] = -1
		default:
			units[h] = 1
		}
	}
}

// slope says whether the error of r goes on to a.
func (p *Perceptron) slope(a float32) bool {
	if p.binary {
		return a >= -1 && a <= 1
	}
	return a > 0
}

// crossEntropy turns logits into their errors, the gradient of the loss of count samples, and
// returns the loss of this one.
func crossEntropy(logits []float32, label, count int) float64 {
	top, sum := float64(logits[Largest(logits)]), 0.0
	for _, z := range logits {
		sum += math.Exp(float64(z) - top)
	}
	loss := top + math.Log(sum) - float64(logits[label])
	for c, z := range logits {
		e := math.Exp(float64(z)-top) / sum
		if c == label {
			e--
		}
		logits[c] = float32(e / float64(count))
	}
	return loss
}

// back computes the errors of the hidden units of the samples from..to.
func (p *Perceptron) back(r *rows, from, to int) {
	for q := from; q < to; q++ {
		clear(r.errors[q])
	}
	kernel.DenseField(r.errors[from:to], r.known[from:to], p.returning, p.hidden.stride, false)
	for q := from; q < to; q++ {
		e := r.errors[q]
		for h, a := range r.fields[q] {
			if !p.slope(a) {
				e[h] = 0
			}
		}
		clear(e[p.settings.Hidden:]) // the bias has no error
	}
}
