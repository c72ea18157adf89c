package baseline

import (
	"context"
	"fmt"
	"math"

	"basin/internal/layout"
)

// LogisticSettings are those of a [Logistic]. The zero value learns with a penalty that is
// chosen.
type LogisticSettings struct {
	// Penalty is lambda, per sample, above 0; 0 chooses it among 1, 0.1, ... 1e-6 by the
	// cross-entropy of training samples that are held out, and then learns all.
	Penalty float64
	// Seed of the division into samples that are learned and held out.
	Seed uint64
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less. It changes the speed
	// and not a bit of the result.
	Workers int
}

// Validate reports a penalty that is out of its range.
func (s LogisticSettings) Validate() error { return strength("penalty", s.Penalty) }

// strength reports a value that is neither above 0, nor 0 for one that is chosen.
func strength(name string, value float64) error {
	if !(value >= 0) || math.IsInf(value, 0) {
		return fmt.Errorf("baseline: %s %v, want a finite number above 0, or 0 to choose it", name, value)
	}
	return nil
}

// Logistic is multinomial logistic regression,
//
//	z = W x + b,  p_c = exp(z_c) / sum over d of exp(z_d)
//
// whose W and b make the mean of -ln p_label plus lambda |W|^2 / 2 small, with lambda the
// penalty. That is convex; L-BFGS (Liu and Nocedal 1989) goes from zero towards the least
// value, and ends where no slope is above 1e-5, or after 1000 iterations. Inputs should be
// standardised, since the penalty is one for all. It is not safe for use by several goroutines.
type Logistic struct {
	settings LogisticSettings
	samples  Samples
	classes  int
	penalty  float64 // in use; 0 before Run
	stride   int     // classes, padded
	weights  []float32
}

// NewLogistic makes a regression that is to learn samples of some classes. It reports settings
// that are out of their range, and samples that it cannot learn.
func NewLogistic(settings LogisticSettings, samples Samples, classes int) (*Logistic, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if err := learnable(samples, classes); err != nil {
		return nil, err
	}
	return &Logistic{settings: settings, samples: samples, classes: classes, stride: layout.Padded(classes)}, nil
}

// Penalty returns the one that was learned with, and 0 before [Logistic.Run].
func (l *Logistic) Penalty() float64 { return l.penalty }

// The ends of a search: the largest slope that is left and the iterations at most.
const (
	finalSlope       = 1e-5
	chosenSlope      = 1e-4
	mostIterations   = 1000
	chosenIterations = 500
)

// penalties are those chosen from, in the order in which they are tried.
var penalties = []float64{1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6}

// Run chooses the penalty if that is asked for, and learns all samples; see [Learner]. It
// calls observe after every pass over the samples.
func (l *Logistic) Run(ctx context.Context, observe func(Progress) error) error {
	workers := crew(l.settings.Workers)
	if err := finite(ctx, l.samples, workers); err != nil {
		return err
	}
	passed := int64(0)
	tell := func(count int, loss float64) error {
		passed += int64(count)
		if observe == nil {
			return nil
		}
		return observe(Progress{Samples: passed, Loss: loss})
	}
	penalty := l.settings.Penalty
	if penalty == 0 {
		var err error
		if penalty, err = l.choose(ctx, workers, tell); err != nil {
			return err
		}
	}
	d := newDescent(l.samples, l.classes, workers, tell)
	if err := d.run(ctx, penalty, finalSlope, mostIterations); err != nil {
		return err
	}
	l.weights, l.penalty = d.weights, penalty
	return nil
}

// choose returns the penalty of the least cross-entropy of what is held out. It goes from the
// strongest on, each time from the weights before, until that rises: what comes then
// only takes longer.
func (l *Logistic) choose(ctx context.Context, workers int, tell func(int, float64) error) (float64, error) {
	parts := folds(l.samples, l.classes, l.settings.Seed)
	descents := make([]*descent, len(parts))
	for f, part := range parts {
		descents[f] = newDescent(part.learned, l.classes, workers, tell)
	}
	best, least := penalties[len(penalties)/2], math.Inf(1) // in the middle, of too few samples
	for _, penalty := range penalties {
		loss := 0.0
		for f, part := range parts {
			if err := descents[f].run(ctx, penalty, chosenSlope, chosenIterations); err != nil {
				return 0, err
			}
			err := respond(ctx, part.held, part.held.Count(), l.classes, workers, l.response(descents[f].weights), func(i int, logits []float32) error {
				loss += crossEntropy(logits, part.held.Label(i), 1)
				return nil
			})
			if err != nil {
				return 0, err
			}
		}
		if !(loss < least) {
			break
		}
		best, least = penalty, loss
	}
	return best, nil
}

// Logits calls each with logits z; see [Learner].
func (l *Logistic) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	if l.weights == nil {
		return errUnlearned
	}
	return logitsOf(ctx, s, count, l.samples.Dim(), l.classes, l.settings.Workers, l.response(l.weights), each)
}

func (l *Logistic) response(weights []float32) func() response {
	return affine(weights, l.samples.Dim(), l.stride)
}

// Cost returns the weights and biases, in single precision, and the products of a prediction.
func (l *Logistic) Cost() Cost {
	products := int64(l.samples.Dim()) * int64(l.classes)
	all := products + int64(l.classes)
	return Cost{Parameters: all, Bytes: 4 * all, Operations: float64(products)}
}
