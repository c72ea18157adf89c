package train

// Tally counts what happened over some samples. Counts are exact, so their sums do
// not depend on the number of workers.
type Tally struct {
	// Samples seen.
	Samples int64 `json:"samples"`
	// Correct predictions: of the first state, in the order of the phases, that the readout learns on in training, of the
	// inference state in evaluation.
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

func (t *Tally) add(u Tally) {
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

// EpochRecord is what one epoch of training gave; a model file keeps one for every
// epoch. It holds no times, so that equal runs give equal files.
type EpochRecord struct {
	// Epoch counts from 1.
	Epoch int `json:"epoch"`
	// Training is the tally over the epoch's training samples, while they were
	// learned.
	Training Tally `json:"training"`
	// Split names what Held was measured on: "validation", "test", or "" for neither.
	Split string `json:"split,omitempty"`
	// Held is the tally of the evaluation after the epoch.
	Held Tally `json:"held"`
}

// State is where a run stands between two batches. With the couplings (at full
// precision, scales apart) it is all that a resumed run needs: random streams are
// addressed by seed, epoch and sample, and schedules by epoch.
type State struct {
	// Epoch is the number of epochs that are complete.
	Epoch int `json:"epoch"`
	// Batch is the number of batches done of the epoch under way.
	Batch int `json:"batch"`
	// Tally is the sum over the batches done of the epoch under way.
	Tally Tally `json:"tally"`
	// Data is what whoever saves the state knows its training samples by, such as a
	// hash; the trainer keeps it as it is.
	Data string `json:"data,omitempty"`
	// History has one record per complete epoch.
	History []EpochRecord `json:"history"`
}
