package solve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"basin/dynamics"
	"basin/network"
)

// AccessSettings say from how many random states, and how, a network relaxes.
type AccessSettings struct {
	// Order of the updates, see package dynamics; the zero value means parallel.
	Order dynamics.Order
	// Probability of an update in a sweep of partial order, in (0, 1].
	Probability float64
	// Starts is the number of random states, at least 1.
	Starts int
	// Sweeps is the greatest number of sweeps from each, or with a field after it is gone;
	// at least 0.
	Sweeps int
	// Field is added to the field on each neuron for up to Clamped sweeps before those, at
	// least 0: a vector as a state is, nil for none, as of the feedback from a label. The state
	// that they reach then relaxes without it. With no sweeps after it, the field stays.
	Field   []float32
	Clamped int
	// Seed of the random states, orders and choices.
	Seed uint64
	// Workers is the number of goroutines; zero means GOMAXPROCS. It changes speed only.
	Workers int
	// States keeps the last state of each start.
	States bool
	// Progress, if not nil, is told how many starts have ended, by one goroutine at a time.
	Progress func(ended int)
}

// Validate reports, joined, every setting that is out of its range.
func (s AccessSettings) Validate() error {
	var problems []error
	if err := s.dynamics().Validate(); err != nil {
		problems = append(problems, err)
	}
	report := func(wrong bool, format string, values ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf("solve: "+format, values...))
		}
	}
	report(s.Starts < 1, "%d starts, want at least 1", s.Starts)
	report(s.Sweeps < 0 || s.Clamped < 0, "%d sweeps after %d clamped ones, want at least 0", s.Sweeps, s.Clamped)
	report(s.Sweeps == 0 && s.Clamped == 0, "a budget of no sweeps, want at least 1")
	report(s.Clamped > 0 && s.Field == nil, "%d clamped sweeps without a field", s.Clamped)
	report(s.Clamped == 0 && s.Field != nil, "a field without clamped sweeps, want at least 1")
	for i, h := range s.Field {
		if math.IsNaN(float64(h)) || math.IsInf(float64(h), 0) {
			report(true, "field %v at place %d, want a finite number", h, i)
			break
		}
	}
	report(s.Workers < 0, "%d workers, want 0 (for GOMAXPROCS) or more", s.Workers)
	return errors.Join(problems...)
}

// dynamics returns the settings of the sweeps.
func (s AccessSettings) dynamics() dynamics.Settings {
	return dynamics.Settings{Order: s.Order, Probability: s.Probability, Stop: dynamics.StopAtCycle, Seed: s.Seed}
}

// Relaxation is how one start ended.
type Relaxation struct {
	// Status is Solved, Cycle or Budget, of the last phase: without the field, but where it
	// stays.
	Status Status
	// Clamped are the sweeps with the field, Sweeps those of the last phase, Flips the
	// neurons that turned in all of them.
	Clamped, Sweeps int
	Flips           int64
	// Period of the cycle, at least 2; zero where the status is not Cycle.
	Period int
	// Unstable is the number of neurons of the last state that a parallel sweep without the
	// field would turn.
	Unstable int
	// State is the last state, if it is kept.
	State []float32
}

// LabelField returns a field of a given strength f on each neuron, +f or -f at random, zero in
// the padding: as the feedback from a label is, for [AccessSettings]. There is one for each
// seed; no random start has its signs.
func LabelField(n *network.Network, strength float32, seed uint64) []float32 {
	field := RandomState(n, seed, labelKey, 0)
	for i := range field {
		field[i] *= strength
	}
	return field
}

// labelKey keeps label fields apart from starts, which have one key.
const labelKey = 1

// startTile is the number of starts for which products read dense couplings once.
const startTile = 16

