package recipes

import (
	"fmt"
	"strings"
	"time"

	"basin/internal/experiment"
)

// The values that a representing adds, after [TrainingValues]. The first two are followed
// by the name of a state.
const (
	withinClass    = "within_"
	betweenClasses = "between_"
	keptState      = "kept"
	dimension      = "dimension"
	unstableFree   = "unstable_held"
)

// The moments of histograms and maps, and what series of maps begin with.
const (
	atFirst = "first"
	atLast  = "last"
	mapOf   = "map_"
)

var momentWords = map[string]string{atFirst: "before learning", atLast: "after the last epoch"}

// representations is what the states say about the classes while a network learns.
func representations() *experiment.Recipe {
	further := []experiment.Value{
		{Name: keptState, Title: "overlap of inference and free state"},
		{Name: dimension, Title: "dimension of the inference states"},
		{Name: unstableFree, Title: "unstable neurons, held out", Share: true},
	}
	for _, state := range lookedAt {
		further = append(further,
			experiment.Value{Name: withinClass + state, Title: "overlap within a class, " + state}, experiment.Value{Name: betweenClasses + state, Title: "overlap between classes, " + state})
	}
	return &experiment.Recipe{
		Name:  "representations",
		Title: "Overlaps of the states of held out samples while a network learns",
		Question: "What does the network make of samples that it does not learn? How alike are the states of one class and of different ones, with the input alone (inference), with the label (clamped) " +
			"and after it (free), and how far is the state of a prediction from the one that the label leaves behind?",
		Method: fmt.Sprintf("A network learns with the preset %s or %s. Before learning and after every epoch the states of 500 samples of the test set are taken: after the sweeps of a prediction, "+
			"and at the ends of the clamped and of the free phase, as in training, with the label. Overlaps are (1/N) sum_i s_i t_i of two samples, of which mean and histogram are taken within classes and between them. "+
			"The map shows the inference states on their first two principal axes (seed 1). The dimension is the participation ratio of the principal components, (sum v)^2 / sum v^2 over their variances v. "+
			"Unstable are neurons of the free state with s_i h_i <= kappa. 12 epochs, or 6 of 20,000 images for the sparse network (quick), or 60 and 20 of all images (full).", entangled, sparse),
		Axes:     []experiment.Axis{{Name: "preset", Title: "preset"}},
		Values:   experiment.TrainingValues(further...),
		Quick:    experiment.Scale{Seeds: 2, Cost: 90 * time.Second},
		Full:     experiment.Scale{Seeds: 5, Cost: 30 * time.Minute},
		Points:   representationPoints,
		Figures:  representationFigures,
		Findings: representationFindings,
	}
}

func representationPoints(full bool) ([]experiment.Point, error) {
	var g experiment.Grid
	for _, kind := range []struct {
		preset        string
		epochs, whole int // of quick and full
		samples       int // of quick
	}{{entangled, 12, 60, 0}, {sparse, 6, 20, 20000}} {
		epochs, samples := kind.epochs, kind.samples
		if full {
			epochs, samples = kind.whole, 0
		}
		g.Samples = samples
		g.Train([]experiment.Place{experiment.Word(kind.preset)}, 1, kind.preset, experiment.Assign("learning.epochs", epochs))
		last := &g.Points[len(g.Points)-1]
		last.Task = representing{Training: last.Task.(experiment.Training), Shown: 500}
	}
	return g.Points, g.Err
}

func representationFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, row := range t.Rows {
		preset := row.At[0].String()
		figures = append(figures,
			classFigure(row, preset), densityFigure(row, preset), keptFigure(row, preset),
			mapFigure(row, preset, atFirst), mapFigure(row, preset, atLast))
	}
	return append(figures,
		experiment.OverEpochs(t, experiment.Figure{
			Name: "kept", Title: "Overlap of inference and free state", Y: "mean overlap",
			Caption: "Of the state of a prediction and the one that the label leaves behind, of the same held out sample; 1 is the same state.",
		}, keptState),
		experiment.OverEpochs(t, experiment.Figure{
			Name: "unstable", Title: "Neurons that are not stable, held out samples", Y: "unstable neurons, %", Percent: true,
			Caption: "Share of (neuron, sample) pairs below the margin in the free state of samples that are not learned.",
		}, unstableFree),
		experiment.OverEpochs(t, experiment.Figure{
			Name: "dimension", Title: "Dimension of the inference states", Y: "participation ratio",
			Caption: "Of the principal components of 500 states, which cannot have more than 499.",
		}, dimension),
	)
}

