package dynamics

import "basin/internal/random"

// advanceSequential moves one sample by sequential sweeps. Neurons start unset: they
// contribute nothing until their first update, which adds J_ij s_j once, where a flip
// adds it twice.
func (b *Batch) advanceSequential(w *Worker, i int, static []float32, budget int) {
	for b.moving(i, budget) {
		flips := b.sequentialSweep(w, i, static)
		b.endSweep(i, flips, flips == 0)
	}
}

// sequentialSweep updates one neuron after the other in a fresh random order. It
// returns the updates that changed a state.
func (b *Batch) sequentialSweep(w *Worker, i int, static []float32) (flips int) {
	s := &b.samples[i]
	stream := random.New(b.settings.Seed, random.Order, s.epoch, s.id, s.sweep)
	stream.Permute(w.order)
	for _, n := range w.order {
		index := b.moduleOf(int(n))
		m := b.network.Modules[index]
		at := int(n) - m.Offset
		if at >= m.Neurons {
			continue
		}
		old, target := b.state[i][n], b.target(i, index, at, static)
		if old == target || m.Tanh > 0 && !moves(old, target) {
			continue
		}
		b.state[i][n] = target
		b.addChange(i, index, at, target-old)
		flips++
		if !b.samples[i].unset {
			itself := [1]int32{int32(at)}
			b.send(i, index, itself[:])
		}
	}
	return flips
}

// target returns the state that the field on one neuron asks for.
func (b *Batch) target(i, index, at int, static []float32) float32 {
	m := b.network.Modules[index]
	n := m.Offset + at
	total := b.arrivals(i, index, at, static[n])
	h := float32(float32(couplingScale(m)*b.product[i][n])+total) + float32(m.SelfCoupling*b.state[i][n])
	switch {
	case m.Tanh > 0:
		return respond(m.Tanh, h)
	case h < 0:
		return -1
	}
	return 1
}
