package census

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"basin/network"
)

// MaxNeurons bounds the neurons of a network, all modules together, in a census.
const MaxNeurons = 28

// DefaultLimit is the number of fixed points above which a census gives up.
const DefaultLimit = 1 << 22

// Options say what a census looks for; the zero value takes all fixed points of
// the dynamics.
type Options struct {
	// Margin is kappa, in units of the field. Zero takes the states in which no neuron
	// would flip, with sign(0) = +1; any other number, also a negative one, takes the
	// states with s_i h_i > kappa for every neuron, self-coupling included in h.
	// It is rounded to about 2^-59 of the largest field possible.
	Margin float64
	// Limit is the largest number of fixed points that a census returns, 4 bytes
	// each; zero means [DefaultLimit].
	Limit int
	// Workers is the number of goroutines; zero means GOMAXPROCS. It changes speed
	// only.
	Workers int
}

func (o Options) withDefaults() (Options, error) {
	var problems []error
	if math.IsNaN(o.Margin) || math.IsInf(o.Margin, 0) {
		problems = append(problems, fmt.Errorf("census: margin %v, want a finite number", o.Margin))
	}
	if o.Limit < 0 {
		problems = append(problems, fmt.Errorf("census: limit of %d fixed points, want 0 (for %d) or more", o.Limit, DefaultLimit))
	}
	workers, err := defaultWorkers(o.Workers)
	if err != nil {
		problems = append(problems, err)
	}
	if o.Limit == 0 {
		o.Limit = DefaultLimit
	}
	o.Workers = workers
	return o, errors.Join(problems...)
}

func defaultWorkers(workers int) (int, error) {
	if workers < 0 {
		return 0, fmt.Errorf("census: %d workers, want 0 (for GOMAXPROCS) or more", workers)
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return workers, nil
}

// ErrTooMany is the error of a census that finds more fixed points than its limit.
var ErrTooMany = errors.New("too many fixed points")

// Result holds all fixed points of one network with one input. It is made by [Take];
// its methods may run at once and change nothing.
type Result struct {
	// Neurons is N, all modules together.
	Neurons int
	// FixedPoints in ascending order, each once. Empty if there is none.
	FixedPoints []State

	system *system
}

// Take finds all fixed points of n with the input x (D values, or nil for no input, in
// which case the field W x + b is b), without feedback. Cost: 2^N states, about 2 ns each
// on one core; memory for the fixed points. The network must not change meanwhile. When ctx
// is cancelled Take returns ctx.Err() within a tenth of a second, its workers ended.
//
// It reports a network without neurons or with more than [MaxNeurons], one whose
// couplings are missing or not finite, an input of another length, options out of their
// range, and more fixed points than the limit ([ErrTooMany]).
func Take(ctx context.Context, n *network.Network, x []float32, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSystem(n, x, MaxNeurons, o.Margin)
	if err != nil {
		return nil, err
	}
	wanted := s
	if o.Margin != 0 {
		wanted = s.demanding(o.Margin)
	}
	points, err := collect(ctx, newWalk(wanted), o.Limit, o.Workers)
	if err != nil {
		return nil, err
	}
	return &Result{Neurons: s.neurons, FixedPoints: points, system: s}, nil
}

// stretch is how many steps of a walk a worker takes at a time, a power of two.
const stretch = 1 << 12

// collect walks through all states and returns the fixed points in ascending order, or
// [ErrTooMany]. A stretch of a Gray code is a whole range of states, in another order: the
// walking neurons beyond those that it goes through stand still, at the Gray code of the
// number of the stretch. So the parts are sorted by themselves and then follow one another.
func collect(ctx context.Context, w *walk, limit, workers int) ([]State, error) {
	steps := uint32(1) << w.walking
	var count atomic.Int64
	parts := make([][]State, (steps+stretch-1)/stretch)
	err := share(ctx, workers, len(parts), func(_, task int) {
		if count.Load() > int64(limit) {
			return
		}
		var part []State
		from := uint32(task) * stretch
		w.run(from, min(from+stretch, steps), func(s State) bool {
			part = append(part, s)
			return count.Add(1) <= int64(limit)
		})
		slices.Sort(part)
		parts[task^task>>1] = part
	})
	switch {
	case err != nil:
		return nil, err
	case count.Load() > int64(limit):
		return nil, fmt.Errorf("census: %w: more than %d; raise the limit or lower the self-coupling", ErrTooMany, limit)
	}
	return slices.Concat(parts...), nil
}

// Margins returns s_i h_i of fixed point k, a place in FixedPoints, for every neuron, in
// the order of the bits of a [State] and in units of the field, self-coupling included.
// Cost: O(N^2).
func (r *Result) Margins(k int) []float64 {
	var h [MaxNeurons]int64
	s := r.FixedPoints[k]
	r.system.fields(s, &h)
	margins := make([]float64, r.Neurons)
	for i := range margins {
		margins[i] = float64(s.Spin(i)) * float64(h[i]) * r.system.quantum
	}
	return margins
}