// Access relaxes a network with an input x, D values or nil for none, from random states by
// its local dynamics. Start k has the state [RandomState](n, seed, k) and random orders of
// its own, so the results, in the order of the starts, depend on the network, x and the
// settings alone. It reports settings that are not valid, a network that is not
// ([network.Network.Validate]) or has continuous neurons, and an input or field of another
// length. When ctx is cancelled it returns ctx.Err() within a tenth of a second or, in a network
// whose sweep takes longer, after it.
func Access(ctx context.Context, n *network.Network, x []float32, s AccessSettings) ([]Relaxation, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if _, err := newSystem(n, x, 0); err != nil {
		return nil, err
	}
	if s.Field != nil && len(s.Field) != n.StateSize() {
		return nil, fmt.Errorf("solve: a field of %d values, want the %d of a state", len(s.Field), n.StateSize())
	}
	if x == nil {
		x = make([]float32, n.Inputs())
	}
	workers := s.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	a := access{ctx: ctx, network: n, input: x, settings: s, results: make([]Relaxation, s.Starts)}
	workers = min(workers, (s.Starts+startTile-1)/startTile)
	errs := make([]error, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() { errs[w] = a.work() })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return a.results, nil
}

// access is relaxations under way.
type access struct {
	ctx      context.Context
	network  *network.Network
	input    []float32
	settings AccessSettings
	results  []Relaxation
	tiles    atomic.Int64 // that have been taken

	mutex sync.Mutex
	ended int
}

// work relaxes tiles of starts until there are none left.
func (a *access) work() error {
	b, err := dynamics.NewBatch(a.network, a.settings.dynamics(), startTile)
	if err != nil {
		return err
	}
	b.Freeze()
	w := b.NewWorker()
	for {
		first := int(a.tiles.Add(1)-1) * startTile
		if first >= len(a.results) {
			return nil
		}
		count := min(startTile, len(a.results)-first)
		b.Resize(count)
		for i := range count {
			start := RandomState(a.network, a.settings.Seed, uint64(first+i))
			if err := b.StartAt(i, dynamics.Vector(a.input), first+i, 0, start); err != nil {
				return err
			}
		}
		if err := a.relax(b, w, a.results[first:][:count]); err != nil {
			return err
		}
		if a.settings.Progress != nil {
			a.mutex.Lock()
			a.ended += count
			a.settings.Progress(a.ended)
			a.mutex.Unlock()
		}
	}
}

// relax takes a tile of starts through the phases.
func (a *access) relax(b *dynamics.Batch, w *dynamics.Worker, results []Relaxation) error {
	s := a.settings
	if s.Clamped > 0 {
		if err := a.phase(b, w, s.Clamped, func(int) []float32 { return s.Field }, results); err != nil {
			return err
		}
	}
	if s.Sweeps > 0 {
		for i := range results {
			results[i].Clamped, results[i].Sweeps = results[i].Sweeps, 0
		}
		if err := a.phase(b, w, s.Sweeps, nil, results); err != nil {
			return err
		}
	}
	for i := range results {
		r := &results[i]
		r.Unstable = b.Unstable(w, i)
		if r.Status == Budget && r.Unstable == 0 && s.Sweeps > 0 {
			r.Status = Solved // by the last sweep
		}
		if s.States {
			r.State = slices.Clone(b.State(i))
		}
	}
	return nil
}

// phase moves a tile until each of its starts has ended or used its sweeps, some at a time.
func (a *access) phase(b *dynamics.Batch, w *dynamics.Worker, budget int, feedback func(i int) []float32, results []Relaxation) error {
	// The products that the states need are taken here, for all; sequential sweeps then move
	// one start at a time, and all others share those that they take afresh.
	b.Advance(w, 0, len(results), 0, feedback)
	together := len(results)
	if a.settings.Order == dynamics.Sequential {
		together = 1
	}
	most := sweepsAtOnce(a.network.StateSize())
	for from := 0; from < len(results); from += together {
		to := min(from+together, len(results))
		for sweeps, moving := 0, true; moving && sweeps < budget; {
			if err := a.ctx.Err(); err != nil {
				return err
			}
			sweeps = min(budget, sweeps+most)
			b.Continue(w, from, to, sweeps, feedback)
			moving = false
			for i := from; i < to; i++ {
				moving = moving || b.Result(i).Status == dynamics.Budget
			}
		}
	}
	for i := range results {
		r := b.Result(i)
		results[i].Sweeps = r.Sweeps
		results[i].Flips += r.Flips
		results[i].Period = r.Period
		results[i].Status = map[dynamics.Status]Status{dynamics.Budget: Budget, dynamics.FixedPoint: Solved, dynamics.Cycle: Cycle}[r.Status]
	}
	return nil
}
