package dynamics

import (
	"cmp"
	"fmt"

	"basin/internal/keys"
)

// Order says which neurons a sweep updates from which states.
type Order string

// The orders of a sweep.
const (
	// Parallel updates all neurons of all modules at once from the same previous
	// state.
	Parallel Order = "parallel"
	// Partial updates each neuron with a fixed probability, else keeps its state; all
	// see the same previous state. The first sweep updates every neuron, since there
	// is no state to keep.
	Partial Order = "partial"
	// Sequential updates one neuron at a time in a fresh random order, each seeing
	// the newest state.
	Sequential Order = "sequential"
	// Modules updates module after module, in the order of the spec: the neurons of
	// one at once, each module seeing the newest states of those before it.
	Modules Order = "modules"
)

// Stop says when a relaxation ends before its budget of sweeps.
type Stop string

// The rules for the end of a relaxation.
const (
	// StopAtFixedPoint ends where no neuron would flip; it changes no state, since a
	// fixed point does not move.
	StopAtFixedPoint Stop = "fixed_point"
	// StopAtCycle ends there too, and where a trajectory is found to repeat itself.
	StopAtCycle Stop = "cycle"
	// StopAtBudget does every sweep.
	StopAtBudget Stop = "budget"
)

// Settings say how a network moves. An empty order or stop rule is for programs: a settings
// file has to name one.
type Settings struct {
	// Order of the updates; the zero value means Parallel.
	Order Order `yaml:"order"`
	// Probability that a neuron updates in a Partial sweep, in (0, 1].
	Probability float64 `yaml:"probability"`
	// Stop says when a relaxation ends; the zero value means StopAtFixedPoint.
	Stop Stop `yaml:"stop"`
	// Seed of the random orders and choices of Sequential and Partial sweeps.
	Seed uint64
}

// Rows returns the rows of the keys that Settings share with a settings file.
func Rows() []keys.Row {
	return []keys.Row{
		{Key: "order", About: "which neurons a sweep updates at once", Choices: keys.Names(Parallel, Partial, Sequential, Modules)},
		{Key: "probability", About: "that a neuron updates in a partial sweep", High: 1, Above: true},
		{Key: "stop", About: "what ends a phase before its sweeps are done", Choices: keys.Names(StopAtFixedPoint, StopAtCycle, StopAtBudget)},
	}
}

// explicit names what the zero values mean.
func (s Settings) explicit() Settings {
	s.Order = cmp.Or(s.Order, Parallel)
	s.Stop = cmp.Or(s.Stop, StopAtFixedPoint)
	return s
}

// Validate reports, joined, an unknown order or stop rule, and a probability outside (0, 1]
// where partial sweeps use it.
func (s Settings) Validate() error {
	s = s.explicit()
	if s.Order != Partial {
		s.Probability = 1
	}
	if err := keys.Check(s, Rows()).Err(); err != nil {
		return fmt.Errorf("dynamics: %w", err)
	}
	return nil
}

// Status says how a relaxation ended.
type Status uint8

// The ways in which a relaxation ends.
const (
	// Budget: the sweeps ran out before one found nothing to flip. The state may be a
	// fixed point all the same: [Batch.Settled] tells.
	Budget Status = iota
	// FixedPoint: no neuron would flip.
	FixedPoint
	// Cycle: the trajectory repeats itself with a period of at least 2. Cycles are
	// looked for in parallel sweeps and those module after module, of binary neurons.
	// One of period 2 is found as soon as it closes, a longer one when its period has
	// passed since one of the states after 0, 1, 3, 7, 15, ... sweeps of the phase.
	// States are told apart by a hash of 64 bits.
	Cycle
)

// String returns "budget", "fixed point" or "cycle".
func (s Status) String() string {
	switch s {
	case FixedPoint:
		return "fixed point"
	case Cycle:
		return "cycle"
	}
	return "budget"
}
