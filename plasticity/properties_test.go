package plasticity

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin/internal/layout"
	"basin/network"
)

// Model page, section 5: after plasticity with a large enough eta on one sample that
// sample's state is a fixed point with margin kappa. A neuron that was unstable gains
// eta fan / sqrt(rho N) with fan couplings, or eta |x|^2 / sqrt(rho D). Seed 78.
func TestLargeStepMakesTheStateAFixedPointWithMargin(t *testing.T) {
	const neurons, inputs, kappa = 40, 30, 1.5
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.4} {
			for _, rule := range []Rule{
				{Kappa: kappa, Recurrent: Block{Rate: 30}},
				{Kappa: kappa, Input: Block{Rate: 30}},
				{Kappa: kappa, Recurrent: Block{Rate: 20, Decay: 0.01}, Input: Block{Rate: 20, Decay: 0.01}},
			} {
				n := drawNetwork(t, one(neurons, density, density), []int{inputs}, 2, 78)
				b := drawBatch(n, 1, 0, 79)
				margins := func() (all []float64) {
					h := make([]float64, neurons)
					m := n.Modules[0]
					for at, J := range values(n, true) {
						h[at[0]] += m.Recurrent.Scale() * float64(J) * float64(b.states[0][at[1]])
					}
					for at, W := range values(n, false) {
						h[at[0]] += m.Input.Scale() * float64(W) * float64(b.inputs[0][at[1]])
					}
					for i := range h {
						b.fields[0][i] = float32(h[i])
						all = append(all, h[i]*float64(b.states[0][i]))
					}
					return all
				}
				if before := slices.Min(margins()); before > -0.5 {
					t.Fatalf("seed 78: smallest margin %v before, want an unstable neuron", before)
				}
				learn(learner(t, n, 1, 0, false), b, rule, 1)
				if after := slices.Min(margins()); after <= kappa {
					t.Errorf("seed 78, density %v, rule %+v: smallest margin %v, want above %v", density, rule, after, kappa)
				}
			}
		}
	})
}

// Model page, section 5, gauge: flipping neuron i in the network, the states, and its
// field leaves the update equivalent, bit for bit: row and column i of J, row i of W
// and column i of O change sign, nothing else does. Seed 80.
func TestGaugeFlipLeavesUpdatesEquivalent(t *testing.T) {
	const turned = 11
	everyKernel(t, func(t *testing.T) {
		for _, softness := range []float64{0, 2} {
			for _, density := range []float64{1, 0.4} {
				spec := one(27, density, density)
				plain, flipped := drawNetwork(t, spec, []int{10}, 3, 80), drawNetwork(t, spec, []int{10}, 3, 80)
				flip(flipped, turned)
				a, b := drawBatch(plain, 20, 1, 81), drawBatch(plain, 20, 1, 81)
				for q := range b.states {
					b.states[q][turned] *= -1
					b.fields[q][turned] *= -1
					b.readStates[0][q][turned] *= -1
				}
				rule := Rule{Kappa: 0.25, Softness: softness, Recurrent: Block{0.4, 0.3}, Input: Block{0.3, 0.2}, Readout: Block{0.2, 0.1}, ReadoutWeights: [2]float64{0.79, 2.5}}
				learn(learner(t, plain, 20, 1, true), a, rule, 1)
				learn(learner(t, flipped, 20, 1, true), b, rule, 1)
				flip(flipped, turned)
				if difference := differ(flipped, plain); difference != "" {
					t.Errorf("seed 80, softness %v, density %v: %s", softness, density, difference)
				}
			}
		}
	})
}

// flip turns the signs of the couplings of neuron i of a network of one module.
func flip(n *network.Network, i int) {
	m := n.Modules[0]
	m.Recurrent.Each(func(receiver, sender int, value *float32) bool {
		if (receiver == i) != (sender == i) {
			*value *= -1
		}
		return true
	})
	m.Input.Rows(i, i+1, func(_, _ int, value *float32) bool { *value *= -1; return true })
	for c := range n.Classes {
		m.Feedback[c*m.Padded()+i] *= -1
		n.Readout.Couplings[i*layout.Padded(n.Classes)+c] *= -1
	}
}

// A block with rate zero is frozen: its bytes stay, whatever its decay. The others
// change. Feedback and biases never do.
func TestBlocksWithRateZeroKeepTheirBytes(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.3} {
			for _, softness := range []float64{0, 2} {
				for frozen := range 8 {
					spec := one(30, density, density)
					spec.Modules[0].Bias = 0.3
					n, drawn := drawNetwork(t, spec, []int{12}, 3, 82), drawNetwork(t, spec, []int{12}, 3, 82)
					rate := func(bit int) Block { return Block{float64(1 - frozen>>bit&1), 0.5} }
					rule := Rule{Softness: softness, Recurrent: rate(0), Input: rate(1), Readout: rate(2), ReadoutWeights: [2]float64{1, 1}}
					learn(learner(t, n, 8, 1, true), drawBatch(n, 8, 1, 83), rule, 2)
					m, was := n.Modules[0], drawn.Modules[0]
					for bit, kept := range []bool{
						reflect.DeepEqual(m.Recurrent, was.Recurrent),
						reflect.DeepEqual(m.Input, was.Input),
						reflect.DeepEqual(n.Readout, drawn.Readout),
					} {
						if want := frozen>>bit&1 == 1; kept != want {
							t.Errorf("density %v, softness %v, frozen %03b: block %d kept: %v, want %v", density, softness, frozen, bit, kept, want)
						}
					}
					if !reflect.DeepEqual(m.Feedback, was.Feedback) || !reflect.DeepEqual(m.Bias, was.Bias) {
						t.Error("feedback or biases changed")
					}
				}
			}
		}
	})
}

