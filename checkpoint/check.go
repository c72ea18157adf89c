package checkpoint

import (
	"errors"
	"fmt"

	"basin/dataset/table"
	"basin/network"
	"basin/network/coupling"
	"basin/protocol"
	"basin/train"
)

// checkModel holds what a model promises beside its couplings, for a model to be saved
// and for one just read. state may be nil.
func checkModel(m *Model, inputShape []int, classes int, state *train.State) error {
	if err := m.Settings.Validate(); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if err := m.Settings.Network.Fits(inputShape, classes); err != nil {
		return err
	}
	if m.Encoder == nil {
		return errors.New("encoder: none, want the one fitted to the training set")
	}
	if err := m.Encoder.Validate(); err != nil {
		return fmt.Errorf("encoder: %w", err)
	}
	inputs := 1
	for _, side := range inputShape {
		inputs *= side
	}
	if got := m.Encoder.Dim(); got != inputs {
		return fmt.Errorf("encoder: gives %d values, want %d, the network's inputs", got, inputs)
	}
	if got := len(m.LabelNames); got != 0 && got != classes {
		return fmt.Errorf("label names: %d, want none or one for each of %d classes", got, classes)
	}
	if err := checkColumns(m); err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	if m.Learned < 0 {
		return fmt.Errorf("learned: %d mini-batches, want at least 0", m.Learned)
	}
	var before train.EpochRecord
	for i, record := range m.History {
		if err := checkRecord(record, before); err != nil {
			return fmt.Errorf("history: record %d: %w", i, err)
		}
		before = record
	}
	if state == nil {
		return nil
	}
	if m.Network != nil && m.Network.Integers.Bits > 0 {
		return errors.New("training state: a network of integers does not learn")
	}
	if epochs := train.Epochs(m.History); state.Epoch != epochs {
		return fmt.Errorf("training state: %d epochs complete, want %d, the records of the history", state.Epoch, epochs)
	}
	if state.Batch < 0 {
		return fmt.Errorf("training state: %d batches done, want at least 0", state.Batch)
	}
	if seen, most := state.Tally.Samples, int64(state.Batch)*int64(m.Settings.Learning.Batch); seen > most {
		return fmt.Errorf("training state: a tally of %d samples after %d batches, want at most %d", seen, state.Batch, most)
	}
	if err := checkTally(state.Tally); err != nil {
		return fmt.Errorf("training state: %w", err)
	}
	return nil
}

func checkColumns(m *Model) error {
	if m.Columns == nil {
		return nil
	}
	if err := m.Columns.Validate(); err != nil {
		return err
	}
	if got := m.Columns.Count(); got != m.Encoder.Features {
		return fmt.Errorf("%d of them are read, want %d, the values of a sample", got, m.Encoder.Features)
	}
	for k, kind := range m.Columns.Kinds {
		coded := k < len(m.Encoder.Codings) && m.Encoder.Codings[k].Categories != nil
		if texts := kind == table.Category; texts != coded {
			return fmt.Errorf("value %d is one of categories: %t, but for the encoder: %t", k, texts, coded)
		}
	}
	return nil
}

func checkRecord(r, before train.EpochRecord) error {
	switch {
	case before.Readout != "":
		return fmt.Errorf("epoch %d after the record of the readout, want that at the end", r.Epoch)
	case r.Readout != "" && !r.Readout.Solved():
		return fmt.Errorf("readout %q, want %q, %q or none", string(r.Readout), string(protocol.Ridge), string(protocol.Margin))
	case r.Readout != "" && r.Epoch != before.Epoch:
		return fmt.Errorf("readout after epoch %d, want %d, the last", r.Epoch, before.Epoch)
	case r.Readout == "" && r.Epoch <= before.Epoch:
		return fmt.Errorf("epoch %d after %d, want ascending epochs from 1", r.Epoch, before.Epoch)
	}
	if err := checkTally(r.Training); err != nil {
		return fmt.Errorf("training: %w", err)
	}
	if err := checkTally(r.Held); err != nil {
		return fmt.Errorf("held: %w", err)
	}
	return nil
}

func checkTally(t protocol.Tally) error {
	if min(t.Samples, t.Correct, t.FixedPoints, t.Cycles, t.Period2, t.Unstable, t.Flips, t.Sweeps, t.Neurons) < 0 {
		return fmt.Errorf("tally %+v has a negative count", t)
	}
	// A cycle under feedback may pass through a state that is a fixed point without it.
	if max(t.Correct, t.FixedPoints, t.Cycles) > t.Samples || t.Period2 > t.Cycles {
		return fmt.Errorf("tally %+v counts more samples than it has", t)
	}
	return nil
}

