package basin

import (
	"fmt"

	"basin/checkpoint"
	"basin/network"
)

// Quantise returns a copy of the model whose couplings are integers of so many bits, from 2 to
// 8, times powers of two: a file of a third of the size or less, and predictions that are
// exact, the same on every machine. It reads samples as bytes, or as the signs of a projection.
// It predicts and does not learn. See [network.Quantise] for what is rounded to what.
//
// Errors are those of [dataset.Encoder.InBytes], for models of tables among others, and of
// [network.Quantise].
func (m *Model) Quantise(bits int) (*Model, error) {
	m.learning.RLock()
	defer m.learning.RUnlock()
	if old := m.Network.Integers.Bits; old > 0 {
		return nil, fmt.Errorf("the couplings of the model have %d bits already: want the model it was made from", old)
	}
	if m.Columns != nil {
		return nil, fmt.Errorf("the model reads a table, whose columns have no common largest value, so its numbers are no bytes: want a model of images or arrays")
	}
	encoder, scale, offset, err := m.Encoder.InBytes()
	if err != nil {
		return nil, err
	}
	n, err := network.Quantise(m.Network, network.Integers{Bits: bits, Signs: m.Encoder.Projection > 0}, network.Inputs{Scale: scale, Offset: offset})
	if err != nil {
		return nil, err
	}
	q := checkpoint.Model{
		Network: n, Settings: m.Settings, Encoder: encoder, LabelNames: m.LabelNames, Columns: m.Columns,
		History: m.History, TrainingRows: m.TrainingRows, Learned: m.Learned, Version: m.Version,
	}
	q.Settings.Network, q.Settings.Preprocess = n.Spec, encoder.Preprocess
	return newModel(&q), nil
}
