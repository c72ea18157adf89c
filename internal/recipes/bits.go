package recipes

import (
	"fmt"
	"strings"
	"time"

	"basin/internal/experiment"
)

// bitsTried are those of a coupling, from most to fewest.
var bitsTried = []int{8, 7, 6, 5, 4, 3, 2}

// The values that a rounding adds, each followed by the bits of a coupling.
const (
	roundedAccuracy  = "accuracy_"
	roundedAgreement = "agreement_"
)

func ofBits(value string, bits int) string { return fmt.Sprint(value, bits) }

// couplingBits is the accuracy of networks of integers against the bits of a coupling.
func couplingBits() *experiment.Recipe {
	var further []experiment.Value
	for _, b := range bitsTried {
		further = append(further,
			experiment.Value{Name: ofBits(roundedAccuracy, b), Title: fmt.Sprintf("accuracy, %d bits", b), Share: true},
			experiment.Value{Name: ofBits(roundedAgreement, b), Title: fmt.Sprintf("agreement, %d bits", b), Share: true})
	}
	return &experiment.Recipe{
		Name:     "bits",
		Title:    "Accuracy against the bits of a coupling",
		Question: "How many bits does a coupling need once it has learned? Where does rounding begin to cost accuracy, and how often do the rounded and the real network differ?",
		Method: fmt.Sprintf("A network learns with a preset, and all its couplings are then rounded to integers of 8 to 2 bits in units of each neuron's own, as by `basin quantise`; it predicts with inputs of bytes, or of signs. "+
			"Agreement is the share of held out samples for which both networks say the same. The built-in digits, entangled MNIST (%s) with 1 epoch, and MNIST (mnist-fast) with 1 epoch of 20,000 images (quick); "+
			"or these and Fashion-MNIST with all epochs and images (full).", entangled),
		Axes:     []experiment.Axis{{Name: "preset", Title: "preset"}},
		Values:   experiment.TrainingValues(further...),
		Quick:    experiment.Scale{Seeds: 2, Cost: 15 * time.Second},
		Full:     experiment.Scale{Seeds: 3, Cost: 10 * time.Minute},
		Points:   bitsPoints,
		Figures:  bitsFigures,
		Findings: bitsFindings,
	}
}

func bitsPoints(full bool) ([]experiment.Point, error) {
	presets := []string{"digits", entangled, "mnist-fast"}
	if full {
		presets = append(presets, "mnist", "fashion-mnist")
	}
	var g experiment.Grid
	for _, preset := range presets {
		var set []string
		if g.Samples = 0; !full && preset != "digits" {
			set = []string{experiment.Assign("learning.epochs", 1)}
			g.Samples = 20000
		}
		g.Train([]experiment.Place{experiment.Word(preset)}, 1, preset, set...)
		if g.Err != nil {
			return nil, g.Err
		}
		last := &g.Points[len(g.Points)-1]
		last.Task = rounding{Training: last.Task.(experiment.Training), Bits: bitsTried}
	}
	return g.Points, g.Err
}

func bitsFigures(t *experiment.Table) []experiment.Figure {
	accuracy := experiment.Figure{
		Name: "accuracy", Title: "Accuracy of networks of integers", X: "bits of a coupling", Y: "accuracy, %", Percent: true,
		Caption: "On held out samples; dashed: of the network of real numbers that was rounded. Bars are standard deviations over seeds.",
	}
	agreement := experiment.Figure{
		Name: "agreement", Title: "Agreement with the network that was rounded", X: "bits of a coupling", Y: "same predictions, %", Percent: true,
		Caption: "Share of held out samples for which both networks say the same. Bars are standard deviations over seeds.",
	}
	var real []experiment.Curve
	for _, row := range t.Rows {
		label := row.At[0].String()
		accuracy.Curves = append(accuracy.Curves, bitsCurve(row, label, roundedAccuracy))
		agreement.Curves = append(agreement.Curves, bitsCurve(row, label, roundedAgreement))
		if s, ok := row.Values[experiment.Accuracy]; ok {
			real = append(real, experiment.Curve{X: []float64{float64(bitsTried[len(bitsTried)-1]), float64(bitsTried[0])}, Y: []float64{s.Mean, s.Mean}, Dashed: true, Plain: true})
		}
	}
	accuracy.Curves = experiment.Paired(accuracy.Curves, real)
	return []experiment.Figure{accuracy, agreement}
}

// bitsCurve returns a value of a row over the bits.
func bitsCurve(row experiment.Row, label, value string) experiment.Curve {
	c := experiment.Curve{Label: label}
	for _, b := range bitsTried {
		if s, ok := row.Values[ofBits(value, b)]; ok {
			c.X, c.Y, c.Errors = append(c.X, float64(b)), append(c.Y, s.Mean), append(c.Errors, s.Deviation)
		}
	}
	return c
}

func bitsFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		real, ok := row.Values[experiment.Accuracy]
		if !ok {
			continue
		}
		var parts []string
		for _, b := range bitsTried {
			if s, ok := row.Values[ofBits(roundedAccuracy, b)]; ok {
				parts = append(parts, fmt.Sprintf("%s with %d bits", experiment.Percent(s.Mean), b))
			}
		}
		found = append(found, fmt.Sprintf("%s: %s with real couplings; %s.", row.At[0], experiment.Percent(real.Mean), strings.Join(parts, ", ")))
	}
	return found
}
