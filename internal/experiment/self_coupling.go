package experiment

import "time"

// entangled is the preset of the tasks on entangled MNIST.
const entangled = "entangled-mnist-400"

// selfCoupling is the accuracy against the self-coupling.
func selfCoupling() *Recipe {
	return &Recipe{
		Name:  "self-coupling",
		Title: "Accuracy against the self-coupling and the input strength",
		Question: "How much self-coupling J_D does a module need to learn? Without it a random asymmetric network has few fixed points, and " +
			"what the label has written into the state may be lost when the feedback ends; with much of it every state is a fixed point.",
		Method: "One dense module of 400 neurons learns entangled MNIST (100 signs of a random projection that is drawn anew for each seed). " +
			"The margin follows the self-coupling, kappa = J_D + 0.9, since it is compared with fields that contain J_D. The rate of the input " +
			"couplings is 0.03 times the input strength a. The rest is the preset " + entangled + ": 60,000 training images, " +
			"4 epochs (quick) or 20 (full), the test set at the end.",
		Axes:   []Axis{{"self_coupling", "J_D"}, {"input", "a"}},
		Values: TrainingValues(),
		Quick:  Scale{Seeds: 1, Cost: 3 * time.Minute},
		Full:   Scale{Seeds: 5, Cost: 2 * time.Hour},
		Points: selfCouplingPoints,
		Published: []Published{{
			Of: "the authors", At: map[string]Place{"self_coupling": Number(0.5), "input": Number(5)}, Value: Accuracy, Low: 0.852, High: 0.852,
			Source: "arXiv:2509.05041, N = 400; 200 epochs, a projection of their own",
		}},
		Figures: func(t *Table) []Figure {
			return []Figure{
				{
					Name: "accuracy", Title: "Accuracy against the self-coupling", X: "self-coupling J_D", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch. Bars are standard deviations over seeds; the hollow mark is published.",
					Curves:  append(t.Curves("self_coupling", Accuracy, "input"), t.PublishedCurves("self_coupling", Accuracy)...),
				},
				{
					Name: "unstable", Title: "Neurons that are not stable", X: "self-coupling J_D", Y: "unstable neurons, %", Percent: true,
					Caption: "Share of (neuron, sample) pairs below the margin in the last epoch: what the couplings still learn from.",
					Curves:  t.Curves("self_coupling", Unstable, "input"),
				},
			}
		},
		Findings: func(t *Table) []string {
			var found []string
			for _, a := range t.Places("input") {
				found = append(found, t.Where("input", a).bestOf(Accuracy, "self_coupling", "With input strength "+a.String())...)
			}
			return found
		},
	}
}

func selfCouplingPoints(full bool) ([]Point, error) {
	couplings, epochs := steps(0, 0.25, 1.5), 4
	if full {
		couplings, epochs = steps(0, 0.1, 1.5), 20
	}
	var g grid
	for _, a := range []float64{1, 2, 5} {
		for _, jd := range couplings {
			g.train([]Place{Number(jd), Number(a)}, 1, entangled,
				assign("network.modules.0.self_coupling", jd),
				assign("learning.kappa", jd+0.9),
				assign("network.modules.0.input.gain", a),
				assign("learning.input.rate", 0.03*a),
				assign("learning.epochs", epochs),
			)
		}
	}
	return g.points, g.err
}
