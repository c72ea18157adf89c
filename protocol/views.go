package protocol

// Views makes every later prediction one over several views of a sample: its logits are the means
// of those of the inputs that are predicted and of the others, each of which has another view of
// the sample at every place. State, FixedPoint, Result, the tally and operations stay those of
// the inputs that are predicted. No others means that view alone.
func (p *Predictor) Views(others ...Inputs) { p.others = others }

// see takes the inputs that are predicted next.
func (p *Predictor) see(inputs Inputs) {
	p.inputs = inputs
	promise, _ := inputs.(interface{ Finite() bool })
	p.finiteInputs = promise != nil && promise.Finite()
}

// sum adds the logits of some samples from p.first on, of all other views.
func (p *Predictor) sum(inputs Inputs, some int) error {
	if p.sums == nil {
		p.sums = make([]float64, len(p.predictions)*p.moving.network.Classes)
	}
	clear(p.sums)
	defer p.see(inputs)
	for _, other := range p.others {
		p.see(other)
		p.moving.pool.run(&p.task)
		p.moving.collect()
		for i := range some {
			if err := p.finite(i); err != nil {
				return err
			}
			p.addLogits(i)
		}
	}
	return nil
}

// addLogits adds the logits of sample i of the batch, and returns the sums.
func (p *Predictor) addLogits(i int) []float64 {
	logits := p.predictions[i].Logits
	sums := p.sums[i*len(logits):][:len(logits)]
	for c, v := range logits {
		sums[c] += float64(v)
	}
	return sums
}

// average decides sample i of the batch, whose first view is predicted, by the means over all.
func (p *Predictor) average(i int) {
	q := &p.predictions[i]
	for c, sum := range p.addLogits(i) {
		q.Logits[c] = float32(sum / float64(1+len(p.others)))
	}
	q.decide()
}
