package theory

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// calls are all functions of an ensemble and three numbers.
func calls(e Ensemble, x, y float64, n int) map[string]func() ([]float64, error) {
	one := func(v float64, err error) ([]float64, error) { return []float64{v}, err }
	count := func(c Count, err error) ([]float64, error) { return []float64{c.Log, c.Value}, err }
	c, pair := Chain{e, n, x}, Chain{e, 2, y / 4}
	return map[string]func() ([]float64, error){
		"FixedPoints":         func() ([]float64, error) { return count(e.FixedPoints(n)) },
		"Entropy":             func() ([]float64, error) { return one(e.Entropy()) },
		"EntropyGivenInput":   func() ([]float64, error) { return one(e.EntropyGivenInput()) },
		"Pairs":               func() ([]float64, error) { return count(e.Pairs(n, n/3)) },
		"PairEntropy":         func() ([]float64, error) { return one(e.PairEntropy(x)) },
		"LocalEntropy":        func() ([]float64, error) { return one(e.LocalEntropy(x)) },
		"IsolationGap":        func() ([]float64, error) { return one(e.IsolationGap()) },
		"Around":              func() ([]float64, error) { return count(e.Around(n, n/3)) },
		"SecondMoment":        func() ([]float64, error) { m, err := e.SecondMoment(); return []float64{m.Excess, m.Ratio}, err },
		"LargeTupleEntropy":   func() ([]float64, error) { return one(e.TupleEntropy(math.Inf(1), x)) },
		"TupleEntropy":        func() ([]float64, error) { return one(e.TupleEntropy(math.Trunc(y), x)) },
		"Chain.FixedPoints":   func() ([]float64, error) { return count(c.FixedPoints(n)) },
		"Chain.Entropy":       func() ([]float64, error) { return one(c.Entropy()) },
		"Chain.Overlaps":      func() ([]float64, error) { return c.Overlaps() },
		"Chain.OverlapsAt":    func() ([]float64, error) { return c.OverlapsAt(n) },
		"Chain.LimitEntropy":  func() ([]float64, error) { return one(c.LimitEntropy()) },
		"Chain.LimitOverlap":  func() ([]float64, error) { return one(c.LimitOverlap()) },
		"Chain.EndEntropy":    func() ([]float64, error) { return one(c.EndEntropy()) },
		"Chain.PairEntropy":   func() ([]float64, error) { return one(pair.PairEntropy([]float64{x, y / 4})) },
		"Chain.LocalEntropy":  func() ([]float64, error) { return one(pair.LocalEntropy([]float64{x, x})) },
		"Chain.Pairs":         func() ([]float64, error) { return count(pair.Pairs(min(n, 17), []int{n / 3, 1})) },
		"Capacity":            func() ([]float64, error) { return one(Capacity(x)) },
		"LogBivariateNormal":  func() ([]float64, error) { return one(LogBivariateNormal(y, e.Margin, x)) },
		"FixedPointMargins":   func() ([]float64, error) { m, err := e.FixedPointMargins(); return []float64{m.Mean()}, err },
		"RandomMargins.Above": func() ([]float64, error) { m, err := e.RandomMargins(); return []float64{m.Above(.3)}, err },
	}
}

// No argument whatever gives NaN without an error, or a panic.
func TestAnyArgumentGivesANumberOrAnError(t *testing.T) {
	pool := []float64{
		0, 1, -1, .5, -.3, 1e-300, 1e-17, 1 - 1e-16, math.Nextafter(1, 0), 1.0000001, 3, -40, 200, 9999, -9999, 2e4, -1e5, 1e160,
		math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(),
	}
	random := rand.New(rand.NewPCG(3, 4))
	pick := func() float64 {
		if random.IntN(2) == 0 {
			return pool[random.IntN(len(pool))]
		}
		return 2*random.Float64() - .5
	}
	good := map[string]int{}
	for range 400 {
		e := Ensemble{SelfCoupling: pick(), InputVariance: pick(), Margin: pick()}
		x, y, n := pick(), pick()*4, []int{-1, 0, 1, 2, 3, 17, 1000}[random.IntN(7)]
		for name, call := range calls(e, x, y, n) {
			values, err := call()
			if err != nil {
				if !strings.HasPrefix(err.Error(), "theory: ") {
					t.Fatalf("%s: error %q does not name its package", name, err)
				}
				continue
			}
			good[name]++
			for _, v := range values {
				if math.IsNaN(v) {
					t.Fatalf("%s(%+v, x = %v, y = %v, n = %d) = %v without an error", name, e, x, y, n, values)
				}
			}
		}
	}
	for name := range calls(Ensemble{}, 0, 0, 0) {
		if good[name] < 10 {
			t.Errorf("%s succeeded %d times, want at least 10: the test sees too little", name, good[name])
		}
	}
}

func TestErrorsSayWhatIsWanted(t *testing.T) {
	_, both := Ensemble{SelfCoupling: math.NaN(), InputVariance: -1}.Entropy()
	_, neurons := Ensemble{}.FixedPoints(1)
	_, distance := Ensemble{}.Pairs(4, 5)
	_, overlap := Ensemble{}.PairEntropy(1.5)
	_, gap := Ensemble{}.IsolationGap()
	_, tuples := Ensemble{}.TupleEntropy(0, .5)
	_, mutual := Ensemble{}.TupleEntropy(2, -.5)
	_, negative := Ensemble{SelfCoupling: -1}.TupleEntropy(2.5, .5)
	_, threshold := Ensemble{}.TupleThreshold(context.Background(), 1)
	_, chain := Chain{Lambda: math.Inf(1)}.Entropy()
	_, profile := Chain{Modules: 2}.PairEntropy([]float64{1.5})
	_, distances := Chain{Modules: 2}.Pairs(4, []int{1, 2, 5})
	_, patterns := Chain{Modules: 11}.Pairs(4, nil)
	_, profiles := Chain{Modules: 5}.PairsByDistance(context.Background(), 9)
	_, around := Ensemble{}.Around(4, 5)
	_, infinite := Ensemble{Margin: 1}.TupleEntropy(math.Inf(1), .5)
	_, capacity := Capacity(-36)
	_, correlation := BivariateNormal(0, 0, 2)
	for _, c := range []struct {
		err  error
		want string
	}{
		{both, "self-coupling NaN, want a finite number"},
		{both, "input variance -1, want 0 to 1e+08"},
		{neurons, "1 neurons, want at least 2"},
		{distance, "distance of 5 neurons, want 0 to 4"},
		{overlap, "overlap 1.5, want -1 to 1"},
		{gap, "= 0, want above 0"},
		{tuples, "tuples of 0 fixed points, want above 0"},
		{mutual, "mutual overlap -0.5, want 0 to 1"},
		{negative, "negative qhat"},
		{threshold, "1 fixed points, want 2 to 200"},
		{chain, "chain of 0 modules, want at least 1"},
		{chain, "coupling +Inf between modules, want a finite number"},
		{profile, "1 overlaps, want one for each of 2 modules"},
		{profile, "module 0: overlap 1.5, want -1 to 1"},
		{distances, "3 distances, want one for each of 2 modules"},
		{distances, "module 2: distance of 5 neurons, want 0 to 4"},
		{patterns, "11 modules: chain too large: want at most 10"},
		{profiles, "1e+05 ways to share a distance, want at most 10000"},
		{around, "distance of 5 neurons, want 0 to 4"},
		{infinite, "self-coupling 0 below the margin 1"},
		{capacity, "margin -36, want -35 to 10000"},
		{correlation, "correlation 2 "},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q in it", c.err, c.want)
		}
	}
}
