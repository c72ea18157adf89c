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
	fields, err := t.network.FeedbackFields(t.settings.Dynamics.Code, strength)
	if err != nil {
		return err
	}
	t.fields, t.strength = fields, strength
	return nil
}

// step learns one mini-batch.
func (t *Trainer) step() {
	t.first = t.state.Batch * t.settings.Learning.Batch
	count := min(t.settings.Learning.Batch, len(t.order)-t.first)
	t.learner.Reset(t.rule(), count)
	t.moving.move(count)
	t.learner.Begin()
	t.moving.pool.run(&t.update)
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
		Recurrent:    plasticity.Block{Rate: at(l.Recurrent.Rate), Decay: l.Recurrent.Decay},
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

func (t *Trainer) fill(i int, input []float32) (epoch, id uint64) {
	epoch, id = uint64(t.state.Epoch), uint64(t.sample(i))
	t.training.Inputs.NoisyRow(int(id), input, t.settings.Seed, epoch)
	return epoch, id
}

// phase is one of the three phases of a mini-batch.
type phase struct {
	sweeps   int
	feedback func(i int) []float32
	readout  ReadoutState
}

// protocol lists the phases, of which the first with a sweep is begun by begin.
func (t *Trainer) protocol() []phase {
	d := t.settings.Dynamics
	return []phase{
		{d.Warmup, nil, OnInference},
		{d.Clamped, t.feedback, OnClamped},
		{d.Free, nil, OnFree},
	}
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
	for _, p := range t.phases {
		left := p.sweeps
		if left > 0 {
			left -= begun
			begun = 0
		}
		b.Advance(w.Worker, from, to, left, p.feedback)
		for i := from; i < to; i++ {
			w.tally.Flips += b.Result(i).Flips
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
		b.Field(w.Worker, i, w.field)
		unstable := t.learner.Record(i, b.State(i), w.field, b.Input(i))
		fixed := d.Free > 0 && b.Result(i).Status == dynamics.FixedPoint || b.Settled(w.Worker, i)
		w.tally.Unstable += int64(unstable)
		w.tally.count(dynamics.Result{}, sweeps, fixed)
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
