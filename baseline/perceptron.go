package baseline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"basin/internal/layout"
	"basin/internal/random"
)

// Perceptron is a multilayer perceptron with one hidden layer,
//
//	a = V x + v,  r = max(a, 0),  z = U r + u,  p_c = exp(z_c) / sum over d of exp(z_d)
//
// that learns by the gradient of the cross-entropy -ln p_label, a mean over a mini-batch, with
// Adam (Kingma and Ba 2015, decays 0.9 and 0.999). V and U begin as normal numbers of variance
// 2/D and 2/H (He et al. 2015), v and u at 0. It is not safe for use by several goroutines.
type Perceptron struct {
	settings Settings
	samples  Samples
	classes  int
	// Both layers have their bias as one more row, for an input that is always 1.
	hidden, output *layer
	returning      []float32 // C x stride of the hidden layer: U, along which errors go back
	workers        []*worker
	order          []int32 // of the samples in the epoch under way
	batch          int     // mini-batches learned
	rows           rows
}

// New makes a perceptron that is to learn samples of some classes. It reports settings that
// are out of their range, and samples that it cannot learn.
func New(settings Settings, samples Samples, classes int) (*Perceptron, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if classes < 2 {
		return nil, fmt.Errorf("baseline: %d classes, want at least 2", classes)
	}
	if samples == nil || samples.Count() == 0 || samples.Dim() == 0 {
		return nil, errors.New("baseline: no training samples")
	}
	p := &Perceptron{settings: settings, samples: samples, classes: classes}
	if err := p.fits(samples); err != nil {
		return nil, err
	}
	p.hidden = newLayer(samples.Dim(), settings.Hidden, settings.Seed, 0)
	p.output = newLayer(settings.Hidden, classes, settings.Seed, 1)
	p.returning = layout.Values(classes * p.hidden.stride)
	p.transpose()
	p.order = make([]int32, samples.Count())
	p.rows = p.newRows(min(settings.Batch, samples.Count()))
	count := settings.Workers
	if count <= 0 {
		count = runtime.GOMAXPROCS(0)
	}
	for range min(count, maxWorkers) {
		p.workers = append(p.workers, p.newWorker())
	}
	return p, nil
}

// show writes the row of a training sample as it is learned in an epoch.
func (p *Perceptron) show(place int, dst []float32, epoch uint64) {
	if noisy, is := p.samples.(Noisy); is {
		noisy.NoisyRow(place, dst, p.settings.Seed, epoch)
		return
	}
	p.samples.Row(place, dst)
}

// fits reports samples that the perceptron cannot take.
func (p *Perceptron) fits(s Samples) error {
	if s == nil {
		return errors.New("baseline: no samples")
	}
	if s.Dim() != p.samples.Dim() {
		return fmt.Errorf("baseline: samples have %d inputs, those learned %d", s.Dim(), p.samples.Dim())
	}
	for i := range s.Count() {
		if label := s.Label(i); label < 0 || label >= p.classes {
			return fmt.Errorf("baseline: sample %d has label %d, want a class from 0 to %d", i, label, p.classes-1)
		}
	}
	return nil
}

// Cost returns the weights and biases, in single precision, and the products of a prediction.
func (p *Perceptron) Cost() Cost {
	dim, hidden := int64(p.samples.Dim()), int64(p.settings.Hidden)
	weights := (dim + int64(p.classes)) * hidden
	all := weights + hidden + int64(p.classes)
	return Cost{Parameters: all, Bytes: 4 * all, Operations: float64(weights)}
}

