package protocol

import (
	"fmt"

	"basin/dynamics"
	"basin/network"
)

// Single predicts one sample at a time with a network that must not change meanwhile: for
// streams, where latency counts. It has no goroutine of its own and needs no end. It is not
// safe for use by several goroutines.
type Single struct {
	predictor *Predictor
	x         dynamics.Vector
	calls     int
}

// frozenAt is the prediction before which a [Single] copies the sparse couplings by sender
// ([dynamics.Batch.Freeze]): a copy costs more than it gives to a few.
const frozenAt = 8

// NewSingle makes a predictor of single samples for n under the dynamics of the settings.
// Errors are those of [NewPredictor].
func NewSingle(settings Settings, n *network.Network) (*Single, error) {
	p, err := newPredictor(settings, n, 1, 1)
	if err != nil {
		return nil, err
	}
	return &Single{predictor: p}, nil
}

// Predict relaxes one input x, of D values, and returns its prediction, which the next call
// overwrites. It is that of [Predictor.Predict] bit for bit; random draws of partial and
// sequential sweeps are those of a first sample. It reports an input of the wrong
// length and one that is not finite.
func (s *Single) Predict(x []float32) (Prediction, error) {
	p := s.predictor
	if want := p.moving.network.Inputs(); len(x) != want {
		return Prediction{}, fmt.Errorf("protocol: input has %d values, the network reads %d", len(x), want)
	}
	if s.calls++; s.calls == frozenAt {
		p.moving.batch.Freeze()
	}
	s.x = x
	p.inputs, p.first = &s.x, 0
	p.moving.batch.Resize(1)
	p.moving.pool.run(&p.task)
	p.inputs, s.x = nil, nil
	p.moving.collect()
	if err := p.finite(0); err != nil {
		return Prediction{}, err
	}
	return p.predictions[0], nil
}
