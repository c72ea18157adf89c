package checkpoint

import (
	"errors"
	"fmt"

	"basin/network"
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
	before := 0
	for i, record := range m.History {
		if err := checkRecord(record, before); err != nil {
			return fmt.Errorf("history: record %d: %w", i, err)
		}
		before = record.Epoch
	}
	if state == nil {
		return nil
	}
	if state.Epoch != len(m.History) {
		return fmt.Errorf("training state: %d epochs complete, want %d, the records of the history", state.Epoch, len(m.History))
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

func checkRecord(r train.EpochRecord, before int) error {
	if r.Epoch <= before {
		return fmt.Errorf("epoch %d after %d, want ascending epochs from 1", r.Epoch, before)
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
		if err := checkModule(n.Modules[index], w, want.Spec.Modules[index].Bias > 0); err != nil {
			return fmt.Errorf("network: module %d: %w", index, err)
		}
	}
	if err := checkPathways(n.Pathways, want.Pathways); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if n.Readout == nil || n.Readout.Classes != n.Classes {
		return fmt.Errorf("network: no readout of %d classes", n.Classes)
	}
	for _, b := range blocks(n) {
		if !finiteScale(*b.scale) {
			return fmt.Errorf("network: %s: scale %v, want a finite number other than 0", b.name, *b.scale)
		}
	}
	for _, t := range tensors(n, entriesOf(n), n.Readout.Average != nil) {
		if err := t.checkMemory(); err != nil {
			return fmt.Errorf("network: %w", err)
		}
	}
	return checkPatterns(n)
}

// checkPatterns holds that sparse blocks have a valid pattern, and that fixed links are
// those of the spec.
func checkPatterns(n *network.Network) error {
	for _, b := range blocks(n) {
		if b.sparse == nil {
			continue
		}
		if err := b.sparse.Validate(b.rows, b.width, b.hollow); err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
	}
	place := 0
	for _, link := range n.Spec.Links {
		for range link.Directions() {
			if b := n.Pathways[place].Block; b != nil && link.Kind == network.Excitatory {
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
func checkFixed(b *network.Block, link network.Link) error {
	if b.Scale != 1 {
		return fmt.Errorf("scale %v, want 1 for couplings that do not learn", b.Scale)
	}
	want := float32(link.Strength / float64(link.FanIn))
	for i := range b.Receivers {
		senders, values := b.Sparse.Row(i)
		if len(senders) != link.FanIn {
			return fmt.Errorf("receiver %d has %d senders, want %d, the fan_in of its link", i, len(senders), link.FanIn)
		}
		for _, v := range values {
			if v != want {
				return fmt.Errorf("receiver %d has a coupling of %v, want %v, as its link says", i, v, want)
			}
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
	if in, w := m.Input, want.Input; in != nil {
		if in.Neurons != w.Neurons || in.Inputs != w.Inputs || in.FanIn != w.FanIn || (in.Sparse != nil) != (w.Sparse != nil) {
			return fmt.Errorf("input: %d neurons, %d inputs, fan-in %v, sparse %t, want %d, %d, %v, %t",
				in.Neurons, in.Inputs, in.FanIn, in.Sparse != nil, w.Neurons, w.Inputs, w.FanIn, w.Sparse != nil)
		}
	}
	return nil
}

// checkBlock compares a block with its outline.
func checkBlock(b, want *network.Block) error {
	if b.Receivers != want.Receivers || b.Senders != want.Senders || b.Hollow != want.Hollow || b.FanIn != want.FanIn || (b.Sparse != nil) != (want.Sparse != nil) {
		return fmt.Errorf("%d receivers of %d senders, hollow %t, fan-in %v, sparse %t, want %d of %d, %t, %v, %t",
			b.Receivers, b.Senders, b.Hollow, b.FanIn, b.Sparse != nil, want.Receivers, want.Senders, want.Hollow, want.FanIn, want.Sparse != nil)
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

// checkMemory holds the length of a tensor's array and that its padding is zero.
func (t *tensor) checkMemory() error {
	if t.ints != nil {
		if got := len(*t.ints); got != t.size {
			return fmt.Errorf("tensor %s: %d values in memory, want %d", t.name, got, t.size)
		}
		return nil
	}
	if got := len(*t.floats); got != t.size {
		return fmt.Errorf("tensor %s: %d values in memory, want %d", t.name, got, t.size)
	}
	used, zero := t.width, true
	if t.byColumn {
		used = t.rows
	}
	if t.stride > 0 {
		next := 0 // the first place after the columns seen
		for _, c := range t.columns {
			zero = zero && allZero((*t.floats)[next*t.stride:c.place*t.stride])
			next = c.place + c.count
		}
		if t.byColumn {
			zero = zero && allZero((*t.floats)[next*t.stride:])
		}
		for at := 0; at < t.size; at += t.stride {
			zero = zero && allZero((*t.floats)[at+used:at+t.stride])
		}
	}
	if !zero {
		return fmt.Errorf("tensor %s: its padding in memory is not zero", t.name)
	}
	return nil
}

func allZero(values []float32) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

// entriesOf counts the entries of the sparse blocks of n.
func entriesOf(n *network.Network) map[string]int {
	entries := map[string]int{}
	for _, b := range blocks(n) {
		if b.sparse != nil {
			entries[b.name] = len(b.sparse.Value)
		}
	}
	return entries
}
