package protocol

import (
	"errors"
	"fmt"
	"slices"

	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
)

// Learner learns one mini-batch after another. It is not safe for use by several
// goroutines; it has its own workers, which Close ends.
type Learner struct {
	settings Settings
	network  *network.Network
	moving   *moving
	learner  *plasticity.Learner
	learners []*plasticity.Worker
	phases   []phase
	strength float64 // of the feedback in the fields of the phases
	tasks    tasks
	batch    Batch
	watcher  Watcher
	judge    *judge  // nil where the label does not depend on the logits
	recall   *recall // nil where states depend on more than their rows
	// present lists the samples of the mini-batch that are computed: sample k of the dynamics
	// is sample present[k]. It is all of them but those that are recalled.
	present []int
	tallies []Tally // by sample, of what it did
}

// Batch is the samples of one mini-batch, and where it stands in a run.
type Batch struct {
	// Samples that Places are those of.
	Samples Samples
	// Places of the samples of the batch, at least one and at most the capacity of the
	// learner. Results depend on their order.
	Places []int32
	// Epoch, counted from 0, says where schedules stand. It addresses the random draws of
	// partial and sequential sweeps together with the places.
	Epoch int
	// Before is the number of mini-batches that the network has learned, which the
	// readout's average asks for.
	Before int
}

// tasks are what the workers do for a mini-batch, one after the other, made once so that
// a step allocates nothing. Parts divide the samples while these sweep, and the neurons
// while a block of couplings is multiplied or changed: so each reads and writes its part
// of the couplings only.
type tasks struct {
	prepare, relax, read, update, updateRecurrent, updateInput, updateReadout func(worker, part int)
	judge                                                                     func(worker, part int)
}

// NewLearner makes a learner for mini-batches of up to capacity samples, with its own
// workers (GOMAXPROCS of them for workers <= 0). The network is changed in place by
// [Learner.Step]; where the settings average the readout and the network has no average
// yet, it gets one. It reports settings that are not valid or do not belong to the network,
// and a capacity below 1 or above [MaxBatch].
func NewLearner(s Settings, n *network.Network, capacity, workers int) (*Learner, error) {
	if err := validate(s, n); err != nil {
		return nil, err
	}
	if n.Integers.Bits > 0 {
		return nil, errors.New("protocol: couplings that are integers predict and do not learn: the model they were made from does")
	}
	if capacity < 1 || capacity > MaxBatch {
		return nil, fmt.Errorf("protocol: mini-batches of up to %d samples, want 1 to %d", capacity, MaxBatch)
	}
	learner, err := plasticity.NewLearner(n, capacity, len(s.Readout.On), s.Learning.Softness > 0)
	if err != nil {
		return nil, err
	}
	m, err := newMoving(s, n, capacity, workers)
	if err != nil {
		return nil, err
	}
	l := &Learner{settings: s, network: n, moving: m, learner: learner, strength: -1, tallies: make([]Tally, capacity)}
	for range m.pool.size {
		l.learners = append(l.learners, learner.NewWorker())
	}
	l.makePhases()
	l.makeTasks()
	l.makeJudge(capacity)
	l.makeRecall(capacity)
	if s.Readout.Averaging > 0 && n.Readout.Average == nil {
		n.Readout.Average = slices.Clone(n.Readout.Couplings)
	}
	return l, nil
}

// Close ends the workers.
func (l *Learner) Close() { l.moving.pool.close() }

// Workers returns the number of workers.
func (l *Learner) Workers() int { return l.moving.pool.size }

// State returns the state of sample i of the mini-batch, a vector of
// [network.Network.StateSize]; it aliases the learner. It is for watchers.
func (l *Learner) State(i int) []float32 { return l.moving.batch.State(i) }

// Result returns how the last phase of sample i of the mini-batch went that had a sweep, the
// sample's first apart. It is for watchers: at Moved of a phase without such a sweep it is
// still that of the phase before.
func (l *Learner) Result(i int) dynamics.Result { return l.moving.batch.Result(i) }

// Step learns a mini-batch and returns its tally. An error is one of samples that the
// network cannot read or whose labels are not among its classes; then nothing was learned.
func (l *Learner) Step(b Batch) (Tally, error) {
	if err := l.move(b); err != nil {
		return Tally{}, err
	}
	l.learner.Begin()
	pool, count := l.moving.pool, len(b.Places)
	if l.watcher == nil {
		pool.run(&l.tasks.update)
	} else {
		pool.run(&l.tasks.updateRecurrent)
		l.tell(RecurrentLearned, "", 0, count)
		pool.run(&l.tasks.updateInput)
		l.tell(InputLearned, "", 0, count)
		pool.run(&l.tasks.updateReadout)
		l.tell(ReadoutLearned, "", 0, count)
	}
	return l.collect(count), nil
}

