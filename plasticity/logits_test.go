package plasticity

import (
	"math"
	"math/rand/v2"
	"testing"

	"basin/internal/layout"
	"basin/network"
)

// The logits of states that a learner keeps are, bit for bit, those of the readout: of one
// block of neurons and of several, the last of them whole or not, of bits and of continuous
// states, in either slot, of one sample and of as many as are taken together. Seed 66.
func TestLogitsOfKeptStatesAreThoseOfTheReadout(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, neurons := range []int{16, 40, 255, 256, 257, 300, 512, 529, 1100} {
			for _, tanh := range []float64{0, 1} {
				spec := one(neurons, 0, 0.1)
				spec.Modules[0].Tanh = tanh
				n := drawNetwork(t, spec, []int{4}, 11, 66)
				drawReadout(n, 67)
				b, l := drawBatch(n, keptStates+3, 2, 68), learner(t, n, keptStates+3, 2, false)
				for slot := range 2 {
					for i, state := range b.readStates[slot] {
						l.Keep(slot, i, state)
					}
				}
				w := l.NewWorker()
				for slot := range 2 {
					for rows := 1; rows <= keptStates; rows++ {
						first := rows % 4
						got, want := junk(rows, layout.Padded(n.Classes)), junk(rows, layout.Padded(n.Classes))
						l.Logits(w, slot, first, got)
						n.Readout.Logits(want, b.readStates[slot][first:first+rows], n.Readout.Couplings)
						for q := range want {
							for c := range want[q] {
								if math.Float32bits(got[q][c]) != math.Float32bits(want[q][c]) {
									t.Fatalf("seed 66, %d neurons, tanh %v, slot %d, row %d of %d: logit %d is %v, the readout has %v", neurons, tanh, slot, q, rows, c, got[q][c], want[q][c])
								}
							}
						}
					}
				}
			}
		}
	})
}

// drawReadout gives the neurons of a network of one module couplings to the classes.
func drawReadout(n *network.Network, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range n.Modules[0].Neurons {
		row := n.Readout.Row(n.Readout.Couplings, i)
		for c := range row {
			row[c] = float32(r.NormFloat64())
		}
	}
}

// junk makes rows to be written over.
func junk(count, size int) [][]float32 {
	rows := make([][]float32, count)
	for q := range rows {
		rows[q] = make([]float32, size)
		for c := range rows[q] {
			rows[q][c] = 7
		}
	}
	return rows
}

// A mini-batch of no samples leaves couplings without decay as they are. Seed 63.
func TestAMiniBatchOfNoSamplesChangesNothing(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, softness := range []float64{0, 2} {
			n, drawn := mixed(t), mixed(t)
			rule := Rule{Kappa: 9, Softness: softness, Recurrent: Block{0.1, 0}, Links: Block{0.1, 0}, Input: Block{0.1, 0}, Readout: Block{0.1, 0}, ReadoutWeights: [2]float64{1, 1}}
			l := learner(t, n, 12, 1, softness > 0)
			w := l.NewWorker()
			l.Reset(rule, 0)
			l.Begin()
			for part := range 2 {
				l.Update(w, part, 2)
			}
			if difference := differ(n, drawn); difference != "" {
				t.Errorf("seed 63, softness %v: %s", softness, difference)
			}
		}
	})
}
