package solve

import (
	"context"
	"fmt"
	"time"

	"basin/network"
)

// Status says why a search ended.
type Status uint8

const (
	// Budget: the iterations ran out.
	Budget Status = iota
	// Solved: the state is a fixed point.
	Solved
	// Cycle: parallel dynamics repeats itself.
	Cycle
	// Stuck: message passing has frozen in a state that is not a fixed point.
	Stuck
)

// String returns "budget", "solved", "cycle" or "stuck".
func (s Status) String() string {
	return [...]string{"budget", "solved", "cycle", "stuck"}[s]
}

// Result is what a search found.
type Result struct {
	// State is the last state, a vector as in package dynamics: -1 or +1 for each neuron, zero
	// in the padding.
	State []float32
	// Status says why it ended.
	Status Status
	// Iterations, or sweeps, taken.
	Iterations int
	// Unstable is the number of neurons of State that are not stable; 0 where it is solved.
	Unstable int
	// Period of the cycle of dynamics, at least 2; zero where the status is not Cycle.
	Period int
	// Elapsed is the time it took.
	Elapsed time.Duration
	// Trace follows the search: every iteration of message passing, Annealed and Search; the sweeps 1, 2, 4, 8, ...
	// of dynamics and the last.
	Trace []Point
}

// Point is a moment of a search.
type Point struct {
	// Iteration or sweep, from 1.
	Iteration int
	// Unstable is the number of unstable neurons of the state, sign(m) for message passing.
	Unstable int
	// Order is (1/N) sum_i m_i^2; 1 for states.
	Order float64
	// Coupling is gamma of Focusing, the share of reinforcement of Reinforced, or the
	// temperature of Annealed and Search.
	Coupling float64
}

// Solve looks for a fixed point of a network with an input x, D values or nil for none. The
// result depends on its arguments alone, but for the time. It reports settings that are not
// valid, what [NewPropagation] does, and external fields of another length or with dynamics. When
// ctx is cancelled it returns ctx.Err() within a tenth of a second or, in a network whose
// iteration takes longer, after it.
//
// Sources: reinforcement, Braunstein and Zecchina, Phys. Rev. Lett. 96, 030201 (2006); focusing,
// Baldassi et al., PNAS 113, E7655 (2016).
func Solve(ctx context.Context, n *network.Network, x []float32, s Settings) (Result, error) {
	begin := time.Now()
	if err := s.Validate(); err != nil {
		return Result{}, err
	}
	var result Result
	var err error
	switch s.Solver {
	case Reinforced, Focusing:
		result, err = passMessages(ctx, n, x, s)
	case Annealed:
		result, err = anneal(ctx, n, x, s)
	case Search:
		result, err = search(ctx, n, x, s)
	default:
		result, err = relax(ctx, n, x, s)
	}
	if err != nil {
		return Result{}, err
	}
	result.Elapsed = time.Since(begin)
	return result, nil
}

// passMessages solves by belief propagation that is driven to a state.
func passMessages(ctx context.Context, n *network.Network, x []float32, s Settings) (Result, error) {
	p, err := NewPropagation(n, x, s.Margin, s.Workers)
	if err != nil {
		return Result{}, err
	}
	if s.External != nil && len(s.External) != p.Size() {
		return Result{}, fmt.Errorf("solve: %d external fields, want %d", len(s.External), p.Size())
	}
	copy(p.external, s.External)
	p.shake(s.Seed)
	d := newDriver(p, s)
	var result Result
	for result.Status == Budget && result.Iterations < s.Budget {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		result.Iterations++
		change := p.Iterate(s.Damping)
		strength, done := d.drive(result.Iterations, change)
		result.Unstable = d.judge.signs(p.odds)
		result.Trace = append(result.Trace, Point{Iteration: result.Iterations, Unstable: result.Unstable, Order: p.order(), Coupling: strength})
		switch {
		case result.Unstable == 0:
			result.Status = Solved
		case done:
			result.Status = Stuck
		}
	}
	result.State = d.judge.state
	return result, nil
}

// order returns (1/N) sum_i m_i^2.
func (p *Propagation) order() float64 {
	sum := 0.0
	p.system.each(func(i int) { sum += 1 - variance(p.odds[i]) })
	return sum / float64(p.system.network.Neurons())
}
