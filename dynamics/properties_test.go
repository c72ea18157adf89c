package dynamics

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"basin/internal/layout"
	"basin/network"
)

// orders lists every order with settings that use it.
var orders = []Settings{{Order: Parallel}, {Order: Partial, Probability: 0.6, Seed: 2}, {Order: Sequential, Seed: 3}, {Order: Modules}}

// everyState makes a batch that holds all states of n, without input: neuron i is +1
// in state number q where bit i of q is set, modules one after the other.
func everyState(t *testing.T, n *network.Network) (*Batch, *Worker) {
	t.Helper()
	b, err := NewBatch(n, Settings{}, 1<<n.Neurons())
	if err != nil {
		t.Fatal(err)
	}
	w := b.NewWorker()
	placeStates(b, w)
	return b, w
}

// placeStates puts the batch into the states of everyState, with couplings that may
// have changed.
func placeStates(b *Batch, w *Worker) {
	for q := range b.Count() {
		b.Start(q, Vector(make([]float32, b.network.Inputs())), 0, 0)
	}
	b.Advance(w, 0, b.Count(), 1, nil)
	for q := range b.Count() {
		bit := 0
		for _, m := range b.network.Modules {
			for i := range m.Neurons {
				b.State(q)[m.Offset+i] = float32(2*(q>>bit&1) - 1)
				bit++
			}
		}
		for index := range b.network.Modules {
			b.spoil(q, index)
		}
	}
	b.refresh(w, 0, b.Count())
}

// Model page, section 5: with J_D above the largest field of any state every state is
// a fixed point, and with J_D below it one is not. All 2^9 states, seed 41.
func TestSelfCouplingAboveLargestFieldFreezesEveryState(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.5} {
			n := drawNetwork(t, one(9, density, 0), []int{1}, 2, 41)
			b, w := everyState(t, n)
			largest := float32(0)
			field := make([]float32, n.StateSize())
			for q := range b.Count() {
				b.Field(w, q, field)
				for i, h := range field[:9] {
					if h*b.State(q)[i] < 0 {
						largest = max(largest, -h*b.State(q)[i])
					}
				}
			}
			for _, c := range []struct {
				selfCoupling float32
				frozen       bool
			}{{largest * 1.001, true}, {largest * 0.999, false}} {
				n.Modules[0].SelfCoupling = c.selfCoupling
				frozen := true
				for q := range b.Count() {
					before := slices.Clone(b.State(q))
					b.Advance(w, q, q+1, 3, nil)
					moved := !slices.Equal(before, b.State(q))
					if moved != (b.Result(q).Flips > 0) || moved == (b.Result(q) == Result{Status: FixedPoint, Sweeps: 1}) {
						t.Fatalf("seed 41, state %d: moved %v with result %+v", q, moved, b.Result(q))
					}
					frozen = frozen && !moved
				}
				if frozen != c.frozen {
					t.Errorf("seed 41, density %v, J_D %v, largest field %v: every state frozen is %v, want %v", density, c.selfCoupling, largest, frozen, c.frozen)
				}
				placeStates(b, w)
			}
		}
	})
}

// Model page, section 5: the mean number of fixed points over draws of the couplings is
// 1 at J_D = 0, and (2 Phi(J_D sqrt(N/(N-1))))^N when J_ij has variance 1/N. Every
// state of N = 8 is tried in 1,500 draws from seed 42; five standard errors of the mean
// are allowed. At J_D = 0 the first holds for sparse couplings too: sign(0) = +1 keeps
// a neuron that receives nothing in half of the states.
func TestMeanNumberOfFixedPointsIsThatOfTheModel(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	const neurons, draws = 8, 1500
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for _, c := range []struct{ density, selfCoupling, want float64 }{
		{1, 0, 1},
		{0.4, 0, 1},
		{1, 0.3, math.Pow(2*phi(0.3*math.Sqrt(8.0/7)), neurons)},
		{1, -0.2, math.Pow(2*phi(-0.2*math.Sqrt(8.0/7)), neurons)},
	} {
		var sum, squares float64
		for draw := range uint64(draws) {
			b, w := everyState(t, drawNetwork(t, one(neurons, c.density, c.selfCoupling), []int{1}, 2, 42+draw))
			count := 0.0
			for q := range b.Count() {
				if b.Settled(w, q) {
					count++
				}
			}
			sum += count
			squares += count * count
		}
		mean := sum / draws
		standardError := math.Sqrt((squares/draws - mean*mean) / draws)
		if math.Abs(mean-c.want) > 5*standardError {
			t.Errorf("seed 42, density %v, J_D %v: %v fixed points on average, want %v +- %v", c.density, c.selfCoupling, mean, c.want, standardError)
		}
		if standardError > 0.1*c.want {
			t.Errorf("density %v, J_D %v: standard error %v of %v is too large to tell", c.density, c.selfCoupling, standardError, mean)
		}
	}
}