// checkNetwork holds that a network to be saved is the one its settings describe, and
// that its arrays have the lengths of its tensors. Values are checked as they are
// written.
func checkNetwork(n *network.Network, spec network.Spec) error {
	if n.Differs(spec) != "" {
		return errors.New("network: its spec differs from the settings")
	}
	want, err := network.Outline(spec, n.InputShape, n.Classes)
	if err != nil {
		return err
	}
	if len(n.Modules) != len(want.Modules) {
		return fmt.Errorf("network: %d modules, want %d", len(n.Modules), len(want.Modules))
	}
	for index, w := range want.Modules {
		if err := checkModule(n.Modules[index], w, n.HasBias(index)); err != nil {
			return fmt.Errorf("network: module %d: %w", index, err)
		}
	}
	if err := checkPathways(n.Pathways, want.Pathways); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	n.EachBlock(func(name string, b coupling.Couplings) {
		if err == nil && !finiteScale(b.Scale()) {
			err = fmt.Errorf("network: %s: scale %v, want a finite number other than 0", name, b.Scale())
		}
	})
	if err != nil {
		return err
	}
	if err := n.Validate(); err != nil {
		return err
	}
	tensors, err := n.Tensors()
	if err != nil {
		return err
	}
	for _, t := range tensors {
		if err := t.Check(); err != nil {
			return fmt.Errorf("network: tensor %s: %w", t.Name, err)
		}
	}
	return checkFixedLinks(n)
}

// checkFixedLinks holds that fixed links are those of the spec.
func checkFixedLinks(n *network.Network) error {
	place := 0
	for _, link := range n.Spec.Links {
		for range link.Directions() {
			if b := n.Pathways[place].Block; b != nil && link.Kind != network.Learned {
				if err := checkFixed(b, link); err != nil {
					return fmt.Errorf("pathways.%d: %w", place, err)
				}
			}
			place++
		}
	}
	return nil
}

// checkFixed holds that each neuron receives lambda/K from K others.
func checkFixed(b coupling.Block, link network.Link) (err error) {
	if b.Scale() != 1 {
		return fmt.Errorf("scale %v, want 1 for couplings that do not learn", b.Scale())
	}
	k := link.FixedFanIn()
	want, senders := float32(link.Strength/float64(k)), make([]int, b.Shape().Receivers)
	b.Each(func(i, _ int, v *float32) bool {
		senders[i]++
		if *v != want {
			err = fmt.Errorf("receiver %d has a coupling of %v, want %v, as its link says", i, *v, want)
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	for i, count := range senders {
		if count != k {
			return fmt.Errorf("receiver %d has %d senders, want %d, as its link says", i, count, k)
		}
	}
	return nil
}

// checkModule compares one module with its outline.
func checkModule(m, want *network.Module, bias bool) error {
	if m == nil {
		return errors.New("is nil")
	}
	if m.Neurons != want.Neurons || m.Offset != want.Offset || m.SelfCoupling != want.SelfCoupling || m.Tanh != want.Tanh || m.Read != want.Read {
		return fmt.Errorf("%d neurons at %d, self-coupling %v, tanh %v, read %t, want %d at %d, %v, %v, %t",
			m.Neurons, m.Offset, m.SelfCoupling, m.Tanh, m.Read, want.Neurons, want.Offset, want.SelfCoupling, want.Tanh, want.Read)
	}
	if (m.Bias != nil) != bias {
		return fmt.Errorf("has biases: %t, want %t", m.Bias != nil, bias)
	}
	if (m.Recurrent != nil) != (want.Recurrent != nil) {
		return fmt.Errorf("has recurrent couplings: %t, want %t", m.Recurrent != nil, want.Recurrent != nil)
	}
	if m.Recurrent != nil {
		if err := checkBlock(m.Recurrent, want.Recurrent); err != nil {
			return fmt.Errorf("recurrent: %w", err)
		}
	}
	if (m.Input != nil) != (want.Input != nil) {
		return fmt.Errorf("has input couplings: %t, want %t", m.Input != nil, want.Input != nil)
	}
	if m.Input != nil {
		if err := checkBlock(m.Input, want.Input); err != nil {
			return fmt.Errorf("input: %w", err)
		}
	}
	return nil
}

// checkBlock compares a block with its outline.
func checkBlock(b, want coupling.Couplings) error {
	got, shape := b.Shape(), want.Shape()
	if got != shape || b.Kind() != want.Kind() {
		return fmt.Errorf("%d receivers of %d senders, hollow %t, fan-in %v, %s, want %d of %d, %t, %v, %s",
			got.Receivers, got.Senders, got.Hollow, got.FanIn, b.Kind(), shape.Receivers, shape.Senders, shape.Hollow, shape.FanIn, want.Kind())
	}
	return nil
}

// checkPathways compares the pathways of a network with those of its outline.
func checkPathways(got, want []*network.Pathway) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d pathways, want %d", len(got), len(want))
	}
	for index, w := range want {
		p := got[index]
		if p == nil || p.From != w.From || p.To != w.To || p.Strength != w.Strength || p.Learned != w.Learned || (p.Block != nil) != (w.Block != nil) {
			return fmt.Errorf("pathway %d differs from the link of the spec", index)
		}
		if p.Block != nil {
			if err := checkBlock(p.Block, w.Block); err != nil {
				return fmt.Errorf("pathway %d: %w", index, err)
			}
		}
	}
	return nil
}
