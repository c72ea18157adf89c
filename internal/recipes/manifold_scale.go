package recipes

import (
	"context"
	"math"
	"time"

	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/manifold/solve"
	"basin/theory"
)

// manifoldScale is where large random networks have fixed points, who finds them, and what
// lies around those.
func manifoldScale() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "manifold-scale",
		Title: "Fixed points of large random networks: three thresholds, and what lies around",
		Question: "From which self-coupling on, or coupling between modules, are there fixed points, does message passing find them, does plain dynamics, and what becomes of these thresholds as N grows? " +
			"How long does dynamics take, and what do an input and a label change? Are the fixed points that are reached surrounded by others, where typical ones are alone?",
		Method: "Random dense couplings of variance 1/N. Searches start from random states: sequential and parallel sweeps, belief propagation with reinforcement (rbp) and of seven replicas that are drawn together (fbp), with the defaults of `basin manifold solve`. " +
			"Each search has a network of its own; cells with one seed and one N share networks and starts. A search that has not ended after 1000 sweeps or 800 iterations (quick), or 10,000 and 2000 (full), has failed; the median time counts it as longer than any. " +
			"Chains are two modules of N/2 neurons each. With a label a network settles with the input and a field of f or -f on each neuron, then without that field. Symmetric couplings are cos(p) J + sin(p) J^T, at J_D = 0, with parallel sweeps. " +
			"Turning one neuron of a fixed point at a time says whether it stays or the dynamics, in up to 100 sweeps, turns it back; a walk between two fixed points goes over fixed points, each nearer to the end, by exact steps of one or two neurons, or else by relaxing from further ones. " +
			"Around a state: belief propagation with a field towards it, from 3 down to 0, at points where it converges; and all fixed points that differ in one or two neurons, counted exactly. " +
			"A planted state is a typical one: it is drawn first, and the couplings given that it is a fixed point. S_FP is the first moment of theory.",
		Axes: []experiment.Axis{
			{Name: "part", Title: "part"},
			{Name: "method", Title: "method"},
			{Name: "neurons", Title: "N"},
			{Name: "self_coupling", Title: "J_D"},
			{Name: "lambda", Title: "lambda"},
			{Name: "input", Title: "a"},
			{Name: "label", Title: "f"},
			{Name: "symmetry", Title: "symmetry"},
		},
		Values: []experiment.Value{
			{Name: "solved", Title: "fixed point found", Share: true},
			{Name: "time", Title: "median sweeps or iterations"},
			{Name: "unstable", Title: "unstable neurons left", Share: true},
			{Name: "period_2", Title: "cycles of period 2", Share: true},
			{Name: "longer", Title: "longer cycles", Share: true},
			{Name: "period", Title: "median period of those that end"},
			{Name: "free", Title: "fixed point found after the label is gone", Share: true},
			{Name: "free_time", Title: "median sweeps then"},
			{Name: "kept", Title: "overlap with the state that the label made"},
			{Name: "near_1", Title: "fixed points at distance 1"},
			{Name: "near_2", Title: "fixed points at distance 2"},
			{Name: "margin", Title: "mean margin"},
			{Name: "stays", Title: "neurons that stay turned", Share: true},
			{Name: "heals", Title: "neurons that turn back", Share: true},
			{Name: "distance", Title: "1 - q of two fixed points"},
			{Name: "longest", Title: "longest step between them"},
			{Name: "excursions", Title: "steps beyond the exact search"},
			{Name: "gap", Title: "J_D below which an overlap is forbidden"},
		},
		Quick:    experiment.Scale{Seeds: 1, Cost: 4 * time.Minute},
		Full:     experiment.Scale{Seeds: 2, Cost: 14 * time.Hour},
		Points:   scalePoints,
		Figures:  scaleFigures,
		Findings: scaleFindings,
	}
}

// The parts of the recipe.
const (
	partExistence = "existence"
	partSelf      = "self-coupling"
	partChain     = "chain"
	partInput     = "input"
	partLabel     = "label"
	partSymmetry  = "symmetry"
	partAround    = "around"
	partWalks     = "walks"
)

