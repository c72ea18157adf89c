package census

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"basin/dynamics"
	"basin/internal/random"
	"basin/network"
)

// MaxBasinNeurons bounds the neurons of a network, all modules together, whose basins are
// found.
const MaxBasinNeurons = 20

// DefaultSweeps is the budget of sweeps in random orders.
const DefaultSweeps = 100

// BasinOptions say which dynamics takes the states where; the zero value is parallel
// dynamics.
type BasinOptions struct {
	// Order is [dynamics.Parallel], also meant by the zero value, or
	// [dynamics.Sequential].
	Order dynamics.Order
	// Sequence is the order in which every sequential sweep updates the neurons, given
	// by their bits in a [State], each once. Nil draws a fresh uniform order for every
	// start and sweep.
	Sequence []int
	// Seed of the random orders.
	Seed uint64
	// Sweeps is the budget of each start in random orders; zero means
	// [DefaultSweeps]. The other dynamics need none: they are followed to their end.
	Sweeps int
	// Workers is the number of goroutines for random orders; zero means GOMAXPROCS.
	// It changes speed only.
	Workers int
}

func (o BasinOptions) withDefaults() (BasinOptions, error) {
	var problems []error
	report := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("census: "+format, values...))
	}
	switch o.Order {
	case "", dynamics.Parallel:
		o.Order = dynamics.Parallel
		if o.Sequence != nil {
			report("a sequence of neurons with %s dynamics, want it with %s only", dynamics.Parallel, dynamics.Sequential)
		}
	case dynamics.Sequential:
	default:
		report("basins of order %q, want %q or %q", o.Order, dynamics.Parallel, dynamics.Sequential)
	}
	if o.Sweeps < 0 {
		report("a budget of %d sweeps, want 0 (for %d) or more", o.Sweeps, DefaultSweeps)
	}
	if o.Sweeps == 0 {
		o.Sweeps = DefaultSweeps
	}
	workers, err := defaultWorkers(o.Workers)
	if err != nil {
		problems = append(problems, err)
	}
	o.Workers = workers
	return o, errors.Join(problems...)
}

// Basins say where a dynamics takes every state of a network.
type Basins struct {
	// Neurons is N, all modules together.
	Neurons int
	// Attractors: the fixed points in ascending order, reached or not, then the cycles
	// in the order of their smallest states.
	Attractors []Attractor
	// Reached is, for every state 0..2^N-1 as a start, a place in Attractors, or
	// [Unsettled].
	Reached []int32
}

// Unsettled marks a start that has not reached a fixed point within its budget of sweeps
// in random orders.
const Unsettled = -1

// Attractor is a fixed point, or a cycle of states that follow one another sweep by sweep.
type Attractor struct {
	// State is the fixed point or the smallest state of the cycle.
	State State
	// Length is the period in sweeps, 1 for a fixed point.
	Length int
	// Basin is the number of starts that end here, its own states included.
	Basin int
}

// FindBasins starts the dynamics of n at every state, with the input x (D values, or nil
// for none) and without feedback. The sums are those of a census: see the package comment.
// Starts are states, so no neuron is unset as it is before the first sweep of a
// relaxation. A fixed point is one of the dynamics, without a margin.
//
// Parallel dynamics and a given sequence map each state to one other, so that every start
// ends in a fixed point or a cycle, and both are found exactly. Random orders have no
// cycles; a start has a budget of sweeps. Cost: 2^N states, some 0.1 us each, and in random
// orders N steps for each sweep of each start; 12 bytes per state.
//
// It reports what [Take] reports of a network and its input, more than
// [MaxBasinNeurons] neurons, options out of their range, and a sequence that does not name
// every neuron once. When ctx is cancelled it returns ctx.Err() as Take does.
func FindBasins(ctx context.Context, n *network.Network, x []float32, o BasinOptions) (*Basins, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSystem(n, x, MaxBasinNeurons, 0)
	if err != nil {
		return nil, err
	}
	if o.Sequence != nil {
		if err := checkSequence(o.Sequence, s.neurons); err != nil {
			return nil, err
		}
	}
	next, err := s.targets(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Order == dynamics.Parallel:
		return follow(ctx, s.neurons, next)
	case o.Sequence != nil:
		if next, err = sweepAll(ctx, next, o.Sequence); err != nil {
			return nil, err
		}
		return follow(ctx, s.neurons, next)
	}
	return wander(ctx, s.neurons, next, o)
}

// sweepAll returns for every state the one that a sweep in a sequence makes of it.
func sweepAll(ctx context.Context, target []State, sequence []int) ([]State, error) {
	swept := make([]State, len(target))
	for start := range swept {
		if cancelled(ctx, start) {
			return nil, ctx.Err()
		}
		state := State(start)
		for _, i := range sequence {
			state ^= (state ^ target[state]) & (1 << i)
		}
		swept[start] = state
	}
	return swept, nil
}

