package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"basin/theory"
)

// What the numbers of a curve are.
const (
	bound = "first-moment bound"
	exact = "exact"
)

// curve is something that theory has a formula for.
type curve struct {
	name, title string
	// axis is what goes from one value to another, unit that of the values.
	axis, unit  string
	from, to    float64
	logarithmic bool
	// uses are the flags that mean something, modules the default of that flag.
	uses    []string
	modules int
	// kind is a word for standing, the sentence that says what the numbers are.
	kind, standing string
	// columns returns the values over the axis, and what else there is to say.
	columns func(f *theoryFlags) (columns []column, notes []string, err error)
}

// column is one value of a curve.
type column struct {
	name string
	at   func(x float64) (float64, error)
}

var curves = []curve{
	{
		name: "entropy", title: "Number of fixed points against the self-coupling", axis: "self-coupling", unit: "nats per neuron",
		from: 0, to: 2, uses: []string{"margin", "input"}, kind: bound,
		standing: bound + " on (1/N) ln of the number of fixed points; exact without input where J_D is above the margin",
		columns:  entropyColumns,
	},
	{
		name: "moments", title: "Second moment of the number of fixed points", axis: "self-coupling", unit: "nats per neuron",
		from: 0, to: 3, uses: []string{"margin", "input"}, kind: "numerical",
		standing: "numerical, over all overlaps: below zero the first moment is exact on the exponential scale, else only a bound",
		columns:  momentColumns,
	},
	{
		name: "pairs", title: "Pairs of fixed points by overlap", axis: "overlap", unit: "nats per neuron", modules: 1,
		from: -1, to: 1, uses: []string{"self-coupling", "margin", "input", "modules", "lambda"}, kind: bound,
		standing: bound + " on (1/N) ln of the number of pairs at an overlap (S2), and around a typical fixed point (S_FP)",
		columns:  pairColumns,
	},
	{
		name: "isolation", title: "Room around a typical fixed point", axis: "self-coupling", unit: "1 - overlap",
		from: 0.2, to: 2, logarithmic: true, uses: []string{"margin", "input"}, kind: bound,
		standing: bound + ": no fixed point lies at 1 - overlap between 0 and the gap from a typical one",
		columns:  isolationColumns,
	},
	{
		name: "clusters", title: "Tuples of fixed points at equal overlap", axis: "overlap", unit: "nats per neuron and replica",
		from: 0, to: 1, uses: []string{"replicas", "self-coupling", "margin", "input"}, kind: bound,
		standing: bound + " on (1/(N y)) ln of the number of y-tuples with one overlap; negative proves that there is none, positive proves nothing",
		columns:  clusterColumns,
	},
	{
		name: "chain", title: "Modules in a chain against their coupling", axis: "lambda", unit: "nats per neuron; overlap",
		from: 0, to: 2, uses: []string{"modules", "self-coupling", "margin", "input"}, modules: 3, kind: bound,
		standing: bound + " on (1/(L N)) ln of the number of fixed points, exact without input where lambda > 0 or J_D is above the margin, as far as was tried; overlaps in the fixed points of all draws",
		columns:  chainColumns,
	},
	{
		name: "capacity", title: "Random patterns that couplings can hold", axis: "margin", unit: "patterns per neuron",
		from: 0, to: 3, uses: []string{"self-coupling"}, kind: "replica-symmetric",
		standing: "replica-symmetric, " + exact + " where the margin is at least J_D, else an upper bound; both in units of |J_i|",
		columns:  capacityColumns,
	},
	{
		name: "margins", title: "Margins of neurons", axis: "margin", unit: "density; share of neurons",
		from: -3, to: 4, uses: []string{"self-coupling", "margin", "input"}, kind: "random state " + exact + ", fixed point first-moment",
		standing: exact + " in a random state; first moment in fixed points: the average over those of all draws",
		columns:  marginColumns,
	},
}

// curveList lists the curves for the help text.
func curveList() string {
	var list strings.Builder
	for _, c := range curves {
		fmt.Fprintf(&list, "  %-10s %s\n", c.name, strings.ToLower(c.title[:1])+c.title[1:])
	}
	return list.String()
}

