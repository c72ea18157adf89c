package basin_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"basin/internal/survey"
	"basin/manifold/census"
	"basin/theory"
)

// agreement is a kind of network on which a census and a formula meet. Neither package
// knows the other: one visits all states of drawn couplings, the other integrates.
type agreement struct {
	neurons, modules             int
	selfCoupling, lambda, margin float64
	gain                         float64 // of the input field, whose variance is its square
	draws                        int
	seed                         uint64
}

func (a agreement) String() string {
	return fmt.Sprintf("N %d, L %d, J_D %v, lambda %v, margin %v, input %v, %d draws from seed %d",
		a.neurons, a.modules, a.selfCoupling, a.lambda, a.margin, a.gain, a.draws, a.seed)
}

func (a agreement) kind() survey.Kind {
	return survey.Kind{
		Neurons: a.neurons, Modules: a.modules, SelfCoupling: a.selfCoupling, Lambda: a.lambda, Margin: a.margin,
		Gain: 1, Density: 1, Input: a.gain,
	}
}

func (a agreement) chain() theory.Chain { return a.kind().Chain() }

// pairs returns the formula for the pairs at each distance of the whole states.
func (a agreement) pairs(t *testing.T) []theory.Count {
	t.Helper()
	counts, err := a.kind().Pairs(t.Context())
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return counts
}

// census looks at the networks of all draws.
func (a agreement) census(t *testing.T, look func(draw int, r *census.Result, pairs []int64) ([]float64, error)) *census.Averages {
	t.Helper()
	averages, err := census.Draws(t.Context(), a.kind().Spec(), []float32{1, -1, -1}, census.DrawOptions{Draws: a.draws, Seed: a.seed, Margin: a.margin, Observe: look})
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return averages
}

// away returns by how many standard errors a mean misses a formula. Where theory forbids
// what is counted, no draw may have it.
func away(mean census.Mean, formula float64) float64 {
	miss := math.Abs(mean.Value - formula)
	if miss <= 1e-12*math.Abs(formula) {
		return 0
	}
	return miss / mean.Error
}

// allowed is how many standard errors a mean may miss an exact formula. The seeds are
// fixed: a failure is a change of the code, not chance.
const allowed = 4

// Source of the numbers: the docs of theory.Ensemble.FixedPoints, theory.Ensemble.Pairs,
// theory.Chain.FixedPoints and theory.Chain.Pairs. The standard errors are of 1 to 10 per cent.
var agreements = []agreement{
	{neurons: 2, modules: 1, selfCoupling: 0.3, draws: 4000, seed: 100},
	{neurons: 5, modules: 1, selfCoupling: 0, draws: 4000, seed: 200},
	{neurons: 8, modules: 1, selfCoupling: 0.3, draws: 4000, seed: 300},
	{neurons: 9, modules: 1, selfCoupling: 0.5, margin: 0.2, draws: 3000, seed: 400},
	{neurons: 8, modules: 1, selfCoupling: 0.2, margin: -0.15, draws: 3000, seed: 500},
	{neurons: 7, modules: 1, selfCoupling: -0.2, draws: 12000, seed: 600},
	{neurons: 8, modules: 1, selfCoupling: 0.6, gain: 0.8, draws: 3000, seed: 700},
	{neurons: 12, modules: 1, selfCoupling: 0.4, draws: 1500, seed: 800},
	{neurons: 6, modules: 2, selfCoupling: 0.2, lambda: 0.4, draws: 2000, seed: 900},
	{neurons: 4, modules: 3, selfCoupling: 0.1, lambda: 0.7, draws: 2000, seed: 1000},
	{neurons: 5, modules: 2, selfCoupling: 0, lambda: 0.9, margin: 0.1, draws: 2000, seed: 1100},
	{neurons: 16, modules: 1, selfCoupling: 0.2, draws: 1000, seed: 1200},
	{neurons: 6, modules: 2, selfCoupling: 0.3, lambda: 0.3, gain: 0.5, draws: 2000, seed: 1300},
	{neurons: 5, modules: 3, selfCoupling: 0.3, lambda: 0.5, margin: 0.1, draws: 1500, seed: 1400},
}

// spread is how the number of fixed points varies over the draws.
type spread struct {
	deviation, skewness float64 // the first in units of the mean
	none                float64 // share of draws without any
}

func spreadOf(counts []float64) spread {
	var s spread
	n, mean := float64(len(counts)), stat.Mean(counts, nil)
	for _, c := range counts {
		if c == 0 {
			s.none += 1 / n
		}
	}
	deviation := stat.PopStdDev(counts, nil)
	s.deviation, s.skewness = deviation/mean, stat.MomentAbout(3, counts, mean, nil)/math.Pow(deviation, 3)
	return s
}

