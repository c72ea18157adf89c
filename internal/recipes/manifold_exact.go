package recipes

import (
	"context"
	"fmt"
	"math"
	"time"

	"basin/internal/experiment"
	"basin/internal/random"
	"basin/internal/survey"
)

// planeNeurons is N of the chains with both couplings.
const planeNeurons = 18

// nearby is the number of neurons that may differ between neighbours.
const nearby = 2

// manifoldExact is the census of small random networks beside theory.
func manifoldExact() *experiment.Recipe {
	return &experiment.Recipe{
		Name:  "manifold-exact",
		Title: "All fixed points of small random networks",
		Question: "How does the number of fixed points grow with N, with the self-coupling alone and with the coupling between modules alone, and is it " +
			"what theory says? Are the fixed points that dynamics reaches others than typical ones: typical ones of large networks are isolated, " +
			"do reached ones have neighbours? From how many starts is a fixed point reached, and do the fixed points hang together?",
		Method: "Random couplings of variance 1/N, no input, no feedback; every one of the 2^N states is looked at, in integers. One module with a self-coupling, " +
			"chains of two and three modules with lambda and no self-coupling, and two modules with both. Each seed draws its own networks. A typical fixed point is " +
			"one drawn uniformly from those of all draws; a reached one is where a random start comes to rest, with sequential sweeps in random orders. Neighbours " +
			fmt.Sprintf("differ in at most %d neurons, and components join neighbours. Theory is exact at each N where a curve says so, else the limit of many neurons. ", nearby) +
			"N is at most 20 (quick) or 28 (full), all modules together.",
		Axes:     []experiment.Axis{{Name: "modules", Title: "L"}, {Name: "neurons", Title: "N"}, {Name: "self_coupling", Title: "J_D"}, {Name: "lambda", Title: "lambda"}},
		Values:   manifoldValues,
		Quick:    experiment.Scale{Seeds: 2, Cost: 3 * time.Minute},
		Full:     experiment.Scale{Seeds: 8, Cost: 25 * time.Minute},
		Points:   manifoldPoints,
		Figures:  manifoldFigures,
		Findings: manifoldFindings,
	}
}

var manifoldValues = []experiment.Value{
	{Name: "count", Title: "fixed points"},
	{Name: "count_spread", Title: "spread of their number"},
	{Name: "none", Title: "draws without any", Share: true},
	{Name: "typical", Title: "neighbours of a typical one"},
	{Name: "reached", Title: "neighbours of a reached one"},
	{Name: "typical_alone", Title: "typical ones without neighbours", Share: true},
	{Name: "reached_alone", Title: "reached ones without neighbours", Share: true},
	{Name: "rest_parallel", Title: "starts that come to rest, parallel", Share: true},
	{Name: "rest_sequential", Title: "starts that come to rest, sequential", Share: true},
	{Name: "largest", Title: "largest component", Share: true},
}

// censusOf is the census of random networks of one kind.
type censusOf struct {
	Modules      int     `json:"modules"`
	Neurons      int     `json:"neurons"` // all modules together
	SelfCoupling float64 `json:"self_coupling"`
	Lambda       float64 `json:"lambda"`
	Draws        int     `json:"draws"`
	// Starts of each draw.
	Starts int `json:"starts"`
}

// manifoldPoints are three families: one module with J_D, chains with lambda alone, and
// two modules with both.
func manifoldPoints(full bool) ([]experiment.Point, error) {
	var points []experiment.Point
	seen := map[censusOf]bool{}
	add := func(modules, neurons int, selfCoupling, lambda float64) {
		c := censusOf{Modules: modules, Neurons: neurons, SelfCoupling: selfCoupling, Lambda: lambda, Draws: drawsOf(neurons, full), Starts: 200}
		if seen[c] {
			return
		}
		seen[c] = true
		at := []experiment.Place{experiment.Number(float64(modules)), experiment.Number(float64(neurons)), experiment.Number(selfCoupling), experiment.Number(lambda)}
		points = append(points, experiment.Point{At: at, Task: c, Cost: float64(c.Draws) * (2e5 + math.Exp2(float64(neurons)))})
	}
	sizes, chains := []int{8, 12, 16, 20}, []int{6, 12, 18}
	if full {
		sizes, chains = append(sizes, 24, 28), append(chains, 24)
	}
	for _, n := range sizes {
		for _, jd := range []float64{0, 0.1, 0.2, 0.3, 0.5, 0.8} {
			if jd <= 0.5 || n <= 24 { // beyond, there are too many pairs to count
				add(1, n, jd, 0)
			}
		}
	}
	for _, n := range chains {
		for _, lambda := range []float64{0, 0.25, 0.5, 1, 2} {
			add(2, n, 0, lambda)
			add(3, n, 0, lambda)
		}
	}
	for _, jd := range []float64{0, 0.1, 0.3, 0.5} {
		for _, lambda := range []float64{0, 0.25, 0.5, 1, 2} {
			add(2, planeNeurons, jd, lambda)
		}
	}
	return points, nil
}

