package dynamics

import (
	"slices"

	"basin/internal/kernel"
	"basin/internal/random"
)

// Advance moves samples from..to by a budget of sweeps. With feedback not nil, the
// field feedback(i) is added to that of sample i (a row of
// [network.Network.FeedbackFields]). Every sample was started. A sample stops by the rule of the settings;
// [Batch.Result] says how each ended. Samples that the batch does not have, and feedback of
// another length, panic; so it is with the other methods.
func (b *Batch) Advance(w *Worker, from, to, budget int, feedback func(i int) []float32) {
	for i := from; i < to; i++ {
		b.beginPhase(i)
	}
	b.Continue(w, from, to, budget, feedback)
}

// Continue goes on with the phase that [Batch.Advance] began, up to a budget of sweeps in all:
// states, results and the cycles that are found are those of one call with that budget. So a
// caller that may be stopped takes some sweeps at a time. Feedback is that of the phase.
func (b *Batch) Continue(w *Worker, from, to, budget int, feedback func(i int) []float32) {
	b.drive(w, from, to)
	switch b.settings.Order {
	case Sequential:
		b.refresh(w, from, to)
		for i := from; i < to; i++ {
			b.advanceSequential(w, i, b.static(w, i, feedback), budget)
		}
	case Modules:
		b.advanceModules(w, from, to, budget, feedback)
	default:
		for pending := budget > 0; pending; {
			b.refresh(w, from, to)
			pending = false
			for i := from; i < to; i++ {
				if b.moving(i, budget) {
					pending = b.advanceTogether(w, i, budget, feedback) || pending
				}
			}
		}
	}
}

// moving reports whether a sample has sweeps left to do.
func (b *Batch) moving(i, budget int) bool {
	r := &b.samples[i].result
	switch {
	case r.Sweeps >= budget:
		return false
	case b.settings.Stop == StopAtBudget:
		return true
	case b.settings.Stop == StopAtCycle:
		return r.Status == Budget
	}
	return r.Status != FixedPoint
}

// static returns the part of sample i's field that does not move in a phase.
func (b *Batch) static(w *Worker, i int, feedback func(i int) []float32) []float32 {
	if feedback == nil {
		return b.fields[i]
	}
	kernel.Add(w.static, b.fields[i], feedback(i))
	return w.static
}

// advanceTogether sweeps one sample, in parallel or partial order, until it stops or a
// product must be taken afresh; it reports whether the sample has sweeps left to do.
func (b *Batch) advanceTogether(w *Worker, i, budget int, feedback func(i int) []float32) bool {
	s := &b.samples[i]
	static := b.static(w, i, feedback)
	if s.unset {
		for index := range b.network.Modules {
			b.set(i, index, static)
		}
		b.endSweep(i, 0, false)
		return s.result.Sweeps < budget
	}
	followed := false
	for s.result.Sweeps < budget {
		var flipped []int32
		if followed {
			flipped = b.stillFlip(w, i, static)
		} else {
			flipped = b.wouldFlip(w, i, static)
		}
		followed = b.follow(w, flipped)
		fixed := len(flipped) == 0
		if b.settings.Order == Partial {
			flipped = b.choose(s, flipped)
		}
		b.flip(w, i, flipped)
		if !b.endSweep(i, len(flipped), fixed) {
			return false
		}
		if s.stale > 0 {
			return s.result.Sweeps < budget
		}
	}
	return false
}

// set gives the neurons of an unset module their first states: those that a field asks
// for to which neither they nor what they send has added.
func (b *Batch) set(i, index int, static []float32) {
	m := b.network.Modules[index]
	state := b.state[i][m.Offset:][:m.Padded()]
	if m.Tanh > 0 {
		for n, h := range static[m.Offset:][:m.Neurons] {
			state[n] = respond(m.Tanh, h)
		}
	} else {
		kernel.Sign(state, static[m.Offset:][:m.Padded()])
		clear(state[m.Neurons:])
	}
	b.spoil(i, index)
}

// choose keeps, in place, each neuron that would flip in this sweep with the probability
// of an update.
func (b *Batch) choose(s *sample, flipped []int32) []int32 {
	stream := random.New(b.settings.Seed, random.Update, s.epoch, s.id, s.sweep)
	return slices.DeleteFunc(flipped, func(int32) bool { return stream.Float64() >= b.settings.Probability })
}
