package recipes

import (
	"context"
	"math"

	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
	"basin/network"
)

// around measures what lies around fixed points of random networks: planted ones, which are
// typical, or those that a solver reaches.
type around struct {
	survey.Kind
	// Start is planted, or the name of a solver.
	Start string `json:"start"`
	Draws int    `json:"draws"`
	// Budget is the most sweeps of the solver, or iterations of message passing, and those at
	// each field.
	Budget     int `json:"budget"`
	Iterations int `json:"iterations"`
}

// planted is the start that is no solver.
const planted = "planted"

// aroundFields are the fields towards the state, as they are followed.
var aroundFields = []float64{3, 2.5, 2, 1.7, 1.4, 1.2, 1, 0.8, 0.6, 0.4, 0.2, 0.1, 0}

// The series of a cell over aroundFields, each a sum over the draws that have converged, over
// all that have a state; converged is the share of those.
const (
	aroundConverged = "converged"
	aroundDistance  = "distance"
	aroundEntropy   = "entropy"
	aroundSquare    = "entropy_square"
)

// Run draws networks with a state each, and follows the local entropy away from it.
func (a around) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	sums := map[string][]float64{}
	for _, name := range []string{aroundConverged, aroundDistance, aroundEntropy, aroundSquare} {
		sums[name] = make([]float64, len(aroundFields))
	}
	states, near := 0.0, [2]float64{}
	for draw, seed := range seeds(b.Seed, a.Kind, a.Draws) {
		n, state, err := a.state(ctx, seed)
		if err != nil {
			return experiment.Result{}, err
		}
		if state != nil {
			states++
			counts, err := sample.Neighbours(ctx, n, []float32{1}, state, sample.NeighbourOptions{Distance: 2, Margin: a.Margin})
			if err != nil {
				return experiment.Result{}, err
			}
			near[0] += float64(counts[1])
			near[1] += float64(counts[2])
			if err := a.follow(ctx, n, state, sums); err != nil {
				return experiment.Result{}, err
			}
		}
		b.Progress(float64(draw+1) / float64(a.Draws))
	}
	result := experiment.Result{Values: map[string]float64{"solved": states / float64(a.Draws)}}
	if states == 0 {
		return result, nil
	}
	result.Values["near_1"], result.Values["near_2"] = near[0]/states, near[1]/states
	result.Series = map[string]experiment.Series{}
	for name, sum := range sums {
		for k := range sum {
			sum[k] /= states
		}
		result.Series[name] = experiment.Series{X: aroundFields, Y: sum}
	}
	return result, nil
}

// state returns a network and a fixed point of it, nil where the solver found none.
func (a around) state(ctx context.Context, seed uint64) (*network.Network, []float32, error) {
	n, err := a.Kind.Draw(seed)
	if err != nil {
		return nil, nil, err
	}
	if a.Start == planted {
		state, err := sample.Plant(n, []float32{1}, a.Margin, seed)
		return n, state, err
	}
	s := solving{Kind: a.Kind, Solver: solve.Solver(a.Start), Budget: a.Budget}
	if a.SelfCoupling > 0.5 {
		s.Rate = 0.01 // reinforcement is quicker so, and finds all
	}
	r, err := solve.Solve(ctx, n, []float32{1}, s.settings(seed))
	if err != nil || r.Status != solve.Solved {
		return n, nil, err
	}
	return n, r.State, nil
}

// follow adds the local entropy at each field that converges.
func (a around) follow(ctx context.Context, n *network.Network, state []float32, sums map[string][]float64) error {
	p, err := solve.NewPropagation(n, []float32{1}, a.Margin, 1)
	if err != nil {
		return err
	}
	if err := p.Start(state); err != nil {
		return err
	}
	const damping, tolerance = 0.3, 1e-6
	var m []float64
	for k, field := range aroundFields {
		for i, s := range state {
			p.External()[i] = field * float64(s)
		}
		_, converged, err := p.Converge(ctx, damping, tolerance, a.Iterations)
		if err != nil {
			return err
		}
		m = p.Magnetisations(m)
		distance := 1.0
		for i, s := range state {
			distance -= float64(s) * m[i] / float64(a.Total())
		}
		entropy := p.Entropy()
		if converged && !math.IsNaN(entropy) {
			sums[aroundConverged][k]++
			sums[aroundDistance][k] += distance
			sums[aroundEntropy][k] += entropy
			sums[aroundSquare][k] += entropy * entropy
		}
	}
	return nil
}
