package sample

import (
	"context"
	"fmt"
	"testing"

	"basin/dynamics"
	"basin/internal/random"
	"basin/manifold/census"
	"basin/network"
)

// module describes one module with an input of gain a.
func module(neurons int, selfCoupling, density, gain float64) network.ModuleSpec {
	return network.ModuleSpec{
		Neurons: neurons, SelfCoupling: selfCoupling,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: density},
		Input:     network.InputSpec{Gain: gain, Density: 1},
	}
}

func one(neurons int, selfCoupling, density, gain float64) network.Spec {
	return network.Spec{Modules: []network.ModuleSpec{module(neurons, selfCoupling, density, gain)}}
}

func chain(modules, neurons int, selfCoupling, lambda, gain float64) network.Spec {
	s := one(neurons, selfCoupling, 1, gain)
	s.Chain = network.Chain{Modules: modules, Lambda: lambda, Input: network.AllRead}
	return s
}

// mixed has all kinds of links.
func mixed() network.Spec {
	return network.Spec{
		Modules: []network.ModuleSpec{module(6, .6, 1, .3), module(6, .4, .6, .3), module(5, .8, 1, 0)},
		Links: []network.Link{
			{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: .3},
			{Kind: network.Learned, Between: [2]int{1, 2}, Gain: .4, Density: 1},
			{Kind: network.Learned, Between: [2]int{0, 2}, Gain: .4, Density: .5, Direction: network.Forward},
			{Kind: network.Excitatory, Between: [2]int{0, 2}, Strength: .2, FanIn: 2, Direction: network.Backward},
		},
	}
}

func draw(t testing.TB, spec network.Spec, seed uint64) *network.Network {
	t.Helper()
	n, err := network.Draw(spec, []int{1}, 2, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func take(t testing.TB, n *network.Network, x []float32, margin float64) *census.Result {
	t.Helper()
	r, err := census.Take(context.Background(), n, x, census.Options{Margin: margin})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// randomState is a state of +-1.
func randomState(n *network.Network, seed uint64) []float32 {
	stream := random.New(seed, random.Synthetic)
	state := make([]float32, n.StateSize())
	for _, m := range n.Modules {
		for i := range m.Neurons {
			state[m.Offset+i] = float32(1 - 2*stream.IntN(2))
		}
	}
	return state
}

// reached is a fixed point that sequential dynamics reaches from the input.
func reached(t testing.TB, n *network.Network, x []float32, seed uint64) []float32 {
	t.Helper()
	state, result, err := dynamics.Relax(n, dynamics.Settings{Order: dynamics.Sequential, Seed: seed}, x, 10000)
	if err != nil {
		t.Fatal(err)
	}
	if result.Status != dynamics.FixedPoint {
		t.Fatalf("seed %d: %v", seed, result.Status)
	}
	return state
}

func TestNeighboursAreThoseOfTheCensus(t *testing.T) {
	for _, c := range []struct {
		name   string
		spec   network.Spec
		margin float64
	}{
		{"dense", one(14, .5, 1, 0), 0},
		{"dense, input", one(14, .4, 1, .7), 0},
		{"margin", one(14, .8, 1, 0), .25},
		{"negative margin", one(12, 0, 1, 0), -.3},
		{"sparse", one(16, .5, .2, 0), 0},
		{"without couplings for some", one(12, 0, .08, 0), 0},
		{"chain", chain(3, 5, .2, .5, 0), 0},
		{"links of all kinds", mixed(), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := 0
			for seed := range uint64(6) {
				n := draw(t, c.spec, seed)
				x := []float32{1}
				r := take(t, n, x, c.margin)
				starts := r.FixedPoints
				starts = append(starts[:min(3, len(starts)):min(3, len(starts))], census.RandomStates(r.Neurons, 2, seed)...)
				for _, start := range starts {
					got, err := Neighbours(context.Background(), n, x, start.Vector(n), NeighbourOptions{Distance: 5, Margin: c.margin})
					if err != nil {
						t.Fatal(err)
					}
					want := make([]int64, r.Neurons+1)
					for _, p := range r.FixedPoints {
						want[start.Distance(p)]++
					}
					for d, count := range got {
						if count != want[d] {
							t.Fatalf("seed %d, state %#x: %d at distance %d, want %d", seed, start, count, d, want[d])
						}
						found += int(count)
					}
				}
			}
			if found < 10 {
				t.Errorf("%d fixed points in all: the test sees too little", found)
			}
		})
	}
}

// bruteForce counts neighbours at distances 0 to 3 by fields taken afresh.
func bruteForce(t testing.TB, n *network.Network, x, state []float32) []int64 {
	t.Helper()
	s, spins, err := begin(n, x, state)
	if err != nil {
		t.Fatal(err)
	}
	J := make([][]float64, s.neurons)
	for j := range J {
		J[j] = make([]float64, s.neurons)
		s.column(j, J[j])
	}
	h, err := s.fields(context.Background(), spins)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(j int) {
		spins[j] = -spins[j]
		h[j] += 2 * s.self[j] * spins[j]
		for i, c := range J[j] {
			h[i] += 2 * c * spins[j]
		}
	}
	counts := make([]int64, 4)
	see := func(distance int) {
		for i, v := range spins {
			if v*h[i] <= 0 {
				return
			}
		}
		counts[distance]++
	}
	see(0)
	for i := range J {
		flip(i)
		see(1)
		for j := range i {
			flip(j)
			see(2)
			for k := range j {
				flip(k)
				see(3)
				flip(k)
			}
			flip(j)
		}
		flip(i)
	}
	return counts
}

func TestNeighboursAreThoseOfBruteForce(t *testing.T) {
	for _, c := range []struct {
		name string
		spec network.Spec
	}{
		{"front of a part of the neurons", one(150, 1.2, 1, 0)},
		{"sparse", one(80, .7, .15, 0)},
		{"a few couplings each", one(60, .7, .04, .5)},
	} {
		for seed := range uint64(2) {
			n := draw(t, c.spec, seed)
			x := []float32{1}
			state := reached(t, n, x, seed)
			got, err := Neighbours(context.Background(), n, x, state, NeighbourOptions{Distance: 3})
			if err != nil {
				t.Fatal(err)
			}
			want := bruteForce(t, n, x, state)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, seed %d: %v neighbours, want %v", c.name, seed, got, want)
			}
			if want[0] != 1 || want[3] == 0 {
				t.Errorf("%s, seed %d: %v neighbours: the test sees too little", c.name, seed, want)
			}
		}
	}
}
