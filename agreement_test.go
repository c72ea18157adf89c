package basin_test

import (
	"fmt"
	"math"
	"testing"

	"basin/manifold"
	"basin/network"
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

func (a agreement) ensemble() theory.Ensemble {
	return theory.Ensemble{SelfCoupling: a.selfCoupling, InputVariance: a.gain * a.gain, Margin: a.margin}
}

// census averages over the draws.
func (a agreement) census(t *testing.T) *manifold.Averages {
	t.Helper()
	var spec network.Spec
	for m := range a.modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: a.neurons, SelfCoupling: a.selfCoupling,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: a.gain, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: a.lambda})
		}
	}
	averages, err := manifold.Draws(spec, []float32{1, -1, -1}, manifold.DrawOptions{Draws: a.draws, Seed: a.seed, Margin: a.margin})
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	return averages
}

// away returns by how many standard errors a mean misses a formula. Where theory forbids
// what is counted, no draw may have it.
func away(mean manifold.Mean, formula float64) float64 {
	if mean.Value == formula {
		return 0
	}
	return math.Abs(mean.Value-formula) / mean.Error
}

// allowed is how many standard errors a mean may miss an exact formula. The seeds are
// fixed: a failure is a change of the code, not chance.
const allowed = 4

// Source of the numbers: the docs of theory.Ensemble.FixedPoints, theory.Ensemble.Pairs
// and theory.Chain.FixedPoints. The standard errors are of 1 to 10 per cent.
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
}

func TestCensusAgreesWithTheory(t *testing.T) {
	for _, a := range agreements {
		averages := a.census(t)
		count, err := theory.Chain{Module: a.ensemble(), Modules: a.modules, Lambda: a.lambda}.FixedPoints(a.neurons)
		if err != nil {
			t.Fatalf("%v: %v", a, err)
		}
		mean := averages.Count()
		farthest := away(mean, count.Value)
		if !(farthest <= allowed) {
			t.Errorf("%v: %v +- %v fixed points, %.1f standard errors from %v", a, mean.Value, mean.Error, farthest, count.Value)
		}
		for k, pairs := range averages.Pairs {
			if a.modules > 1 {
				break // theory has the pairs of one module
			}
			want, err := a.ensemble().Pairs(a.neurons, k)
			if err != nil {
				t.Fatalf("%v: %v", a, err)
			}
			off := away(pairs, want.Value)
			farthest = max(farthest, off)
			if !(off <= allowed) {
				t.Errorf("%v: %v +- %v pairs at distance %d, %.1f standard errors from %v", a, pairs.Value, pairs.Error, k, off, want.Value)
			}
		}
		t.Logf("%v: %.3f +- %.3f, exact %.3f; all within %.1f standard errors", a, mean.Value, mean.Error, count.Value, farthest)
	}
}

// The comparison can fail: with enough draws for standard errors of 0.3 per cent it
// accepts the formulas and refuses them 2 per cent off, or with the variance of the field
// taken as 1 instead of (N-1)/N.
func TestAgreementRefusesAFormulaTwoPerCentOff(t *testing.T) {
	a := agreement{neurons: 6, modules: 1, selfCoupling: 1, draws: 20000, seed: 5000}
	averages := a.census(t)
	for distance := range 3 {
		pairs := averages.Pairs[distance]
		want, err := a.ensemble().Pairs(a.neurons, distance)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("distance %d: %.3f +- %.3f, exact %.3f", distance, pairs.Value, pairs.Error, want.Value)
		if off := away(pairs, want.Value); off > allowed {
			t.Errorf("%v: distance %d: the formula is %.1f standard errors away", a, distance, off)
		}
		for _, factor := range []float64{0.98, 1.02} {
			if off := away(pairs, factor*want.Value); off <= allowed {
				t.Errorf("%v: distance %d: %v of the formula is %.1f standard errors away, want more than %d", a, distance, factor, off, allowed)
			}
		}
	}
	large, err := a.ensemble().Entropy()
	if err != nil {
		t.Fatal(err)
	}
	if off := away(averages.Count(), math.Exp(float64(a.neurons)*large)); off <= allowed {
		t.Errorf("%v: exp(N Sigma) is %.1f standard errors away, want more than %d", a, off, allowed)
	}
}
