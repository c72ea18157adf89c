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
)

// Settings say how a network moves.
type Settings struct {
	// Order of the updates; the zero value means Parallel.
	Order Order
	// Probability that a neuron updates in a Partial sweep, in (0, 1].
	Probability float64
	// Seed of the random orders and choices of Sequential and Partial sweeps.
	Seed uint64
}

// Validate reports an unknown order or a probability outside (0, 1].
func (s Settings) Validate() error {
	switch s.Order {
	case "", Parallel, Sequential:
		return nil
	case Partial:
		if s.Probability > 0 && s.Probability <= 1 {
			return nil
		}
		return fmt.Errorf("dynamics: probability %v of a partial update, want a number above 0 and at most 1", s.Probability)
	}
	return fmt.Errorf("dynamics: order %q, want %q, %q or %q", string(s.Order), Parallel, Partial, Sequential)
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
)

// String returns "budget" or "fixed point".
func (s Status) String() string {
	if s == FixedPoint {
		return "fixed point"
	}
	return "budget"
}
