package recipes

import (
	"context"
	"fmt"
	"math"
	"time"

	"basin/baseline"
	"basin/dataset"
	"basin/internal/experiment"
	"basin/internal/paired"
	"basin/settings"
)

// imagePresets are those that are compared, in the order of the table.
var imagePresets = []string{"mnist-rival", "fashion-mnist-rival", "entangled-mnist-rival", "cifar-10", "fashion-mnist-shared", "fashion-mnist-windows"}

// quickChannels are those of stacks of shared windows with --quick.
const quickChannels = 50

// fewestHidden is what a perceptron has at least, where the network it is compared with has
// few couplings because it shares them.
const fewestHidden = 330

// fewestEpochs are those of a perceptron at least, where the couplings of a network are drawn
// from images and its readout learns in a few.
const fewestEpochs = 12

// imageViews is the number of views of a sample over which logits are averaged.
const imageViews = 9

// The values of a cell of images, beside the accuracy of the network.
const (
	perceptronAccuracy = "perceptron"
	perceptronLead     = "difference" // of the network over the perceptron
	networkAlone       = "network_alone"
	perceptronAlone    = "perceptron_alone"
	networkViews       = "views"
	perceptronViews    = "perceptron_views"
	networkCouplings   = "couplings"
	perceptronWeights  = "weights"
)

// pictures is a training with a perceptron beside it that learns the same changed images.
type pictures struct {
	experiment.Training
	Epochs int `json:"epochs"` // of the perceptron, at least
}

// images is the presets of images beside multilayer perceptrons.
func images() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "images",
		Title: "Images: networks of binary neurons beside multilayer perceptrons",
		Question: "How good are the presets for images, and is a multilayer perceptron with as many weights better, once it sees the same changed images? " +
			"Which differences are more than chance?",
		Method: fmt.Sprintf("A network learns with a preset; a multilayer perceptron (one hidden layer, backpropagation, Adam, cross-entropy) learns the same samples, changed and prepared in the same way, for as many epochs, but at least %d. "+
			"It has as many weights as the network has couplings from the input and among neurons, pools apart, and of the readout, but at least %d hidden units, since a network that shares couplings has few. Both are measured on the same held out samples: the test set, or with quick 5,000 validation samples "+
			"after an epoch of 10,000 images. Differences are paired by seed, with intervals of 95 %% by Student's t over the seeds; where images change while they are learned, both are measured again with logits averaged over %d views. McNemar's test asks whether samples that only one of both has right are as often the network's as the perceptron's.", fewestEpochs, fewestHidden, imageViews),
		Axes: []experiment.Axis{{Name: "preset", Title: "preset"}},
		Values: experiment.TrainingValues(
			experiment.Value{Name: perceptronAccuracy, Title: "accuracy of the perceptron", Share: true},
			experiment.Value{Name: perceptronLead, Title: "difference", Share: true},
			experiment.Value{Name: networkAlone, Title: "right: the network alone"},
			experiment.Value{Name: perceptronAlone, Title: "right: the perceptron alone"},
			experiment.Value{Name: networkViews, Title: fmt.Sprintf("accuracy over %d views", imageViews), Share: true},
			experiment.Value{Name: perceptronViews, Title: "of the perceptron", Share: true},
			experiment.Value{Name: networkCouplings, Title: "couplings"},
			experiment.Value{Name: perceptronWeights, Title: "weights"},
		),
		Quick:    experiment.Scale{Seeds: 2, Cost: 4 * time.Minute},
		Full:     experiment.Scale{Seeds: 3, Cost: 5 * time.Hour},
		Points:   imagePoints,
		Figures:  imageFigures,
		Findings: imageFindings,
	}
}

func imagePoints(full bool) ([]experiment.Point, error) {
	var g experiment.Grid
	for _, preset := range imagePresets {
		var set []string
		epochs := fewestEpochs
		if !full {
			epochs = 1
			set = []string{experiment.Assign("learning.epochs", 1), experiment.Assign("data.validation", 0.1)}
			g.Samples, g.Held = 10000, 5000
			made, err := settings.LoadPreset(preset)
			if err != nil {
				return nil, err
			}
			for m, module := range made.Network.Modules {
				if module.Channels > 0 {
					set = append(set, experiment.Assign(fmt.Sprintf("network.modules.%d.channels", m), quickChannels))
				}
			}
		}
		cost := 1.0
		switch preset {
		case "cifar-10", "fashion-mnist-shared", "fashion-mnist-windows":
			cost = 4
		}
		g.Train([]experiment.Place{experiment.Word(preset)}, cost, preset, set...)
		if g.Err != nil {
			return nil, g.Err
		}
		last := &g.Points[len(g.Points)-1]
		last.Task = pictures{last.Task.(experiment.Training), epochs}
	}
	return g.Points, nil
}