// The diagonal of J and all padding stay zero, whatever is learned.
func TestDiagonalAndPaddingStayZero(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, softness := range []float64{0, 2} {
			spec := one(37, 1, 1)
			spec.Modules = append(spec.Modules, spec.Modules[0])
			n := drawNetwork(t, spec, []int{21}, 3, 84)
			rule := Rule{Kappa: 9, Softness: softness, Recurrent: Block{1, 0.1}, Input: Block{1, 0.1}, Readout: Block{1, 0.1}, ReadoutKappa: 9, ReadoutWeights: [2]float64{1, 1}}
			l := learner(t, n, 12, 1, true)
			for round := range uint64(3) {
				learn(l, drawBatch(n, 12, 1, 85+round), rule, 2)
			}
			tensors, err := n.Tensors()
			if err != nil {
				t.Fatal(err)
			}
			for _, tensor := range tensors {
				if err := tensor.Check(); err != nil {
					t.Fatalf("softness %v: %s: %v", softness, tensor.Name, err)
				}
				for e := range 37 {
					values := make([]float32, tensor.Count())
					if !strings.HasSuffix(tensor.Name, ".recurrent") {
						break
					}
					if tensor.Get(values, 0); values[38*e] != 0 {
						t.Fatalf("softness %v: %s: neuron %d is coupled to itself by %v", softness, tensor.Name, e, values[38*e])
					}
				}
			}
			for e, v := range n.Readout.Couplings {
				if (e%16 >= 3 || e/16%48 >= 37) && v != 0 {
					t.Fatalf("softness %v: O has %v in the padding at %d, want 0", softness, v, e)
				}
			}
		}
	})
}

// Model page, section 3, decay: w <- w (1 - eta gamma / sqrt(fan-in)). With fan-in 16,
// eta 1 and gamma 2 every batch halves the couplings; 50 batches without an unstable
// neuron leave 2^-50 of them, exactly, and scales stay where stored values are normal.
func TestDecayFoldsSmallScalesAndKeepsTheCouplings(t *testing.T) {
	for _, density := range []float64{1, 0.5} {
		neurons := int(16 / density)
		n, drawn := drawNetwork(t, one(neurons, density, density), []int{neurons}, 2, 88), drawNetwork(t, one(neurons, density, density), []int{neurons}, 2, 88)
		l := learner(t, n, 3, 0, false)
		b := drawBatch(n, 3, 0, 89)
		m, folds := n.Modules[0], 0
		for round := 1; round <= 50; round++ {
			learn(l, b, Rule{Kappa: -99, Recurrent: Block{1, 2}, Input: Block{1, 2}}, 1)
			if m.Recurrent.Scale() < 0x1p-20 || m.Input.Scale() < 0x1p-20 {
				t.Fatalf("scales %v and %v after %d batches, want them folded below 2^-20", m.Recurrent.Scale(), m.Input.Scale(), round)
			}
			if m.Recurrent.Scale() == 1 {
				folds++
			}
		}
		if folds != 2 {
			t.Errorf("density %v: %d folds in 50 halvings, want 2", density, folds)
		}
		for _, recurrent := range []bool{true, false} {
			scale, before := m.Input.Scale(), values(drawn, recurrent)
			if recurrent {
				scale = m.Recurrent.Scale()
			}
			for at, value := range values(n, recurrent) {
				if got, want := scale*float64(value), float64(before[at])*0x1p-50; got != want {
					t.Fatalf("density %v, recurrent %v: coupling %v is %v after 50 halvings, want %v", density, recurrent, at, got, want)
				}
			}
		}
	}
}

// A decay of more than everything leaves nothing of the couplings, and learning goes
// on from zero.
func TestDecayOfMoreThanEverythingLeavesTheIncrementAlone(t *testing.T) {
	n := drawNetwork(t, one(16, 1, 1), []int{16}, 2, 90)
	b := drawBatch(n, 1, 0, 91)
	learn(learner(t, n, 1, 0, false), b, Rule{Kappa: 99, Recurrent: Block{2, 100}, Input: Block{2, 100}}, 1)
	for at, J := range values(n, true) {
		if want := 0.5 * b.states[0][at[0]] * b.states[0][at[1]]; J != want {
			t.Fatalf("coupling %v is %v, want %v", at, J, want)
		}
	}
	for at, W := range values(n, false) {
		if want := 0.5 * b.states[0][at[0]] * b.inputs[0][at[1]]; W != want {
			t.Fatalf("input coupling %v is %v, want %v", at, W, want)
		}
	}
}

