package experiment

import (
	"fmt"
	"time"
)

// sizes is the accuracy against the number of neurons.
func sizes() *Recipe {
	return &Recipe{
		Name:  "size",
		Title: "Accuracy on entangled MNIST against the number of neurons",
		Question: "How does accuracy grow with the number of neurons, beside the published curve of the model and beside a multilayer perceptron " +
			"with binary hidden units that learns by backpropagation?",
		Method: "One dense module of N neurons learns entangled MNIST with the preset " + entangled + ", in which nothing but N changes. " +
			"N = 100 to 800 for 4 epochs (quick) or N = 100 to 6400 for 30 epochs (full). Each seed draws its own projection.",
		Axes:      []Axis{{"neurons", "N"}},
		Values:    TrainingValues(),
		Quick:     Scale{Seeds: 2, Cost: time.Minute},
		Full:      Scale{Seeds: 3, Cost: 10 * time.Hour},
		Published: publishedSizes(),
		Points: func(full bool) ([]Point, error) {
			neurons, epochs := []int{100, 200, 400, 800}, 4
			if full {
				neurons, epochs = []int{100, 200, 400, 800, 1600, 3200, 6400}, 30
			}
			var g grid
			for _, n := range neurons {
				g.train([]Place{Number(float64(n))}, float64(n)*float64(n+400), entangled,
					assign("network.modules.0.neurons", n), assign("learning.epochs", epochs))
			}
			return g.points, g.err
		},
		Figures: func(t *Table) []Figure {
			return []Figure{
				{
					Name: "accuracy", Title: "Accuracy on entangled MNIST", X: "neurons", Y: "accuracy, %", Percent: true, LogX: true,
					Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds, which draw a projection each; hollow marks are published.",
					Curves:  append([]Curve{t.Curve("here", "neurons", Accuracy)}, t.PublishedCurves("neurons", Accuracy)...),
				},
				overEpochs(t, Figure{
					Name: "learning", Title: "Accuracy while learning", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after each epoch for each number of neurons, mean over seeds.",
				}, Accuracy),
			}
		},
		Findings: func(t *Table) []string {
			found := t.bestOf(Accuracy, "neurons", "At an equal number of epochs")
			for k := 1; k < len(t.Rows); k++ {
				a, b := t.Rows[k-1], t.Rows[k]
				found = append(found, fmt.Sprintf("From N = %s to %s the accuracy grows by %.1f points.",
					a.At[0], b.At[0], 100*(b.Values[Accuracy].Mean-a.Values[Accuracy].Mean)))
			}
			return found
		},
	}
}

// publishedSizes are the published curves on entangled MNIST.
func publishedSizes() []Published {
	var list []Published
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
			list = append(list, Published{
				Of: curve.of, At: map[string]Place{"neurons": Number(point[0])}, Value: Accuracy, Low: point[1], High: point[1],
				Source: "arXiv:2509.05041; " + curve.source,
			})
		}
	}
	return list
}
