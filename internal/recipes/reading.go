package recipes

import (
	"context"

	"basin"
	"basin/internal/experiment"
	"basin/internal/ridge"
	"basin/network"
	"basin/protocol"
	"basin/train"
)

// reading is a training after which other readouts of the same states are measured on the
// held out samples.
type reading struct {
	experiment.Training
	Ridges []float64 `json:"ridges"`
}

// Run trains on one core.
func (r reading) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	data, err := heldOut(ctx, b, r.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	n, result, err := experiment.Learn(ctx, b, data, nil)
	if err != nil {
		return experiment.Result{}, err
	}
	equations, err := equationsOf(ctx, n, data)
	if err != nil {
		return experiment.Result{}, err
	}
	n.Readout.Average = nil
	if result.Values[readLast], err = heldAccuracy(ctx, n, data); err != nil {
		return experiment.Result{}, err
	}
	for _, m := range solvedReadouts {
		for _, strength := range r.Ridges {
			couplings, err := solvedFor(ctx, equations, m.method, strength)
			if err == nil {
				err = n.SetReadout(couplings)
			}
			if err != nil {
				return experiment.Result{}, err
			}
			if result.Values[ofStrength(m.value, strength)], err = heldAccuracy(ctx, n, data); err != nil {
				return experiment.Result{}, err
			}
		}
	}
	return result, nil
}

// solvedFor returns the readout of a method.
func solvedFor(ctx context.Context, equations *ridge.Equations, method protocol.ReadoutMethod, strength float64) ([]float64, error) {
	if method == protocol.Margin {
		return equations.Margins(ctx, strength, protocol.DefaultRounds, nil)
	}
	return equations.Solve(ctx, strength, nil)
}

// equationsOf returns the normal equations of the states that predictions of the training
// samples read.
func equationsOf(ctx context.Context, n *network.Network, data *basin.Task) (*ridge.Equations, error) {
	equations, err := ridge.New(n.ReadNeurons(), n.Classes, n.Readout.Real, 1)
	if err == nil {
		err = equations.Keep()
	}
	if err != nil {
		return nil, err
	}
	p, err := protocol.NewPredictor(data.Settings.Protocol(), n, 1)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	var state []float32
	s := data.Settings
	rows := &train.Noisy{Samples: data.Training, Seed: s.Seed, Epoch: uint64(s.Learning.Epochs)} // as a run reads them
	_, err = p.Predict(ctx, rows, data.Training.Count(), func(i int, prediction protocol.Prediction) error {
		state = n.ReadState(state[:0], prediction.State)
		return equations.Add(ctx, state, data.Training.Label(i))
	})
	return equations, err
}

func heldAccuracy(ctx context.Context, n *network.Network, data *basin.Task) (float64, error) {
	p, err := protocol.NewPredictor(data.Settings.Protocol(), n, 1)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	tally, err := p.Evaluate(ctx, data.Held, data.Held.Count(), nil)
	return tally.Accuracy(), err
}
