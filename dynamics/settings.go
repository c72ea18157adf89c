package dynamics

import "fmt"

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

// Settings say how a network moves.
type Settings struct {
	// Order of the updates; the zero value means Parallel.
	Order Order
	// Probability that a neuron updates in a Partial sweep, in (0, 1].
	Probability float64
	// Stop says when a relaxation ends; the zero value means StopAtFixedPoint.
	Stop Stop
	// Seed of the random orders and choices of Sequential and Partial sweeps.
	Seed uint64
}

// Validate reports an unknown order or stop rule, or a probability outside (0, 1].
func (s Settings) Validate() error {
	switch s.Stop {
	case "", StopAtFixedPoint, StopAtCycle, StopAtBudget:
	default:
		return fmt.Errorf("dynamics: stop rule %q, want %q, %q or %q", string(s.Stop), StopAtFixedPoint, StopAtCycle, StopAtBudget)
	}
	switch s.Order {
	case "", Parallel, Sequential, Modules:
		return nil
	case Partial:
		if s.Probability > 0 && s.Probability <= 1 {
			return nil
		}
		return fmt.Errorf("dynamics: probability %v of a partial update, want a number above 0 and at most 1", s.Probability)
	}
	return fmt.Errorf("dynamics: order %q, want %q, %q, %q or %q", string(s.Order), Parallel, Partial, Sequential, Modules)
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
