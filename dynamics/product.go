package dynamics

import "basin/network/coupling"

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
		b.products(w, block, list, nil, 0, block.stride)
	}
}

// products takes the products of a block for the listed samples and the receivers
// from..to; planes are the signs of what sends in them, where these are at hand.
func (b *Batch) products(w *Worker, block *block, samples []int, planes [][]uint8, from, to int) {
	if twin := block.twin; twin != nil {
		for _, i := range samples {
			copy(b.product[i][block.place+from:block.place+to], b.product[i][twin.place+from:])
		}
		return
	}
	rows, states := w.rows[:0], w.states[:0]
	for _, i := range samples {
		rows = append(rows, b.product[i][block.place:][:block.stride])
		states = append(states, b.state[i][block.from.Offset:][:block.from.Padded()])
	}
	block.Product(w.space, rows, coupling.States{Rows: states, Planes: planes, Real: block.real}, from, to)
}
