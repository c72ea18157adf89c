package experiment

import "time"

// sparse is the preset of a sparse network on MNIST.
const sparse = "mnist-sparse-2000"

// densities is the accuracy against the density of the recurrent couplings.
func densities() *Recipe {
	return &Recipe{
		Name:  "density",
		Title: "Accuracy against the density of the recurrent couplings",
		Question: "How many recurrent couplings does a neuron need? Time and memory go with their number: a density of 1 % costs a hundredth " +
			"of a dense network.",
		Method: "One module of 2000 neurons learns MNIST with the preset " + sparse + " and recurrent couplings of density 0.1 % to 100 %, " +
			"that is 2 to 2000 for each neuron; their variance keeps the size of a field. " +
			"10,000 training images and 2 epochs (quick) or 60,000 and 8 (full). The input couplings stay at 10 %.",
		Axes:   []Axis{{"density", "density"}},
		Values: TrainingValues(),
		Quick:  Scale{Seeds: 1, Cost: 2 * time.Minute},
		Full:   Scale{Seeds: 3, Cost: 3 * time.Hour},
		Points: func(full bool) ([]Point, error) {
			g, epochs := grid{samples: 10000, held: 5000}, 2
			if full {
				g, epochs = grid{}, 8
			}
			for _, rho := range []float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1} {
				cost := 0.03 + rho
				if rho == 1 { // a dense matrix has no indices
					cost = 0.4
				}
				g.train([]Place{Number(rho)}, cost, sparse,
					assign("network.modules.0.recurrent.density", rho), assign("learning.epochs", epochs))
			}
			return g.points, g.err
		},
		Published: []Published{{
			Of: "the authors", At: map[string]Place{"density": Number(0.01)}, Value: Accuracy, Low: 0.9299, High: 0.9299,
			Source: "a program by one of the authors, after one epoch of 60,000 images",
		}},
		Figures: func(t *Table) []Figure {
			return []Figure{{
				Name: "accuracy", Title: "Accuracy against the density of J", X: "density of the recurrent couplings", Y: "accuracy, %", Percent: true, LogX: true,
				Caption: "Accuracy in the last epoch: on the test set, and on the training samples after the free phase, when the label has shaped the state. " +
					"Bars are standard deviations over seeds; the hollow mark is published.",
				Curves: append([]Curve{t.Curve("test", "density", Accuracy), t.Curve("training", "density", TrainingAccuracy)},
					t.PublishedCurves("density", Accuracy)...),
			}}
		},
		Findings: func(t *Table) []string { return t.bestOf(Accuracy, "density", "At an equal number of neurons") },
	}
}
