package protocol

import (
	"context"

	"basin/internal/layout"
)

// again is what [Predictor.EvaluateAgain] keeps.
type again struct {
	signs [][]uint8 // of each sample, of the neurons that are read
	tally Tally     // nothing of which is Correct
	// The samples, and the logits of those that are judged together.
	samples Samples
	logits  [][]float32
	correct []int64 // by part
	task    func(worker, part int)
}

// EvaluateAgain is [Predictor.Evaluate] of samples that are the same at every call, with a network
// of which nothing but the readout changed since the first of these calls: states are computed
// once and results are the same bit for bit. Where they would take more than [MostRecalled]
// bytes, or neurons are continuous, they are computed each time.
func (p *Predictor) EvaluateAgain(ctx context.Context, s Samples, count int) (Tally, error) {
	n := p.moving.network
	if n.Continuous() || len(p.others) > 0 || p.operations != nil || int64(count)*int64(n.ReadNeurons()/8) > MostRecalled {
		return p.Evaluate(ctx, s, count, nil)
	}
	if p.again == nil || len(p.again.signs) != count {
		return p.evaluateFirst(ctx, s, count)
	}
	a := p.again
	a.samples = s
	p.moving.pool.run(&a.task)
	a.samples = nil
	tally := a.tally
	for part := range a.correct {
		tally.Correct += a.correct[part]
	}
	return tally, nil
}

// evaluateFirst evaluates and keeps the states.
func (p *Predictor) evaluateFirst(ctx context.Context, s Samples, count int) (Tally, error) {
	a := &again{correct: make([]int64, p.moving.pool.size)}
	for range p.moving.pool.size * readGroup {
		a.logits = append(a.logits, make([]float32, layout.Padded(p.moving.network.Classes)))
	}
	a.task = func(worker, part int) { p.judgeAgain(worker, part) }
	correct := int64(0)
	tally, err := p.Predict(ctx, s, count, func(i int, prediction Prediction) error {
		if err := labelled(s, i, p.moving.network.Classes); err != nil {
			return err
		}
		if prediction.Label == s.Label(i) {
			correct++
		}
		a.signs = append(a.signs, p.moving.network.ReadSigns(prediction.State))
		return nil
	})
	if err != nil {
		return tally, err
	}
	a.tally = tally
	p.again = a
	tally.Correct = correct
	return tally, nil
}

// judgeAgain counts the samples of a part that the present readout judges right.
func (p *Predictor) judgeAgain(worker, part int) {
	a, n := p.again, p.moving.network
	a.correct[part] = 0
	count, parts := len(a.signs), len(a.correct)
	for first, end := count*part/parts, count*(part+1)/parts; first < end; first += readGroup {
		some := min(readGroup, end-first)
		logits := a.logits[worker*readGroup:][:some]
		n.SignLogits(logits, a.signs[first:first+some])
		for q, row := range logits {
			if largest(row[:n.Classes]) == a.samples.Label(first+q) {
				a.correct[part]++
			}
		}
	}
}
