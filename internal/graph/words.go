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
	return words(densityWords(r.Density), symmetric, optionalNumber("reach %g", r.Reach))
}

func inputWords(i network.InputSpec) string {
	switch {
	case i.Density == 0:
		return ""
	case i.Window > 0 && i.Density == 1:
		return fmt.Sprintf("window %d x %d", i.Window, i.Window)
	case i.Window > 0:
		return fmt.Sprintf("window %d x %d, density %g", i.Window, i.Window, i.Density)
	}
	return densityWords(i.Density)
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
	switch {
	case l.Kind == network.Learned && l.Gain == 0:
		return words(densityWords(l.Density), "from zero", optionalNumber("reach %g", l.Reach))
	case l.Kind == network.Learned:
		return words(densityWords(l.Density), fmt.Sprintf("gain %g", l.Gain), optionalNumber("reach %g", l.Reach))
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
