package sample

import (
	"context"
	"errors"
	"fmt"

	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// system is a network with an input, neurons counted through all modules without padding:
// the field on neuron i in state s is
//
//	drive[i] + self[i] s_i + sum_j J_ij s_j
//
// with links among the J_ij, added up in float64 from the stored float32 values and the
// float32 scales of their blocks.
type system struct {
	neurons int
	place   []int     // of each neuron in a state of the network
	module  []int     // of each neuron
	first   []int     // neuron of each module
	drive   []float64 // W x + b, as package dynamics computes it
	self    []float64 // J_D
	leaving [][]path  // by module
	buffer  []float32 // of one column
}

// path is couplings from one module to one module.
type path struct {
	block    coupling.Block // nil: neuron i to neuron i
	scale    float64        // of the block, or strength one to one
	to, size int            // receiving module and its neurons
}

// newSystem reports a network that is not valid, has couplings that are not finite, or
// continuous neurons, and an input of another length; x is nil for no input.
func newSystem(n *network.Network, x []float32) (*system, error) {
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	if err := n.CheckFinite(); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	if x != nil && len(x) != n.Inputs() {
		return nil, fmt.Errorf("sample: input has %d values, the network reads %d", len(x), n.Inputs())
	}
	if n.Continuous() {
		return nil, errors.New("sample: the network has continuous neurons, want binary ones: set tanh to 0")
	}
	for k, v := range x {
		if err := finite(fmt.Sprintf("input %d is", k), float64(v)); err != nil {
			return nil, err
		}
	}
	fields, err := dynamics.InputField(n, x)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	s := &system{neurons: n.Neurons(), leaving: make([][]path, len(n.Modules))}
	largest := 0
	for index, m := range n.Modules {
		s.first = append(s.first, len(s.place))
		for i := range m.Neurons {
			s.place = append(s.place, m.Offset+i)
			s.module = append(s.module, index)
			s.drive = append(s.drive, float64(fields[m.Offset+i]))
			s.self = append(s.self, float64(m.SelfCoupling))
		}
		if m.Recurrent != nil {
			s.add(index, index, m.Neurons, m.Recurrent)
		}
		largest = max(largest, m.Padded())
	}
	for _, p := range n.Pathways {
		size := n.Modules[p.To].Neurons
		if p.Block != nil {
			s.add(p.From, p.To, size, p.Block)
		} else {
			s.leaving[p.From] = append(s.leaving[p.From], path{scale: float64(p.Strength), to: p.To, size: size})
		}
	}
	s.buffer = make([]float32, largest)
	return s, nil
}

func (s *system) add(from, to, size int, block coupling.Block) {
	s.leaving[from] = append(s.leaving[from], path{block: block, scale: float64(float32(block.Scale())), to: to, size: size})
}

// spins returns the states of the neurons, without padding. It reports a state that is not
// one of the network.
func (s *system) spins(n *network.Network, state []float32) ([]float64, error) {
	if err := checkState(n, state); err != nil {
		return nil, fmt.Errorf("sample: state: %w", err)
	}
	spins := make([]float64, s.neurons)
	for i, place := range s.place {
		spins[i] = float64(state[place])
	}
	return spins, nil
}

// state is the inverse of spins.
func (s *system) state(n *network.Network, spins []float64) []float32 {
	state := make([]float32, n.StateSize())
	for i, v := range spins {
		state[s.place[i]] = float32(v)
	}
	return state
}

// column writes the couplings from neuron j on every neuron, the self-coupling left out.
func (s *system) column(j int, column []float64) {
	clear(column)
	from := s.module[j]
	sender := j - s.first[from]
	for _, p := range s.leaving[from] {
		if p.block == nil {
			column[s.first[p.to]+sender] += p.scale
			continue
		}
		clear(s.buffer)
		p.block.Change(s.buffer, sender, 1)
		for i, v := range s.buffer[:p.size] {
			column[s.first[p.to]+i] += p.scale * float64(v)
		}
	}
}

// at returns the coupling from neuron j on neuron i, i not j.
func (s *system) at(i, j int) float64 {
	from, to := s.module[j], s.module[i]
	receiver, sender, sum := i-s.first[to], j-s.first[from], 0.0
	for _, p := range s.leaving[from] {
		switch {
		case p.to != to:
		case p.block != nil:
			if v := p.block.At(receiver, sender); v != nil {
				sum += p.scale * float64(*v)
			}
		case receiver == sender:
			sum += p.scale
		}
	}
	return sum
}

// fields returns the fields of a state. Cost: O(N^2).
func (s *system) fields(ctx context.Context, spins []float64) ([]float64, error) {
	h, column := make([]float64, s.neurons), make([]float64, s.neurons)
	for i := range h {
		h[i] = s.drive[i] + s.self[i]*spins[i]
	}
	for j, v := range spins {
		if err := lookUp(ctx, j); err != nil {
			return nil, err
		}
		s.column(j, column)
		for i, c := range column {
			h[i] += c * v
		}
	}
	return h, nil
}

// least is what a field of zero counts as where it is on the side of the state.
const least = 5e-324

// slack returns how far a neuron's s h is above a margin: above zero where it keeps its
// state. At margin zero a field of zero asks for +1.
func slack(spin, field, margin float64) float64 {
	if margin == 0 && field == 0 {
		return spin * least
	}
	return spin*field - margin
}

// glance is how many short steps a loop takes between two looks at its context.
const glance = 1 << 8

// lookUp looks at the context in every glance-th step of a loop.
func lookUp(ctx context.Context, step int) error {
	if step%glance == 0 {
		return ctx.Err()
	}
	return nil
}
