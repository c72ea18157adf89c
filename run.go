package basin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"basin/checkpoint"
	"basin/dataset"
	"basin/settings"
	"basin/train"
)

// Train trains a network on data from the first to the last epoch and returns it. With
// Options.Out it is kept in a file, and so is the run while it goes on: [Run.Train].
// With Options.Resume, a run of the same settings that did not end goes on; where there is
// none, a new one begins. Equal settings and data give equal models, byte for byte.
func Train(ctx context.Context, s settings.Settings, d *dataset.Data, o Options) (*Model, error) {
	release, err := o.claim()
	if err != nil {
		return nil, err
	}
	defer release()
	o.Claimed = true
	r, err := begin(s, d, o)
	if err != nil {
		return nil, err
	}
	return r.Train(ctx, o)
}

func begin(s settings.Settings, d *dataset.Data, o Options) (*Run, error) {
	if o.Resume && o.Out != "" {
		r, err := Resume(o.Out)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return Begin(s, d)
		case err != nil:
			return nil, err
		}
		if err := sameSettings(r.Model.Settings, s); err != nil {
			return nil, fmt.Errorf("%s: %w", CheckpointOf(o.Out), err)
		}
		return r, r.Take(d)
	}
	return Begin(s, d)
}

// sameSettings reports a run of other settings than those wanted.
func sameSettings(have, want settings.Settings) error {
	if changes := settings.Changes(have, want); len(changes) > 0 {
		return fmt.Errorf("the checkpoint is of a run with other settings: %s", strings.Join(changes, ", "))
	}
	return nil
}

// Options say how a run is carried out. They change no result.
type Options struct {
	// Workers is the number of goroutines; GOMAXPROCS for 0 or less.
	Workers int
	// Observe, if not nil, is told after every mini-batch and every epoch, from the calling
	// goroutine. It may call the model, which rests meanwhile. An error of its own ends the
	// run where it is: nothing more is written.
	Observe func(Progress) error
	// Out, if not empty, is the model file that is written at the end. Until then the run
	// is kept in [CheckpointOf] Out: after an interruption, and as often as
	// CheckpointBatches and CheckpointEvery say (zero for never).
	Out               string
	CheckpointBatches int
	CheckpointEvery   time.Duration
	// Claimed says that the caller holds Out: see [Claim].
	Claimed bool
	// Warn, if not nil, is told of a checkpoint or a best epoch ([BestOf]) that could not be
	// written, the first time and again after one that could; the run goes on and tries again
	// when the next checkpoint is due. It leaves the model alone. Without Warn such an error
	// ends the run.
	Warn func(error)
	// Resume goes on with the run kept for Out, if there is one: see [Train]. Without Out
	// there is none.
	Resume bool
}

// claim claims Out, where there is one and the caller does not hold it.
func (o Options) claim() (release func(), err error) {
	if o.Out == "" || o.Claimed {
		return func() {}, nil
	}
	return Claim(o.Out)
}

// Progress is what an observer is told: see [train.Progress].
type Progress struct {
	train.Progress
	// Took is the time that the mini-batch took, or at the end of an epoch its evaluation,
	// without that of observers and checkpoints.
	Took time.Duration
}

// CheckpointOf returns the name of the checkpoint of a run that writes a model file.
func CheckpointOf(model string) string { return model + ".checkpoint" }

// Run is a training run that is ready to go.
type Run struct {
	// Model is what learns.
	Model *Model
	// Task is what it learns; nil after [Resume] until [Run.Take].
	Task *Task

	best *checkpoint.Model // the best epoch so far, where it is in no file
	took bool              // it is in place of the last
	from *train.State      // where to go on, nil for a new run
}

// Begin prepares a new run: the samples, and a network drawn for them.
func Begin(s settings.Settings, d *dataset.Data) (*Run, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	t, err := Prepare(s, d, Limit{})
	if err != nil {
		return nil, err
	}
	return t.Begin()
}

// Begin prepares a new run of the task: it draws a network.
func (t *Task) Begin() (*Run, error) {
	n, err := t.Draw()
	if err != nil {
		return nil, err
	}
	m := newModel(&checkpoint.Model{Settings: t.Settings, Network: n, Encoder: t.Encoder, LabelNames: t.LabelNames, Columns: t.Columns})
	return &Run{Model: m, Task: t}, nil
}

