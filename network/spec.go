package network

import (
	"fmt"
	"slices"

	"basin/internal/keys"
)

// Spec describes a network before its couplings are drawn: a graph of modules and the
// links between them. Data fix the rest (the shape of the input and the number of
// classes): see [Draw].
type Spec struct {
	// Chain, if it has modules, repeats the only one of Modules: see [Spec.Expand].
	Chain Chain `yaml:"chain,omitempty" json:"chain,omitzero"`
	// Modules in the order in which links, feedback and readout count them; at least one.
	Modules []ModuleSpec `yaml:"modules" json:"modules"`
	// Links between modules; may be empty.
	Links []Link `yaml:"links,omitempty" json:"links,omitempty"`
	// Feedback has the strength of the label's feedback on each module, >= 0, as a
	// factor of f; empty is 1 for all.
	Feedback []float64 `yaml:"feedback,omitempty" json:"feedback,omitempty"`
	// Readout lists the modules that are read; empty is all.
	Readout []int `yaml:"readout,omitempty" json:"readout,omitempty"`
}

// ModuleSpec describes one module of binary neurons.
type ModuleSpec struct {
	// Neurons is N >= 1, the number of neurons; zero of a module on a grid.
	Neurons int `yaml:"neurons" json:"neurons"`
	// Channels, if above zero, puts the module on a grid: so many neurons stand at each place
	// of the windows that it reads, N = Channels x places, and are an image themselves. Its
	// input, its learned links or a pool have these windows: see [Spec.Sizes].
	Channels int `yaml:"channels,omitempty" json:"channels,omitempty"`
	// SelfCoupling is J_D, the fixed coupling of every neuron to itself, in units of
	// the field. Zero is a network without self-coupling.
	SelfCoupling float64 `yaml:"self_coupling" json:"self_coupling"`
	// Tanh, if above zero, makes the neurons continuous: s_i = tanh(Tanh h_i), with
	// stability judged on h_i as for binary neurons. Zero is s_i = sign(h_i).
	Tanh float64 `yaml:"tanh,omitempty" json:"tanh,omitempty"`
	// Bias is the standard deviation of the fixed biases, >= 0; zero is none.
	Bias float64 `yaml:"bias" json:"bias"`
	// Activity q, if above zero and below 1, gives each neuron a fixed bias with which it is +1
	// for that share of the training samples, before it has learned; on a grid a channel has
	// one for all its places. protocol.Draw finds it. Zero is none.
	Activity float64 `yaml:"activity,omitempty" json:"activity,omitempty"`
	// FeedbackPer says what has weights F_c of its own on the label; empty is a neuron.
	FeedbackPer FeedbackPer `yaml:"feedback_per,omitempty" json:"feedback_per,omitempty"`
	// Recurrent describes J.
	Recurrent RecurrentSpec `yaml:"recurrent" json:"recurrent"`
	// Input describes W.
	Input InputSpec `yaml:"input" json:"input"`
}

// FeedbackPer says what of a module hears the label in its own way.
type FeedbackPer string

const (
	// PerNeuron draws weights for each neuron.
	PerNeuron FeedbackPer = "neuron"
	// PerChannel draws them for each channel of a module on a grid: a channel hears the same
	// at every place.
	PerChannel FeedbackPer = "channel"
)

// RecurrentSpec describes the recurrent couplings: J_ij ~ N(0, g^2/(rho N)) for
// i != j, each present with probability rho.
type RecurrentSpec struct {
	// Gain is g >= 0.
	Gain float64 `yaml:"gain" json:"gain"`
	// Density is rho in [0, 1]. One stores a dense matrix, anything below stores
	// the couplings present only, zero is a module without recurrent couplings.
	Density float64 `yaml:"density" json:"density"`
	// Symmetric draws J_ij = J_ji, mask included. Learning keeps it so under a symmetric
	// rule, and where couplings learn only with both ends unstable.
	Symmetric bool `yaml:"symmetric,omitempty" json:"symmetric,omitempty"`
	// Reach r, if above zero and in pixels, makes the mask topographic: a coupling from a
	// sender at distance d in the image is present with probability
	// min(1, c exp(-d^2/(2 r^2))), with c such that each receiver has rho N on average.
	Reach float64 `yaml:"reach,omitempty" json:"reach,omitempty"`
	// Window w, odd and above zero on a grid, couples a neuron with those of the w x w places
	// around it, all channels; Shared, which it needs, gives a channel the same couplings at
	// every place.
	Window int  `yaml:"window,omitempty" json:"window,omitempty"`
	Shared bool `yaml:"shared,omitempty" json:"shared,omitempty"`
}

