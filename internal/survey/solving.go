package survey

import (
	"context"

	"basin/manifold/solve"
	"basin/network"
)

// Draw draws one network of the kind, for an input of one value, 1.
func (k Kind) Draw(seed uint64) (*network.Network, error) {
	return network.Draw(k.Spec(), []int{1}, 2, seed)
}

// Search is what a solver found in one network.
type Search struct {
	// Draw counts the networks from 0.
	Draw int `json:"draw"`
	// Solved says that the state found is a fixed point; Status why the search ended.
	Solved bool   `json:"solved"`
	Status string `json:"status"`
	// Iterations are sweeps where the solver is a dynamics.
	Iterations int `json:"iterations"`
	// Unstable neurons are left.
	Unstable int `json:"unstable"`
	// Period of the cycle in which parallel dynamics ended, 0 for none.
	Period  int     `json:"period,omitempty"`
	Seconds float64 `json:"seconds"`
}

// Searches lets a solver look for a fixed point of some networks of one kind: draw d has
// the couplings of seed + d, and that is the solver's seed too. Each result is shown as it is
// there. The margin of the kind is that of the solver. It reports what [solve.Solve] does.
func Searches(ctx context.Context, k Kind, draws int, s solve.Settings, show func(Search, solve.Result) error) error {
	seed := s.Seed
	s.Margin = k.Margin
	for draw := range draws {
		n, err := k.Draw(seed + uint64(draw))
		if err != nil {
			return err
		}
		s.Seed = seed + uint64(draw)
		r, err := solve.Solve(ctx, n, input(), s)
		if err != nil {
			return err
		}
		if err := show(Search{
			Draw: draw, Solved: r.Status == solve.Solved, Status: r.Status.String(), Iterations: r.Iterations,
			Unstable: r.Unstable, Period: r.Period, Seconds: r.Elapsed.Seconds(),
		}, r); err != nil {
			return err
		}
	}
	return nil
}
