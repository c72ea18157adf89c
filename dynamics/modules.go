package dynamics

// advanceModules moves samples by sweeps module after module. In the first sweep a module
// sees the input and those before it; the others are unset and send nothing.
func (b *Batch) advanceModules(w *Worker, from, to, budget int, feedback func(i int) []float32) {
	for pending := budget > 0; pending; {
		for i := from; i < to; i++ {
			b.samples[i].flips = 0
		}
		for index := range b.network.Modules {
			b.refresh(w, from, to)
			for i := from; i < to; i++ {
				if b.moving(i, budget) {
					b.sweepModule(w, i, index, feedback)
				}
			}
		}
		pending = false
		for i := from; i < to; i++ {
			if b.moving(i, budget) {
				b.endSweep(i, b.samples[i].flips)
				pending = b.moving(i, budget) || pending
			}
		}
	}
}

// sweepModule updates the neurons of one module at once.
func (b *Batch) sweepModule(w *Worker, i, index int, feedback func(i int) []float32) {
	static := b.static(w, i, feedback)
	if b.samples[i].unset {
		m := b.network.Modules[index]
		copy(w.static[m.Offset:][:m.Padded()], b.total(w, i, index, static))
		b.set(i, index, w.static)
		return
	}
	clear(w.flips)
	b.mark(w, i, index, static)
	flipped := w.marked()
	b.samples[i].flips += len(flipped)
	b.flip(w, i, flipped)
}
