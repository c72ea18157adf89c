package recipes

import (
	"fmt"
	"math"
	"strings"
	"time"

	"basin/internal/experiment"
)

// associations is how many pairs of random states a chain recalls, by its depth.
func associations() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "hetero-association",
		Title: "Pairs of random states that chains of equally many couplings recall",
		Question: "Can a chain learn to answer x at its first module with y at its last one, where x and y are random? And does depth help: " +
			"how many pairs are recalled from x alone, against the number of modules, at an equal number of couplings?",
		Method: "P pairs (x, y) of random states of N neurons. x is a field a x_i on neuron i of the first module, always; y a field f y_i on the last module while a pair is clamped, " +
			"and the states in between are left to the dynamics. Neighbours are joined one to one, both ways, by excitatory couplings lambda that do not learn; what learns, by the model's rule, is J of every module. " +
			fmt.Sprintf("A pair counts as recalled where the last module, from x alone, comes to overlap with y by %v or more. ", recalledFrom) +
			"A chain of L modules has N = N_1 / sqrt(L) neurons in each, so that all have N_1^2 couplings. " +
			"Each learns until no neuron is unstable in any pair, or for 400 epochs (quick) or 1000 (full); sweeps go module by module. " +
			"The strengths, the margin, the rate and the sweeps of each L are the best of some hundred random trials on other pairs at N_1 = 200: " + associationStrengths() + ".",
		Axes: []experiment.Axis{{Name: "modules", Title: "L"}, {Name: "couplings", Title: "N_1"}, {Name: "load", Title: "P/N_1"}},
		Values: []experiment.Value{
			{Name: "recalled", Title: "pairs recalled", Share: true},
			{Name: "overlap", Title: "mean overlap with y"},
			{Name: "exact", Title: "pairs recalled without a mistake", Share: true},
			{Name: "rest", Title: "recalls that end at a fixed point", Share: true},
			{Name: "alpha", Title: "pairs per neuron of a module"},
			{Name: "bits", Title: "recalled signs per coupling"},
			{Name: "epochs", Title: "epochs"},
		},
		Quick:    experiment.Scale{Seeds: 3, Cost: 20 * time.Second},
		Full:     experiment.Scale{Seeds: 5, Cost: 4 * time.Hour},
		Points:   associationPoints,
		Figures:  associationFigures,
		Findings: associationFindings,
	}
}

// associationBest are the strengths of chains of 1, 2, ... modules.
var associationBest = []associating{
	{Modules: 1, SelfCoupling: 0.25, Input: 1.1, Feedback: 2.03, Kappa: 1.76, Rate: 0.1, Batch: 1, Warmup: 6, Clamped: 20},
	{Modules: 2, Lambda: 1.16, Input: 0.97, Feedback: 2.5, Kappa: 3.39, Rate: 0.03, Batch: 16, Warmup: 2, Clamped: 3},
	{Modules: 3, Lambda: 1.39, Input: 0.94, Feedback: 3.46, Kappa: 3.52, Rate: 0.03, Batch: 16, Clamped: 3},
	{Modules: 4, Lambda: 1.23, Input: 0.51, Feedback: 2.59, Kappa: 3.01, Rate: 0.1, Batch: 16, Clamped: 3},
	{Modules: 5, Lambda: 1.14, Input: 0.68, Feedback: 2.5, Kappa: 2.95, Rate: 0.03, Batch: 16, Clamped: 3},
}

// associationStrengths writes them down.
func associationStrengths() string {
	var parts []string
	for _, a := range associationBest {
		parts = append(parts, fmt.Sprintf("L = %d: J_D = %v, lambda = %v, a = %v, f = %v, kappa = %v, rate %v, mini-batches of %d, %d warm-up, %d clamped and %d free sweeps",
			a.Modules, a.SelfCoupling, a.Lambda, a.Input, a.Feedback, a.Kappa, a.Rate, a.Batch, a.Warmup, a.Clamped, a.Free))
	}
	return strings.Join(parts, "; ")
}

func associationPoints(full bool) ([]experiment.Point, error) {
	sizes, loads, epochs := []int{200}, []float64{0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6}, 400
	if full {
		sizes, loads, epochs = []int{200, 400, 800}, []float64{0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1}, 1000
	}
	var points []experiment.Point
	for _, size := range sizes {
		for _, strengths := range associationBest {
			for _, load := range loads {
				a := strengths
				a.Neurons = int(math.Round(float64(size) / math.Sqrt(float64(a.Modules))))
				a.Pairs = int(math.Round(load * float64(size)))
				a.Epochs, a.Recall = epochs, 50
				at := []experiment.Place{experiment.Number(float64(a.Modules)), experiment.Number(float64(size)), experiment.Number(load)}
				points = append(points, experiment.Point{At: at, Task: a, Cost: float64(a.Pairs) * float64(size) * float64(size)})
			}
		}
	}
	return points, nil
}

