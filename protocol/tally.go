package protocol

import "basin/dynamics"

// Tally counts what happened over some samples. Counts are exact, so their sums do
// not depend on the number of workers.
type Tally struct {
	// Samples seen.
	Samples int64 `json:"samples"`
	// Correct predictions: of the first state, in the order of the phases, that the readout
	// learns on in training, of the inference state in evaluation.
	Correct int64 `json:"correct"`
	// FixedPoints counts samples whose last state was a fixed point with the
	// feedback gone.
	FixedPoints int64 `json:"fixed_points"`
	// Cycles counts samples whose last phase was found to repeat itself with a period of
	// at least 2, Period2 those of period 2: see [dynamics.Cycle].
	Cycles  int64 `json:"cycles"`
	Period2 int64 `json:"period_2"`
	// Unstable counts (neuron, sample) pairs with s_i h_i <= kappa.
	Unstable int64 `json:"unstable"`
	// Flips counts neurons that changed sign, after a sample's first sweep.
	Flips int64 `json:"flips"`
	// Sweeps counts the sweeps of the budget after each sample's first, also those
	// that a fixed point made unnecessary.
	Sweeps int64 `json:"sweeps"`
	// Neurons of the network, to turn the counts into shares.
	Neurons int64 `json:"neurons"`
}

// Accuracy returns Correct per sample, in [0, 1].
func (t Tally) Accuracy() float64 { return ratio(t.Correct, t.Samples) }

// FixedPointShare returns the share of samples that ended at a fixed point.
func (t Tally) FixedPointShare() float64 { return ratio(t.FixedPoints, t.Samples) }

// CycleShare returns the share of samples whose last phase ended on a cycle.
func (t Tally) CycleShare() float64 { return ratio(t.Cycles, t.Samples) }

// UnstableShare returns the share of (neuron, sample) pairs that were unstable.
func (t Tally) UnstableShare() float64 { return ratio(t.Unstable, t.Samples*t.Neurons) }

// FlipShare returns the share of neurons that flip in a sweep after the first.
func (t Tally) FlipShare() float64 { return ratio(t.Flips, t.Sweeps*t.Neurons) }

// Add adds the counts of another tally.
func (t *Tally) Add(u Tally) {
	t.Samples += u.Samples
	t.Correct += u.Correct
	t.FixedPoints += u.FixedPoints
	t.Cycles += u.Cycles
	t.Period2 += u.Period2
	t.Unstable += u.Unstable
	t.Flips += u.Flips
	t.Sweeps += u.Sweeps
	t.Neurons = max(t.Neurons, u.Neurons)
}

func ratio(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// count adds one sample: the flips of a phase, the sweeps of its budget after the
// sample's first, and whether it ended at a fixed point.
func (t *Tally) count(r dynamics.Result, sweeps int, fixed bool) {
	t.Samples++
	t.Flips += r.Flips
	t.Sweeps += int64(max(0, sweeps))
	if fixed {
		t.FixedPoints++
	}
	if r.Status == dynamics.Cycle {
		t.Cycles++
		if r.Period == 2 {
			t.Period2++
		}
	}
}
