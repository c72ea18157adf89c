package recipes

import (
	"time"

	"basin/internal/experiment"
)

// batches is the accuracy against the size of a mini-batch.
func batches() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "batch",
		Title: "Accuracy against the size of a mini-batch",
		Question: "Does the rule need single samples, or may increments be summed over a mini-batch? Increments are divided by the root " +
			"of the batch size B, so a larger batch moves the couplings less per sample.",
		Method: "One dense module of 400 neurons learns entangled MNIST with the preset " + entangled + " and mini-batches of 1 to 256 samples, " +
			"for 3 epochs (quick) or 20 (full). Nothing else changes: neither rates nor epochs.",
		Axes:   []experiment.Axis{{Name: "batch", Title: "batch"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 2, Cost: 2 * time.Minute},
		Full:   experiment.Scale{Seeds: 5, Cost: time.Hour},
		Points: func(full bool) ([]experiment.Point, error) {
			sizes, epochs := []int{1, 4, 16, 64, 256}, 3
			if full {
				sizes, epochs = []int{1, 2, 4, 8, 16, 32, 64, 128, 256}, 20
			}
			var g experiment.Grid
			for _, size := range sizes {
				g.Train([]experiment.Place{experiment.Number(float64(size))}, 1+4/float64(size), entangled,
					experiment.Assign("learning.batch", size), experiment.Assign("learning.epochs", epochs))
			}
			return g.Points, g.Err
		},
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{
				{
					Name: "accuracy", Title: "Accuracy against the size of a mini-batch", X: "samples of a mini-batch", Y: "accuracy, %", Percent: true, LogX: true,
					Caption: "Accuracy in the last epoch: on the test set, and on the training samples after the free phase, when the label has shaped the state. " +
						"Bars are standard deviations over seeds.",
					Curves: []experiment.Curve{t.Curve("test", "batch", experiment.Accuracy), t.Curve("training", "batch", experiment.TrainingAccuracy)},
				},
				experiment.OverEpochs(t, experiment.Figure{
					Name: "learning", Title: "Accuracy while learning", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after each epoch for each size of a mini-batch, mean over seeds.",
				}, experiment.Accuracy),
			}
		},
		Findings: func(t *experiment.Table) []string {
			return t.BestOf(experiment.Accuracy, "batch", "At an equal number of epochs")
		},
	}
}
