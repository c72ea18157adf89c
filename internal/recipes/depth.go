package recipes

import (
	"fmt"
	"math"
	"time"

	"basin/internal/experiment"
)

// depths compares chains of more and fewer modules.
func depths() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "depth",
		Title: "Chains of modules with an equal number of couplings",
		Question: "Is a chain of smaller modules better than one large module with as many couplings? Neighbours are joined one to one by " +
			"excitatory couplings that do not learn; every module hears the label and is read out.",
		Method: fmt.Sprintf("Chains of 1, 2, 3, 5 and 8 modules learn entangled MNIST with the preset %s. All have as many learned couplings "+
			"(recurrent, input and readout) as one module of %d neurons, %d, up to rounding. A sweep goes through the chain module "+
			"by module, so that the input reaches every module within one sweep. The first module alone reads the input, or all do. "+
			"The strength lambda is that of the links; one module has none and stands at lambda = 0. "+
			"Warm-up and prediction take 6 sweeps, and the readout learns at the end of the warm-up too, on the state that predicts: "+
			"far from the input, states that the label has shaped say little about those without it. 2 epochs (quick) or 12 (full).", entangled, depthNeurons, depthCouplings(1, depthNeurons, false)),
		Axes:   []experiment.Axis{{Name: "modules", Title: "modules"}, {Name: "lambda", Title: "lambda"}, {Name: "reads", Title: "reads the input"}},
		Values: experiment.TrainingValues(),
		Quick:  experiment.Scale{Seeds: 1, Cost: 5 * time.Minute},
		Full:   experiment.Scale{Seeds: 3, Cost: 3 * time.Hour},
		Points: depthPoints,
		Figures: func(t *experiment.Table) []experiment.Figure {
			var figures []experiment.Figure
			for _, reads := range []string{depthFirst, depthAll} {
				f := experiment.Figure{
					Name: "accuracy-" + reads, Title: "Accuracy against depth; " + depthReads[reads], X: "modules", Y: "accuracy, %", Percent: true,
					Caption: "Test accuracy after the last epoch at an equal number of learned couplings. Bars are standard deviations over seeds.",
				}
				one := t.Where("modules", experiment.Number(1))
				part := t.Where("reads", experiment.Word(reads))
				for _, lambda := range part.Places("lambda") {
					if lambda == experiment.Number(0) {
						continue
					}
					chain := &experiment.Table{Recipe: t.Recipe, Rows: append(one.Rows[:len(one.Rows):len(one.Rows)], part.Where("lambda", lambda).Rows...)}
					f.Curves = append(f.Curves, chain.Curve("lambda "+lambda.String(), "modules", experiment.Accuracy))
				}
				figures = append(figures, f)
			}
			return figures
		},
		Findings: depthFindings,
	}
}

const (
	depthNeurons = 800
	depthFirst   = "first"
	depthAll     = "all"
)

var depthReads = map[string]string{depthFirst: "the first module reads the input", depthAll: "all modules read the input"}

// depthCouplings counts the learned couplings of a chain on entangled MNIST, with 100
// inputs and 10 classes.
func depthCouplings(modules, neurons int, allRead bool) int {
	readers := 1
	if allRead {
		readers = modules
	}
	return modules*neurons*(neurons-1) + readers*neurons*100 + modules*neurons*10
}

// depthSize returns the number of neurons of each module with which a chain has as many
// learned couplings as one module of depthNeurons.
func depthSize(modules int, allRead bool) int {
	want, best := depthCouplings(1, depthNeurons, false), 1
	for n := range depthNeurons + 1 {
		distance := func(n int) float64 { return math.Abs(float64(depthCouplings(modules, n, allRead) - want)) }
		if distance(n) < distance(best) {
			best = n
		}
	}
	return best
}

func depthPoints(full bool) ([]experiment.Point, error) {
	lambdas, epochs := []float64{0.25, 1, 3}, 2
	if full {
		lambdas, epochs = []float64{0.25, 0.5, 1, 2, 3, 4}, 12
	}
	var g experiment.Grid
	add := func(length int, lambda float64, reads string) {
		size := depthSize(length, reads == depthAll)
		g.Train([]experiment.Place{experiment.Number(float64(length)), experiment.Number(lambda), experiment.Word(reads)}, 1, entangled,
			fmt.Sprintf("network.chain={modules: %d, size: %d, lambda: %v, input: %s}", length, size, lambda, reads),
			experiment.Assign("dynamics.order", moduleByModule), "dynamics.warmup=6", "dynamics.evaluation=6", "readout.on=[inference, free]",
			experiment.Assign("learning.epochs", epochs),
		)
	}
	add(1, 0, depthFirst)
	for _, reads := range []string{depthFirst, depthAll} {
		for _, lambda := range lambdas {
			for _, length := range []int{2, 3, 5, 8} {
				add(length, lambda, reads)
			}
		}
	}
	return g.Points, g.Err
}

func depthFindings(t *experiment.Table) []string {
	var found []string
	one := t.Where("modules", experiment.Number(1))
	if len(one.Rows) > 0 {
		found = append(found, fmt.Sprintf("One module of %d neurons reaches %s.", depthNeurons, experiment.Percent(one.Rows[0].Values[experiment.Accuracy].Mean)))
	}
	for _, reads := range []string{depthFirst, depthAll} {
		for _, length := range t.Where("reads", experiment.Word(reads)).Places("modules") {
			part := t.Where("reads", experiment.Word(reads)).Where("modules", length)
			best, ok := part.Best(experiment.Accuracy)
			number, _ := length.Number()
			if !ok || number == 1 {
				continue
			}
			found = append(found, fmt.Sprintf("%s modules of %d neurons where %s reach at best %s, at lambda = %s.",
				length, depthSize(int(number), reads == depthAll), depthReads[reads], experiment.Percent(best.Values[experiment.Accuracy].Mean), part.At(best, "lambda")))
		}
	}
	return found
}
