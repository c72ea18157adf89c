package train

import (
	"slices"

	"basin/dynamics"
	"basin/network"
)

// divided are the tasks of a mini-batch whose neurons are divided among the workers in
// every sweep, and not its samples. Where dense couplings learn, each worker then keeps
// its receivers' couplings in its own cache from one mini-batch to the next, which is
// worth more than the meeting after each sweep costs.
type divided struct {
	*dynamics.Divided
	phase *phase // under way
	slot  int    // of the states that the readout is shown
	// sparse says that some blocks are sparse: their product wants published signs
	sparse bool

	set, publish, sweep, turn, refresh, read, record func(worker, part int)
}

// divides reports whether a network has dense couplings among its neurons that learn.
func divides(s Settings, n *network.Network) bool {
	learns := func(b BlockLearning) bool { return b.Rate.Start > 0 || b.Rate.End > 0 }
	return learns(s.Learning.Recurrent) && slices.ContainsFunc(n.Modules, func(m *network.Module) bool {
		return m.Recurrent != nil && m.Recurrent.Dense != nil
	}) || learns(s.Learning.Links) && slices.ContainsFunc(n.Pathways, func(p *network.Pathway) bool {
		return p.Learned && p.Block.Dense != nil
	})
}

// divide prepares to divide the neurons, where that is possible and pays.
func (t *Trainer) divide() {
	m := t.moving
	parts := m.pool.size
	if parts == 1 || !divides(t.settings, t.network) {
		return
	}
	d := m.batch.Divide(parts)
	if d == nil {
		return
	}
	t.divided = &divided{
		Divided: d,
		sparse:  slices.ContainsFunc(t.network.Blocks(), func(b *network.Block) bool { return b.Sparse != nil }),
		set:     func(worker, part int) { d.Set(m.workers[worker].Worker, part, t.divided.phase.feedback) },
		publish: func(worker, part int) {
			from, to := m.samples(part, 8)
			d.Publish(m.workers[worker].Worker, from, to)
		},
		sweep:   func(worker, part int) { d.Sweep(m.workers[worker].Worker, part, t.divided.phase.feedback) },
		turn:    func(worker, part int) { d.Turn(m.workers[worker].Worker, part) },
		refresh: func(worker, part int) { d.Refresh(m.workers[worker].Worker, part) },
		read: func(worker, part int) {
			from, to := m.samples(part, 8)
			t.readout(m.workers[worker], from, to, t.divided.slot)
		},
		record: func(worker, part int) {
			w := m.workers[worker]
			for i := range d.Count() {
				d.FieldPart(w.Worker, i, part, w.field)
				w.tally.Unstable += int64(t.learner.RecordPart(i, d.State(i), w.field, d.Input(i), part, parts))
			}
			d.Probe(w.Worker, part)
			t.learner.GatherPart(part, parts)
		},
	}
}

// relaxDivided takes the batch from its input fields through the phases and records what
// the rule needs: begin, product and relax with divided neurons.
func (t *Trainer) relaxDivided() {
	d, pool, tally := t.divided, t.moving.pool, &t.moving.workers[0].tally
	begun, slot, sweeps := 0, 0, -1
	for p := range t.phases {
		d.phase = &t.phases[p]
		left := d.phase.sweeps
		sweeps += left
		if left > 0 && begun == 0 {
			begun = 1
			left--
			pool.run(&d.set)
			d.EndSet()
			if t.divided.sparse {
				pool.run(&d.publish)
			}
			pool.run(&t.tasks.product)
			d.Refreshed(0, d.Count())
		}
		if left > 0 {
			t.sweepDivided(left)
			for i := range d.Count() {
				tally.Flips += d.Result(i).Flips
			}
		}
		if slices.Contains(t.settings.Readout.On, d.phase.readout) {
			t.turnDivided()
			d.slot = slot
			pool.run(&d.read)
			slot++
		}
	}
	t.turnDivided()
	pool.run(&d.record)
	for i := range d.Count() {
		last := d.Result(i)
		last.Flips = 0 // counted by phase
		tally.count(last, sweeps, !d.StillMoves(i))
	}
}

// sweepDivided is one phase.
func (t *Trainer) sweepDivided(budget int) {
	d, pool := t.divided, t.moving.pool
	d.Begin(budget)
	for d.Moving() {
		pool.run(&d.sweep)
		if d.EndSweep() {
			pool.run(&d.turn)
			pool.run(&d.refresh)
			d.EndRefresh()
		}
	}
}

// turnDivided brings the states up to date.
func (t *Trainer) turnDivided() {
	t.moving.pool.run(&t.divided.turn)
	t.divided.EndTurn()
}
