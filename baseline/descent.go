package baseline

import (
	"context"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// descent looks for the weights of a [Logistic] for some samples. It begins at zero, and goes
// on from where it was.
type descent struct {
	samples Samples
	classes int
	stride  int // classes, padded
	width   int // inputs and the 1 behind them, padded
	workers []*descentWorker
	tell    func(count int, loss float64) error

	at      []float64     // C x (D+1): W and b
	weights []float32     // (D+1) x stride: at, as the kernel wants it
	partial [][][]float32 // the slopes of each of some strips, C x width, summed over its samples
	losses  []float64     // of each of them
}

// descentRows is the number of samples of a strip, whose slopes are summed in single precision,
// and descentStrips that of strips whose sums are added up at a time, in double precision. Both
// orders are the same for any number of workers.
const (
	descentRows   = 256
	descentStrips = 16
)

// descentWorker is what a goroutine needs for itself.
type descentWorker struct {
	shown, inputs [][]float32 // strip x width, and the D+1 values of them
	values        []float32   // what shown is cut from
	logits        [][]float32 // strip x stride
	errors        [][]float32 // C x strip
}

func newDescent(s Samples, classes, workers int, tell func(int, float64) error) *descent {
	dim := s.Dim()
	d := &descent{
		samples: s, classes: classes, tell: tell, stride: layout.Padded(classes), width: layout.Padded(dim + 1),
		at: make([]float64, classes*(dim+1)), losses: make([]float64, descentStrips),
	}
	d.weights = layout.Values((dim + 1) * d.stride)
	for range descentStrips {
		rows, _ := matrix(classes, d.width)
		d.partial = append(d.partial, rows)
	}
	for range min(workers, descentStrips) {
		w := &descentWorker{}
		w.shown, w.values = matrix(descentRows, d.width)
		w.logits, _ = matrix(descentRows, d.stride)
		w.errors, _ = matrix(classes, descentRows)
		for _, x := range w.shown {
			x[dim] = 1
			w.inputs = append(w.inputs, x[:dim+1])
		}
		d.workers = append(d.workers, w)
	}
	return d
}

// run goes on until no slope is above a bound, or after so many iterations.
func (d *descent) run(ctx context.Context, penalty, bound float64, iterations int) error {
	evaluate := func(at, slope []float64) (float64, error) {
		loss, err := d.evaluate(ctx, penalty, at, slope)
		if err != nil {
			return 0, err
		}
		return loss, d.tell(d.samples.Count(), loss)
	}
	if err := minimise(d.at, evaluate, bound, iterations); err != nil {
		return err
	}
	d.spread(d.at)
	return nil
}

// spread writes weights as the kernel wants them.
func (d *descent) spread(at []float64) {
	inputs := d.samples.Dim() + 1
	for c := range d.classes {
		for k, v := range at[c*inputs:][:inputs] {
			d.weights[k*d.stride+c] = float32(v)
		}
	}
}

// evaluate writes the slope of what is made small, and returns it.
func (d *descent) evaluate(ctx context.Context, penalty float64, at, slope []float64) (float64, error) {
	d.spread(at)
	clear(slope)
	loss, count, inputs := 0.0, d.samples.Count(), d.samples.Dim()+1
	for first := 0; first < count; first += descentRows * descentStrips {
		strips := min(descentStrips, (count-first+descentRows-1)/descentRows)
		err := each(ctx, len(d.workers), strips, func(worker, n int) {
			from := first + n*descentRows
			d.losses[n] = d.strip(d.workers[worker], d.partial[n], from, min(descentRows, count-from))
		})
		if err != nil {
			return 0, err
		}
		for n := range strips {
			loss += d.losses[n]
			for c, row := range d.partial[n] {
				to := slope[c*inputs:][:inputs]
				for k := range to {
					to[k] += float64(row[k])
				}
			}
		}
	}
	loss /= float64(count)
	for i := range slope {
		slope[i] /= float64(count)
		if i%inputs < inputs-1 {
			slope[i] += float64(penalty * at[i])
			loss += float64(penalty / 2 * at[i] * at[i])
		}
	}
	return loss, nil
}

// strip writes the slope of the cross-entropy of some samples, a sum, and returns that.
func (d *descent) strip(w *descentWorker, slope [][]float32, from, some int) float64 {
	for q := range some {
		d.samples.Row(from+q, w.shown[q])
		w.shown[q][d.samples.Dim()] = 1
		clear(w.logits[q])
	}
	kernel.DenseField(w.logits[:some], w.inputs[:some], d.weights, d.stride, false)
	loss, errors := 0.0, make([][]float32, d.classes)
	for q, z := range w.logits[:some] {
		z = z[:d.classes]
		loss += crossEntropy(z, d.samples.Label(from+q), 1)
		for c, e := range z {
			w.errors[c][q] = e
		}
	}
	for c := range errors {
		errors[c] = w.errors[c][:some]
		clear(slope[c])
	}
	kernel.DenseField(slope, errors, w.values, d.width, false)
	return loss
}