// Show takes a mini-batch through the phases as [Learner.Step] does, and learns nothing.
func (l *Learner) Show(b Batch) (Tally, error) {
	if err := l.move(b); err != nil {
		return Tally{}, err
	}
	return l.collect(len(b.Places)), nil
}

// collect adds what was counted by worker and by sample.
func (l *Learner) collect(count int) Tally {
	total := l.moving.collect()
	for i := range count {
		total.Add(l.tallies[i])
	}
	return total
}

// move takes a mini-batch through its phases.
func (l *Learner) move(b Batch) error {
	if err := fits(b.Samples, l.network); err != nil {
		return err
	}
	count, most := len(b.Places), l.moving.batch.Capacity()
	if count < 1 || count > most {
		return fmt.Errorf("protocol: a mini-batch of %d samples, want 1 to %d", count, most)
	}
	if b.Epoch < 0 || b.Before < 0 {
		return fmt.Errorf("protocol: a mini-batch of epoch %d after %d others, want both at least 0", b.Epoch, b.Before)
	}
	for _, place := range b.Places {
		if err := labelled(b.Samples, int(place), l.network.Classes); err != nil {
			return err
		}
	}
	if err := l.setStrength(l.settings.Learning.Feedback.At(b.Epoch, l.settings.Learning.Epochs)); err != nil {
		return err
	}
	l.batch = b
	l.learner.Reset(l.rule(), count)
	if l.remind(); len(l.present) > 0 {
		l.compute(len(l.present))
	}
	if l.recall != nil {
		l.moving.pool.run(&l.tasks.read)
	}
	l.batch.Samples = nil
	return nil
}

// compute takes the samples that are present through the phases.
func (l *Learner) compute(count int) {
	l.moving.batch.Resize(count)
	l.moving.pool.run(&l.tasks.prepare)
	l.tell(Loaded, "", 0, count)
	l.moving.team.Drive()
	l.tell(Driven, "", 0, count)
	l.moving.team.Begin(l.first().feedback)
	l.tell(Begun, "", 0, count)
	if l.judge != nil && l.judge.rows != nil {
		l.moving.pool.run(&l.tasks.judge)
	}
	l.moving.pool.run(&l.tasks.relax)
	l.remember()
}

func (l *Learner) makeTasks() {
	m := l.moving
	parts := m.pool.size
	l.tasks.prepare = func(_, part int) {
		from, to := m.team.Samples(part, 8)
		for i := from; i < to; i++ {
			m.batch.Start(i, l.batch.Samples, int(l.batch.Places[l.present[i]]), uint64(l.batch.Epoch))
		}
	}
	l.tasks.relax = func(worker, part int) {
		together := m.batch.Capacity()
		if m.batch.Apart() {
			together = 1
		}
		l.relaxPart(worker, part, together)
	}
	l.tasks.read = func(worker, part int) {
		count := len(l.batch.Places)
		l.readout(m.workers[worker], l.learners[worker], count*part/parts, count*(part+1)/parts)
	}
	l.tasks.judge = func(_, part int) { l.layReadout(part, parts) }
	l.tasks.update = func(worker, part int) { l.learner.Update(l.learners[worker], part, parts) }
	l.tasks.updateRecurrent = func(worker, part int) { l.learner.UpdateRecurrent(l.learners[worker], part, parts) }
	l.tasks.updateInput = func(worker, part int) { l.learner.UpdateInput(l.learners[worker], part, parts) }
	l.tasks.updateReadout = func(worker, part int) { l.learner.UpdateReadout(l.learners[worker], part, parts) }
}

// label returns the label of sample i of the mini-batch.
func (l *Learner) label(i int) int { return l.batch.Samples.Label(int(l.batch.Places[i])) }

// rule returns the numbers of the rule at the mini-batch. The average of the readout
// starts as the plain mean of the batches so far, so that it forgets the readout drawn
// at the beginning, and then moves by the share set.
func (l *Learner) rule() plasticity.Rule {
	s, r := l.settings.Learning, l.settings.Readout
	at := func(v Schedule) float64 { return v.At(l.batch.Epoch, s.Epochs) }
	rule := plasticity.Rule{
		Kappa: at(s.Kappa), Softness: s.Softness,
		Symmetry: s.Symmetry, BothUnstable: s.Unstable == BothUnstable,
		Recurrent:    plasticity.Block{Rate: at(s.Recurrent.Rate), Decay: s.Recurrent.Decay},
		Links:        plasticity.Block{Rate: at(s.Links.Rate), Decay: s.Links.Decay},
		Input:        plasticity.Block{Rate: at(s.Input.Rate), Decay: s.Input.Decay},
		Readout:      plasticity.Block{Rate: at(r.Rate), Decay: r.Decay},
		ReadoutKappa: r.Kappa, ReadoutWeights: r.Weights,
	}
	if r.Averaging > 0 {
		rule.Averaging = max(r.Averaging, 1/float64(l.batch.Before+1))
	}
	return rule
}

