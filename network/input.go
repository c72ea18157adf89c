package network

import "basin/internal/layout"

// Input is the block W of one module. Exactly one of Dense and Sparse is set.
type Input struct {
	// Neurons is N, Inputs is D.
	Neurons, Inputs int
	// FanIn is rho D, the average number of input values a neuron reads.
	FanIn float64
	// Scale multiplies every stored value, see [Block.Scale].
	Scale float64
	// Dense holds the couplings by receiver, one padded row each: W_ik is
	// Scale * Dense[i*Padded(D)+k].
	Dense []float32
	// Sparse holds the couplings present, by receiver.
	Sparse *Sparse
}

// Count returns the number of couplings.
func (w *Input) Count() int {
	if w.Sparse != nil {
		return len(w.Sparse.Value)
	}
	return w.Neurons * w.Inputs
}

// Fold writes Scale into the stored values and sets it to one.
func (w *Input) Fold() { w.Scale = fold(w.Scale, w.Dense, w.Sparse) }

func (w *Input) footprint() int64 {
	bytes := 4 * int64(len(w.Dense))
	if w.Sparse != nil {
		bytes += w.Sparse.footprint()
	}
	return bytes
}

// Each calls visit for every coupling, neuron by neuron with inputs ascending, with a
// pointer to its stored value. It stops where visit returns false.
func (w *Input) Each(visit func(neuron, input int, value *float32) bool) {
	for i := range w.Neurons {
		if w.Sparse != nil {
			inputs, values := w.Sparse.Row(i)
			for e, k := range inputs {
				if !visit(i, int(k), &values[e]) {
					return
				}
			}
			continue
		}
		row := w.Dense[i*layout.Padded(w.Inputs):][:w.Inputs]
		for k := range row {
			if !visit(i, k, &row[k]) {
				return
			}
		}
	}
}
