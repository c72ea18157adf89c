package protocol

import (
	"basin/dynamics"
	"basin/network"
	"basin/plasticity"
)

// Settings decide what happens in a mini-batch and in a prediction.
type Settings struct {
	// Seed of the random draws: orders of sweeps, updates, noise.
	Seed uint64 `yaml:"seed"`
	// Dynamics describes the sweeps.
	Dynamics Dynamics `yaml:"dynamics"`
	// Learning describes the plasticity of J and W.
	Learning Learning `yaml:"learning"`
	// Readout describes the learning of O.
	Readout Readout `yaml:"readout"`
}

// Dynamics are the order and the numbers of sweeps of each phase.
type Dynamics struct {
	// Order is parallel, partial, sequential or modules.
	Order dynamics.Order `yaml:"order" json:"order"`
	// Probability that a neuron updates in a partial sweep, in (0, 1].
	Probability float64 `yaml:"probability" json:"probability"`
	// Stop says when a phase ends before its sweeps are done: fixed_point, cycle or
	// budget.
	Stop dynamics.Stop `yaml:"stop" json:"stop"`
	// Warmup is the number of sweeps with the input alone, >= 0.
	Warmup int `yaml:"warmup" json:"warmup"`
	// Clamped is the number of sweeps with feedback from the label, >= 0.
	Clamped int `yaml:"clamped" json:"clamped"`
	// Free is the number of sweeps after the feedback is gone, >= 0. Zero applies
	// plasticity to the clamped state.
	Free int `yaml:"free" json:"free"`
	// Evaluation is the number of sweeps of a prediction, >= 1. The first sweep of a
	// relaxation sees input and feedback alone.
	Evaluation int `yaml:"evaluation" json:"evaluation"`
	// Code is how a label is written on the feedback: balanced, centred or pm1, through F; or
	// rival, through the readout: see [network.Rival]. While it is heard, neuron i of the
	// modules that are read then has the feedback
	//
	//	f v (O_yi - O_ri) / q,  v^2 = (C + 3) / (4 C)
	//
	// with y the label, r the wrong class of the largest logit at the end of the warm-up (of the
	// readout that learns), O the
	// readout that predictions use, and q the root mean square of the differences over the
	// neurons that are read; so f has the size that it has in the code balanced.
	Code network.Code `yaml:"code" json:"code"`
	// Feedback lists the modules that hear the label in each phase.
	Feedback PhaseFeedback `yaml:"feedback" json:"feedback"`
}

// PhaseFeedback lists, for each phase of a mini-batch, the modules that hear the label,
// counted from 0. Without any, all hear it while clamped and none otherwise: the label
// that a module hears in the free phase is one that its state has not to survive.
type PhaseFeedback struct {
	Warmup []int `yaml:"warmup" json:"warmup,omitempty"`
	// Clamped, if empty, is all modules.
	Clamped []int `yaml:"clamped" json:"clamped,omitempty"`
	Free    []int `yaml:"free" json:"free,omitempty"`
}

// Learning are the plasticity of J and W.
type Learning struct {
	// Epochs is the number of passes over the training set, >= 0.
	Epochs int `yaml:"epochs" json:"epochs"`
	// Batch is B, the samples of a mini-batch, 1 to 4096.
	Batch int `yaml:"batch" json:"batch"`
	// Best keeps the couplings of the epoch with the best accuracy on validation samples, the
	// first of equals, in place of the last.
	Best bool `yaml:"best" json:"best,omitempty"`
	// Kappa is the margin: a neuron is unstable where s_i h_i <= kappa, h_i with the
	// self-coupling.
	Kappa Schedule `yaml:"kappa" json:"kappa"`
	// Feedback is f >= 0, the strength of the label's feedback while clamped.
	Feedback Schedule `yaml:"feedback" json:"feedback"`
	// Undecided m, if above zero, leaves samples alone that the readout is sure of: where the
	// logit of the label is more than m above every other at the end of the warm-up, the label
	// is not shown, no later phase moves the sample and no coupling but those of the readout
	// learns from it. Zero is none.
	Undecided float64 `yaml:"undecided" json:"undecided,omitempty"`
	// Softness is beta >= 0: with beta > 0 a neuron counts with weight
	// sigmoid(-beta (s_i h_i - kappa)) in place of the step. Zero is the step.
	Softness float64 `yaml:"softness" json:"softness"`
	// Symmetry is none, update (both couplings of a pair get the mean of their changes)
	// or couplings (both become their mean after every update).
	Symmetry plasticity.Symmetry `yaml:"symmetry" json:"symmetry"`
	// Unstable says who has to be unstable for a coupling among neurons to learn.
	Unstable UnstableEnds `yaml:"unstable" json:"unstable"`
	// Recurrent is the plasticity of J.
	Recurrent BlockLearning `yaml:"recurrent" json:"recurrent"`
	// Links is the plasticity of learned links.
	Links BlockLearning `yaml:"links" json:"links"`
	// Input is the plasticity of W.
	Input BlockLearning `yaml:"input" json:"input"`
}

