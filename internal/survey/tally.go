package survey

import (
	"context"
	"math"
	"sync/atomic"

	"basin/manifold/census"
)

// TallyOptions say which networks are looked at, and what for.
type TallyOptions struct {
	// Draws is the number of networks, at least 2; Seeds returns the seed of each. It is
	// called from several goroutines.
	Draws int
	Seeds func(draw int) uint64
	// Distance within which fixed points are neighbours, from 1 to their neurons.
	Distance int
	// Starts is the number of random states of each network from which both dynamics
	// begin: parallel sweeps, and sequential ones in random orders.
	Starts int
	// Histograms counts margins by bin; without it their mean is taken.
	Histograms bool
	// Workers is the number of goroutines, one draw each at a time; zero means
	// GOMAXPROCS. It changes speed only.
	Workers int
	// Observe, if not nil, is told how many draws are done, from several goroutines.
	Observe func(done int)
}

// Tally is what the networks of many draws have. A typical fixed point is one that is drawn
// from those of all draws; a reached one is where a random start comes to rest by sequential
// sweeps.
type Tally struct {
	kind     Kind
	averages *census.Averages
	starts   int
	looks    []*look
}

// Mean is an average over draws with its standard error.
type Mean = census.Mean

// TallyOf draws networks of a kind and looks at all their states. It reports what
// [census.Draws] does, and a context that ends.
func TallyOf(ctx context.Context, k Kind, o TallyOptions) (*Tally, error) {
	t := &Tally{kind: k, starts: o.Starts, looks: make([]*look, o.Draws)}
	l := looking{distance: o.Distance, starts: o.Starts, histograms: o.Histograms}
	var done atomic.Int64
	var err error
	t.averages, err = census.Draws(ctx, k.Spec(), input(), census.DrawOptions{
		Draws: o.Draws, Seeds: o.Seeds, Margin: k.Margin, Workers: o.Workers,
		Observe: func(draw int, r *census.Result, pairs []int64) (_ []float64, err error) {
			t.looks[draw], err = l.at(ctx, r, pairs, o.Seeds(draw))
			if now := int(done.Add(1)); o.Observe != nil {
				o.Observe(now)
			}
			return nil, err
		},
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// column returns a number of every draw.
func (t *Tally) column(of func(l *look) float64) []float64 {
	values := make([]float64, len(t.looks))
	for draw, l := range t.looks {
		values[draw] = of(l)
	}
	return values
}

// ratio returns the mean of one number over that of another.
func (t *Tally) ratio(above, below func(l *look) float64) Mean {
	return census.Ratio(t.column(above), t.column(below))
}

func one(*look) float64              { return 1 }
func count(l *look) float64          { return l.count }
func sequential(l *look) float64     { return l.sequential }
func (t *Tally) begun(*look) float64 { return float64(t.starts) }
func some(l *look) float64           { return min(1, l.count) }
func none(l *look) float64           { return 1 - some(l) }
func largest(l *look) float64 {
	if l.count == 0 {
		return 0
	}
	return l.largest
}

// Count returns the mean number of fixed points.
func (t *Tally) Count() Mean { return t.ratio(count, one) }

// None returns the share of draws without a fixed point.
func (t *Tally) None() Mean { return t.ratio(none, one) }

// Neighbours returns the number of neighbours of a typical fixed point, NaN without any.
func (t *Tally) Neighbours() Mean {
	return t.ratio(func(l *look) float64 { return l.near }, count)
}

// Alone returns the share of typical fixed points without neighbours, NaN without any.
func (t *Tally) Alone() Mean { return t.ratio(func(l *look) float64 { return l.alone }, count) }

// ReachedNeighbours returns the number of neighbours of a reached fixed point, NaN where none
// is reached.
func (t *Tally) ReachedNeighbours() Mean {
	return t.ratio(func(l *look) float64 { return l.reachedNear }, sequential)
}

// ReachedAlone returns the share of reached fixed points without neighbours, NaN where none is
// reached.
func (t *Tally) ReachedAlone() Mean {
	return t.ratio(func(l *look) float64 { return l.reachedAlone }, sequential)
}

// RestParallel returns the share of starts that parallel sweeps bring to rest in a fixed point.
func (t *Tally) RestParallel() Mean {
	return t.ratio(func(l *look) float64 { return l.parallel }, t.begun)
}

// RestSequential returns that share for sequential sweeps in random orders.
func (t *Tally) RestSequential() Mean { return t.ratio(sequential, t.begun) }

// Largest returns the share of the fixed points in the largest component, over the draws
// that have any; NaN without one.
func (t *Tally) Largest() Mean { return t.ratio(largest, some) }

// Spread returns the standard deviation of the number of fixed points over its mean, with
// the standard error that leaving out one draw after another shows.
func (t *Tally) Spread() Mean {
	numbers := t.column(count)
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
	return Mean{Value: whole, Error: math.Sqrt(off * (n - 1) / n)}
}

// Around returns the mean number of fixed points at each distance from a typical one, and
// from a reached one; nil where there is none.
func (t *Tally) Around() (typical, reached []float64) {
	return overFirst(t.sums(func(l *look) []float64 { return l.pairs })), overFirst(t.sums(func(l *look) []float64 { return l.around }))
}

// overFirst divides numbers by the first, nil where it is 0.
func overFirst(numbers []float64) []float64 {
	if numbers[0] == 0 {
		return nil
	}
	return scaled(numbers, 1/numbers[0])
}

// Densities returns the density of margins of typical and of reached fixed points in bins
// with given centres; nil where there is none, and without histograms.
func (t *Tally) Densities() (centres, typical, reached []float64) {
	width := (marginTo - marginFrom) / marginBins
	for k := range marginBins {
		centres = append(centres, marginFrom+(float64(k)+0.5)*width)
	}
	density := func(counts []float64) []float64 {
		total := 0.0
		for _, count := range counts {
			total += count
		}
		if total == 0 {
			return nil
		}
		return scaled(counts, 1/(total*width))
	}
	return centres, density(t.sums(func(l *look) []float64 { return l.histogram })), density(t.sums(func(l *look) []float64 { return l.reachedHistogram }))
}

// sums adds up lists of all draws.
func (t *Tally) sums(of func(l *look) []float64) []float64 {
	sums := make([]float64, len(of(t.looks[0])))
	for _, l := range t.looks {
		for k, v := range of(l) {
			sums[k] += v
		}
	}
	return sums
}

func scaled(values []float64, by float64) []float64 {
	list := make([]float64, len(values))
	for k, v := range values {
		list[k] = v * by
	}
	return list
}
