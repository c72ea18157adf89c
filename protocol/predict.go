package protocol

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"

	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
)

// Predictor predicts with a network that does not change meanwhile. It is not safe for
// use by several goroutines; it has its own workers, which Close ends.
type Predictor struct {
	moving      *moving
	sweeps      int
	inputs      dynamics.Inputs
	first       int
	predictions []Prediction
	// finiteInputs says that the inputs promise to be finite, so that none is strange
	finiteInputs bool
	strange      []int       // by sample of the batch: 1 + the place of an input that is not finite, or 0
	operations   *Operations // to be counted, or nil
	task         func(worker, part int)
	again        *again    // nil before EvaluateAgain
	others       []Inputs  // further views of the samples
	sums         []float64 // of logits over views, by sample of the batch
}

// Prediction is the outcome for one sample.
type Prediction struct {
	// Label is argmax_c logit_c, the lowest class among equals.
	Label int
	// Margin is the difference of the two largest logits, >= 0.
	Margin float32
	// Logits of all classes. They are reused: copy them to keep them.
	Logits []float32
	// FixedPoint says that the state reached was a fixed point.
	FixedPoint bool
	// State is the state reached, a vector of [network.Network.StateSize]; like Logits it
	// is reused.
	State []float32
	// Result says how the relaxation went.
	Result dynamics.Result
}

const (
	// evaluationBatch is the number of samples that a worker of a predictor moves at a
	// time, where memory allows.
	evaluationBatch = 64
	// evaluationMemory bounds the bytes of all samples that a predictor moves at a time,
	// unless 16 for each worker take more.
	evaluationMemory = 256 << 20
)

// evaluationEpoch addresses the random draws of predictions, apart from any epoch of
// training.
const evaluationEpoch = math.MaxUint64

// NewPredictor makes a predictor for n under the dynamics of the settings, with its own
// workers (GOMAXPROCS of them for workers <= 0). It reports dynamics that are not valid; how
// a network learns does not matter here.
func NewPredictor(settings Settings, n *network.Network, workers int) (*Predictor, error) {
	return newPredictorWithin(settings, n, workers, evaluationMemory)
}

// newPredictorWithin makes a predictor whose samples take at most the given bytes.
func newPredictorWithin(settings Settings, n *network.Network, workers, memory int) (*Predictor, error) {
	if n == nil {
		return nil, errors.New("protocol: no network")
	}
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return newPredictor(settings, n, samplesPerWorker(n, workers, memory)*min(workers, maxWorkers), workers)
}

// newPredictor makes a predictor that moves so many samples at a time.
func newPredictor(settings Settings, n *network.Network, samples, workers int) (*Predictor, error) {
	if n == nil {
		return nil, errors.New("protocol: no network")
	}
	if err := settings.validateDynamics(); err != nil {
		return nil, fmt.Errorf("protocol: %w", err)
	}
	m, err := newMoving(settings, n, samples, workers)
	if err != nil {
		return nil, err
	}
	p := &Predictor{moving: m, sweeps: settings.Dynamics.Evaluation, predictions: make([]Prediction, m.batch.Capacity()), strange: make([]int, m.batch.Capacity())}
	for i := range p.predictions {
		p.predictions[i].Logits = make([]float32, n.Classes)
	}
	p.task = func(worker, part int) {
		if from, to := m.team.Samples(part, 16); from < to {
			p.relax(m.workers[worker], from, to)
		}
	}
	return p, nil
}

// samplesPerWorker returns how many samples each of some workers moves at a time so that
// all of them take at most the given bytes: whole tiles of 16, at least one.
func samplesPerWorker(n *network.Network, workers, memory int) int {
	values := 2*layout.Padded(n.Inputs()) + 3*n.StateSize() // inputs twice, their fields, states, products
	for _, p := range n.Pathways {
		if p.Block != nil {
			values += layout.Padded(p.Block.Shape().Receivers)
		}
	}
	tiles := memory / (16 * 4 * values) / min(workers, maxWorkers)
	return 16 * min(max(tiles, 1), evaluationBatch/16)
}