// classFigure draws the mean overlaps over the epochs.
func classFigure(row experiment.Row, preset string) experiment.Figure {
	f := experiment.Figure{
		Name: "classes-" + preset, Title: "Overlaps within and between classes, " + preset, X: "epoch", Y: "mean overlap",
		Caption: "Of the states of held out samples: solid within a class, dashed between classes. Epoch 0 is before learning.",
	}
	var between []experiment.Curve
	for _, state := range lookedAt {
		s := row.Series[withinClass+state]
		f.Curves = append(f.Curves, experiment.Curve{Label: state + ", within", X: s.X, Y: s.Y})
		s = row.Series[betweenClasses+state]
		between = append(between, experiment.Curve{Label: state + ", between", X: s.X, Y: s.Y, Dashed: true})
	}
	f.Curves = experiment.Paired(f.Curves, between)
	return f
}

// densityFigure draws the histograms of overlaps of inference states.
func densityFigure(row experiment.Row, preset string) experiment.Figure {
	f := experiment.Figure{
		Name: "overlaps-" + preset, Title: "Overlaps of inference states, " + preset, X: "overlap", Y: "density",
		Caption: "Of pairs of different held out samples: dashed before learning, solid after the last epoch.",
	}
	var before []experiment.Curve
	for _, pairs := range []string{withinClass, betweenClasses} {
		label := strings.TrimSuffix(pairs, "_")
		after, first := densityCurve(row, pairs+inferred, atLast), densityCurve(row, pairs+inferred, atFirst)
		after.Label, first.Label, first.Dashed = label+", after", label+", before", true
		f.Curves, before = append(f.Curves, after), append(before, first)
	}
	f.Curves = experiment.Paired(f.Curves, before)
	return f
}

// keptFigure draws the histogram of the overlap of inference and free state.
func keptFigure(row experiment.Row, preset string) experiment.Figure {
	f := experiment.Figure{
		Name: "kept-" + preset, Title: "Overlap of inference and free state, " + preset, X: "overlap", Y: "density",
		Caption: "Of the same held out sample. The bins are 0.01 wide.",
	}
	for _, moment := range []string{atFirst, atLast} {
		c := densityCurve(row, keptState, moment)
		c.Label = momentWords[moment]
		f.Curves = append(f.Curves, c)
	}
	return f
}

// densityCurve returns a histogram of a moment from its first bin that is not empty to its
// last, each with the bin beside it.
func densityCurve(row experiment.Row, name, moment string) experiment.Curve {
	s := row.Series[name+"_"+moment]
	from, to := len(s.Y), 0
	for k, y := range s.Y {
		if y > 0 {
			from, to = min(from, max(0, k-1)), min(len(s.Y), k+2)
		}
	}
	if from >= to {
		return experiment.Curve{}
	}
	return experiment.Curve{X: s.X[from:to], Y: s.Y[from:to], Histogram: true}
}

// mapFigure draws the inference states on their principal axes.
func mapFigure(row experiment.Row, preset, moment string) experiment.Figure {
	f := experiment.Figure{
		Name: "map-" + moment + "-" + preset, Title: "Inference states " + momentWords[moment] + ", " + preset, X: "first principal axis", Y: "second principal axis",
		Caption: "A point for each of the held out samples, coloured by its label, on the principal axes of these states; a state has the length 1. Seed 1.",
	}
	for class := 0; ; class++ {
		s, ok := row.Series[fmt.Sprintf("%s%d_%s", mapOf, class, moment)]
		if !ok {
			return f
		}
		f.Curves = append(f.Curves, experiment.Curve{Label: fmt.Sprint(class), X: s.X, Y: s.Y, Points: true})
	}
}

// representationFindings says in words what the figures show.
func representationFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		ends := func(name string) (first, last float64) {
			s := row.Series[name].Y
			if len(s) == 0 {
				return 0, 0
			}
			return s[0], s[len(s)-1]
		}
		text := row.At[0].String() + ":"
		for _, state := range lookedAt {
			a, b := ends(withinClass + state)
			c, d := ends(betweenClasses + state)
			text += fmt.Sprintf(" %s states overlap by %.3f within a class and %.3f between classes before learning, by %.3f and %.3f after it;", state, a, c, b, d)
		}
		before, after := ends(keptState)
		found = append(found, strings.TrimSuffix(text, ";")+".",
			fmt.Sprintf("%s: the state of a prediction and the one that the label leaves behind overlap by %.3f before learning and %.3f after it, that is %s and %s of the neurons differ.",
				row.At[0], before, after, experiment.Percent((1-before)/2), experiment.Percent((1-after)/2)))
		v, w := ends(dimension)
		first, last := ends(unstableFree)
		found = append(found, fmt.Sprintf("%s: the inference states spread over %.1f dimensions before learning and %.1f after it; %s of the neurons of held out samples are unstable before learning and %s after it (accuracy %s).",
			row.At[0], v, w, experiment.Percent(first), experiment.Percent(last), experiment.Percent(row.Values[experiment.Accuracy].Mean)))
	}
	return found
}
