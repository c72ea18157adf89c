package recipes

import (
	"time"

	"basin/internal/experiment"
)

// entangled is the preset of the tasks on entangled MNIST.
const entangled = "entangled-mnist-400"

// selfCoupling is the accuracy against the self-coupling.
func selfCoupling() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "self-coupling",
		Title: "Accuracy against the self-coupling and the input strength",
		Question: "How much self-coupling J_D does a module need to learn? Without it a random asymmetric network has few fixed points, and " +
			"what the label has written into the state may be lost when the feedback ends; with much of it every state is a fixed point.",
		Method: "One dense module of 400 neurons learns entangled MNIST (100 signs of a random projection that is drawn anew for each seed). " +
			"The margin follows the self-coupling, kappa = J_D + 0.9, since it is compared with fields that contain J_D. The rate of the input " +
			"couplings is 0.03 times the input strength a. The rest is the preset " + entangled + ": 60,000 training images, " +
			"4 epochs (quick) or 20 (full), the test set at the end.",
		Axes:   []experiment.Axis{{Name: "self_coupling", Title: "J_D"}, {Name: "input", Title: "a"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 1, Cost: 3 * time.Minute},
		Full:   experiment.Scale{Seeds: 5, Cost: 2 * time.Hour},
		Points: selfCouplingPoints,
		Published: []experiment.Published{{
			Of: "the authors", At: map[string]experiment.Place{"self_coupling": experiment.Number(0.5), "input": experiment.Number(5)}, Value: experiment.Accuracy, Low: 0.852, High: 0.852,
			Source: "arXiv:2509.05041, N = 400; 200 epochs, a projection of their own",
		}},
		Figures: func(t *experiment.Table) []experiment.Figure {
			return []experiment.Figure{
				{
					Name: "accuracy", Title: "Accuracy against the self-coupling", X: "self-coupling J_D", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds; the hollow mark is published.",
					Curves:  append(t.Curves("self_coupling", experiment.Accuracy, "input"), t.PublishedCurves("self_coupling", experiment.Accuracy)...),
				},
				{
					Name: "unstable", Title: "Neurons that are not stable", X: "self-coupling J_D", Y: "unstable neurons, %", Percent: true,
					Caption: "Share of (neuron, sample) pairs below the margin in the last epoch: what the couplings still learn from.",
					Curves:  t.Curves("self_coupling", experiment.Unstable, "input"),
				},
			}
		},
		Findings: func(t *experiment.Table) []string {
			var found []string
			for _, a := range t.Places("input") {
				found = append(found, t.Where("input", a).BestOf(experiment.Accuracy, "self_coupling", "With input strength "+a.String())...)
			}
			return found
		},
	}
}

func selfCouplingPoints(full bool) ([]experiment.Point, error) {
	couplings, epochs := experiment.Steps(0, 0.25, 1.5), 4
	if full {
		couplings, epochs = experiment.Steps(0, 0.1, 1.5), 20
	}
	var g experiment.Grid
	for _, a := range []float64{1, 2, 5} {
		for _, jd := range couplings {
			g.Train([]experiment.Place{experiment.Number(jd), experiment.Number(a)}, 1, entangled,
				experiment.Assign("network.modules.0.self_coupling", jd),
				experiment.Assign("learning.kappa", jd+0.9),
				experiment.Assign("network.modules.0.input.gain", a),
				experiment.Assign("learning.input.rate", 0.03*a),
				experiment.Assign("learning.epochs", epochs),
			)
		}
	}
	return g.Points, g.Err
}
