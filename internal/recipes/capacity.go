package recipes

import (
	"math"
	"time"

	"basin/internal/experiment"
	"basin/theory"
)

// capacities is how many random patterns the rule makes fixed points of.
func capacities() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "capacity",
		Title: "How many random patterns the rule makes fixed points of, beside the Gardner bound",
		Question: "Every neuron is a perceptron. Couplings that make P = alpha N random patterns fixed points with a margin exist below a capacity alpha_c of the margin. " +
			"Does the rule find them up to there, and fail beyond?",
		Method: "The learning rule without clamping and without dynamics: the states are the patterns, the fields come from the couplings, unstable neurons learn, again and again in mini-batches of 16, " +
			"until a neuron has passed over all patterns without being unstable, or the passes are used up: 600 (quick) or 6000 (full). The couplings start as random ones of norm 1. " +
			"The bound alpha_c(k) = 1 / Int_(-k)^inf Dt (t + k)^2 is for the margin over the norm, k = (kappa - J_D) / |J_i|, but the rule has one kappa and one J_D while |J_i| changes. " +
			"\"norm\" gives every neuron the self-coupling kappa - k |J_i| with its couplings as they are, which is the bound's condition; the rate is 1 for k >= 0. " +
			"For k < 0 a step shortens the couplings, and once they are as short as a step the rule only turns them: the rate is 0.003 (quick) or 0.0005 (full). " +
			"\"number\" is the rule with fixed numbers, kappa - J_D = k: couplings may grow until any k > 0 is small beside them, so its bound is alpha_c(0) = 2, at the rate 0.1; for k < 0 they may shrink until " +
			"the self-coupling holds every state, and no number of patterns is too large. The load is alpha over the bound; for \"number\" with k < 0 over alpha_c(k).",
		Axes: []experiment.Axis{{Name: "margin", Title: "k"}, {Name: "held", Title: "k in units of"}, {Name: "neurons", Title: "N"}, {Name: "load", Title: "alpha/alpha_c"}},
		Values: []experiment.Value{
			{Name: "solved", Title: "neurons that hold all patterns", Share: true},
			{Name: "alpha", Title: "patterns per neuron"},
			{Name: "passes", Title: "passes they took"},
			{Name: "reached", Title: "least margin over the norm"},
		},
		Quick:    experiment.Scale{Seeds: 1, Cost: 150 * time.Second},
		Full:     experiment.Scale{Seeds: 3, Cost: 5 * time.Hour},
		Points:   capacityPoints,
		Figures:  capacityFigures,
		Findings: capacityFindings,
	}
}

func capacityPoints(full bool) ([]experiment.Point, error) {
	loads, passes, slow := []float64{0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4}, 600, 0.003
	if full {
		loads, passes, slow = append([]float64{0.2, 0.4}, experiment.Steps(0.6, 0.05, 1.4)...), 6000, 0.0005
	}
	var points []experiment.Point
	var fault error
	add := func(margin float64, held string, neurons int, rate float64) {
		bound, err := storageBound(margin, held)
		if err != nil {
			fault = err
			return
		}
		for _, load := range loads {
			s := storing{
				Neurons: neurons, Patterns: int(math.Round(load * bound * float64(neurons))), Margin: margin, Held: held,
				Passes: passes, Batch: 16, Rate: rate,
			}
			cost := float64(s.Patterns) * float64(neurons) * float64(neurons)
			if load < 0.8 && margin >= 0 { // done long before
				cost *= load / 4
			}
			points = append(points, experiment.Point{At: []experiment.Place{experiment.Number(margin), experiment.Word(held), experiment.Number(float64(neurons)), experiment.Number(load)}, Task: s, Cost: cost})
		}
	}
	for _, neurons := range []int{100, 200, 400} {
		for _, margin := range []float64{0, 0.5, 1} {
			add(margin, byNorm, neurons, 1)
		}
		if full || neurons < 400 {
			add(-0.5, byNorm, neurons, slow)
		}
	}
	add(0.5, byNumber, 200, 0.1)
	add(-0.5, byNumber, 200, 0.01)
	return points, fault
}

// storageBound is the alpha that loads are shares of.
func storageBound(margin float64, held string) (float64, error) {
	if held == byNumber && margin > 0 {
		margin = 0
	}
	return theory.Capacity(margin)
}
