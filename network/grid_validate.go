package network

import (
	"fmt"

	"basin/internal/keys"
)

// validateGrid reports what does not go together with the place of a module.
func (s ModuleSpec) validateGrid(m *keys.Mistakes, at string) {
	switch {
	case s.Channels > 0 && s.Neurons > 0:
		m.Report(at+".channels", "is %d beside %d neurons: channels and places say how many there are, want neurons 0", s.Channels, s.Neurons)
	case s.Channels == 0 && s.Neurons == 0:
		m.Report(at+".neurons", "is 0, want 1 to %d, or channels for a module on a grid", MaxNeurons)
	}
	if s.Channels == 0 {
		for _, key := range []struct {
			name string
			set  bool
		}{
			{"input.stride", s.Input.Stride > 0},
			{"input.shared", s.Input.Shared},
			{"recurrent.window", s.Recurrent.Window > 0},
			{"recurrent.shared", s.Recurrent.Shared},
			{"feedback_per", s.FeedbackPer == PerChannel},
		} {
			if key.set {
				m.Report(at+"."+key.name, "is there without channels: only a module on a grid has it")
			}
		}
		return
	}
	if in := s.Input; in.Density > 0 && in.Window == 0 {
		if in.Shared {
			m.Report(at+".input.shared", "is true without a window, want window above 0")
		}
		if in.Stride > 0 {
			m.Report(at+".input.stride", "is %d without a window, want window above 0", in.Stride)
		}
	} else if in.Shared && in.Density < 1 && in.Density > 0 {
		m.Report(at+".input.density", "is %v of shared windows, want 1: a channel reads all of its window", in.Density)
	}
	s.Recurrent.validateWindow(m, at+".recurrent")
}

// validateWindow reports what does not go together in recurrent couplings of a module on a grid.
func (r RecurrentSpec) validateWindow(m *keys.Mistakes, at string) {
	switch {
	case r.Shared != (r.Window > 0):
		m.Report(at+".window", "is %d with shared %t, want both or neither", r.Window, r.Shared)
	case r.Window == 0:
	case r.Window%2 == 0:
		m.Report(at+".window", "is %d, want an odd number, which has a middle", r.Window)
	case r.Density > 0 && r.Density < 1:
		m.Report(at+".density", "is %v of shared windows, want 1, or 0 for no couplings", r.Density)
	case r.Symmetric:
		m.Report(at+".symmetric", "is true of shared windows, which have no pairs, want false")
	case r.Reach > 0:
		m.Report(at+".reach", "is %v of shared windows, whose neurons have their senders, want 0", r.Reach)
	}
}

// validateGrids reports modules on a grid that nothing places.
func (s Spec) validateGrids(m *keys.Mistakes) {
	for index, ms := range s.Modules {
		sees := ms.Input.Density > 0 && ms.Input.Window > 0
		for _, link := range s.Links {
			for _, ends := range link.Directions() {
				if ends[1] == index && link.Kind == Pool && link.Level > 0 && ms.Activity > 0 {
					m.Report(fmt.Sprintf("modules.%d.activity", index), "is %v, but a pool says with its level %d when a neuron fires, want one of the two", ms.Activity, link.Level)
				}
				sees = sees || link.Window > 0 && ends[1] == index
			}
		}
		if ms.Channels > 0 && !sees {
			m.Report(fmt.Sprintf("modules.%d.channels", index), "is %d, but the module sees nothing through windows: want input.window, or a learned link with a window or a pool from a module on a grid", ms.Channels)
		}
	}
}

// validateWindow reports what does not go together in a link with windows, or one that needs
// them.
func (l Link) validateWindow(m *keys.Mistakes, at string, modules []ModuleSpec) {
	if l.Window == 0 {
		switch {
		case l.Kind == Pool:
			m.Report(at+".window", "is 0, want the side of the windows that are pooled")
		case l.Kind == Learned && (l.Shared || l.Stride > 0 || l.Border > 0):
			m.Report(at+".window", "is 0 beside shared, stride or border, want the side of the windows")
		}
		return
	}
	if l.Direction != Forward && l.Direction != Backward {
		m.Report(at+".direction", "is %q, want %q or %q: windows look one way", string(l.Direction), string(Forward), string(Backward))
		return
	}
	ends := l.Directions()[0]
	from, to := modules[ends[0]], modules[ends[1]]
	if from.Channels == 0 {
		m.Report(at+".window", "is %d, but module %d, which sends, is on no grid: want channels in place of its neurons", l.Window, ends[0])
		return
	}
	if to.Channels == 0 && (l.Kind == Pool || l.Shared || l.Stride > 0 || l.Border > 0) {
		m.Report(at+".between", "has module %d as its receiver, which is on no grid: only windows at random places reach it, with no stride, border or shared", ends[1])
		return
	}
	switch k := l.Window * l.Window; {
	case l.Kind == Pool && from.Channels != to.Channels:
		m.Report(fmt.Sprintf("modules.%d.channels", ends[1]), "is %d, but a pool keeps the channels of module %d, %d", to.Channels, ends[0], from.Channels)
	case l.Kind == Pool && !(l.Strength > 0):
		m.Report(at+".strength", "is %v, want a number above 0 for a pool", l.Strength)
	case l.Kind == Pool && l.Level > k:
		m.Report(at+".level", "is %d, want at most %d, the neurons of a channel in a window", l.Level, k)
	case l.Kind == Learned && l.Border >= l.Window:
		m.Report(at+".border", "is %d, want less than the window, %d", l.Border, l.Window)
	case l.Kind == Learned && l.Reach > 0:
		m.Report(at+".reach", "is %v beside a window, which says where senders lie: want one or the other", l.Reach)
	case l.Kind == Learned && l.Shared && l.Density < 1 && l.Density > 0:
		m.Report(at+".density", "is %v of shared windows, want 1: a channel reads all of its window", l.Density)
	}
}