// Section 4 of the model page, soft stability: for a large beta the weight is the step,
// where no margin is at kappa. Seed 92.
func TestLargeSoftnessIsTheStep(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.4} {
			hard, soft := drawNetwork(t, one(31, density, density), []int{8}, 2, 92), drawNetwork(t, one(31, density, density), []int{8}, 2, 92)
			b := drawBatch(hard, 17, 0, 93)
			rule := Rule{Kappa: 0.2, Recurrent: Block{0.4, 0.3}, Input: Block{0.3, 0.2}}
			learn(learner(t, hard, 17, 0, false), b, rule, 1)
			rule.Softness = 1e9
			learn(learner(t, soft, 17, 0, true), b, rule, 1)
			if difference := differ(soft, hard); difference != "" {
				t.Errorf("seed 92, density %v: %s", density, difference)
			}
		}
	})
}

// Counts of states are integers, so the order of the samples does not change J. Seed 94.
func TestOrderOfSamplesDoesNotChangeRecurrentUpdates(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		a, b := drawNetwork(t, one(29, 1, 1), []int{4}, 2, 94), drawNetwork(t, one(29, 1, 1), []int{4}, 2, 94)
		samples := drawBatch(a, 23, 0, 95)
		rule := Rule{Kappa: 0.25, Recurrent: Block{0.4, 0.3}}
		learn(learner(t, a, 23, 0, false), samples, rule, 1)
		slices.Reverse(samples.states)
		slices.Reverse(samples.fields)
		slices.Reverse(samples.inputs)
		learn(learner(t, b, 40, 0, false), samples, rule, 3)
		if difference := differ(b, a); difference != "" {
			t.Errorf("seed 94: %s", difference)
		}
	})
}

// Of 19 samples bits are taken in words of 64, of 12 in short words, of which the second has
// half its samples.
func TestAMiniBatchAllocatesNothing(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, count := range []int{12, 19} {
			for _, softness := range []float64{0, 2} {
				for _, density := range []float64{1, 0.3} {
					spec := one(50, density, density)
					spec.Modules = append(spec.Modules, spec.Modules[0])
					n := drawNetwork(t, spec, []int{17}, 3, 96)
					n.Readout.Average = slices.Clone(n.Readout.Couplings)
					b := drawBatch(n, count, 2, 97)
					rule := Rule{Kappa: 0.25, Softness: softness, Recurrent: Block{0.1, 0.5}, Input: Block{0.1, 0.5}, Readout: Block{0.1, 0.5}, ReadoutWeights: [2]float64{1, 1}, Averaging: 0.1}
					l := learner(t, n, count, 2, softness > 0)
					var workers []*Worker // each takes one mini-batch, its first
					for range 6 {
						workers = append(workers, l.NewWorker())
					}
					if allocations := testing.AllocsPerRun(len(workers)-1, func() {
						miniBatch(l, workers[0], rule, b)
						workers = workers[1:]
					}); allocations != 0 {
						t.Errorf("%d samples, softness %v, density %v: %v allocations, want 0", count, softness, density, allocations)
					}
				}
			}
		}
	})
}

// miniBatch takes a learner through a mini-batch, with one worker for both parts.
func miniBatch(l *Learner, w *Worker, rule Rule, b *batch) {
	l.Reset(rule, len(b.states))
	for i := range b.states {
		l.Record(i, b.states[i], b.fields[i], b.inputs[i])
		for slot := range b.readStates {
			l.Keep(slot, i, b.readStates[slot][i])
			l.Read(slot, i, b.logits[slot][i], b.labels[i])
		}
	}
	for g := range (len(b.states) + 7) / 8 {
		l.Gather(g)
	}
	l.Begin()
	l.Update(w, 0, 2)
	l.Update(w, 1, 2)
}

// What a learner is shown stays as it was. Seed 98.
func TestLearningLeavesStatesFieldsAndInputsAsTheyWere(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		n := drawNetwork(t, one(30, 1, 0.5), []int{9}, 3, 98)
		b := drawBatch(n, 13, 2, 99)
		learn(learner(t, n, 13, 2, false), b, Rule{Recurrent: Block{1, 1}, Input: Block{1, 1}, Readout: Block{1, 1}, ReadoutWeights: [2]float64{1, 1}}, 2)
		if !reflect.DeepEqual(b, drawBatch(n, 13, 2, 99)) {
			t.Error("seed 98: the evidence changed")
		}
	})
}

func TestNewLearnerReportsImpossibleSizes(t *testing.T) {
	n := drawNetwork(t, one(3, 1, 1), []int{2}, 2, 1)
	for _, sizes := range [][2]int{{0, 1}, {1, -1}} {
		if l, err := NewLearner(n, sizes[0], sizes[1], false); l != nil || err == nil || !strings.HasPrefix(err.Error(), "plasticity: a learner for ") {
			t.Errorf("%v: %v, %v, want an error", sizes, l, err)
		}
	}
}
