package recipes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"basin/internal/experiment"
	"basin/protocol"
)

// ridgesTried are the values of readout.ridge, from weak to strong.
var ridgesTried = []float64{0.001, 0.01, 0.1}

// The values that a readout adds: accuracies on held out samples.
const (
	readLast   = "last"
	readRidge  = "ridge_"
	readMargin = "margin_"
)

// ofStrength names a value at a strength, which may have no point.
func ofStrength(value string, strength float64) string {
	return value + strings.ReplaceAll(strconv.FormatFloat(strength, 'f', -1, 64), ".", "-")
}

// The couplings of the networks that are read.
const (
	learnedCouplings = "learned"
	drawnCouplings   = "drawn"
)

// solvedReadouts are the methods that solve for a readout, with their values.
var solvedReadouts = []struct {
	method protocol.ReadoutMethod
	value  string
}{{protocol.Ridge, readRidge}, {protocol.Margin, readMargin}}

// readouts compares the local readout with those that are solved for, on the same states.
func readouts() *experiment.Recipe {
	further := []experiment.Value{{Name: readLast, Title: "readout of the last mini-batch", Share: true}}
	for _, m := range solvedReadouts {
		for _, strength := range ridgesTried {
			further = append(further, experiment.Value{Name: ofStrength(m.value, strength), Title: fmt.Sprintf("%s %g", m.method, strength), Share: true})
		}
	}
	return &experiment.Recipe{
		Name:     "readout",
		Title:    "Readouts of the same states, learned and solved for",
		Question: "How much of what a network misses is its readout's? What do learned couplings J and W give beside those that were drawn?",
		Method: "A network learns with a preset, its readout by the local rule. Then the states at which it ends for all training images, as in a prediction, give readouts that are solved for: a ridge regression and the least squared margin errors (readout.method), " +
			"with readout.ridge from 0.001 to 0.1. Accuracies are on a sixth of the training images, held out. \"Drawn\" are networks of the same size whose J and W do not learn. " +
			"MNIST (mnist-fast) with 1000 neurons and 1 epoch of 10,000 images (quick); mnist-fast, mnist, fashion-mnist and fashion-mnist-independent as they are (full).",
		Axes:     []experiment.Axis{{Name: "preset", Title: "preset"}, {Name: "couplings", Title: "J and W"}},
		Values:   experiment.TrainingValues(further...),
		Quick:    experiment.Scale{Seeds: 2, Cost: 20 * time.Second},
		Full:     experiment.Scale{Seeds: 3, Cost: 3 * time.Hour},
		Points:   readoutPoints,
		Figures:  readoutFigures,
		Findings: readoutFindings,
	}
}

func readoutPoints(full bool) ([]experiment.Point, error) {
	presets := []string{"mnist-fast"}
	if full {
		presets = append(presets, "mnist", "fashion-mnist", "fashion-mnist-independent")
	}
	var g experiment.Grid
	for _, preset := range presets {
		for _, couplings := range []string{learnedCouplings, drawnCouplings} {
			set := []string{experiment.Assign("data.validation", 1.0/6)}
			if !full {
				set = append(set, experiment.Assign("learning.epochs", 1), experiment.Assign("network.modules.0.neurons", 1000), experiment.Assign("network.modules.0.recurrent.density", 0.02))
				g.Samples, g.Held = 10000, 2000
			}
			if couplings == drawnCouplings {
				set = append(set, experiment.Assign("learning.recurrent.rate", 0), experiment.Assign("learning.input.rate", 0))
			}
			g.Train([]experiment.Place{experiment.Word(preset), experiment.Word(couplings)}, 1, preset, set...)
			if g.Err != nil {
				return nil, g.Err
			}
			last := &g.Points[len(g.Points)-1]
			last.Task = reading{Training: last.Task.(experiment.Training), Ridges: ridgesTried}
		}
	}
	return g.Points, g.Err
}

func readoutFigures(t *experiment.Table) []experiment.Figure {
	f := experiment.Figure{
		Name: "accuracy", Title: "Accuracy of readouts that are solved for", X: "readout.ridge", Y: "accuracy, %", Percent: true, LogX: true,
		Caption: "On held out images; dashed: of the readout that learned by the local rule. Bars are standard deviations over seeds.",
	}
	var local []experiment.Curve
	for _, row := range t.Rows {
		for _, m := range solvedReadouts {
			c := experiment.Curve{Label: fmt.Sprintf("%s, %s, %s", row.At[0], row.At[1], m.method)}
			for _, strength := range ridgesTried {
				if s, ok := row.Values[ofStrength(m.value, strength)]; ok {
					c.X, c.Y, c.Errors = append(c.X, strength), append(c.Y, s.Mean), append(c.Errors, s.Deviation)
				}
			}
			f.Curves = append(f.Curves, c)
			if s, ok := row.Values[experiment.Accuracy]; ok {
				local = append(local, experiment.Curve{X: []float64{ridgesTried[0], ridgesTried[len(ridgesTried)-1]}, Y: []float64{s.Mean, s.Mean}, Dashed: true, Plain: true})
			}
		}
	}
	f.Curves = experiment.Paired(f.Curves, local)
	return []experiment.Figure{f}
}

func readoutFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		local, ok := row.Values[experiment.Accuracy]
		if !ok {
			continue
		}
		text := fmt.Sprintf("%s, %s couplings: the local readout has %.2f %% (%.2f %% without its average)",
			row.At[0], row.At[1], 100*local.Mean, 100*row.Values[readLast].Mean)
		for _, m := range solvedReadouts {
			var parts []string
			for _, strength := range ridgesTried {
				if s, ok := row.Values[ofStrength(m.value, strength)]; ok {
					parts = append(parts, fmt.Sprintf("%.2f at %g", 100*s.Mean, strength))
				}
			}
			text += fmt.Sprintf("; %s %s", m.method, strings.Join(parts, ", "))
		}
		found = append(found, text+".")
	}
	return found
}
