package protocol

import (
	"fmt"
	"slices"
	"strings"

	"basin/internal/keys"
	"basin/internal/ridge"
	"basin/network"
	"basin/plasticity"
)

// Validate reports every mistake of the settings at once, each as a [network.Problem]
// whose key is the dotted path in a settings file, joined by [errors.Join]; nil if
// there is none. What depends on the network is checked by [Settings.Fits].
func (s Settings) Validate() error {
	m := keys.Check(s, Rows())
	s.Dynamics.validate(m)
	for i, on := range s.Readout.On {
		switch {
		case slices.Contains(s.Readout.On[:i], on):
			m.Report("readout.on", "has %q twice", string(on))
		case on == OnClamped && s.Dynamics.Warmup+s.Dynamics.Clamped == 0:
			m.Report("readout.on", "has %q, but no sweep comes before: dynamics.warmup and dynamics.clamped are 0", string(on))
		case on == OnInference && s.Dynamics.Warmup != s.Dynamics.Evaluation:
			m.Report("readout.on", "has %q, which needs dynamics.warmup (%d) equal to dynamics.evaluation (%d)", string(on), s.Dynamics.Warmup, s.Dynamics.Evaluation)
		}
	}
	for _, late := range []struct {
		key, value string
		is         bool
	}{{"dynamics.code", fmt.Sprintf("%q", string(s.Dynamics.Code)), s.Dynamics.Code == network.Rival}, {"learning.undecided", fmt.Sprint(s.Learning.Undecided), s.Learning.Undecided > 0}} {
		if late.is && (s.Dynamics.Warmup == 0 || len(s.Dynamics.Feedback.Warmup) > 0) {
			m.Report(late.key, "is %s, which is known at the end of the warm-up: want dynamics.warmup above 0 and no feedback in it", late.value)
		}
	}
	if len(s.Readout.On) == 0 {
		m.Report("readout.on", "is empty, want at least one of %s", strings.Join(keys.Quoted(keys.Names(readoutStates()...)), ", "))
	}
	if s.Readout.Method.Solved() && s.Learning.Best {
		m.Report("readout.method", "is %q, which is solved for after the last epoch, but learning.best keeps another: want one of them", string(s.Readout.Method))
	}
	return m.Err()
}

// validateDynamics is the part of Validate that predictions need.
func (s Settings) validateDynamics() error {
	m := &keys.Mistakes{}
	m.Add("dynamics", keys.Check(s.Dynamics, dynamicsRows()).Err())
	return m.Err()
}

// validate reports phases that do not go together.
func (d Dynamics) validate(m *keys.Mistakes) {
	if d.Warmup+d.Clamped+d.Free == 0 {
		m.Report("dynamics.warmup", "is 0 like clamped and free, so training would never move the state: want at least one sweep")
	}
}

// Fits reports, as Validate does, what networks of a valid spec cannot do: modules that
// hear the label and do not exist, a symmetric rule where a coupling has no mirror, or a readout
// that cannot be solved for.
func (s Settings) Fits(spec network.Spec) error {
	m := &keys.Mistakes{}
	s.Dynamics.Feedback.fits(m, len(spec.Expand().Modules))
	mirrors(m, s.Learning.Symmetry, spec)
	if s.Readout.Method.Solved() {
		s.Readout.fits(m, spec.Expand())
	}
	return m.Err()
}

// fits holds that a readout of an expanded spec can be solved for.
func (r Readout) fits(mistakes *keys.Mistakes, spec network.Spec) {
	neurons := 0
	for m, module := range spec.Modules {
		if len(spec.Readout) > 0 && !slices.Contains(spec.Readout, m) {
			continue
		}
		neurons += module.Neurons
		if r.Method == Margin && module.Tanh > 0 {
			mistakes.Report("readout.method", "is %q, which needs states of +1 and -1, but network.modules.%d.tanh is %v: want %q there", string(r.Method), m, module.Tanh, string(Ridge))
		}
	}
	r.fitsNeurons(mistakes, neurons) // at least so many: those of grids are not known yet
}

// fitsNeurons holds that there are not too many neurons for the readout to be solved for.
func (r Readout) fitsNeurons(mistakes *keys.Mistakes, neurons int) {
	if err := ridge.Fits(neurons); err != nil {
		mistakes.Report("readout.method", "is %q: %v; read fewer modules or smaller ones", string(r.Method), err)
	}
}

// fits holds that the modules which hear the label exist.
func (f PhaseFeedback) fits(mistakes *keys.Mistakes, modules int) {
	for _, phase := range []struct {
		name    string
		modules []int
	}{{"warmup", f.Warmup}, {"clamped", f.Clamped}, {"free", f.Free}} {
		for place, m := range phase.modules {
			at := fmt.Sprintf("dynamics.feedback.%s.%d", phase.name, place)
			switch {
			case m >= modules:
				mistakes.Report(at, "is %d, want a module from 0 to %d", m, modules-1)
			case slices.Contains(phase.modules[:place], m):
				mistakes.Report(at, "is %d for the second time", m)
			}
		}
	}
}

// mirrors holds that a symmetric rule finds both couplings of each pair.
func mirrors(mistakes *keys.Mistakes, symmetry plasticity.Symmetry, spec network.Spec) {
	if symmetry != plasticity.SymmetricUpdate && symmetry != plasticity.SymmetricCouplings {
		return
	}
	for m, module := range spec.Modules {
		if module.Recurrent.Shared && module.Recurrent.Density > 0 {
			mistakes.Report("learning.symmetry", "is %q, but network.modules.%d.recurrent is shared: a coupling of a channel has no mirror, since it belongs to every place", string(symmetry), m)
			continue
		}
		if r := module.Recurrent; r.Density > 0 && r.Density < 1 && !r.Symmetric {
			mistakes.Report("learning.symmetry", "is %q, but network.modules.%d.recurrent is sparse with a mask that is not symmetric: set network.modules.%d.recurrent.symmetric", string(symmetry), m, m)
		}
	}
}
