package solve

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"basin/dynamics"
	"basin/network"
)

// The fields that follow flips, and the list of unstable neurons, are those of the dynamics
// in the same state, whatever is flipped, tried and taken back.
func TestSpinsFollowTheFieldsOfTheDynamics(t *testing.T) {
	sparse, err := network.Draw(network.Spec{
		Modules: []network.ModuleSpec{
			{Neurons: 70, SelfCoupling: 0.3, Recurrent: network.RecurrentSpec{Gain: 1, Density: 0.3}, Input: network.InputSpec{Gain: 1, Density: 1}},
			{Neurons: 45, SelfCoupling: -0.2, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Density: 1}},
		},
		Links: []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 0.8, Density: 0.5}},
	}, []int{1}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	sparse.Modules[0].Recurrent.SetScale(1.3)
	for name, n := range map[string]*network.Network{"chain": drawn(t, 3, 60, 0.4, 0.7, 0.5, 3), "sparse and linked": sparse} {
		system, err := newSystem(n, []float32{1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		s := newSpins(system, RandomState(n, 1))
		b, err := dynamics.NewBatch(n, dynamics.Settings{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		w, field := b.NewWorker(), make([]float32, n.StateSize())
		r := rand.New(rand.NewPCG(1, 1))
		for step := range 400 {
			at := int(s.places[r.IntN(len(s.places))])
			after := s.try(at)
			switch step % 3 {
			case 0:
				s.keep(at)
			case 1:
				s.flip(at)
			default:
				after = -1
			}
			if err := b.StartAt(0, dynamics.Vector{1}, 0, 0, s.result()); err != nil {
				t.Fatal(err)
			}
			b.Field(w, 0, field)
			count, unstable := 0, s.count(s.mask, s.field)
			for _, m := range n.Modules {
				for i := m.Offset; i < m.Offset+m.Neurons; i++ {
					if math.Abs(float64(field[i]-s.field[i])) > 1e-5 {
						t.Fatalf("%s, step %d: field %v at place %d, the dynamics has %v", name, step, s.field[i], i, field[i])
					}
					if s.state[i]*field[i] <= 0 {
						if got := s.listed(count); got != i {
							t.Fatalf("%s, step %d: unstable neuron %d is at %d, want %d", name, step, count, got, i)
						}
						count++
					}
				}
			}
			if unstable != count || after >= 0 && after != count || b.Unstable(w, 0) != count {
				t.Fatalf("%s, step %d: %d unstable neurons, %d when tried, want %d", name, step, unstable, after, count)
			}
		}
	}
}

// At temperature T a neuron without couplings is at +1 with probability 1/(1 + exp(-2 h/T)).
// 20 sweeps of 2,000 neurons with h = 0.4 at T = 0.8: share .7311 +- .0022. Seed 5.
func TestAnnealedNoiseHasItsTemperature(t *testing.T) {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{Neurons: 2000, Input: network.InputSpec{Gain: 1, Density: 1}}}}, []int{1}, 2, 5)
	if err != nil {
		t.Fatal(err)
	}
	n.Modules[0].Input.Each(func(_, _ int, v *float32) bool { *v = 0.4; return true })
	s := Defaults(Annealed)
	s.Temperature, s.Budget = 0.8, 1
	up := 0
	for seed := range uint64(20) {
		s.Seed = seed
		r, err := Solve(context.Background(), n, []float32{1}, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.State[:2000] {
			if v > 0 {
				up++
			}
		}
	}
	share, want := float64(up)/40000, 1/(1+math.Exp(-1))
	if math.Abs(share-want) > 5*math.Sqrt(want*(1-want)/40000) {
		t.Errorf("share %v of neurons at +1, want %v", share, want)
	}
}