// relaxPart takes the samples of a part through the phases, so many together, and shows them
// to the readout. What is recalled besides is shown with the others: see tasks.read.
func (l *Learner) relaxPart(worker, part, together int) {
	unit := 8 // samples that are gathered together
	if l.recall != nil {
		unit = 1 // where nothing but the readout learns, none are
	}
	from, to := l.moving.team.Samples(part, unit)
	w, first := l.moving.workers[worker], 0
	if l.judge != nil && from < to {
		first = 1
		for i := from; i < to; i += together {
			l.pass(w, 0, i, min(i+together, to))
		}
		l.judgeSamples(w, from, to)
	}
	for i := from; i < to; i += together {
		l.relax(w, first, i, min(i+together, to))
	}
	if l.recall != nil {
		return
	}
	for g := from / 8; 8*g < to; g++ {
		l.learner.Gather(g)
	}
	l.readout(w, l.learners[worker], from, to)
}

// relax takes samples from..to of the mini-batch, which have done their first sweep, on
// through the phases from the first that is left and records what the rule needs.
func (l *Learner) relax(w *worker, first, from, to int) {
	for p := first; p < len(l.phases); p++ {
		l.pass(w, p, from, to)
	}
	b, sweeps, free := l.moving.batch, -1, true // of feedback in the last phase
	for _, phase := range l.phases {
		if phase.Sweeps > 0 {
			sweeps, free = sweeps+phase.Sweeps, phase.feedback == nil
		}
	}
	for i := from; i < to; i++ {
		last, at := b.Result(i), l.present[i]
		fixed := (free || l.decided(i)) && last.Status == dynamics.FixedPoint || b.Settled(w.Worker, i)
		if l.decided(i) {
			l.learner.Leave(at, b.State(i), b.Input(i))
		} else {
			b.Field(w.Worker, i, w.field)
			l.tallies[at].Unstable += int64(l.learner.Record(at, b.State(i), w.field, b.Input(i)))
		}
		last.Flips = 0 // counted by phase
		l.tallies[at].count(last, sweeps, fixed)
	}
	l.tell(Judged, "", from, to)
}

// pass takes samples from..to through phase p, but those that are decided through the warm-up
// alone, and keeps the states that the readout learns on.
func (l *Learner) pass(w *worker, p, from, to int) {
	b, phase, left, slot := l.moving.batch, &l.phases[p], l.phases[p].Sweeps, 0
	begun := true // the first sweep of all is done
	for _, before := range l.phases[:p] {
		begun = begun && before.Sweeps == 0
		slot += l.reads(before.Name)
	}
	if begun && left > 0 {
		left--
	}
	for i := from; i < to && left > 0; {
		if p > 0 && l.decided(i) {
			i++
			continue
		}
		end := i + 1
		for end < to && (p == 0 || !l.decided(end)) {
			end++
		}
		b.Advance(w.Worker, i, end, left, phase.feedback)
		for ; i < end; i++ {
			l.tallies[l.present[i]].Flips += b.Result(i).Flips
		}
	}
	for range l.reads(phase.Name) {
		for i := from; i < to; i++ {
			l.learner.Keep(slot, l.present[i], b.State(i))
		}
		slot++
	}
	l.tell(Moved, phase.Name, from, to)
}

// reads returns how many of its states the readout learns on in a phase: 1 or 0.
func (l *Learner) reads(name ReadoutState) (count int) {
	for _, on := range l.settings.Readout.On {
		if on == name {
			count++
		}
	}
	return count
}

// readout shows the readout the states of samples from..to that it learns on.
func (l *Learner) readout(w *worker, learner *plasticity.Worker, from, to int) {
	if from == to {
		return
	}
	for slot := range l.settings.Readout.On {
		for first := from; first < to; first += readGroup {
			logits := w.logits[:min(readGroup, to-first)]
			if l.judge != nil && slot == 0 && l.reads(OnInference) > 0 {
				logits = l.judge.logits[first:][:len(logits)] // of the same states
			} else {
				l.learner.Logits(learner, slot, first, logits)
			}
			for q := range logits {
				label := l.label(first + q)
				logits := logits[q][:l.network.Classes]
				l.learner.Read(slot, first+q, logits, label)
				if slot == 0 && largest(logits) == label {
					w.tally.Correct++
				}
			}
		}
	}
	l.tell(Read, "", from, to)
}
