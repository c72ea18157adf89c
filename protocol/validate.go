package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
)

// Validate reports every mistake of the settings at once, each as a [network.Problem]
// whose key is the dotted path in a settings file, joined by [errors.Join]; nil if
// there is none. What depends on the network is checked by [Settings.Fits].
func (s Settings) Validate() error {
	v := validator{}
	v.dynamics(s.Dynamics)
	v.learning(s.Learning)
	v.readout(s)
	return errors.Join(v.problems...)
}

// validateDynamics is the part of Validate that predictions need.
func (s Settings) validateDynamics() error {
	v := validator{}
	v.dynamics(s.Dynamics)
	return errors.Join(v.problems...)
}

// Fits reports, as Validate does, what networks of a valid spec cannot do: modules that
// hear the label and do not exist, or a symmetric rule where a coupling has no mirror.
func (s Settings) Fits(spec network.Spec) error {
	v := validator{}
	v.feedback(s.Dynamics.Feedback, len(spec.Expand().Modules))
	v.mirrors(s.Learning.Symmetry, spec)
	return errors.Join(v.problems...)
}

type validator struct{ problems []error }

func (v *validator) report(key, format string, values ...any) {
	v.problems = append(v.problems, network.Problem{Key: key, Message: fmt.Sprintf(format, values...)})
}

func (v *validator) between(key string, value, low, high float64) {
	if !(value >= low && value <= high) {
		v.report(key, "is %v, want a number from %.6g to %.6g", value, low, high)
	}
}

func (v *validator) count(key string, value, low, high int) {
	if value < low || value > high {
		v.report(key, "is %d, want %d to %d", value, low, high)
	}
}

func (v *validator) schedule(key string, s Schedule, low float64) {
	if err := s.Validate(low); err != nil {
		v.report(key, "%v", err)
	}
}

const (
	maxSweeps = 1_000_000
	maxEpochs = 1_000_000
	// MaxBatch is the largest mini-batch.
	MaxBatch = 4096
)

func (v *validator) dynamics(d Dynamics) {
	switch d.Order {
	case dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules:
	default:
		v.report("dynamics.order", "is %q, want %q, %q, %q or %q", string(d.Order), dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules)
	}
	switch d.Stop {
	case dynamics.StopAtFixedPoint, dynamics.StopAtCycle, dynamics.StopAtBudget:
	default:
		v.report("dynamics.stop", "is %q, want %q, %q or %q", string(d.Stop), dynamics.StopAtFixedPoint, dynamics.StopAtCycle, dynamics.StopAtBudget)
	}
	if !(d.Probability > 0 && d.Probability <= 1) {
		v.report("dynamics.probability", "is %v, want a number above 0 and at most 1", d.Probability)
	}
	v.count("dynamics.warmup", d.Warmup, 0, maxSweeps)
	v.count("dynamics.clamped", d.Clamped, 0, maxSweeps)
	v.count("dynamics.free", d.Free, 0, maxSweeps)
	v.count("dynamics.evaluation", d.Evaluation, 1, maxSweeps)
	if d.Warmup+d.Clamped+d.Free == 0 {
		v.report("dynamics.warmup", "is 0 like clamped and free, so training would never move the state: want at least one sweep")
	}
	if _, _, err := d.Code.Values(2); err != nil {
		v.report("dynamics.code", "is %q, want %q, %q or %q", string(d.Code), network.Balanced, network.Centred, network.PlusMinusOne)
	}
}

// feedback holds that the modules which hear the label exist.
func (v *validator) feedback(f PhaseFeedback, modules int) {
	for _, phase := range []struct {
		key     string
		modules []int
	}{{"warmup", f.Warmup}, {"clamped", f.Clamped}, {"free", f.Free}} {
		for place, m := range phase.modules {
			key := fmt.Sprintf("dynamics.feedback.%s.%d", phase.key, place)
			switch {
			case m < 0 || m >= modules:
				v.report(key, "is %d, want a module from 0 to %d", m, modules-1)
			case slices.Contains(phase.modules[:place], m):
				v.report(key, "is %d for the second time", m)
			}
		}
	}
}

// mirrors holds that a symmetric rule finds both couplings of each pair.
func (v *validator) mirrors(symmetry plasticity.Symmetry, spec network.Spec) {
	if symmetry != plasticity.SymmetricUpdate && symmetry != plasticity.SymmetricCouplings {
		return
	}
	for m, module := range spec.Modules {
		if r := module.Recurrent; r.Density > 0 && r.Density < 1 && !r.Symmetric {
			v.report("learning.symmetry", "is %q, but network.modules.%d.recurrent is sparse with a mask that is not symmetric: set network.modules.%d.recurrent.symmetric", string(symmetry), m, m)
		}
	}
}

func (v *validator) learning(l Learning) {
	switch l.Symmetry {
	case plasticity.Asymmetric, plasticity.SymmetricUpdate, plasticity.SymmetricCouplings:
	default:
		v.report("learning.symmetry", "is %q, want %q, %q or %q", string(l.Symmetry), plasticity.Asymmetric, plasticity.SymmetricUpdate, plasticity.SymmetricCouplings)
	}
	v.count("learning.epochs", l.Epochs, 0, maxEpochs)
	v.count("learning.batch", l.Batch, 1, MaxBatch)
	v.schedule("learning.kappa", l.Kappa, -math.MaxFloat32)
	v.schedule("learning.feedback", l.Feedback, 0)
	v.between("learning.softness", l.Softness, 0, math.MaxFloat32)
	if l.Unstable != ReceiverUnstable && l.Unstable != BothUnstable {
		v.report("learning.unstable", "is %q, want %q or %q", string(l.Unstable), ReceiverUnstable, BothUnstable)
	}
	for _, block := range []struct {
		key string
		BlockLearning
	}{{"learning.recurrent", l.Recurrent}, {"learning.links", l.Links}, {"learning.input", l.Input}} {
		v.schedule(block.key+".rate", block.Rate, 0)
		v.between(block.key+".decay", block.Decay, 0, math.MaxFloat32)
	}
}

func (v *validator) readout(s Settings) {
	r := s.Readout
	v.schedule("readout.rate", r.Rate, 0)
	v.between("readout.decay", r.Decay, 0, math.MaxFloat32)
	v.between("readout.kappa", r.Kappa, -math.MaxFloat32, math.MaxFloat32)
	v.between("readout.averaging", r.Averaging, 0, 1)
	for i, w := range r.Weights {
		if !(w > 0 && w <= math.MaxFloat32) {
			v.report("readout.weights", "has %v at place %d, want [wrong, right], both above 0", w, i+1)
		}
	}
	if len(r.On) == 0 {
		v.report("readout.on", "is empty, want at least one of %q, %q, %q", OnInference, OnClamped, OnFree)
	}
	for i, on := range r.On {
		switch {
		case on != OnInference && on != OnClamped && on != OnFree:
			v.report("readout.on", "has %q, want %q, %q or %q", string(on), OnInference, OnClamped, OnFree)
		case slices.Contains(r.On[:i], on):
			v.report("readout.on", "has %q twice", string(on))
		case on == OnClamped && s.Dynamics.Warmup+s.Dynamics.Clamped == 0:
			v.report("readout.on", "has %q, but no sweep comes before: dynamics.warmup and dynamics.clamped are 0", string(on))
		case on == OnInference && s.Dynamics.Warmup != s.Dynamics.Evaluation:
			v.report("readout.on", "has %q, which needs dynamics.warmup (%d) equal to dynamics.evaluation (%d)", string(on), s.Dynamics.Warmup, s.Dynamics.Evaluation)
		}
	}
}
