package survey

import (
	"context"
	"slices"
	"time"

	"basin/dynamics"
	"basin/manifold/solve"
)

// Access says how one network relaxes from random states.
type Access struct {
	// Draw counts the networks from 0; Starts are its random states.
	Draw   int `json:"draw"`
	Starts int `json:"starts"`
	// Solved and Cycles are the shares of starts that end at a fixed point, and that repeat
	// themselves.
	Solved Number `json:"solved"`
	Cycles Number `json:"cycles"`
	// Sweeps is the mean number until a fixed point, MedianSweeps its median, MedianPeriod that
	// of the cycles; null where there are none.
	Sweeps       *Number `json:"sweeps"`
	MedianSweeps *Number `json:"median_sweeps"`
	MedianPeriod *Number `json:"median_period"`
	// Flips is the mean number of flips per neuron, Unstable the mean share of neurons that are
	// unstable at the end, over all starts.
	Flips    Number  `json:"flips"`
	Unstable Number  `json:"unstable"`
	Seconds  float64 `json:"seconds"`
}

// AccessOptions say how networks relax.
type AccessOptions struct {
	solve.AccessSettings
	// Draws is the number of networks; draw d has the couplings of Seed + d.
	Draws int
	// Label is the strength f of a field +f or -f on each neuron, for Clamped sweeps: 0 is
	// none.
	Label float64
}

// Accesses relaxes networks of a kind from random states. Each result is shown as it is there.
// It reports what [solve.Access] does.
func Accesses(ctx context.Context, k Kind, o AccessOptions, show func(Access) error) error {
	for draw := range o.Draws {
		seed := o.Seed + uint64(draw)
		n, err := k.Draw(seed)
		if err != nil {
			return err
		}
		s := o.AccessSettings
		s.Seed = seed
		if o.Label != 0 {
			s.Field = solve.LabelField(n, float32(o.Label), seed)
		}
		begin := time.Now()
		relaxations, err := solve.Access(ctx, n, input(), s)
		if err != nil {
			return err
		}
		a := accessOf(relaxations, k.Total())
		a.Draw, a.Seconds = draw, time.Since(begin).Seconds()
		if err := show(a); err != nil {
			return err
		}
	}
	return nil
}

// accessOf takes the means.
func accessOf(relaxations []solve.Relaxation, neurons int) Access {
	var sweeps, periods []float64
	var flips, unstable float64
	for _, r := range relaxations {
		switch r.Status {
		case solve.Solved:
			sweeps = append(sweeps, float64(r.Clamped+r.Sweeps))
		case solve.Cycle:
			periods = append(periods, float64(r.Period))
		}
		flips += float64(r.Flips)
		unstable += float64(r.Unstable)
	}
	starts := float64(len(relaxations))
	return Access{
		Starts: len(relaxations), Solved: Number(float64(len(sweeps)) / starts), Cycles: Number(float64(len(periods)) / starts),
		Sweeps: average(sweeps), MedianSweeps: median(sweeps), MedianPeriod: median(periods),
		Flips: Number(flips / starts / float64(neurons)), Unstable: Number(unstable / starts / float64(neurons)),
	}
}

// average and median return nil where there are no values.
func average(values []float64) *Number {
	if len(values) == 0 {
		return nil
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	mean := Number(sum / float64(len(values)))
	return &mean
}

func median(values []float64) *Number {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	middle := len(values) / 2
	m := Number((values[middle] + values[(len(values)-1)/2]) / 2)
	return &m
}

// Orders are those in which neurons may be updated, for flags and reports.
func Orders() []string {
	return []string{string(dynamics.Sequential), string(dynamics.Parallel), string(dynamics.Partial), string(dynamics.Modules)}
}