// scaleSize is how large the grid of one scale is.
type scaleSize struct {
	dynamics, messages []int // N of the searches
	selfDynamics       []float64
	selfMessages       []float64
	draws              func(neurons int) int
	sweeps, iterations int // budgets
	chain              int // N of chains
	chainSelf, lambdas []float64
	fields             int   // N where an input or a label acts
	symmetric          []int // N of more and less symmetric couplings
	cycles             int   // draws of those
	around             []int
	converge           int // iterations at each field
	states             int // draws of those
	walks              []int
	ways               int // draws of those
}

func scaleOf(full bool) scaleSize {
	if full {
		return scaleSize{
			dynamics: []int{250, 500, 1000, 2000, 4000, 8000}, messages: []int{250, 500, 1000, 2000, 4000},
			selfDynamics: []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, selfMessages: []float64{0.05, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.3},
			draws:  func(neurons int) int { return max(5, min(40, 40000/neurons)) },
			sweeps: 10000, iterations: 2000,
			chain: 2000, chainSelf: []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1}, lambdas: []float64{0, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5},
			fields: 4000, symmetric: []int{25, 50, 100, 200, 400}, cycles: 400,
			around: []int{1000, 4000}, converge: 300, states: 3,
			walks: []int{250, 500, 1000, 2000, 4000}, ways: 8,
		}
	}
	return scaleSize{
		dynamics: []int{250, 500, 1000, 2000}, messages: []int{250, 500, 1000},
		selfDynamics: []float64{0.4, 0.5, 0.6, 0.7, 0.8, 1}, selfMessages: []float64{0.1, 0.13, 0.16, 0.2, 0.3},
		draws:  func(neurons int) int { return max(3, min(12, 8000/neurons)) },
		sweeps: 1000, iterations: 800,
		chain: 500, chainSelf: []float64{0, 0.2, 0.4, 0.6, 0.8}, lambdas: []float64{0, 0.25, 0.5, 1},
		fields: 1000, symmetric: []int{25, 50, 100}, cycles: 60,
		around: []int{1000}, converge: 80, states: 1,
		walks: []int{125, 250, 500}, ways: 4,
	}
}

// scaleGrid collects the points.
type scaleGrid struct {
	points []experiment.Point
	size   scaleSize
}

func (g *scaleGrid) add(part, method string, k survey.Kind, label, symmetry, cost float64, task experiment.Task) {
	at := []experiment.Place{experiment.Word(part), experiment.Word(method)}
	for _, x := range []float64{float64(k.Total()), k.SelfCoupling, k.Lambda, k.Input, label, symmetry} {
		at = append(at, experiment.Number(x))
	}
	g.points = append(g.points, experiment.Point{At: at, Task: task, Cost: cost})
}

// search adds a cell of searches with a solver. A sweep costs about a tenth of an iteration.
func (g *scaleGrid) search(part string, solver solve.Solver, k survey.Kind, draws int) {
	n := float64(k.Total())
	s := solving{Kind: k, Solver: solver, Draws: draws, Budget: g.size.sweeps}
	cost := float64(draws) * n * n * (60 + 0.05*float64(s.Budget))
	if solver == solve.Reinforced || solver == solve.Focusing {
		s.Budget = g.size.iterations
		cost = float64(draws) * n * n * 2 * float64(s.Budget)
	}
	g.add(part, string(solver), k, 0, 0, cost*1e-9, s)
}

// oneModule is the kind of a dense network without input.
func oneModule(neurons int, selfCoupling float64) survey.Kind {
	return survey.Kind{Neurons: neurons, Modules: 1, SelfCoupling: selfCoupling, Gain: 1, Density: 1}
}

