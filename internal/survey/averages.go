package survey

import (
	"context"
	"errors"
	"math"

	"basin/manifold/census"
	"basin/theory"
)

// Measured is a mean over draws and, where there is a formula, what theory says.
type Measured struct {
	Mean   Number   `json:"mean"`
	Error  Number   `json:"standard_error"`
	Theory *float64 `json:"theory,omitempty"`
}

// Averages is what a census of many draws gave, beside theory.
type Averages struct {
	Kind
	Draws int    `json:"draws"`
	Seed  uint64 `json:"seed"`
	// TheoryIsExact is [Kind.Exact].
	TheoryIsExact bool `json:"theory_is_exact"`
	// Count is that of fixed points, Exponent (1/(L N)) ln of its mean, Sigma the
	// exponent for N to infinity, Spread the standard deviation of the count over its mean.
	Count    Measured `json:"fixed_points"`
	Exponent Measured `json:"exponent"`
	Sigma    float64  `json:"sigma"`
	Spread   Measured `json:"spread"`
	// Distance is that within which fixed points are neighbours. Neighbours counts those
	// of a typical one, NeighboursReached those of a reached one: see [Tally]. Largest is
	// the share of the largest component, over draws with a fixed point; absent without
	// two of them.
	Distance          int       `json:"distance"`
	Neighbours        Measured  `json:"neighbours"`
	NeighboursReached Measured  `json:"neighbours_of_reached"`
	Largest           *Measured `json:"largest_component_share,omitempty"`
	// Parallel and Sequential are the shares of random starts that come to rest.
	Parallel   Measured `json:"settled_parallel"`
	Sequential Measured `json:"settled_sequential"`
	// Margins is the mean of s_i h_i over the neurons of all fixed points.
	Margins Measured `json:"mean_margin"`
	// Pairs are ordered pairs by Hamming distance 0..L N.
	Pairs []Measured `json:"pairs"`
}

// StartsPerDraw is the number of random starts from which each network of a census is
// relaxed.
const StartsPerDraw = 200

// Options of a census of networks of one kind.
type Options struct {
	// Draws is the number of networks, at least 2; draw d has the seed Seed + d.
	Draws int
	Seed  uint64
	// Distance within which fixed points are neighbours, from 1 to their neurons.
	Distance int
	// Workers is the number of goroutines; zero means GOMAXPROCS. It changes speed only.
	Workers int
	// Observe, if not nil, is told how many draws are done, from several goroutines.
	Observe func(done int)
}

// Average takes a census of many draws and puts what theory says beside it. Theory comes
// first: it is quick, and may find that its numbers are out of range. It reports what
// [census.Draws] and the formulas do, and a context that ends.
func Average(ctx context.Context, k Kind, o Options) (*Averages, error) {
	a, err := expect(ctx, k, o)
	if err != nil {
		return nil, err
	}
	t, err := TallyOf(ctx, k, TallyOptions{
		Draws: o.Draws, Seeds: func(draw int) uint64 { return o.Seed + uint64(draw) },
		Distance: o.Distance, Starts: StartsPerDraw, Workers: o.Workers, Observe: o.Observe,
	})
	if err != nil {
		return nil, err
	}
	a.fill(t)
	return a, nil
}

// expect fills in what theory says.
func expect(ctx context.Context, k Kind, o Options) (*Averages, error) {
	a := &Averages{
		Kind: k, Draws: o.Draws, Seed: o.Seed, TheoryIsExact: k.Exact(), Distance: o.Distance, Pairs: make([]Measured, k.Total()+1),
	}
	chain := k.Chain()
	count, err := chain.FixedPoints(k.Neurons)
	if err != nil {
		return nil, err
	}
	if a.Sigma, err = chain.Entropy(); err != nil {
		return nil, err
	}
	exponent := count.Log / float64(k.Total())
	a.Count.Theory, a.Exponent.Theory = &count.Value, &exponent
	pairs, err := k.Pairs(ctx)
	if errors.Is(err, theory.ErrTooLarge) {
		a.Pairs[0].Theory = &count.Value
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	square := 0.0
	for d := range pairs {
		a.Pairs[d].Theory = &pairs[d].Value
		square += pairs[d].Value
	}
	spread, near := math.Sqrt(max(0, square/count.Value/count.Value-1)), neighbours(pairs, count, o.Distance)
	a.Spread.Theory, a.Neighbours.Theory = &spread, &near
	if k.Modules == 1 {
		margins, err := k.Margins()
		if err != nil {
			return nil, err
		}
		mean := margins.Mean()
		a.Margins.Theory = &mean
	}
	return a, nil
}

// fill sets the means and standard errors.
func (a *Averages) fill(t *Tally) {
	set := func(m *Measured, mean census.Mean) { m.Mean, m.Error = Number(mean.Value), Number(mean.Error) }
	total := float64(a.Total())
	number := t.averages.Count()
	set(&a.Count, number)
	set(&a.Exponent, census.Mean{Value: math.Log(number.Value) / total, Error: number.Error / number.Value / total})
	set(&a.Spread, t.Spread())
	for d, pairs := range t.averages.Pairs {
		set(&a.Pairs[d], pairs)
	}
	set(&a.Neighbours, t.Neighbours())
	set(&a.NeighboursReached, t.ReachedNeighbours())
	set(&a.Margins, t.ratio(func(l *look) float64 { return l.margins }, func(l *look) float64 { return l.count * total }))
	if mean, ok := meanOf(t.column(func(l *look) float64 { return l.largest })); ok {
		a.Largest = &Measured{}
		set(a.Largest, mean)
	}
	for _, way := range []struct {
		share *Measured
		of    func(l *look) float64
	}{{&a.Parallel, func(l *look) float64 { return l.parallel }}, {&a.Sequential, sequential}} {
		shares := t.column(func(l *look) float64 { return share(way.of(l)) })
		mean, _ := meanOf(shares)
		set(way.share, mean)
	}
}

// share turns a number of starts into their share. It adds one start after another, as
// censuses always did: the quotient may differ from this sum in the last digit.
func share(starts float64) float64 {
	sum := 0.0
	for range int(starts) {
		sum += 1.0 / StartsPerDraw
	}
	return sum
}

// meanOf returns the mean and standard error of the values that are numbers; false with
// fewer than two. (Package stat adds in another order, and the last digit would differ.)
func meanOf(values []float64) (census.Mean, bool) {
	sum, squares, count := 0.0, 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, count = sum+v, count+1
		}
	}
	if count < 2 {
		return census.Mean{}, false
	}
	mean := sum / count
	for _, v := range values {
		if !math.IsNaN(v) {
			squares += (v - mean) * (v - mean)
		}
	}
	return census.Mean{Value: mean, Error: math.Sqrt(squares / (count - 1) / count)}, true
}
