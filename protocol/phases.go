package protocol

import "basin/network"

// Phase is one part of a mini-batch: some sweeps under one field.
type Phase struct {
	// Name of the state at its end, as the readout's settings call it.
	Name ReadoutState
	// Sweeps at most.
	Sweeps int
	// Hears lists the modules that hear the label, counted from 0; none in a phase
	// without feedback.
	Hears []int
}

// Phases returns the phases of a mini-batch in their order, for networks of a spec: the
// warm-up, whose end is the inference state, then the clamped and the free phase. This is
// the one place that says who hears the label when.
func (s Settings) Phases(spec network.Spec) []Phase {
	d := s.Dynamics
	clamped := d.Feedback.Clamped
	if len(clamped) == 0 {
		for m := range spec.Expand().Modules {
			clamped = append(clamped, m)
		}
	}
	return []Phase{
		{Name: OnInference, Sweeps: d.Warmup, Hears: d.Feedback.Warmup},
		{Name: OnClamped, Sweeps: d.Clamped, Hears: clamped},
		{Name: OnFree, Sweeps: d.Free, Hears: d.Feedback.Free},
	}
}

// phase is a [Phase] in motion.
type phase struct {
	Phase
	feedback func(i int) []float32 // nil without
	fields   [][]float32           // of each class, at the strength of the epoch
}

// makePhases prepares the phases. Their fields come with the strength of an epoch.
func (l *Learner) makePhases() {
	for _, p := range l.settings.Phases(l.network.Spec) {
		l.phases = append(l.phases, phase{Phase: p})
	}
	for p := range l.phases {
		if len(l.phases[p].Hears) > 0 {
			l.phases[p].feedback = func(i int) []float32 { return l.phases[p].fields[l.label(i)] }
		}
	}
}

// setStrength takes the feedback at its strength.
func (l *Learner) setStrength(strength float64) error {
	if strength == l.strength {
		return nil
	}
	for p := range l.phases {
		if l.phases[p].feedback == nil || l.settings.Dynamics.Code == network.Rival {
			continue
		}
		fields, err := l.network.FeedbackFields(l.settings.Dynamics.Code, strength, l.phases[p].Hears...)
		if err != nil {
			return err
		}
		l.phases[p].fields = fields
	}
	l.strength = strength
	return nil
}

// first returns the phase of the first sweep.
func (l *Learner) first() *phase {
	for p := range l.phases {
		if l.phases[p].Sweeps > 0 {
			return &l.phases[p]
		}
	}
	panic("protocol: no phase has a sweep, which validation forbids")
}
