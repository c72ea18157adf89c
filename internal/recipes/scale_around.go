package recipes

import (
	"context"
	"math"

	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/sample"
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
const planted = survey.Planted

// The series of a cell over the fields towards the state, each a sum over the draws that have
// converged, over all that have a state; converged is the share of those.
const (
	aroundConverged = "converged"
	aroundDistance  = "distance"
	aroundEntropy   = "entropy"
	aroundSquare    = "entropy_square"
)

// Run draws networks with a state each, and follows the local entropy away from it.
func (a around) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	options := sample.DefaultEntropy()
	options.Iterations, options.Margin, options.Workers = a.Iterations, a.Margin, 1
	search := beginning(a.Kind, a.Start, a.Budget)
	sums := map[string][]float64{}
	for _, name := range []string{aroundConverged, aroundDistance, aroundEntropy, aroundSquare} {
		sums[name] = make([]float64, len(options.Fields))
	}
	states, near := 0.0, [2]float64{}
	for draw, seed := range seeds(b.Seed, a.Kind, a.Draws) {
		n, state, found, err := a.Begin(ctx, a.Start, seed, search.settings(seed))
		if err != nil {
			return experiment.Result{}, err
		}
		b.Progress((float64(draw) + 0.5) / float64(a.Draws))
		if !found {
			continue
		}
		states++
		counts, err := sample.Neighbours(ctx, n, []float32{1}, state, sample.NeighbourOptions{Distance: 2, Margin: a.Margin})
		if err != nil {
			return experiment.Result{}, err
		}
		near[0], near[1] = near[0]+float64(counts[1]), near[1]+float64(counts[2])
		points, err := sample.LocalEntropy(ctx, n, []float32{1}, state, options)
		if err != nil {
			return experiment.Result{}, err
		}
		for k, p := range points {
			if p.Converged && !p.Frozen && !math.IsNaN(p.Entropy) {
				sums[aroundConverged][k]++
				sums[aroundDistance][k] += p.Distance
				sums[aroundEntropy][k] += p.Entropy
				sums[aroundSquare][k] += p.Entropy * p.Entropy
			}
		}
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
		result.Series[name] = experiment.Series{X: options.Fields, Y: sum}
	}
	return result, nil
}
