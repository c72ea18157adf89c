package experiment

import "time"

// batches is the accuracy against the size of a mini-batch.
func batches() *Recipe {
	return &Recipe{
		Name:  "batch",
		Title: "Accuracy against the size of a mini-batch",
		Question: "Does the rule need single samples, or may increments be summed over a mini-batch? Increments are divided by the root " +
			"of the batch size B, so a larger batch moves the couplings less per sample.",
		Method: "One dense module of 400 neurons learns entangled MNIST with the preset " + entangled + " and mini-batches of 1 to 256 samples, " +
			"for 3 epochs (quick) or 20 (full). Nothing else changes: neither rates nor epochs.",
		Axes:   []Axis{{"batch", "batch"}},
		Values: TrainingValues(),
		Quick:  Scale{Seeds: 2, Cost: 2 * time.Minute},
		Full:   Scale{Seeds: 5, Cost: time.Hour},
		Points: func(full bool) ([]Point, error) {
			sizes, epochs := []int{1, 4, 16, 64, 256}, 3
			if full {
				sizes, epochs = []int{1, 2, 4, 8, 16, 32, 64, 128, 256}, 20
			}
			var g grid
			for _, size := range sizes {
				g.train([]Place{Number(float64(size))}, 1+4/float64(size), entangled,
					assign("learning.batch", size), assign("learning.epochs", epochs))
			}
			return g.points, g.err
		},
		Figures: func(t *Table) []Figure {
			return []Figure{
				{
					Name: "accuracy", Title: "Accuracy against the size of a mini-batch", X: "samples of a mini-batch", Y: "accuracy, %", Percent: true, LogX: true,
					Caption: "Accuracy in the last epoch: on the test set, and on the training samples after the free phase, when the label has shaped the state. " +
						"Bars are standard deviations over seeds.",
					Curves: []Curve{t.Curve("test", "batch", Accuracy), t.Curve("training", "batch", TrainingAccuracy)},
				},
				overEpochs(t, Figure{
					Name: "learning", Title: "Accuracy while learning", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after each epoch for each size of a mini-batch, mean over seeds.",
				}, Accuracy),
			}
		},
		Findings: func(t *Table) []string { return t.bestOf(Accuracy, "batch", "At an equal number of epochs") },
	}
}
