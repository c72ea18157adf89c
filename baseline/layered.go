package baseline

import (
	"context"
	"fmt"
	"math"
	"sync"

	"basin/internal/layout"
	"basin/internal/random"
)

// layered is what learners with one hidden layer have in common: two layers of weights, and
// passes over the samples in mini-batches.
type layered struct {
	settings Settings
	samples  Samples
	classes  int
	// Both layers have their bias as one more row, for an input that is always 1.
	hidden, output *layer
	returning      []float32 // C x stride of the hidden layer: U, along which errors and states go back
	workers        []*worker
	order          []int32 // of the samples in the epoch under way
	batch          int     // mini-batches learned
}

// newLayered draws V and U with variances of some gains over D and H.
func newLayered(settings Settings, samples Samples, classes int, hidden, output float64) (layered, error) {
	if err := settings.Validate(); err != nil {
		return layered{}, err
	}
	if err := learnable(samples, classes); err != nil {
		return layered{}, err
	}
	n := layered{settings: settings, samples: samples, classes: classes}
	n.hidden = newLayer(samples.Dim(), settings.Hidden, hidden, settings.Seed, 0)
	n.output = newLayer(settings.Hidden, classes, output, settings.Seed, 1)
	n.returning = layout.Values(classes * n.hidden.stride)
	n.transpose()
	n.order = make([]int32, samples.Count())
	return n, nil
}

// size returns the number of samples of a mini-batch.
func (n *layered) size() int { return min(n.settings.Batch, n.samples.Count()) }

// products returns the number of weights between two units, V and U.
func (n *layered) products() int64 {
	return int64(n.samples.Dim()+n.classes) * int64(n.settings.Hidden)
}

// show writes the row of a training sample as it is learned in an epoch.
func (n *layered) show(place int, dst []float32, epoch uint64) {
	if noisy, is := n.samples.(Noisy); is {
		noisy.NoisyRow(place, dst, n.settings.Seed, epoch)
		return
	}
	n.samples.Row(place, dst)
}

// run is Run of a learner of which step learns one mini-batch, the samples at some places as
// they are in an epoch, and returns its loss.
func (n *layered) run(ctx context.Context, step func(places []int32, epoch uint64, rate float64) float64, observe func(Progress) error) error {
	if n.batch == 0 {
		if err := finite(ctx, n.samples, len(n.workers)); err != nil {
			return err
		}
	}
	count, size := len(n.order), n.size()
	perEpoch := (count + size - 1) / size
	for batches := perEpoch * n.settings.Epochs; n.batch < batches; {
		if err := ctx.Err(); err != nil {
			return err
		}
		epoch, at := n.batch/perEpoch, n.batch%perEpoch
		stream := random.New(n.settings.Seed, random.Shuffle, uint64(epoch))
		stream.Permute(n.order)
		for ; at < perEpoch; at++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			rate := n.settings.rate(n.batch, batches)
			n.batch++
			loss := step(n.order[at*size:min((at+1)*size, count)], uint64(epoch), rate)
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

// hire makes workers that add up gradients over so many rows.
func (n *layered) hire(rows int) {
	n.workers = make([]*worker, crew(n.settings.Workers))
	for i := range n.workers {
		w := &worker{}
		w.columns, _ = matrix(strip, rows)
		w.gradients, _ = matrix(strip, max(n.hidden.stride, n.output.stride))
		n.workers[i] = w
	}
}

// parallel calls do once for every part, all at once, and returns when all have returned.
func (n *layered) parallel(do func(w *worker, part int)) {
	var others sync.WaitGroup
	for part := 1; part < len(n.workers); part++ {
		others.Go(func() { do(n.workers[part], part) })
	}
	do(n.workers[0], 0)
	others.Wait()
}

// part returns the range of count things that belongs to one worker.
func (n *layered) part(count, part int) (from, to int) {
	return layout.Part(count, part, len(n.workers))
}

// transpose writes U by class.
func (n *layered) transpose() {
	for h := range n.output.senders {
		for c := range n.classes {
			n.returning[c*n.hidden.stride+h] = n.output.weights[h*n.output.stride+c]
		}
	}
}
