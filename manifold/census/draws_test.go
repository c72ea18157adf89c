package census

import (
	"math"
	"reflect"
	"testing"

	"basin/network"
)

// meets reports a mean that is more than five standard errors from its exact value.
func meets(t *testing.T, what string, got Mean, want float64) {
	t.Helper()
	t.Logf("%s: %.4f +- %.4f, exact %.4f", what, got.Value, got.Error, want)
	if !(math.Abs(got.Value-want) <= 5*got.Error) || got.Error > 0.2*want {
		t.Errorf("%s: %v +- %v, want %v within five standard errors", what, got.Value, got.Error, want)
	}
}

func averages(t *testing.T, spec network.Spec, x []float32, o DrawOptions) *Averages {
	t.Helper()
	a, err := Draws(t.Context(), spec, x, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// Theory page, section 1: E[#] = (2 Phi(J_D/sigma))^N with sigma^2 = (N-1)/N, at J_D = .3;
// the values are those of the page. 2,000 draws from seed 1000 (N = 16: 1,000).
func TestMeanCountsAreExact(t *testing.T) {
	for _, test := range []struct {
		neurons, draws int
		want           float64
	}{{8, 2000, 6.020714486119}, {12, 2000, 13.999814219340}, {16, 1000, 32.606662225440}} {
		a := averages(t, dense(test.neurons, 0.3), nil, DrawOptions{Draws: test.draws, Seed: 1000})
		meets(t, "count", a.Count(), test.want)
	}
}

// Theory page, section 1: an input field of variance a^2 per neuron makes J_D into
// J_D / sqrt(sigma^2 + a^2), a margin makes it J_D - kappa. N = 10, a = .7,
// kappa = .15, inputs +-1; 3,000 draws from seed 5.
func TestMeanCountsWithInputAndMarginAreExact(t *testing.T) {
	const neurons, selfCoupling, a, kappa = 10, 0.5, 0.7, 0.15
	spec := dense(neurons, selfCoupling)
	spec.Modules[0].Input.Gain = a
	x := []float32{1, -1, 1}
	sigma := math.Sqrt(1 - 1.0/neurons)
	for _, test := range []struct {
		name     string
		x        []float32
		margin   float64
		argument float64
	}{
		{"margin", nil, kappa, (selfCoupling - kappa) / sigma},
		{"negative margin", nil, -kappa, (selfCoupling + kappa) / sigma},
		{"input", x, 0, selfCoupling / math.Sqrt(sigma*sigma+a*a)},
		{"input and margin", x, kappa, (selfCoupling - kappa) / math.Sqrt(sigma*sigma+a*a)},
	} {
		got := averages(t, spec, test.x, DrawOptions{Draws: 3000, Seed: 5, Margin: test.margin})
		meets(t, test.name, got.Count(), math.Pow(2*normal(test.argument), neurons))
	}
}

// Theory page, section 2: E[pairs] at N = 12, J_D = .3; the values are those of the page.
// Without input pairs at k and N - k are equal in number. 4,000 draws from seed 77.
func TestMeanPairsAreExact(t *testing.T) {
	a := averages(t, dense(12, 0.3), nil, DrawOptions{Draws: 4000, Seed: 77})
	for k, want := range map[int]float64{0: 13.9998142, 1: 11.2801979, 2: 15.1470180, 3: 20.1532903, 6: 29.3097345} {
		meets(t, "pairs", a.Pairs[k], want)
		if a.Pairs[k] != a.Pairs[12-k] {
			t.Errorf("%v pairs at distance %d, %v at %d, want equal means", a.Pairs[k], k, a.Pairs[12-k], 12-k)
		}
	}
}

// chain is a spec of modules without input, each linked to the next.
func chain(modules, neurons int, selfCoupling, lambda float64) network.Spec {
	var spec network.Spec
	for m := range modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: neurons, SelfCoupling: selfCoupling, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: lambda})
		}
	}
	return spec
}

// Theory page, section 4; the values are those of the page. 3,000 draws from seed 9.
func TestMeanCountsOfChainsAreExact(t *testing.T) {
	meets(t, "L = 2", averages(t, chain(2, 6, 0.2, 0.4), nil, DrawOptions{Draws: 3000, Seed: 9}).Count(), 9.300447160835)
	meets(t, "L = 3", averages(t, chain(3, 4, 0.1, 0.5), nil, DrawOptions{Draws: 3000, Seed: 9}).Count(), 6.367007034455)
}

// Theory page, section 4: the overlap tau between neighbours at J_D = 0, L = 2. A site has
// weight 2 Phi(lambda/sigma)^2 at tau = 1 and 2 Phi(-lambda/sigma)^2 at tau = -1, so the sum
// of tau per site over fixed points is E[#] times the normalised difference. N = 6,
// lambda = .6; 3,000 draws from seed 21.
func TestMeanOverlapOfLinkedModulesIsExact(t *testing.T) {
	const neurons, lambda = 6, 0.6
	a := averages(t, chain(2, neurons, 0, lambda), nil, DrawOptions{Draws: 3000, Seed: 21, Observe: func(_ int, r *Result, _ []int64) ([]float64, error) {
		sum := 0.0
		for _, p := range r.FixedPoints {
			sum += (p & (1<<neurons - 1)).Overlap(p>>neurons, neurons)
		}
		return []float64{sum}, nil
	}})
	sigma := math.Sqrt(1 - 1.0/neurons)
	up, down := math.Pow(normal(lambda/sigma), 2), math.Pow(normal(-lambda/sigma), 2)
	count := math.Pow(2*(up+down), neurons)
	meets(t, "count", a.Count(), count)
	meets(t, "sum of overlaps", a.Observed[0], count*(up-down)/(up+down))
}

func TestDrawsDependOnNothingButTheirArguments(t *testing.T) {
	spec := dense(9, 0.4)
	one := averages(t, spec, nil, DrawOptions{Draws: 50, Seed: 3, Workers: 1})
	for _, workers := range []int{0, 2, 7} {
		if got := averages(t, spec, nil, DrawOptions{Draws: 50, Seed: 3, Workers: workers}); !reflect.DeepEqual(got, one) {
			t.Errorf("%d workers: %+v, want %+v as with one", workers, got, one)
		}
	}
	seeds := func(draw int) uint64 { return 3 + uint64(draw) }
	if got := averages(t, spec, nil, DrawOptions{Draws: 50, Seed: 99, Seeds: seeds}); !reflect.DeepEqual(got, one) {
		t.Errorf("with the seeds named: %+v, want %+v", got, one)
	}
	// The mean and its error of two draws, by hand.
	a := float64(len(census(t, draw(t, spec, 3), nil, Options{}).FixedPoints))
	b := float64(len(census(t, draw(t, spec, 4), nil, Options{}).FixedPoints))
	if got := averages(t, spec, nil, DrawOptions{Draws: 2, Seed: 3}).Count(); got.Value != (a+b)/2 || math.Abs(got.Error-math.Abs(a-b)/2) > 1e-12 {
		t.Errorf("counts %v and %v have mean %+v", a, b, got)
	}
}