func checkSequence(sequence []int, neurons int) error {
	seen := make([]bool, neurons)
	for at, i := range sequence {
		if i < 0 || i >= neurons || seen[i] {
			return fmt.Errorf("census: sequence: neuron %d at place %d, want each of 0 to %d once", i, at, neurons-1)
		}
		seen[i] = true
	}
	if len(sequence) != neurons {
		return fmt.Errorf("census: sequence of %d neurons, want each of 0 to %d once", len(sequence), neurons-1)
	}
	return nil
}

// follow finds the attractors of the map from each state to the next.
func follow(ctx context.Context, neurons int, next []State) (*Basins, error) {
	const (
		unseen = -1
		onPath = -2
	)
	b := &Basins{Neurons: neurons, Reached: make([]int32, len(next))}
	for start := range b.Reached {
		b.Reached[start] = unseen
	}
	var path []State
	for start := range next {
		if cancelled(ctx, start) {
			return nil, ctx.Err()
		}
		path = path[:0]
		s := State(start)
		for ; b.Reached[s] == unseen; s = next[s] {
			b.Reached[s] = onPath
			path = append(path, s)
		}
		if b.Reached[s] == onPath {
			cycle := path[slices.Index(path, s):]
			b.Attractors = append(b.Attractors, Attractor{State: slices.Min(cycle), Length: len(cycle)})
			b.Reached[s] = int32(len(b.Attractors) - 1)
		}
		end := b.Reached[s]
		for _, p := range path {
			b.Reached[p] = end
		}
		b.Attractors[end].Basin += len(path)
	}
	b.sort()
	return b, nil
}

// sort puts the attractors in order: fixed points, then cycles, by their states.
func (b *Basins) sort() {
	var points, cycles []Attractor
	for s, k := range b.Reached {
		switch a := b.Attractors[k]; {
		case a.State != State(s):
		case a.Length == 1:
			points = append(points, a)
		default:
			cycles = append(cycles, a)
		}
	}
	sorted, place := append(points, cycles...), make([]int32, len(b.Attractors))
	for at, a := range sorted {
		place[b.Reached[a.State]] = int32(at)
	}
	b.Attractors = sorted
	for start, k := range b.Reached {
		b.Reached[start] = place[k]
	}
}

// wander sweeps every start in fresh random orders.
func wander(ctx context.Context, neurons int, target []State, o BasinOptions) (*Basins, error) {
	b := &Basins{Neurons: neurons, Reached: make([]int32, len(target))}
	for s, t := range target {
		if cancelled(ctx, s) {
			return nil, ctx.Err()
		}
		if State(s) == t { // a fixed point reaches itself; the others look there
			b.Reached[s] = int32(len(b.Attractors))
			b.Attractors = append(b.Attractors, Attractor{State: t, Length: 1})
		}
	}
	const block = 256
	err := share(ctx, o.Workers, (len(target)+block-1)/block, func(_, task int) {
		order := make([]int32, neurons)
		for start := task * block; start < min((task+1)*block, len(target)) && ctx.Err() == nil; start++ {
			if target[start] == State(start) {
				continue
			}
			b.Reached[start] = Unsettled
			if end := settle(ctx, State(start), target, order, o, len(b.Attractors) > 0); target[end] == end {
				b.Reached[start] = b.Reached[end]
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, k := range b.Reached {
		if k != Unsettled {
			b.Attractors[k].Basin++
		}
	}
	return b, nil
}

// settle sweeps one start until a fixed point or the end of its budget, or of the context.
func settle(ctx context.Context, start State, target []State, order []int32, o BasinOptions, possible bool) State {
	s := start
	for sweep := 0; possible && sweep < o.Sweeps && target[s] != s && !cancelled(ctx, sweep+1); sweep++ {
		stream := random.New(o.Seed, random.Order, uint64(start), uint64(sweep))
		stream.Permute(order)
		for _, i := range order {
			s ^= (s ^ target[s]) & (1 << i)
		}
	}
	return s
}

// Lengths returns how many starts end in attractors of each length: 1 for fixed points,
// more for cycles, and 0 for starts that are [Unsettled]. Lengths without a start are left
// out.
func (b *Basins) Lengths() map[int]int {
	lengths := map[int]int{}
	unsettled := len(b.Reached)
	for _, a := range b.Attractors {
		if a.Basin > 0 {
			lengths[a.Length] += a.Basin
		}
		unsettled -= a.Basin
	}
	if unsettled > 0 {
		lengths[0] = unsettled
	}
	return lengths
}

// CycleShare returns the share of starts that end in a cycle.
func (b *Basins) CycleShare() float64 {
	starts := 0
	for _, a := range b.Attractors {
		if a.Length > 1 {
			starts += a.Basin
		}
	}
	return float64(starts) / float64(len(b.Reached))
}
