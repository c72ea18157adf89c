package compare

import (
	"context"

	"basin"

	"basin/baseline"
	"basin/checkpoint"
	"basin/dataset"
	"basin/protocol"
)

// simulated is a network of binary neurons as a learner beside others.
type simulated struct {
	run     *basin.Run
	workers int
	cost    protocol.Cost // once counted
}

// newSimulated draws the network of a task. It is not measured while it learns.
func newSimulated(task *basin.Task, workers int) (*simulated, error) {
	alone := *task
	alone.Held, alone.Split = nil, ""
	run, err := alone.Begin()
	return &simulated{run: run, workers: workers}, err
}

// Run trains the network. What an observer is told has no loss: there is none.
func (s *simulated) Run(ctx context.Context, observe func(baseline.Progress) error) error {
	learned := int64(0) // in the epochs before
	_, err := s.run.Train(ctx, basin.Options{Workers: s.workers, Observe: func(p basin.Progress) error {
		if p.EpochDone && p.Readout == nil {
			learned += p.State.History[len(p.State.History)-1].Training.Samples
		}
		if observe == nil {
			return nil
		}
		return observe(baseline.Progress{Samples: learned + p.State.Tally.Samples})
	}})
	return err
}

// Logits predicts.
func (s *simulated) Logits(ctx context.Context, samples baseline.Samples, count int, each func(i int, logits []float32)) error {
	return s.predict(ctx, samples, count, nil, each)
}

// predict predicts, and counts operations where o is not nil.
func (s *simulated) predict(ctx context.Context, samples protocol.Inputs, count int, o *protocol.Operations, each func(i int, logits []float32)) error {
	p, err := protocol.NewPredictor(s.run.Model.Settings.Protocol(), s.run.Model.Network, s.workers)
	if err != nil {
		return err
	}
	defer p.Close()
	p.Count(o)
	_, err = p.Predict(ctx, samples, count, func(i int, q protocol.Prediction) error {
		each(i, q.Logits)
		return nil
	})
	return err
}

// count counts the operations of the predictions of all samples.
func (s *simulated) count(ctx context.Context, samples *dataset.Samples) error {
	o := protocol.NewOperations(s.run.Model.Network)
	err := s.predict(ctx, samples, samples.Count(), o, func(int, []float32) {})
	s.cost = o.Cost()
	return err
}

// Cost returns the couplings that learn, the bytes of all, and the effective operations that
// were counted, accumulates and others alike.
func (s *simulated) Cost() baseline.Cost {
	n := s.run.Model.Network
	return baseline.Cost{
		Parameters: int64(n.Learned()), Bytes: n.Footprint(),
		Operations: s.cost.EffectiveMACs + s.cost.EffectiveACs,
	}
}

// fileSize returns the bytes of the model file.
func (s *simulated) fileSize() (int64, error) { return checkpoint.Size(&s.run.Model.Model) }
