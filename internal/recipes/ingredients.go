package recipes

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"basin/internal/experiment"
)

// base names the point to which the others are compared.
const base = "preset"

// ingredients is what each part of the settings for images gives and costs.
func ingredients() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "ingredients",
		Title: "What each ingredient of the image presets gives",
		Question: "What holds accuracy back, and what helps? The image presets put together windows, recurrence, self-coupling, annealed rates, a readout " +
			"that learns on the inference state and one that is averaged. Each point changes one thing.",
		Method: "MNIST and Fashion-MNIST with their presets at a smaller size: 2000 neurons and 4 epochs (quick), or 4000 and 8 (full); 20 " +
			"recurrent couplings a neuron. Accuracies are on a sixth of the training images, held out: the test set is not looked at. " +
			"A change is given as the difference from the preset, paired by seed.",
		Axes:   []experiment.Axis{{Name: "data", Title: "data"}, {Name: "change", Title: "change"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 3, Cost: 12 * time.Minute},
		Full:   experiment.Scale{Seeds: 3, Cost: time.Hour},
		Points: ingredientPoints,
		Figures: func(t *experiment.Table) []experiment.Figure {
			var figures []experiment.Figure
			for _, data := range ingredientData {
				f := experiment.Figure{
					Name: "accuracy-" + data, Title: "Accuracy on held out images of " + data, Y: "accuracy, %", Percent: true,
					Caption: "One change of the settings at a time. Bars are standard deviations over seeds.",
				}
				c := experiment.Curve{Points: true}
				for _, row := range t.Rows {
					s, ok := row.Values[experiment.Accuracy]
					if row.At[0].String() != data || !ok {
						continue
					}
					c.X, c.Y, c.Errors = append(c.X, float64(len(f.Words))), append(c.Y, s.Mean), append(c.Errors, s.Deviation)
					f.Words = append(f.Words, row.At[1].String())
				}
				if f.Curves = []experiment.Curve{c}; len(f.Words) > 0 {
					figures = append(figures, f)
				}
			}
			return figures
		},
		Findings: ingredientFindings,
	}
}

var ingredientData = []string{"mnist", "fashion-mnist"}

// ingredient is one change of the settings.
type ingredient struct {
	name string
	cost float64
	set  []string
}

func ingredientPoints(full bool) ([]experiment.Point, error) {
	var g experiment.Grid
	neurons, epochs := 2000, 4
	if full {
		neurons, epochs = 4000, 8
	}
	for _, data := range ingredientData {
		for _, i := range ingredientList(neurons, epochs) {
			set := []string{
				experiment.Assign("data.validation", 1.0/6), experiment.Assign("learning.epochs", epochs),
				experiment.Assign("network.modules.0.neurons", neurons), experiment.Assign("network.modules.0.recurrent.density", 20/float64(neurons)),
			}
			g.Train([]experiment.Place{experiment.Word(data), experiment.Word(i.name)}, i.cost, data, append(set, i.set...)...)
		}
	}
	return g.Points, g.Err
}

