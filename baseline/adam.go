package baseline

import (
	"math"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/internal/random"
)

// layer holds the weights from some units to others: row k has what unit k sends, the last
// row the biases.
type layer struct {
	senders, receivers int
	stride             int       // receivers and one unit that is always 1, padded
	weights            []float32 // (senders+1) x stride
	mean, square       []float32 // Adam's running means of the gradient and of its square
}

// newLayer returns a layer without biases, its weights normal numbers of variance gain/senders.
func newLayer(senders, receivers int, gain float64, seed, number uint64) *layer {
	l := &layer{senders: senders, receivers: receivers, stride: layout.Padded(receivers + 1)}
	count := (senders + 1) * l.stride
	l.weights, l.mean, l.square = layout.Values(count), layout.Values(count), layout.Values(count)
	if gain == 0 {
		return l
	}
	stream := random.New(seed, random.Baseline, number)
	draw, deviation := stream.Rand(), math.Sqrt(gain/float64(senders))
	for k := range senders {
		for i := range receivers {
			l.weights[k*l.stride+i] = float32(deviation * draw.NormFloat64())
		}
	}
	return l
}

// worker is what a goroutine needs to learn.
type worker struct {
	columns   [][]float32 // strip x Q: a row for each unit that sends
	gradients [][]float32 // strip x stride
}

// strip is the number of rows of a layer whose gradient is computed at a time. It stays in the
// cache until Adam has used it.
const strip = 64

// learn changes the rows of one of some parts by their gradient: scale times the sum over samples q
//
//	inputs[q][k] errors[q*stride+i]
//
// for the rows k that there are inputs for.
func (l *layer) learn(w *worker, a adam, inputs [][]float32, errors []float32, part, parts int) {
	from, to := layout.Part(len(inputs[0]), part, parts)
	for n := range strip {
		w.columns[n], w.gradients[n] = w.columns[n][:len(inputs)], w.gradients[n][:l.stride]
	}
	for first := from; first < to; first += strip {
		columns := w.columns[:min(strip, to-first)]
		gradients := w.gradients[:len(columns)]
		for q, x := range inputs {
			for n, v := range x[first:][:len(columns)] {
				columns[n][q] = v
			}
		}
		for n := range gradients {
			clear(gradients[n])
		}
		kernel.DenseField(gradients, columns, errors, l.stride, false)
		for n, gradient := range gradients {
			row := (first + n) * l.stride
			a.move(l.weights[row:][:l.receivers], l.mean[row:], l.square[row:], gradient)
		}
	}
}

// The settings of Adam that its authors recommend.
const (
	meanDecay   = 0.9
	squareDecay = 0.999
	epsilon     = 1e-8
)

// adam is one step of Adam, with gradients that are multiplied by scale first.
type adam struct{ rate, epsilon, scale float32 }

// newAdam returns the step of a mini-batch, counted from 1. The running means begin at 0; what
// that takes from them is in the rate and in epsilon (Kingma and Ba 2015, end of section 2).
func newAdam(rate float64, batch int) adam {
	square := math.Sqrt(1 - math.Pow(squareDecay, float64(batch)))
	return adam{float32(rate * square / (1 - math.Pow(meanDecay, float64(batch)))), float32(epsilon * square), 1}
}

// move changes weights by their gradient. All have at least the length of weights.
func (a adam) move(weights, mean, square, gradient []float32) {
	mean, square, gradient = mean[:len(weights)], square[:len(weights)], gradient[:len(weights)]
	for i, g := range gradient {
		g *= a.scale
		m := mean[i] + float32((1-meanDecay)*float32(g-mean[i]))
		s := square[i] + float32((1-squareDecay)*float32(float32(g*g)-square[i]))
		mean[i], square[i] = m, s
		weights[i] -= float32(a.rate*m) / float32(float32(math.Sqrt(float64(s)))+a.epsilon)
	}
}
