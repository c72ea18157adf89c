package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/internal/spelling"
	"basin/network"
	"basin/train"
)

// graph is what --graph draws: the modules and links of a network in words.
type graph struct {
	name    string // of the data
	input   string // what is seen
	readout string // what is told apart
	modules []graphModule
	links   []network.Link
}

// graphModule says what a module is, and to what it is joined; "" for nothing.
type graphModule struct {
	neurons   int
	tanh      string
	self      string // J_D
	recurrent string
	input     string
	label     string // phases in which it hears the label
	read      bool
}

// graphFormats are the values of --graph.
var graphFormats = []string{"text", "dot", "svg"}

// addGraph adds the flag --graph.
func addGraph(cmd *cobra.Command, format *string, instead string) {
	cmd.Flags().StringVar(format, "graph", "", "print the graph of modules and links in place of "+instead+", in this `form`: text, dot or svg")
	complete(cmd, "graph", cobra.FixedCompletions(graphFormats, cobra.ShellCompDirectiveNoFileComp))
}

// checkGraph checks the flag of addGraph.
func checkGraph(cmd *cobra.Command, format string) error {
	if !cmd.Flags().Changed("graph") || slices.Contains(graphFormats, format) {
		return nil
	}
	err := usagef("--graph %q, want text, dot or svg", format)
	if near := spelling.Nearest(format, graphFormats); near != "" {
		return withHint(err, "did you mean --graph %s?", near)
	}
	return err
}

// newGraph describes the network of valid settings.
func newGraph(s train.Settings) *graph {
	spec := s.Network.Expand()
	g := &graph{name: filepath.Base(s.Data.Set), input: "input", readout: "readout", links: spec.Links}
	for index, m := range spec.Modules {
		g.modules = append(g.modules, graphModule{
			neurons: m.Neurons, tanh: optionalNumber("tanh %g", m.Tanh), self: fmt.Sprintf("%g", m.SelfCoupling),
			recurrent: recurrentWords(m.Recurrent), input: inputWords(m.Input), label: labelWords(s, spec, index),
			read: len(spec.Readout) == 0 || slices.Contains(spec.Readout, index),
		})
	}
	return g
}

// print writes the graph in one of graphFormats.
func (g *graph) print(w io.Writer, format string) error {
	text := ""
	switch format {
	case "dot":
		text = g.dot()
	case "svg":
		text = g.svg()
	default:
		text = g.text()
	}
	_, err := io.WriteString(w, text)
	return err
}

// title says what is drawn.
func (g *graph) title() string {
	neurons := 0
	for _, m := range g.modules {
		neurons += m.neurons
	}
	title := fmt.Sprintf("%s: %s in %s", g.name, counted(neurons, "neuron"), counted(len(g.modules), "module"))
	if len(g.links) > 0 {
		title += ", " + counted(len(g.links), "link")
	}
	return title
}

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

// hears lists the phases with sweeps in which a module hears the label, and the strength
// of it as a factor of f. A strength of zero is no phase.
func hears(s train.Settings, spec network.Spec, module int) (phases []string, strength float64) {
	d, strength := s.Dynamics, 1.0
	if len(spec.Feedback) > 0 {
		strength = spec.Feedback[module]
	}
	if f := s.Learning.Feedback; strength == 0 || f.Start == 0 && f.End == 0 {
		return nil, 0
	}
	for _, phase := range []struct {
		name   string
		sweeps int
		hears  bool
	}{
		{"warm-up", d.Warmup, slices.Contains(d.Feedback.Warmup, module)},
		{"clamped", d.Clamped, len(d.Feedback.Clamped) == 0 || slices.Contains(d.Feedback.Clamped, module)},
		{"free", d.Free, slices.Contains(d.Feedback.Free, module)},
	} {
		if phase.sweeps > 0 && phase.hears {
			phases = append(phases, phase.name)
		}
	}
	return phases, strength
}

func labelWords(s train.Settings, spec network.Spec, module int) string {
	phases, strength := hears(s, spec, module)
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

// stretch is a run of modules first..last that is shown as one: a single module, or
// equal ones in the middle of a chain.
type stretch struct{ first, last int }

const (
	shownWhole   = 12 // modules up to which each is shown
	leastStretch = 3  // equal modules that are shown as one
)

// stretches divides the modules into what is shown. In a long network, equal modules that
// are joined to their neighbours alone, all in the same way, are shown as one.
func (g *graph) stretches() []stretch {
	next := make([][]network.Link, len(g.modules)) // links to the next module, from 0 to 1
	others := make([]bool, len(g.modules))         // has links to others than its neighbours
	for _, l := range g.links {
		a, b := min(l.Between[0], l.Between[1]), max(l.Between[0], l.Between[1])
		if b > a+1 {
			others[a], others[b] = true, true
			continue
		}
		l.Between = [2]int{l.Between[0] - a, l.Between[1] - a}
		next[a] = append(next[a], l)
	}
	inner := func(m int) bool {
		return len(g.modules) > shownWhole && m > 0 && m < len(g.modules)-1 && !others[m] &&
			g.modules[m] == g.modules[m-1] && g.modules[m] == g.modules[m+1] && slices.Equal(next[m-1], next[m])
	}
	var shown []stretch
	for m := 0; m < len(g.modules); {
		end := m
		for inner(end) {
			end++
		}
		if end-m < leastStretch {
			end = m + 1
		}
		shown = append(shown, stretch{m, end - 1})
		m = end
	}
	return shown
}

// name of what is shown.
func (s stretch) name() string {
	if s.first == s.last {
		return fmt.Sprint(s.first)
	}
	return fmt.Sprintf("%d to %d", s.first, s.last)
}

// count writes neurons, those of each where there are several.
func (s stretch) count(neurons int) string {
	if s.first == s.last {
		return fmt.Sprint(neurons)
	}
	return fmt.Sprintf("%d x %d", s.last-s.first+1, neurons)
}

// joint is a link between two stretches, given by their places: first < second.
type joint struct {
	first, second     int
	number            int // of the link
	link              network.Link
	toFirst, toSecond bool // what it acts on
}

// joints returns the links between stretches, in their order.
func (g *graph) joints(shown []stretch) []joint {
	at := make([]int, len(g.modules))
	for place, s := range shown {
		for m := s.first; m <= s.last; m++ {
			at[m] = place
		}
	}
	var list []joint
	for number, l := range g.links {
		a, b := min(l.Between[0], l.Between[1]), max(l.Between[0], l.Between[1])
		if at[a] == at[b] {
			continue // inside a stretch
		}
		j := joint{first: at[a], second: at[b], number: number, link: l}
		for _, ends := range l.Directions() {
			j.toFirst, j.toSecond = j.toFirst || ends[1] == a, j.toSecond || ends[1] == b
		}
		list = append(list, j)
	}
	return list
}

// linkColour is the colour of a link in drawings.
func linkColour(l network.Link) string {
	if l.Kind == network.Learned {
		return "#b43c28"
	}
	return "#1e8c5a"
}