// Predict relaxes the first count rows of inputs and calls each with its prediction, in
// order, from the calling goroutine. It stops with ctx.Err() when ctx is cancelled, and with
// an error of each. The tally counts fixed points and flips; nothing is Correct.
func (p *Predictor) Predict(ctx context.Context, inputs Inputs, count int, each func(i int, prediction Prediction) error) (Tally, error) {
	var total Tally
	if err := fits(inputs, p.moving.network); err != nil {
		return total, err
	}
	for _, other := range p.others {
		if err := fits(other, p.moving.network); err != nil {
			return total, err
		}
	}
	p.see(inputs)
	defer func() { p.inputs, p.finiteInputs = nil, false }()
	most := len(p.predictions)
	for p.first = 0; p.first < count; p.first += most {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		some := min(most, count-p.first)
		p.moving.batch.Resize(some)
		if len(p.others) > 0 {
			if err := p.sum(inputs, some); err != nil {
				return total, err
			}
		}
		p.moving.pool.run(&p.task)
		total.Add(p.moving.collect())
		for i := range some {
			if err := p.finite(i); err != nil {
				return total, err
			}
			if len(p.others) > 0 {
				p.average(i)
			}
			if p.operations != nil {
				p.operations.add(p.moving.batch.Input(i), p.predictions[i].Result)
			}
			if err := each(p.first+i, p.predictions[i]); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// Evaluate predicts the first count samples and tallies the correct ones. With confusion
// not nil, of length C*C, it counts confusion[label*C+predicted]. A label that is not a
// class is an error.
func (p *Predictor) Evaluate(ctx context.Context, s Samples, count int, confusion []int64) (Tally, error) {
	if err := fits(s, p.moving.network); err != nil {
		return Tally{}, err
	}
	classes := p.moving.network.Classes
	for i := range count {
		if err := labelled(s, i, classes); err != nil {
			return Tally{}, err
		}
	}
	if want := classes * classes; confusion != nil && len(confusion) != want {
		return Tally{}, fmt.Errorf("protocol: a confusion matrix of %d counts, want %d", len(confusion), want)
	}
	correct := int64(0)
	total, err := p.Predict(ctx, s, count, func(i int, prediction Prediction) error {
		label := s.Label(i)
		if prediction.Label == label {
			correct++
		}
		if confusion != nil {
			confusion[label*classes+prediction.Label]++
		}
		return nil
	})
	total.Correct = correct
	return total, err
}

// finite reports an input of a sample of the batch that is not finite: signs hide it, and the
// logits would look like any others.
func (p *Predictor) finite(i int) error {
	if k := p.strange[i] - 1; k >= 0 && !p.finiteInputs {
		return fmt.Errorf("protocol: sample %d: input %d is %v, want a finite number", p.first+i, k, p.moving.batch.Input(i)[k])
	}
	return nil
}

// Close ends the workers.
func (p *Predictor) Close() { p.moving.pool.close() }

// relax predicts samples from..to of the batch. Every worker has samples of its own from
// their inputs to their logits, so that it meets the others once in a batch.
func (p *Predictor) relax(w *worker, from, to int) {
	b := p.moving.batch
	for i := from; i < to; i++ {
		b.Start(i, p.inputs, p.first+i, evaluationEpoch)
		if !p.finiteInputs {
			p.strange[i] = 1 + b.NotFinite(i)
		}
	}
	b.Advance(w.Worker, from, to, p.sweeps, nil)
	readout := p.moving.network.Readout
	for first := from; first < to; first += readGroup {
		end := min(first+readGroup, to)
		w.states = w.states[:0]
		for i := first; i < end; i++ {
			w.states = append(w.states, b.State(i))
		}
		readout.Logits(w.logits[:end-first], w.states, readout.Predicting())
		for i := first; i < end; i++ {
			p.conclude(w, i, w.logits[i-first][:readout.Classes])
		}
	}
}

// conclude makes the prediction for sample i of the batch.
func (p *Predictor) conclude(w *worker, i int, logits []float32) {
	b, q := p.moving.batch, &p.predictions[i]
	copy(q.Logits, logits)
	q.decide()
	q.FixedPoint = b.Result(i).Status == dynamics.FixedPoint || b.Settled(w.Worker, i)
	q.State, q.Result = b.State(i), b.Result(i)
	w.tally.count(q.Result, p.sweeps-1, q.FixedPoint)
}

// decide takes label and margin from the logits.
func (q *Prediction) decide() {
	q.Label = largest(q.Logits)
	second := float32(math.Inf(-1))
	for c, v := range q.Logits {
		if c != q.Label {
			second = max(second, v)
		}
	}
	q.Margin = q.Logits[q.Label] - second
}
