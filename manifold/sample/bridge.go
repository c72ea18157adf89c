package sample

import (
	"context"
	"errors"
	"fmt"

	"basin/manifold/solve"
	"basin/network"
)

// BridgeOptions say how to look for fixed points between two others. [DefaultBridge] has
// values that work for random networks.
type BridgeOptions struct {
	// Longest is the step that is not divided any more, at least 1.
	Longest int
	// Fields are the strengths with which neurons that agree at both ends of a step are held,
	// tried one after the other until there is a fixed point between; at least one, all at
	// least 0.
	Fields []float64
	// Solver finds the fixed points by message passing, with the margin, the seed and the
	// workers of the bridge; its external fields are those above.
	Solver solve.Settings
}

// DefaultBridge returns steps of 2 neurons, fields 2, 4, 1 and 0.5 and reinforced belief
// propagation at the rate 0.01 for up to 500 iterations.
func DefaultBridge() BridgeOptions {
	s := solve.Defaults(solve.Reinforced)
	s.Rate, s.Budget = .01, 500
	return BridgeOptions{Longest: 2, Fields: []float64{2, 4, 1, .5}, Solver: s}
}

func (o BridgeOptions) validate() error {
	var problems []error
	if o.Longest < 1 {
		problems = append(problems, fmt.Errorf("sample: steps of %d neurons, want at least 1", o.Longest))
	}
	if len(o.Fields) == 0 {
		problems = append(problems, errors.New("sample: no fields, want at least one"))
	}
	for k, field := range o.Fields {
		if !(field >= 0) || finite("field", field) != nil {
			problems = append(problems, fmt.Errorf("sample: field %d is %v, want a number of at least 0", k, field))
		}
	}
	if s := o.Solver.Solver; s != solve.Reinforced && s != solve.Focusing {
		problems = append(problems, fmt.Errorf("sample: solver %q, want %s or %s: a bridge holds neurons by fields of message passing", s, solve.Reinforced, solve.Focusing))
	}
	if err := o.Solver.Validate(); err != nil {
		problems = append(problems, fmt.Errorf("sample: %w", err))
	}
	return errors.Join(problems...)
}

// Bridge is a way from one fixed point to another over fixed points.
type Bridge struct {
	// States are the fixed points from one end to the other, both included.
	States [][]float32
	// Steps are the Hamming distances of those that follow each other, and Longest the
	// greatest of them: an upper bound of what the best way needs.
	Steps   []int
	Longest int
	// Solved counts the fixed points found, Tried how often the solver was asked.
	Solved, Tried int
}

// mostTries bounds how often a bridge asks the solver: steps might multiply.
const mostTries = 10_000

// FindBridge looks for a way over fixed points of n with the input x (nil is no input)
// from one to another, vectors of [network.Network.StateSize], by halves: between two that are more
// than Longest apart it asks a solver for a third, with a field gamma (a_i + b_i)/2 that
// holds the neurons on which both agree and leaves the others free. One that is nearer to both
// ends than they are to each other divides the step; where the solver finds none the step
// stays.
//
// Unlike [FindWalk] it is not stopped by states from which no few flips lead on: it sees the
// dense regions that message passing sees. Steps that stay short as N grows say that
// two reached fixed points are connected up to excursions of that length; long ones say only
// that no way was found. The ends are taken as they are. It reports what package solve
// reports of a network and an input, states that are not of the network, options out of
// their range, and a context that ends. Cost: one to four solutions for every
// step, and 10,000 at most, after which steps stay.
func FindBridge(ctx context.Context, n *network.Network, x, from, to []float32, o BridgeOptions) (Bridge, error) {
	if err := o.validate(); err != nil {
		return Bridge{}, err
	}
	if err := check(n, [][]float32{from, to}); err != nil {
		return Bridge{}, err
	}
	b := Bridge{States: [][]float32{from}}
	ahead := [][]float32{to} // the nearest last
	for len(ahead) > 0 {
		a, end := b.States[len(b.States)-1], ahead[len(ahead)-1]
		d := distance(n, a, end)
		if d > o.Longest && b.Tried < mostTries {
			between, err := b.between(ctx, n, x, a, end, o)
			if err != nil {
				return Bridge{}, err
			}
			if between != nil {
				ahead = append(ahead, between)
				continue
			}
		}
		ahead = ahead[:len(ahead)-1]
		if d > 0 {
			b.States, b.Steps, b.Longest = append(b.States, end), append(b.Steps, d), max(b.Longest, d)
		}
	}
	return b, nil
}

// between returns a fixed point that is nearer to both ends than they are to each other, or
// nil.
func (b *Bridge) between(ctx context.Context, n *network.Network, x, from, to []float32, o BridgeOptions) ([]float32, error) {
	apart := distance(n, from, to)
	settings := o.Solver
	settings.External = make([]float64, n.StateSize())
	for _, field := range o.Fields {
		each(n, func(i int) { settings.External[i] = field * float64(from[i]+to[i]) / 2 })
		b.Tried++
		r, err := solve.Solve(ctx, n, x, settings)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fmt.Errorf("sample: %w", err)
		}
		if r.Status == solve.Solved && max(distance(n, from, r.State), distance(n, r.State, to)) < apart {
			b.Solved++
			return r.State, nil
		}
	}
	return nil, nil
}
