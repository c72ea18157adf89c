package recipes

import (
	"context"

	"basin/dynamics"
	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/solve"
	"basin/network"
)

// labelled lets random networks settle as in learning: from a random state with the input and
// the field of a label of strength f, then without the label.
type labelled struct {
	survey.Kind
	// Label is f; the label is one of ten classes, in the code of the model.
	Label float64 `json:"label"`
	Draws int     `json:"draws"`
	// Budget is the most sweeps of each phase; they are sequential.
	Budget int `json:"budget"`
}

const labelClasses = 10

// Run takes the networks through both phases.
func (l labelled) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	var clamped, free []solve.Result
	overlap := 0.0
	for draw, seed := range seeds(b.Seed, l.Kind, l.Draws) {
		n, err := network.Draw(l.Spec(), []int{1}, labelClasses, seed)
		if err != nil {
			return experiment.Result{}, err
		}
		fields, err := n.FeedbackFields(network.Balanced, l.Label)
		if err != nil {
			return experiment.Result{}, err
		}
		batch, err := dynamics.NewBatch(n, dynamics.Settings{Order: dynamics.Sequential, Seed: seed}, 1)
		if err != nil {
			return experiment.Result{}, err
		}
		if err := batch.StartAt(0, dynamics.Vector{1}, 0, 0, solve.RandomState(n, seed)); err != nil {
			return experiment.Result{}, err
		}
		w := batch.NewWorker()
		first, err := l.settle(ctx, batch, w, func(int) []float32 { return fields[0] })
		if err != nil {
			return experiment.Result{}, err
		}
		held := append([]float32(nil), batch.State(0)...)
		second, err := l.settle(ctx, batch, w, nil)
		if err != nil {
			return experiment.Result{}, err
		}
		for i, s := range batch.State(0) {
			overlap += float64(s*held[i]) / float64(l.Total()*l.Draws)
		}
		clamped, free = append(clamped, first), append(free, second)
		b.Progress(float64(draw+1) / float64(l.Draws))
	}
	result := searched(clamped, l.Total())
	after := searched(free, l.Total())
	result.Values["free"], result.Values["kept"] = after.Values["solved"], overlap
	if time, ok := after.Values["time"]; ok {
		result.Values["free_time"] = time
	}
	delete(result.Values, "unstable") // not counted here
	return result, nil
}

// settle moves a sample until it rests or the sweeps of a phase are used up.
func (l labelled) settle(ctx context.Context, batch *dynamics.Batch, w *dynamics.Worker, feedback func(int) []float32) (solve.Result, error) {
	const few = 16 // sweeps between two looks at the context
	var r solve.Result
	for r.Iterations < l.Budget {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		batch.Advance(w, 0, 1, min(few, l.Budget-r.Iterations), feedback)
		r.Iterations += batch.Result(0).Sweeps
		if batch.Result(0).Status == dynamics.FixedPoint {
			r.Status = solve.Solved
			break
		}
	}
	return r, nil
}
