package recipes

import (
	"context"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
)

// labelled lets random networks settle as in learning: from a random state with the input and
// the field of a label, f or -f on each neuron, then without the label.
type labelled struct {
	survey.Kind
	// Label is f.
	Label float64 `json:"label"`
	Draws int     `json:"draws"`
	// Budget is the most sweeps of each phase; they are sequential.
	Budget int `json:"budget"`
}

// Run takes the networks through both phases.
func (l labelled) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	var clamped, free []solve.Result
	overlap := 0.0
	for draw, seed := range seeds(b.Seed, l.Kind, l.Draws) {
		if err := ctx.Err(); err != nil {
			return experiment.Result{}, err
		}
		n, err := l.Kind.Draw(seed)
		if err != nil {
			return experiment.Result{}, err
		}
		s := solve.AccessSettings{
			Order: dynamics.Sequential, Starts: 1, Clamped: l.Budget, Field: solve.LabelField(n, float32(l.Label), seed), Seed: seed, Workers: 1, States: true,
		}
		with, err := solve.Access(ctx, n, []float32{1}, s)
		if err != nil {
			return experiment.Result{}, err
		}
		s.Sweeps = l.Budget
		without, err := solve.Access(ctx, n, []float32{1}, s)
		if err != nil {
			return experiment.Result{}, err
		}
		overlap += sample.Overlap(n, with[0].State, without[0].State) / float64(l.Draws)
		clamped = append(clamped, solve.Result{Status: with[0].Status, Iterations: with[0].Clamped + with[0].Sweeps})
		free = append(free, solve.Result{Status: without[0].Status, Iterations: without[0].Sweeps})
		b.Progress(float64(draw+1) / float64(l.Draws))
	}
	result, after := searched(clamped, l.Total()), searched(free, l.Total())
	result.Values["free"], result.Values["kept"] = after.Values["solved"], overlap
	if time, ok := after.Values["time"]; ok {
		result.Values["free_time"] = time
	}
	delete(result.Values, "unstable") // not counted here
	return result, nil
}
