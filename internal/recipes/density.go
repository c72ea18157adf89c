package recipes

import (
	"time"

	"basin/internal/experiment"
)

// sparse is the preset of a sparse network on MNIST.
const sparse = "mnist-sparse-2000"

// densities is the accuracy against the density of the recurrent couplings.
func densities() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "density",
		Title: "Accuracy against the density of the recurrent couplings",
		Question: "How many recurrent couplings does a neuron need? Time and memory go with their number: a density of 1 % costs a hundredth " +
			"of a dense network.",
		Method: "One module of 2000 neurons learns MNIST with the preset " + sparse + " and recurrent couplings of density 0.1 % to 100 %, " +
			"that is 2 to 2000 for each neuron; their variance keeps the size of a field. " +
			"10,000 training images and 2 epochs (quick) or 60,000 and 8 (full). The input couplings stay at 10 %.",
		Axes:   []experiment.Axis{{Name: "density", Title: "density"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 1, Cost: 2 * time.Minute},
		Full:   experiment.Scale{Seeds: 3, Cost: 3 * time.Hour},
		Points: func(full bool) ([]experiment.Point, error) {
			g, epochs := experiment.Grid{Samples: 10000, Held: 5000}, 2
			if full {
				g, epochs = experiment.Grid{}, 8
			}
			for _, rho := range []float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1} {
				cost := 0.03 + rho
				if rho == 1 { // a dense matrix has no indices
					cost = 0.4
				}
				g.Train([]experiment.Place{experiment.Number(rho)}, cost, sparse,
					experiment.Assign("network.modules.0.recurrent.density", rho), experiment.Assign("learning.epochs", epochs))
			}
			return g.Points, g.Err
		},
		Published: []experiment.Published{{
			Of: "the authors", At: map[string]experiment.Place{"density": experiment.Number(0.01)}, Value: experiment.Accuracy, Low: 0.9299, High: 0.9299,
			Source: "a program by one of the authors, after one epoch of 60,000 images",
		}},
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{{
				Name: "accuracy", Title: "Accuracy against the density of J", X: "density of the recurrent couplings", Y: "accuracy, %", Percent: true, LogX: true,
				Caption: "Accuracy in the last epoch: on the test set, and on the training samples after the free phase, when the label has shaped the state. " +
					"Bars are standard deviations over seeds; the hollow mark is published.",
				Curves: append([]experiment.Curve{t.Curve("test", "density", experiment.Accuracy), t.Curve("training", "density", experiment.TrainingAccuracy)},
					t.PublishedCurves("density", experiment.Accuracy)...),
			}}
		},
		Findings: func(t *experiment.Table) []string {
			return t.BestOf(experiment.Accuracy, "density", "At an equal number of neurons")
		},
	}
}