// drawsOf is the number of networks of a cell: as many as a second or two allow.
func drawsOf(neurons int, full bool) int {
	draws := min(400, 1<<max(0, 26-neurons))
	if neurons > 16 {
		draws = max(10, draws)
	}
	if full {
		draws *= 2
	}
	return draws
}

// kind is the network; it reads an input of strength 0, which is none.
func (c censusOf) kind() survey.Kind {
	return survey.Kind{Neurons: c.Neurons / c.Modules, Modules: c.Modules, SelfCoupling: c.SelfCoupling, Lambda: c.Lambda, Gain: 1, Density: 1}
}

// Run draws the networks and looks at all their states.
func (c censusOf) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	// Points do not share networks.
	stream := random.New(b.Seed, random.Synthetic, uint64(c.Modules), uint64(c.Neurons), math.Float64bits(c.SelfCoupling), math.Float64bits(c.Lambda))
	seeds := make([]uint64, c.Draws)
	for draw := range seeds {
		seeds[draw] = stream.Uint64()
	}
	t, err := survey.TallyOf(ctx, c.kind(), survey.TallyOptions{
		Draws: c.Draws, Seeds: func(draw int) uint64 { return seeds[draw] }, Distance: nearby, Starts: c.Starts, Histograms: true,
		Workers: 1, Observe: func(done int) { b.Progress(float64(done) / float64(c.Draws)) },
	})
	if err != nil {
		return experiment.Result{}, err
	}
	return manifoldResult(t), nil
}

// manifoldResult turns the draws into means, and their standard errors into a series in the
// order of the recipe's values.
func manifoldResult(t *survey.Tally) experiment.Result {
	means := map[string]survey.Mean{
		"count":           t.Count(),
		"count_spread":    {Value: t.Spread().Value}, // seeds show its error
		"none":            t.None(),
		"typical":         t.Neighbours(),
		"typical_alone":   t.Alone(),
		"reached":         t.ReachedNeighbours(),
		"reached_alone":   t.ReachedAlone(),
		"rest_parallel":   t.RestParallel(),
		"rest_sequential": t.RestSequential(),
		"largest":         t.Largest(),
	}
	result := experiment.Result{Values: map[string]float64{}, Series: map[string]experiment.Series{}}
	errors := experiment.Series{}
	for k, v := range manifoldValues {
		mean := means[v.Name]
		if math.IsNaN(mean.Value) || math.IsInf(mean.Error, 0) || math.IsNaN(mean.Error) {
			mean.Error = 0
		} else {
			result.Values[v.Name] = mean.Value
		}
		errors.X, errors.Y = append(errors.X, float64(k)), append(errors.Y, mean.Error)
	}
	result.Series[errorSeries] = errors
	typical, reached := t.Around()
	centres, typicalMargins, reachedMargins := t.Densities()
	for name, y := range map[string][]float64{"typical": typical, "reached": reached} {
		if y != nil {
			s := experiment.Series{Y: y}
			for d := range y {
				s.X = append(s.X, float64(d))
			}
			result.Series[name] = s
		}
	}
	for name, y := range map[string][]float64{"typical_margins": typicalMargins, "reached_margins": reachedMargins} {
		if y != nil {
			result.Series[name] = experiment.Series{X: centres, Y: y}
		}
	}
	return result
}

// errorSeries are the standard errors of a cell, from its draws.
const errorSeries = "errors"

// standardError returns that of a value of a row, over all seeds.
func standardError(r experiment.Row, value string) float64 {
	for k, v := range manifoldValues {
		if s := r.Series[errorSeries]; v.Name == value && k < len(s.Y) {
			return s.Y[k] / math.Sqrt(float64(r.Seeds))
		}
	}
	return 0
}
