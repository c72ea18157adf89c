package basin

import (
	"errors"
	"fmt"

	"basin/dataset"
	"basin/protocol"
	"basin/train"
)

// finiteEvery is the number of mini-batches after which a model that learns looks whether its
// couplings are finite: that costs a look at every one of them.
const finiteEvery = 64

// Learn shows the model one more mini-batch: labelled samples as they were read, whose
// label names are among [Model.Names]. They are learned as in the last epoch of the
// settings, schedules at their ends, on the calling goroutine. So a stream is learned, batch
// by batch; the result depends on the model, the batches and their order, and on nothing
// else, also where the model is saved and loaded in between.
//
// A model whose readout was solved for does not learn on.
//
// After an error of samples nothing was learned. Couplings that have become infinite are an
// error, now and then here and always in [Model.Save]; such a model is of no further use.
func (m *Model) Learn(s *dataset.Set) (protocol.Tally, error) {
	samples, err := m.learnable(s)
	if err != nil {
		return protocol.Tally{}, err
	}
	m.learning.Lock()
	defer m.learning.Unlock()
	if err := m.prepareLearning(samples.Count()); err != nil {
		return protocol.Tally{}, err
	}
	epoch := m.Settings.Learning.Epochs + m.Learned // which the run had not: it addresses random draws
	batch := protocol.Batch{
		Samples: &train.Noisy{Samples: samples, Seed: m.Settings.Seed, Epoch: uint64(epoch)},
		Epoch:   epoch, Before: m.batches(),
	}
	for i := range samples.Count() {
		batch.Places = append(batch.Places, int32(i))
	}
	tally, err := m.learner.Step(batch)
	if err != nil {
		return protocol.Tally{}, err
	}
	m.remember(s)
	m.Learned++
	m.changed()
	if m.Learned%finiteEvery == 0 {
		if err := m.Network.CheckFinite(); err != nil {
			return tally, fmt.Errorf("%w; lower the rates or the gains", err)
		}
	}
	return tally, nil
}

// Learns reports a model that does not learn on: one whose readout was solved for.
func (m *Model) Learns() error {
	if m.Settings.Readout.Method.Solved() {
		return errors.New("the readout was solved for after the last epoch, and the local rule would undo it: want a model with readout.method local")
	}
	return nil
}

// Learnable reports, before anything is learned, samples that [Model.Learn] would refuse.
func (m *Model) Learnable(s *dataset.Set) error {
	_, err := m.learnable(s)
	return err
}

// learnable encodes samples to learn.
func (m *Model) learnable(s *dataset.Set) (*dataset.Samples, error) {
	if s != nil && s.Labels == nil {
		return nil, fmt.Errorf("%s: no labels to learn from", s.Name)
	}
	if err := m.Learns(); err != nil {
		return nil, err
	}
	return m.samples(s)
}

// batches returns the number of mini-batches that the network has learned.
func (m *Model) batches() int {
	batches, size := m.Learned, int64(m.Settings.Learning.Batch)
	for _, record := range m.History {
		batches += int((record.Training.Samples + size - 1) / size)
	}
	return batches
}

// prepareLearning makes a learner with room for a mini-batch.
func (m *Model) prepareLearning(count int) error {
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