// Run trains until the epochs of the settings are done or ctx is cancelled, and calls observe
// (which may be nil) after every mini-batch from the calling goroutine. It stops between two
// mini-batches and returns ctx.Err(), or the error of observe, and may be called again to go
// on. A loss that is not finite is an error; the perceptron is then of no further use.
func (p *Perceptron) Run(ctx context.Context, observe func(Progress) error) error {
	count, size := len(p.order), p.rows.count()
	perEpoch := (count + size - 1) / size
	for batches := perEpoch * p.settings.Epochs; p.batch < batches; {
		if err := ctx.Err(); err != nil {
			return err
		}
		epoch, at := p.batch/perEpoch, p.batch%perEpoch
		stream := random.New(p.settings.Seed, random.Shuffle, uint64(epoch))
		stream.Permute(p.order)
		for ; at < perEpoch; at++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			rate := p.settings.rate(p.batch, batches)
			p.batch++
			loss := p.step(p.order[at*size:min((at+1)*size, count)], uint64(epoch), rate)
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				return fmt.Errorf("baseline: epoch %d: the loss is %v; lower the rate, and see that all inputs are finite", epoch+1, loss)
			}
			if observe == nil {
				continue
			}
			if err := observe(Progress{Samples: int64(epoch)*int64(count) + int64(min((at+1)*size, count)), Loss: loss}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Continue makes a perceptron learn other samples from the weights that it has: [Perceptron.Run]
// then passes over them as over the first, with the running means of Adam at 0 again. The
// settings may be others, but for Hidden. It reports settings that are out of their range, and
// samples that do not fit; the perceptron is then as it was.
func (p *Perceptron) Continue(settings Settings, samples Samples) error {
	if err := settings.Validate(); err != nil {
		return err
	}
	if settings.Hidden != p.settings.Hidden {
		return fmt.Errorf("baseline: %d hidden units, want the %d that there are", settings.Hidden, p.settings.Hidden)
	}
	if samples == nil || samples.Count() == 0 {
		return errors.New("baseline: no training samples")
	}
	if err := p.fits(samples); err != nil {
		return err
	}
	p.settings, p.samples, p.batch = settings, samples, 0
	p.order = make([]int32, samples.Count())
	p.rows = p.newRows(min(settings.Batch, samples.Count()))
	for i := range p.workers {
		p.workers[i] = p.newWorker()
	}
	for _, l := range []*layer{p.hidden, p.output} {
		clear(l.mean)
		clear(l.square)
	}
	return nil
}

// Predict writes the class of the first len(classes) samples, the lowest among those of the
// largest logit. It stops with ctx.Err() when ctx is cancelled.
func (p *Perceptron) Predict(ctx context.Context, s Samples, classes []int) error {
	return p.Logits(ctx, s, len(classes), func(i int, logits []float32) { classes[i] = largest(logits) })
}

// Logits calls each with the C logits of the first count samples, in their order, from the
// calling goroutine; each must not keep them. It stops with ctx.Err() when ctx is cancelled.
func (p *Perceptron) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	if err := p.fits(s); err != nil {
		return err
	}
	if count > s.Count() {
		return fmt.Errorf("baseline: %d predictions of %d samples", count, s.Count())
	}
	rows := p.newRows(evaluationBatch)
	for first := 0; first < count; first += evaluationBatch {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := min(evaluationBatch, count-first)
		p.parallel(func(_ *worker, part int) {
			from, to := p.part(some, part)
			if from == to {
				return
			}
			for q := from; q < to; q++ {
				s.Row(first+q, rows.inputs[q])
			}
			p.forward(&rows, from, to)
		})
		for q := range some {
			each(first+q, rows.known[q])
		}
	}
	return nil
}

// evaluationBatch is the number of samples that are predicted at a time.
const evaluationBatch = 512

// Evaluate returns the share of samples whose class is predicted. It stops with ctx.Err() when
// ctx is cancelled. Samples of none have accuracy 0.
func (p *Perceptron) Evaluate(ctx context.Context, s Samples) (float64, error) {
	if s == nil || s.Count() == 0 {
		return 0, p.fits(s)
	}
	classes := make([]int, s.Count())
	if err := p.Predict(ctx, s, classes); err != nil {
		return 0, err
	}
	correct := 0
	for i, class := range classes {
		if class == s.Label(i) {
			correct++
		}
	}
	return float64(correct) / float64(len(classes)), nil
}

// largest returns the place of the largest value, the first among equals.
func largest[V int | float32](values []V) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

// parallel calls do once for every part, all at once, and returns when all have returned.
func (p *Perceptron) parallel(do func(w *worker, part int)) {
	var others sync.WaitGroup
	for part := 1; part < len(p.workers); part++ {
		others.Go(func() { do(p.workers[part], part) })
	}
	do(p.workers[0], 0)
	others.Wait()
}

// part returns the range of count things that belongs to one worker.
func (p *Perceptron) part(count, part int) (from, to int) {
	return layout.Part(count, part, len(p.workers))
}
