package recipes

import (
	"context"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
	"basin/network"
)

// walking looks at fixed points of random networks: what turning one neuron does, the margins,
// and a walk to a second one that the same solver finds from another start. Around a planted
// state, which has no second one, there is no walk.
type walking struct {
	survey.Kind
	Start string `json:"start"`
	Draws int    `json:"draws"`
	// Budget is the most sweeps of the solver, or iterations of message passing.
	Budget int `json:"budget"`
	// Moves is the most neurons of a step that is looked for exactly.
	Moves int `json:"moves"`
	// Turned is the number of neurons that are turned, one at a time, and Sweeps the most that
	// the dynamics then takes.
	Turned int `json:"turned"`
	Sweeps int `json:"sweeps"`
}

// The histogram of margins: bins of this width from 0.
const (
	marginSeries = "margins"
	marginWidth  = 0.2
	marginBins   = 25
)

// walkSums are what a cell adds up over the draws.
type walkSums struct {
	states, margin, stays, heals float64
	histogram                    [marginBins]float64
	walks, distance, longest     float64
	excursions                   float64
}

// Run draws the networks and walks.
func (w walking) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	var sums walkSums
	search := beginning(w.Kind, w.Start, w.Budget)
	for draw, seed := range seeds(b.Seed, w.Kind, w.Draws) {
		n, state, found, err := w.Begin(ctx, w.Start, seed, search.settings(seed))
		if err != nil {
			return experiment.Result{}, err
		}
		if found {
			if err := w.look(ctx, n, state, seed, &sums); err != nil {
				return experiment.Result{}, err
			}
		}
		if found && w.Start != planted {
			second, err := solve.Solve(ctx, n, []float32{1}, search.settings(^seed))
			if err != nil {
				return experiment.Result{}, err
			}
			if second.Status == solve.Solved {
				if err := w.walk(ctx, n, state, second.State, seed, &sums); err != nil {
					return experiment.Result{}, err
				}
			}
		}
		b.Progress(float64(draw+1) / float64(w.Draws))
	}
	return sums.result(float64(w.Draws)), nil
}

// look turns neurons of a state one at a time, and takes its margins.
func (w walking) look(ctx context.Context, n *network.Network, state []float32, seed uint64, sums *walkSums) error {
	margins, err := sample.Margins(ctx, n, []float32{1}, state)
	if err != nil {
		return err
	}
	for _, m := range margins {
		sums.margin += m / float64(len(margins))
		if bin := int(m / marginWidth); m >= 0 && bin < marginBins {
			sums.histogram[bin] += 1 / (marginWidth * float64(len(margins)))
		}
	}
	flips, err := sample.Flips(ctx, n, []float32{1}, state, sample.FlipOptions{
		Relaxing: sample.Relaxing{Dynamics: dynamics.Settings{Order: dynamics.Sequential, Seed: seed}, Sweeps: w.Sweeps}, Neurons: min(w.Turned, w.Total()), Seed: seed,
	})
	if err != nil {
		return err
	}
	sums.states++
	sums.stays += float64(flips.Stays) / float64(flips.Neurons)
	sums.heals += float64(flips.Heals) / float64(flips.Neurons)
	return nil
}

// walk walks from one state to another.
func (w walking) walk(ctx context.Context, n *network.Network, from, to []float32, seed uint64, sums *walkSums) error {
	const tries, sweeps = 3, 200 // of an excursion
	way, err := sample.FindWalk(ctx, n, []float32{1}, from, to, sample.WalkOptions{Moves: w.Moves, Tries: tries, Sweeps: sweeps, Margin: w.Margin, Seed: seed})
	if err != nil {
		return err
	}
	sums.walks++
	sums.distance += 1 - sample.Overlap(n, from, to)
	sums.longest += float64(way.Longest)
	sums.excursions += float64(way.Excursions)
	return nil
}

// result takes the means.
func (s *walkSums) result(draws float64) experiment.Result {
	result := experiment.Result{Values: map[string]float64{"solved": s.states / draws}}
	if s.states == 0 {
		return result
	}
	result.Values["margin"], result.Values["stays"], result.Values["heals"] = s.margin/s.states, s.stays/s.states, s.heals/s.states
	histogram := experiment.Series{}
	for bin, density := range s.histogram {
		histogram.X, histogram.Y = append(histogram.X, (float64(bin)+0.5)*marginWidth), append(histogram.Y, density/s.states)
	}
	result.Series = map[string]experiment.Series{marginSeries: histogram}
	if s.walks > 0 {
		result.Values["distance"], result.Values["longest"], result.Values["excursions"] = s.distance/s.walks, s.longest/s.walks, s.excursions/s.walks
	}
	return result
}
