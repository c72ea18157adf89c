package train

import (
	"basin/dynamics"
	"basin/internal/random"
	"basin/plasticity"
)

// beginEpoch draws the order of the samples and takes the feedback at its strength.
// Both depend on the epoch alone, so a resumed epoch begins the same.
func (t *Trainer) beginEpoch() error {
	stream := random.New(t.settings.Seed, random.Shuffle, uint64(t.state.Epoch))
	stream.Permute(t.order)
	strength := t.settings.Learning.Feedback.At(t.state.Epoch, t.settings.Learning.Epochs)
	if strength == t.strength {
		return nil
	}
	for p := range t.phases {
		if t.phases[p].feedback == nil {
			continue
		}
		fields, err := t.network.FeedbackFields(t.settings.Dynamics.Code, strength, t.phases[p].hears...)
		if err != nil {
			return err
		}
		t.phases[p].fields = fields
	}
	t.strength = strength
	return nil
}

// tasks are what the workers do for a mini-batch, one after the other, made once so that
// a step allocates nothing. Parts divide the samples while these sweep, and the neurons
// while a block of couplings is multiplied or changed: so each reads and writes its part
// of the couplings only.
type tasks struct {
	prepare, pack, drive, begin, product, relax, update func(worker, part int)
}

func (t *Trainer) makeTasks() {
	m, inputs := t.moving, t.network.Inputs()
	b, parts := m.batch, m.pool.size
	t.tasks.prepare = func(_, part int) {
		from, to := m.samples(part, 8)
		for i := from; i < to; i++ {
			epoch, id := uint64(t.state.Epoch), t.sample(i)
			t.training.Inputs.NoisyRow(id, b.Input(i)[:inputs:inputs], t.settings.Seed, epoch)
			b.Start(i, epoch, uint64(id))
		}
	}
	t.tasks.pack = func(_, part int) { b.Pack(part, parts) }
	t.tasks.drive = func(worker, part int) { b.Drive(m.workers[worker].Worker, part, parts) }
	t.tasks.begin = func(worker, part int) {
		if from, to := m.samples(part, 8); from < to {
			t.begin(m.workers[worker], from, to)
			b.Publish(m.workers[worker].Worker, from, to)
		}
	}
	t.tasks.product = func(worker, part int) { b.Product(m.workers[worker].Worker, part, parts) }
	t.tasks.relax = func(worker, part int) {
		if from, to := m.samples(part, 8); from < to {
			b.Refreshed(from, to)
			t.relax(m.workers[worker], from, to)
		}
	}
	t.tasks.update = func(worker, part int) { t.learner.Update(t.learners[worker], part, parts) }
}

// step learns one mini-batch.
func (t *Trainer) step() {
	t.first = t.state.Batch * t.settings.Learning.Batch
	count := min(t.settings.Learning.Batch, len(t.order)-t.first)
	t.learner.Reset(t.rule(), count)
	t.moving.batch.Resize(count)
	pool := t.moving.pool
	pool.run(&t.tasks.prepare)
	pool.run(&t.tasks.pack)
	pool.run(&t.tasks.drive)
	pool.run(&t.tasks.begin)
	pool.run(&t.tasks.product)
	pool.run(&t.tasks.relax)
	t.learner.Begin()
	pool.run(&t.tasks.update)
	t.state.Tally.add(t.moving.collect())
	t.state.Batch++
}