// Model page, section 5: with lambda alone (J = 0, J_D = 0, L = 2) a state is a fixed
// point iff the modules are equal. All 2^10 states of two modules of 5.
func TestWithLinksAloneAStateIsFixedIffModulesAreEqual(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		module := network.ModuleSpec{Neurons: 5, Input: network.InputSpec{Gain: 1, Density: 1}}
		spec := network.Spec{Modules: []network.ModuleSpec{module, module}, Links: []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.7}}}
		n := drawNetwork(t, spec, []int{2}, 2, 43)
		b, w := everyState(t, n)
		for q := range b.Count() {
			if equal := q>>5 == q&31; b.Settled(w, q) != equal {
				t.Errorf("state %010b: settled is %v, want %v", q, b.Settled(w, q), equal)
			}
		}
	})
}

// Model page, section 2: sign(0) = +1, for fields of both zeros, in every order, at the
// first sweep and at any other.
func TestSignOfZeroIsPlusOne(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, settings := range orders {
			for _, x := range []float32{0, float32(math.Copysign(0, -1))} {
				spec := one(21, 0, 0)
				n := drawNetwork(t, spec, []int{3}, 2, 44)
				state, result, err := Relax(n, settings, []float32{x, x, x}, 60)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(state[:21], -1) || slices.Contains(state[:21], 0) || result.Status != FixedPoint {
					t.Errorf("%s, input %v: state %v (%+v), want +1 everywhere and a fixed point", settings.Order, x, state[:21], result)
				}
			}
		}
		n := drawNetwork(t, one(4, 0, 0), []int{1}, 2, 44)
		b, w := everyState(t, n)
		for q := range b.Count() {
			if settled := b.Settled(w, q); settled != (q == 15) {
				t.Errorf("state %04b without a field: settled is %v, want only +1 everywhere to be", q, settled)
			}
		}
	})
}

// flip is the gauge transformation of the model page, section 5: the signs of row and
// column i of J, of row i of W, F and b, and of column i of O.
func flip(n *network.Network, module, i int) {
	m := n.Modules[module]
	if m.Recurrent != nil {
		m.Recurrent.Each(func(receiver, sender int, v *float32) bool {
			if receiver == i || sender == i {
				*v *= -1
			}
			return true
		})
	}
	if m.Input != nil {
		m.Input.Rows(i, i+1, func(_, _ int, v *float32) bool { *v *= -1; return true })
	}
	for c := range n.Classes {
		m.Feedback[c*m.Padded()+i] *= -1
		n.Readout.Couplings[(m.Offset+i)*layout.Padded(n.Classes)+c] *= -1
	}
	if m.Bias != nil {
		m.Bias[i] *= -1
	}
}

// Model page, section 5, gauge: flipping neurons together with their couplings leaves
// every trajectory equivalent, bit for bit since a change of signs is exact, and the
// logits equal. Neurons joined by a link flip together. Seeds 45 to 50.
func TestGaugeFlipLeavesTrajectoriesAndLogitsEquivalent(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, settings := range orders {
			for seed := uint64(45); seed <= 50; seed++ {
				module := network.ModuleSpec{Neurons: 30, SelfCoupling: 0.2, Bias: 0.1, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1}}
				sparse := module
				sparse.Recurrent.Density, sparse.Input.Density = 0.3, 0.5
				spec := network.Spec{Modules: []network.ModuleSpec{module, sparse}, Links: []network.Link{{Kind: network.Excitatory, Between: [2]int{1, 0}, Strength: 0.3}}}
				plain, flipped := drawNetwork(t, spec, []int{11}, 3, seed), drawNetwork(t, spec, []int{11}, 3, seed)
				turned := []int{0, 7, 29}
				for _, i := range turned {
					flip(flipped, 0, i)
					flip(flipped, 1, i)
				}
				a, aLogits := gaugeRun(t, plain, settings)
				b, bLogits := gaugeRun(t, flipped, settings)
				for q := range a {
					for p := range a[q] {
						for _, m := range plain.Modules {
							for _, i := range turned {
								b[q][p].state[m.Offset+i] *= -1
								b[q][p].field[m.Offset+i] *= -1
							}
						}
						if !reflect.DeepEqual(a[q][p], b[q][p]) {
							t.Fatalf("seed %d, %s, sample %d, phase %d: the flipped network moves otherwise", seed, settings.Order, q, p)
						}
					}
				}
				if !reflect.DeepEqual(aLogits, bLogits) {
					t.Fatalf("seed %d, %s: logits %v of the flipped network, want %v", seed, settings.Order, bLogits, aLogits)
				}
			}
		}
	})
}

// gaugeRun relaxes some samples with and without feedback and reads them out.
func gaugeRun(t *testing.T, n *network.Network, settings Settings) ([][]moment, [][]float32) {
	fields, err := n.FeedbackFields(network.Centred, 1)
	if err != nil {
		t.Fatal(err)
	}
	const count = 10
	phases := []phase{{2, nil}, {5, func(i int) []float32 { return fields[i%n.Classes] }}, {8, nil}}
	moments := relaxBatch(t, n, settings, normals(count, n.Inputs(), 46), make([]uint64, count), phases, 1, 0)
	states, logits := make([][]float32, count), matrix(count, layout.Padded(n.Classes))
	for q := range states {
		states[q] = moments[q][2].state
	}
	n.Readout.Logits(logits, states, n.Readout.Couplings)
	return moments, logits
}

