package basin

import (
	"fmt"

	"basin/dataset"
	"basin/protocol"
)

// Learn shows the model one more mini-batch: labelled samples as they were read, whose
// label names are among [Model.Names]. They are learned as in the last epoch of the
// settings, schedules at their ends. So a stream is learned, batch by batch. The result
// depends on the batches and their order, and on nothing else.
func (m *Model) Learn(s *dataset.Set) (protocol.Tally, error) {
	if s.Labels == nil {
		return protocol.Tally{}, fmt.Errorf("%s: no labels to learn from", s.Name)
	}
	if err := s.Validate(); err != nil {
		return protocol.Tally{}, err
	}
	named := *s
	if err := named.Relabel(m.Names()); err != nil {
		return protocol.Tally{}, err
	}
	inputs, err := m.inputs(&named)
	if err != nil {
		return protocol.Tally{}, err
	}
	m.learning.Lock()
	defer m.learning.Unlock()
	if err := m.prepareLearning(inputs.Count()); err != nil {
		return protocol.Tally{}, err
	}
	samples := &dataset.Samples{Inputs: inputs, Labels: named.Labels}
	batch := protocol.Batch{Samples: stream{samples, m.Settings.Seed, uint64(m.epoch())}, Epoch: m.epoch(), Before: m.batches}
	for i := range inputs.Count() {
		batch.Places = append(batch.Places, int32(i))
	}
	tally, err := m.learner.Step(batch)
	if err != nil {
		return protocol.Tally{}, err
	}
	m.remember(s)
	m.batches++
	m.idle = nil // they hold copies of the couplings
	if err := m.Network.CheckFinite(); err != nil {
		return tally, fmt.Errorf("%w; lower the rates or the gains", err)
	}
	return tally, nil
}

// stream shows samples with the training noise of their mini-batch.
type stream struct {
	*dataset.Samples
	seed, epoch uint64
}

// Row writes a row with noise.
func (s stream) Row(i int, dst []float32) { s.NoisyRow(i, dst, s.seed, s.epoch) }

// epoch is one that the run had not, which addresses the random draws of a mini-batch.
func (m *Model) epoch() int { return m.Settings.Learning.Epochs + m.batches }

// prepareLearning makes a learner with room for a mini-batch.
func (m *Model) prepareLearning(count int) error {
	if m.batches == 0 {
		for _, record := range m.History {
			size := int64(m.Settings.Learning.Batch)
			m.batches += int((record.Training.Samples + size - 1) / size)
		}
	}
	if m.learner != nil && count <= m.capacity {
		return nil
	}
	capacity := max(count, m.Settings.Learning.Batch)
	learner, err := protocol.NewLearner(m.Settings.Protocol(), m.Network, capacity, 1)
	if err != nil {
		return err
	}
	m.learner, m.capacity = learner, capacity
	return nil
}
