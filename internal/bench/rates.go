package bench

import (
	"math/rand/v2"
	"time"

	"basin/internal/kernel"
	"basin/network"
	"basin/network/coupling"
)

// ProductRate returns the speed, in 10^9 operations a second on one core, of the
// product of the largest block of recurrent couplings with the states of 16 samples, the
// best of 10 parts; 0 without such a block.
func ProductRate(n *network.Network) float64 {
	var block coupling.Block
	size := 0
	for _, m := range n.Modules {
		if m.Recurrent != nil && (block == nil || m.Recurrent.Count() > block.Count()) {
			block, size = m.Recurrent, m.Padded()
		}
	}
	if block == nil {
		return 0
	}
	const group, parts, part = 16, 10, 30 * time.Millisecond
	products, states := make([][]float32, group), coupling.States{Rows: make([][]float32, group), Planes: [][]uint8{make([]uint8, size), make([]uint8, size)}}
	for q := range products {
		products[q], states.Rows[q] = make([]float32, size), make([]float32, size)
		for i := range states.Rows[q] {
			states.Rows[q][i] = float32(2*rand.IntN(2) - 1)
		}
	}
	space := coupling.NewWorkspace(size, 0)
	for g := range states.Planes {
		space.Plane(states.Planes[g], states.Rows[8*g:8*g+8])
	}
	best := 0.0
	for range parts {
		rounds, begin := 0, time.Now()
		for time.Since(begin) < part {
			block.Product(space, products, states, 0, size)
			rounds++
		}
		best = max(best, 2*float64(coupling.Synapses(block))*float64(group*rounds)/time.Since(begin).Seconds()/1e9)
	}
	return best
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
