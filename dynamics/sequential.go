package dynamics

import (
	"basin/internal/random"
	"basin/network"
)

// advanceSequential moves one sample by sequential sweeps. Neurons start unset: they
// contribute nothing until their first update, which adds J_ij s_j once, where a flip
// adds it twice.
func (b *Batch) advanceSequential(w *Worker, i int, static []float32, budget int) Result {
	s := &b.samples[i]
	var result Result
	for result.Sweeps < budget && result.Status == Budget {
		flips := b.sequentialSweep(w, i, static)
		if !s.unset {
			result.Flips += int64(flips)
		}
		s.unset = false
		s.sweep++
		result.Sweeps++
		if flips == 0 {
			result.Status = FixedPoint
		}
	}
	return result
}

// sequentialSweep updates one neuron after the other in a fresh random order. It
// returns the updates that changed a state.
func (b *Batch) sequentialSweep(w *Worker, i int, static []float32) (flips int) {
	s := &b.samples[i]
	stream := random.New(b.settings.Seed, random.Order, s.epoch, s.id, s.sweep)
	stream.Permute(w.order)
	for _, n := range w.order {
		m := b.moduleOf(int(n))
		at := int(n) - m.Offset
		if at >= m.Neurons {
			continue
		}
		sign := b.signAt(i, m, at, static)
		if old := b.state[i][n]; old != sign {
			b.state[i][n] = sign
			b.addChange(i, m, at, sign-old)
			flips++
		}
	}
	return flips
}

// signAt returns the sign of the field on one neuron.
func (b *Batch) signAt(i int, m *network.Module, at int, static []float32) float32 {
	n := m.Offset + at
	state := b.state[i]
	total := static[n]
	for _, link := range b.network.Spec.Links {
		for side, mine := range link.Between {
			if b.network.Modules[mine] == m {
				other := b.network.Modules[link.Between[1-side]]
				total += float32(float32(link.Strength) * state[other.Offset+at])
			}
		}
	}
	h := float32(float32(couplingScale(m)*b.product[i][n])+total) + float32(m.SelfCoupling*state[n])
	if h < 0 {
		return -1
	}
	return 1
}

// addChange adds to the product what a change of one state changes.
func (b *Batch) addChange(i int, m *network.Module, sender int, change float32) {
	r := m.Recurrent
	if r == nil {
		return
	}
	product := b.product[i][m.Offset:][:m.Padded()]
	if r.Sparse != nil {
		addSender(product, r, sender, change)
		return
	}
	for n, c := range r.Dense[sender*m.Padded():][:m.Padded()] {
		product[n] += float32(c * change)
	}
}

func (b *Batch) moduleOf(n int) *network.Module {
	for _, m := range b.network.Modules {
		if n < m.Offset+m.Padded() {
			return m
		}
	}
	return nil
}
