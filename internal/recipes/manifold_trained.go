package recipes

import (
	"fmt"
	"math"
	"slices"
	"time"

	"basin/internal/experiment"
)

// trainedManifolds is what lies around the states of trained networks.
func trainedManifolds() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "manifold-trained",
		Title: "What learning does to the fixed points around the states of samples",
		Question: "Where do test samples come to rest in a trained network: in fixed points with many others nearby or with few, with wide margins or thin ones, in wide basins or narrow ones? " +
			"What was it before learning, and is it another where the prediction is wrong?",
		Method: fmt.Sprintf("A network learns with a preset. Before learning and after the last epoch it relaxes the inputs of test samples until it rests (up to %d sweeps), up to 8 (quick) or 100 (full) whose prediction is right "+
			"and as many whose prediction is wrong. Around each such fixed point: the local entropy, in nats per neuron, by belief propagation with a field gamma that favours it, with the input of the sample (near: at the distance 1 - q = %v, over the states around which the messages get there without a jump); "+
			"the margins s_i h_i; the overlap at the end, and the share that come back, of relaxations from states with %.0f %% of the neurons turned; the share of neurons that stay turned when they are turned alone. "+
			"Learned couplings are correlated, and belief propagation assumes that they are not: its entropies are estimates here.", restSweeps, nearDistance, 100*noiseShare),
		Axes:     []experiment.Axis{{Name: "preset", Title: "preset"}},
		Values:   experiment.TrainingValues(inhabitingValues()...),
		Quick:    experiment.Scale{Seeds: 1, Cost: 3 * time.Minute},
		Full:     experiment.Scale{Seeds: 5, Cost: 3 * time.Hour},
		Points:   trainedPoints,
		Figures:  trainedFigures,
		Findings: trainedFindings,
	}
}

// inhabitingTitles are the measures of an inhabiting, in the order of the table.
var inhabitingTitles = []experiment.Value{
	{Name: nearEntropy, Title: "entropy near"},
	{Name: nearShare, Title: "states with an entropy near", Share: true},
	{Name: lowestMargin, Title: "lowest margin"},
	{Name: meanMargin, Title: "mean margin"},
	{Name: recovering, Title: "overlap after noise"},
	{Name: returning, Title: "come back after noise", Share: true},
	{Name: standing, Title: "single flips that stay", Share: true},
	{Name: resting, Title: "samples that come to rest", Share: true},
}

// inhabitingValues are those measures for right and wrong predictions, before and after.
func inhabitingValues() []experiment.Value {
	var values []experiment.Value
	for _, v := range inhabitingTitles {
		for _, moment := range []string{atFirst, atLast} {
			for _, which := range []string{ofRight, ofWrong} {
				values = append(values, experiment.Value{Name: v.Name + "_" + which + "_" + moment, Title: v.Title + ", " + which + ", " + momentWords[moment], Share: v.Share})
			}
		}
	}
	return values
}

func trainedPoints(full bool) ([]experiment.Point, error) {
	each, epochs, samples := 8, 3, 20000
	if full {
		each, epochs, samples = 100, 20, 0
	}
	var g experiment.Grid
	for _, preset := range []string{"digits", entangled, sparse} {
		g.Samples = samples
		set := []string{experiment.Assign("learning.epochs", epochs)}
		if preset == "digits" {
			set, g.Samples = nil, 0
		}
		g.Train([]experiment.Place{experiment.Word(preset)}, 1, preset, set...)
		if g.Err != nil {
			return nil, g.Err
		}
		last := &g.Points[len(g.Points)-1]
		last.Task = inhabiting{Training: last.Task.(experiment.Training), Each: each}
	}
	return g.Points, g.Err
}

func trainedFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, row := range t.Rows {
		preset := row.At[0].String()
		f := experiment.Figure{
			Name: "around-" + preset, Title: "Fixed points around the states of test samples, " + preset, X: "distance 1 - q", Y: "local entropy, nats per neuron",
			Caption: "Belief propagation around the fixed points in which test samples come to rest, mean over samples; dashed before learning. Fields at which the messages of most samples freeze are left out.",
		}
		for _, moment := range []string{atFirst, atLast} {
			for _, which := range []string{ofRight, ofWrong} {
				c := experiment.Curve{Label: which + ", " + momentWords[moment], Dashed: moment == atFirst}
				s, d := row.Series[aroundEntropy+"_"+which+"_"+moment], row.Series[aroundDistance+"_"+which+"_"+moment]
				for k, distance := range d.Y {
					if distance > 0 {
						c.X, c.Y = append(c.X, distance), append(c.Y, s.Y[k])
					}
				}
				f.Curves = append(f.Curves, c)
			}
		}
		figures = append(figures, f)
	}
	for _, v := range inhabitingTitles {
		f := experiment.Figure{
			Name: v.Name, Title: v.Title + ", by preset", Y: v.Title, Percent: v.Share,
			Caption: "Around the states of test samples whose prediction is right or wrong, before learning and after it; bars are standard deviations over seeds.",
		}
		for _, moment := range []string{atFirst, atLast} {
			for _, which := range []string{ofRight, ofWrong} {
				part := experiment.OverWords(t, experiment.Figure{}, v.Name+"_"+which+"_"+moment)
				part.Curves[0].Label = which + ", " + momentWords[moment]
				f.Words, f.Curves = part.Words, append(f.Curves, part.Curves[0])
			}
		}
		figures = append(figures, f)
	}
	return figures
}

// trainedFindings says in words what the values show.
func trainedFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		value := func(name string) string {
			s, ok := row.Values[name]
			v, _ := t.Recipe.Value(name)
			switch {
			case !ok:
				return "-"
			case v.Share:
				return experiment.Percent(s.Mean)
			}
			return fmt.Sprintf("%.4g", s.Mean)
		}
		for _, v := range inhabitingTitles {
			if !slices.ContainsFunc([]string{ofRight, ofWrong}, func(which string) bool {
				s, ok := row.Values[v.Name+"_"+which+"_"+atLast]
				return ok && !math.IsNaN(s.Mean)
			}) {
				continue
			}
			found = append(found, fmt.Sprintf("%s: %s: %s for right and %s for wrong predictions before learning, %s and %s after it.", row.At[0], v.Title,
				value(v.Name+"_"+ofRight+"_"+atFirst), value(v.Name+"_"+ofWrong+"_"+atFirst), value(v.Name+"_"+ofRight+"_"+atLast), value(v.Name+"_"+ofWrong+"_"+atLast)))
		}
	}
	return found
}