// Resume reads the run that was interrupted before it wrote a model file; [Run.Take] then
// gives it its data, which its settings name. Errors are those of
// [checkpoint.LoadTraining]; without a checkpoint it is os.ErrNotExist.
func Resume(model string) (*Run, error) {
	m, state, err := checkpoint.LoadTraining(CheckpointOf(model))
	if err != nil {
		return nil, err
	}
	return &Run{Model: newModel(m), from: &state}, nil
}

// ErrDataChanged says that a run cannot go on because its data are not those that it has
// learned or was measured on.
var ErrDataChanged = errors.New("the data have changed")

// Take gives a resumed run its data. It reports data that are not those of the checkpoint
// ([ErrDataChanged]).
func (r *Run) Take(d *dataset.Data) error {
	if r.Model == nil || r.from == nil {
		return errors.New("not a run that was resumed: it takes no other data")
	}
	s := r.Model.Settings
	// What was fitted is in the checkpoint: to fit it again may take long, and differ in its
	// last bits in another build of the program.
	t, err := prepare(s, d, Limit{}, func(t *Task) (*dataset.Encoder, error) {
		if !slices.Equal(t.LabelNames, r.Model.LabelNames) {
			return nil, fmt.Errorf("%s: the classes %.10q, but the checkpoint has %.10q: %w", s.Data.Set, firstOf(t.LabelNames), firstOf(r.Model.LabelNames), ErrDataChanged)
		}
		if r.from.Data != t.Fingerprint() {
			return nil, fmt.Errorf("%s: the training samples are not those that the checkpoint has learned: %w", s.Data.Set, ErrDataChanged)
		}
		return r.Model.Encoder, nil
	})
	if err != nil {
		return err
	}
	if r.from.Held != "" && r.from.Held != t.heldFingerprint() {
		return fmt.Errorf("%s: the %s samples are not those that the checkpoint was measured on: %w", s.Data.Set, cmp.Or(t.Split, "test"), ErrDataChanged)
	}
	r.Task = t
	return nil
}

// firstOf returns the first few of some names.
func firstOf(names []string) []string { return names[:min(10, len(names))] }

// From returns where a resumed run goes on; ok is false for a new one.
func (r *Run) From() (state train.State, ok bool) {
	if r.from == nil {
		return train.State{}, false
	}
	return *r.from, true
}

// InterruptedError is the end of a run whose context was cancelled. It wraps the error of
// the context.
type InterruptedError struct {
	// State says where the run stands. With Options.Out it is kept there.
	State train.State
	// Epochs of the run.
	Epochs int
	err    error
}

// Error says where the run stands.
func (e *InterruptedError) Error() string {
	if e.State.Epoch == e.Epochs {
		return fmt.Sprintf("interrupted after %d epochs, before the readout was solved for", e.Epochs)
	}
	return fmt.Sprintf("interrupted in epoch %d of %d, after %d batches of it", e.State.Epoch+1, e.Epochs, e.State.Batch)
}

// Unwrap returns the error of the context.
func (e *InterruptedError) Unwrap() error { return e.err }