// rule returns the numbers of the rule at this batch. The average of the readout
// starts as the plain mean of the batches so far, so that it forgets the readout drawn
// at the beginning, and then moves by the share set.
func (t *Trainer) rule() plasticity.Rule {
	at := func(s Schedule) float64 { return s.At(t.state.Epoch, t.settings.Learning.Epochs) }
	l, r := t.settings.Learning, t.settings.Readout
	rule := plasticity.Rule{
		Kappa: at(l.Kappa), Softness: l.Softness,
		Symmetry: l.Symmetry, BothUnstable: l.Unstable == BothUnstable,
		Recurrent:    plasticity.Block{Rate: at(l.Recurrent.Rate), Decay: l.Recurrent.Decay},
		Links:        plasticity.Block{Rate: at(l.Links.Rate), Decay: l.Links.Decay},
		Input:        plasticity.Block{Rate: at(l.Input.Rate), Decay: l.Input.Decay},
		Readout:      plasticity.Block{Rate: at(r.Rate), Decay: r.Decay},
		ReadoutKappa: r.Kappa, ReadoutWeights: r.Weights,
	}
	if r.Averaging > 0 {
		batch := t.state.Epoch*t.batches() + t.state.Batch
		rule.Averaging = max(r.Averaging, 1/float64(batch+1))
	}
	return rule
}

// sample returns the training sample at place i of the batch.
func (t *Trainer) sample(i int) int { return int(t.order[t.first+i]) }

func (t *Trainer) label(i int) int { return t.training.Labels[t.sample(i)] }

// phase is one of the three phases of a mini-batch.
type phase struct {
	sweeps   int
	hears    []int // modules that hear the label
	feedback func(i int) []float32
	fields   [][]float32 // of each class, at the strength of the epoch
	readout  ReadoutState
}

// protocol lists the phases, of which the first with a sweep is begun by begin.
func (t *Trainer) protocol() []phase {
	d := t.settings.Dynamics
	phases := []phase{
		{sweeps: d.Warmup, hears: d.Feedback.Warmup, readout: OnInference},
		{sweeps: d.Clamped, hears: d.Feedback.Clamped, readout: OnClamped},
		{sweeps: d.Free, hears: d.Feedback.Free, readout: OnFree},
	}
	for p := range phases {
		if len(phases[p].hears) > 0 || phases[p].readout == OnClamped {
			phases[p].feedback = func(i int) []float32 { return phases[p].fields[t.label(i)] }
		}
	}
	return phases
}

// begin takes samples from..to of the batch through their first sweep.
func (t *Trainer) begin(w *worker, from, to int) {
	for _, p := range t.phases {
		if p.sweeps > 0 {
			t.moving.batch.Advance(w.Worker, from, to, 1, p.feedback)
			return
		}
	}
}

// relax takes samples from..to of the batch on through the phases and records what the
// rule needs.
func (t *Trainer) relax(w *worker, from, to int) {
	b, d := t.moving.batch, t.settings.Dynamics
	slot, begun := 0, 1
	free := true // of feedback in the last phase
	for _, p := range t.phases {
		left := p.sweeps
		if left > 0 {
			left -= begun
			begun, free = 0, p.feedback == nil
		}
		if left > 0 {
			b.Advance(w.Worker, from, to, left, p.feedback)
			for i := from; i < to; i++ {
				w.tally.Flips += b.Result(i).Flips
			}
		}
		for _, on := range t.settings.Readout.On {
			if on == p.readout {
				t.readout(w, from, to, slot)
				slot++
			}
		}
	}
	sweeps := d.Warmup + d.Clamped + d.Free - 1
	for i := from; i < to; i++ {
		last := b.Result(i)
		b.Field(w.Worker, i, w.field)
		unstable := t.learner.Record(i, b.State(i), w.field, b.Input(i))
		fixed := free && last.Status == dynamics.FixedPoint || b.Settled(w.Worker, i)
		w.tally.Unstable += int64(unstable)
		last.Flips = 0 // counted by phase
		w.tally.count(last, sweeps, fixed)
	}
	for g := from / 8; 8*g < to; g++ {
		t.learner.Gather(g)
	}
}

// readout shows the present states to the readout, as the slot-th of each sample.
func (t *Trainer) readout(w *worker, from, to, slot int) {
	t.moving.read(w, from, to, t.network.Readout.Couplings, func(i int, logits []float32) {
		label := t.label(i)
		t.learner.Read(slot, i, t.moving.batch.State(i), logits, label)
		if slot == 0 && largest(logits) == label {
			w.tally.Correct++
		}
	})
}
