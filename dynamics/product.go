package dynamics

import (
	"basin/internal/kernel"
)

// refresh takes afresh, for samples from..to, the products that are stale.
func (b *Batch) refresh(w *Worker, from, to int) {
	for index := range b.network.Modules {
		b.refreshModule(w, from, to, index)
	}
}

// refreshModule is refresh for what one module sends.
func (b *Batch) refreshModule(w *Worker, from, to, index int) {
	modules := len(b.network.Modules)
	list := w.products[:0]
	for i := from; i < to; i++ {
		if at := i*modules + index; b.stale[at] {
			b.stale[at] = false
			b.samples[i].stale--
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return
	}
	for _, block := range b.leaving[index] {
		b.products(w, block, list, 0, block.Stride())
	}
}

// products takes the products of a block for the listed samples and the receivers
// from..to.
func (b *Batch) products(w *Worker, block *block, samples []int, from, to int) {
	if from >= to {
		return
	}
	if b.count == 1 && block.bySender != nil {
		if from == 0 && len(samples) > 0 {
			b.productOne(block)
		}
		return
	}
	move, most := b.sparseProduct, tileSize
	switch {
	case block.Dense != nil:
		move, most = b.denseProduct, denseTile
	case block.real:
		move = b.realProduct
	}
	for len(samples) > 0 {
		count := min(most, len(samples))
		move(w, block, samples[:count], from, to)
		samples = samples[count:]
	}
}

// denseProduct hands a tile of samples to the kernel.
func (b *Batch) denseProduct(w *Worker, block *block, samples []int, from, to int) {
	rows, states := w.rows[:0], w.states[:0]
	for _, i := range samples {
		row := b.product[i][block.place+from : block.place+to]
		clear(row)
		rows = append(rows, row)
		states = append(states, b.state[i][block.from.Offset:][:block.Senders])
	}
	kernel.DenseField(rows, states, block.Dense[from:], block.Stride(), !block.real)
}

// realProduct multiplies sparse couplings with states that are not signs.
func (b *Batch) realProduct(_ *Worker, block *block, samples []int, from, to int) {
	for _, q := range samples {
		product, state := b.product[q][block.place:], b.state[q][block.from.Offset:]
		for i := from; i < min(to, block.Receivers); i++ {
			senders, values := block.Sparse.Row(i)
			sum := float32(0)
			for e, j := range senders {
				sum += float32(values[e] * state[j])
			}
			product[i] = sum
		}
	}
}

// sparseProduct multiplies the signs of a tile, one or two groups of samples.
func (b *Batch) sparseProduct(w *Worker, block *block, samples []int, from, to int) {
	groups := (len(samples) + groupSize - 1) / groupSize
	rows := w.rows[:groups*groupSize]
	senders := block.from.Padded()
	for g := range groups {
		for q := range groupSize {
			at := g*groupSize + q
			rows[at] = w.discard
			mask := w.masks[q][:senders/8]
			w.masks[q] = mask
			if at >= len(samples) {
				clear(mask)
				continue
			}
			i := samples[at]
			rows[at] = b.product[i][block.place:][:block.Stride()]
			kernel.Signs(mask, b.state[i][block.from.Offset:][:senders])
		}
		kernel.Plane(w.planes[g], w.masks)
	}
	b.sparseRows(w, block, rows, w.planes[:groups], from, to)
}

// sparseRows writes the products of receivers from..to with the signs of one or two groups
// to one row per sample.
func (b *Batch) sparseRows(w *Worker, block *block, rows [][]float32, planes [][]uint8, from, to int) {
	s := block.Sparse
	for at := from; at < to; at += rowBlock {
		end := min(at+rowBlock, to)
		lanes := w.lanes[:(end-at)*len(rows)]
		real := max(at, min(end, block.Receivers))
		if real < end {
			clear(lanes)
		}
		kernel.SparseField(lanes, s.Start, s.Sender, s.Value, planes, at, real)
		kernel.Unpack(rows, at, lanes, end-at)
	}
}