// InputSpec describes the input couplings: W_ik ~ N(0, a^2/(rho D)), each present
// with probability rho.
type InputSpec struct {
	// Gain is a >= 0, the input strength.
	Gain float64 `yaml:"gain" json:"gain"`
	// Density is rho in [0, 1]; with a Window, the share of the window's pixels
	// that a neuron reads. Zero is a module that does not see the input.
	Density float64 `yaml:"density" json:"density"`
	// Window, if not zero, is the side w of the receptive field: every neuron reads
	// one window of w x w pixels (all channels) at a random position inside the
	// image, and rho D in the variance is the number of values it reads on average.
	// Neurons are numbered in the order of their windows, row by row.
	// It needs an input of shape height x width [x channels].
	Window int `yaml:"window" json:"window"`
	// Stride is the distance of neighbouring windows of a module on a grid, where windows
	// stand at every Stride-th row and column instead of random ones; zero is 1.
	Stride int `yaml:"stride,omitempty" json:"stride,omitempty"`
	// Shared gives each channel of a module on a grid one vector of couplings for all places.
	Shared bool `yaml:"shared,omitempty" json:"shared,omitempty"`
	// Imprint begins with what a neuron reads of a training sample drawn for it, W_i = a x / |x|,
	// in place of normal numbers; a channel of shared windows reads it at a place drawn too.
	// protocol.Draw does it.
	Imprint bool `yaml:"imprint,omitempty" json:"imprint,omitempty"`
}

// Problem is one mistake in a Spec: which key and what is wrong with it.
// Keys are dotted paths such as modules.0.recurrent.density.
type Problem = keys.Problem

// Validate reports every mistake of the spec at once, each as a [Problem] in an
// error made by [errors.Join]; nil if there is none.
func (s Spec) Validate() error {
	m := keys.Check(s, Rows())
	if len(s.Modules) == 0 {
		m.Report("modules", "is empty, want at least one module")
	}
	for index, module := range s.Modules {
		module.validate(m, fmt.Sprintf("modules.%d", index))
	}
	if s.Chain.Modules != 0 {
		s.validateChain(m)
		return m.Err()
	}
	for index, link := range s.Links {
		link.validate(m, fmt.Sprintf("links.%d", index), s.Modules)
	}
	s.validateGrids(m)
	s.validateEnds(m)
	return m.Err()
}

// validateEnds reports what is wrong with the lists of feedback and readout.
func (s Spec) validateEnds(mistakes *keys.Mistakes) {
	if len(s.Feedback) != 0 && len(s.Feedback) != len(s.Modules) {
		mistakes.Report("feedback", "has %d strengths, want one for each of %d modules, or none", len(s.Feedback), len(s.Modules))
	}
	for place, m := range s.Readout {
		at := fmt.Sprintf("readout.%d", place)
		switch {
		case m >= len(s.Modules):
			mistakes.Report(at, "is %d, want a module from 0 to %d", m, len(s.Modules)-1)
		case slices.Contains(s.Readout[:place], m):
			mistakes.Report(at, "is %d for the second time", m)
		}
	}
}

// validate reports what does not go together in a module.
func (s ModuleSpec) validate(m *keys.Mistakes, at string) {
	s.validateGrid(m, at)
	if s.Activity > 0 && s.Bias > 0 {
		m.Report(at+".activity", "is %v beside biases of deviation %v: it says what the biases are, want one or the other", s.Activity, s.Bias)
	}
	if s.Activity > 0 && s.Tanh > 0 {
		m.Report(at+".activity", "is %v of continuous neurons, want binary ones", s.Activity)
	}
	if s.Input.Imprint && s.Input.Density == 0 {
		m.Report(at+".input.imprint", "is true without couplings from the input, want a density above 0")
	}
	reach := at + ".recurrent.reach"
	if s.Recurrent.Reach > 0 && s.Recurrent.Symmetric {
		m.Report(reach, "is %v with symmetric couplings: a topographic mask is drawn for each receiver, want one or the other", s.Recurrent.Reach)
	}
	if s.Recurrent.Reach > 0 && s.Recurrent.Density == 1 {
		m.Report(reach, "is %v at density 1, where every coupling is present: want a density below 1", s.Recurrent.Reach)
	}
}

// Sampled says that drawing such a network takes training samples: see protocol.Draw.
func (s Spec) Sampled() bool {
	return slices.ContainsFunc(s.Modules, func(m ModuleSpec) bool { return m.Activity > 0 || m.Input.Imprint }) ||
		slices.ContainsFunc(s.Links, func(l Link) bool { return l.Imprint })
}

// Unsampled returns the spec without what its drawing takes from training samples.
func (s Spec) Unsampled() Spec {
	s.Modules, s.Links = slices.Clone(s.Modules), slices.Clone(s.Links)
	for m := range s.Modules {
		s.Modules[m].Activity, s.Modules[m].Input.Imprint = 0, false
	}
	for l := range s.Links {
		s.Links[l].Imprint = false
	}
	return s
}

// MaxNeurons bounds the neurons of one module, so that every index fits 32 bits.
const MaxNeurons = 1 << 24
