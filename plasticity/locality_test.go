package plasticity

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"basin/network"
)

// sight is all that a coupling may see of one sample: the states of its two ends, the
// field on the receiving neuron, and the numbers of the rule.
type sight struct{ pre, post, field, kappa float32 }

// increment is what one sample adds to one coupling, before the step.
func (s sight) increment() float32 {
	if s.post*s.field <= s.kappa {
		return s.post * s.pre
	}
	return 0
}

// Model page, section 3: the update of a coupling uses only its two end neurons, the
// field of the receiving one and fixed scalars. A learner that is handed nothing else,
// coupling by coupling and sample by sample, has the J and W of the engine, bit for
// bit. Seed 71.
func TestALearnerThatSeesBothEndsAndTheFieldReproducesTheUpdate(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.3} {
			got, want := drawNetwork(t, one(45, density, density), []int{23}, 2, 71), drawNetwork(t, one(45, density, density), []int{23}, 2, 71)
			rule := Rule{Kappa: 0.25, Recurrent: Block{Rate: 0.4}, Input: Block{Rate: 0.3}}
			b := drawBatch(want, 21, 0, 72)
			learn(learner(t, got, 21, 0, false), b, rule, 2)
			m := want.Modules[0]
			local := func(fanIn, rate float64, pre [][]float32) func(i, j int, value *float32) {
				step := float32(rate / math.Sqrt(fanIn*21))
				return func(i, j int, value *float32) {
					sum := float32(0)
					for sample := range 21 {
						sum += sight{pre[sample][j], b.states[sample][i], b.fields[sample][i], 0.25}.increment()
					}
					*value += float32(step * sum)
				}
			}
			each(m.Recurrent.Dense, m.Padded(), m.Recurrent.Sparse, 45, 45, true, local(m.Recurrent.FanIn, 0.4, b.states))
			each(m.Input.Dense, network.Padded(23), m.Input.Sparse, 45, 23, false, local(m.Input.FanIn, 0.3, b.inputs))
			if difference := differ(got, want); difference != "" {
				t.Errorf("seed 71, density %v: %s", density, difference)
			}
		}
	})
}

// The other side of locality: whatever a coupling cannot see may change, and the
// coupling's own change keeps every bit. Here all states but those of neurons 3 and 8,
// all fields but that of neuron 3, all labels, logits and inputs but input 5. Seed 73.
func TestWhatACouplingCannotSeeDoesNotChangeItsUpdate(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, softness := range []float64{0, 3} {
			for _, density := range []float64{1, 0.7} {
				a, b := drawNetwork(t, one(20, density, density), []int{9}, 2, 73), drawNetwork(t, one(20, density, density), []int{9}, 2, 73)
				first, second := drawBatch(a, 18, 1, 74), drawBatch(a, 18, 1, 75)
				for q := range first.states {
					for _, seen := range []int{3, 8} {
						second.states[q][seen] = first.states[q][seen]
					}
					second.fields[q][3] = first.fields[q][3]
					second.inputs[q][5] = first.inputs[q][5]
				}
				rule := Rule{Kappa: 0.1, Softness: softness, Recurrent: Block{0.4, 0.1}, Input: Block{0.3, 0.1}, Readout: Block{0.2, 0}, ReadoutWeights: [2]float64{1, 1}}
				learn(learner(t, a, 18, 1, true), first, rule, 1)
				learn(learner(t, b, 18, 1, true), second, rule, 1)
				compared, changed := 0, 0
				compare := func(name string, receiver, sender int, x, y, drawn map[[2]int]float32) {
					at := [2]int{receiver, sender}
					if _, present := x[at]; !present {
						t.Fatalf("seed 73: %s has no coupling from %d on %d, choose another seed", name, sender, receiver)
					}
					if x[at] != y[at] {
						t.Errorf("seed 73, softness %v, density %v: %s from %d on %d becomes %v or %v, want one value", softness, density, name, sender, receiver, x[at], y[at])
					}
					compared++
					if x[at] != drawn[at] {
						changed++
					}
				}
				drawn := drawNetwork(t, one(20, density, density), []int{9}, 2, 73)
				compare("J", 3, 8, values(a, true), values(b, true), values(drawn, true))
				compare("W", 3, 5, values(a, false), values(b, false), values(drawn, false))
				if changed != compared {
					t.Errorf("seed 73: %d of %d couplings learned at all", changed, compared)
				}
				if reflect.DeepEqual(values(a, true), values(b, true)) {
					t.Error("seed 73: the two mini-batches teach the same")
				}
			}
		}
	})
}

// values lists the stored J or W of module 0 by receiver and sender.
func values(n *network.Network, recurrent bool) map[[2]int]float32 {
	all := map[[2]int]float32{}
	m := n.Modules[0]
	visit := func(i, j int, value *float32) { all[[2]int{i, j}] = *value }
	if recurrent {
		each(m.Recurrent.Dense, m.Padded(), m.Recurrent.Sparse, m.Neurons, m.Neurons, true, visit)
	} else {
		each(m.Input.Dense, network.Padded(n.Inputs()), m.Input.Sparse, m.Neurons, n.Inputs(), false, visit)
	}
	return all
}

// Model page, section 3: only unstable neurons change what they receive. The couplings
// of every other neuron keep their bytes; those of the unstable ones all move, by one
// step for one sample.
func TestOnlyRowsOfUnstableNeuronsChange(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.5} {
			n, drawn := drawNetwork(t, one(33, density, density), []int{14}, 2, 76), drawNetwork(t, one(33, density, density), []int{14}, 2, 76)
			b := drawBatch(n, 9, 0, 77)
			unstable := map[int]bool{0: true, 17: true, 32: true}
			for q := range b.fields {
				for i, s := range b.states[q] {
					b.fields[q][i] = 2 * s
					if unstable[i] && q == 4 {
						b.fields[q][i] = -2 * s
					}
				}
			}
			counts := learn(learner(t, n, 9, 0, false), b, Rule{Kappa: 1, Recurrent: Block{Rate: 0.4}, Input: Block{Rate: 0.3}}, 1)
			if !slices.Equal(counts, []int{0, 0, 0, 0, 3, 0, 0, 0, 0}) {
				t.Errorf("unstable neurons by sample are %v, want 3 in sample 4", counts)
			}
			for _, recurrent := range []bool{true, false} {
				before := values(drawn, recurrent)
				for at, after := range values(n, recurrent) {
					if changed := math.Float32bits(after) != math.Float32bits(before[at]); changed != unstable[at[0]] {
						t.Fatalf("seed 76, density %v, recurrent %v: coupling %v changed: %v, want %v", density, recurrent, at, changed, unstable[at[0]])
					}
				}
			}
		}
	})
}
