package dynamics

import (
	"slices"

	"basin/internal/kernel"
	"basin/network"
)

// Divided moves the samples of a batch with their neurons divided among workers, so that
// each reads and writes its part of the couplings only: worth it where dense couplings
// change between mini-batches and would travel between the caches of the processors.
// Trajectories are those of [Batch.Advance].
//
// All samples move together, sweep by sweep. The methods that take a part are called once
// for every part, at once if one likes; the others alone, in between:
//
//	Set for all parts, EndSet, Batch.Publish, Batch.Product for all parts, Refreshed
//	for each phase: Begin; while Moving: Sweep for all parts, EndSweep, and if that
//	says so Turn and Refresh for all parts, then EndRefresh; at last Turn for all parts
type Divided struct {
	*Batch
	parts  int
	budget int
	round  int           // sweeps so far, which name the lists in use
	unread bool          // the newest lists are not turned into states yet
	lists  [2][]flipList // by round and part
	stale  []int         // samples with stale products
}

// flipList is what one part says of one sweep: for each sample the neurons that flip.
type flipList struct {
	ends  []int32 // where the neurons of each sample end in flips
	flips []int32 // places in a state, ascending, twice, plus one where the new sign is -1
	_     [64]byte
}

// of returns the flips of sample i.
func (l *flipList) of(i int) []int32 {
	from := int32(0)
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.flips[from:l.ends[i]]
}

// Divide makes room for a number of parts. It returns nil where the neurons cannot be
// divided: in orders other than parallel, and with continuous neurons.
func (b *Batch) Divide(parts int) *Divided {
	if b.settings.Order != Parallel && b.settings.Order != "" || b.network.Continuous() {
		return nil
	}
	d := &Divided{Batch: b, parts: parts, stale: make([]int, 0, len(b.samples))}
	for round := range d.lists {
		d.lists[round] = make([]flipList, parts)
		for part := range parts {
			size := 0
			for _, m := range b.network.Modules {
				from, to := network.Part(m.Padded(), part, parts)
				size += to - from
			}
			d.lists[round][part].ends = make([]int32, len(b.samples))
			d.lists[round][part].flips = make([]int32, 0, len(b.samples)*size)
		}
	}
	return d
}

// Set does the first sweep of all samples for one part of the neurons.
func (d *Divided) Set(w *Worker, part int, feedback func(i int) []float32) {
	for i := range d.count {
		for _, m := range d.network.Modules {
			from, to := network.Part(m.Padded(), part, d.parts)
			from, to = m.Offset+from, m.Offset+to
			kernel.Sign(d.state[i][from:to], d.staticPart(w, i, from, to, feedback))
		}
	}
}

// EndSet ends the first sweep.
func (d *Divided) EndSet() {
	for i := range d.count {
		d.beginPhase(i)
		d.endSweep(i, 0)
	}
}

// Begin begins a phase of at most budget sweeps.
func (d *Divided) Begin(budget int) {
	d.budget = budget
	for i := range d.count {
		d.beginPhase(i)
	}
}

// Moving reports whether some sample has sweeps left to do in the phase.
func (d *Divided) Moving() bool {
	for i := range d.count {
		if d.moving(i, d.budget) {
			return true
		}
	}
	return false
}

// Sweep turns what flipped in the last sweep, and finds what flips in this one, for one
// part of the neurons.
func (d *Divided) Sweep(w *Worker, part int, feedback func(i int) []float32) {
	d.Turn(w, part)
	d.find(w, part, feedback, func(i int) bool { return d.moving(i, d.budget) })
}

// Probe finds what would flip without feedback, for one part of the neurons: see
// [Divided.StillMoves]. The last sweep must be turned.
func (d *Divided) Probe(w *Worker, part int) {
	d.find(w, part, nil, func(int) bool { return true })
}

// find writes the newest list of a part.
func (d *Divided) find(w *Worker, part int, feedback func(i int) []float32, wanted func(i int) bool) {
	list := &d.lists[d.round&1][part]
	list.flips = list.flips[:0]
	for i := range d.count {
		if wanted(i) {
			clear(w.flips)
			for index, m := range d.network.Modules {
				from, to := network.Part(m.Padded(), part, d.parts)
				static := d.drive[i]
				if feedback != nil {
					d.staticPart(w, i, m.Offset+from, m.Offset+to, feedback)
					static = w.static
				}
				d.mark(w, i, index, static, from, to)
			}
			for _, n := range w.marked() {
				entry := 2 * n
				if d.state[i][n] > 0 { // the new sign is -1
					entry++
				}
				list.flips = append(list.flips, entry)
			}
		}
		list.ends[i] = int32(len(list.flips))
	}
}

