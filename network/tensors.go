package network

import (
	"fmt"

	"basin/network/coupling"
)

// Tensor is one array of a network under the name that files give it. Its values are those
// before the scale, which is one where there is none.
type Tensor struct {
	coupling.Tensor
	// Name of the array, in place of what a block calls it.
	Name  string
	Scale float64
}

// EachBlock visits J and W of each module, then the couplings of the links, under the
// names that files give them.
func (n *Network) EachBlock(visit func(name string, block coupling.Couplings)) {
	for index, m := range n.Modules {
		if m.Recurrent != nil {
			visit(fmt.Sprintf("modules.%d.recurrent", index), m.Recurrent)
		}
		if m.Input != nil {
			visit(fmt.Sprintf("modules.%d.input", index), m.Input)
		}
	}
	for index, p := range n.Pathways {
		if p.Block != nil {
			visit(fmt.Sprintf("pathways.%d", index), p.Block)
		}
	}
}

// Tensors lists the arrays of a network that is valid, in no order that counts.
func (n *Network) Tensors() []Tensor {
	var list []Tensor
	n.EachBlock(func(name string, block coupling.Couplings) { list = appendNamed(list, name, block, block.Tensors()) })
	return append(list, n.vectors(n.Readout.Average != nil)...)
}

// Load lists the arrays of an outline ([Outline]), to be set from a file, which has as many
// values of an array as length says for its name; the average of the readout is one of them
// if it is there. done checks the blocks and completes the network.
func (n *Network) Load(length func(name string) int, average bool) (list []Tensor, done func() error) {
	var checks []func() error
	n.EachBlock(func(name string, block coupling.Couplings) {
		tensors, check := block.Load(func(array string) int { return length(name + array) })
		list = appendNamed(list, name, block, tensors)
		checks = append(checks, func() error {
			if err := check(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	})
	return append(list, n.vectors(average)...), func() error {
		for _, check := range checks {
			if err := check(); err != nil {
				return err
			}
		}
		return n.Validate()
	}
}

func appendNamed(list []Tensor, name string, block coupling.Couplings, tensors []coupling.Tensor) []Tensor {
	for _, t := range tensors {
		named := Tensor{t, name + t.Name, 1}
		if t.Scaled {
			named.Scale = block.Scale()
		}
		list = append(list, named)
	}
	return list
}

// vectors lists the arrays that are no blocks: F, b and O.
func (n *Network) vectors(average bool) []Tensor {
	var list []Tensor
	var read []coupling.Run
	state := 0
	for index, m := range n.Modules {
		list = append(list, Tensor{coupling.ByRow(&m.Feedback, n.Classes, m.Neurons), fmt.Sprintf("modules.%d.feedback", index), 1})
		if n.Spec.Modules[index].Bias > 0 {
			list = append(list, Tensor{coupling.Vector(&m.Bias, m.Neurons, m.Padded()), fmt.Sprintf("modules.%d.bias", index), 1})
		}
		if m.Read {
			read = append(read, coupling.Run{Place: m.Offset, Count: m.Neurons})
		}
		state += m.Padded()
	}
	list = append(list, Tensor{coupling.ByColumn(&n.Readout.Couplings, n.Classes, read, state), "readout", 1})
	if average {
		list = append(list, Tensor{coupling.ByColumn(&n.Readout.Average, n.Classes, read, state), "readout.average", 1})
	}
	return list
}
