package baseline

import (
	"context"
	"errors"
	"fmt"
)

// ContrastiveSettings are those of a [Contrastive]. [DefaultContrastive] has values that suit
// images.
type ContrastiveSettings struct {
	Settings
	// Nudge is beta, with which outputs are pulled to the label and pushed away from it,
	// above 0 and below 1.
	Nudge float64
	// Free and Nudged are the sweeps that lead to the free state, and from there to each of
	// the two others, 1 to 10,000.
	Free, Nudged int
	// Lateral is whether hidden units, at most 4096, are coupled with each other. The couplings
	// begin at 0.
	Lateral bool
}

// Bounds of the sweeps of a state, and of hidden units that are coupled with each other.
const (
	maxSweeps  = 10_000
	maxLateral = 1 << 12
)

// DefaultContrastive returns the settings with which 784 inputs and 10 classes learn MNIST,
// with as many weights as the perceptron of [Defaults] has.
func DefaultContrastive() ContrastiveSettings {
	return ContrastiveSettings{Settings: Defaults(), Nudge: 0.5, Free: 12, Nudged: 5}
}

// Validate reports all settings that are out of their range.
func (s ContrastiveSettings) Validate() error {
	faults := []error{s.Settings.Validate()}
	if !(s.Nudge > 0 && s.Nudge < 1) {
		faults = append(faults, fmt.Errorf("baseline: nudge %v, want a number above 0 and below 1", s.Nudge))
	}
	if s.Lateral && s.Hidden > maxLateral {
		faults = append(faults, fmt.Errorf("baseline: %d hidden units coupled with each other, want at most %d", s.Hidden, maxLateral))
	}
	for _, phase := range []struct {
		name   string
		sweeps int
	}{{"free", s.Free}, {"nudged", s.Nudged}} {
		if phase.sweeps < 1 || phase.sweeps > maxSweeps {
			faults = append(faults, fmt.Errorf("baseline: %d %s sweeps, want 1 to %d", phase.sweeps, phase.name, maxSweeps))
		}
	}
	return errors.Join(faults...)
}

// Contrastive is a network with one hidden layer and symmetric couplings that learns from the
// difference of two states: equilibrium propagation (Scellier and Bengio 2017), which sends
// no errors back. Hidden units h, from 0 to 1, and outputs o go to a least energy
//
//	E = |h|^2/2 + |o|^2/2 - h.(V x + v) - h.J h/2 - o.(U h + u)
//
// where each is the sum that it receives, h cut off at 0 and 1. U acts both ways; J, symmetric
// without a diagonal, is there with Lateral. With y the label, 1 for its class and 0 for
// others, outputs are pulled to y where E + beta |o-y|^2/2 is least, and pushed away with
// -beta. A coupling between units of states a and b moves by
//
//	(a b pulled - a b pushed) / (2 beta)
//
// which for small beta is the slope of -|o-y|^2/2 of the free state. It is off by the order of
// beta^2, where the free and one nudged state would be off by that of beta (Laborieux et al.
// 2021). Adam takes the mean over a mini-batch.
//
// A sweep changes all hidden units at once, then all outputs. Without J each half makes E as
// small as it can; with J hidden units go half of the way, so that they do not swing. The free
// state starts at h = o = 0. V begins as normal numbers of variance 1/D, all else at 0.
// Scellier and Bengio, whose outputs are cut off too, report 2 to 3 % errors on MNIST. It is not
// safe for use by several goroutines.
type Contrastive struct {
	layered
	settings ContrastiveSettings
	lateral  *layer // J, nil without
	pairs    pairs
}

// NewContrastive makes a network that is to learn samples of some classes. It reports settings
// that are out of their range, and samples that it cannot learn.
func NewContrastive(settings ContrastiveSettings, samples Samples, classes int) (*Contrastive, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	l, err := newLayered(settings.Settings, samples, classes, 1, 0)
	if err != nil {
		return nil, err
	}
	c := &Contrastive{layered: l, settings: settings}
	if settings.Lateral {
		c.lateral = newLayer(settings.Hidden, settings.Hidden, 0, 0, 0)
	}
	c.pairs = c.newPairs(c.size())
	c.hire(2 * c.size())
	return c, nil
}

// Run trains until the epochs of the settings are done or ctx is cancelled, and may be called
// again to go on, as [Perceptron.Run] may. The loss is the mean of |o-y|^2/2 in the free states.
func (c *Contrastive) Run(ctx context.Context, observe func(Progress) error) error {
	return c.run(ctx, c.step, observe)
}

// Logits calls each with outputs o of the free state; see [Learner].
func (c *Contrastive) Logits(ctx context.Context, s Samples, count int, each func(i int, logits []float32)) error {
	newResponse := func() response {
		p := c.newPairs(respondedRows)
		return func(ctx context.Context, inputs, logits [][]float32) {
			for q, x := range inputs {
				copy(p.inputs[q], x)
			}
			c.settle(&p, 0, len(inputs))
			for q := range logits {
				copy(logits[q], p.free.outputs[q])
			}
		}
	}
	return logitsOf(ctx, s, count, c.samples.Dim(), c.classes, len(c.workers), newResponse, each)
}

// Cost returns the couplings, a symmetric pair as one, and the biases, in single precision,
// and the products of a prediction: one with V, then those of the sweeps.
func (c *Contrastive) Cost() Cost {
	hidden, classes := int64(c.settings.Hidden), int64(c.classes)
	all, sweep := c.products()+hidden+classes, 2*hidden*classes
	if c.lateral != nil {
		all += hidden * (hidden - 1) / 2
		sweep += hidden * (hidden - 1)
	}
	return Cost{Parameters: all, Bytes: 4 * all, Operations: float64(c.samples.Dim())*float64(hidden) + float64(c.settings.Free)*float64(sweep)}
}