// staticPart returns the static field on places from..to of a state; with feedback it is
// written to its place in the worker's.
func (d *Divided) staticPart(w *Worker, i, from, to int, feedback func(i int) []float32) []float32 {
	if feedback == nil {
		return d.drive[i][from:to]
	}
	kernel.Add(w.static[from:to], d.drive[i][from:to], feedback(i)[from:to])
	return w.static[from:to]
}

// EndSweep counts a sweep. It reports whether products are stale.
func (d *Divided) EndSweep() (stale bool) {
	d.stale = d.stale[:0]
	for i := range d.count {
		if !d.moving(i, d.budget) {
			continue
		}
		flips := 0
		for index, m := range d.network.Modules {
			count := 0
			for part := range d.lists[d.round&1] {
				for _, entry := range d.lists[d.round&1][part].of(i) {
					if n := int(entry / 2); n >= m.Offset && n < m.Offset+m.Padded() {
						count++
						d.samples[i].hash ^= d.keys[n]
					}
				}
			}
			flips += count
			if freshShare*count > m.Neurons {
				d.spoil(i, index)
			}
		}
		d.endSweep(i, flips)
		if d.samples[i].stale > 0 {
			d.stale = append(d.stale, i)
		}
	}
	d.round++
	d.unread = true
	return len(d.stale) > 0
}

// Turn brings states and products up to date with the last sweep, for one part of the
// neurons; products that are stale are left.
func (d *Divided) Turn(w *Worker, part int) {
	if !d.unread {
		return
	}
	lists := d.lists[(d.round+1)&1]
	for i := range d.count {
		flipped := w.flipped[:0]
		for q := range lists {
			for _, entry := range lists[q].of(i) {
				n, sign := entry/2, float32(1-2*(entry&1))
				w.target[n] = sign
				flipped = append(flipped, n)
				if q == part {
					d.state[i][n] = sign
				}
			}
		}
		if len(flipped) > 0 {
			slices.Sort(flipped)
			d.turnPart(w, i, part, flipped)
		}
	}
}

// turnPart adds what some neurons, whose new signs are in the worker's targets, send to the
// receivers of one part.
func (d *Divided) turnPart(w *Worker, i, part int, flipped []int32) {
	for index, m := range d.network.Modules {
		end := 0
		for end < len(flipped) && int(flipped[end]) < m.Offset+m.Padded() {
			flipped[end] -= int32(m.Offset)
			end++
		}
		mine := flipped[:end]
		flipped = flipped[end:]
		if end == 0 || d.Batch.stale[i*len(d.network.Modules)+index] {
			continue
		}
		signs := w.target[m.Offset:][:m.Neurons]
		for _, block := range d.leaving[index] {
			from, to := network.Part(block.Stride(), part, d.parts)
			if from == to {
				continue
			}
			product := d.product[i][block.place+from : block.place+to]
			if block.Dense != nil {
				kernel.DenseFlips(product, signs, block.Dense[from:], block.Stride(), mine)
				continue
			}
			for _, j := range mine {
				addSenderPart(product, block.Block, int(j), 2*signs[j], from, to)
			}
		}
	}
}

// addSenderPart is addSender for receivers from..to, of which product begins at the first.
func addSenderPart(product []float32, b *network.Block, j int, factor float32, from, to int) {
	receivers, entries := b.Outgoing(j)
	first, _ := slices.BinarySearch(receivers, int32(from))
	for n := first; n < len(receivers) && int(receivers[n]) < to; n++ {
		product[int(receivers[n])-from] += float32(b.Sparse.Value[entries[n]] * factor)
	}
}

// Refresh takes the stale products afresh for one part of the receivers, after Turn for
// all parts.
func (d *Divided) Refresh(w *Worker, part int) {
	modules := len(d.network.Modules)
	for index := range modules {
		w.products = w.products[:0]
		for _, i := range d.stale {
			if d.Batch.stale[i*modules+index] {
				w.products = append(w.products, i)
			}
		}
		for _, block := range d.leaving[index] {
			from, to := network.Part(block.Stride(), part, d.parts)
			d.products(w, block, w.products, from, to)
		}
	}
}

// EndRefresh says that nothing is stale, and that the last sweep is turned.
func (d *Divided) EndRefresh() {
	d.unread = false
	d.Refreshed(0, d.count)
}

// EndTurn says that the last sweep is turned.
func (d *Divided) EndTurn() { d.unread = false }

// FieldPart writes the fields of sample i without feedback, as [Batch.Field] does, for one
// part of the neurons.
func (d *Divided) FieldPart(w *Worker, i, part int, field []float32) {
	for index, m := range d.network.Modules {
		from, to := network.Part(m.Padded(), part, d.parts)
		d.moduleField(w, i, index, d.drive[i], field[m.Offset+from:m.Offset+to], from)
	}
}

// StillMoves reports whether some neuron of sample i would flip, after Probe.
func (d *Divided) StillMoves(i int) bool {
	return slices.ContainsFunc(d.lists[d.round&1], func(l flipList) bool { return len(l.of(i)) > 0 })
}
