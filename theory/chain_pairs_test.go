package theory

import (
	"math"
	"testing"
)

// siteSums is the sum over tau in the formula of [Chain.Pairs] as written, for every pattern
// of modules that differ: bit l is set where module l does. The correlation is agree[l] where
// module l agrees and -differ[l] where it differs.
func siteSums(c Chain, variance float64, agree, differ []float64) []float64 {
	s := math.Sqrt(variance + c.Module.InputVariance)
	k := c.Module.SelfCoupling - c.Module.Margin
	sums := make([]float64, 1<<c.Modules)
	for pattern := range sums {
		eta := func(l int) float64 { return float64(1 - 2*(pattern>>l&1)) }
		for word := range 1 << (c.Modules - 1) {
			tau := func(l int) (first, second float64) { // bond l joins modules l and l+1, from 0
				if l < 0 || l >= c.Modules-1 {
					return 0, 0
				}
				first = float64(1 - 2*(word>>l&1))
				return first, first * eta(l) * eta(l+1)
			}
			product := 1.0
			for l := range c.Modules {
				a, b := tau(l - 1)
				p, r := tau(l)
				rho := agree[l]
				if eta(l) < 0 {
					rho = -differ[l]
				}
				phi2, err := BivariateNormal((k+c.Lambda*(a+p))/s, (k+c.Lambda*(b+r))/s, rho)
				if err != nil {
					panic(err)
				}
				product *= phi2
			}
			sums[pattern] += product
		}
	}
	return sums
}

// placedPairs is [Chain.Pairs] as a sum over all ways to give a pattern to every site.
func placedPairs(c Chain, n int, distances []int) float64 {
	agree, differ := make([]float64, c.Modules), make([]float64, c.Modules)
	sigma := couplingVariance(n) + c.Module.InputVariance
	for l, k := range distances {
		agree[l] = (float64(n-1-2*k)/float64(n) + c.Module.InputVariance) / sigma
		differ[l] = (float64(n+1-2*k)/float64(n) + c.Module.InputVariance) / sigma
		agree[l], differ[l] = max(-1, min(1, agree[l])), max(-1, min(1, differ[l]))
	}
	sums := siteSums(c, couplingVariance(n), agree, differ)
	var place func(site int, left []int, product float64) float64
	place = func(site int, left []int, product float64) float64 {
		if site == n {
			for _, k := range left {
				if k != 0 {
					return 0
				}
			}
			return product
		}
		total := 0.0
		for pattern, weight := range sums {
			rest := append([]int(nil), left...)
			possible := true
			for l := range rest {
				rest[l] -= pattern >> l & 1
				possible = possible && rest[l] >= 0
			}
			if possible {
				total += place(site+1, rest, 2*weight*product)
			}
		}
		return total
	}
	return place(0, distances, 1)
}

func TestPairsOfChainsAgainstAllPlacements(t *testing.T) {
	for _, module := range ensembles {
		for _, lambda := range []float64{-.7, 0, .4, 3} {
			for _, r := range []struct {
				n         int
				distances []int
			}{{5, []int{0}}, {5, []int{2}}, {4, []int{0, 0}}, {4, []int{1, 3}}, {4, []int{4, 0}}, {3, []int{1, 0, 2}}, {3, []int{1, 1, 1}}, {2, []int{1, 0, 1, 2}}} {
				c := Chain{module, len(r.distances), lambda}
				want := placedPairs(c, r.n, r.distances)
				got := must[Count](t)(c.Pairs(r.n, r.distances)).Value
				if !(math.Abs(got-want) <= 1e-9*want+1e-14) {
					t.Errorf("%+v, N = %d, distances %v: %.12g pairs, want %.12g", c, r.n, r.distances, got, want)
				}
			}
		}
	}
}

// One module is an [Ensemble]; without coupling modules multiply.
func TestPairsOfChainsAreThoseOfTheirModules(t *testing.T) {
	const n = 9
	for _, e := range ensembles {
		one := must[[]Count](t)(Chain{e, 1, .8}.PairsByDistance(t.Context(), n))
		two := must[[]Count](t)(Chain{e, 2, 0}.PairsByDistance(t.Context(), n))
		want := make([]float64, 2*n+1)
		for k := range n + 1 {
			first := must[Count](t)(e.Pairs(n, k)).Value
			if got := one[k].Value; !(math.Abs(got-first) <= 1e-10*first) {
				t.Errorf("%+v: %v pairs at distance %d, want %v", e, got, k, first)
			}
			for l := range n + 1 {
				want[k+l] += first * must[Count](t)(e.Pairs(n, l)).Value
			}
		}
		for k, want := range want {
			if got := two[k].Value; !(math.Abs(got-want) <= 1e-10*want) {
				t.Errorf("%+v: %v pairs of two modules at distance %d, want %v", e, got, k, want)
			}
		}
	}
}

// Distance 0 is the first moment; a chain and its mirror image -s are L N apart.
func TestPairsOfChainsAtTheEnds(t *testing.T) {
	for _, c := range []Chain{{Ensemble{SelfCoupling: .2}, 2, .4}, {Ensemble{}, 3, 1}, {Ensemble{SelfCoupling: .5, Margin: .2}, 4, -.3}} {
		const n = 5
		pairs := must[[]Count](t)(c.PairsByDistance(t.Context(), n))
		first := must[Count](t)(c.FixedPoints(n)).Value
		if got := pairs[0].Value; math.Abs(got-first) > 1e-11*first {
			t.Errorf("%+v: %v pairs at distance 0, want %v", c, got, first)
		}
		for k := range pairs {
			near, far := pairs[k].Value, pairs[len(pairs)-1-k].Value
			if math.Abs(near-far) > 1e-10*near {
				t.Errorf("%+v: %v pairs at distance %d, %v at the other end, want equal", c, near, k, far)
			}
		}
	}
}

// (1/(L N)) ln of the exact number approaches S2; without modules to couple it is that of [Ensemble].
func TestPairEntropyOfChains(t *testing.T) {
	for _, e := range ensembles {
		for _, q := range []float64{-1, -.6, 0, .3, .999, 1} {
			want := must[float64](t)(e.PairEntropy(q))
			for _, c := range []Chain{{e, 1, .7}, {e, 4, 0}} {
				overlaps := make([]float64, c.Modules)
				for l := range overlaps {
					overlaps[l] = q
				}
				if got := must[float64](t)(c.PairEntropy(overlaps)); math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
					t.Errorf("%+v at %v: %.15g, want %.15g", c, q, got, want)
				}
			}
		}
		c := Chain{e, 3, .6}
		if got, want := must[float64](t)(c.PairEntropy([]float64{1, 1, 1})), must[float64](t)(c.Entropy()); math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("%+v: S2 = %v at overlap 1, want Sigma = %v", c, got, want)
		}
		// With N and 2N neurons, less (L/2) ln of their ratio for the three sums that
		// fix the distances, corrections are of order 1/N.
		const n = 60
		small := must[Count](t)(c.Pairs(n, []int{6, 12, 15})).Log
		large := must[Count](t)(c.Pairs(2*n, []int{12, 24, 30})).Log
		got := (large - small + 1.5*math.Ln2) / (3 * n)
		if want := must[float64](t)(c.PairEntropy([]float64{.8, .6, .5})); math.Abs(got-want) > 1e-3*(1+math.Abs(want)) {
			t.Errorf("%+v: growth %v, want %v", c, got, want)
		}
	}
}

// The extremum over the fields is a minimum over any others: the sum as written is never below.
func TestPairEntropyOfChainsIsAMinimum(t *testing.T) {
	c := Chain{Ensemble{SelfCoupling: .3, InputVariance: .2}, 3, .9}
	q := []float64{.7, -.2, .9}
	correlations := make([]float64, 3)
	for l := range q {
		correlations[l] = (q[l] + .2) / 1.2
	}
	sums := siteSums(c, 1, correlations, correlations)
	value := func(f [3]float64) float64 {
		terms := make([]float64, len(sums))
		for pattern, sum := range sums {
			terms[pattern] = math.Log(sum)
			for l := range f {
				terms[pattern] += f[l] * (float64(1-2*(pattern>>l&1)) - q[l])
			}
		}
		return (math.Ln2 + logSum(terms)) / 3
	}
	want := must[float64](t)(c.PairEntropy(q))
	// Golden section along one field after another.
	var f [3]float64
	for range 60 {
		for l := range f {
			f[l] = peakOf(func(x float64) float64 { g := f; g[l] = x; return -value(g) }, f[l]-3, f[l]+3, 60)
		}
	}
	if got := value(f); math.Abs(got-want) > 1e-12 {
		t.Errorf("least value %.15g, want %.15g", got, want)
	}
}

// Strong couplings, states that differ in one module only, and long chains.
func TestPairEntropyOfStrongAndLongChains(t *testing.T) {
	strong := Chain{Ensemble{}, 2, 30}
	// The modules are one state with free neurons: overlap q in both is a choice of sites.
	if got, want := must[float64](t)(strong.PairEntropy([]float64{.5, .5})), (math.Ln2+binaryEntropy(.25))/2; math.Abs(got-want) > 1e-12 {
		t.Errorf("%+v: %.15g, want %.15g", strong, got, want)
	}
	// A site where only one module differs is stable with Phi(-30)^2 or less in the second state.
	if got := must[float64](t)(strong.PairEntropy([]float64{.5, .6})); got > -10 {
		t.Errorf("%+v: %v at unequal overlaps, want far below zero", strong, got)
	}
	long := Chain{Ensemble{SelfCoupling: .2}, 200, .5}
	overlaps := make([]float64, long.Modules)
	for l := range overlaps {
		overlaps[l] = 1 - 1e-12
	}
	got := must[float64](t)(long.LocalEntropy(overlaps))
	if !(got < 0 && got > -1e-5) {
		t.Errorf("%+v: S_FP = %v just below overlap 1, want a little below zero", long, got)
	}
}

// Sections 2 and 4: over the plane of J_D and lambda, S2 of two modules is below 2 Sigma at
// every profile other than zero: the first moment of a chain is exact too, also for J_D = 0
// where the modules hold each other. At J_D = lambda = 0 it is not.
func TestFirstMomentOfChainsIsExactOverThePlane(t *testing.T) {
	const steps = 12
	closest := func(c Chain) float64 {
		sigma := must[float64](t)(c.Entropy())
		worst := math.Inf(-1)
		for i := range steps + 1 {
			for k := range i + 1 { // S2 is even and the chain has a mirror image
				q := []float64{math.Cos(math.Pi * float64(i) / steps), math.Cos(math.Pi * float64(k) / steps)}
				if norm := q[0]*q[0] + q[1]*q[1]; norm > 1e-9 {
					worst = max(worst, 2*(must[float64](t)(c.PairEntropy(q))-2*sigma)/norm)
				}
			}
		}
		return worst
	}
	for _, selfCoupling := range []float64{0, .05, .3, 1, 2} {
		for _, lambda := range []float64{0, .05, .4, 1, 2} {
			c := Chain{Ensemble{SelfCoupling: selfCoupling}, 2, lambda}
			if worst := closest(c); (worst < -1e-4) != (selfCoupling > 0 || lambda > 0) {
				t.Errorf("%+v: greatest (S2 - 2 Sigma)/q^2 is %v", c, worst)
			}
		}
	}
}
