package basin

import (
	"errors"
	"fmt"
	"os"

	"basin/checkpoint"
	"basin/train"
)

// BestOf returns the name of the file that has the best epoch so far of a run that writes a
// model file and whose settings ask for it: [protocol.Learning.Best].
func BestOf(model string) string { return model + ".best" }

// keepBest writes the network into its file if the epoch just ended was the best. It comes
// before any checkpoint of the epoch, so that the file is never older than a checkpoint. A
// newer one, after a crash, is written again when the run comes there. Without a file, and
// where it cannot be written and the run goes on all the same, the network is copied:
// [Run.keep] writes it before the next checkpoint.
func (k *keeper) keepBest(history []train.EpochRecord) error {
	r, o := k.run, k.options
	if !r.Model.Settings.Learning.Best || train.Best(history) != len(history)-1 {
		return nil
	}
	m := r.Model.Model
	m.History = history
	r.best = nil
	if o.Out != "" {
		err := checkpoint.Save(BestOf(o.Out), &m)
		if err == nil || o.Warn == nil {
			k.failing = false
			return err
		}
		k.warn("the best epoch", err)
	}
	var err error
	r.best, err = checkpoint.Copy(&m)
	return err
}

// checkBest reports a run that goes on and has lost its best epoch.
func (r *Run) checkBest(out string) error {
	if !r.Model.Settings.Learning.Best || r.best != nil || r.took || r.from == nil || r.from.Epoch == 0 {
		return nil
	}
	if err := checkpoint.Check(BestOf(out)); err != nil {
		return fmt.Errorf("the best epoch of the run is lost: %w", err)
	}
	return nil
}

// takeBest puts the network of the best epoch in place of the last.
func (r *Run) takeBest(out string) (err error) {
	m := r.Model
	best := train.Best(m.History) + 1
	if !m.Settings.Learning.Best || r.took || best == len(m.History) {
		return nil
	}
	kept := r.best
	if kept == nil {
		if kept, err = checkpoint.Load(BestOf(out)); err != nil {
			return fmt.Errorf("the best epoch of the run is lost: %w", err)
		}
	}
	if len(kept.History) != best {
		return fmt.Errorf("%s: epoch %d, want %d, the best of the run", BestOf(out), len(kept.History), best)
	}
	m.learning.Lock()
	defer m.learning.Unlock()
	m.Network, r.took, m.learner, m.capacity = kept.Network, true, nil, 0
	m.changed()
	return nil
}

// forgetBest removes the file of the best epoch, if there is one.
func forgetBest(out string) error {
	if err := os.Remove(BestOf(out)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
