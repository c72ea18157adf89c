package basin

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"basin/checkpoint"
	"basin/train"
)

// BestOf returns the name of the file that has the best epoch so far of a run that writes a
// model file and whose settings ask for it: [protocol.Learning.Best].
func BestOf(model string) string { return model + ".best" }

// placeBest names the file of the best epoch: beside the model file, or where there is none
// in a folder of its own until done is called.
func (r *Run) placeBest(out string) (done func(), err error) {
	r.best, done = BestOf(out), func() {}
	if out != "" || !r.Model.Settings.Learning.Best {
		return done, nil
	}
	dir, err := os.MkdirTemp("", "basin-*")
	if err != nil {
		return nil, err
	}
	r.best = filepath.Join(dir, BestOf("model"))
	return func() { _ = os.RemoveAll(dir) }, nil
}

// keepBest writes the network into its file if the epoch just ended was the best. It comes
// before any checkpoint of the epoch, so that the file is never older than a checkpoint. A
// newer one, after a crash, is written again when the run comes there.
func (r *Run) keepBest(history []train.EpochRecord) error {
	if !r.Model.Settings.Learning.Best || train.Best(history) != len(history)-1 {
		return nil
	}
	m := r.Model.Model
	m.History = history
	return checkpoint.Save(r.best, &m)
}

// checkBest reports a resumed run that has lost the file of its best epoch.
func (r *Run) checkBest() error {
	if !r.Model.Settings.Learning.Best || r.from == nil || r.from.Epoch == 0 {
		return nil
	}
	if err := checkpoint.Check(r.best); err != nil {
		return fmt.Errorf("the best epoch of the run is lost: %w", err)
	}
	return nil
}

// takeBest puts the network of the best epoch in place of the last.
func (r *Run) takeBest() error {
	best := train.Best(r.Model.History) + 1
	if !r.Model.Settings.Learning.Best || best == len(r.Model.History) {
		return nil
	}
	m, err := checkpoint.Load(r.best)
	if err != nil {
		return fmt.Errorf("the best epoch of the run is lost: %w", err)
	}
	if len(m.History) != best {
		return fmt.Errorf("%s: epoch %d, want %d, the best of the run", r.best, len(m.History), best)
	}
	r.Model.Network = m.Network
	return nil
}

// forgetBest removes the file of the best epoch, if there is one.
func forgetBest(out string) error {
	if err := os.Remove(BestOf(out)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
