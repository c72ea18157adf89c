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