// ingredientList lists the changes for networks of a size.
func ingredientList(neurons, epochs int) []ingredient {
	// module writes a module that has a share of the neurons; window 0 sees no input.
	module := func(share float64, window int) string {
		n := int(math.Round(share * float64(neurons)))
		density := 0
		if window > 0 {
			density = 1
		}
		return fmt.Sprintf("{neurons: %d, self_coupling: 0.5, recurrent: {gain: 1, density: %.5g}, input: {gain: 1, density: %d, window: %d}}",
			n, 20/float64(n), density, window)
	}
	modules := func(list ...string) string { return "network.modules=[" + strings.Join(list, ", ") + "]" }
	const m = "network.modules.0."
	return []ingredient{
		{base, 1, nil},
		{"constant rates", 1, []string{"learning.recurrent.rate=0.02", "learning.input.rate=0.05", "readout.rate=0.1"}},
		{"readout on the free state", 1, []string{"readout.on=[free]"}},
		{"readout not averaged", 1, []string{"readout.averaging=0"}},
		{"no windows", 1, []string{m + "input.window=0", m + "input.density=0.1"}},
		{"2000 random signs as input", 2, []string{"preprocess.projection=2000", "preprocess.standardise=none", m + "input.window=0", m + "input.density=0.1"}},
		{"W frozen", 1, []string{"learning.input.rate=0"}},
		{"no J", 0.7, []string{m + "recurrent.density=0"}},
		{"J frozen", 0.9, []string{"learning.recurrent.rate=0"}},
		{"100 couplings J a neuron", 2, []string{experiment.Assign(m+"recurrent.density", 100/float64(neurons))}},
		{"J near by, reach 3", 1, []string{m + "recurrent.reach=3"}},
		{"no self-coupling", 1, []string{m + "self_coupling=0", "learning.kappa=0.5"}},
		{"windows of 7, 10, 14", 1.2, []string{modules(module(1.0/3, 7), module(1.0/3, 10), module(1.0/3, 14))}},
		{"two halves, not linked", 1, []string{modules(module(0.5, 10), module(0.5, 10))}},
		{"two halves, lambda 0.25", 1, []string{modules(module(0.5, 10), module(0.5, 10)), "network.links=[{kind: excitatory, between: [0, 1], strength: 0.25}]"}},
		{"a module that pools, reach 3", 1.2, []string{
			modules(module(0.75, 10), module(0.25, 0)),
			experiment.Assign("network.links", fmt.Sprintf("[{kind: learned, between: [0, 1], direction: forward, gain: 1, density: %.5g, reach: 3}]", 60/(0.75*float64(neurons)))),
		}},
		{"a module that pools and reads", 1.2, []string{
			modules(module(0.75, 10), module(0.25, 10)),
			experiment.Assign("network.links", fmt.Sprintf("[{kind: learned, between: [0, 1], direction: forward, gain: 1, density: %.5g, reach: 3}]", 60/(0.75*float64(neurons)))),
		}},
		{"noise of 0.2", 1, []string{"preprocess.noise=0.2"}},
		{"margin 1.5 to 0.5", 1, []string{"learning.kappa={start: 1.5, end: 0.5, shape: linear}"}},
		{"margin 0.5", 1, []string{"learning.kappa=0.5"}},
		{"feedback 0.9 to 0.3", 1, []string{"learning.feedback={start: 0.9, end: 0.3, shape: linear}"}},
		{"soft margin, beta 4", 2, []string{"learning.softness=4"}},
		{"three times the epochs", 3, []string{experiment.Assign("learning.epochs", 3*epochs)}},
		{"twice the neurons", 2, []string{experiment.Assign(m+"neurons", 2*neurons), experiment.Assign(m+"recurrent.density", 10/float64(neurons))}},
	}
}

// ingredientFindings orders the changes by what they give.
func ingredientFindings(t *experiment.Table) []string {
	var found []string
	for _, data := range ingredientData {
		at := map[string]experiment.Statistic{}
		var names []string
		for _, row := range t.Rows {
			if s, ok := row.Values[experiment.Accuracy]; ok && row.At[0].String() == data {
				names, at[row.At[1].String()] = append(names, row.At[1].String()), s
			}
		}
		start, ok := at[base]
		if !ok {
			continue
		}
		slices.SortStableFunc(names, func(a, b string) int { return int(math.Copysign(1, at[b].Mean-at[a].Mean)) })
		var parts []string
		for _, name := range names {
			if name != base {
				parts = append(parts, fmt.Sprintf("%s %+.2f", name, 100*(at[name].Mean-start.Mean)))
			}
		}
		found = append(found, fmt.Sprintf("%s: the preset at this size has %s ± %.2f; in points of a per cent, the changes give: %s.",
			data, experiment.Percent(start.Mean), 100*start.Deviation, strings.Join(parts, ", ")))
	}
	return found
}
