package explore

import (
	"context"
	"errors"
	"math"
	"net/http"

	"basin/internal/survey"
	"basin/manifold/census"
	"basin/theory"
)

// mostDraws bounds the networks that are averaged over.
const mostDraws = 1000

// draws is a kind of networks to average over.
type draws struct {
	small
	// Draws is the number of networks; fewer are taken where each has many states.
	Draws int `json:"draws"`
}

func (q draws) check() error {
	if err := q.small.check(); err != nil {
		return err
	}
	return within("networks", q.Draws, 2, mostDraws)
}

// affordable is the number of networks that are taken: no more states in all than half a minute
// allows where nearly all of them are fixed points.
func (q draws) affordable() int { return min(q.Draws, max(16, 1<<23>>(q.Neurons*q.Modules))) }

// options are those of a census of the networks.
func (q draws) options() census.DrawOptions {
	return census.DrawOptions{Draws: q.affordable(), Seed: q.Seed}
}

// averaged is what networks of a kind have on average, and what theory says: nothing of
// symmetric ones.
type averaged struct {
	Draws int `json:"draws"`
	// Count is that of fixed points; theory is exact at this number of neurons.
	Count survey.Measured `json:"count"`
	// Around is the mean number of fixed points at each distance from one that is drawn from
	// those of all draws; no number where there is none.
	Around []survey.Number `json:"around"`
	// Limit is the exponent of the number for many neurons: nats per neuron.
	Limit *float64 `json:"limit"`
	// TheoryAround is exact at this number of neurons; null for long chains.
	TheoryAround []float64 `json:"theory_around"`
}

// average takes a census of some networks.
func average(ctx context.Context, q draws) (*averaged, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	a := &averaged{}
	if !q.Symmetric {
		if err := a.expect(ctx, q.kind()); err != nil {
			return nil, err
		}
	}
	found, err := census.Draws(ctx, q.spec(), always(), q.options())
	if err != nil {
		return nil, err
	}
	count := found.Count()
	a.Draws, a.Count.Mean, a.Count.Error = found.Draws, survey.Number(count.Value), survey.Number(count.Error)
	for _, pairs := range found.Pairs {
		a.Around = append(a.Around, survey.Number(pairs.Value/count.Value))
	}
	return a, nil
}

// expect sets what theory says.
func (a *averaged) expect(ctx context.Context, k survey.Kind) error {
	chain := k.Chain()
	count, err := chain.FixedPoints(k.Neurons)
	if err != nil {
		return err
	}
	limit, err := chain.Entropy()
	if err != nil {
		return err
	}
	a.Count.Theory, a.Limit = &count.Value, &limit
	pairs, err := k.Pairs(ctx)
	if errors.Is(err, theory.ErrTooLarge) {
		return nil
	}
	for _, at := range pairs {
		a.TheoryAround = append(a.TheoryAround, math.Exp(at.Log-count.Log))
	}
	return err
}

// The axis of the curve.
const (
	curveEnd    = 1.5
	curvePoints = 61 // of theory
	curveSteps  = 15 // of the census
)

// expected is theory over the self-coupling: nats per neuron, exact at the number of neurons and
// for many of them. Nothing is known of symmetric networks.
type expected struct {
	SelfCouplings []float64 `json:"self_couplings"`
	Exact         []float64 `json:"exact"`
	Limit         []float64 `json:"limit"`
	Draws         int       `json:"draws"`
}

// counted is a census of networks at one self-coupling.
type counted struct {
	SelfCoupling float64         `json:"self_coupling"`
	Count        survey.Measured `json:"count"`
	// Exponent is the logarithm of the mean number, a neuron's share of it.
	Exponent      survey.Number `json:"exponent"`
	ExponentError survey.Number `json:"exponent_error"`
	// Largest is the share of the largest component, over networks that have a fixed point,
	// Alone that of the fixed points of all networks that are linked to none.
	Largest survey.Number `json:"largest"`
	Alone   survey.Number `json:"alone"`
}

// countsBySelfCoupling sends theory, then a census at one self-coupling after the other.
func (e *Explorer) countsBySelfCoupling(w http.ResponseWriter, r *http.Request) {
	var q draws
	if !read(w, r, &q) {
		return
	}
	err := q.check()
	var known *expected
	if err == nil {
		known, err = q.expected()
	}
	if err != nil {
		e.fail(w, r, err)
		return
	}
	send := events(w)
	if send == nil || send(map[string]any{"theory": known}) != nil {
		return
	}
	for step := range curveSteps + 1 {
		q.SelfCoupling = curveEnd * float64(step) / curveSteps
		found, err := q.counted(r.Context())
		if err != nil {
			e.broken(r, send, err)
			return
		}
		if send(map[string]any{"counted": found}) != nil {
			return
		}
	}
}

// broken ends events with an error.
func (e *Explorer) broken(r *http.Request, send func(message any) error, err error) {
	if r.Context().Err() != nil {
		return
	}
	e.log.Error("explorer", "path", r.URL.Path, "error", err)
	_ = send(map[string]any{"wrong": err.Error()})
}

// expected is what theory says of the curve.
func (q draws) expected() (*expected, error) {
	x := &expected{Draws: q.affordable()}
	for k := range curvePoints {
		q.SelfCoupling = curveEnd * float64(k) / (curvePoints - 1)
		x.SelfCouplings = append(x.SelfCouplings, q.SelfCoupling)
		if q.Symmetric {
			continue
		}
		chain := q.kind().Chain()
		count, err := chain.FixedPoints(q.Neurons)
		if err != nil {
			return nil, err
		}
		limit, err := chain.Entropy()
		if err != nil {
			return nil, err
		}
		x.Exact, x.Limit = append(x.Exact, count.Log/float64(q.kind().Total())), append(x.Limit, limit)
	}
	return x, nil
}

// counted takes a census at one self-coupling.
func (q draws) counted(ctx context.Context) (*counted, error) {
	o := q.options()
	o.Observe = func(_ int, r *census.Result, _ []int64) ([]float64, error) {
		components, err := r.Components(ctx, q.Distance)
		if err != nil || components.Largest() == 0 {
			return []float64{0, 0, 0}, err
		}
		return []float64{float64(components.Largest()) / float64(len(r.FixedPoints)), 1, float64(alone(components))}, nil
	}
	found, err := census.Draws(ctx, q.spec(), always(), o)
	if err != nil {
		return nil, err
	}
	count, total := found.Count(), float64(found.Neurons)
	return &counted{
		SelfCoupling: q.SelfCoupling, Count: survey.Measured{Mean: survey.Number(count.Value), Error: survey.Number(count.Error)},
		Exponent: survey.Number(math.Log(count.Value) / total), ExponentError: survey.Number(count.Error / count.Value / total),
		Largest: survey.Number(found.Observed[0].Value / found.Observed[1].Value),
		Alone:   survey.Number(found.Observed[2].Value / count.Value),
	}, nil
}
