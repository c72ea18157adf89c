package train

import (
	"context"
	"fmt"
	"slices"

	"basin/dataset"
	"basin/network"
	"basin/plasticity"
)

// Samples are encoded inputs with a label each.
type Samples struct {
	Inputs *dataset.Inputs
	// Labels has one class per sample, 0 <= class < C.
	Labels []int
}

// Count returns the number of samples; a nil Samples has none.
func (s *Samples) Count() int {
	if s == nil {
		return 0
	}
	return s.Inputs.Count()
}

// Trainer trains one network. It is not safe for use by several goroutines; it has its
// own workers, which Close ends.
type Trainer struct {
	settings  Settings
	network   *network.Network
	training  *Samples
	held      *Samples
	split     string
	state     State
	moving    *moving
	evaluator *Evaluator
	learner   *plasticity.Learner
	learners  []*plasticity.Worker
	order     []int32 // of the samples in the epoch under way
	strength  float64 // of the feedback in the fields of the phases
	first     int     // place in order of the batch's first sample
	tasks     tasks
	phases    []phase
}

// New makes a trainer that learns training and, after every epoch, measures held
// (which may be nil) and records it under the name split ("validation" or "test").
// The network is changed in place. workers <= 0 takes GOMAXPROCS. It reports settings
// that are not valid, a network that is not one of them, and samples that do not fit it.
func New(settings Settings, n *network.Network, training, held *Samples, split string, workers int) (*Trainer, error) {
	if err := settings.Validate(); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if err := training.fits(n, "training"); err != nil {
		return nil, err
	}
	if held.Count() == 0 {
		held, split = nil, ""
	} else if err := held.fits(n, split); err != nil {
		return nil, err
	}
	capacity := min(settings.Learning.Batch, training.Count())
	learner, err := plasticity.NewLearner(n, capacity, len(settings.Readout.On), settings.Learning.Softness > 0)
	if err != nil {
		return nil, err
	}
	t := &Trainer{settings: settings, network: n, training: training, held: held, split: split, learner: learner, strength: -1}
	t.moving, err = newMoving(settings, n, capacity, workers)
	if err != nil {
		return nil, err
	}
	t.moving.batch.PromiseSigns(training.Inputs.Binary())
	for range t.moving.pool.size {
		t.learners = append(t.learners, learner.NewWorker())
	}
	t.order = make([]int32, training.Count())
	t.phases = t.protocol()
	t.makeTasks()
	if settings.Readout.Averaging > 0 && n.Readout.Average == nil {
		n.Readout.Average = slices.Clone(n.Readout.Couplings)
	}
	t.state.Tally.Neurons = int64(n.Neurons())
	return t, nil
}

// State returns where the run stands; its History aliases the trainer's.
func (t *Trainer) State() State { return t.state }

// Restore continues from a saved state; the network must hold the couplings saved with
// it. It reports a state that does not belong to these settings and samples.
func (t *Trainer) Restore(s State) error {
	if s.Epoch < 0 || s.Epoch > t.settings.Learning.Epochs || len(s.History) != s.Epoch || s.Batch < 0 || s.Batch > t.batches() {
		return fmt.Errorf("train: state at epoch %d, batch %d with %d records; this run has %d epochs of %d batches and one record for each epoch done",
			s.Epoch, s.Batch, len(s.History), t.settings.Learning.Epochs, t.batches())
	}
	t.state = s
	t.state.History = slices.Clone(s.History)
	t.state.Tally.Neurons = int64(t.network.Neurons())
	return nil
}

// Close ends the workers.
func (t *Trainer) Close() {
	t.moving.pool.close()
	if t.evaluator != nil {
		t.evaluator.Close()
	}
}

// Progress is what an observer is told after every batch, and after every epoch's
// evaluation.
type Progress struct {
	// State of the run; its History grew when EpochDone.
	State State
	// Batches of an epoch, Epochs of the run.
	Batches, Epochs int
	// EpochDone says that an epoch and its evaluation just ended; its record is the
	// last of State.History.
	EpochDone bool
}

// Run trains until the settings' epochs are done or ctx is cancelled, and calls
// observe (which may be nil) after every batch and every epoch, from the calling
// goroutine. It stops after the batch under way when ctx is cancelled and returns
// ctx.Err(); an error of observe stops it likewise and is returned. Run may be called
// again to go on.
func (t *Trainer) Run(ctx context.Context, observe func(Progress) error) error {
	if observe == nil {
		observe = func(Progress) error { return nil }
	}
	for t.state.Epoch < t.settings.Learning.Epochs {
		if err := t.beginEpoch(); err != nil {
			return err
		}
		for t.state.Batch < t.batches() {
			if err := ctx.Err(); err != nil {
				return err
			}
			t.step()
			if err := observe(Progress{State: t.state, Batches: t.batches(), Epochs: t.settings.Learning.Epochs}); err != nil {
				return err
			}
		}
		if err := t.endEpoch(ctx); err != nil {
			return err
		}
		if err := observe(Progress{State: t.state, Batches: t.batches(), Epochs: t.settings.Learning.Epochs, EpochDone: true}); err != nil {
			return err
		}
	}
	return nil
}

// batches returns the number of mini-batches of an epoch; the last may be smaller.
func (t *Trainer) batches() int {
	return (t.training.Count() + t.settings.Learning.Batch - 1) / t.settings.Learning.Batch
}

// endEpoch evaluates, writes the epoch's record and folds the decay into the couplings.
func (t *Trainer) endEpoch(ctx context.Context) error {
	t.network.Fold()
	if err := t.network.CheckFinite(); err != nil {
		return fmt.Errorf("train: epoch %d: %w; lower the rates or the gains", t.state.Epoch+1, err)
	}
	record := EpochRecord{Epoch: t.state.Epoch + 1, Training: t.state.Tally, Split: t.split}
	if t.held != nil {
		if t.evaluator == nil {
			e, err := NewEvaluator(t.settings, t.network, t.moving.pool.size)
			if err != nil {
				return err
			}
			t.evaluator = e
		}
		tally, err := t.evaluator.Evaluate(ctx, t.held, nil)
		if err != nil {
			return err
		}
		record.Held = tally
	}
	t.state.History = append(t.state.History, record)
	t.state.Epoch++
	t.state.Batch = 0
	t.state.Tally = Tally{Neurons: int64(t.network.Neurons())}
	return nil
}
