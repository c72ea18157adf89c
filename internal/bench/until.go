package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"basin/baseline"
	"basin/dataset"
	"basin/network"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// EvaluationsPerEpoch is how often a learner is measured in an epoch while it is timed.
const EvaluationsPerEpoch = 4

// Contest is two learners on the same samples: a network of the settings, and a multilayer
// perceptron beside it, which learns the same changed images where preprocess.augment changes
// some, and else the samples without noise. Both are timed until they reach an accuracy on the validation samples.
type Contest struct {
	Settings   settings.Settings
	Perceptron baseline.Settings
	Classes    int
	// Training are learned, Validation decide when it is enough, Test, which may be nil, are
	// measured once, then.
	Training, Validation, Test *dataset.Samples
	// Draw draws the network of a seed.
	Draw func(seed uint64) (*network.Network, error)
}

// The learners of a [Contest].
const (
	NetworkLearner    = "network"
	PerceptronLearner = "perceptron"
)

// Point is one measurement of a learner.
type Point struct {
	// Seconds of training so far, without the time of measurements.
	Seconds float64 `json:"seconds"`
	// Samples learned so far, and the share of validation samples that are right.
	Samples    int64   `json:"samples"`
	Validation float64 `json:"validation_accuracy"`
}

// Course is one training of one learner, to the accuracy that was asked for or to the end of
// its epochs.
type Course struct {
	Learner string `json:"learner"`
	Seed    uint64 `json:"seed"`
	// Epochs are those planned, over which its rates fall.
	Epochs int `json:"epochs"`
	// Weights is the number of values that it learns.
	Weights int `json:"weights"`
	// Wanted is the validation accuracy that ends it; Reached says that the last point has it.
	Wanted  float64 `json:"wanted"`
	Reached bool    `json:"reached"`
	Points  []Point `json:"points"`
	// Test is the accuracy on the test samples after the last point; nil without any.
	Test *float64 `json:"test_accuracy"`
}

// Last returns the last point; the zero Point of a course that has none.
func (c *Course) Last() Point {
	if len(c.Points) == 0 {
		return Point{}
	}
	return c.Points[len(c.Points)-1]
}

// Until trains both learners of a contest in turn, runs times with seeds from that of the
// settings on, each until it has the accuracy on the validation samples. Both use the given
// number of workers, GOMAXPROCS for 0 or less. each, which may be nil, is told of a course after
// every point. Errors are those of the learners and of the context.
func (c *Contest) Until(ctx context.Context, accuracy float64, runs, workers int, each func(Course)) ([]Course, error) {
	var courses []Course
	for run := range runs {
		seed := c.Settings.Seed + uint64(run)
		for _, begin := range []func(seed uint64, workers int) (learner, *Course, error){c.network, c.perceptron} {
			l, course, err := begin(seed, workers)
			if err != nil {
				return nil, err
			}
			course.Wanted = accuracy
			err = c.time(ctx, l, course, accuracy, each)
			l.close()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", course.Learner, err)
			}
			courses = append(courses, *course)
		}
	}
	return courses, nil
}

// learner is what is timed.
type learner interface {
	// run trains to the end of the epochs and tells observe, after every mini-batch, how
	// many samples were learned. It stops with an error of observe or of the context.
	run(ctx context.Context, observe func(samples int64) error) error
	// evaluate returns the share of samples that are right.
	evaluate(ctx context.Context, s *dataset.Samples) (float64, error)
	close()
}

// time trains one learner and fills in its course.
func (c *Contest) time(ctx context.Context, l learner, course *Course, accuracy float64, each func(Course)) error {
	quarter, end := 0, int64(c.Training.Count())*int64(course.Epochs)
	spent, begin := time.Duration(0), time.Now()
	err := l.run(ctx, func(samples int64) error {
		due := int(samples * EvaluationsPerEpoch / int64(c.Training.Count()))
		if due == quarter && samples < end {
			return nil
		}
		quarter = due
		spent += time.Since(begin)
		right, err := l.evaluate(ctx, c.Validation)
		if err != nil {
			return err
		}
		course.Points = append(course.Points, Point{spent.Seconds(), samples, right})
		if course.Reached = right >= accuracy; each != nil {
			each(*course)
		}
		if course.Reached {
			return errEnough
		}
		begin = time.Now()
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if c.Test.Count() == 0 {
		return nil
	}
	test, err := l.evaluate(ctx, c.Test)
	course.Test = &test
	return err
}

// network makes the network of a seed.
func (c *Contest) network(seed uint64, workers int) (learner, *Course, error) {
	s := c.Settings
	s.Seed = seed
	n, err := c.Draw(seed)
	if err != nil {
		return nil, nil, err
	}
	trainer, err := train.New(n, train.Run{Settings: s.Protocol(), Training: c.Training, Workers: workers})
	if err != nil {
		return nil, nil, err
	}
	predictor, err := protocol.NewPredictor(s.Protocol(), n, workers)
	if err != nil {
		trainer.Close()
		return nil, nil, err
	}
	learned := n.Couplings()
	return &networkLearner{trainer, predictor}, &Course{
		Learner: NetworkLearner, Seed: seed, Epochs: s.Learning.Epochs,
		Weights: learned.Recurrent + learned.Links + learned.Input + learned.Readout,
	}, nil
}

type networkLearner struct {
	trainer   *train.Trainer
	predictor *protocol.Predictor
}

func (l *networkLearner) run(ctx context.Context, observe func(samples int64) error) error {
	learned := int64(0) // in the epochs before
	return l.trainer.Run(ctx, func(p train.Progress) error {
		if p.EpochDone && p.Readout == nil {
			learned += p.State.History[len(p.State.History)-1].Training.Samples
			return nil
		}
		return observe(learned + p.State.Tally.Samples)
	})
}

func (l *networkLearner) evaluate(ctx context.Context, s *dataset.Samples) (float64, error) {
	tally, err := l.predictor.Evaluate(ctx, s, s.Count(), nil)
	return tally.Accuracy(), err
}

func (l *networkLearner) close() {
	l.trainer.Close()
	l.predictor.Close()
}

// perceptron makes the perceptron of a seed.
func (c *Contest) perceptron(seed uint64, workers int) (learner, *Course, error) {
	s := c.Perceptron
	s.Seed, s.Workers = seed, workers
	shown := &train.Noisy{Samples: c.Training, Seed: seed}
	samples := baseline.Samples(c.Training)
	if c.Training.Augmented() {
		samples = shown // the rows that the network learns
	}
	p, err := baseline.New(s, samples, c.Classes)
	if err != nil {
		return nil, nil, err
	}
	return perceptronLearner{p, shown}, &Course{Learner: PerceptronLearner, Seed: seed, Epochs: s.Epochs, Weights: int(p.Cost().Parameters)}, nil
}

type perceptronLearner struct {
	*baseline.Perceptron
	shown *train.Noisy
}

func (l perceptronLearner) run(ctx context.Context, observe func(samples int64) error) error {
	return l.Run(ctx, func(p baseline.Progress) error {
		l.shown.Epoch = uint64(p.Samples) / uint64(l.shown.Count()) // of the next mini-batch
		return observe(p.Samples)
	})
}

func (l perceptronLearner) evaluate(ctx context.Context, s *dataset.Samples) (float64, error) {
	return l.Evaluate(ctx, s)
}

func (l perceptronLearner) close() {}
