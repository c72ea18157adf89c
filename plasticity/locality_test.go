package plasticity

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"basin/network"
	"basin/network/coupling"
)

// sight is all that a coupling may see of one sample: the states of its two ends, the
// field on the receiving neuron, and the numbers of the rule.
type sight struct {
	pre, post, field float32
	kappa, beta      float64
}

// increment is what one sample adds to one coupling, before the step.
func (s sight) increment() float32 {
	margin := s.post * s.field
	if s.beta > 0 {
		weight := float32(1 / (1 + math.Exp(s.beta*(float64(margin)-s.kappa))))
		return float32(float32(weight*s.post) * s.pre)
	}
	if margin <= float32(s.kappa) {
		return s.post * s.pre
	}
	return 0
}

// Model page, sections 3 and 4: the update of a coupling uses only its two end neurons,
// the field of the receiving one and fixed scalars. A learner that is handed nothing
// else, coupling by coupling and sample by sample, has the J, the links and the W of the
// engine, bit for bit, in every variant that the rule calls local: dense and sparse, soft,
// from a symmetric start, with learned links between modules of different size, and
// with continuous neurons at either end. Seed 71.
func TestALearnerThatSeesBothEndsAndTheFieldReproducesTheUpdate(t *testing.T) {
	variants := map[string]struct {
		density, beta, tanh float64
		symmetric           bool
	}{
		"dense": {1, 0, 0, false}, "sparse": {0.3, 0, 0, false}, "soft": {0.3, 2, 0, false},
		"symmetric start": {0.3, 0, 0, true}, "tanh": {1, 0, 1.5, false}, "soft tanh": {0.3, 2, 1.5, false},
	}
	everyKernel(t, func(t *testing.T) {
		for name, v := range variants {
			spec := one(45, v.density, v.density)
			spec.Modules[0].Recurrent.Symmetric = v.symmetric
			spec.Modules = append(spec.Modules, network.ModuleSpec{Neurons: 30, Tanh: v.tanh, Recurrent: network.RecurrentSpec{Gain: 1, Density: v.density}})
			spec.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 1, Density: v.density}}
			got, want := drawNetwork(t, spec, []int{23}, 2, 71), drawNetwork(t, spec, []int{23}, 2, 71)
			rule := Rule{Kappa: 0.25, Softness: v.beta, Recurrent: Block{Rate: 0.4}, Links: Block{Rate: 0.2}, Input: Block{Rate: 0.3}}
			b := drawBatch(want, 21, 0, 72)
			learn(learner(t, got, 21, 0, v.beta > 0), b, rule, 2)
			local := func(fanIn, rate float64, pre [][]float32, from, to int) func(i, j int, value *float32) {
				step := float32(rate / math.Sqrt(fanIn*21))
				return func(i, j int, value *float32) {
					sum := float32(0)
					for sample := range 21 {
						sum += sight{pre[sample][from+j], b.states[sample][to+i], b.fields[sample][to+i], 0.25, v.beta}.increment()
					}
					*value += float32(step * sum)
				}
			}
			visit := func(block coupling.Couplings, change func(i, j int, value *float32)) {
				block.Each(func(i, j int, value *float32) bool { change(i, j, value); return true })
			}
			first, second := want.Modules[0], want.Modules[1]
			visit(first.Recurrent, local(first.Recurrent.Shape().FanIn, 0.4, b.states, 0, 0))
			visit(second.Recurrent, local(second.Recurrent.Shape().FanIn, 0.4, b.states, second.Offset, second.Offset))
			for _, p := range want.Pathways {
				visit(p.Block, local(p.Block.Shape().FanIn, 0.2, b.states, want.Modules[p.From].Offset, want.Modules[p.To].Offset))
			}
			visit(first.Input, local(first.Input.Shape().FanIn, 0.3, b.inputs, 0, 0))
			if difference := differ(got, want); difference != "" {
				t.Errorf("seed 71, %s: %s", name, difference)
			}
		}
	})
}

// A shared coupling learns at each place from its two ends there and the field of the receiving
// one, and from nothing that is not at a place: its change is the sum over the places. Seed 91.
func TestSharedCouplingsLearnFromTheirEndsAtEachPlace(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, beta := range []float64{0, 2} {
			shared := network.RecurrentSpec{Gain: 1, Density: 1, Window: 3, Shared: true}
			spec := network.Spec{
				Modules: []network.ModuleSpec{
					{Channels: 17, Recurrent: shared, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Stride: 2, Shared: true}},
					{Channels: 5, Recurrent: shared},
				},
				Links: []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Gain: 1, Density: 1, Window: 2, Border: 1, Shared: true}},
			}
			shape := []int{9, 7, 2}
			got, want := drawNetwork(t, spec, shape, 2, 91), drawNetwork(t, spec, shape, 2, 91)
			b := drawBatch(want, 21, 0, 92)
			learn(learner(t, got, 21, 0, beta > 0), b, Rule{Kappa: 0.25, Softness: beta, Recurrent: Block{Rate: 0.4}, Links: Block{Rate: 0.2}, Input: Block{Rate: 0.3}}, 2)
			change := func(block coupling.Couplings, rate float64, pre [][]float32, from, to int, samplesFirst bool) {
				sums, s := map[*float32]float32{}, block.Shape()
				block.Each(func(i, j int, value *float32) bool {
					here := float32(0) // of one place
					for sample := range 21 {
						increment := sight{pre[sample][from+j], b.states[sample][to+i], b.fields[sample][to+i], 0.25, beta}.increment()
						if here += increment; !samplesFirst {
							sums[value] += increment
						}
					}
					if samplesFirst {
						sums[value] += here
					}
					return true
				})
				step := float32(rate / math.Sqrt(s.FanIn*21*float64(s.Places)))
				for value, sum := range sums {
					*value += float32(step * sum)
				}
			}
			first, second := want.Modules[0], want.Modules[1]
			change(first.Input, 0.3, b.inputs, 0, 0, false)
			change(first.Recurrent, 0.4, b.states, 0, 0, true)
			change(second.Recurrent, 0.4, b.states, second.Offset, second.Offset, true)
			change(want.Pathways[0].Block, 0.2, b.states, 0, second.Offset, true)
			if difference := differ(got, want); difference != "" {
				t.Errorf("seed 91, beta %v: %s", beta, difference)
			}
		}
	})
}

// The variants that are not local are not: with the symmetric ones, and where both ends
// must be unstable, the field of the sender changes what a coupling learns. Seed 78.
func TestVariantsThatAreNotLocalSeeTheFieldOfTheSender(t *testing.T) {
	for name, rule := range map[string]Rule{
		"symmetric update": {Symmetry: SymmetricUpdate}, "symmetric couplings": {Symmetry: SymmetricCouplings}, "both ends unstable": {BothUnstable: true}, "local": {},
	} {
		rule.Recurrent.Rate = 0.4
		after := func(senderField float32) float32 {
			n := drawNetwork(t, one(20, 1, 1), []int{9}, 2, 78)
			b := drawBatch(n, 1, 0, 79)
			b.fields[0][3], b.fields[0][8] = -b.states[0][3], senderField*b.states[0][8]
			learn(learner(t, n, 1, 0, false), b, rule, 1)
			return values(n, true)[[2]int{3, 8}]
		}
		if same := after(-1) == after(1); same != (name == "local") {
			t.Errorf("seed 78, %s: the sender's field makes no difference: %v", name, same)
		}
	}
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
	var c coupling.Couplings = m.Input
	if recurrent {
		c = m.Recurrent
	}
	c.Each(func(i, j int, value *float32) bool { all[[2]int{i, j}] = *value; return true })
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
