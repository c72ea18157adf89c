package graph

import (
	"fmt"
	"slices"
	"strings"

	"basin/network"
	"basin/settings"
)

func optionalNumber(format string, value float64) string {
	if value == 0 {
		return ""
	}
	return fmt.Sprintf(format, value)
}

// words joins what is there.
func words(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

func densityWords(density float64) string {
	if density == 1 {
		return "dense"
	}
	return fmt.Sprintf("density %g", density)
}

func recurrentWords(r network.RecurrentSpec) string {
	if r.Density == 0 {
		return ""
	}
	symmetric := ""
	if r.Symmetric {
		symmetric = "symmetric"
	}
	if r.Shared {
		return fmt.Sprintf("shared window %d x %d", r.Window, r.Window)
	}
	return words(densityWords(r.Density), symmetric, optionalNumber("reach %g", r.Reach))
}

func inputWords(i network.InputSpec) string {
	if i.Density == 0 {
		return ""
	}
	return windowWords(i.Window, i.Stride, i.Shared, i.Density)
}

// windowWords says what couplings of a density read: windows, or all where the window is 0.
func windowWords(window, stride int, shared bool, density float64) string {
	if window == 0 {
		return densityWords(density)
	}
	text := fmt.Sprintf("window %d x %d", window, window)
	if shared {
		text = "shared " + text
	}
	thinned := ""
	if density != 1 {
		thinned = fmt.Sprintf("density %g", density)
	}
	return words(text, optionalNumber("stride %g", float64(stride)), thinned)
}

func labelWords(s settings.Settings, module int) string {
	phases, strength := Hears(s, module)
	text := strings.Join(phases, ", ")
	if strength != 1 && text != "" {
		text += fmt.Sprintf(" x %g", strength)
	}
	return text
}

// linkWords says what a link is made of, beside its kind.
func linkWords(l network.Link) string {
	sees := windowWords(l.Window, l.Stride, l.Shared, l.Density)
	switch {
	case l.Kind == network.Pool:
		return words(fmt.Sprintf("%d x %d", l.Window, l.Window), optionalNumber("stride %g", float64(l.Stride)), optionalNumber("level %g", float64(l.Level)))
	case l.Kind == network.Learned && l.Gain == 0:
		return words(sees, "from zero", optionalNumber("reach %g", l.Reach))
	case l.Kind == network.Learned:
		return words(sees, fmt.Sprintf("gain %g", l.Gain), optionalNumber("reach %g", l.Reach))
	case l.FanIn > 0:
		return fmt.Sprintf("lambda %g, K %d", l.Strength, l.FanIn)
	}
	return fmt.Sprintf("lambda %g", l.Strength)
}

// counted writes a number of things: 1 link, 2 links.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
