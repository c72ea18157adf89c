package baseline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// Perceptron is a multilayer perceptron with one hidden layer,
//
//	a = V x + v,  r = max(a, 0),  z = U r + u,  p_c = exp(z_c) / sum over d of exp(z_d)
//
// that learns by the gradient of the cross-entropy -ln p_label, a mean over a mini-batch, with
// Adam (Kingma and Ba 2015, decays 0.9 and 0.999). V and U begin as normal numbers of variance
// 2/D and 2/H (He et al. 2015), v and u at 0. [NewBinarised] makes one with r = +-1. It is not
// safe for use by several goroutines.
type Perceptron struct {
	layered
	binary bool // r = sign(a)
	rows   rows
}

// New makes a perceptron that is to learn samples of some classes. It reports settings that
// are out of their range, and samples that it cannot learn.
func New(settings Settings, samples Samples, classes int) (*Perceptron, error) {
	return newPerceptron(settings, samples, classes, false)
}

// NewBinarised is [New] of a perceptron whose hidden units are the signs of a, +1 at 0, as those of
// a network of binary neurons are. A sign has no slope; the error of r is taken for that of
// a where |a| <= 1 and for 0 elsewhere, the clipped straight-through estimator of Hubara et al.
// 2016 (Binarized Neural Networks). Weights stay real.
func NewBinarised(settings Settings, samples Samples, classes int) (*Perceptron, error) {
	return newPerceptron(settings, samples, classes, true)
}

func newPerceptron(settings Settings, samples Samples, classes int, binary bool) (*Perceptron, error) {
	l, err := newLayered(settings, samples, classes, 2, 2)
	if err != nil {
		return nil, err
	}
	p := &Perceptron{layered: l, binary: binary}
	p.lay()
	return p, nil
}

// lay makes room for the mini-batches of the samples.
func (p *Perceptron) lay() {
	p.rows = p.newRows(p.size())
	p.hire(p.size())
}

// Cost returns the weights and biases, in single precision, and the products of a prediction.
func (p *Perceptron) Cost() Cost {
	weights := p.products()
	all := weights + int64(p.settings.Hidden) + int64(p.classes)
	return Cost{Parameters: all, Bytes: 4 * all, Operations: float64(weights)}
}

// Run trains until the epochs of the settings are done or ctx is cancelled, and calls observe
// (which may be nil) after every mini-batch from the calling goroutine. It stops between two
// mini-batches and returns ctx.Err(), or the error of observe, and may be called again to go
// on. Inputs that are not finite are an error before it begins. So is a loss that is not; the
// perceptron is then of no further use.
func (p *Perceptron) Run(ctx context.Context, observe func(Progress) error) error {
	return p.run(ctx, p.step, observe)
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
	if err := fits(samples, p.samples.Dim(), p.classes); err != nil {
		return err
	}
	p.settings, p.samples, p.batch = settings, samples, 0
	p.order = make([]int32, samples.Count())
	p.lay()
	for _, l := range []*layer{p.hidden, p.output} {
		clear(l.mean)
		clear(l.square)
	}
	return nil
}

// Predict writes the class of the first len(classes) samples, the lowest among those of the
// largest logit. It stops with ctx.Err() when ctx is cancelled.
func (p *Perceptron) Predict(ctx context.Context, s Samples, classes []int) error {
	return p.Logits(ctx, s, len(classes), func(i int, logits []float32) { classes[i] = Largest(logits) })
}

// Logits calls each with logits z; see [Learner].
func (p *Perceptron) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	newResponse := func() response {
		rows := p.newRows(respondedRows)
		return func(_ context.Context, inputs, logits [][]float32) {
			for q, x := range inputs {
				copy(rows.inputs[q], x)
			}
			p.forward(&rows, 0, len(inputs))
			for q := range logits {
				copy(logits[q], rows.known[q])
			}
		}
	}
	return logitsOf(ctx, s, count, p.samples.Dim(), p.classes, len(p.workers), newResponse, each)
}

// Evaluate returns the share of samples whose class is predicted. It stops with ctx.Err() when
// ctx is cancelled. Samples of none have accuracy 0.
func (p *Perceptron) Evaluate(ctx context.Context, s Samples) (float64, error) {
	if s == nil || s.Count() == 0 {
		return 0, fits(s, p.samples.Dim(), p.classes)
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

// Largest returns the place of the largest value, the first among equals: of logits, the class
// that is predicted.
func Largest[V cmp.Ordered](values []V) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}
