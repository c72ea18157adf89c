package train

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"basin/dataset"
	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
)

// Evaluator predicts with a network that does not change meanwhile. It is not safe for
// use by several goroutines; it has its own workers, which Close ends.
type Evaluator struct {
	moving      *moving
	sweeps      int
	inputs      *dataset.Inputs
	one         []float32 // the only sample, if not nil
	first       int
	predictions []Prediction
	task        func(worker, part int)
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
}

const (
	// evaluationBatch is the number of samples that a worker of an evaluator moves at a
	// time, where memory allows.
	evaluationBatch = 64
	// evaluationMemory bounds the bytes of all samples that an evaluator moves at a time,
	// unless 16 for each worker take more.
	evaluationMemory = 256 << 20
)

// evaluationEpoch addresses the random draws of predictions, apart from any epoch of
// training.
const evaluationEpoch = math.MaxUint64

// NewEvaluator makes an evaluator of n under the dynamics of the settings, with its own
// workers (GOMAXPROCS of them for workers <= 0). It reports a network that is not one of
// the settings.
func NewEvaluator(settings Settings, n *network.Network, workers int) (*Evaluator, error) {
	return newEvaluator(settings, n, workers, evaluationMemory)
}

// newEvaluator makes an evaluator whose samples take at most the given bytes.
func newEvaluator(settings Settings, n *network.Network, workers, memory int) (*Evaluator, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	m, err := newMoving(settings, n, samplesPerWorker(n, workers, memory)*min(workers, maxWorkers), workers)
	if err != nil {
		return nil, err
	}
	e := &Evaluator{moving: m, sweeps: settings.Dynamics.Evaluation, predictions: make([]Prediction, m.batch.Count())}
	for i := range e.predictions {
		e.predictions[i].Logits = make([]float32, n.Classes)
	}
	e.task = func(worker, part int) {
		if from, to := m.samples(part, 16); from < to {
			e.relax(m.workers[worker], from, to)
		}
	}
	return e, nil
}

// samplesPerWorker returns how many samples each of some workers moves at a time so that
// all of them take at most the given bytes: whole tiles of 16, at least one.
func samplesPerWorker(n *network.Network, workers, memory int) int {
	values := 2*layout.Padded(n.Inputs()) + 3*n.StateSize() // inputs twice, their fields, states, products
	for _, p := range n.Pathways {
		if p.Block != nil {
			values += p.Block.Stride()
		}
	}
	tiles := memory / (16 * 4 * values) / min(workers, maxWorkers)
	return 16 * min(max(tiles, 1), evaluationBatch/16)
}

// Predict relaxes every sample of inputs and calls each with its prediction, in order,
// from the calling goroutine. It stops with ctx.Err() when ctx is cancelled. The tally
// counts fixed points and flips; nothing is Correct.
func (e *Evaluator) Predict(ctx context.Context, inputs *dataset.Inputs, each func(i int, p Prediction)) (Tally, error) {
	var total Tally
	if inputs.Dim() != e.moving.network.Inputs() {
		return total, fmt.Errorf("train: samples have %d inputs, the network reads %d", inputs.Dim(), e.moving.network.Inputs())
	}
	e.inputs = inputs
	e.moving.batch.PromiseSigns(inputs.Binary())
	most := len(e.predictions)
	for e.first = 0; e.first < inputs.Count(); e.first += most {
		if err := ctx.Err(); err != nil {
			return total, err
		}
		count := min(most, inputs.Count()-e.first)
		e.moving.batch.Resize(count)
		e.moving.pool.run(&e.task)
		total.add(e.moving.collect())
		for i := range count {
			each(e.first+i, e.predictions[i])
		}
	}
	return total, nil
}

// Freeze prepares for [Evaluator.PredictOne]: see [dynamics.Batch.Freeze]. The network
// must not change afterwards.
func (e *Evaluator) Freeze() { e.moving.batch.Freeze() }

// PredictOne relaxes one encoded input x and returns its prediction, whose logits the
// next call overwrites: for streams, where latency counts. Call [Evaluator.Freeze]
// first, and make the evaluator with one worker. Random draws of partial and sequential
// sweeps are those of a first sample. It reports an input of the wrong length.
func (e *Evaluator) PredictOne(x []float32) (Prediction, error) {
	if want := e.moving.network.Inputs(); len(x) != want {
		return Prediction{}, fmt.Errorf("train: input has %d values, the network reads %d", len(x), want)
	}
	e.one = x
	e.moving.batch.PromiseSigns(false)
	e.moving.batch.Resize(1)
	e.moving.pool.run(&e.task)
	e.one = nil
	e.moving.collect()
	return e.predictions[0], nil
}

// Evaluate predicts all samples and tallies the correct ones. With confusion not nil,
// of length C*C, it counts confusion[label*C+predicted].
func (e *Evaluator) Evaluate(ctx context.Context, s *Samples, confusion []int64) (Tally, error) {
	if err := s.fits(e.moving.network, "evaluation"); err != nil {
		return Tally{}, err
	}
	if want := e.moving.network.Classes * e.moving.network.Classes; confusion != nil && len(confusion) != want {
		return Tally{}, fmt.Errorf("train: a confusion matrix of %d counts, want %d", len(confusion), want)
	}
	correct := int64(0)
	total, err := e.Predict(ctx, s.Inputs, func(i int, p Prediction) {
		if p.Label == s.Labels[i] {
			correct++
		}
		if confusion != nil {
			confusion[s.Labels[i]*e.moving.network.Classes+p.Label]++
		}
	})
	total.Correct = correct
	return total, err
}

// Close ends the workers.
func (e *Evaluator) Close() { e.moving.pool.close() }

// relax predicts samples from..to of the batch. Every worker has samples of its own from
// their inputs to their logits, so that it meets the others once in a batch.
func (e *Evaluator) relax(w *worker, from, to int) {
	b := e.moving.batch
	inputs := e.moving.network.Inputs()
	for i := from; i < to; i++ {
		id := 0
		if input := b.Input(i)[:inputs:inputs]; e.one != nil {
			copy(input, e.one)
		} else {
			id = e.first + i
			e.inputs.Row(id, input)
		}
		b.Start(i, evaluationEpoch, uint64(id))
	}
	b.DriveSamples(w.Worker, from, to)
	b.Advance(w.Worker, from, to, e.sweeps, nil)
	e.moving.read(w, from, to, e.moving.network.Readout.Predicting(), func(i int, logits []float32) {
		p := &e.predictions[i]
		copy(p.Logits, logits)
		p.Label = largest(logits)
		second := float32(math.Inf(-1))
		for c, v := range logits {
			if c != p.Label {
				second = max(second, v)
			}
		}
		p.Margin = logits[p.Label] - second
		p.FixedPoint = b.Result(i).Status == dynamics.FixedPoint || b.Settled(w.Worker, i)
		w.tally.count(b.Result(i), e.sweeps-1, p.FixedPoint)
	})
}

// count adds one sample: the flips of a phase, the sweeps of its budget after the
// sample's first, and whether it ended at a fixed point.
func (t *Tally) count(r dynamics.Result, sweeps int, fixed bool) {
	t.Samples++
	t.Flips += r.Flips
	t.Sweeps += int64(max(0, sweeps))
	if fixed {
		t.FixedPoints++
	}
	if r.Status == dynamics.Cycle {
		t.Cycles++
		if r.Period == 2 {
			t.Period2++
		}
	}
}
