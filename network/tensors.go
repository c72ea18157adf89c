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

// Tensors lists the arrays of a network that is valid, in no order that counts. It reports
// couplings of a network of integers that are none.
func (n *Network) Tensors() (list []Tensor, err error) {
	n.EachBlock(func(name string, block coupling.Couplings) {
		arrays := block.Tensors
		if n.isPacked(block) {
			packed, fault := coupling.Packed(block, n.Integers.Bits)
			if fault != nil && err == nil {
				err = fmt.Errorf("network: %s: %w", name, fault)
			}
			arrays = func() []coupling.Tensor { return packed }
		}
		list = appendNamed(list, name, block, arrays())
	})
	if err != nil {
		return nil, err
	}
	list = append(list, n.vectors(n.Readout.Average != nil)...)
	if n.Integers.Bits == 0 {
		return list, nil
	}
	matrix := n.readoutTensor(&n.Readout.Couplings)
	values := make([]float32, matrix.Count())
	matrix.Get(values, 0)
	bytes, unit, err := coupling.Pack(values, ReadoutBits)
	if err != nil {
		return nil, fmt.Errorf("network: readout: %w", err)
	}
	return append(list, n.packedReadout(&bytes, &[]uint8{uint8(int8(unit))})...), nil
}

// isPacked reports whether a file has the couplings of a block packed: those of a network of
// integers, but for links that do not learn.
func (n *Network) isPacked(block coupling.Couplings) bool {
	for _, p := range n.Pathways {
		if !p.Learned && p.Block != nil && coupling.Couplings(p.Block) == block {
			return false
		}
	}
	return n.Integers.Bits > 0
}

// packedReadout lists the arrays of a readout of integers.
func (n *Network) packedReadout(bytes, unit *[]uint8) []Tensor {
	matrix := n.readoutTensor(&n.Readout.Couplings)
	length := (matrix.Count()*ReadoutBits + 7) / 8
	return []Tensor{{coupling.Bytes("", bytes, length), "readout", 1}, {coupling.Bytes("", unit, 1), "readout.unit", 1}}
}

// Load lists the arrays of an outline ([Outline]), to be set from a file, which has as many
// values of an array as length says for its name; the average of the readout is one of them
// if it is there. done checks the blocks and completes the network.
func (n *Network) Load(length func(name string) int, average bool) (list []Tensor, done func() error) {
	var checks []func() error
	n.EachBlock(func(name string, block coupling.Couplings) {
		load := block.Load
		if n.isPacked(block) {
			load = func(length func(name string) int) ([]coupling.Tensor, func() error) {
				return coupling.LoadPacked(block, n.Integers.Bits, length)
			}
		}
		tensors, check := load(func(array string) int { return length(name + array) })
		list = appendNamed(list, name, block, tensors)
		checks = append(checks, func() error {
			if err := check(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	})
	list = append(list, n.vectors(average)...)
	var readout, unit []uint8
	if n.Integers.Bits > 0 {
		list = append(list, n.packedReadout(&readout, &unit)...)
	}
	return list, func() error {
		for _, check := range checks {
			if err := check(); err != nil {
				return err
			}
		}
		if n.Integers.Bits > 0 {
			matrix := n.readoutTensor(&n.Readout.Couplings)
			values := make([]float32, matrix.Count())
			if err := coupling.Unpack(values, readout, ReadoutBits, int(int8(unit[0]))); err != nil {
				return fmt.Errorf("readout: %w", err)
			}
			if err := matrix.Set(values, 0); err != nil {
				return err
			}
		}
		if err := n.Validate(); err != nil {
			return err
		}
		return n.finishIntegers()
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

// vectors lists the arrays that are no blocks: F, b and O. A network of integers has b alone.
func (n *Network) vectors(average bool) []Tensor {
	var list []Tensor
	integers := n.Integers.Bits > 0
	for index, m := range n.Modules {
		if !integers {
			list = append(list, Tensor{coupling.ByRow(&m.Feedback, n.Classes, m.Neurons), fmt.Sprintf("modules.%d.feedback", index), 1})
		}
		if n.HasBias(index) {
			list = append(list, Tensor{coupling.Vector(&m.Bias, m.Neurons, m.Padded()), fmt.Sprintf("modules.%d.bias", index), 1})
		}
	}
	if integers {
		return list
	}
	list = append(list, Tensor{n.readoutTensor(&n.Readout.Couplings), "readout", 1})
	if average {
		list = append(list, Tensor{n.readoutTensor(&n.Readout.Average), "readout.average", 1})
	}
	return list
}

// HasBias reports whether the neurons of a module have biases: drawn ones, those of its pools
// or of its activity, or in a network of integers, where they always do.
func (n *Network) HasBias(module int) bool {
	return n.Integers.Bits > 0 || n.Spec.Modules[module].Bias > 0 || n.Spec.Modules[module].Activity > 0 || n.Spec.poolBias(module) != 0
}

// readoutTensor is the matrix of some couplings of the readout, a row per class.
func (n *Network) readoutTensor(couplings *[]float32) coupling.Tensor {
	var read []coupling.Run
	for _, m := range n.Modules {
		if m.Read {
			read = append(read, coupling.Run{Place: m.Offset, Count: m.Neurons})
		}
	}
	return coupling.ByColumn(couplings, n.Classes, read, n.StateSize())
}
