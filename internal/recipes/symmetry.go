package recipes

import (
	"context"
	"fmt"
	"time"

	"basin/internal/experiment"
	"basin/network"
	"basin/network/coupling"
)

// symmetries compares rules and networks with more and less symmetric couplings.
func symmetries() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "symmetry",
		Title: "Symmetric against asymmetric couplings and updates",
		Question: "Does the rule need asymmetric couplings? The classical theory of attractor networks assumes J_ij = J_ji. Here each end of a " +
			"coupling learns by itself, from the stability of its own receiver.",
		Method: "One dense module of 400 neurons learns entangled MNIST with the preset " + entangled + ", for 3 epochs (quick) or 30 (full). " +
			"Rules: asymmetric (the model's); a symmetric start with the same rule; increments replaced by (D + D^T)/2, from an asymmetric and " +
			"from a symmetric start; couplings replaced by (J + J^T)/2 after every update; increments only from samples in which both ends are " +
			"unstable. The degree of symmetry is the correlation of J_ij with J_ji: 0 for independent couplings, 1 for equal ones.",
		Axes:   []experiment.Axis{{Name: "rule", Title: "rule"}},
		Values: experiment.TrainingValues(experiment.Value{Name: symmetryOf, Title: "symmetry of J"}),
		Quick:  experiment.Scale{Seeds: 2, Cost: 4 * time.Minute},
		Full:   experiment.Scale{Seeds: 5, Cost: 2 * time.Hour},
		Points: symmetryPoints,
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{
				experiment.OverWords(t, experiment.Figure{
					Name: "accuracy", Title: "Accuracy by rule", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds.",
				}, experiment.Accuracy),
				experiment.OverEpochs(t, experiment.Figure{
					Name: "symmetry", Title: "Symmetry of the couplings while they learn", Y: "correlation of J_ij and J_ji",
					Caption: "Degree of symmetry after each epoch, mean over seeds.",
				}, symmetryOf),
				experiment.OverEpochs(t, experiment.Figure{
					Name: "learning", Title: "Accuracy while the couplings learn", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after each epoch, mean over seeds.",
				}, experiment.Accuracy),
			}
		},
		Findings: func(t *experiment.Table) []string {
			var found []string
			for _, row := range t.Rows {
				a, s := row.Values[experiment.Accuracy], row.Values[symmetryOf]
				found = append(found, fmt.Sprintf("%s: accuracy %s, symmetry of J at the end %.3f.", row.At[0], experiment.Percent(a.Mean), s.Mean))
			}
			return found
		},
	}
}

// symmetryOf is the value that a symmetryTraining adds.
const symmetryOf = "symmetry"

func symmetryPoints(full bool) ([]experiment.Point, error) {
	epochs := 3
	if full {
		epochs = 30
	}
	const start, update = "network.modules.0.recurrent.symmetric=true", "learning.symmetry=update"
	var points []experiment.Point
	for _, rule := range []struct {
		name string
		cost float64 // pairs of couplings are slower than rows
		set  []string
	}{
		{"asymmetric", 1, nil},
		{"symmetric start", 1, []string{start}},
		{"symmetric update", 10, []string{update}},
		{"symmetric start and update", 10, []string{start, update}},
		{"symmetric couplings", 10, []string{"learning.symmetry=couplings"}},
		{"both ends unstable", 6, []string{"learning.unstable=both"}},
	} {
		t, err := experiment.NewTraining(entangled, append(rule.set, experiment.Assign("learning.epochs", epochs))...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rule.name, err)
		}
		points = append(points, experiment.Point{At: []experiment.Place{experiment.Word(rule.name)}, Task: symmetryTraining{t}, Cost: rule.cost})
	}
	return points, nil
}

// symmetryTraining is a training that measures the symmetry of J after every epoch, as
// the mean over the modules.
type symmetryTraining struct{ experiment.Training }

// Run trains on one core.
func (t symmetryTraining) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	_, result, err := t.Train(ctx, b, func(n *network.Network, r *experiment.Result) error {
		sum, count := 0.0, 0.0
		for _, m := range n.Modules {
			if m.Recurrent == nil {
				continue
			}
			if s, ok := coupling.Symmetry(m.Recurrent); ok {
				sum, count = sum+s, count+1
			}
		}
		if count > 0 {
			r.AddAt(len(r.Series[experiment.TrainingAccuracy].X), symmetryOf, sum/count)
		}
		return nil
	})
	return result, err
}