func completeCurves(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, c := range curves {
		if len(args) == 0 {
			names = append(names, cobra.CompletionWithDesc(c.name, c.title))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// atSelfCoupling makes a function of the self-coupling out of one of an ensemble.
func (f *theoryFlags) atSelfCoupling(of func(theory.Ensemble) (float64, error)) func(float64) (float64, error) {
	return func(x float64) (float64, error) {
		e := f.ensemble()
		e.SelfCoupling = x
		return of(e)
	}
}

func entropyColumns(f *theoryFlags) ([]column, []string, error) {
	columns := []column{{"entropy", f.atSelfCoupling(theory.Ensemble.Entropy)}}
	if f.input > 0 {
		columns = append(columns, column{"given the input", f.atSelfCoupling(theory.Ensemble.EntropyGivenInput)})
		return columns, []string{"given the input: averaged over the couplings alone, a tighter bound"}, nil
	}
	return columns, nil, nil
}

func momentColumns(f *theoryFlags) ([]column, []string, error) {
	ratio := func(e theory.Ensemble) (float64, error) {
		c, err := e.SecondMoment()
		return c.Ratio, err
	}
	return []column{{"greatest (S2 - 2 Sigma)/q^2", f.atSelfCoupling(ratio)}},
		[]string{"S2 counts pairs at overlap q, 2 Sigma pairs that know nothing of each other"}, nil
}

func pairColumns(f *theoryFlags) ([]column, []string, error) {
	e := f.ensemble()
	if f.modules > 1 {
		return f.chainPairColumns()
	}
	sigma, err := e.Entropy()
	if err != nil {
		return nil, nil, err
	}
	return []column{{"S2", e.PairEntropy}, {"S_FP", e.LocalEntropy}},
		[]string{fmt.Sprintf("twice the entropy of single fixed points is %.6g", 2*sigma)}, nil
}

// chainPairColumns are the pairs of a chain along two profiles of overlaps.
func (f *theoryFlags) chainPairColumns() ([]column, []string, error) {
	c := f.chain(f.lambda)
	sigma, err := c.Entropy()
	if err != nil {
		return nil, nil, err
	}
	along := func(of func([]float64) (float64, error), others float64) func(float64) (float64, error) {
		return func(q float64) (float64, error) {
			overlaps := make([]float64, f.modules)
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

func isolationColumns(f *theoryFlags) ([]column, []string, error) {
	return []column{{"gap", f.atSelfCoupling(theory.Ensemble.IsolationGap)}},
		[]string{"half the gap is the share of neurons that must at least differ"}, nil
}

// mostTuples bounds y where a threshold is computed: it takes 0.1 s times y.
const mostTuples = 50

func clusterColumns(f *theoryFlags) ([]column, []string, error) {
	e := f.ensemble()
	var columns []column
	var notes []string
	for _, y := range f.replicas {
		columns = append(columns, column{fmt.Sprintf("y = %v", y), func(q1 float64) (float64, error) { return e.TupleEntropy(y, q1) }})
		if y < 2 || y > mostTuples || y != math.Trunc(y) {
			continue
		}
		threshold, err := e.TupleThreshold(int(y))
		if err != nil {
			return nil, nil, err
		}
		notes = append(notes, fmt.Sprintf("y = %v: below the self-coupling %.4f some overlap has no such tuple", y, threshold))
	}
	return columns, notes, nil
}

// chain is the chain that the flags describe, at one coupling between modules.
func (f *theoryFlags) chain(lambda float64) theory.Chain {
	return theory.Chain{Module: f.ensemble(), Modules: f.modules, Lambda: lambda}
}

func chainColumns(f *theoryFlags) ([]column, []string, error) {
	at := func(of func(theory.Chain) (float64, error)) func(float64) (float64, error) {
		return func(lambda float64) (float64, error) { return of(f.chain(lambda)) }
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
		{fmt.Sprintf("entropy, L = %d", f.modules), at(theory.Chain.Entropy)},
		{"entropy, L large", at(theory.Chain.LimitEntropy)},
		{"ends", at(theory.Chain.EndEntropy)},
	}
	if f.modules > 1 {
		columns = append(columns, column{fmt.Sprintf("end overlap, L = %d", f.modules), bond(0)})
	}
	if f.modules > 3 {
		columns = append(columns, column{fmt.Sprintf("middle overlap, L = %d", f.modules), bond(f.modules/2 - 1)})
	}
	return append(columns, column{"overlap, L large", at(theory.Chain.LimitOverlap)}),
		[]string{"ends: what both add to L times the entropy of large L, for long chains, in nats per column of L neurons"}, nil
}

func capacityColumns(f *theoryFlags) ([]column, []string, error) {
	return []column{
		{"J_D = 0", theory.Capacity},
		{fmt.Sprintf("J_D = %v", f.selfCoupling), func(kappa float64) (float64, error) { return theory.Capacity(kappa - f.selfCoupling) }},
	}, nil, nil
}

func marginColumns(f *theoryFlags) ([]column, []string, error) {
	random, err := f.ensemble().RandomMargins()
	if err != nil {
		return nil, nil, err
	}
	fixed, err := f.ensemble().FixedPointMargins()
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