// UnstableEnds says which ends of a coupling must be unstable for it to learn.
type UnstableEnds string

const (
	// ReceiverUnstable is the rule of the model: the receiving neuron is unstable.
	ReceiverUnstable UnstableEnds = "receiver"
	// BothUnstable asks for both ends.
	BothUnstable UnstableEnds = "both"
)

// Local reports whether a coupling learns from the states of its two ends, the field of
// the receiving one and fixed numbers alone.
func (l Learning) Local() bool {
	return l.Unstable != BothUnstable && (l.Symmetry == "" || l.Symmetry == plasticity.Asymmetric)
}

// BlockLearning is the plasticity of one kind of coupling.
type BlockLearning struct {
	// Rate is eta >= 0. Zero freezes the couplings.
	Rate Schedule `yaml:"rate" json:"rate"`
	// Decay is gamma >= 0: w <- w (1 - eta gamma / sqrt(fan-in)) before an increment.
	Decay float64 `yaml:"decay" json:"decay"`
}

// ReadoutState names a state that the readout learns on.
type ReadoutState string

// The states a readout can learn on.
const (
	// OnInference is the end of the warm-up, which then must be as long as the
	// evaluation: the state that a prediction reads.
	OnInference ReadoutState = "inference"
	// OnClamped is the end of the clamped phase.
	OnClamped ReadoutState = "clamped"
	// OnFree is the end of the free phase, the state that J and W learn on.
	OnFree ReadoutState = "free"
)

// Readout are the learning of O.
type Readout struct {
	// Rate is eta_O >= 0.
	Rate Schedule `yaml:"rate" json:"rate"`
	// Decay is gamma >= 0 of O, as in BlockLearning.
	Decay float64 `yaml:"decay" json:"decay"`
	// Kappa is the margin kappa_O: O learns where w_c y_c logit_c <= kappa_O.
	Kappa float64 `yaml:"kappa" json:"kappa"`
	// Weights are w of a wrong and of the right class, both > 0.
	Weights [2]float64 `yaml:"weights" json:"weights"`
	// On lists the states that O learns on, at least one.
	On []ReadoutState `yaml:"on" json:"on"`
	// Averaging is r in [0, 1]: Obar <- Obar + r (O - Obar) after every batch, and
	// predictions use Obar. Zero predicts with O.
	Averaging float64 `yaml:"averaging" json:"averaging"`
	// Method is local, the rule above, or one that solves for O after the last epoch, from the
	// states of all training samples: ridge or margin. Empty, as in files from before there
	// was a choice, is local.
	Method ReadoutMethod `yaml:"method" json:"method,omitempty"`
	// Ridge is the strength of the ridge, alpha over the mean diagonal of S S^T, >= 0; zero
	// is [DefaultRidge].
	Ridge float64 `yaml:"ridge" json:"ridge,omitempty"`
	// Passes is the number of passes over the training samples that O is solved for from,
	// each with noise of its own, >= 0; zero is one.
	Passes int `yaml:"passes" json:"passes,omitempty"`
	// Rounds is the number of rounds of the method margin, >= 0; zero is [DefaultRounds].
	Rounds int `yaml:"rounds" json:"rounds,omitempty"`
}

// ReadoutMethod says where the readout that predicts comes from.
type ReadoutMethod string

const (
	// Local is the rule of the model.
	Local ReadoutMethod = "local"
	// Ridge solves (S S^T + alpha I) O^T = S Y^T once J and W are learned. It is not local: a
	// coupling of O depends on the states of all neurons in all samples.
	Ridge ReadoutMethod = "ridge"
	// Margin solves for the least sum of max(0, 1 - y logit)^2 + alpha O^2, in rounds of such
	// equations whose targets move beyond y where a logit is beyond it. It is not local.
	Margin ReadoutMethod = "margin"
)

// Solved reports whether the method solves for O after the last epoch.
func (m ReadoutMethod) Solved() bool { return m == Ridge || m == Margin }

// DefaultRounds are those of the method margin that nothing is said of.
const DefaultRounds = 20

// DefaultRidge is the strength of a ridge that nothing is said of.
const DefaultRidge = 0.01

// Strength returns that of the ridge.
func (r Readout) Strength() float64 {
	if r.Ridge == 0 {
		return DefaultRidge
	}
	return r.Ridge
}

// Times returns the number of passes that O is solved for from.
func (r Readout) Times() int { return max(1, r.Passes) }

// Turns returns the number of rounds of the method margin.
func (r Readout) Turns() int {
	if r.Rounds == 0 {
		return DefaultRounds
	}
	return r.Rounds
}
