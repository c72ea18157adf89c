package recipes

import (
	"fmt"
	"time"

	"basin/internal/experiment"
)

// sizes is the accuracy against the number of neurons.
func sizes() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "size",
		Title: "Accuracy on entangled MNIST against the number of neurons",
		Question: "How does accuracy grow with the number of neurons, beside the published curve of the model and beside a multilayer perceptron " +
			"with binary hidden units that learns by backpropagation?",
		Method: "One dense module of N neurons learns entangled MNIST with the preset " + entangled + ", in which nothing but N changes. " +
			"N = 100 to 800 for 4 epochs (quick) or N = 100 to 6400 for 30 epochs (full). Each seed draws its own projection.",
		Axes:      []experiment.Axis{{Name: "neurons", Title: "N"}},
		Values:    experiment.TrainingValues(),
		Quick:     experiment.Scale{Seeds: 2, Cost: time.Minute},
		Full:      experiment.Scale{Seeds: 3, Cost: 10 * time.Hour},
		Published: publishedSizes(),
		Points: func(full bool) ([]experiment.Point, error) {
			neurons, epochs := []int{100, 200, 400, 800}, 4
			if full {
				neurons, epochs = []int{100, 200, 400, 800, 1600, 3200, 6400}, 30
			}
			var g experiment.Grid
			for _, n := range neurons {
				g.Train([]experiment.Place{experiment.Number(float64(n))}, float64(n)*float64(n+400), entangled,
					experiment.Assign("network.modules.0.neurons", n), experiment.Assign("learning.epochs", epochs))
			}
			return g.Points, g.Err
		},
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{
				{
					Name: "accuracy", Title: "Accuracy on entangled MNIST", X: "neurons", Y: "accuracy, %", Percent: true, LogX: true,
					Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds, which draw a projection each; hollow marks are published.",
					Curves:  append([]experiment.Curve{t.Curve("here", "neurons", experiment.Accuracy)}, t.PublishedCurves("neurons", experiment.Accuracy)...),
				},
				experiment.OverEpochs(t, experiment.Figure{
					Name: "learning", Title: "Accuracy while learning", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after each epoch for each number of neurons, mean over seeds.",
				}, experiment.Accuracy),
			}
		},
		Findings: func(t *experiment.Table) []string {
			found := t.BestOf(experiment.Accuracy, "neurons", "At an equal number of epochs")
			for k := 1; k < len(t.Rows); k++ {
				a, b := t.Rows[k-1], t.Rows[k]
				found = append(found, fmt.Sprintf("From N = %s to %s the accuracy grows by %.1f points.",
					a.At[0], b.At[0], 100*(b.Values[experiment.Accuracy].Mean-a.Values[experiment.Accuracy].Mean)))
			}
			return found
		},
	}
}

// publishedSizes are the published curves on entangled MNIST.
func publishedSizes() []experiment.Published {
	var list []experiment.Published
	for _, curve := range []struct {
		of, source string
		accuracy   [][2]float64 // by number of neurons
	}{
		{"the authors", "the model, 200 epochs, one projection", [][2]float64{
			{100, 0.815}, {200, 0.834}, {400, 0.852}, {800, 0.852}, {1600, 0.863}, {3200, 0.876}, {6400, 0.895},
		}},
		{"the authors, tuned", "the model with settings tuned for N", [][2]float64{{1600, 0.882}, {3200, 0.8875}}},
		{"MLP of binary units", "backpropagation", [][2]float64{{200, 0.875}, {400, 0.885}, {1600, 0.903}, {3200, 0.904}, {6400, 0.913}}},
		{"reservoir", "recurrent couplings that do not learn", [][2]float64{{1600, 0.83}, {6400, 0.842}}},
		{"random features", "input couplings that do not learn, no recurrent ones", [][2]float64{{1600, 0.825}, {6400, 0.854}}},
	} {
		for _, point := range curve.accuracy {
			list = append(list, experiment.Published{
				Of: curve.of, At: map[string]experiment.Place{"neurons": experiment.Number(point[0])}, Value: experiment.Accuracy, Low: point[1], High: point[1],
				Source: "arXiv:2509.05041; " + curve.source,
			})
		}
	}
	return list
}
