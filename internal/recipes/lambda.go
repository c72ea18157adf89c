package recipes

import (
	"fmt"
	"time"

	"basin/dynamics"
	"basin/internal/experiment"
)

// lambdas is what the coupling between two modules does in place of self-coupling.
func lambdas() *experiment.Recipe {
	at := func(a, lambda float64) map[string]experiment.Place {
		return map[string]experiment.Place{"self_coupling": experiment.Number(0), "lambda": experiment.Number(lambda), "input": experiment.Number(a), "order": inParallel}
	}
	const source = "arXiv:2509.05041, two modules at J_D = 0"
	return &experiment.Recipe{
		Name:  "lambda",
		Title: "Two modules without self-coupling: accuracy against the coupling between them",
		Question: "Can an excitatory coupling lambda between two modules take the place of self-coupling? Neuron i of one module sees neuron i of " +
			"the other: where both agree, each holds the other as J_D would hold itself.",
		Method: "Two dense modules of 400 neurons read the input, hear the label and are read out, and are joined one to one with strength lambda. " +
			"They learn entangled MNIST with the preset " + entangled + ", kappa = J_D + 0.9 and a rate of the input couplings of 0.03 a, " +
			"for 2 epochs (quick) or 12 (full). Sweeps are parallel, or go module by module, each seeing the newest states. " +
			"The plane of J_D and lambda is computed with parallel sweeps at input strength a = 2.",
		Axes:   []experiment.Axis{{Name: "self_coupling", Title: "J_D"}, {Name: "lambda", Title: "lambda"}, {Name: "input", Title: "a"}, {Name: "order", Title: "order"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 1, Cost: 3 * time.Minute},
		Full:   experiment.Scale{Seeds: 3, Cost: 2 * time.Hour},
		Points: lambdaPoints,
		Published: []experiment.Published{
			{Of: "the authors, a 2", At: at(2, 0), Value: experiment.Accuracy, Low: 0.11, High: 0.22, Source: source + "; the range is over input strengths"},
			{Of: "the authors, a 5", At: at(5, 0), Value: experiment.Accuracy, Low: 0.11, High: 0.22, Source: source + "; the range is over input strengths"},
			{Of: "the authors, a 2", At: at(2, 2.5), Value: experiment.Accuracy, Low: 0.83, High: 0.83, Source: source + "; from lambda 2.5 on"},
			{Of: "the authors, a 5", At: at(5, 4), Value: experiment.Accuracy, Low: 0.83, High: 0.83, Source: source + "; from lambda 4 on"},
		},
		Figures: func(t *experiment.Table) []experiment.Figure {
			published := t.PublishedCurves("lambda", experiment.Accuracy)
			for k := range published {
				published[k].Points = true
			}
			return []experiment.Figure{
				{
					Name: "accuracy", Title: "Accuracy without self-coupling", X: "coupling lambda between the modules", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch at J_D = 0. Bars are standard deviations over seeds; hollow marks are published.",
					Curves:  append(lambdaCurves(t, experiment.Accuracy), published...),
				},
				{
					Name: "fixed-points", Title: "States that are fixed points, without self-coupling", X: "coupling lambda between the modules", Y: "fixed points, %", Percent: true,
					Caption: "Share of training samples that end the free phase at a fixed point, in the last epoch. With parallel sweeps two modules that " +
						"disagree swap their states again and again.",
					Curves: lambdaCurves(t, experiment.FixedPoints),
				},
				{
					Name: "plane", Title: "Accuracy in %, input strength 2, parallel sweeps", X: "coupling lambda between the modules", Y: "self-coupling J_D", Percent: true,
					Caption: "Test accuracy over both couplings.",
					Plane:   t.Where("input", experiment.Number(2)).Where("order", inParallel).Plane("lambda", "self_coupling", experiment.Accuracy),
				},
			}
		},
		Findings: lambdaFindings,
	}
}

// The orders of sweeps that the recipe compares.
var (
	inParallel     = experiment.Word(string(dynamics.Parallel))
	moduleByModule = experiment.Word(string(dynamics.Modules))
)

// lambdaCurves returns a value at J_D = 0 over lambda, for each order and input strength.
func lambdaCurves(t *experiment.Table, value string) []experiment.Curve {
	var curves []experiment.Curve
	for _, order := range t.Places("order") {
		for _, c := range t.Where("self_coupling", experiment.Number(0)).Where("order", order).Curves("lambda", value, "input") {
			c.Label += ", " + order.String()
			c.Dashed = order == moduleByModule
			curves = append(curves, c)
		}
	}
	return curves
}

func lambdaPoints(full bool) ([]experiment.Point, error) {
	lambdas, self, epochs := []float64{0, 0.5, 1, 1.5, 2.5, 4}, []float64{0.25, 0.5, 1}, 2
	if full {
		lambdas, self, epochs = experiment.Steps(0, 0.5, 5), experiment.Steps(0.25, 0.25, 1), 12
	}
	var g experiment.Grid
	add := func(jd, lambda, a float64, order experiment.Place) {
		module := fmt.Sprintf("{neurons: 400, self_coupling: %v, recurrent: {gain: 1, density: 1}, input: {gain: %v, density: 1}}", jd, a)
		g.Train([]experiment.Place{experiment.Number(jd), experiment.Number(lambda), experiment.Number(a), order}, 1, entangled,
			fmt.Sprintf("network.modules=[%s, %s]", module, module),
			fmt.Sprintf("network.links=[{kind: excitatory, between: [0, 1], strength: %v}]", lambda),
			experiment.Assign("dynamics.order", order),
			experiment.Assign("learning.kappa", jd+0.9),
			experiment.Assign("learning.input.rate", 0.03*a),
			experiment.Assign("learning.epochs", epochs),
		)
	}
	for _, order := range []experiment.Place{inParallel, moduleByModule} {
		for _, a := range []float64{2, 5} {
			for _, lambda := range lambdas {
				add(0, lambda, a, order)
			}
		}
	}
	for _, jd := range self {
		for _, lambda := range lambdas {
			add(jd, lambda, 2, inParallel)
		}
	}
	return g.Points, g.Err
}

func lambdaFindings(t *experiment.Table) []string {
	var found []string
	without := t.Where("self_coupling", experiment.Number(0))
	for _, order := range without.Places("order") {
		for _, a := range without.Places("input") {
			part := without.Where("order", order).Where("input", a)
			best, ok := part.Best(experiment.Accuracy)
			if !ok {
				continue
			}
			most := best.Values[experiment.Accuracy].Mean
			for _, row := range part.Rows {
				if s, ok := row.Values[experiment.Accuracy]; ok && s.Mean > most-0.01 {
					found = append(found, fmt.Sprintf("Without self-coupling, with input strength %s and the order %s, the accuracy is %s at lambda = %s and comes "+
						"within one point of its best, %s, at lambda = %s; %s of the samples there end at a fixed point.",
						a, order, experiment.Percent(part.Rows[0].Values[experiment.Accuracy].Mean), part.At(part.Rows[0], "lambda"), experiment.Percent(most), part.At(row, "lambda"),
						experiment.Percent(row.Values[experiment.FixedPoints].Mean)))
					break
				}
			}
		}
	}
	alone := t.Where("lambda", experiment.Number(0)).Where("input", experiment.Number(2)).Where("order", inParallel)
	if best, ok := alone.Best(experiment.Accuracy); ok && len(alone.Rows) > 1 {
		found = append(found, fmt.Sprintf("Self-coupling alone (lambda = 0, input strength 2) reaches %s, at J_D = %s.",
			experiment.Percent(best.Values[experiment.Accuracy].Mean), alone.At(best, "self_coupling")))
	}
	return found
}
