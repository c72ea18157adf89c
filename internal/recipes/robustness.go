package recipes

import (
	"fmt"

	"basin/internal/experiment"
)

// robustness is what couplings among neurons are worth where inputs or neurons are damaged,
// beside as many couplings elsewhere.
func robustness() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "robustness",
		Title: "Recurrent couplings against as many others, under noise and damage",
		Question: "Is a coupling among neurons worth more than one from the input? Not on clean images, but perhaps where pixels are noisy, hidden or missing, where neurons fail, " +
			"where labels are few, or where classes come one after the other?",
		Method: fmt.Sprintf("On the same samples learn: the recurrent network of a preset; a network of more neurons without couplings among them (independent); where neurons have windows, one of larger windows and as many neurons as are then left (wider); "+
			"and a multilayer perceptron by backpropagation. All have the same number of couplings that learn, within 1 %%, and the same passes. All networks have the same settings; networks without recurrence see their images better with a smaller margin, which one point of the grid gives them. They are measured on a sixth of the training images, held out, another one for each seed: the test set is not looked at. "+
			"Inputs are damaged after they were standardised: Gaussian noise of some deviations of a pixel; a share of the pixels black or white; a black square; a share of the pixels at their mean; a shift to one side; a side at the mean. "+
			"What happens to a sample is the same for all learners, and a number without a strength is the mean over the strengths. Of %d samples (quick) or %d (full) the states are taken: some neurons, or a run of neighbours, are turned, and move again for up to %d sweeps with the input, or without; "+
			"restless neurons are a share that is set at random after every sweep, of a prediction or of the %d sweeps after the input is gone. Continual learning passes over the classes 0 to 4 and then over 5 to 9. "+
			"Differences are paired by seed, with intervals of 95 %% by Student's t over the seeds.", robustShown/2, robustShown, healSweeps, memorySweeps),
		Axes:     []experiment.Axis{{Name: "data", Title: "data"}, {Name: "learning", Title: "learning"}},
		Values:   contestValues(),
		Quick:    experiment.Scale{Seeds: 3, Cost: robustQuick},
		Full:     experiment.Scale{Seeds: 3, Cost: robustFull},
		Points:   robustPoints,
		Figures:  contestFigures,
		Findings: contestFindings,
		Tables:   contestTables,
	}
}
