package dynamics

import (
	"basin/internal/kernel"
	"basin/network"
)

// Refresh brings the products of samples from..to up to date with their states, as the
// next sweep would do first. It changes no trajectory: it is for those who measure.
func (b *Batch) Refresh(w *Worker, from, to int) { b.refresh(w, from, to) }

// refresh takes the product of the couplings with the states afresh for those of the
// samples from..to whose product is stale.
func (b *Batch) refresh(w *Worker, from, to int) {
	stale := w.products[:0]
	for i := from; i < to; i++ {
		if b.samples[i].stale {
			stale = append(stale, i)
			b.samples[i].stale = false
		}
	}
	if len(stale) == 0 {
		return
	}
	for index, m := range b.network.Modules {
		switch {
		case m.Recurrent == nil:
		case b.count == 1 && b.frozen != nil && b.frozen[index].recurrent != nil:
			b.productOne(m, b.frozen[index].recurrent)
		case m.Recurrent.Dense != nil:
			b.denseProduct(w, m, stale)
		default:
			b.sparseProduct(w, m, stale)
		}
	}
}

// denseProduct hands the stale samples to the kernel, tile by tile.
func (b *Batch) denseProduct(w *Worker, m *network.Module, stale []int) {
	for len(stale) > 0 {
		count := min(tileSize, len(stale))
		rows, states := w.rows[:0], w.states[:0]
		for _, i := range stale[:count] {
			row := b.product[i][m.Offset:][:m.Padded()]
			clear(row)
			rows = append(rows, row)
			states = append(states, b.state[i][m.Offset:][:m.Neurons])
		}
		kernel.DenseField(rows, states, m.Recurrent.Dense, m.Padded())
		stale = stale[count:]
	}
}

// sparseProduct multiplies the signs of up to two groups of stale samples at a time.
func (b *Batch) sparseProduct(w *Worker, m *network.Module, stale []int) {
	for len(stale) > 0 {
		count := min(tileSize, len(stale))
		groups := (count + groupSize - 1) / groupSize
		rows := w.rows[:groups*groupSize]
		for g := range groups {
			for q := range groupSize {
				at := g*groupSize + q
				rows[at] = w.discard
				mask := w.masks[q][:m.Padded()/8]
				w.masks[q] = mask
				if at >= count {
					clear(mask)
					continue
				}
				i := stale[at]
				rows[at] = b.product[i][m.Offset:][:m.Padded()]
				kernel.Signs(mask, b.state[i][m.Offset:][:m.Padded()])
			}
			kernel.Plane(w.planes[g], w.masks)
		}
		planes := w.planes[:groups]
		s := m.Recurrent.Sparse
		for at := 0; at < m.Padded(); at += rowBlock {
			end := min(at+rowBlock, m.Padded())
			lanes := w.lanes[:(end-at)*len(rows)]
			if real := min(end, m.Neurons); real < end {
				clear(lanes)
				kernel.SparseField(lanes, s.Start, s.Sender, s.Value, planes, at, max(at, real))
			} else {
				kernel.SparseField(lanes, s.Start, s.Sender, s.Value, planes, at, end)
			}
			kernel.Unpack(rows, at, lanes, end-at)
		}
		stale = stale[count:]
	}
}
