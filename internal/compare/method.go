package compare

import (
	"fmt"
	"strings"

	"basin/baseline"
	"basin/dataset"
	"basin/internal/spelling"
)

// Network is the name of the networks of the settings, among those of methods.
const Network = "basin"

// Bounds of the size of learners.
const (
	// MostUnits bounds the units of random features and of a reservoir, whose time grows with
	// their cube.
	MostUnits = 2000
	// fewestHidden is what a layer has at least beside a network that shares couplings, of which
	// it has few for what it does.
	fewestHidden = 330
)

// Method is one way to learn that a network is compared with.
type Method struct {
	// Name is that in results, Title the one in sentences.
	Name, Title string
	// About says in a line what it is, and of what size.
	About string

	begin func(t *trial) (baseline.Learner, error)
}

// trial is what one learner is made for.
type trial struct {
	training *dataset.Samples
	classes  int
	seed     uint64
	workers  int
	// weights is the number of couplings that the network learns, neurons that of its neurons;
	// shared says that neurons share couplings.
	weights, neurons int
	shared           bool
	// quick bounds the samples that are shown, and units.
	quick bool
}

// Methods returns all methods.
func Methods() []Method {
	return []Method{
		{"perceptron", "the multilayer perceptron", "one hidden layer of as many weights, backpropagation, Adam", func(t *trial) (baseline.Learner, error) {
			return baseline.New(t.layer(), t.training, t.classes)
		}},
		{"binarised", "the binarised perceptron", "as the perceptron, with hidden units of -1 and +1", func(t *trial) (baseline.Learner, error) {
			return baseline.NewBinarised(t.layer(), t.training, t.classes)
		}},
		{"contrastive", "the contrastive network", "one hidden layer of as many symmetric weights, equilibrium propagation", func(t *trial) (baseline.Learner, error) {
			s := baseline.DefaultContrastive()
			s.Settings = t.layer()
			return baseline.NewContrastive(s, t.training, t.classes)
		}},
		{"logistic", "logistic regression", "multinomial, with a penalty that is chosen", func(t *trial) (baseline.Learner, error) {
			return baseline.NewLogistic(baseline.LogisticSettings{Seed: t.seed, Workers: t.workers}, t.training, t.classes)
		}},
		{"features", "random features", "a hidden layer that does not learn, with a readout in closed form", func(t *trial) (baseline.Learner, error) {
			s := baseline.DefaultFeatures()
			s.Units, s.Seed, s.Workers = t.units(), t.seed, t.workers
			return baseline.NewRandomFeatures(s, t.training, t.classes)
		}},
		{"reservoir", "the reservoir", "a recurrent layer that does not learn, with a readout in closed form", func(t *trial) (baseline.Learner, error) {
			s := baseline.DefaultReservoir()
			s.Units, s.Seed, s.Workers = t.units(), t.seed, t.workers
			return baseline.NewReservoir(s, t.training, t.classes)
		}},
		{"neighbours", "nearest neighbours", "votes of the k nearest training samples, k chosen", func(t *trial) (baseline.Learner, error) {
			return baseline.NewNeighbours(baseline.NeighboursSettings{Seed: t.seed, Workers: t.workers}, t.training, t.classes)
		}},
		{"forest", "the random forest", "200 trees", func(t *trial) (baseline.Learner, error) {
			s := baseline.DefaultForest()
			s.Seed, s.Workers = t.seed, t.workers
			return baseline.NewForest(s, t.training, t.classes)
		}},
		{majorityName, "the majority class", "always says the class that most training samples have", func(t *trial) (baseline.Learner, error) {
			return &majority{labels: t.training.Labels, classes: t.classes}, nil
		}},
	}
}

// layer returns the settings of a hidden layer that learns in epochs.
func (t *trial) layer() baseline.Settings {
	s := baseline.DefaultsFor(t.training.Count())
	if t.quick {
		s.Epochs = quickEpochs(s.Epochs, t.training.Count())
	}
	s.Hidden, s.Seed, s.Workers = t.hidden(), t.seed, t.workers
	return s
}

// hidden returns the units of a hidden layer of as many weights as the network learns.
func (t *trial) hidden() int {
	units := baseline.HiddenFor(float64(t.weights), t.training.Dim(), t.classes)
	if t.shared {
		units = max(fewestHidden, units)
	}
	return min(units, 1<<16)
}

// units returns those of a layer that does not learn.
func (t *trial) units() int {
	if t.quick {
		return min(t.neurons, QuickUnits)
	}
	return min(t.neurons, MostUnits)
}

// quickEpochs returns as many epochs of some samples as quick takes.
func quickEpochs(epochs, samples int) int {
	return min(epochs, max(1, QuickShown/max(1, samples)))
}

// choice returns what a learner chose on training samples, "" for nothing.
func choice(l baseline.Learner) string {
	switch l := l.(type) {
	case *baseline.Logistic:
		return fmt.Sprintf("penalty %g", l.Penalty())
	case *baseline.RandomFeatures:
		return fmt.Sprintf("ridge %g", l.Strength())
	case *baseline.Reservoir:
		return fmt.Sprintf("ridge %g", l.Strength())
	case *baseline.Neighbours:
		return fmt.Sprintf("k %d", l.K())
	}
	return ""
}

// Select returns the methods of some names, in the order of [Methods], all for none. The
// networks are always there and may be named. It
// reports names that nothing has.
func Select(names []string) ([]Method, error) {
	all := Methods()
	if len(names) == 0 {
		return all, nil
	}
	wanted, known := map[string]bool{}, []string{Network}
	for _, m := range all {
		known = append(known, m.Name)
	}
	for _, name := range names {
		wanted[name] = true
	}
	for _, name := range known {
		delete(wanted, name)
	}
	for _, name := range names {
		if !wanted[name] {
			continue
		}
		err := fmt.Errorf("no method %q, want some of %s", name, strings.Join(known, ", "))
		if near := spelling.Nearest(name, known); near != "" {
			err = fmt.Errorf("%w; did you mean %s?", err, near)
		}
		return nil, err
	}
	for _, name := range names {
		wanted[name] = true
	}
	var chosen []Method
	for _, m := range all {
		if wanted[m.Name] {
			chosen = append(chosen, m)
		}
	}
	return chosen, nil
}
