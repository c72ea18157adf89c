package network

import (
	"errors"
	"fmt"
	"math"
)

// Spec describes a network before its couplings are drawn. Data fix the rest (the
// shape of the input and the number of classes): see [Draw].
type Spec struct {
	// Modules in the order of the chain; at least one.
	Modules []ModuleSpec `yaml:"modules" json:"modules"`
	// Links between modules; may be empty.
	Links []Link `yaml:"links,omitempty" json:"links,omitempty"`
}

// ModuleSpec describes one module of binary neurons.
type ModuleSpec struct {
	// Neurons is N >= 1, the number of neurons.
	Neurons int `yaml:"neurons" json:"neurons"`
	// SelfCoupling is J_D, the fixed coupling of every neuron to itself, in units of
	// the field. Zero is a network without self-coupling.
	SelfCoupling float64 `yaml:"self_coupling" json:"self_coupling"`
	// Bias is the standard deviation of the fixed biases, >= 0; zero is none.
	Bias float64 `yaml:"bias" json:"bias"`
	// Recurrent describes J.
	Recurrent RecurrentSpec `yaml:"recurrent" json:"recurrent"`
	// Input describes W.
	Input InputSpec `yaml:"input" json:"input"`
}

// RecurrentSpec describes the recurrent couplings: J_ij ~ N(0, g^2/(rho N)) for
// i != j, each present with probability rho.
type RecurrentSpec struct {
	// Gain is g >= 0.
	Gain float64 `yaml:"gain" json:"gain"`
	// Density is rho in [0, 1]. One stores a dense matrix, anything below stores
	// the couplings present only, zero is a module without recurrent couplings.
	Density float64 `yaml:"density" json:"density"`
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
	// It needs an input of shape height x width [x channels].
	Window int `yaml:"window" json:"window"`
}

// LinkKind says what a link between two modules is made of.
type LinkKind string

// Excitatory links join neuron i of both modules with one fixed positive coupling
// lambda in each direction. The modules must have equal size.
const Excitatory LinkKind = "excitatory"

// Link joins two modules, given by their place in the list of modules.
type Link struct {
	Kind LinkKind `yaml:"kind" json:"kind"`
	// Between names the two modules, counted from 0; they differ.
	Between [2]int `yaml:"between" json:"between"`
	// Strength is lambda >= 0, in units of the field.
	Strength float64 `yaml:"strength" json:"strength"`
}

// Problem is one mistake in a Spec: which key and what is wrong with it.
// Keys are dotted paths such as modules.0.recurrent.density.
type Problem struct {
	Key     string
	Message string
}

// Error returns "key: message".
func (p Problem) Error() string { return p.Key + ": " + p.Message }

// Validate reports every mistake of the spec at once, each as a [Problem] in an
// error made by [errors.Join]; nil if there is none.
func (s Spec) Validate() error {
	var problems []error
	report := func(key, format string, values ...any) {
		problems = append(problems, Problem{key, fmt.Sprintf(format, values...)})
	}
	if len(s.Modules) == 0 {
		report("modules", "is empty, want at least one module")
	}
	for m, module := range s.Modules {
		at := func(key string) string { return fmt.Sprintf("modules.%d.%s", m, key) }
		if module.Neurons < 1 || module.Neurons > MaxNeurons {
			report(at("neurons"), "is %d, want 1 to %d", module.Neurons, MaxNeurons)
		}
		for _, number := range []struct {
			key       string
			value     float64
			low, high float64
		}{
			{"self_coupling", module.SelfCoupling, -math.MaxFloat32, math.MaxFloat32},
			{"bias", module.Bias, 0, math.MaxFloat32},
			{"recurrent.gain", module.Recurrent.Gain, 0, math.MaxFloat32},
			{"recurrent.density", module.Recurrent.Density, 0, 1},
			{"input.gain", module.Input.Gain, 0, math.MaxFloat32},
			{"input.density", module.Input.Density, 0, 1},
		} {
			if !(number.value >= number.low && number.value <= number.high) {
				report(at(number.key), "is %v, want a number from %.6g to %.6g", number.value, number.low, number.high)
			}
		}
		if module.Input.Window < 0 {
			report(at("input.window"), "is %d, want 0 (no window) or the side of a window in pixels", module.Input.Window)
		}
	}
	for l, link := range s.Links {
		at := func(key string) string { return fmt.Sprintf("links.%d.%s", l, key) }
		if link.Kind != Excitatory {
			report(at("kind"), "is %q, want %q", link.Kind, Excitatory)
		}
		if !(link.Strength >= 0 && link.Strength <= math.MaxFloat32) {
			report(at("strength"), "is %v, want a number from 0 to %.6g", link.Strength, math.MaxFloat32)
		}
		a, b := link.Between[0], link.Between[1]
		switch {
		case min(a, b) < 0 || max(a, b) >= len(s.Modules) || a == b:
			report(at("between"), "is [%d, %d], want two different modules from 0 to %d", a, b, len(s.Modules)-1)
		case s.Modules[a].Neurons != s.Modules[b].Neurons:
			report(at("between"), "joins %d and %d neurons, want equal numbers", s.Modules[a].Neurons, s.Modules[b].Neurons)
		}
	}
	return errors.Join(problems...)
}

// MaxNeurons bounds the neurons of one module, so that every index fits 32 bits.
const MaxNeurons = 1 << 24
