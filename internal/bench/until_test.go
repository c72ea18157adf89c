package bench

import (
	"context"
	"errors"
	"testing"

	"basin/baseline"
	"basin/dataset"
	"basin/network"
	"basin/settings"
)

// contest has 200 synthetic images to learn in 3 epochs of mini-batches of 16 and 32.
func contest(t *testing.T) *Contest {
	t.Helper()
	s := subject(t, 200, 60, func(s *settings.Settings) { s.Learning.Epochs, s.Learning.Batch = 3, 16 })
	return &Contest{
		Settings: s.Settings, Classes: 10, Training: s.Training, Validation: s.Held, Test: s.Held,
		Perceptron: baseline.Settings{Hidden: 20, Epochs: 3, Batch: 32, Rate: 0.01},
		Draw: func(seed uint64) (*network.Network, error) {
			return network.Draw(s.Settings.Network, []int{side, side}, 10, seed)
		},
	}
}

func TestUntilMeasuresEveryQuarterToTheEnd(t *testing.T) {
	c, told := contest(t), 0
	courses, err := c.Until(t.Context(), 1.1, 2, 2, func(Course) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if len(courses) != 4 || told != 4*3*EvaluationsPerEpoch {
		t.Fatalf("%d courses, %d points told, want 4 and %d", len(courses), told, 4*3*EvaluationsPerEpoch)
	}
	for k, course := range courses {
		learner, weights := NetworkLearner, 40*39+40*784+40*10
		if k%2 == 1 {
			learner, weights = PerceptronLearner, 785*20+21*10
		}
		if course.Learner != learner || course.Seed != c.Settings.Seed+uint64(k/2) || course.Weights != weights || course.Reached || course.Epochs != 3 {
			t.Errorf("course %d: %s, seed %d, %d weights, reached %v, want %s, %d, %d and no", k, course.Learner, course.Seed, course.Weights, course.Reached, learner, c.Settings.Seed+uint64(k/2), weights)
		}
		if len(course.Points) != 3*EvaluationsPerEpoch || course.Last().Samples != 600 {
			t.Fatalf("course %d: %d points, the last after %d samples, want 12 and 600", k, len(course.Points), course.Last().Samples)
		}
		for i, p := range course.Points {
			if due := int64(50 * (i + 1)); p.Samples < due || p.Samples >= due+32 {
				t.Errorf("course %d: point %d after %d samples, want the first mini-batch from %d on", k, i, p.Samples, due)
			}
			if p.Seconds <= 0 || i > 0 && p.Seconds <= course.Points[i-1].Seconds {
				t.Errorf("course %d: point %d after %v s", k, i, p.Seconds)
			}
		}
		// What is tested here is what is validated.
		if course.Test == nil || *course.Test != course.Last().Validation {
			t.Errorf("course %d: test %v, want %v", k, course.Test, course.Last().Validation)
		}
	}
}

func TestUntilStopsWhereTheAccuracyIsReached(t *testing.T) {
	c := contest(t)
	c.Test = nil
	all, err := c.Until(t.Context(), 1.1, 1, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, whole := range all {
		target := whole.Points[4].Validation
		courses, err := c.Until(t.Context(), target, 1, 3, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := courses[k]
		if !got.Reached || got.Last().Validation < target || got.Test != nil || len(got.Points) > 5 {
			t.Errorf("%s: %+v after %d points, want at least %v after at most 5 and no test", got.Learner, got.Last(), len(got.Points), target)
		}
		for i, p := range got.Points { // other workers, the same accuracies
			if want := whole.Points[i]; p.Samples != want.Samples || p.Validation != want.Validation {
				t.Errorf("%s: point %d is %+v, want %+v", got.Learner, i, p, want)
			}
			if i < len(got.Points)-1 && p.Validation >= target {
				t.Errorf("%s went on after point %d, which has %v", got.Learner, i, p.Validation)
			}
		}
	}
}

func TestUntilReturnsTheErrorOfTheContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	if _, err := contest(t).Until(ctx, 1, 5, 1, func(Course) { stop() }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

// byHand shows samples as they are learned in an epoch that is set from outside.
type byHand struct {
	*dataset.Samples
	epoch uint64
}

func (b *byHand) Row(place int, dst []float32) { b.NoisyRow(place, dst, 7, b.epoch) }

// A perceptron beside a network that learns changed images learns the same ones.
func TestUntilShowsBothLearnersTheSameImages(t *testing.T) {
	c := contest(t)
	c.Settings.Seed, c.Settings.Preprocess.Augment = 7, dataset.Augment{Shift: 2, Rotation: 10}
	set := Synthetic(200, 60).Train
	e, err := c.Settings.Preprocess.Fit(set)
	if err != nil {
		t.Fatal(err)
	}
	if c.Training, err = e.Samples(set); err != nil {
		t.Fatal(err)
	}
	c.Validation, c.Test = c.Training, nil
	courses, err := c.Until(t.Context(), 1.1, 1, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	settings := c.Perceptron
	settings.Seed, settings.Workers = 7, 1
	samples := &byHand{Samples: c.Training}
	p, err := baseline.New(settings, samples, 10)
	if err != nil {
		t.Fatal(err)
	}
	accuracies := []float64{}
	if err := p.Run(t.Context(), func(progress baseline.Progress) error {
		samples.epoch = uint64(progress.Samples / 200)
		if progress.Samples%200 == 0 {
			right, err := p.Evaluate(t.Context(), c.Validation)
			if err != nil {
				return err
			}
			accuracies = append(accuracies, right)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for k, want := range accuracies {
		if got := courses[1].Points[EvaluationsPerEpoch*(k+1)-1].Validation; got != want {
			t.Errorf("epoch %d: %v, want %v", k+1, got, want)
		}
	}
	if len(accuracies) != 3 {
		t.Errorf("%d epochs", len(accuracies))
	}
}
