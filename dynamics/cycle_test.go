package dynamics

import (
	"testing"

	"basin/network"
)

// ring is a network in which neuron i hears neuron i-1, and neuron 0 the opposite of the
// last: from +1 everywhere, parallel sweeps turn one more neuron each time and come back
// after 2N of them.
func ring(t *testing.T, neurons int) *network.Network {
	n := drawNetwork(t, one(neurons, 1, 0), []int{1}, 2, 1)
	n.Modules[0].Recurrent.Each(func(i, j int, value *float32) bool {
		*value = 0
		if j == (i+neurons-1)%neurons {
			*value = 1
			if i == 0 {
				*value = -1
			}
		}
		return true
	})
	return n
}

// A cycle of 2N states is found after the state of sweep 2^k - 1 >= 1 has come round:
// with the stop rule cycle the relaxation ends there, with others it goes on.
func TestCyclesAreFoundWithTheirPeriod(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, c := range []struct{ neurons, period, found int }{
			// states are counted from the first sweep on; marks are at states 0, 1, 3, 7, 15
			{2, 4, 3 + 4 + 1}, {3, 6, 7 + 6 + 1}, {8, 16, 15 + 16 + 1},
		} {
			_, result, err := Relax(ring(t, c.neurons), Settings{Stop: StopAtCycle}, []float32{0}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if result.Status != Cycle || result.Period != c.period || result.Sweeps != c.found {
				t.Errorf("%d neurons: %+v, want a cycle of %d found after %d sweeps", c.neurons, result, c.period, c.found)
			}
			_, result, err = Relax(ring(t, c.neurons), Settings{}, []float32{0}, 100)
			if err != nil {
				t.Fatal(err)
			}
			if result.Status != Cycle || result.Period != c.period || result.Sweeps != 100 {
				t.Errorf("%d neurons: %+v, want a cycle of %d and 100 sweeps", c.neurons, result, c.period)
			}
		}
	})
}

// Two modules of one neuron that hear each other swap opposite states for ever in
// parallel sweeps, and agree at once when one follows the other.
func TestModuleAfterModuleEndsWhereParallelSweepsCycle(t *testing.T) {
	m := network.ModuleSpec{Neurons: 1, Input: network.InputSpec{Gain: 1, Density: 1}}
	n := drawNetwork(t, network.Spec{Modules: []network.ModuleSpec{m, m}, Links: []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 5}}}, []int{1}, 2, 1)
	*n.Modules[0].Input.At(0, 0), *n.Modules[1].Input.At(0, 0) = 1, -1
	for order, want := range map[Order]Result{
		Parallel: {Status: Cycle, Period: 2, Sweeps: 3, Flips: 4, Accumulates: 4},
		Modules:  {Status: FixedPoint, Sweeps: 2},
	} {
		_, result, err := Relax(n, Settings{Order: order, Stop: StopAtCycle}, []float32{1}, 20)
		if err != nil {
			t.Fatal(err)
		}
		if result != want {
			t.Errorf("%s: %+v, want %+v", order, result, want)
		}
	}
}

func TestStopAtBudgetDoesEverySweep(t *testing.T) {
	n := drawNetwork(t, one(20, 1, 50), []int{1}, 2, 1)
	for _, order := range orders {
		order.Stop = StopAtBudget
		state, result, err := Relax(n, order, []float32{1}, 30)
		if err != nil {
			t.Fatal(err)
		}
		order.Stop = StopAtFixedPoint
		other, early, err := Relax(n, order, []float32{1}, 30)
		if err != nil {
			t.Fatal(err)
		}
		for i := range state {
			if state[i] != other[i] {
				t.Fatalf("%s: the states of the two rules differ at neuron %d", order.Order, i)
			}
		}
		if result.Sweeps != 30 || result.Status != FixedPoint || early.Sweeps >= 30 || early.Flips != result.Flips {
			t.Errorf("%s: %+v by budget, %+v at the fixed point", order.Order, result, early)
		}
	}
}
