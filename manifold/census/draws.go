package census

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"basin/network"
)

// DrawOptions say over how many draws of the couplings to average.
type DrawOptions struct {
	// Draws is the number of networks, at least 2.
	Draws int
	// Seed of the first; draw d has the couplings of [network.Draw] with seed Seed + d.
	Seed uint64
	// Seeds, if not nil, returns the seed of every draw instead. It may be called from
	// several goroutines.
	Seeds func(draw int) uint64
	// Margin is that of [Options].
	Margin float64
	// Limit is that of [Options], for each draw.
	Limit int
	// Workers is the number of goroutines, one draw each at a time; zero means
	// GOMAXPROCS. It changes speed only.
	Workers int
	// Observe, if not nil, takes further values to average from the census of a draw, of
	// which it is given the pairs too: as many for every draw, in one order. It is called
	// from several goroutines, and ends soon after the context of the call is cancelled.
	Observe func(draw int, r *Result, pairs []int64) ([]float64, error)
}

// Mean is an average over draws.
type Mean struct {
	Value float64
	// Error is the standard error: the standard deviation of the draws (with the
	// divisor draws - 1) over the square root of their number.
	Error float64
}

// Ratio returns the mean of one value over the mean of another, with one number of each
// for every draw, such as sums over fixed points and their numbers: the average over the
// fixed points of all draws. The standard error is that of the linear form, the deviation of
// above - ratio below over the mean of below: for many draws. NaN without draws, and where
// all numbers below are zero. The slices have the same length.
func Ratio(above, below []float64) Mean {
	a, b := 0.0, 0.0
	for draw := range above {
		a, b = a+above[draw], b+below[draw]
	}
	ratio, squares := a/b, 0.0
	for draw := range above {
		rest := above[draw] - ratio*below[draw]
		squares += rest * rest
	}
	draws := float64(len(above))
	return Mean{ratio, math.Sqrt(squares*draws/(draws-1)) / b}
}

// Averages are means over draws of the couplings.
type Averages struct {
	// Neurons is N, all modules together.
	Neurons int
	Draws   int
	// Pairs of fixed points by Hamming distance 0..N, as in [Result.Pairs]: ordered,
	// each fixed point with itself at distance 0.
	Pairs []Mean
	// Observed are the means of the values of DrawOptions.Observe.
	Observed []Mean
}

// Count returns the mean number of fixed points, that of pairs at distance 0.
func (a *Averages) Count() Mean { return a.Pairs[0] }

// Draws takes a census of many networks that a spec describes, all with the input x. With
// x nil there is no input, and a spec in which no module reads one is allowed; otherwise x
// has D values. The result depends on nothing but its arguments.
//
// It reports what [network.Draw], [Take] and Observe report for the first draw that fails,
// fewer than 2 draws, and an Observe that returns unequal numbers of values. When ctx is
// cancelled it returns ctx.Err() as Take does.
func Draws(ctx context.Context, spec network.Spec, x []float32, o DrawOptions) (*Averages, error) {
	if o.Draws < 2 {
		return nil, fmt.Errorf("census: %d draws, want at least 2 for a standard error", o.Draws)
	}
	workers, err := defaultWorkers(o.Workers)
	if err != nil {
		return nil, err
	}
	shape := []int{len(x)}
	if x == nil {
		shape = []int{1}
		spec = reading(spec)
	}
	// Before the first draw: a network that is too large may not even fit memory.
	if err := spec.Fits(shape, 2); err != nil {
		return nil, fmt.Errorf("census: %w", err)
	}
	if o.Seeds == nil {
		o.Seeds = func(draw int) uint64 { return o.Seed + uint64(draw) }
	}
	neurons := 0
	for _, m := range spec.Modules {
		neurons += m.Neurons
	}
	if neurons > MaxNeurons {
		return nil, fmt.Errorf("census: networks of %d neurons, want at most %d, since all 2^N states are visited", neurons, MaxNeurons)
	}
	rows, errs := make([][]float64, o.Draws), make([]error, o.Draws)
	// Draws are handed out in order: those before one that fails are always done.
	var failed atomic.Bool
	err = share(ctx, workers, o.Draws, func(_, draw int) {
		if failed.Load() {
			return
		}
		rows[draw], errs[draw] = observe(ctx, spec, shape, x, draw, o)
		if errs[draw] != nil {
			failed.Store(true)
		}
	})
	if err != nil {
		return nil, err
	}
	for draw, row := range rows {
		if errs[draw] != nil {
			return nil, fmt.Errorf("census: draw %d, seed %d: %w", draw, o.Seeds(draw), errs[draw])
		}
		if len(row) != len(rows[0]) {
			return nil, fmt.Errorf("census: draw %d: %d values observed, want %d as for draw 0", draw, len(row)-neurons-1, len(rows[0])-neurons-1)
		}
	}
	means := columnMeans(rows)
	return &Averages{Neurons: neurons, Draws: o.Draws, Pairs: means[: neurons+1 : neurons+1], Observed: means[neurons+1:]}, nil
}

// observe returns the pairs of one draw by distance, then what is observed besides.
func observe(ctx context.Context, spec network.Spec, shape []int, x []float32, draw int, o DrawOptions) ([]float64, error) {
	n, err := network.Draw(spec, shape, 2, o.Seeds(draw))
	if err != nil {
		return nil, err
	}
	r, err := Take(ctx, n, x, Options{Margin: o.Margin, Limit: o.Limit, Workers: 1})
	if err != nil {
		return nil, err
	}
	pairs, err := r.Pairs(ctx)
	if err != nil {
		return nil, err
	}
	var row []float64
	for _, count := range pairs {
		row = append(row, float64(count))
	}
	if o.Observe == nil {
		return row, nil
	}
	further, err := o.Observe(draw, r, pairs)
	return append(row, further...), err
}

// reading returns a spec that [network.Draw] takes: if no module reads an input, the first
// one does, with couplings that are zero.
func reading(spec network.Spec) network.Spec {
	if len(spec.Modules) == 0 || slices.ContainsFunc(spec.Modules, func(m network.ModuleSpec) bool { return m.Input.Density > 0 }) {
		return spec
	}
	spec.Modules = slices.Clone(spec.Modules)
	spec.Modules[0].Input = network.InputSpec{Density: 1}
	return spec
}

// columnMeans adds in the order of the draws. (Package stat adds in another one, and the last
// digit of averages would change.)
func columnMeans(rows [][]float64) []Mean {
	means := make([]Mean, len(rows[0]))
	draws := float64(len(rows))
	for c := range means {
		sum, squares := 0.0, 0.0
		for _, row := range rows {
			sum += row[c]
		}
		mean := sum / draws
		for _, row := range rows {
			squares += (row[c] - mean) * (row[c] - mean)
		}
		means[c] = Mean{mean, math.Sqrt(squares / (draws - 1) / draws)}
	}
	return means
}
