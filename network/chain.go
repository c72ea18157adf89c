package network

import "basin/internal/keys"

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

// validateChain reports what does not go together with a chain, and the mistakes of what
// it expands to.
func (s Spec) validateChain(m *keys.Mistakes) {
	if s.Chain.Modules < 0 || s.Chain.Modules > maxChain {
		return
	}
	if len(s.Modules) > 1 {
		m.Report("modules", "has %d modules beside a chain, want one: the module that the chain repeats", len(s.Modules))
	}
	if len(s.Links) > 0 {
		m.Report("links", "has %d links beside a chain, want none: a chain makes its own; to add others, write the modules out", len(s.Links))
	}
	if len(s.Modules) == 1 && s.Modules[0].Channels > 0 {
		m.Report("modules.0.channels", "is %d beside a chain, want 0: a chain repeats a number of neurons; to have grids, write the modules out", s.Modules[0].Channels)
	}
	if len(s.Modules) == 1 {
		s.Expand().validateEnds(m)
	}
}