// Train trains to the end and returns the model, which with Options.Out is then in that
// file, and the checkpoint is gone. A new run removes the checkpoint of another one first.
// When ctx is cancelled it stops after the mini-batch under way and returns an
// [*InterruptedError]; called again, it goes on from there. Where another run is to write
// that file, it is a [*RunningError].
func (r *Run) Train(ctx context.Context, o Options) (*Model, error) {
	if r.Task == nil || r.Model == nil {
		return nil, errors.New("the run has no data: Begin makes one, or Resume and then Take")
	}
	release, err := o.claim()
	if err != nil {
		return nil, err
	}
	defer release()
	if err := r.checkBest(o.Out); err != nil {
		return nil, err
	}
	trainer, err := train.New(r.Model.Network, train.Run{
		Settings: r.Model.Settings.Protocol(),
		Training: r.Task.Training, Held: r.Task.Held, Split: r.Task.Split, Workers: o.Workers,
	})
	if err != nil {
		return nil, err
	}
	defer trainer.Close()
	r.Model.TrainingRows = r.Task.rows()
	if r.from != nil {
		err = trainer.Restore(*r.from)
	} else if o.Out != "" {
		// What is left would, after a crash, be the checkpoint of another run.
		err = checkpoint.CanSave(&r.Model.Model)
		if err == nil {
			err = Forget(o.Out)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := r.learn(ctx, trainer, o); err != nil {
		return nil, err
	}
	if err := r.takeBest(o.Out); err != nil {
		return nil, err
	}
	if o.Out == "" {
		return r.Model, nil
	}
	if err := r.Model.Save(o.Out); err != nil {
		r.Model.learning.RLock()
		defer r.Model.learning.RUnlock()
		if r.keep(trainer.State(), o.Out) == nil {
			err = fmt.Errorf("%w; %s has the trained network, and a run that goes on from it writes the model", err, CheckpointOf(o.Out))
		}
		return nil, err
	}
	return r.Model, Forget(o.Out)
}

// Forget removes the checkpoint of a run that writes a model file, if there is one.
func Forget(model string) error {
	if err := os.Remove(CheckpointOf(model)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return forgetBest(model)
}

// learn runs the trainer and keeps its state.
func (r *Run) learn(ctx context.Context, trainer *train.Trainer, o Options) error {
	m := r.Model
	m.learning.Lock()
	defer m.learning.Unlock()
	defer func() { // Train goes on from here when it is called again
		state := trainer.State()
		r.from, m.History, m.Learned = &state, state.History, state.Batch
		m.changed()
	}()
	observe := func(p Progress) error {
		m.changed()
		m.learning.Unlock()
		defer m.learning.Lock()
		return o.Observe(p)
	}
	left, keeper := time.Now(), keeper{run: r, options: o, saved: time.Now()}
	err := trainer.Run(ctx, func(p train.Progress) error {
		took := time.Since(left)
		defer func() { left = time.Now() }()
		if p.EpochDone {
			if err := keeper.keepBest(p.State.History); err != nil {
				return err
			}
		}
		if o.Observe != nil {
			if err := observe(Progress{p, took}); err != nil {
				return err
			}
		}
		return keeper.after(p)
	})
	if err == nil || ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	stop := &InterruptedError{State: trainer.State(), Epochs: m.Settings.Learning.Epochs, err: err}
	if o.Out != "" {
		if err := r.keep(stop.State, o.Out); err != nil {
			return fmt.Errorf("interrupted, and the checkpoint was not written: %w", err)
		}
	}
	return stop
}

// keeper writes checkpoints when they are due.
type keeper struct {
	run     *Run
	options Options
	saved   time.Time
	batches int  // since then
	failing bool // the last one, or a best epoch, could not be written, and that was said
}

// after is told of every mini-batch and epoch.
func (k *keeper) after(p train.Progress) error {
	if !p.EpochDone && p.Readout == nil {
		k.batches++
	}
	o := k.options
	due := o.CheckpointBatches > 0 && k.batches >= o.CheckpointBatches || o.CheckpointEvery > 0 && time.Since(k.saved) >= o.CheckpointEvery
	if o.Out == "" || !due {
		return nil
	}
	err := k.run.keep(p.State, o.Out)
	k.saved, k.batches = time.Now(), 0
	if err == nil || o.Warn == nil {
		k.failing = false
		return err
	}
	k.warn("the checkpoint", err)
	return nil
}

// warn says what could not be written, unless the last thing could not be either.
func (k *keeper) warn(what string, err error) {
	if !k.failing {
		k.options.Warn(fmt.Errorf("%s was not written, the run goes on and will try again: %w", what, err))
	}
	k.failing = true
}

// keep writes the checkpoint, and before it the best epoch where that is in no file yet.
func (r *Run) keep(state train.State, out string) error {
	if r.best != nil {
		if err := checkpoint.Save(BestOf(out), r.best); err != nil {
			return err
		}
		r.best = nil
	}
	state.Data, state.Held = r.Task.Fingerprint(), r.Task.heldFingerprint()
	return checkpoint.SaveTraining(CheckpointOf(out), &r.Model.Model, state)
}
