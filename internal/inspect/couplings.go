package inspect

import (
	"iter"
	"math"

	"basin/network"
	"basin/network/coupling"
)

// Couplings sum up the values of one block.
type Couplings struct {
	// Count of the couplings present, of shared ones that of the values; Density is the share of
	// the pairs of neurons that they join.
	Count   int     `json:"count"`
	Density float64 `json:"density"`
	// Mean and Deviation, least and largest value of those present; 0 where none is.
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Least     float64 `json:"least"`
	Largest   float64 `json:"largest"`
}

// block sums up a block. Its scale is taken as one, which it is in a model that was read or
// has just ended an epoch.
func block(c coupling.Couplings) *Couplings {
	sum := sumUp(c.Possible(), func(yield func(float32) bool) {
		c.Each(func(_, _ int, v *float32) bool { return yield(*v) })
	})
	sum.Count = c.Count()
	return &sum
}

// readout sums up O or its average over the neurons that are read.
func readout(n *network.Network, couplings []float32) *Couplings {
	sum := sumUp(n.ReadNeurons()*n.Classes, func(yield func(float32) bool) {
		for _, m := range n.Modules {
			if !m.Read {
				continue
			}
			for i := range m.Neurons {
				for _, v := range n.Readout.Row(couplings, m.Offset+i) {
					if !yield(v) {
						return
					}
				}
			}
		}
	})
	return &sum
}

func sumUp(possible int, values iter.Seq[float32]) Couplings {
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
