package compare

import (
	"fmt"
	"math"
	"strings"

	"basin/baseline"
	"basin/dataset"
	"basin/internal/spelling"
)

// Network is the name of the networks of the settings, among those of methods.
const Network = "basin"

// Bounds of the size of learners.
const (
	// MostUnits bounds the units of random features and of a reservoir, whose equations grow
	// with their square.
	MostUnits = 4000
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
	// epochs bounds those of learners in epochs, 0 where it does not.
	epochs int
}

// Methods returns all methods.
func Methods() []Method {
	return []Method{
		{"perceptron", "the multilayer perceptron", "one hidden layer of as many weights, backpropagation, Adam", func(t *trial) (baseline.Learner, error) {
			s := baseline.Defaults()
			s.Hidden, s.Epochs, s.Seed, s.Workers = t.hidden(), t.atMost(s.Epochs), t.seed, t.workers
			return baseline.New(s, t.training, t.classes)
		}},
		{majorityName, "the majority class", "always says the class that most training samples have", func(t *trial) (baseline.Learner, error) {
			return &majority{labels: t.training.Labels, classes: t.classes}, nil
		}},
	}
}

// hidden returns the units of a hidden layer of as many weights as the network learns.
func (t *trial) hidden() int {
	units := int(math.Round(float64(t.weights-t.classes) / float64(t.training.Dim()+1+t.classes)))
	if t.shared {
		units = max(fewestHidden, units)
	}
	return min(max(1, units), 1<<16)
}

// units returns those of a layer that does not learn.
func (t *trial) units() int { return min(t.neurons, MostUnits) }

// atMost returns epochs as far as they are not bounded.
func (t *trial) atMost(epochs int) int {
	if t.epochs > 0 {
		return min(epochs, t.epochs)
	}
	return epochs
}

// Select returns the methods of some names, in the order of [Methods], all for none. The networks are always there and may be named. It
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
