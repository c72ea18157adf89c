package solve

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
)

// Solver is a way to look for a fixed point.
type Solver string

const (
	// Sequential, Parallel and Partial are the dynamics of the network from a random state:
	// see package dynamics. An iteration is a sweep.
	Sequential Solver = "sequential"
	Parallel   Solver = "parallel"
	Partial    Solver = "partial"
	// Annealed is sequential dynamics with noise: in a sweep at temperature T a neuron takes +1
	// with probability 1/(1 + exp(-2 h_i/T)). T falls linearly from Temperature to 0 over four
	// fifths of the budget; the rest are plain sweeps.
	Annealed Solver = "annealed"
	// Search is a focused Metropolis walk on the number E of unstable neurons: a random
	// unstable neuron turns with probability min(1, exp(-Delta E/T)). An iteration is N trials,
	// each of which costs as much as a flip; T falls geometrically from Temperature to a fiftieth.
	Search Solver = "search"
	// Reinforced is reinforced belief propagation (rBP): in iteration t every spin is given,
	// as an external field, 1 - (1 - r)^t of what it heard in the one before. r is Rate.
	Reinforced Solver = "rbp"
	// Focusing is focusing belief propagation (fBP): every spin is tied with a strength gamma
	// to those of y - 1 other replicas, alike, and gamma rises in steps.
	Focusing Solver = "fbp"
)

// Solvers lists all solvers.
func Solvers() []Solver {
	return []Solver{Sequential, Parallel, Partial, Annealed, Search, Reinforced, Focusing}
}

// Settings say how to look for a fixed point. [Defaults] has values that work for random
// networks.
type Settings struct {
	// Solver to use.
	Solver Solver
	// Seed of the random start, of random orders and choices.
	Seed uint64
	// Budget is the greatest number of iterations, or sweeps, at least 1.
	Budget int
	// Margin is kappa: a fixed point has s_i h_i > kappa for all i. Dynamics know none but 0.
	Margin float64
	// External are fields on the spins, one for each place of a state, that message passing
	// keeps beside its own; nil is none. One of 1e25 holds a spin, whatever its constraint says.
	External []float64
	// Damping in [0, 1) is the share of the old messages that an iteration keeps.
	Damping float64
	// Rate is r of Reinforced, in (0, 1).
	Rate float64
	// Replicas is y of Focusing, at least 2.
	Replicas int
	// Coupling is gamma with which Focusing begins, above 0; Step how much it rises at a time,
	// and Patience the greatest number of iterations before it does.
	Coupling, Step float64
	Patience       int
	// Probability of an update in a sweep of Partial, in (0, 1].
	Probability float64
	// Temperature with which Annealed and Search begin, above 0: in units of the field, or of
	// unstable neurons.
	Temperature float64
	// Workers is the number of goroutines of message passing; zero means GOMAXPROCS. It
	// changes speed only.
	Workers int
}

// Defaults returns the settings of a solver that find fixed points of random networks where
// it can.
func Defaults(solver Solver) Settings {
	s := Settings{
		Solver: solver, Seed: 1, Budget: 1000,
		Rate: 0.003, Replicas: 7, Coupling: 0.2, Step: 0.1, Patience: 60, Probability: 0.5,
	}
	switch solver {
	case Annealed:
		s.Temperature = 0.2
	case Search:
		s.Temperature = 2
	case Reinforced:
		s.Budget = 2000
	case Focusing:
		s.Budget, s.Damping = 2000, 0.5
	}
	return s
}

// Validate reports, joined, every setting that is out of its range.
func (s Settings) Validate() error {
	var problems []error
	report := func(wrong bool, format string, values ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf("solve: "+format, values...))
		}
	}
	dynamical := s.Solver == Sequential || s.Solver == Parallel || s.Solver == Partial || s.Solver == Annealed
	report(!slices.Contains(Solvers(), s.Solver), "solver %q, want one of %s", s.Solver, names())
	report(s.Budget < 1, "a budget of %d iterations, want at least 1", s.Budget)
	report(math.IsNaN(s.Margin) || math.IsInf(s.Margin, 0), "margin %v, want a finite number", s.Margin)
	report(dynamical && s.Margin != 0, "margin %v with solver %s, want 0: dynamics stops at any fixed point", s.Margin, s.Solver)
	report(!(s.Damping >= 0 && s.Damping < 1), "damping %v, want at least 0 and below 1", s.Damping)
	report(s.Solver == Reinforced && !(s.Rate > 0 && s.Rate < 1), "rate %v, want above 0 and below 1", s.Rate)
	if s.Solver == Focusing {
		report(s.Replicas < 2, "%d replicas, want at least 2", s.Replicas)
		report(!(s.Coupling > 0 && s.Coupling < math.Inf(1)), "coupling %v of replicas, want a number above 0", s.Coupling)
		report(!(s.Step > 0 && s.Step < math.Inf(1)), "step %v of the coupling, want a number above 0", s.Step)
		report(s.Patience < 1, "patience of %d iterations, want at least 1", s.Patience)
	}
	report(s.Solver == Partial && !(s.Probability > 0 && s.Probability <= 1), "probability %v, want above 0 and at most 1", s.Probability)
	annealing := s.Solver == Annealed || s.Solver == Search
	report(annealing && !(s.Temperature > 0 && s.Temperature < math.Inf(1)), "temperature %v, want a number above 0", s.Temperature)
	report(s.Workers < 0, "%d workers, want 0 (for GOMAXPROCS) or more", s.Workers)
	return errors.Join(problems...)
}

// workers returns the number of goroutines.
func (s Settings) workers() int {
	if s.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return s.Workers
}

func names() string {
	var list []string
	for _, s := range Solvers() {
		list = append(list, string(s))
	}
	return strings.Join(list, ", ")
}
