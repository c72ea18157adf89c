package recipes

import (
	"context"
	"math"

	"basin"

	"basin/baseline"
	"basin/internal/experiment"
	"basin/network"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// The learners that are compared at an equal number of learned couplings.
const (
	// recurrent is the network of the settings, of one module.
	recurrent = "recurrent"
	// independent has more neurons of the same kind and no couplings among them.
	independent = "independent"
	// wider has larger windows in place of the couplings among neurons; only where neurons
	// have windows.
	wider = "wider"
	// perceptron is that of package baseline.
	perceptron = "perceptron"
)

var rivalNames = []string{recurrent, independent, wider, perceptron}

// rival is one learner.
type rival struct {
	name string
	// settings of the network, or of the one that the perceptron has to match.
	settings settings.Settings
	network  *network.Network // nil before it is drawn, and for a perceptron
	hidden   int              // units of the perceptron, 0 for a network
	units    *baseline.Perceptron
}

// rivals returns the learners of settings, for samples of a task. Assignments change the
// settings of the networks without couplings among neurons.
func rivals(task *basin.Task, set []string) ([]*rival, error) {
	s, classes := task.Settings, len(task.LabelNames)
	m := s.Network.Modules[0]
	lone := s
	if err := settings.Set(&lone, set); err != nil {
		return nil, err
	}
	all := []*rival{{name: recurrent, settings: s}, {name: independent, settings: withoutRecurrence(lone, task.Shape, classes, m.Input.Window)}}
	if m.Input.Window > 0 {
		side := m.Input.Window
		for side < min(task.Shape[0], task.Shape[1]) && perNeuron(windowOf(m, side+1), task.Shape, classes) <= perNeuron(m, task.Shape, classes) {
			side++
		}
		if side > m.Input.Window {
			all = append(all, &rival{name: wider, settings: withoutRecurrence(lone, task.Shape, classes, side)})
		}
	}
	inputs := 1
	for _, side := range task.Shape {
		inputs *= side
	}
	weights := perNeuron(m, task.Shape, classes) * float64(m.Neurons)
	return append(all, &rival{name: perceptron, settings: s, hidden: baseline.HiddenFor(weights, inputs, classes)}), nil
}

// windowOf returns a module without recurrent couplings and with windows of a side; 0 is none.
func windowOf(m network.ModuleSpec, side int) network.ModuleSpec {
	m.Recurrent, m.Input.Window = network.RecurrentSpec{}, side
	return m
}

// withoutRecurrence returns settings of as many learned couplings, all of the input and the
// readout.
func withoutRecurrence(s settings.Settings, shape []int, classes, window int) settings.Settings {
	m := s.Network.Modules[0]
	all := perNeuron(m, shape, classes) * float64(m.Neurons)
	m = windowOf(m, window)
	m.Neurons = int(math.Round(all / perNeuron(m, shape, classes)))
	s.Network.Modules = []network.ModuleSpec{m}
	return s
}

// perNeuron returns the couplings that learn for each neuron of a module, on average: from
// neurons, from the input, and to the readout.
func perNeuron(m network.ModuleSpec, shape []int, classes int) float64 {
	reads := 1
	for k, side := range shape {
		if k < 2 && m.Input.Window > 0 {
			side = m.Input.Window
		}
		reads *= side
	}
	return m.Recurrent.Density*float64(m.Neurons-1) + m.Input.Density*float64(reads) + float64(classes)
}

// learn takes a learner through the epochs of its settings, from what it knows, if anything, at
// rates of some share.
func (r *rival) learn(ctx context.Context, b *experiment.Bench, task *basin.Task, training train.Samples, rates float64) (err error) {
	s := slowed(r.settings, rates)
	if r.hidden == 0 {
		if r.network == nil {
			own := *task
			own.Settings = s
			if r.network, err = own.Draw(); err != nil {
				return err
			}
		}
		_, err = experiment.LearnMore(ctx, b, r.network, train.Run{Settings: s.Protocol(), Training: training}, nil)
		return err
	}
	p := baseline.DefaultsFor(training.Count())
	p.Hidden, p.Epochs, p.Seed, p.Workers = r.hidden, s.Learning.Epochs, s.Seed, 1
	p.Rate *= rates
	if r.units == nil {
		r.units, err = baseline.New(p, training, len(task.LabelNames))
	} else {
		err = r.units.Continue(p, training)
	}
	if err != nil {
		return err
	}
	return r.units.Run(ctx, nil)
}

// slowed returns settings with the rates of all couplings times a share.
func slowed(s settings.Settings, share float64) settings.Settings {
	for _, rate := range []*protocol.Schedule{&s.Learning.Recurrent.Rate, &s.Learning.Input.Rate, &s.Learning.Links.Rate, &s.Readout.Rate} {
		rate.Start *= share
		rate.End *= share
	}
	return s
}

// tell calls each with the logits of all samples, in their order.
func (r *rival) tell(ctx context.Context, samples counted, each func(i int, logits []float32)) error {
	if r.hidden > 0 {
		return r.units.Logits(ctx, samples, samples.Count(), each)
	}
	p, err := protocol.NewPredictor(r.settings.Protocol(), r.network, 1)
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = p.Predict(ctx, samples, samples.Count(), func(i int, q protocol.Prediction) error {
		each(i, q.Logits)
		return nil
	})
	return err
}

// accuracy returns the share of samples whose class has the largest logit among the first
// classes.
func (r *rival) accuracy(ctx context.Context, samples counted, classes int) (float64, error) {
	right := 0
	err := r.tell(ctx, samples, func(i int, logits []float32) {
		if baseline.Largest(logits[:classes]) == samples.Label(i) {
			right++
		}
	})
	return float64(right) / float64(max(1, samples.Count())), err
}