func scalePoints(full bool) ([]experiment.Point, error) {
	g := &scaleGrid{size: scaleOf(full)}
	g.add(partExistence, "first moment", survey.Kind{}, 0, 0, 1, existing{Replicas: []int{2, 3, 5, 7, 10}})
	for _, n := range g.size.dynamics {
		for _, solver := range []solve.Solver{solve.Sequential, solve.Parallel} {
			for _, jd := range g.size.selfDynamics {
				g.search(partSelf, solver, oneModule(n, jd), g.size.draws(n))
			}
		}
	}
	for _, n := range g.size.messages {
		for _, solver := range []solve.Solver{solve.Reinforced, solve.Focusing} {
			for _, jd := range g.size.selfMessages {
				g.search(partSelf, solver, oneModule(n, jd), max(3, g.size.draws(n)/4))
			}
		}
	}
	for _, jd := range g.size.chainSelf {
		for _, lambda := range g.size.lambdas {
			k := survey.Kind{Neurons: g.size.chain / 2, Modules: 2, SelfCoupling: jd, Lambda: lambda, Gain: 1, Density: 1}
			g.search(partChain, solve.Sequential, k, 6)
			g.search(partChain, solve.Reinforced, k, 3)
		}
	}
	g.fields()
	for _, n := range g.size.symmetric {
		for _, eta := range []float64{0, 0.25, 0.5, 0.75, 1} {
			k := oneModule(n, 0)
			g.add(partSymmetry, string(solve.Parallel), k, 0, eta, float64(g.size.cycles*n*n)*3e-6,
				solving{Kind: k, Solver: solve.Parallel, Symmetry: eta, Draws: g.size.cycles, Budget: 10000})
		}
	}
	for _, n := range g.size.around {
		for _, jd := range []float64{0.2, 0.3, 0.5, 0.8, 1} {
			for _, start := range aroundStarts {
				if (start == string(solve.Sequential) || start == string(solve.Parallel)) && jd < 0.8 && n > 500 {
					continue // dynamics does not get there
				}
				a := around{Kind: oneModule(n, jd), Start: start, Draws: g.size.states, Budget: 2000, Iterations: g.size.converge}
				g.add(partAround, start, a.Kind, 0, 0, float64(n*n*a.Iterations*a.Draws)*2e-8, a)
			}
		}
	}
	g.walks()
	return g.points, nil
}

// walks adds walks between fixed points.
func (g *scaleGrid) walks() {
	for _, n := range g.size.walks {
		for _, jd := range []float64{0.3, 0.5, 0.8, 1} {
			for _, start := range []string{planted, string(solve.Sequential), string(solve.Reinforced)} {
				if start == string(solve.Sequential) && jd < 0.8 {
					continue
				}
				w := walking{Kind: oneModule(n, jd), Start: start, Draws: g.size.ways, Budget: 2000, Moves: 2, Turned: 100, Sweeps: 100}
				g.add(partWalks, start, w.Kind, 0, 0, float64(w.Draws*n*n)*3e-6, w)
			}
		}
	}
}

// aroundStarts are the states whose neighbourhood is measured.
var aroundStarts = []string{planted, string(solve.Sequential), string(solve.Parallel), string(solve.Reinforced), string(solve.Focusing)}

// fields adds what an input and a label do.
func (g *scaleGrid) fields() {
	n := g.size.fields
	for _, jd := range []float64{0.3, 0.5, 0.7} {
		for _, a := range []float64{0, 0.25, 0.5, 1, 2, 5} {
			k := oneModule(n, jd)
			k.Input = a
			g.search(partInput, solve.Sequential, k, g.size.draws(n))
		}
	}
	for _, a := range []float64{0, 1, 5} {
		for _, f := range []float64{0, 0.9, 2} {
			k := oneModule(n, 0.5)
			k.Input = a
			l := labelled{Kind: k, Label: f, Draws: g.size.draws(n), Budget: g.size.sweeps}
			g.add(partLabel, string(solve.Sequential), k, f, 0, float64(l.Draws*n*n)*1e-7, l)
		}
	}
}

// existing is what first moments say about one module without input: below which
// self-coupling some overlap has no tuple of fixed points.
type existing struct {
	Replicas []int `json:"replicas"`
}

// Run computes the threshold of each number of replicas; the largest is the value.
func (e existing) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	thresholds, most := experiment.Series{}, 0.0
	for k, y := range e.Replicas {
		threshold, err := theory.Ensemble{}.TupleThreshold(ctx, y)
		if err != nil {
			return experiment.Result{}, err
		}
		thresholds.X, thresholds.Y = append(thresholds.X, float64(y)), append(thresholds.Y, threshold)
		most = math.Max(most, threshold)
		b.Progress(float64(k+1) / float64(len(e.Replicas)))
	}
	return experiment.Result{Values: map[string]float64{"gap": most}, Series: map[string]experiment.Series{"gap": thresholds}}, nil
}
