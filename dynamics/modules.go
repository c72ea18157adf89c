package dynamics

import "basin/internal/kernel"

// advanceModules moves samples by sweeps module after module. In the first sweep a module
// sees the input and those before it; the others are unset and send nothing. Each step
// costs what its module costs, however many there are.
func (b *Batch) advanceModules(w *Worker, from, to, budget int, feedback func(i int) []float32) {
	b.refresh(w, from, to)
	for pending := budget > 0; pending; {
		for i := from; i < to; i++ {
			b.samples[i].flips = 0
		}
		for index := range b.network.Modules {
			for i := from; i < to; i++ {
				if b.moving(i, budget) {
					b.sweepModule(w, i, index, feedback)
				}
			}
			b.refreshModule(w, from, to, index)
		}
		pending = false
		for i := from; i < to; i++ {
			if b.moving(i, budget) {
				b.endSweep(i, b.samples[i].flips, b.samples[i].flips == 0)
				pending = b.moving(i, budget) || pending
			}
		}
	}
}

// sweepModule updates the neurons of one module at once.
func (b *Batch) sweepModule(w *Worker, i, index int, feedback func(i int) []float32) {
	m := b.network.Modules[index]
	from, to := m.Offset, m.Offset+m.Padded()
	static := b.fields[i]
	if feedback != nil {
		static = w.static
		kernel.Add(static[from:to], b.fields[i][from:to], feedback(i)[from:to])
	}
	if b.samples[i].unset {
		copy(w.static[from:to], b.total(w, i, index, static))
		b.set(i, index, w.static)
		return
	}
	b.mark(w, i, index, static)
	flipped := w.marked(from/8, to/8)
	b.samples[i].flips += len(flipped)
	if len(flipped) > 0 {
		b.turn(w, i, index, flipped)
	}
}
