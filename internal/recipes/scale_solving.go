package recipes

import (
	"context"
	"math"
	"slices"

	"basin/internal/experiment"
	"basin/internal/random"
	"basin/internal/survey"
	"basin/manifold/solve"
	"basin/network"
	"basin/network/coupling"
)

// solving lets a solver look for a fixed point of random networks of one kind. Each draw is a
// network and a random start of its own; cells that differ in the solver or in J_D share them.
type solving struct {
	survey.Kind
	Solver solve.Solver `json:"solver"`
	// Symmetry is the correlation of J_ij and J_ji, from -1 to 1.
	Symmetry float64 `json:"symmetry,omitempty"`
	// Rate is that of rBP; 0 is the default of package solve.
	Rate  float64 `json:"rate,omitempty"`
	Draws int     `json:"draws"`
	// Budget is the most sweeps, or iterations of message passing.
	Budget int `json:"budget"`
}

// beginning is the search for a fixed point from which others are looked at.
func beginning(k survey.Kind, start string, budget int) solving {
	s := solving{Kind: k, Solver: solve.Solver(start), Budget: budget}
	if k.SelfCoupling > 0.5 {
		s.Rate = 0.01 // reinforcement is quicker so, and finds all
	}
	return s
}

// settings of the search in a draw.
func (s solving) settings(seed uint64) solve.Settings {
	settings := solve.Defaults(s.Solver)
	settings.Seed, settings.Budget, settings.Margin, settings.Workers = seed, s.Budget, s.Margin, 1
	if s.Rate > 0 {
		settings.Rate = s.Rate
	}
	return settings
}

// draw draws a network.
func (s solving) draw(seed uint64) (*network.Network, error) {
	n, err := s.Kind.Draw(seed)
	if err != nil || s.Symmetry == 0 {
		return n, err
	}
	for _, m := range n.Modules {
		if err := coupling.Correlate(m.Recurrent, s.Symmetry); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// seeds returns a seed for each draw: the same for networks of one shape.
func seeds(seed uint64, k survey.Kind, draws int) []uint64 {
	stream := random.New(seed, random.Synthetic, uint64(k.Modules), uint64(k.Neurons))
	list := make([]uint64, draws)
	for draw := range list {
		list[draw] = stream.Uint64()
	}
	return list
}

// Run draws the networks and looks for a fixed point of each.
func (s solving) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
	var found []solve.Result
	for draw, seed := range seeds(b.Seed, s.Kind, s.Draws) {
		if err := ctx.Err(); err != nil {
			return experiment.Result{}, err
		}
		n, err := s.draw(seed)
		if err != nil {
			return experiment.Result{}, err
		}
		r, err := solve.Solve(ctx, n, []float32{1}, s.settings(seed))
		if err != nil {
			return experiment.Result{}, err
		}
		r.State, r.Trace = nil, nil
		found = append(found, r)
		b.Progress(float64(draw+1) / float64(s.Draws))
	}
	return searched(found, s.Total()), nil
}

// searched sums up searches in networks of some neurons.
func searched(found []solve.Result, neurons int) experiment.Result {
	unstable, solved, two, longer := 0, 0, 0, 0
	var times, periods []float64
	for _, r := range found {
		unstable += r.Unstable
		switch {
		case r.Status == solve.Solved:
			solved++
			times, periods = append(times, float64(r.Iterations)), append(periods, 1)
		case r.Period == 2:
			two++
			periods = append(periods, 2)
		case r.Period > 2:
			longer++
			periods = append(periods, float64(r.Period))
		}
	}
	share := func(count int) float64 { return float64(count) / float64(len(found)) }
	values := map[string]float64{"solved": share(solved), "unstable": share(unstable) / float64(neurons), "period_2": share(two), "longer": share(longer)}
	if slices.Sort(periods); longer > 0 {
		values["period"] = periods[len(periods)/2]
	}
	return timed(values, times, len(found))
}

// timed adds the median of the times of the searches that came to an end, among all: the
// others took longer. It is there where the upper end of its standard error is, too.
func timed(values map[string]float64, times []float64, searches int) experiment.Result {
	result := experiment.Result{Values: values}
	slices.Sort(times)
	n := float64(searches)
	// The median lies between the order statistics n/2 -+ sqrt(n)/2 in 68 % of samples.
	at := func(rank float64) (float64, bool) {
		k := int(math.Ceil(rank)) - 1
		k = max(k, 0)
		if k >= len(times) {
			return 0, false
		}
		return times[k], true
	}
	middle, some := at((n + 1) / 2)
	low, _ := at((n - math.Sqrt(n)) / 2)
	if high, all := at((n+1)/2 + math.Sqrt(n)/2); some && all {
		values["time"] = middle
		// Times are whole: half a sweep is the least that is known of one.
		spread := max(math.Log(high/low)/2, 0.5/middle)
		result.Series = map[string]experiment.Series{medianSeries: {X: []float64{0, 1}, Y: []float64{math.Log(middle), spread}}}
	}
	return result
}

// medianSeries has the logarithm of the median time of a cell, and its standard error.
const medianSeries = "median"

// medianTime returns the logarithm of the median time of a row and its standard error, over
// the seeds; false where half of the searches or more did not end.
func medianTime(row experiment.Row) (log, spread float64, ok bool) {
	s := row.Series[medianSeries]
	if len(s.Y) != 2 {
		return 0, 0, false
	}
	return s.Y[0], s.Y[1] / math.Sqrt(float64(row.Seeds)), true
}
