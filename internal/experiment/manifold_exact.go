package experiment

import (
	"context"
	"fmt"
	"math"
	"time"

	"basin/dynamics"
	"basin/internal/random"
	"basin/manifold/census"
	"basin/network"
)

// planeNeurons is N of the chains with both couplings.
const planeNeurons = 18

// nearby is the number of neurons that may differ between neighbours.
const nearby = 2

// manifoldExact is the census of small random networks beside theory.
func manifoldExact() *Recipe {
	return &Recipe{
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
		Axes:     []Axis{{"modules", "L"}, {"neurons", "N"}, {"self_coupling", "J_D"}, {"lambda", "lambda"}},
		Values:   manifoldValues,
		Quick:    Scale{Seeds: 2, Cost: 3 * time.Minute},
		Full:     Scale{Seeds: 8, Cost: 25 * time.Minute},
		Points:   manifoldPoints,
		Figures:  manifoldFigures,
		Findings: manifoldFindings,
	}
}

var manifoldValues = []Value{
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
func manifoldPoints(full bool) ([]Point, error) {
	var points []Point
	seen := map[censusOf]bool{}
	add := func(modules, neurons int, selfCoupling, lambda float64) {
		c := censusOf{Modules: modules, Neurons: neurons, SelfCoupling: selfCoupling, Lambda: lambda, Draws: drawsOf(neurons, full), Starts: 200}
		if seen[c] {
			return
		}
		seen[c] = true
		at := []Place{Number(float64(modules)), Number(float64(neurons)), Number(selfCoupling), Number(lambda)}
		points = append(points, Point{At: at, Task: c, Cost: float64(c.Draws) * (2e5 + math.Exp2(float64(neurons)))})
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

// margins of the histogram: bins of equal width.
const (
	marginBins = 40
	marginFrom = 0.0
	marginTo   = 4.0
)

// tally is what the draws of a cell have.
type tally struct {
	// By draw: fixed points, their neighbours and how many have none; starts that reach
	// one by either dynamics, and the neighbours of those that sequential sweeps reach.
	count, none, near, alone                     []float64
	parallel, reached, reachedNear, reachedAlone []float64
	// Of draws with a fixed point the share of the largest component.
	some, largest []float64
	ones, starts  []float64
	// By distance, around typical and around reached fixed points.
	pairs, around []float64
	// By bin.
	margins, reachedMargins []float64
	squares                 float64
}

func newTally(neurons int) *tally {
	return &tally{
		pairs: make([]float64, neurons+1), around: make([]float64, neurons+1),
		margins: make([]float64, marginBins), reachedMargins: make([]float64, marginBins),
	}
}

// Run draws the networks and looks at all their states.
func (c censusOf) Run(ctx context.Context, b *Bench) (Result, error) {
	t := newTally(c.Neurons)
	// Points do not share networks.
	stream := random.New(b.Seed, random.Synthetic, uint64(c.Modules), uint64(c.Neurons), math.Float64bits(c.SelfCoupling), math.Float64bits(c.Lambda))
	for draw := range c.Draws {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		seed := stream.Uint64()
		n, err := network.Draw(c.spec(), []int{1}, 2, seed)
		if err != nil {
			return Result{}, err
		}
		r, err := census.Take(ctx, n, nil, census.Options{Workers: 1})
		if err != nil {
			return Result{}, err
		}
		if err := t.add(ctx, r, c.Starts, seed); err != nil {
			return Result{}, err
		}
		b.Progress(float64(draw+1) / float64(c.Draws))
	}
	return t.result(), nil
}

// spec is the network; the first module reads an input, but there is none.
func (c censusOf) spec() network.Spec {
	var spec network.Spec
	for m := range c.Modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: c.Neurons / c.Modules, SelfCoupling: c.SelfCoupling, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: c.Lambda})
		}
	}
	spec.Modules[0].Input.Density = 1
	return spec
}

// add looks at one network.
func (t *tally) add(ctx context.Context, r *census.Result, starts int, seed uint64) error {
	count, none, some, near, alone, largest := float64(len(r.FixedPoints)), 1.0, 0.0, 0.0, 0.0, 0.0
	counts, err := r.Pairs(ctx)
	if err != nil {
		return err
	}
	for k, pairs := range counts {
		t.pairs[k] += float64(pairs)
		if k >= 1 && k <= nearby {
			near += float64(pairs)
		}
	}
	if count > 0 {
		none, some = 0, 1
		components, err := r.Components(ctx, nearby)
		if err != nil {
			return err
		}
		largest = float64(components.Largest()) / count
		for _, size := range components.Sizes {
			if size == 1 {
				alone++
			}
		}
		t.addMargins(r)
	}
	t.squares += count * count
	for _, v := range []struct {
		list  *[]float64
		value float64
	}{
		{&t.count, count},
		{&t.none, none},
		{&t.some, some},
		{&t.near, near},
		{&t.alone, alone},
		{&t.largest, largest},
		{&t.ones, 1},
		{&t.starts, float64(starts)},
	} {
		*v.list = append(*v.list, v.value)
	}
	return t.follow(ctx, r, census.RandomStates(r.Neurons, starts, seed), seed)
}

