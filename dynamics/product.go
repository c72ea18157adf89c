package dynamics

import (
	"basin/internal/kernel"
	"basin/network"
)

// Publish lays the signs of samples from..to where [Batch.Product] finds them.
func (b *Batch) Publish(w *Worker, from, to int) {
	for g := from / groupSize; g*groupSize < to; g++ {
		for q := range groupSize {
			w.masks[q] = w.masks[q][:len(b.state[0])/8]
			kernel.Signs(w.masks[q], b.state[g*groupSize+q])
		}
		kernel.Plane(b.planes[g], w.masks)
	}
}

// Product takes the products of the couplings with the states of all samples, for one part
// of the neurons out of parts. Every sample has done its first sweep, no other, and is
// published; anything else panics. When all parts are done, call [Batch.Refreshed] for
// the samples: then the next sweep need not do it. Neither changes a trajectory.
func (b *Batch) Product(w *Worker, part, parts int) {
	for i := range b.count {
		if b.samples[i].sweep != 1 {
			panic("dynamics: Product of samples that are not right after their first sweep")
		}
	}
	if b.settings.Order == Sequential {
		return // its products are up to date
	}
	for index, m := range b.network.Modules {
		from, to := network.Part(m.Padded(), part, parts)
		if m.Recurrent == nil || m.Recurrent.Sparse == nil || b.count == 1 {
			b.products(w, index, b.stale(w, 0, b.count), from, to)
			continue
		}
		for tile := 0; tile < b.count; tile += tileSize {
			rows, planes := w.rows[:0], w.published[:0]
			for i := tile; i < tile+b.width(tile); i++ {
				rows = append(rows, b.product[i][m.Offset:][:m.Padded()])
			}
			for g := tile / groupSize; len(planes)*groupSize < len(rows); g++ {
				planes = append(planes, b.planes[g][m.Offset:][:m.Padded()])
			}
			b.sparseRows(w, m, rows, planes, from, to)
		}
	}
}

// Refreshed says that the products of samples from..to are up to date.
func (b *Batch) Refreshed(from, to int) {
	for i := from; i < to; i++ {
		b.samples[i].stale = false
	}
}

// refresh takes the product of the couplings with the states afresh for those of the
// samples from..to whose product is stale.
func (b *Batch) refresh(w *Worker, from, to int) {
	stale := b.stale(w, from, to)
	if len(stale) == 0 {
		return
	}
	for index, m := range b.network.Modules {
		b.products(w, index, stale, 0, m.Padded())
	}
	b.Refreshed(from, to)
}

// stale lists those of the samples from..to whose product does not belong to their state.
func (b *Batch) stale(w *Worker, from, to int) []int {
	list := w.products[:0]
	for i := from; i < to; i++ {
		if b.samples[i].stale {
			list = append(list, i)
		}
	}
	return list
}

// products takes the products of the listed samples for the neurons from..to of a module.
func (b *Batch) products(w *Worker, module int, samples []int, from, to int) {
	m := b.network.Modules[module]
	if m.Recurrent == nil || from >= to {
		return
	}
	if b.count == 1 && b.frozen != nil && b.frozen[module].recurrent != nil {
		if from == 0 && len(samples) > 0 {
			b.productOne(m, b.frozen[module].recurrent)
		}
		return
	}
	move, most := b.sparseProduct, tileSize
	if m.Recurrent.Dense != nil {
		move, most = b.denseProduct, denseTile
	}
	for len(samples) > 0 {
		count := min(most, len(samples))
		move(w, m, samples[:count], from, to)
		samples = samples[count:]
	}
}

// denseProduct hands a tile of samples to the kernel.
func (b *Batch) denseProduct(w *Worker, m *network.Module, samples []int, from, to int) {
	rows, states := w.rows[:0], w.states[:0]
	for _, i := range samples {
		row := b.product[i][m.Offset+from : m.Offset+to]
		clear(row)
		rows = append(rows, row)
		states = append(states, b.state[i][m.Offset:][:m.Neurons])
	}
	kernel.DenseField(rows, states, m.Recurrent.Dense[from:], m.Padded())
}

// sparseProduct multiplies the signs of a tile, one or two groups of samples.
func (b *Batch) sparseProduct(w *Worker, m *network.Module, samples []int, from, to int) {
	groups := (len(samples) + groupSize - 1) / groupSize
	rows := w.rows[:groups*groupSize]
	for g := range groups {
		for q := range groupSize {
			at := g*groupSize + q
			rows[at] = w.discard
			mask := w.masks[q][:m.Padded()/8]
			w.masks[q] = mask
			if at >= len(samples) {
				clear(mask)
				continue
			}
			i := samples[at]
			rows[at] = b.product[i][m.Offset:][:m.Padded()]
			kernel.Signs(mask, b.state[i][m.Offset:][:m.Padded()])
		}
		kernel.Plane(w.planes[g], w.masks)
	}
	b.sparseRows(w, m, rows, w.planes[:groups], from, to)
}

// sparseRows writes the products of neurons from..to with the signs of one or two groups
// to one row per sample.
func (b *Batch) sparseRows(w *Worker, m *network.Module, rows [][]float32, planes [][]uint8, from, to int) {
	s := m.Recurrent.Sparse
	for at := from; at < to; at += rowBlock {
		end := min(at+rowBlock, to)
		lanes := w.lanes[:(end-at)*len(rows)]
		real := max(at, min(end, m.Neurons))
		if real < end {
			clear(lanes)
		}
		kernel.SparseField(lanes, s.Start, s.Sender, s.Value, planes, at, real)
		kernel.Unpack(rows, at, lanes, end-at)
	}
}
