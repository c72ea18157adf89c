package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"basin/dynamics"
	"basin/manifold/census"
	"basin/theory"
)

// expect fills in what theory says.
func (f *censusFlags) expect() (*taken, error) {
	t := &taken{
		Neurons: f.neurons, Modules: f.modules, SelfCoupling: f.selfCoupling, Lambda: f.lambda, Gain: f.gain, Density: f.density,
		Input: f.input, Margin: f.margin, Draws: f.draws, Seed: f.seed, Exact: f.density == 1, Distance: f.distance,
		Pairs: make([]measured, f.neurons*f.modules+1),
	}
	// Theory measures fields in units of the gain.
	module := theory.Ensemble{SelfCoupling: f.selfCoupling / f.gain, InputVariance: f.input * f.input / f.gain / f.gain, Margin: f.margin / f.gain}
	chain := theory.Chain{Module: module, Modules: f.modules, Lambda: f.lambda / f.gain}
	count, err := chain.FixedPoints(f.neurons)
	if err != nil {
		return nil, err
	}
	if t.Sigma, err = chain.Entropy(); err != nil {
		return nil, err
	}
	exponent := count.Log / float64(f.neurons*f.modules)
	t.Count.Theory, t.Exponent.Theory = &count.Value, &exponent
	pairs, err := pairsOf(chain, f.neurons)
	if errors.Is(err, theory.ErrTooLarge) {
		t.Pairs[0].Theory = &count.Value
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	square, near := 0.0, 0.0
	for k := range pairs {
		t.Pairs[k].Theory = &pairs[k].Value
		square += pairs[k].Value
		if k >= 1 && k <= f.distance {
			near += pairs[k].Value
		}
	}
	spread, near := math.Sqrt(max(0, square/count.Value/count.Value-1)), near/count.Value
	t.Spread.Theory, t.Neighbours.Theory = &spread, &near
	if f.modules == 1 {
		if t.Margins.Theory, err = meanMargin(module, f.neurons, f.gain); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// pairsOf returns the pairs at every distance of the whole states.
func pairsOf(c theory.Chain, neurons int) ([]theory.Count, error) {
	if c.Modules > 1 {
		return c.PairsByDistance(neurons)
	}
	counts := make([]theory.Count, neurons+1)
	for k := range counts {
		var err error
		if counts[k], err = c.Module.Pairs(neurons, k); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// meanMargin returns the mean of s_i h_i over fixed points at a finite number of neurons:
// that of many neurons, with fields measured by what the others send here.
func meanMargin(e theory.Ensemble, neurons int, gain float64) (*float64, error) {
	sigma := math.Sqrt(float64(neurons-1) / float64(neurons))
	margins, err := theory.Ensemble{
		SelfCoupling: e.SelfCoupling / sigma, InputVariance: e.InputVariance / sigma / sigma, Margin: e.Margin / sigma,
	}.FixedPointMargins()
	if err != nil {
		return nil, err
	}
	mean := margins.Mean() * sigma * gain
	return &mean, nil
}

// looks are what is seen in each draw.
type looks struct {
	counts, near         []float64 // fixed points; pairs of them within the distance
	margins              []float64 // sum over neurons and fixed points
	largest              []float64 // share of the largest component, NaN without fixed points
	parallel, sequential []float64 // shares of starts that come to rest
	reached, around      []float64 // starts that did in sequential sweeps; neighbours of where they ended
}

func newLooks(draws int) *looks {
	l := &looks{}
	for _, values := range []*[]float64{&l.counts, &l.near, &l.margins, &l.largest, &l.parallel, &l.sequential, &l.reached, &l.around} {
		*values = make([]float64, draws)
	}
	return l
}

// look fills in what one network has.
func (f *censusFlags) look(ctx context.Context, l *looks, draw int, r *census.Result) error {
	l.counts[draw], l.largest[draw] = float64(len(r.FixedPoints)), math.NaN()
	pairs, err := r.Pairs(ctx)
	if err != nil {
		return err
	}
	for k := 1; k <= f.distance; k++ {
		l.near[draw] += float64(pairs[k])
	}
	for k := range r.FixedPoints {
		for _, margin := range r.Margins(k) {
			l.margins[draw] += margin
		}
	}
	if len(r.FixedPoints) > 0 {
		components, err := r.Components(ctx, f.distance)
		if err != nil {
			return err
		}
		l.largest[draw] = float64(components.Largest()) / float64(len(r.FixedPoints))
	}
	seed := f.seed + uint64(draw)
	starts := census.RandomStates(r.Neurons, startsPerDraw, seed)
	for _, way := range []struct {
		order dynamics.Order
		share []float64
	}{{dynamics.Parallel, l.parallel}, {dynamics.Sequential, l.sequential}} {
		ends, err := r.Reach(ctx, starts, census.BasinOptions{Order: way.order, Seed: seed, Workers: 1})
		if err != nil {
			return err
		}
		for _, end := range ends {
			if end == census.Unsettled {
				continue
			}
			way.share[draw] += 1.0 / startsPerDraw
			if way.order == dynamics.Sequential {
				l.reached[draw]++
				for _, count := range r.Around(int(end))[1 : f.distance+1] {
					l.around[draw] += float64(count)
				}
			}
		}
	}
	return nil
}

// take draws the networks and fills in what they have.
func (f *censusFlags) take(ctx context.Context, talk io.Writer, t *taken) error {
	l := newLooks(f.draws)
	var done atomic.Int64
	look := func(draw int, r *census.Result) ([]float64, error) {
		defer done.Add(1)
		return nil, f.look(ctx, l, draw, r)
	}
	var averages *census.Averages
	finished := make(chan error, 1)
	go func() {
		var err error
		averages, err = census.Draws(ctx, f.spec(), f.x(), census.DrawOptions{Draws: f.draws, Seed: f.seed, Margin: f.margin, Workers: f.workers, Observe: look})
		finished <- err
	}()
	if err := f.wait(talk, finished, &done); err != nil {
		return err
	}
	t.fill(averages, l)
	return nil
}

// fill sets the means and standard errors.
func (t *taken) fill(averages *census.Averages, l *looks) {
	set := func(m *measured, mean census.Mean) { m.Mean, m.Error = value(mean.Value), value(mean.Error) }
	total := float64(t.Neurons * t.Modules)
	count := averages.Count()
	set(&t.Count, count)
	set(&t.Exponent, census.Mean{Value: math.Log(count.Value) / total, Error: count.Error / count.Value / total})
	set(&t.Spread, spreadOf(l.counts))
	for k, pairs := range averages.Pairs {
		set(&t.Pairs[k], pairs)
	}
	set(&t.Neighbours, census.Ratio(l.near, l.counts))
	set(&t.NeighboursReached, census.Ratio(l.around, l.reached))
	neurons := make([]float64, len(l.counts))
	for draw, count := range l.counts {
		neurons[draw] = count * total
	}
	set(&t.Margins, census.Ratio(l.margins, neurons))
	t.Largest = meanOf(l.largest)
	t.Parallel, t.Sequential = *meanOf(l.parallel), *meanOf(l.sequential)
}

// spreadOf returns the standard deviation of numbers over their mean, with the standard
// error that leaving out one draw after another shows.
func spreadOf(numbers []float64) census.Mean {
	n, sum, squares := float64(len(numbers)), 0.0, 0.0
	for _, v := range numbers {
		sum, squares = sum+v, squares+v*v
	}
	spread := func(n, sum, squares float64) float64 { return math.Sqrt(max(0, n*squares-sum*sum)) / sum }
	whole, off := spread(n, sum, squares), 0.0
	for _, v := range numbers {
		rest := spread(n-1, sum-v, squares-v*v) - whole
		off += rest * rest
	}
	return census.Mean{Value: whole, Error: math.Sqrt(off * (n - 1) / n)}
}

// tellEvery is how often a long census says how far it is.
const tellEvery = 10 * time.Second

// wait waits for the draws and says how many are done.
func (f *censusFlags) wait(talk io.Writer, finished <-chan error, done *atomic.Int64) error {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-finished:
			return err
		case <-ticker.C:
			fmt.Fprintf(talk, "census of %d of %s\n", done.Load(), counted(f.draws, "draw"))
		}
	}
}
