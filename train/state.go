package train

import "basin/protocol"

// EpochRecord is what one epoch of training gave; a model file keeps one for every
// epoch. It holds no times, so that equal runs give equal files.
type EpochRecord struct {
	// Epoch counts from 1.
	Epoch int `json:"epoch"`
	// Training is the tally over the epoch's training samples, as they were shown while they were
	// learned.
	Training protocol.Tally `json:"training"`
	// Split names what Held was measured on: "validation", "test", or "" for neither.
	Split string `json:"split,omitempty"`
	// Held is the tally of the evaluation after the epoch.
	Held protocol.Tally `json:"held"`
	// Readout, if not empty, says that this record, the last, is not of an epoch but of the
	// pass that solved for the readout after Epoch epochs: Training is then the tally of that
	// pass, in which the readout that learned before predicted, and Held that of the
	// evaluation with the readout that was solved for.
	Readout protocol.ReadoutMethod `json:"readout,omitempty"`
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
	Tally protocol.Tally `json:"tally"`
	// Data is what whoever saves the state knows its training samples by, such as a
	// hash; the trainer keeps it as it is.
	Data string `json:"data,omitempty"`
	// Held is what they know the samples to measure on by, likewise.
	Held string `json:"held,omitempty"`
	// History has one record per complete epoch, and one more where the readout was solved
	// for.
	History []EpochRecord `json:"history"`
}
