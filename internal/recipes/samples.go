package recipes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"basin/internal/experiment"
)

// samples is the accuracy against the number of training images.
func samples() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "samples",
		Title: "Accuracy against the number of training images",
		Question: "How much does the rule learn from few images, and how much do more of them give? Do few images shown more often make up for more of them, " +
			"or is each then learned too well?",
		Method: fmt.Sprintf("60, 600 and 6000 images a class of MNIST, on average: 600, 6000 and all 60,000, spread evenly over the training set. Full grids have 200 and 2000 too. "+
			"Entangled MNIST with the preset %s, and MNIST with the preset %s, in quick grids with %d neurons in place of 10,000 and as many couplings for each. "+
			"With \"equal updates\" every network is shown as many images as one that passes over all of them 2 times (quick) or 12 (full): "+
			"60 images a class are passed over 100 times as often. With \"equal epochs\" all pass 2 or 12 times, over what there is. "+
			"Rates that fall with the epochs end at their last value in either. Quick grids measure on 2000 test images.", entangled, samplesMNIST, samplesNeurons),
		Axes:     []experiment.Axis{{Name: "data", Title: "data"}, {Name: "images", Title: "images a class"}, {Name: "passes", Title: "passes"}},
		Values:   experiment.TrainingValues(),
		Quick:    experiment.Scale{Seeds: 1, Cost: 40 * time.Second},
		Full:     experiment.Scale{Seeds: 3, Cost: 150 * time.Minute},
		Points:   samplesPoints,
		Figures:  samplesFigures,
		Findings: samplesFindings,
	}
}

const (
	samplesMNIST   = "mnist"
	samplesNeurons = 2000 // of the preset mnist in the quick grid
	samplesClasses = 10
	samplesMost    = 6000 // images a class
)

// How often images are passed over. With all of them the two are one.
var (
	equalUpdates = experiment.Word("equal updates")
	equalEpochs  = experiment.Word("equal epochs")
)

// samplesData are the data sets, and what a pass over all images of each costs.
var samplesData = []struct {
	name, preset string
	cost         float64
}{{"entangled MNIST", entangled, 1}, {"MNIST", samplesMNIST, 5}}

func samplesPoints(full bool) ([]experiment.Point, error) {
	images, epochs, held := []int{60, 600, samplesMost}, 2, 2000
	if full {
		images, epochs, held = []int{60, 200, 600, 2000, samplesMost}, 12, 0
	}
	g := experiment.Grid{Held: held}
	for _, data := range samplesData {
		var set []string
		if data.preset == samplesMNIST && !full {
			set = []string{experiment.Assign("network.modules.0.neurons", samplesNeurons), experiment.Assign("network.modules.0.recurrent.density", 20.0/samplesNeurons)}
		}
		for _, passes := range []experiment.Place{equalUpdates, equalEpochs} {
			for _, count := range images {
				if count == samplesMost && passes == equalEpochs {
					continue
				}
				g.Samples = samplesClasses * count
				times, cost := 1, data.cost*float64(count)/samplesMost
				if passes == equalUpdates {
					times, cost = samplesMost/count, data.cost
				}
				g.Train([]experiment.Place{experiment.Word(data.name), experiment.Number(float64(count)), passes}, cost, data.preset,
					append(set[:len(set):len(set)], experiment.Assign("learning.epochs", times*epochs))...)
			}
		}
	}
	return g.Points, g.Err
}

// samplesCurve returns a value over the images of a data set; that of all images belongs to
// both ways to count passes.
func samplesCurve(t *experiment.Table, label, data, value string, passes experiment.Place) experiment.Curve {
	some := &experiment.Table{Recipe: t.Recipe}
	for _, row := range t.Where("data", experiment.Word(data)).Rows {
		if t.At(row, "passes") == passes || t.Number(row, "images") == samplesMost {
			some.Rows = append(some.Rows, row)
		}
	}
	slices.SortStableFunc(some.Rows, func(a, b experiment.Row) int { return cmp.Compare(t.Number(a, "images"), t.Number(b, "images")) })
	return some.Curve(label, "images", value)
}

func samplesFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, data := range samplesData {
		f := experiment.Figure{
			Name: "accuracy-" + data.preset, Title: "Accuracy on " + data.name, X: "training images a class", Y: "accuracy, %", Percent: true, LogX: true,
			Caption: "Accuracy after the last epoch, on the test set, and on the training images after the free phase, when the label has shaped the state. " +
				"Dashed: all networks pass over their images equally often. Bars are standard deviations over seeds.",
		}
		for _, passes := range []experiment.Place{equalUpdates, equalEpochs} {
			for _, c := range []experiment.Curve{
				samplesCurve(t, "test, "+passes.String(), data.name, experiment.Accuracy, passes),
				samplesCurve(t, "training, "+passes.String(), data.name, experiment.TrainingAccuracy, passes),
			} {
				c.Dashed = passes == equalEpochs
				f.Curves = append(f.Curves, c)
			}
		}
		figures = append(figures, f)
	}
	return figures
}

func samplesFindings(t *experiment.Table) []string {
	var found []string
	for _, data := range samplesData {
		updates := samplesCurve(t, "", data.name, experiment.Accuracy, equalUpdates)
		epochs := samplesCurve(t, "", data.name, experiment.Accuracy, equalEpochs)
		if len(updates.X) == 0 {
			continue
		}
		var parts []string
		for k, images := range updates.X {
			text := fmt.Sprintf("%s with %v images a class", experiment.Percent(updates.Y[k]), images)
			for i, x := range epochs.X {
				if x == images && x < samplesMost {
					text += fmt.Sprintf(" (%s where all are passed over equally often)", experiment.Percent(epochs.Y[i]))
				}
			}
			parts = append(parts, text)
		}
		found = append(found, fmt.Sprintf("%s, equally many updates: %s.", data.name, strings.Join(parts, ", ")))
		if fit := samplesCurve(t, "", data.name, experiment.TrainingAccuracy, equalUpdates); len(fit.Y) == len(updates.Y) {
			last := len(fit.Y) - 1
			found = append(found, fmt.Sprintf("%s: on the training images themselves it is %s with %v a class and %s with %v.",
				data.name, experiment.Percent(fit.Y[0]), fit.X[0], experiment.Percent(fit.Y[last]), fit.X[last]))
		}
	}
	return found
}
