package recipes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"basin/internal/experiment"
	"basin/network"
	"basin/network/coupling"
)

// symmetries compares rules and networks with more and less symmetric couplings.
func symmetries() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "symmetry",
		Title: "Symmetric against asymmetric couplings and updates",
		Question: "Does the rule need asymmetric couplings? The classical theory of attractor networks assumes J_ij = J_ji. Here each end of a " +
			"coupling learns by itself, from the stability of its own receiver. How symmetric do the couplings become by themselves, and what do self-coupling " +
			"and the free phase have to do with it?",
		Method: "One dense module of 400 neurons learns entangled MNIST with the preset " + entangled + ", for 3 epochs (quick) or 30 (full). " +
			"Rules: asymmetric (the model's); a symmetric start with the same rule; increments replaced by (D + D^T)/2, from an asymmetric and " +
			"from a symmetric start; couplings replaced by (J + J^T)/2 after every update; increments only from samples in which both ends are " +
			"unstable. The degree of symmetry is the correlation of J_ij with J_ji: 0 for independent couplings, 1 for equal ones. " +
			"The asymmetric rule (quick), or every rule (full), also learns at J_D = 0, with kappa = 0.9 so that the margin beside the self-coupling stays, and without a free phase, " +
			"on the clamped state. The full grid also follows the asymmetric rule, from either start, over 300 epochs.",
		Axes:     []experiment.Axis{{Name: "rule", Title: "rule"}},
		Values:   experiment.TrainingValues(experiment.Value{Name: symmetryOf, Title: "symmetry of J"}),
		Quick:    experiment.Scale{Seeds: 2, Cost: 4 * time.Minute},
		Full:     experiment.Scale{Seeds: 5, Cost: 12 * time.Hour},
		Points:   symmetryPoints,
		Figures:  symmetryFigures,
		Findings: symmetryFindings,
	}
}

// symmetryOf is the value that a symmetryTraining adds.
const symmetryOf = "symmetry"

// symmetryRule is a rule of the recipe.
type symmetryRule struct {
	name string
	cost float64 // pairs of couplings are slower than rows
	set  []string
}

// symmetryRules are all of them, the model's first.
func symmetryRules() []symmetryRule {
	const start, update = "network.modules.0.recurrent.symmetric=true", "learning.symmetry=update"
	return []symmetryRule{
		{"asymmetric", 1, nil},
		{"symmetric start", 1, []string{start}},
		{"symmetric update", 10, []string{update}},
		{"symmetric start and update", 10, []string{start, update}},
		{"symmetric couplings", 10, []string{"learning.symmetry=couplings"}},
		{"both ends unstable", 6, []string{"learning.unstable=both"}},
	}
}

// symmetryCondition is what a rule learns under, beside the preset.
type symmetryCondition struct {
	name string // follows that of the rule; "" for the preset
	set  []string
}

// symmetryConditions are all of them, the preset first: it has J_D = 0.5 and a free phase.
func symmetryConditions() []symmetryCondition {
	without := []string{"network.modules.0.self_coupling=0", "learning.kappa=0.9"}
	const clamped = "dynamics.free=0"
	return []symmetryCondition{
		{"", nil},
		{", J_D = 0", without},
		{", no free phase", []string{clamped}},
		{", J_D = 0, no free phase", append(without, clamped)},
	}
}

// symmetryLong are the epochs of the long trainings, and what the places of those are called.
const (
	symmetryLong     = 300
	symmetryLongName = ", 300 epochs"
)

func symmetryPoints(full bool) ([]experiment.Point, error) {
	epochs := 3
	if full {
		epochs = 30
	}
	var points []experiment.Point
	var faults []error
	add := func(rule symmetryRule, condition symmetryCondition, epochs int, name string) {
		name = rule.name + condition.name + name
		set := slices.Concat(rule.set, []string{experiment.Assign("learning.epochs", epochs)}, condition.set)
		t, err := experiment.NewTraining(entangled, set...)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
		points = append(points, experiment.Point{At: []experiment.Place{experiment.Word(name)}, Task: symmetryTraining{t}, Cost: rule.cost * float64(epochs)})
	}
	rules := symmetryRules()
	for _, condition := range symmetryConditions() {
		for _, rule := range rules {
			if full || condition.name == "" || rule.name == rules[0].name {
				add(rule, condition, epochs, "")
			}
		}
	}
	if full {
		for _, condition := range symmetryConditions() {
			for _, rule := range rules[:2] {
				add(rule, condition, symmetryLong, symmetryLongName)
			}
		}
	}
	return points, errors.Join(faults...)
}

// symmetryTraining is a training that measures the symmetry of J after every epoch, as
// the mean over the modules.
type symmetryTraining struct{ experiment.Training }

// Run trains on one core.
func (t symmetryTraining) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	_, result, err := t.Train(ctx, b, func(n *network.Network, r *experiment.Result) error {
		sum, count := 0.0, 0.0
		for _, m := range n.Modules {
			if m.Recurrent == nil {
				continue
			}
			if s, ok := coupling.Symmetry(m.Recurrent); ok {
				sum, count = sum+s, count+1
			}
		}
		if count > 0 {
			r.AddAt(len(r.Series[experiment.TrainingAccuracy].X), symmetryOf, sum/count)
		}
		return nil
	})
	return result, err
}
