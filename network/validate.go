package network

import (
	"errors"
	"fmt"

	"basin/internal/layout"
	"basin/network/coupling"
)

// Validate reports the first thing that is wrong with a network that was not drawn or
// loaded but put together or changed by hand: sizes, places and blocks that do not belong
// to each other, vectors of another length, or couplings that are missing. What it lets
// pass can be moved and taught without a fault. Cost: in proportion to the modules and
// pathways; couplings are not looked at, since a block holds its own pattern.
func (n *Network) Validate() error {
	if n == nil {
		return errors.New("network: none")
	}
	if len(n.Modules) == 0 {
		return errors.New("network: no modules")
	}
	if n.Classes < 2 || n.Classes > maxClasses {
		return fmt.Errorf("network: %d classes, want 2 to %d", n.Classes, maxClasses)
	}
	if err := validShape(n.InputShape); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := n.Integers.Validate(); err != nil {
		return err
	}
	offset := 0
	for index, m := range n.Modules {
		if m == nil {
			return fmt.Errorf("network: module %d is nil", index)
		}
		if err := n.validModule(m, offset); err != nil {
			return fmt.Errorf("network: module %d: %w", index, err)
		}
		offset += m.Padded()
	}
	if given := len(n.Spec.Feedback); given != 0 && given != len(n.Modules) {
		return fmt.Errorf("network: %d strengths of the feedback, want none or one for each of %d modules", given, len(n.Modules))
	}
	for index, p := range n.Pathways {
		if err := n.validPathway(p); err != nil {
			return fmt.Errorf("network: pathway %d: %w", index, err)
		}
	}
	if err := n.validReadout(offset); err != nil {
		return fmt.Errorf("network: readout: %w", err)
	}
	return nil
}

// validModule reports what is wrong with a module whose neurons begin at an offset.
func (n *Network) validModule(m *Module, offset int) error {
	if m.Neurons < 1 || m.Neurons > MaxNeurons {
		return fmt.Errorf("%d neurons, want 1 to %d", m.Neurons, MaxNeurons)
	}
	if m.Offset != offset {
		return fmt.Errorf("begins at %d of a state, want %d, after the modules before it", m.Offset, offset)
	}
	if m.Recurrent != nil {
		if err := coupling.Check(m.Recurrent, m.Neurons, m.Neurons, true); err != nil {
			return fmt.Errorf("recurrent couplings: %w", err)
		}
	}
	if m.Input != nil {
		if err := coupling.Check(m.Input, m.Neurons, n.Inputs(), false); err != nil {
			return fmt.Errorf("input couplings: %w", err)
		}
	}
	if got, want := len(m.Feedback), n.Classes*m.Padded(); got != want && (m.Feedback != nil || n.Integers.Bits == 0) {
		return fmt.Errorf("%d values of feedback, want %d, padding included", got, want)
	}
	if got, want := len(m.Bias), m.Padded(); m.Bias != nil && got != want {
		return fmt.Errorf("%d biases, want %d, padding included, or none", got, want)
	}
	return nil
}

func (n *Network) validPathway(p *Pathway) error {
	if p == nil {
		return errors.New("is nil")
	}
	if min(p.From, p.To) < 0 || max(p.From, p.To) >= len(n.Modules) || p.From == p.To {
		return fmt.Errorf("from module %d to %d, want two different modules from 0 to %d", p.From, p.To, len(n.Modules)-1)
	}
	senders, receivers := n.Modules[p.From].Neurons, n.Modules[p.To].Neurons
	switch {
	case p.Block != nil:
		return coupling.Check(p.Block, receivers, senders, false)
	case p.Learned:
		return errors.New("learns, but has no couplings")
	case senders != receivers:
		return fmt.Errorf("joins %d and %d neurons one to one, want equal numbers", senders, receivers)
	}
	return nil
}

func (n *Network) validReadout(state int) error {
	r := n.Readout
	switch want := state * layout.Padded(n.Classes); {
	case r == nil:
		return errors.New("none")
	case r.Classes != n.Classes:
		return fmt.Errorf("%d classes, want %d", r.Classes, n.Classes)
	case len(r.Couplings) != want:
		return fmt.Errorf("%d couplings, want %d, padding included", len(r.Couplings), want)
	case r.Average != nil && len(r.Average) != want:
		return fmt.Errorf("an average of %d couplings, want %d, padding included, or none", len(r.Average), want)
	case r.Real != n.Continuous():
		return fmt.Errorf("real states: %t, want %t, as the modules have them", r.Real, n.Continuous())
	}
	return nil
}