// Inference changes no byte of a network, nor of the inputs. Seed 47.
func TestMovingLeavesTheNetworkAndTheInputsAsTheyWere(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, settings := range orders {
			for _, density := range []float64{1, 0.3} {
				spec := one(37, density, 0.3)
				spec.Modules[0].Bias = 0.1
				spec.Modules = append(spec.Modules, spec.Modules[0])
				spec.Links = []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.4}}
				n, same := drawNetwork(t, spec, []int{13}, 2, 47), drawNetwork(t, spec, []int{13}, 2, 47)
				xs := normals(19, 13, 48)
				fields, err := n.FeedbackFields(network.Balanced, 1)
				if err != nil {
					t.Fatal(err)
				}
				phases := []phase{{4, nil}, {4, func(int) []float32 { return fields[1] }}, {9, nil}}
				relaxBatch(t, n, settings, xs, make([]uint64, 19), phases, 2, 3)
				if !reflect.DeepEqual(n, same) || !reflect.DeepEqual(xs, normals(19, 13, 48)) {
					t.Errorf("seed 47, %s, density %v: the network or its inputs changed", settings.Order, density)
				}
				if again, err := n.FeedbackFields(network.Balanced, 1); err != nil || !reflect.DeepEqual(again, fields) {
					t.Errorf("seed 47, %s, density %v: the feedback fields changed", settings.Order, density)
				}
			}
		}
	})
}

// table is the inputs of several samples.
type table [][]float32

func (t table) Row(place int, dst []float32) { copy(dst, t[place]) }

// A Batch is made once and reused: its methods allocate nothing, also where sweeps follow the
// flips of the last.
func TestMovingABatchAllocatesNothing(t *testing.T) {
	networks := map[string]*network.Network{"580 neurons, density 0.008": followed(t, 0.008, 0)}
	for _, density := range []float64{1, 0.2, 0} {
		spec := one(50, density, 0.1)
		spec.Modules[0].Bias = 0.2
		spec.Modules[0].Input.Density = max(density, 0.3)
		spec.Modules = append(spec.Modules, spec.Modules[0])
		spec.Links = []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.1}}
		networks[fmt.Sprint("density ", density)] = drawNetwork(t, spec, []int{17}, 2, 49)
	}
	everyKernel(t, func(t *testing.T) {
		for _, settings := range orders {
			for name, n := range networks {
				if allocations := movingAllocates(t, n, settings); allocations != 0 {
					t.Errorf("%s, %s: %v allocations, want 0", settings.Order, name, allocations)
				}
			}
		}
	})
}

// movingAllocates counts what moving 19 samples allocates, each time with a worker of its own.
// 20 and 30 sweeps are enough for few enough neurons to flip that the sweeps are followed.
func movingAllocates(t *testing.T, n *network.Network, settings Settings) float64 {
	t.Helper()
	fields, err := n.FeedbackFields(network.Balanced, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBatch(n, settings, 19)
	if err != nil {
		t.Fatal(err)
	}
	field, xs := make([]float32, n.StateSize()), normals(19, n.Inputs(), 50)
	var rows Inputs = table(xs)
	feedback := func(i int) []float32 { return fields[i%2] }
	var workers []*Worker
	for range 6 {
		workers = append(workers, b.NewWorker())
	}
	return testing.AllocsPerRun(len(workers)-1, func() {
		w := workers[0]
		workers = workers[1:]
		for i := range xs {
			b.Start(i, rows, i, 1)
		}
		b.Advance(w, 0, 19, 20, nil)
		b.Advance(w, 0, 19, 30, feedback)
		for i := range xs {
			b.Field(w, i, field)
			b.Settled(w, i)
		}
	})
}

// A relaxation that ended at a fixed point, begun anew there, finds it in one sweep without a
// flip, in every order. Seed 71.
func TestStartAtAFixedPointStaysThere(t *testing.T) {
	for _, settings := range orders {
		n := drawNetwork(t, one(60, 1, 1.5), []int{4}, 2, 71)
		x := normals(1, 4, 72)[0]
		state, result, err := Relax(n, settings, x, 200)
		if err != nil {
			t.Fatal(err)
		}
		if result.Status != FixedPoint {
			t.Fatalf("seed 71, %s: %+v, want a fixed point", settings.Order, result)
		}
		b, err := NewBatch(n, settings, 1)
		if err != nil {
			t.Fatal(err)
		}
		w := b.NewWorker()
		if err := b.StartAt(0, Vector(x), 0, 0, state); err != nil {
			t.Fatal(err)
		}
		if !b.Settled(w, 0) {
			t.Errorf("seed 71, %s: not settled before the first sweep", settings.Order)
		}
		b.Advance(w, 0, 1, 9, nil)
		if got, want := b.Result(0), (Result{Status: FixedPoint, Sweeps: 1}); got != want || !slices.Equal(b.State(0)[:60], state[:60]) {
			t.Errorf("seed 71, %s: %+v, want %+v in the same state", settings.Order, got, want)
		}
	}
}
