package network

import "math"

// Chain is the short form of a chain of equal modules, joined neighbour to neighbour.
type Chain struct {
	// Modules is L >= 1; zero is no chain.
	Modules int `yaml:"modules,omitempty" json:"modules"`
	// Size is the number of neurons of each module; zero is that of the module given.
	Size int `yaml:"size,omitempty" json:"size,omitempty"`
	// Lambda >= 0 is the strength of the one-to-one excitatory links.
	Lambda float64 `yaml:"lambda,omitempty" json:"lambda"`
	// Input says which modules see the input; empty is the first.
	Input ChainInput `yaml:"input,omitempty" json:"input,omitempty"`
}

// ChainInput says which modules of a chain see the input.
type ChainInput string

const (
	// FirstReads lets the first module see the input.
	FirstReads ChainInput = "first"
	// AllRead lets every module see it.
	AllRead ChainInput = "all"
)

// maxChain bounds the modules of a chain.
const maxChain = 4096

// Expand writes a chain out: the only module of the spec, L times, with an excitatory
// link of strength lambda between neighbours. A spec without a chain is returned as
// it is; so is one with a chain that is not valid.
func (s Spec) Expand() Spec {
	if s.Chain.Modules == 0 {
		s.Chain = Chain{}
	}
	if s.Chain.Modules < 1 || s.Chain.Modules > maxChain || len(s.Modules) != 1 {
		return s
	}
	e := Spec{Feedback: s.Feedback, Readout: s.Readout}
	for m := range s.Chain.Modules {
		module := s.Modules[0]
		if s.Chain.Size > 0 {
			module.Neurons = s.Chain.Size
		}
		if m > 0 && s.Chain.Input != AllRead {
			module.Input.Density, module.Input.Window = 0, 0
		}
		e.Modules = append(e.Modules, module)
		if m > 0 {
			e.Links = append(e.Links, Link{Kind: Excitatory, Between: [2]int{m - 1, m}, Strength: s.Chain.Lambda})
		}
	}
	return e
}

// validateChain reports the mistakes of a chain and of what it expands to.
func (s Spec) validateChain(report func(key, format string, values ...any)) {
	c := s.Chain
	if c.Size < 0 || c.Size > MaxNeurons {
		report("chain.size", "is %d, want 1 to %d, or 0 for the size of the module given", c.Size, MaxNeurons)
	}
	if !(c.Lambda >= 0 && c.Lambda <= math.MaxFloat32) {
		report("chain.lambda", "is %v, want a number from 0 to %.6g", c.Lambda, math.MaxFloat32)
	}
	if c.Input != "" && c.Input != FirstReads && c.Input != AllRead {
		report("chain.input", "is %q, want %q or %q", c.Input, FirstReads, AllRead)
	}
	if c.Modules == 0 {
		return
	}
	if c.Modules < 0 || c.Modules > maxChain {
		report("chain.modules", "is %d, want 1 to %d, or 0 for no chain", c.Modules, maxChain)
		return
	}
	if len(s.Modules) > 1 {
		report("modules", "has %d modules beside a chain, want one: the module that the chain repeats", len(s.Modules))
	}
	if len(s.Links) > 0 {
		report("links", "has %d links beside a chain, want none: a chain makes its own; to add others, write the modules out", len(s.Links))
	}
	if len(s.Modules) == 1 {
		s.Expand().validateEnds(report)
	}
}
