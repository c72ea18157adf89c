package tune

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"basin"

	"basin/internal/experiment"
	"basin/protocol"
	"basin/settings"
)

// Trial is the task of a cell: a training to the end of some epoch that goes on where an earlier
// rung left it. Where its settings hold out validation samples it is measured on them, else on
// the test samples, once, after all its epochs.
type Trial struct {
	// Training has the settings. The seed of a cell, counted from 1, is added to theirs, less one.
	experiment.Training
	// Division is the seed that divides data into training and test samples, the same in all
	// cells, so that nothing of the test part is learned.
	Division uint64 `json:"division"`
	// Until is the last epoch of the rung.
	Until int `json:"until"`
}

// TestAccuracy is the value of the one cell that sees the test samples.
const TestAccuracy = "test_accuracy"

// stateBegin begins the keys of trainings that rungs hand on.
const stateBegin = "tune-"

// Seeded returns the settings of the cell with a seed: those of the trial for the first.
func (t Trial) Seeded(seed uint64) settings.Settings {
	s := t.Settings
	s.Seed += seed - 1
	s.Preprocess.ProjectionSeed += seed - 1
	return s
}

// key returns the key under which the training of a seed is kept from rung to rung.
func (t Trial) key(seed uint64) (string, error) {
	text, err := json.Marshal([]any{t.Seeded(seed), t.Division})
	if err != nil {
		return "", fmt.Errorf("tune: %w", err)
	}
	sum := sha256.Sum256(text)
	return stateBegin + hex.EncodeToString(sum[:16]), nil
}

// Run trains on one core. A training that does not stay finite is no error: it gives no value,
// and its trial is behind all others.
func (t Trial) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	s := t.Seeded(b.Seed)
	task, err := b.Data.Divided(ctx, s, t.Division, basin.Limit{})
	if err != nil {
		return experiment.Result{}, err
	}
	if s.Data.Validation == 0 {
		return t.test(ctx, b, task)
	}
	key, err := t.key(b.Seed)
	if err != nil {
		return experiment.Result{}, err
	}
	n, result, err := experiment.LearnUntil(ctx, b, task, key, t.Until)
	if err != nil && ctx.Err() == nil && n != nil && n.CheckFinite() != nil {
		return experiment.Result{}, nil
	}
	return result, err
}

// test learns all training samples and measures the test samples, if there are any, once.
func (t Trial) test(ctx context.Context, b *experiment.Bench, task *basin.Task) (experiment.Result, error) {
	if task.Held == nil || task.Held.Count() == 0 {
		return experiment.Result{}, nil
	}
	learned := *task
	learned.Held, learned.Split = nil, ""
	n, _, err := experiment.Learn(ctx, b, &learned, nil)
	if err != nil {
		return experiment.Result{}, err
	}
	predictor, err := protocol.NewPredictor(task.Settings.Protocol(), n, 1)
	if err != nil {
		return experiment.Result{}, err
	}
	defer predictor.Close()
	tally, err := predictor.Evaluate(ctx, task.Held, task.Held.Count(), nil)
	return experiment.Result{Values: map[string]float64{TestAccuracy: tally.Accuracy()}}, err
}
