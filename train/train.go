package train

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"basin/internal/random"
	"basin/network"
	"basin/protocol"
)

// Samples are what a run learns or measures.
type Samples interface {
	protocol.Samples
	// Count returns the number of samples.
	Count() int
	// NoisyRow writes a row as Row does, with the noise of training, which is a function
	// of seed, epoch and place.
	NoisyRow(place int, dst []float32, seed, epoch uint64)
}

// Run says what a [Trainer] learns, and on what it is measured.
type Run struct {
	// Settings of the mini-batches, with the number of epochs.
	Settings protocol.Settings
	// Training are the samples that are learned.
	Training Samples
	// Held, which may be nil, are the samples that are measured after every epoch, Split
	// is the name under which that is recorded: "validation" or "test".
	Held  Samples
	Split string
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less.
	Workers int
}

// Trainer trains one network. It is not safe for use by several goroutines; it has its
// own workers, which Close ends.
type Trainer struct {
	run       Run
	network   *network.Network
	state     State
	learner   *protocol.Learner
	predictor *protocol.Predictor
	order     []int32 // of the samples in the epoch under way
	noisy     *Noisy
}

// Noisy shows samples with the training noise of an epoch.
type Noisy struct {
	Samples
	Seed, Epoch uint64
}

// Row writes a row with noise.
func (n *Noisy) Row(place int, dst []float32) { n.NoisyRow(place, dst, n.Seed, n.Epoch) }

// Version is that of [protocol.Versioned], where the samples have a method Version that says which
// of the rows of [Samples.NoisyRow] are equal.
func (n *Noisy) Version(place int) (version uint64, known bool) {
	if s, ok := n.Samples.(interface {
		Version(place int, seed, epoch uint64) (version uint64, known bool)
	}); ok {
		return s.Version(place, n.Seed, n.Epoch)
	}
	return 0, false
}

// New makes a trainer that changes a network in place. It reports settings that are not
// valid or do not belong to the network, and samples that do not fit it.
func New(n *network.Network, run Run) (*Trainer, error) {
	if n == nil {
		return nil, errors.New("train: no network")
	}
	if err := fits(run.Training, n, "training"); err != nil {
		return nil, err
	}
	if run.Held == nil || run.Held.Count() == 0 {
		run.Held, run.Split = nil, ""
	} else if err := fits(run.Held, n, run.Split); err != nil {
		return nil, err
	}
	learner, err := protocol.NewLearner(run.Settings, n, max(1, min(run.Settings.Learning.Batch, run.Training.Count())), run.Workers)
	if err != nil {
		return nil, err
	}
	t := &Trainer{
		run: run, network: n, learner: learner,
		order: make([]int32, run.Training.Count()),
		noisy: &Noisy{Samples: run.Training, Seed: run.Settings.Seed},
	}
	t.state.Tally.Neurons = int64(n.Neurons())
	return t, nil
}

// fits reports samples that the network cannot take.
func fits(s Samples, n *network.Network, name string) error {
	if s == nil || s.Count() == 0 {
		return fmt.Errorf("train: no %s samples", name)
	}
	if s.Dim() != n.Inputs() {
		return fmt.Errorf("train: %s samples have %d inputs, the network reads %d", name, s.Dim(), n.Inputs())
	}
	for i := range s.Count() {
		if label := s.Label(i); label < 0 || label >= n.Classes {
			return fmt.Errorf("train: %s sample %d has label %d, the network has classes 0 to %d", name, i, label, n.Classes-1)
		}
	}
	return nil
}

// Watch tells w of the moments of every mini-batch, see [protocol.Learner.Watch].
func (t *Trainer) Watch(w protocol.Watcher) { t.learner.Watch(w) }

// State returns where the run stands; its History aliases the trainer's.
func (t *Trainer) State() State { return t.state }

// Restore continues from a saved state; the network must hold the couplings saved with
// it. It reports a state that does not belong to these settings and samples.
func (t *Trainer) Restore(s State) error {
	solved := t.run.Settings.Readout.Method.Solved() && s.Epoch == t.run.Settings.Learning.Epochs && s.Batch == 0
	if s.Epoch < 0 || s.Epoch > t.run.Settings.Learning.Epochs || Epochs(s.History) != s.Epoch || len(s.History) > s.Epoch && !solved || s.Batch < 0 || s.Batch > t.batches() {
		return fmt.Errorf("train: state at epoch %d, batch %d with %d records; this run has %d epochs of %d batches and one record for each epoch done",
			s.Epoch, s.Batch, len(s.History), t.run.Settings.Learning.Epochs, t.batches())
	}
	t.state = s
	t.state.History = slices.Clone(s.History)
	t.state.Tally.Neurons = int64(t.network.Neurons())
	return nil
}

