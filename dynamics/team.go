package dynamics

import "basin/internal/layout"

// Team is some workers that begin a batch together: the inputs of all samples and the
// first full product, where every coupling counts, are divided by neurons, so that each
// worker reads its part of the couplings only. What it leaves out, [Batch.Advance] does
// for the samples that it moves; neither changes a trajectory.
type Team struct {
	batch    *Batch
	workers  []*Worker
	run      func(task *func(worker, part int))
	feedback func(i int) []float32

	pack, drive, first, product func(worker, part int)
}

// NewTeam makes a team of a given size, at least 1. run does a task once for each of so
// many parts, each by some worker from 0 on, and returns when all are done; calls with the
// same worker do not overlap.
func (b *Batch) NewTeam(size int, run func(task *func(worker, part int))) *Team {
	t := &Team{batch: b, run: run}
	for range size {
		t.workers = append(t.workers, b.NewWorker())
	}
	t.pack = func(_, part int) {
		// A part of the inputs writes whole cache lines, which a part of the samples
		// would share with others.
		from, to := layout.Part(b.network.Inputs(), part, size)
		b.pack(0, b.count, from, to)
	}
	t.drive = func(worker, part int) { b.driveTiles(t.workers[worker], 0, b.count, part, size) }
	t.first = func(worker, part int) {
		if from, to := t.Samples(part, groupSize); from < to {
			w := t.workers[worker]
			b.Advance(w, from, to, 1, t.feedback)
			b.publish(w, from, to)
		}
	}
	t.product = func(worker, part int) { b.productPart(t.workers[worker], part, size) }
	return t
}

// Worker returns one of the workers.
func (t *Team) Worker(worker int) *Worker { return t.workers[worker] }

// Samples returns the samples of the batch that belong to a part: whole units, of a
// multiple of 8.
func (t *Team) Samples(part, unit int) (from, to int) {
	count, size := t.batch.count, len(t.workers)
	units := (count + unit - 1) / unit
	return min(count, units*part/size*unit), min(count, units*(part+1)/size*unit)
}

// Drive computes the input fields of all samples, which were started.
func (t *Team) Drive() {
	t.run(&t.pack)
	t.run(&t.drive)
	t.batch.drove(0, t.batch.count)
}

// Begin takes all samples through their first sweep, with feedback as in [Batch.Advance],
// and takes the product of the couplings with the states reached. Where one has moved since
// it was started, or began in a given state, it leaves all to [Batch.Advance].
func (t *Team) Begin(feedback func(i int) []float32) {
	b := t.batch
	for i := range b.count {
		if !b.samples[i].driven {
			t.Drive()
			break
		}
	}
	for i := range b.count {
		if b.samples[i].sweep > 0 || !b.samples[i].unset {
			return
		}
	}
	t.feedback = feedback
	t.run(&t.first)
	if b.settings.Order == Sequential || b.settings.Order == Modules {
		return // these bring their products up to date as they go
	}
	t.run(&t.product)
	clear(b.stale[:b.count*len(b.network.Modules)])
	for i := range b.count {
		b.samples[i].stale = 0
	}
}

// publish lays the signs of samples from..to where productPart finds them.
func (b *Batch) publish(w *Worker, from, to int) {
	for g := from / groupSize; g*groupSize < to; g++ {
		w.space.Plane(b.planes[g], b.state[g*groupSize:(g+1)*groupSize])
	}
}

// productPart takes the products of the couplings with the states of all samples after
// their first sweep, which are published, for one part of the neurons out of parts.
func (b *Batch) productPart(w *Worker, part, parts int) {
	w.products = w.products[:0]
	for i := range b.count {
		w.products = append(w.products, i)
	}
	for _, block := range b.blocks {
		planes := w.published[:0]
		for g := 0; g*groupSize < b.count; g++ {
			planes = append(planes, b.planes[g][block.from.Offset:][:block.from.Padded()])
		}
		from, to := layout.Part(block.stride, part, parts)
		b.products(w, block, w.products, planes, from, to)
	}
}
