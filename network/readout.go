package network

import (
	"fmt"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network/coupling"
)

// Readout is O over the neurons of all modules, stored by neuron:
// O_ci = Couplings[i*Padded(C)+c] with i a place in a state of the whole network.
type Readout struct {
	Classes   int
	Couplings []float32
	// Real says that some of the states are real numbers, those of tanh neurons.
	Real bool
	// Average is the running mean of Couplings that predictions use, same layout;
	// nil without readout averaging.
	Average []float32

	bytes *coupling.Integer // Couplings of a network of integers, by class
}

// Predicting returns the couplings that a prediction uses: the average where there
// is one.
func (r *Readout) Predicting() []float32 {
	if r.Average != nil {
		return r.Average
	}
	return r.Couplings
}

// Row returns the C couplings of the neuron at a place in a state of the whole network, of
// those given, Predicting or Couplings, which it aliases.
func (r *Readout) Row(couplings []float32, place int) []float32 {
	return couplings[place*layout.Padded(r.Classes):][:r.Classes:r.Classes]
}

// Logits writes the logits of several states (vectors of [Network.StateSize]) with the
// given readout couplings, those of Predicting or Couplings: logits[q] has
// Padded(C) values, of which the first C count.
func (r *Readout) Logits(logits, states [][]float32, couplings []float32) {
	if r.bytes != nil && &couplings[0] == &r.Couplings[0] {
		r.bytes.Multiply(logits, states)
		return
	}
	for _, row := range logits {
		clear(row)
	}
	r.AddLogits(logits, states, couplings, 0)
}

// AddLogits adds to logits what the neurons at the places from first on say, of which states
// has the states. A sum over ranges one after the other has the bits of that over all.
func (r *Readout) AddLogits(logits, states [][]float32, couplings []float32, first int) {
	stride := layout.Padded(r.Classes)
	kernel.DenseField(logits, states, couplings[first*stride:], stride, !r.Real)
}

// ReadSigns returns the signs of a state of binary neurons, of the modules that are read: a bit
// for each neuron, set at -1, and a multiple of 8 of them for each module.
func (n *Network) ReadSigns(state []float32) []uint8 {
	all := make([]uint8, len(state)/8)
	kernel.Signs(all, state)
	var read []uint8
	for _, m := range n.Modules {
		if m.Read {
			read = append(read, all[m.Offset/8:][:m.Padded()/8]...)
		}
	}
	return read
}

// SignLogits is [Readout.Logits], with the readout that predicts, of states of which there are
// the signs of [Network.ReadSigns]; at most 16 of them. Its bits are the same.
func (n *Network) SignLogits(logits [][]float32, signs [][]uint8) {
	const block = 256 // neurons whose states are made of bits at a time
	var room [16][block]float32
	states := make([][]float32, len(signs))
	for _, row := range logits {
		clear(row)
	}
	begin := 0 // of the module among those that are read
	for _, m := range n.Modules {
		if !m.Read {
			continue // couplings of zero
		}
		for at := 0; at < m.Padded(); at += block {
			size := min(block, m.Padded()-at)
			for q := range signs {
				states[q] = room[q][:size]
				kernel.Expand(states[q], signs[q][(begin+at)/8:][:size/8])
			}
			n.Readout.AddLogits(logits, states, n.Readout.Predicting(), m.Offset+at)
		}
		begin += m.Padded()
	}
}

// ReadState appends the states of the neurons that are read, of a state of the whole network, to
// dst.
func (n *Network) ReadState(dst, state []float32) []float32 {
	for _, m := range n.Modules {
		if m.Read {
			dst = append(dst, state[m.Offset:][:m.Neurons]...)
		}
	}
	return dst
}

// SetReadout gives the neurons that are read, in the order of [Network.ReadState], their
// couplings O^T: a row of the classes for each. The average, if there is one, becomes the same.
func (n *Network) SetReadout(couplings []float64) error {
	if want := n.ReadNeurons() * n.Classes; len(couplings) != want {
		return fmt.Errorf("network: a readout of %d couplings, want %d", len(couplings), want)
	}
	for _, m := range n.Modules {
		if !m.Read {
			continue
		}
		for i := range m.Neurons {
			for c, v := range couplings[i*n.Classes:][:n.Classes] {
				n.Readout.Row(n.Readout.Couplings, m.Offset+i)[c] = float32(v)
			}
		}
		couplings = couplings[m.Neurons*n.Classes:]
	}
	if n.Readout.Average != nil {
		copy(n.Readout.Average, n.Readout.Couplings)
	}
	return nil
}

// finishIntegers gives the readout of a network of integers its bytes.
func (r *Readout) finishIntegers(places int) error {
	dense := coupling.NewDenseInput(coupling.Shape{Receivers: r.Classes, Senders: places, FanIn: float64(places)})
	err := dense.Fill(nil, func(c int, row []float32) {
		for at := range row {
			row[at] = r.Row(r.Couplings, at)[c]
		}
	})
	if err != nil {
		return err
	}
	r.bytes, err = coupling.NewInteger(dense, true)
	return err
}
