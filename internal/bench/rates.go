package bench

import (
	"math/rand/v2"
	"time"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
)

// ProductRate returns the speed, in 10^9 operations a second on one core, of the
// product of the largest block of recurrent couplings with the states of a group of
// samples, the best of 10 parts; 0 without such a block.
func ProductRate(n *network.Network) float64 {
	var block *network.Block
	for _, m := range n.Modules {
		if m.Recurrent != nil && (block == nil || m.Recurrent.Count() > block.Count()) {
			block = m.Recurrent
		}
	}
	if block == nil {
		return 0
	}
	product, group := denseProduct(block), 8
	if block.Sparse != nil {
		product, group = sparseProduct(block), 16
	}
	const parts, part = 10, 30 * time.Millisecond
	best := 0.0
	for range parts {
		rounds, begin := 0, time.Now()
		for time.Since(begin) < part {
			product()
			rounds++
		}
		best = max(best, 2*float64(block.Count())*float64(group*rounds)/time.Since(begin).Seconds()/1e9)
	}
	return best
}

func denseProduct(block *network.Block) func() {
	stride := layout.Padded(block.Receivers)
	fields, states := make([][]float32, 8), make([][]float32, 8)
	for q := range states {
		fields[q], states[q] = make([]float32, stride), make([]float32, block.Receivers)
		for i := range states[q] {
			states[q][i] = float32(2*rand.IntN(2) - 1)
		}
	}
	return func() { kernel.DenseField(fields, states, block.Dense, stride, true) }
}

func sparseProduct(block *network.Block) func() {
	lanes := make([]float32, 16*layout.Padded(block.Receivers))
	planes := [][]uint8{make([]uint8, layout.Padded(block.Receivers)), make([]uint8, layout.Padded(block.Receivers))}
	for _, plane := range planes {
		for i := range plane {
			plane[i] = uint8(rand.IntN(256))
		}
	}
	s := block.Sparse
	return func() { kernel.SparseField(lanes, s.Start, s.Sender, s.Value, planes, 0, block.Receivers) }
}

// MemoryBandwidth returns the bytes per nanosecond that one core moves to and from
// memory, adding arrays far larger than the caches, the best of 5 times.
func MemoryBandwidth() float64 {
	const size = 1 << 24
	sum, a, b := make([]float32, size), make([]float32, size), make([]float32, size)
	best := 0.0
	for range 5 {
		begin := time.Now()
		kernel.Add(sum, a, b)
		best = max(best, 12*size/float64(time.Since(begin)))
	}
	return best
}
