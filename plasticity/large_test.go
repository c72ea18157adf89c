package plasticity

import "testing"

// A batch of 300 samples has more groups of 8 than the byte counts of a dense kernel
// hold at once, and than one word of a sparse one. With all states equal and unstable
// every count is 300, the largest there is. Seed 61.
func TestLearnerEqualsTheTwinForLargeBatches(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.2} {
			for _, kappa := range []float64{0.25, 9, -9} {
				for _, uniform := range []bool{false, true} {
					got, want := drawNetwork(t, one(41, density, density), []int{19}, 3, 61), drawNetwork(t, one(41, density, density), []int{19}, 3, 61)
					rule := Rule{Kappa: kappa, Recurrent: Block{0.3, 0.1}, Input: Block{0.2, 0}, Readout: Block{0.1, 0.2}, ReadoutWeights: [2]float64{1, 1}}
					b := drawBatch(want, 300, 1, 62)
					if uniform {
						for q := range b.states {
							b.states[q] = b.states[0]
						}
					}
					learn(learner(t, got, 300, 1, false), b, rule, 2)
					twinLearn(want, b, rule)
					if difference := differ(got, want); difference != "" {
						t.Errorf("seed 61, density %v, kappa %v, equal states %v: %s", density, kappa, uniform, difference)
					}
				}
			}
		}
	})
}
