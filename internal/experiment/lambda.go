package experiment

import (
	"fmt"
	"time"

	"basin/dynamics"
)

// lambdas is what the coupling between two modules does in place of self-coupling.
func lambdas() *Recipe {
	at := func(a, lambda float64) map[string]Place {
		return map[string]Place{"self_coupling": Number(0), "lambda": Number(lambda), "input": Number(a), "order": inParallel}
	}
	const source = "arXiv:2509.05041, two modules at J_D = 0"
	return &Recipe{
		Name:  "lambda",
		Title: "Two modules without self-coupling: accuracy against the coupling between them",
		Question: "Can an excitatory coupling lambda between two modules take the place of self-coupling? Neuron i of one module sees neuron i of " +
			"the other: where both agree, each holds the other as J_D would hold itself.",
		Method: "Two dense modules of 400 neurons read the input, hear the label and are read out, and are joined one to one with strength lambda. " +
			"They learn entangled MNIST with the preset " + entangled + ", kappa = J_D + 0.9 and a rate of the input couplings of 0.03 a, " +
			"for 2 epochs (quick) or 12 (full). Sweeps are parallel, or go module by module, each seeing the newest states. " +
			"The plane of J_D and lambda is computed with parallel sweeps at input strength a = 2.",
		Axes:   []Axis{{"self_coupling", "J_D"}, {"lambda", "lambda"}, {"input", "a"}, {"order", "order"}},
		Values: TrainingValues(),
		Quick:  Scale{Seeds: 1, Cost: 3 * time.Minute},
		Full:   Scale{Seeds: 3, Cost: 2 * time.Hour},
		Points: lambdaPoints,
		Published: []Published{
			{Of: "the authors, a 2", At: at(2, 0), Value: Accuracy, Low: 0.11, High: 0.22, Source: source + "; the range is over input strengths"},
			{Of: "the authors, a 5", At: at(5, 0), Value: Accuracy, Low: 0.11, High: 0.22, Source: source + "; the range is over input strengths"},
			{Of: "the authors, a 2", At: at(2, 2.5), Value: Accuracy, Low: 0.83, High: 0.83, Source: source + "; from lambda 2.5 on"},
			{Of: "the authors, a 5", At: at(5, 4), Value: Accuracy, Low: 0.83, High: 0.83, Source: source + "; from lambda 4 on"},
		},
		Figures: func(t *Table) []Figure {
			published := t.PublishedCurves("lambda", Accuracy)
			for k := range published {
				published[k].Points = true
			}
			return []Figure{
				{
					Name: "accuracy", Title: "Accuracy without self-coupling", X: "coupling lambda between the modules", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch at J_D = 0. Bars are standard deviations over seeds; hollow marks are published.",
					Curves:  append(lambdaCurves(t, Accuracy), published...),
				},
				{
					Name: "fixed-points", Title: "States that are fixed points, without self-coupling", X: "coupling lambda between the modules", Y: "fixed points, %", Percent: true,
					Caption: "Share of training samples that end the free phase at a fixed point, in the last epoch. With parallel sweeps two modules that " +
						"disagree swap their states again and again.",
					Curves: lambdaCurves(t, FixedPoints),
				},
				{
					Name: "plane", Title: "Accuracy in %, input strength 2, parallel sweeps", X: "coupling lambda between the modules", Y: "self-coupling J_D", Percent: true,
					Caption: "Test accuracy over both couplings.",
					Plane:   t.Where("input", Number(2)).Where("order", inParallel).Plane("lambda", "self_coupling", Accuracy),
				},
			}
		},
		Findings: lambdaFindings,
	}
}

// The orders of sweeps that the recipe compares.
var (
	inParallel     = Word(string(dynamics.Parallel))
	moduleByModule = Word(string(dynamics.Modules))
)

// lambdaCurves returns a value at J_D = 0 over lambda, for each order and input strength.
func lambdaCurves(t *Table, value string) []Curve {
	var curves []Curve
	for _, order := range t.Places("order") {
		for _, c := range t.Where("self_coupling", Number(0)).Where("order", order).Curves("lambda", value, "input") {
			c.Label += ", " + order.String()
			c.Dashed = order == moduleByModule
			curves = append(curves, c)
		}
	}
	return curves
}

func lambdaPoints(full bool) ([]Point, error) {
	lambdas, self, epochs := []float64{0, 0.5, 1, 1.5, 2.5, 4}, []float64{0.25, 0.5, 1}, 2
	if full {
		lambdas, self, epochs = steps(0, 0.5, 5), steps(0.25, 0.25, 1), 12
	}
	var g grid
	add := func(jd, lambda, a float64, order Place) {
		module := fmt.Sprintf("{neurons: 400, self_coupling: %v, recurrent: {gain: 1, density: 1}, input: {gain: %v, density: 1}}", jd, a)
		g.train([]Place{Number(jd), Number(lambda), Number(a), order}, 1, entangled,
			fmt.Sprintf("network.modules=[%s, %s]", module, module),
			fmt.Sprintf("network.links=[{kind: excitatory, between: [0, 1], strength: %v}]", lambda),
			assign("dynamics.order", order),
			assign("learning.kappa", jd+0.9),
			assign("learning.input.rate", 0.03*a),
			assign("learning.epochs", epochs),
		)
	}
	for _, order := range []Place{inParallel, moduleByModule} {
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
	return g.points, g.err
}

func lambdaFindings(t *Table) []string {
	var found []string
	without := t.Where("self_coupling", Number(0))
	for _, order := range without.Places("order") {
		for _, a := range without.Places("input") {
			part := without.Where("order", order).Where("input", a)
			best, ok := part.Best(Accuracy)
			if !ok {
				continue
			}
			most := best.Values[Accuracy].Mean
			for _, row := range part.Rows {
				if s, ok := row.Values[Accuracy]; ok && s.Mean > most-0.01 {
					found = append(found, fmt.Sprintf("Without self-coupling, with input strength %s and the order %s, the accuracy is %s at lambda = %s and comes "+
						"within one point of its best, %s, at lambda = %s; %s of the samples there end at a fixed point.",
						a, order, percent(part.Rows[0].Values[Accuracy].Mean), part.At(part.Rows[0], "lambda"), percent(most), part.At(row, "lambda"),
						percent(row.Values[FixedPoints].Mean)))
					break
				}
			}
		}
	}
	alone := t.Where("lambda", Number(0)).Where("input", Number(2)).Where("order", inParallel)
	if best, ok := alone.Best(Accuracy); ok && len(alone.Rows) > 1 {
		found = append(found, fmt.Sprintf("Self-coupling alone (lambda = 0, input strength 2) reaches %s, at J_D = %s.",
			percent(best.Values[Accuracy].Mean), alone.At(best, "self_coupling")))
	}
	return found
}

// percent writes a share in a sentence.
func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
