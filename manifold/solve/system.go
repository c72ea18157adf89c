package solve

import (
	"errors"
	"fmt"
	"math"

	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// system is a network with its input as message passing and the judge of fixed points see
// it. Couplings in blocks, of which every neuron has many, are weak; links one to one between
// neighbouring modules are strong, and sites tied by them are taken together: a column.
type system struct {
	network *network.Network
	size    int       // of a state, padding included
	field   []float64 // u_i: W x + b
	margin  float64
	edges   []edge
	columns []columns
}

// edge is a block of weak couplings between two modules, which may be the same.
type edge struct {
	coupling.Block
	from, to *network.Module
	scale    float64
}

// columns are the sites of a run of modules of which neighbours are linked one to one; a
// module without such links is a run of its own. Site i has neuron i of each.
type columns struct {
	modules []*network.Module
	// below[l] and above[l] are lambda from module l-1 and l+1 of the run on module l.
	below, above []float64
}

// newSystem takes a network with an input, nil for none. It reports what is wrong with them.
func newSystem(n *network.Network, x []float32, margin float64) (*system, error) {
	if n == nil || len(n.Modules) == 0 {
		return nil, errors.New("solve: no network")
	}
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("solve: %w", err)
	}
	if err := n.CheckFinite(); err != nil {
		return nil, fmt.Errorf("solve: %w", err)
	}
	for k, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("solve: input %d is %v, want a finite number", k, v)
		}
	}
	for index, m := range n.Modules {
		if m.Tanh > 0 {
			return nil, fmt.Errorf("solve: module %d has continuous neurons: fixed points are sought among binary states", index)
		}
	}
	if x != nil && len(x) != n.Inputs() {
		return nil, fmt.Errorf("solve: input has %d values, the network reads %d", len(x), n.Inputs())
	}
	static, err := dynamics.InputField(n, x)
	if err != nil {
		return nil, err
	}
	s := &system{network: n, size: n.StateSize(), margin: margin, field: make([]float64, n.StateSize())}
	for i, h := range static {
		s.field[i] = float64(h)
	}
	for _, m := range n.Modules {
		if m.Recurrent != nil {
			s.edges = append(s.edges, edge{m.Recurrent, m, m, m.Recurrent.Scale()})
		}
	}
	below, above := make([]float64, len(n.Modules)), make([]float64, len(n.Modules))
	tied := make([]bool, len(n.Modules)) // to the module before
	for index, p := range n.Pathways {
		switch {
		case p.Block != nil:
			s.edges = append(s.edges, edge{p.Block, n.Modules[p.From], n.Modules[p.To], p.Block.Scale()})
		case p.To == p.From+1:
			below[p.To] += float64(p.Strength)
			tied[p.To] = true
		case p.From == p.To+1:
			above[p.To] += float64(p.Strength)
			tied[p.From] = true
		default:
			return nil, fmt.Errorf("solve: pathway %d joins modules %d and %d one to one, want neighbours in the list of modules: message passing takes chains", index, p.From, p.To)
		}
	}
	for index, m := range n.Modules {
		if index == 0 || !tied[index] {
			s.columns = append(s.columns, columns{})
		}
		last := &s.columns[len(s.columns)-1]
		last.modules = append(last.modules, m)
		last.below, last.above = append(last.below, below[index]), append(last.above, above[index])
	}
	return s, nil
}

// longest returns the number of neurons of the longest column.
func (s *system) longest() int {
	longest := 0
	for _, c := range s.columns {
		longest = max(longest, len(c.modules))
	}
	return longest
}

// each calls do for the places of all neurons, padding left out.
func (s *system) each(do func(place int)) {
	for _, m := range s.network.Modules {
		for i := range m.Neurons {
			do(m.Offset + i)
		}
	}
}
