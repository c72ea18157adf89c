package survey

import (
	"context"

	"basin/manifold/sample"
	"basin/manifold/solve"
	"basin/network"
)

// Way is a way between two fixed points of one network over fixed points.
type Way struct {
	// Draw counts the networks from 0.
	Draw int `json:"draw"`
	// Distance is 1 - q between the ends.
	Distance Number `json:"distance"`
	// Steps from one fixed point to the next, the mean length of a step and the longest, in
	// neurons that flip at once.
	Steps    int    `json:"steps"`
	MeanStep Number `json:"mean_step"`
	Longest  int    `json:"longest_step"`
	// Excursions of a walk are the steps that are longer than the moves searched exactly;
	// absent for a bridge.
	Excursions *int `json:"excursions,omitempty"`
}

// WayOptions say between which fixed points of which networks, and how, to find a way.
type WayOptions struct {
	// Draws is the number of networks; draw d has the couplings of the solver's seed + d.
	Draws int
	// Solver finds both ends, with two seeds.
	Solver solve.Settings
	// Bridge divides the way by halves, [sample.FindBridge]; else it is a walk.
	Bridge bool
	// Walk is how to walk; its margin and seed are those of the kind and the draw.
	Walk sample.WalkOptions
}

// Ways finds a way between two fixed points of each of some networks of a kind. Networks in
// which the solver does not find both are reported to missed.
func Ways(ctx context.Context, k Kind, o WayOptions, show func(Way) error, missed func(draw int)) error {
	for draw := range o.Draws {
		seed := o.Solver.Seed + uint64(draw)
		n, from, found, err := k.Begin(ctx, string(o.Solver.Solver), seed, o.Solver)
		if err != nil {
			return err
		}
		s := o.Solver
		s.Seed, s.Margin = ^seed, k.Margin
		second, err := solve.Solve(ctx, n, input(), s)
		if err != nil {
			return err
		}
		if !found || second.Status != solve.Solved {
			missed(draw)
			continue
		}
		way, err := o.between(ctx, k, n, from, second.State, seed)
		if err != nil {
			return err
		}
		way.Draw = draw
		if err := show(way); err != nil {
			return err
		}
	}
	return nil
}

// between finds a way between two fixed points.
func (o WayOptions) between(ctx context.Context, k Kind, n *network.Network, from, to []float32, seed uint64) (Way, error) {
	way := Way{Distance: Number(1 - sample.Overlap(n, from, to))}
	var steps []int
	if o.Bridge {
		bridge := sample.DefaultBridge()
		bridge.Solver.Seed, bridge.Solver.Margin, bridge.Solver.Workers = seed, k.Margin, o.Solver.Workers
		b, err := sample.FindBridge(ctx, n, input(), from, to, bridge)
		if err != nil {
			return way, err
		}
		steps, way.Longest = b.Steps, b.Longest
	} else {
		o.Walk.Seed, o.Walk.Margin = seed, k.Margin
		w, err := sample.FindWalk(ctx, n, input(), from, to, o.Walk)
		if err != nil {
			return way, err
		}
		steps, way.Longest, way.Excursions = w.Steps, w.Longest, &w.Excursions
	}
	if way.Steps = len(steps); way.Steps > 0 {
		sum := 0
		for _, step := range steps {
			sum += step
		}
		way.MeanStep = Number(float64(sum) / float64(way.Steps))
	}
	return way, nil
}