// addMargins adds the margins of some fixed points, evenly spaced in their list, with the
// weight of all.
func (t *tally) addMargins(r *census.Result) {
	const most = 500
	step := (len(r.FixedPoints) + most - 1) / most
	for k := 0; k < len(r.FixedPoints); k += step {
		bin(t.margins, r.Margins(k), float64(step))
	}
}

func bin(counts, margins []float64, weight float64) {
	for _, m := range margins {
		if k := int((m - marginFrom) / (marginTo - marginFrom) * marginBins); k >= 0 && k < marginBins {
			counts[k] += weight
		}
	}
}

// follow counts the starts that come to rest and looks at where they do.
func (t *tally) follow(ctx context.Context, r *census.Result, starts []census.State, seed uint64) error {
	parallel, err := r.Reach(ctx, starts, census.BasinOptions{Workers: 1})
	if err != nil {
		return err
	}
	sequential, err := r.Reach(ctx, starts, census.BasinOptions{Order: dynamics.Sequential, Seed: seed, Workers: 1})
	if err != nil {
		return err
	}
	hits := map[int32]float64{}
	settled, reached, reachedNear, reachedAlone := 0.0, 0.0, 0.0, 0.0
	for k := range starts {
		if parallel[k] != census.Unsettled {
			settled++
		}
		if end := sequential[k]; end != census.Unsettled {
			hits[end]++
		}
	}
	for k := range r.FixedPoints {
		weight := hits[int32(k)]
		if weight == 0 {
			continue
		}
		reached += weight
		near := 0.0
		for d, count := range r.Around(k) {
			t.around[d] += weight * float64(count)
			if d >= 1 && d <= nearby {
				near += float64(count)
			}
		}
		reachedNear += weight * near
		if near == 0 {
			reachedAlone += weight
		}
		bin(t.reachedMargins, r.Margins(k), weight)
	}
	t.parallel, t.reached = append(t.parallel, settled), append(t.reached, reached)
	t.reachedNear, t.reachedAlone = append(t.reachedNear, reachedNear), append(t.reachedAlone, reachedAlone)
	return nil
}

// result turns the draws into means, and their standard errors into a series in the order
// of the recipe's values.
func (t *tally) result() Result {
	means := map[string]census.Mean{
		"count":           census.Ratio(t.count, t.ones),
		"none":            census.Ratio(t.none, t.ones),
		"typical":         census.Ratio(t.near, t.count),
		"typical_alone":   census.Ratio(t.alone, t.count),
		"reached":         census.Ratio(t.reachedNear, t.reached),
		"reached_alone":   census.Ratio(t.reachedAlone, t.reached),
		"rest_parallel":   census.Ratio(t.parallel, t.starts),
		"rest_sequential": census.Ratio(t.reached, t.starts),
		"largest":         census.Ratio(t.largest, t.some),
	}
	result := Result{Values: map[string]float64{}, Series: map[string]Series{}}
	errors := Series{}
	for k, v := range manifoldValues {
		mean := means[v.Name]
		if _, known := means[v.Name]; !known || math.IsNaN(mean.Value) || math.IsInf(mean.Error, 0) || math.IsNaN(mean.Error) {
			mean.Error = 0
		} else {
			result.Values[v.Name] = mean.Value
		}
		errors.X, errors.Y = append(errors.X, float64(k)), append(errors.Y, mean.Error)
	}
	result.Series[errorSeries] = errors
	distances := make([]float64, len(t.pairs))
	for d := range distances {
		distances[d] = float64(d)
	}
	if fixed := t.pairs[0]; fixed > 0 {
		draws := float64(len(t.count))
		result.Values["count_spread"] = math.Sqrt(max(0, t.squares*draws-fixed*fixed)) / fixed
		result.Series["typical"] = Series{distances, scaled(t.pairs, 1/fixed)}
		addDensity(result.Series, "typical_margins", t.margins)
	}
	if reached := t.around[0]; reached > 0 {
		result.Series["reached"] = Series{distances, scaled(t.around, 1/reached)}
		addDensity(result.Series, "reached_margins", t.reachedMargins)
	}
	return result
}

// errorSeries are the standard errors of a cell, from its draws.
const errorSeries = "errors"

// standardError returns that of a value of a row, over all seeds.
func (r Row) standardError(value string) float64 {
	for k, v := range manifoldValues {
		if s := r.Series[errorSeries]; v.Name == value && k < len(s.Y) {
			return s.Y[k] / math.Sqrt(float64(r.Seeds))
		}
	}
	return 0
}

func scaled(values []float64, by float64) []float64 {
	list := make([]float64, len(values))
	for k, v := range values {
		list[k] = v * by
	}
	return list
}

// addDensity makes a density out of counts by bin. What lies beyond the bins is not
// counted: less than one in a thousand.
func addDensity(series map[string]Series, name string, counts []float64) {
	s, total := Series{X: make([]float64, marginBins)}, 0.0
	width := (marginTo - marginFrom) / marginBins
	for k, count := range counts {
		s.X[k] = marginFrom + (float64(k)+0.5)*width
		total += count
	}
	if total > 0 {
		s.Y = scaled(counts, 1/(total*width))
		series[name] = s
	}
}