// Run trains both on one core.
func (p pictures) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	data, err := heldOut(ctx, b, p.Training)
	if err != nil {
		return experiment.Result{}, err
	}
	n, result, err := experiment.Learn(ctx, b, data, nil)
	if err != nil {
		return experiment.Result{}, err
	}
	network := &rival{settings: data.Settings, network: n}
	learned, classes := n.Learned(), len(data.LabelNames)
	s := baseline.DefaultsFor(data.Training.Count())
	s.Hidden = max(fewestHidden, baseline.HiddenFor(float64(learned), data.Training.Dim(), classes))
	s.Epochs, s.Seed, s.Workers = max(p.Epochs, data.Settings.Learning.Epochs), b.Seed, 1
	units, err := baseline.New(s, data.Training, classes)
	if err != nil {
		return experiment.Result{}, err
	}
	if err := units.Run(ctx, nil); err != nil {
		return experiment.Result{}, err
	}
	perceptron := &rival{units: units, hidden: s.Hidden}
	said, err := network.labels(ctx, data.Held, 1, data.Settings.Seed)
	if err != nil {
		return experiment.Result{}, err
	}
	others, err := perceptron.labels(ctx, data.Held, 1, data.Settings.Seed)
	if err != nil {
		return experiment.Result{}, err
	}
	right, other, alone, otherAlone := 0, 0, 0, 0
	for i, label := range data.Held.Labels {
		one, two := said[i] == label, others[i] == label
		for _, count := range []struct {
			is  bool
			sum *int
		}{{one, &right}, {two, &other}, {one && !two, &alone}, {two && !one, &otherAlone}} {
			if count.is {
				*count.sum++
			}
		}
	}
	total := float64(len(others))
	for name, value := range map[string]float64{
		experiment.Accuracy: float64(right) / total, perceptronAccuracy: float64(other) / total, perceptronLead: float64(right-other) / total,
		networkAlone: float64(alone), perceptronAlone: float64(otherAlone),
		networkCouplings: float64(learned), perceptronWeights: float64(units.Cost().Parameters),
	} {
		result.Values[name] = value
	}
	if !data.Training.Augmented() {
		return result, nil
	}
	for name, learner := range map[string]*rival{networkViews: network, perceptronViews: perceptron} {
		said, err := learner.labels(ctx, data.Held, imageViews, data.Settings.Seed)
		if err != nil {
			return experiment.Result{}, err
		}
		right := 0
		for i, label := range data.Held.Labels {
			if said[i] == label {
				right++
			}
		}
		result.Values[name] = float64(right) / total
	}
	return result, nil
}

// labels returns what a learner says of samples, of the sums of its logits over some views.
func (r *rival) labels(ctx context.Context, samples *dataset.Samples, views int, seed uint64) ([]int, error) {
	sums := make([][]float64, samples.Count())
	for view := range views {
		err := r.tell(ctx, viewed{samples, view, seed}, func(i int, logits []float32) {
			if sums[i] == nil {
				sums[i] = make([]float64, len(logits))
			}
			for c, v := range logits {
				sums[i][c] += float64(v)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	said := make([]int, len(sums))
	for i, logits := range sums {
		said[i] = baseline.Largest(logits)
	}
	return said, nil
}

// viewed are samples as one view shows them.
type viewed struct {
	*dataset.Samples
	view int
	seed uint64
}

// Row writes a view of a sample.
func (v viewed) Row(place int, dst []float32) { v.View(place, dst, v.seed, v.view) }

func imageFigures(t *experiment.Table) []experiment.Figure {
	return []experiment.Figure{experiment.OverEpochs(t, experiment.Figure{
		Name: "course", Title: "Accuracy while the networks learn", Y: "accuracy, %", Percent: true,
		Caption: "On held out samples, means over seeds.",
	}, experiment.Accuracy)}
}

func imageFindings(t *experiment.Table) []string {
	var found []string
	for _, row := range t.Rows {
		own, ok := row.Values[experiment.Accuracy]
		other, also := row.Values[perceptronAccuracy]
		if !ok || !also {
			continue
		}
		difference := overSeeds(row.Values[perceptronLead])
		p := paired.McNemar(int(math.Round(row.Values[networkAlone].Mean)), int(math.Round(row.Values[perceptronAlone].Mean)))
		who := map[paired.Verdict]string{
			paired.Wins: "the network is better", paired.Loses: "the perceptron is better", paired.Open: "the seeds do not tell them apart",
		}[difference.Judge()]
		views := ""
		if one, ok := row.Values[networkViews]; ok {
			views = fmt.Sprintf(" Over %d views: %s and %s.", imageViews, share(one.Mean), share(row.Values[perceptronViews].Mean))
		}
		found = append(found, fmt.Sprintf("%s: %s ± %.2f with %.0f couplings; the perceptron %s ± %.2f with %.0f weights. Difference %s points: %s. Of the samples of a seed only the network has %.0f right, only the perceptron %.0f (McNemar: p = %.2g).%s",
			row.At[0], share(own.Mean), 100*own.Deviation, row.Values[networkCouplings].Mean, share(other.Mean), 100*other.Deviation, row.Values[perceptronWeights].Mean,
			difference.Points(2), who, row.Values[networkAlone].Mean, row.Values[perceptronAlone].Mean, p, views))
	}
	return found
}

// share writes a share in per cent with two digits behind the point, as the best need.
func share(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }
