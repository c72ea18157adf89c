package solve

import (
	"context"
	"fmt"
	"math"
	"testing"

	"basin/internal/normal"
	"basin/manifold/census"
	"basin/network"
	"basin/theory"
)

// drawn returns a dense random network: modules in a chain, each with an input field of
// standard deviation a for the input 1.
func drawn(t testing.TB, modules, neurons int, jd, lambda, a float64, seed uint64) *network.Network {
	t.Helper()
	var spec network.Spec
	for m := range modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: neurons, SelfCoupling: jd,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: a, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: lambda})
		}
	}
	n, err := network.Draw(spec, []int{1}, 2, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func converged(t testing.TB, n *network.Network, x []float32, margin, damping float64) *Propagation {
	t.Helper()
	p, err := NewPropagation(n, x, margin, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := p.Converge(context.Background(), damping, 1e-6, 2000); err != nil || !ok {
		t.Fatalf("converged: %t, %v", ok, err)
	}
	return p
}

// Without input m = 0 is the fixed point of the iteration, and its entropy is that of
// independent rows: ln 2 + mean_i ln Phi((J_D - kappa)/sigma_i), with sigma_i^2 the sum of
// squares of row i, exactly; and Sigma but for the spread of sigma_i, of order 1/N.
func TestEntropyWithoutInputIsThatOfIndependentRows(t *testing.T) {
	for _, c := range []struct{ jd, margin float64 }{{0, 0}, {0.2, 0}, {0.5, 0}, {1, 0}, {0.7, 0.2}, {0.5, -0.3}} {
		n := drawn(t, 1, 1000, c.jd, 0, 0, 3)
		want := math.Ln2
		squares := make([]float64, 1000)
		n.Modules[0].Recurrent.Each(func(i, _ int, value *float32) bool {
			squares[i] += float64(*value) * float64(*value)
			return true
		})
		for _, square := range squares {
			log, _ := normal.Log((float64(n.Modules[0].SelfCoupling) - c.margin) / math.Sqrt(square))
			want += log / 1000
		}
		got := converged(t, n, nil, c.margin, 0).Entropy()
		if math.Abs(got-want) > 1e-7 {
			t.Errorf("J_D %v, margin %v: %v, want %v", c.jd, c.margin, got, want)
		}
		sigma, err := theory.Ensemble{SelfCoupling: c.jd, Margin: c.margin}.Entropy()
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-sigma) > 1e-3 {
			t.Errorf("J_D %v, margin %v: %v, Sigma is %v", c.jd, c.margin, got, sigma)
		}
	}
}

// Chains of modules, with lambda: the entropy of theory.Chain, which sums over the spins of a
// site by transfer matrices of its own.
func TestEntropyOfChainsIsThatOfTheory(t *testing.T) {
	for _, c := range []struct {
		modules    int
		jd, lambda float64
	}{{2, 0, 0.5}, {2, 0, 2}, {3, 0.2, 1}, {5, 0.1, 0.7}} {
		chain := theory.Chain{Module: theory.Ensemble{SelfCoupling: c.jd}, Modules: c.modules, Lambda: c.lambda}
		want, err := chain.Entropy()
		if err != nil {
			t.Fatal(err)
		}
		got := converged(t, drawn(t, c.modules, 800, c.jd, c.lambda, 0, 2), nil, 0, 0).Entropy()
		if math.Abs(got-want) > 1e-3 { // N = 800: rows differ, order 1/N
			t.Errorf("%+v: %v, want %v", c, got, want)
		}
	}
}

// With an input the fixed points prefer signs. The Bethe entropy beside ln(count)/N by
// enumeration of all states, and magnetisations beside enumerated ones: J_D = .5, fields of
// variance 1, 60 draws of N = 10 and 14, networks without a fixed point left out.
func TestEntropyAndMagnetisationsWithInputAgreeWithEnumeration(t *testing.T) {
	for _, c := range []struct {
		neurons     int
		correlation float64 // at least; measured .93 and .96
	}{{10, 0.88}, {14, 0.92}} {
		var difference, squares, products, own, exact float64
		draws := 0
		for seed := range uint64(60) {
			n := drawn(t, 1, c.neurons, 0.5, 0, 1, seed+100)
			all, err := census.Take(context.Background(), n, []float32{1}, census.Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			if len(all.FixedPoints) == 0 {
				continue
			}
			p, err := NewPropagation(n, []float32{1}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok, _ := p.Converge(context.Background(), 0.5, 1e-6, 5000); !ok {
				continue
			}
			draws++
			d := p.Entropy() - math.Log(float64(len(all.FixedPoints)))/float64(c.neurons)
			difference, squares = difference+d, squares+d*d
			m := p.Magnetisations(nil)
			for i := range c.neurons {
				mean := 0.0
				for _, s := range all.FixedPoints {
					mean += float64(s.Spin(i)) / float64(len(all.FixedPoints))
				}
				products, own, exact = products+m[i]*mean, own+m[i]*m[i], exact+mean*mean
			}
		}
		if draws < 40 {
			t.Fatalf("N = %d: %d draws, want 40 of 60 or more", c.neurons, draws)
		}
		mean := difference / float64(draws)
		deviation := math.Sqrt((squares/float64(draws) - mean*mean) / float64(draws-1))
		t.Logf("N = %d: difference %.4f +- %.4f over %d draws, correlation %.3f", c.neurons, mean, deviation, draws, products/math.Sqrt(own*exact))
		if math.Abs(mean) > 5*deviation+0.01 { // .01: the systematic part at these sizes
			t.Errorf("N = %d: entropy differs by %v +- %v", c.neurons, mean, deviation)
		}
		if r := products / math.Sqrt(own*exact); r < c.correlation {
			t.Errorf("N = %d: correlation of magnetisations %v, want %v or more", c.neurons, r, c.correlation)
		}
	}
}

// At N = 1000 the entropy with an input is E_u ln[Phi(J_D + u) + Phi(J_D - u)] but for the
// draw of u: the mean over the fields of this very network.
func TestEntropyWithInputAtLargeNIsTheFormula(t *testing.T) {
	n := drawn(t, 1, 1000, 0.5, 0, 1, 5)
	p := converged(t, n, []float32{1}, 0, 0.5)
	want := 0.0
	for _, u := range p.system.field[:1000] {
		plus, _ := normal.Log(0.5 + u)
		minus, _ := normal.Log(0.5 - u)
		want += normal.LogAdd(plus, minus) / 1000
	}
	// The standard error is that of one network: theory and measurement share u, not J.
	if got := p.Entropy(); math.Abs(got-want) > 0.006 {
		t.Errorf("entropy %v, formula %v", got, want)
	}
}

// Workers and their number change no bit.
func TestPropagationDoesNotDependOnWorkers(t *testing.T) {
	n := drawn(t, 2, 300, 0.3, 0.5, 1, 1)
	var first []float64
	for _, workers := range []int{1, 2, 3, 7} {
		p, err := NewPropagation(n, []float32{1}, 0, workers)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			p.Iterate(0.2)
		}
		values := append(append(p.Magnetisations(nil), p.reaction...), p.Entropy())
		if first == nil {
			first = values
		}
		for i, v := range values {
			if v != first[i] {
				t.Fatalf("%d workers: value %d is %v, with one %v", workers, i, v, first[i])
			}
		}
	}
}

// External fields act as a weight: with a strong one on every spin the measure is one state,
// and F is the sum of its fields where it is a fixed point.
func TestStrongExternalFieldsHoldAState(t *testing.T) {
	n := drawn(t, 1, 200, 5, 0, 0, 1) // at J_D = 5 every state is stable
	p, err := NewPropagation(n, nil, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	state := RandomState(n, 4)
	for i, s := range state {
		p.External()[i] = 20 * float64(s)
	}
	if _, ok, _ := p.Converge(context.Background(), 0, 1e-9, 200); !ok {
		t.Fatal("not converged")
	}
	m := p.Magnetisations(nil)
	for i := range 200 {
		if math.Abs(m[i]-float64(state[i])) > 1e-12 {
			t.Fatalf("m_%d = %v, want %v", i, m[i], state[i])
		}
	}
	if s := p.Entropy(); math.Abs(s) > 1e-6 {
		t.Errorf("entropy %v, want that of one state", s)
	}
}

func ExampleNewPropagation() {
	spec := network.Spec{Modules: []network.ModuleSpec{{
		Neurons: 1000, SelfCoupling: 0.5,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1},
	}}}
	n, err := network.Draw(spec, []int{1}, 2, 1)
	if err != nil {
		panic(err)
	}
	p, err := NewPropagation(n, []float32{1}, 0, 0)
	if err != nil {
		panic(err)
	}
	_, converged, err := p.Converge(context.Background(), 0.5, 1e-6, 1000)
	if err != nil {
		panic(err)
	}
	fmt.Printf("converged: %t, %.2f nats per neuron\n", converged, p.Entropy())
	// Output: converged: true, 0.24 nats per neuron
}
