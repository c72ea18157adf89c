package inspect

import (
	"iter"
	"math"

	"basin/network"
)

// Couplings sum up the values of one block.
type Couplings struct {
	// Count of the couplings present, Density their share of those possible.
	Count   int     `json:"count"`
	Density float64 `json:"density"`
	// Mean and Deviation, least and largest value of those present; 0 where none is.
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Least     float64 `json:"least"`
	Largest   float64 `json:"largest"`
}

// visit is how the blocks of a network go through their values.
type visit = func(receiver, sender int, value *float32) bool

// sumUp sums up what each goes through. The scale of a block is taken as one, which it is
// in a model that was read or has just ended an epoch.
func sumUp(possible int, each func(visit)) Couplings {
	return sumUpValues(possible, func(yield func(float32) bool) {
		each(func(_, _ int, v *float32) bool { return yield(*v) })
	})
}

func sumUpValues(possible int, values iter.Seq[float32]) Couplings {
	var c Couplings
	var squares float64
	for v := range values {
		x := float64(v)
		if c.Count == 0 {
			c.Least, c.Largest = x, x
		}
		c.Count++
		c.Least, c.Largest = min(c.Least, x), max(c.Largest, x)
		c.Mean += x
		squares += x * x
	}
	if c.Count > 0 {
		c.Density = float64(c.Count) / float64(possible)
		c.Mean /= float64(c.Count)
		c.Deviation = math.Sqrt(max(0, squares/float64(c.Count)-c.Mean*c.Mean))
	}
	return c
}

// readout sums up O or its average over the neurons that are read.
func readout(n *network.Network, couplings []float32) Couplings {
	stride := len(couplings) / n.StateSize() // a row for each place in a state
	return sumUpValues(n.ReadNeurons()*n.Classes, func(yield func(float32) bool) {
		for _, m := range n.Modules {
			if !m.Read {
				continue
			}
			for i := range m.Neurons {
				for _, v := range couplings[(m.Offset+i)*stride:][:n.Classes] {
					if !yield(v) {
						return
					}
				}
			}
		}
	})
}
