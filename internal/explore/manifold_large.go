package explore

import (
	"context"
	"net/http"
	"slices"

	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
)

// large asks for the local entropy around fixed points of networks of one dense module.
type large struct {
	Neurons      int     `json:"neurons"`
	SelfCoupling float64 `json:"self_coupling"`
	// Solver finds a fixed point in each network; another one is planted in each.
	Solver solve.Solver `json:"solver"`
	// Draws is the number of networks; draw d has the seed Seed + d. Zero asks for theory alone.
	Draws int    `json:"draws"`
	Seed  uint64 `json:"seed"`
}

// solversOfRoom are those that find fixed points in seconds.
var solversOfRoom = []solve.Solver{solve.Sequential, solve.Reinforced, solve.Focusing}

func (q large) check() error {
	if err := within("neurons", q.Neurons, 100, 1000); err != nil {
		return err
	}
	if err := between("the self-coupling", q.SelfCoupling, 0, 3); err != nil {
		return err
	}
	if err := within("networks", q.Draws, 0, 5); err != nil {
		return err
	}
	if !slices.Contains(solversOfRoom, q.Solver) {
		return mistakef("the solver %q, want one of %v", q.Solver, solversOfRoom)
	}
	return nil
}

// kind is what theory knows of the networks.
func (q large) kind() survey.Kind {
	return survey.Kind{Neurons: q.Neurons, Modules: 1, SelfCoupling: q.SelfCoupling, Gain: 1, Density: 1}
}

// firstMoments is S_FP over the distance 1 - q, for many neurons.
func (q large) firstMoments() (distances []float64, entropies []*survey.Number) {
	for k := range 101 {
		distance := float64(k) / 100
		distances, entropies = append(distances, distance), append(entropies, q.kind().FirstMoment(distance))
	}
	return distances, entropies
}

// nearestCounted is the distance up to which fixed points are counted one by one.
const nearestCounted = 2

// entropyAround sends the curve of theory, then what is measured around one fixed point after
// the other.
func (e *Explorer) entropyAround(w http.ResponseWriter, r *http.Request) {
	var q large
	if !read(w, r, &q) {
		return
	}
	if err := q.check(); err != nil {
		e.fail(w, r, err)
		return
	}
	send := events(w)
	if send == nil {
		return
	}
	distances, entropies := q.firstMoments()
	if send(map[string]any{"distances": distances, "theory": entropies}) != nil {
		return
	}
	if err := q.measure(r.Context(), send); err != nil {
		e.broken(r, send, err)
	}
}

// measure sends what is around a fixed point that the solver finds and around a planted one, for
// each network.
func (q large) measure(ctx context.Context, send func(message any) error) error {
	settings := solve.Defaults(q.Solver)
	for draw := range q.Draws {
		for _, start := range []string{string(q.Solver), survey.Planted} {
			settings.Seed = q.Seed + uint64(draw)
			tell := func(name string, value any) error {
				return send(map[string]any{"draw": draw, "start": start, name: value})
			}
			if err := tell("begins", true); err != nil {
				return err
			}
			err := survey.Entropies(ctx, q.kind(), start, 1, nearestCounted, settings, sample.DefaultEntropy(), survey.EntropyShow{
				Around: func(a survey.Around) error { return tell("around", a) },
				Near:   func(n survey.Near) error { return tell("near", n) },
				Missed: func(int) { _ = tell("missed", true) },
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
