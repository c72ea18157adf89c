package survey

import (
	"context"
	"fmt"
	"math"

	"basin/theory"
)

// What the numbers of a curve are.
const (
	bound = "first-moment bound"
	exact = "exact"
)

// Curves returns all curves, in the order in which they are listed.
func Curves() []*Curve {
	return []*Curve{
		{
			Name: "entropy", Title: "Number of fixed points against the self-coupling", Axis: "self-coupling", Unit: "nats per neuron",
			From: 0, To: 2, Uses: []string{"margin", "input"}, Kind: bound,
			Standing: bound + " on (1/N) ln of the number of fixed points; exact without input where J_D is above the margin",
			columns:  entropyColumns,
		},
		{
			Name: "moments", Title: "Second moment of the number of fixed points", Axis: "self-coupling", Unit: "nats per neuron",
			From: 0, To: 3, Uses: []string{"margin", "input"}, Kind: "numerical",
			Standing: "numerical, over all overlaps: below zero the first moment is exact on the exponential scale, else only a bound",
			columns:  momentColumns,
		},
		{
			Name: "pairs", Title: "Pairs of fixed points by overlap", Axis: "overlap", Unit: "nats per neuron", Modules: 1,
			From: -1, To: 1, Uses: []string{"self-coupling", "margin", "input", "modules", "lambda"}, Kind: bound,
			Standing: bound + " on (1/N) ln of the number of pairs at an overlap (S2), and around a typical fixed point (S_FP)",
			columns:  pairColumns,
		},
		{
			Name: "isolation", Title: "Room around a typical fixed point", Axis: "self-coupling", Unit: "1 - overlap",
			From: 0.2, To: 2, Logarithmic: true, Uses: []string{"margin", "input"}, Kind: bound,
			Standing: bound + ": no fixed point lies at 1 - overlap between 0 and the gap from a typical one",
			columns:  isolationColumns,
		},
		{
			Name: "clusters", Title: "Tuples of fixed points at equal overlap", Axis: "overlap", Unit: "nats per neuron and replica",
			From: 0, To: 1, Uses: []string{"replicas", "self-coupling", "margin", "input"}, Kind: bound,
			Standing: bound + " on (1/(N y)) ln of the number of y-tuples with one overlap; negative proves that there is none, positive proves nothing",
			columns:  clusterColumns,
		},
		{
			Name: "chain", Title: "Modules in a chain against their coupling", Axis: "lambda", Unit: "nats per neuron; overlap",
			From: 0, To: 2, Uses: []string{"modules", "self-coupling", "margin", "input"}, Modules: 3, Kind: bound,
			Standing: bound + " on (1/(L N)) ln of the number of fixed points, exact without input where lambda > 0 or J_D is above the margin, as far as was tried; overlaps in the fixed points of all draws",
			columns:  chainColumns,
		},
		{
			Name: "capacity", Title: "Random patterns that couplings can hold", Axis: "margin", Unit: "patterns per neuron",
			From: 0, To: 3, Uses: []string{"self-coupling"}, Kind: "replica-symmetric",
			Standing: "replica-symmetric, " + exact + " where the margin is at least J_D, else an upper bound; both in units of |J_i|",
			columns:  capacityColumns,
		},
		{
			Name: "margins", Title: "Margins of neurons", Axis: "margin", Unit: "density; share of neurons",
			From: -3, To: 4, Uses: []string{"self-coupling", "margin", "input"}, Kind: "random state " + exact + ", fixed point first-moment",
			Standing: exact + " in a random state; first moment in fixed points: the average over those of all draws",
			columns:  marginColumns,
		},
	}
}

// atSelfCoupling makes a function of the self-coupling out of one of an ensemble.
func (p Parameters) atSelfCoupling(of func(theory.Ensemble) (float64, error)) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		e := p.ensemble()
		e.SelfCoupling = x
		return of(e)
	}
}

func entropyColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	columns := []column{{"entropy", p.atSelfCoupling(theory.Ensemble.Entropy)}}
	if p.Input > 0 {
		columns = append(columns, column{"given the input", p.atSelfCoupling(theory.Ensemble.EntropyGivenInput)})
		return columns, []string{"given the input: averaged over the couplings alone, a tighter bound"}, nil
	}
	return columns, nil, nil
}

func momentColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	ratio := func(e theory.Ensemble) (float64, error) {
		c, err := e.SecondMoment()
		return c.Ratio, err
	}
	return []column{{"greatest (S2 - 2 Sigma)/q^2", p.atSelfCoupling(ratio)}},
		[]string{"S2 counts pairs at overlap q, 2 Sigma pairs that know nothing of each other"}, nil
}

func pairColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	e := p.ensemble()
	if p.Modules > 1 {
		return p.chainPairColumns()
	}
	sigma, err := e.Entropy()
	if err != nil {
		return nil, nil, err
	}
	return []column{{"S2", e.PairEntropy}, {"S_FP", e.LocalEntropy}},
		[]string{fmt.Sprintf("twice the entropy of single fixed points is %.6g", 2*sigma)}, nil
}

// chainPairColumns are the pairs of a chain along two profiles of overlaps.
func (p Parameters) chainPairColumns() ([]column, []string, error) {
	c := p.chain(p.Lambda)
	sigma, err := c.Entropy()
	if err != nil {
		return nil, nil, err
	}
	along := func(of func([]float64) (float64, error), others float64) func(float64) (float64, error) {
		return func(q float64) (float64, error) {
			overlaps := make([]float64, p.Modules)
			for l := range overlaps {
				overlaps[l] = q
				if l > 0 && others != 0 {
					overlaps[l] = others
				}
			}
			return of(overlaps)
		}
	}
	return []column{
			{"S2", along(c.PairEntropy, 0)},
			{"S_FP", along(c.LocalEntropy, 0)},
			{"S_FP, first module alone", along(c.LocalEntropy, 1)},
		},
		[]string{
			fmt.Sprintf("twice the entropy of single fixed points is %.6g", 2*sigma),
			"S2 and S_FP have the overlap in every module; in the last column the other modules are equal",
		}, nil
}

func isolationColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	return []column{{"gap", p.atSelfCoupling(theory.Ensemble.IsolationGap)}},
		[]string{"half the gap is the share of neurons that must at least differ"}, nil
}

// mostTuples bounds y where a threshold is computed: it takes 0.1 s times y.
const mostTuples = 50

func clusterColumns(ctx context.Context, p Parameters) ([]column, []string, error) {
	e := p.ensemble()
	var columns []column
	var notes []string
	for _, y := range p.Replicas {
		columns = append(columns, column{fmt.Sprintf("y = %v", y), func(q1 float64) (float64, error) { return e.TupleEntropy(y, q1) }})
		if y < 2 || y > mostTuples || y != math.Trunc(y) {
			continue
		}
		threshold, err := e.TupleThreshold(ctx, int(y))
		if err != nil {
			return nil, nil, err
		}
		notes = append(notes, fmt.Sprintf("y = %v: below the self-coupling %.4f some overlap has no such tuple", y, threshold))
	}
	return columns, notes, nil
}

func chainColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	at := func(of func(theory.Chain) (float64, error)) func(float64) (float64, error) {
		return func(lambda float64) (float64, error) { return of(p.chain(lambda)) }
	}
	bond := func(l int) func(float64) (float64, error) {
		return at(func(c theory.Chain) (float64, error) {
			overlaps, err := c.Overlaps()
			if err != nil {
				return 0, err
			}
			return overlaps[l], nil
		})
	}
	columns := []column{
		{fmt.Sprintf("entropy, L = %d", p.Modules), at(theory.Chain.Entropy)},
		{"entropy, L large", at(theory.Chain.LimitEntropy)},
		{"ends", at(theory.Chain.EndEntropy)},
	}
	if p.Modules > 1 {
		columns = append(columns, column{fmt.Sprintf("end overlap, L = %d", p.Modules), bond(0)})
	}
	if p.Modules > 3 {
		columns = append(columns, column{fmt.Sprintf("middle overlap, L = %d", p.Modules), bond(p.Modules/2 - 1)})
	}
	return append(columns, column{"overlap, L large", at(theory.Chain.LimitOverlap)}),
		[]string{"ends: what both add to L times the entropy of large L, for long chains, in nats per column of L neurons"}, nil
}

func capacityColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	return []column{
		{"J_D = 0", theory.Capacity},
		{fmt.Sprintf("J_D = %v", p.SelfCoupling), func(kappa float64) (float64, error) { return theory.Capacity(kappa - p.SelfCoupling) }},
	}, nil, nil
}

func marginColumns(_ context.Context, p Parameters) ([]column, []string, error) {
	random, err := p.ensemble().RandomMargins()
	if err != nil {
		return nil, nil, err
	}
	fixed, err := p.ensemble().FixedPointMargins()
	if err != nil {
		return nil, nil, err
	}
	sure := func(of func(float64) float64) func(float64) (float64, error) {
		return func(x float64) (float64, error) { return of(x), nil }
	}
	return []column{
			{"density, random state", sure(random.Density)},
			{"density, fixed point", sure(fixed.Density)},
			{"share above, random state", sure(random.Above)},
			{"share above, fixed point", sure(fixed.Above)},
		},
		[]string{fmt.Sprintf("mean %.6g in a random state, %.6g in a fixed point", random.Mean(), fixed.Mean())}, nil
}