// recallCurves are a value over the load, for each number of modules.
func recallCurves(t *experiment.Table, value string) []experiment.Curve {
	return t.Curves("load", value, "modules")
}

// recalledShares are the shares of pairs up to which a load is looked for.
var recalledShares = []float64{0.9, 0.5}

// recallCapacity is the load up to which a share of the pairs is recalled, between the points
// of the grid: 0 where fewer are at the smallest load, and false where more are at the
// largest, or there is no row.
func recallCapacity(t *experiment.Table, share float64) (float64, bool) {
	c := t.Curve("", "load", "recalled")
	if len(c.Y) > 0 && c.Y[0] < share {
		return 0, true
	}
	return crossing(c, share)
}

func associationFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, size := range t.Places("couplings") {
		some := t.Where("couplings", size)
		figures = append(figures,
			experiment.Figure{
				Name: "recalled-" + size.String(), Title: fmt.Sprintf("Pairs recalled from x alone, N_1 = %s", size), X: "pairs over N_1", Y: "recalled, %", Percent: true,
				Caption: fmt.Sprintf("Share of pairs for which the last module overlaps with y by %v or more. All chains have N_1^2 couplings. Bars are standard deviations over seeds.", recalledFrom),
				Curves:  recallCurves(some, "recalled"),
			},
			experiment.Figure{
				Name: "overlap-" + size.String(), Title: fmt.Sprintf("Overlap with y, N_1 = %s", size), X: "pairs over N_1", Y: "mean overlap",
				Caption: "Mean overlap of the last module with y, recalled from x alone. Bars are standard deviations over seeds.",
				Curves:  recallCurves(some, "overlap"),
			},
			experiment.Figure{
				Name: "bits-" + size.String(), Title: fmt.Sprintf("What is recalled for each coupling, N_1 = %s", size), X: "pairs over N_1", Y: "signs per coupling",
				Caption: "Recalled pairs times N, the signs of a y, over the number of couplings. A deeper chain has shorter y.",
				Curves:  recallCurves(some, "bits"),
			})
	}
	capacity := experiment.Figure{
		Name: "capacity", Title: "Pairs that a chain recalls", X: "modules", Y: "pairs over N_1",
		Caption: "Pairs over N_1 up to which 90 % of them, or half of them (dashed), are recalled, on the mean over seeds. Chains that recall fewer at the smallest load stand at 0.",
	}
	for k, share := range recalledShares {
		for _, size := range t.Places("couplings") {
			c := experiment.Curve{Label: fmt.Sprintf("%s, N_1 = %s", experiment.Percent(share), size), Dashed: k > 0}
			for _, modules := range t.Places("modules") {
				number, _ := modules.Number()
				if at, ok := recallCapacity(t.Where("couplings", size).Where("modules", modules), share); ok {
					c.X, c.Y = append(c.X, number), append(c.Y, at)
				}
			}
			capacity.Curves = append(capacity.Curves, c)
		}
	}
	return append(figures, capacity)
}

func associationFindings(t *experiment.Table) []string {
	var found []string
	for _, size := range t.Places("couplings") {
		for _, modules := range t.Where("couplings", size).Places("modules") {
			some := t.Where("couplings", size).Where("modules", modules)
			n1, _ := size.Number()
			l, _ := modules.Number()
			text := fmt.Sprintf("N_1 = %s, L = %s (N = %.0f): ", size, modules, math.Round(n1/math.Sqrt(l)))
			first, last := some.Rows[0], some.Rows[len(some.Rows)-1]
			var parts []string
			for _, share := range recalledShares {
				at, ok := recallCapacity(some, share)
				switch {
				case !ok:
					parts = append(parts, fmt.Sprintf("at P = %.0f, the most tried, still %s of the pairs are recalled", t.Number(last, "load")*n1, experiment.Percent(last.Values["recalled"].Mean)))
				case at > 0:
					parts = append(parts, fmt.Sprintf("%.0f %% of the pairs are recalled up to P = %.0f, %.3f N", 100*share, at*n1, at*math.Sqrt(l)))
				default:
					parts = append(parts, fmt.Sprintf("%.0f %% are recalled at no load (%s at P = %.0f)", 100*share, experiment.Percent(first.Values["recalled"].Mean), t.Number(first, "load")*n1))
				}
			}
			text += strings.Join(parts, "; ")
			if best, ok := some.Best("bits"); ok {
				text += fmt.Sprintf("; at most %.3f signs per coupling are recalled, at P = %.0f", best.Values["bits"].Mean, t.Number(best, "load")*n1)
			}
			found = append(found, text+".")
		}
	}
	return found
}