// Means of the number of fixed points, of its square, and of the pairs at each distance. The
// spread of the number is logged, with the exact standard deviation that the square gives.
func TestCensusAgreesWithTheory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	for _, a := range agreements {
		counts := make([]float64, a.draws)
		averages := a.census(t, func(draw int, r *census.Result, _ []int64) ([]float64, error) {
			counts[draw] = float64(len(r.FixedPoints))
			return []float64{counts[draw] * counts[draw]}, nil
		})
		count, err := a.chain().FixedPoints(a.neurons)
		if err != nil {
			t.Fatalf("%v: %v", a, err)
		}
		mean := averages.Count()
		farthest := away(mean, count.Value)
		if !(farthest <= allowed) {
			t.Errorf("%v: %v +- %v fixed points, %.1f standard errors from %v", a, mean.Value, mean.Error, farthest, count.Value)
		}
		second := 0.0
		for k, want := range a.pairs(t) {
			second += want.Value
			pairs := averages.Pairs[k]
			off := away(pairs, want.Value)
			farthest = max(farthest, off)
			if !(off <= allowed) {
				t.Errorf("%v: %v +- %v pairs at distance %d, %.1f standard errors from %v", a, pairs.Value, pairs.Error, k, off, want.Value)
			}
		}
		square := averages.Observed[0]
		off := away(square, second)
		farthest = max(farthest, off)
		if !(off <= allowed) {
			t.Errorf("%v: mean square %v +- %v, %.1f standard errors from %v", a, square.Value, square.Error, off, second)
		}
		s := spreadOf(counts)
		t.Logf("%v: %.3f +- %.3f, exact %.3f; all within %.1f standard errors; deviation over mean %.3f, exact %.3f; skewness %.1f; none in %.1f %% of the draws",
			a, mean.Value, mean.Error, count.Value, farthest, s.deviation, math.Sqrt(second/count.Value/count.Value-1), s.skewness, 100*s.none)
	}
}

// How many fixed points lie at each distance from one that is drawn uniformly from those
// of all draws: the ratio of two means, exact at every N. The mean over the draws that have
// any, of what lies around one drawn from that draw alone, is logged: it is another number.
func TestNeighboursOfATypicalFixedPointAgreeWithTheory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	for _, a := range []agreement{
		{neurons: 16, modules: 1, selfCoupling: 0.4, draws: 1500, seed: 2000},
		{neurons: 14, modules: 1, selfCoupling: 0.5, margin: 0.15, draws: 1500, seed: 2100},
		{neurons: 12, modules: 1, selfCoupling: 0.6, gain: 0.8, draws: 2000, seed: 2200},
		{neurons: 7, modules: 2, selfCoupling: 0.2, lambda: 0.5, draws: 2000, seed: 2300},
		{neurons: 5, modules: 3, selfCoupling: 0.3, lambda: 0.4, draws: 1500, seed: 2400},
		{neurons: 24, modules: 1, selfCoupling: 0.3, draws: 60, seed: 2500},
	} {
		numbers := make([]float64, a.draws)
		total := a.neurons * a.modules
		pairs, within := make([][]float64, total+1), make([]float64, total+1)
		for k := range pairs {
			pairs[k] = make([]float64, a.draws)
		}
		a.census(t, func(draw int, r *census.Result, counts []int64) ([]float64, error) {
			numbers[draw] = float64(len(r.FixedPoints))
			for k, count := range counts {
				pairs[k][draw] = float64(count)
			}
			return nil, nil
		})
		count, err := a.chain().FixedPoints(a.neurons)
		if err != nil {
			t.Fatalf("%v: %v", a, err)
		}
		farthest := 0.0
		for k, want := range a.pairs(t) {
			around := census.Ratio(pairs[k], numbers)
			off := away(around, want.Value/count.Value)
			farthest = max(farthest, off)
			if !(off <= allowed) {
				t.Errorf("%v: %v +- %v at distance %d, %.1f standard errors from %v", a, around.Value, around.Error, k, off, want.Value/count.Value)
			}
			some := 0.0
			for draw, number := range numbers {
				if number > 0 {
					within[k] += pairs[k][draw] / number
					some++
				}
			}
			within[k] /= some
		}
		want := a.pairs(t)[2].Value / count.Value
		t.Logf("%v: all within %.1f standard errors; at distance 2 around one of all %.3f, exact %.3f, around one of each draw %.3f",
			a, farthest, census.Ratio(pairs[2], numbers).Value, want, within[2])
	}
}

// The comparison can fail: with enough draws for standard errors of 0.7 per cent it
// accepts the formulas and refuses them 4 per cent off, or with the variance of the field
// taken as 1 instead of (N-1)/N.
func TestAgreementRefusesAFormulaFourPerCentOff(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one long computation")
	}
	for _, a := range []agreement{
		{neurons: 6, modules: 1, selfCoupling: 1, draws: 9000, seed: 5000},
		{neurons: 4, modules: 2, selfCoupling: 1, lambda: 0.5, draws: 9000, seed: 6000},
		{neurons: 3, modules: 3, selfCoupling: 1, lambda: 0.5, draws: 9000, seed: 7000},
	} {
		averages := a.census(t, nil)
		formulas := a.pairs(t)
		for distance := range 3 {
			pairs, want := averages.Pairs[distance], formulas[distance].Value
			t.Logf("%v: distance %d: %.3f +- %.3f, exact %.3f", a, distance, pairs.Value, pairs.Error, want)
			if off := away(pairs, want); off > allowed {
				t.Errorf("%v: distance %d: the formula is %.1f standard errors away", a, distance, off)
			}
			for _, factor := range []float64{0.96, 1.04} {
				if off := away(pairs, factor*want); off <= allowed {
					t.Errorf("%v: distance %d: %v of the formula is %.1f standard errors away, want more than %d", a, distance, factor, off, allowed)
				}
			}
		}
		large, err := a.chain().Entropy()
		if err != nil {
			t.Fatal(err)
		}
		if off := away(averages.Count(), math.Exp(float64(a.neurons*a.modules)*large)); off <= allowed {
			t.Errorf("%v: exp(N Sigma) is %.1f standard errors away, want more than %d", a, off, allowed)
		}
	}
}
