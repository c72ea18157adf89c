package survey

import (
	"context"
	"slices"
	"strings"

	"basin/dynamics"
	"basin/manifold/census"
	"basin/network"
)

// listStarts is the number of starts whose ends are counted; a network with fewer states
// starts from each of them.
const listStarts = 1 << 14

// Listing holds the fixed points of one network.
type Listing struct {
	Neurons int    `json:"neurons"`
	Seed    uint64 `json:"seed"`
	// Starts says how many there were, AllStates that they were all states.
	Starts    int  `json:"starts"`
	AllStates bool `json:"all_states"`
	Distance  int  `json:"distance"`
	// Unsettled are the shares of starts that end in none of the fixed points.
	UnsettledParallel   float64       `json:"unsettled_parallel"`
	UnsettledSequential float64       `json:"unsettled_sequential"`
	FixedPoints         []ListedPoint `json:"fixed_points"`
}

// ListedPoint is one fixed point.
type ListedPoint struct {
	// State has a + or - for each neuron, module after module.
	State          string  `json:"state"`
	SmallestMargin float64 `json:"smallest_margin"`
	MeanMargin     float64 `json:"mean_margin"`
	// Around counts fixed points by Hamming distance 0..N; Neighbours those within
	// the distance, itself not counted. Component is numbered from 1, the largest first.
	Around     []int64 `json:"around"`
	Neighbours int64   `json:"neighbours"`
	Component  int     `json:"component"`
	// Shares of the starts that end here.
	Parallel   float64 `json:"basin_parallel"`
	Sequential float64 `json:"basin_sequential"`
}

// List looks at every fixed point of the network with the seed of the options, whose Draws
// has no meaning here. It reports what [network.Draw] and [census.Take] do, and a context
// that ends.
func List(ctx context.Context, k Kind, o Options) (*Listing, error) {
	n, err := network.Draw(k.Spec(), []int{1}, 2, o.Seed)
	if err != nil {
		return nil, err
	}
	r, err := census.Take(ctx, n, input(), census.Options{Margin: k.Margin, Workers: o.Workers})
	if err != nil {
		return nil, err
	}
	l := &Listing{Neurons: r.Neurons, Seed: o.Seed, Distance: o.Distance, FixedPoints: make([]ListedPoint, len(r.FixedPoints))}
	if err := l.follow(ctx, r, o.Workers); err != nil {
		return nil, err
	}
	components, err := r.Components(ctx, o.Distance)
	if err != nil {
		return nil, err
	}
	for k := range l.FixedPoints {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p := &l.FixedPoints[k]
		p.State = signsOf(r.FixedPoints[k], r.Neurons)
		margins := r.Margins(k)
		p.SmallestMargin = slices.Min(margins)
		for _, margin := range margins {
			p.MeanMargin += margin / float64(r.Neurons)
		}
		p.Around, p.Component = r.Around(k), components.Of[k]+1
		for _, count := range p.Around[1 : o.Distance+1] {
			p.Neighbours += count
		}
	}
	return l, nil
}

// follow counts where the starts end.
func (l *Listing) follow(ctx context.Context, r *census.Result, workers int) error {
	starts := census.RandomStates(r.Neurons, listStarts, l.Seed)
	if l.AllStates = 1<<r.Neurons <= listStarts; l.AllStates {
		starts = starts[:0]
		for s := range census.State(1) << r.Neurons {
			starts = append(starts, s)
		}
	}
	l.Starts = len(starts)
	for _, way := range []struct {
		order dynamics.Order
		basin func(p *ListedPoint) *float64
		none  *float64
	}{
		{dynamics.Parallel, func(p *ListedPoint) *float64 { return &p.Parallel }, &l.UnsettledParallel},
		{dynamics.Sequential, func(p *ListedPoint) *float64 { return &p.Sequential }, &l.UnsettledSequential},
	} {
		ends, err := r.Reach(ctx, starts, census.BasinOptions{Order: way.order, Seed: l.Seed, Workers: workers})
		if err != nil {
			return err
		}
		for _, end := range ends {
			basin := way.none
			if end != census.Unsettled {
				basin = way.basin(&l.FixedPoints[end])
			}
			*basin += 1 / float64(len(starts))
		}
	}
	return nil
}

func signsOf(s census.State, neurons int) string {
	var text strings.Builder
	for i := range neurons {
		if s.Spin(i) > 0 {
			text.WriteByte('+')
		} else {
			text.WriteByte('-')
		}
	}
	return text.String()
}
