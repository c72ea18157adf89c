package train

import (
	"context"
	"fmt"
	"slices"

	"basin/internal/ridge"
	"basin/protocol"
)

// ReadoutProgress says how far the pass is that solves for a readout.
type ReadoutProgress struct {
	// Done of the Samples of all passes have been read.
	Done, Samples int
	// Solved is the share of the solution that is done, from 0 to 1.
	Solved float64
}

// readoutSteps is the number of samples after which an observer is told of the pass.
const readoutSteps = 512

// Epochs returns the number of epochs in a history: its records but for that of the pass
// that solved for the readout.
func Epochs(history []EpochRecord) int {
	if n := len(history); n > 0 && history[n-1].Readout != "" {
		return n - 1
	}
	return len(history)
}

// readoutDue reports whether the readout has yet to be solved for.
func (t *Trainer) readoutDue() bool {
	return t.run.Settings.Readout.Method.Solved() && len(t.state.History) == t.state.Epoch
}

// solveReadout puts the readout that is solved for in place of the learned one: it relaxes the
// training samples as a prediction does, with the noise of epochs that come after the last,
// and solves for the couplings from the states. Until that is done the network stays as it is.
func (t *Trainer) solveReadout(ctx context.Context, observe func(Progress) error) error {
	settings := t.run.Settings.Readout
	equations, err := ridge.New(t.network.ReadNeurons(), t.network.Classes, t.network.Readout.Real, t.learner.Workers())
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if settings.Method == protocol.Margin {
		if err := equations.Keep(); err != nil {
			return fmt.Errorf("train: %w", err)
		}
	}
	progress := ReadoutProgress{Samples: settings.Times() * t.run.Training.Count()}
	tell := func(done bool) error {
		p := progress
		return observe(Progress{State: t.state, Batches: t.batches(), Epochs: t.state.Epoch, EpochDone: done, Readout: &p})
	}
	record := EpochRecord{Epoch: t.state.Epoch, Readout: settings.Method, Training: protocol.Tally{Neurons: int64(t.network.Neurons())}, Split: t.run.Split}
	for pass := range settings.Times() {
		tally, err := t.readStates(ctx, equations, pass, func(done int) error {
			progress.Done = done
			return tell(false)
		})
		if err != nil {
			return err
		}
		record.Training.Add(tally)
	}
	progress.Done = progress.Samples
	solved := func(share float64) error {
		progress.Solved = share
		return tell(false)
	}
	var solution []float64
	if settings.Method == protocol.Margin {
		solution, err = equations.Margins(ctx, settings.Strength(), settings.Turns(), solved)
	} else {
		solution, err = equations.Solve(ctx, settings.Strength(), solved)
	}
	if err != nil {
		return err
	}
	o := t.network.Readout
	couplings, average := slices.Clone(o.Couplings), slices.Clone(o.Average)
	if err = t.network.SetReadout(solution); err == nil {
		err = t.network.CheckFinite()
	}
	if err == nil {
		record.Held, err = t.measure(ctx)
	}
	if err != nil {
		copy(o.Couplings, couplings)
		copy(o.Average, average)
		return fmt.Errorf("train: the readout solved for: %w", err)
	}
	t.state.History = append(t.state.History, record)
	return tell(true)
}

// readStates adds the states of all training samples to the equations.
func (t *Trainer) readStates(ctx context.Context, equations *ridge.Equations, pass int, observe func(done int) error) (protocol.Tally, error) {
	predictor, err := t.predicting()
	if err != nil {
		return protocol.Tally{}, err
	}
	t.noisy.Epoch = uint64(t.state.Epoch + pass)
	count, correct := t.run.Training.Count(), int64(0)
	state := make([]float32, 0, t.network.ReadNeurons())
	tally, err := predictor.Predict(ctx, t.noisy, count, func(i int, p protocol.Prediction) error {
		label := t.run.Training.Label(i)
		if p.Label == label {
			correct++
		}
		state = t.network.ReadState(state[:0], p.State)
		if err := equations.Add(ctx, state, label); err != nil {
			return err
		}
		if (i+1)%readoutSteps > 0 {
			return nil
		}
		return observe(pass*count + i + 1)
	})
	tally.Correct = correct
	return tally, err
}
