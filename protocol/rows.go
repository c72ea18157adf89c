package protocol

import (
	"slices"

	"basin/dynamics"
	"basin/internal/keys"
	"basin/network"
	"basin/plasticity"
)

const (
	maxSweeps = 1_000_000
	maxEpochs = 1_000_000
	maxPasses = 1000
	maxRounds = 100_000
	// MaxBatch is the largest mini-batch.
	MaxBatch = 4096
)

// Rows returns the table of the keys of [Settings]: what they mean, ranges and choices.
func Rows() []keys.Row {
	return slices.Concat(
		[]keys.Row{{Key: "seed", About: "seed of all random draws except the projection", High: keys.None}},
		keys.Section("dynamics", "order and number of sweeps", dynamicsRows()...),
		keys.Section("learning", "plasticity of J and W", learningRows()...),
		keys.Section("readout", "learning of the readout O", readoutRows()...),
	)
}

func dynamicsRows() []keys.Row {
	return append(dynamics.Rows(), []keys.Row{
		{Key: "warmup", About: "sweeps with the input alone", High: maxSweeps},
		{Key: "clamped", About: "sweeps with feedback from the label", High: maxSweeps},
		{Key: "free", About: "sweeps after the feedback is gone", High: maxSweeps},
		{Key: "evaluation", About: "sweeps of a prediction", Low: 1, High: maxSweeps},
		{Key: "code", About: "how a label is written on the feedback", Choices: keys.Names(network.Codes()...)},
		{Key: "feedback", About: "modules that hear the label, by phase"},
		{Key: "feedback.warmup", About: "in the warm-up", High: keys.None},
		{Key: "feedback.clamped", About: "while clamped; empty: all", High: keys.None},
		{Key: "feedback.free", About: "in the free phase", High: keys.None},
	}...)
}

func learningRows() []keys.Row {
	return []keys.Row{
		{Key: "epochs", About: "passes over the training samples", High: maxEpochs},
		{Key: "batch", About: "B, samples of a mini-batch", Low: 1, High: MaxBatch},
		{Key: "best", About: "keep the epoch with the best validation accuracy, not the last"},
		{Key: "kappa", About: "margin: neuron i learns where s_i h_i <= kappa", Low: -keys.None, High: keys.None},
		{Key: "feedback", About: "f, strength of the label's feedback", High: keys.None},
		{Key: "undecided", About: "margin of the logits up to which a sample hears its label; 0: all do", High: keys.None},
		{Key: "softness", About: "beta of a soft margin; 0: a step", High: keys.None},
		{Key: "symmetry", About: "pairs J_ij, J_ji: mean of their changes, or of themselves (not local)", Choices: keys.Names(plasticity.Symmetries()...)},
		{Key: "unstable", About: "ends of a coupling that must be unstable (both: not local)", Choices: keys.Names(ReceiverUnstable, BothUnstable)},
		{Key: "recurrent", About: "plasticity of J"},
		{Key: "recurrent.rate", About: "eta of J; 0: frozen", High: keys.None},
		{Key: "recurrent.decay", About: "gamma of J", High: keys.None},
		{Key: "links", About: "plasticity of learned links"},
		{Key: "links.rate", About: "eta of the links; 0: frozen", High: keys.None},
		{Key: "links.decay", About: "gamma of the links", High: keys.None},
		{Key: "input", About: "plasticity of W"},
		{Key: "input.rate", About: "eta of W; 0: frozen", High: keys.None},
		{Key: "input.decay", About: "gamma of W", High: keys.None},
	}
}

func readoutRows() []keys.Row {
	return []keys.Row{
		{Key: "rate", About: "eta of O", High: keys.None},
		{Key: "decay", About: "gamma of O", High: keys.None},
		{Key: "kappa", About: "margin: O learns where w_c y_c logit_c <= kappa", Low: -keys.None, High: keys.None},
		{Key: "weights", About: "w of a wrong and of the right class", High: keys.None, Above: true},
		{Key: "on", About: "states that O learns on, at least one", Choices: keys.Names(readoutStates()...)},
		{Key: "averaging", About: "r of the running mean of O used for predictions; 0: off", High: 1},
		{Key: "method", About: "local rule, or what solves for O at the end (not local); empty: local", Choices: keys.Names(Local, Ridge, Margin), Optional: true},
		{Key: "ridge", About: "alpha where O is solved for, in units of the samples; 0: 0.01", High: keys.None, Zero: "0.01"},
		{Key: "passes", About: "passes over the samples where O is solved for; 0: 1", High: maxPasses, Zero: "one pass"},
		{Key: "rounds", About: "rounds of the method margin; 0: 20", High: maxRounds, Zero: "20"},
	}
}

func readoutStates() []ReadoutState { return []ReadoutState{OnInference, OnClamped, OnFree} }
