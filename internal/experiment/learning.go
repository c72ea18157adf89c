package experiment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"basin"

	"basin/checkpoint"
	"basin/network"
	"basin/train"
)

// stateEvery is how long a training goes on between two of its states that are kept; one that
// is interrupted sooner than stateLeast after the last is not worth keeping.
const (
	stateEvery = 30 * time.Second
	stateLeast = time.Second
)

// Learn trains a network on the samples of a task, as [Training.Train] does. Where the cell
// was interrupted it goes on. observe must look at the network and the result alone.
func Learn(ctx context.Context, b *Bench, task *basin.Task, observe func(n *network.Network, r *Result) error) (*network.Network, Result, error) {
	l := lesson{task: task, observe: observe, until: task.Settings.Learning.Epochs, every: stateEvery, least: stateLeast}
	if b.states != nil {
		name, err := json.Marshal([]any{task.Settings, task.Training.Count()})
		if err != nil {
			return nil, Result{}, fmt.Errorf("experiment: %w", err)
		}
		sum := sha256.Sum256(name)
		l.key = b.cell + "-" + hex.EncodeToString(sum[:6])
	}
	return l.learn(ctx, b)
}

// LearnUntil trains as [Learn] does, to the end of some epoch, and keeps its state there under
// a key of [States], where it goes on if something is kept there. Training to an epoch and later to another gives what training
// to the second one gives. A state that is kept beyond until is an error.
func LearnUntil(ctx context.Context, b *Bench, task *basin.Task, key string, until int) (*network.Network, Result, error) {
	l := lesson{task: task, until: until, key: key, every: stateEvery, least: stateLeast, keepEnd: true}
	return l.learn(ctx, b)
}

// LearnMore trains a network that is there on one core, and observes as [Training.Train] does.
// Nothing of it is kept.
func LearnMore(ctx context.Context, b *Bench, n *network.Network, run train.Run, observe func(n *network.Network, r *Result) error) (Result, error) {
	l := lesson{observe: observe, until: run.Settings.Learning.Epochs}
	return l.train(ctx, b, n, run, Result{Values: map[string]float64{}, Series: map[string]Series{}}, nil)
}

// lesson is a training within a cell.
type lesson struct {
	task    *basin.Task
	observe func(n *network.Network, r *Result) error
	// until is the epoch after which it ends.
	until int
	// key of the state; "" keeps none.
	key string
	// every and least are how often the state is kept.
	every, least time.Duration
	// keepEnd keeps the state at the end too.
	keepEnd bool
}

// errUntil ends a training before its last epoch.
var errUntil = errors.New("the last epoch that is wanted is done")

// learn begins a training, or goes on with what is kept of it.
func (l lesson) learn(ctx context.Context, b *Bench) (*network.Network, Result, error) {
	result := Result{Values: map[string]float64{}, Series: map[string]Series{}}
	var (
		n    *network.Network
		from *train.State
		err  error
	)
	if b.states == nil {
		l.key = ""
	}
	if k, ok := l.load(b); ok {
		n, result, from = k.model.Network, k.result, &k.state
	} else if n, err = l.task.Draw(); err != nil {
		return nil, result, err
	}
	if l.key != "" && checkpoint.CanSave(modelOf(l.task, n)) != nil {
		l.key = "" // samples without an encoder have no model file
	}
	run := train.Run{Settings: l.task.Settings.Protocol(), Training: l.task.Training, Held: l.task.Held, Split: l.task.Split}
	result, err = l.train(ctx, b, n, run, result, from)
	return n, result, err
}

// train trains a network that is there, from a state if there is one.
func (l lesson) train(ctx context.Context, b *Bench, n *network.Network, run train.Run, result Result, from *train.State) (Result, error) {
	run.Workers = 1
	trainer, err := train.New(n, run)
	if err != nil {
		return result, err
	}
	defer trainer.Close()
	if from != nil {
		if err := trainer.Restore(*from); err != nil {
			return result, err
		}
		switch {
		case from.Epoch > l.until || from.Epoch == l.until && from.Batch > 0:
			return result, fmt.Errorf("experiment: the training that is kept is beyond the end of epoch %d: it is in epoch %d", l.until, from.Epoch+1)
		case from.Epoch == l.until && l.until < run.Settings.Learning.Epochs:
			return result, nil
		}
	}
	// The result belongs to the state, but for while it is being observed.
	last, observed := time.Now(), true
	keep := func() error {
		last = time.Now()
		return l.keep(b, kept{result: result, model: modelOf(l.task, n), state: trainer.State()})
	}
	err = trainer.Run(ctx, func(p train.Progress) error {
		b.Progress(min(1, (float64(p.State.Epoch)+float64(p.State.Batch)/float64(p.Batches))/float64(max(1, l.until))))
		if p.EpochDone {
			observed = false
			result.add(p.State.History[len(p.State.History)-1])
			if l.observe != nil {
				if err := l.observe(n, &result); err != nil {
					return err
				}
			}
			observed = true
			if p.State.Epoch == l.until && l.until < p.Epochs {
				return errUntil
			}
		}
		if l.key != "" && p.Readout == nil && time.Since(last) >= l.every {
			return keep()
		}
		return nil
	})
	if errors.Is(err, errUntil) {
		err = nil
	}
	if l.key != "" && (err == nil && l.keepEnd || ctx.Err() != nil && observed && time.Since(last) >= l.least) {
		err = errors.Join(err, keep())
	}
	return result, err
}

// keep stores a training under way.
func (l lesson) keep(b *Bench, k kept) error {
	k.state.Data = l.task.Fingerprint()
	text, err := k.pack()
	if err == nil {
		err = b.states.Store(l.key, text)
	}
	if err != nil {
		return fmt.Errorf("experiment: keeping the training under way: %w", err)
	}
	return nil
}

// load returns what is kept of the lesson. What is damaged, or of other samples, is left alone:
// the training begins anew.
func (l lesson) load(b *Bench) (kept, bool) {
	if l.key == "" {
		return kept{}, false
	}
	text, err := b.states.Load(l.key)
	if err != nil || text == nil {
		return kept{}, false
	}
	k, err := unpack(text)
	return k, err == nil && k.state.Data == l.task.Fingerprint()
}