// Close ends the workers.
func (t *Trainer) Close() {
	t.learner.Close()
	if t.predictor != nil {
		t.predictor.Close()
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
	// Readout is not nil in the pass that solves for a readout, which comes after the last
	// epoch. EpochDone then says that the readout was solved for and evaluated.
	Readout *ReadoutProgress
}

// Run trains until the settings' epochs are done, and the readout solved for where the
// settings ask for it, or ctx is cancelled, and calls
// observe (which may be nil) after every batch and every epoch, from the calling
// goroutine. It stops after the batch under way when ctx is cancelled and returns
// ctx.Err(), or in the midst of a solution, which then begins anew; an error of observe stops it likewise and is returned. Run may be called
// again to go on.
func (t *Trainer) Run(ctx context.Context, observe func(Progress) error) error {
	if observe == nil {
		observe = func(Progress) error { return nil }
	}
	for t.state.Epoch < t.run.Settings.Learning.Epochs {
		t.beginEpoch()
		for t.state.Batch < t.batches() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.step(); err != nil {
				return err
			}
			if err := observe(Progress{State: t.state, Batches: t.batches(), Epochs: t.run.Settings.Learning.Epochs}); err != nil {
				return err
			}
		}
		if err := t.endEpoch(ctx); err != nil {
			return err
		}
		if err := observe(Progress{State: t.state, Batches: t.batches(), Epochs: t.run.Settings.Learning.Epochs, EpochDone: true}); err != nil {
			return err
		}
	}
	if t.readoutDue() {
		return t.solveReadout(ctx, observe)
	}
	return nil
}

// batches returns the number of mini-batches of an epoch; the last may be smaller.
func (t *Trainer) batches() int {
	return (t.run.Training.Count() + t.run.Settings.Learning.Batch - 1) / t.run.Settings.Learning.Batch
}

// endEpoch evaluates, writes the epoch's record and folds the decay into the couplings.
func (t *Trainer) endEpoch(ctx context.Context) error {
	t.network.Fold()
	if err := t.network.CheckFinite(); err != nil {
		return fmt.Errorf("train: epoch %d: %w; lower the rates or the gains", t.state.Epoch+1, err)
	}
	record := EpochRecord{Epoch: t.state.Epoch + 1, Training: t.state.Tally, Split: t.run.Split}
	var err error
	if record.Held, err = t.measure(ctx); err != nil {
		return err
	}
	t.state.History = append(t.state.History, record)
	t.state.Epoch++
	t.state.Batch = 0
	t.state.Tally = protocol.Tally{Neurons: int64(t.network.Neurons())}
	return nil
}

// measure evaluates on the samples held out, if there are any.
func (t *Trainer) measure(ctx context.Context) (protocol.Tally, error) {
	if t.run.Held == nil {
		return protocol.Tally{}, nil
	}
	predictor, err := t.predicting()
	if err != nil {
		return protocol.Tally{}, err
	}
	if t.run.Settings.Repeats(t.network) {
		return predictor.EvaluateAgain(ctx, t.run.Held, t.run.Held.Count())
	}
	return predictor.Evaluate(ctx, t.run.Held, t.run.Held.Count(), nil)
}

// predicting returns the predictor, which is made when it is first asked for.
func (t *Trainer) predicting() (*protocol.Predictor, error) {
	if t.predictor == nil {
		p, err := protocol.NewPredictor(t.run.Settings, t.network, t.learner.Workers())
		if err != nil {
			return nil, err
		}
		t.predictor = p
	}
	return t.predictor, nil
}

// beginEpoch draws the order of the samples. It depends on the epoch alone, so a resumed
// epoch begins the same.
func (t *Trainer) beginEpoch() {
	stream := random.New(t.run.Settings.Seed, random.Shuffle, uint64(t.state.Epoch))
	stream.Permute(t.order)
	t.noisy.Epoch = uint64(t.state.Epoch)
}

// step learns one mini-batch.
func (t *Trainer) step() error {
	first, size := t.state.Batch*t.run.Settings.Learning.Batch, t.run.Settings.Learning.Batch
	tally, err := t.learner.Step(protocol.Batch{
		Samples: t.noisy, Places: t.order[first:min(first+size, len(t.order))],
		Epoch: t.state.Epoch, Before: t.state.Epoch*t.batches() + t.state.Batch,
	})
	if err != nil {
		return err
	}
	t.state.Tally.Add(tally)
	t.state.Batch++
	return nil
}
