package graph

import (
	"fmt"
	"slices"
	"strings"

	"basin/network"
)

// Dot writes the graph in the language of Graphviz, every module by itself.
func (g *Graph) Dot() string {
	var text strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&text, "  "+format+";\n", values...) }
	fmt.Fprintf(&text, "digraph basin {\n")
	line("rankdir=LR")
	line("label=%s", dotQuoted(g.title()))
	line(`node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]`)
	line(`edge [fontname="Helvetica", fontsize=10]`)
	line("input [label=%s, shape=plaintext]", dotQuoted(g.Input))
	line("readout [label=%s, shape=plaintext]", dotQuoted(g.Readout))
	if slices.ContainsFunc(g.modules, func(m module) bool { return m.label != "" }) {
		line(`label [label="label", shape=plaintext]`)
	}
	for index, m := range g.modules {
		parts := []string{fmt.Sprintf("module %d", index), words(m.size(), m.tanh), recurrentLine(m), "J_D " + m.self}
		line("m%d [label=%s]", index, dotQuoted(strings.Join(parts, "\n")))
	}
	for index, m := range g.modules {
		if m.input != "" {
			line("input -> m%d [label=%s]", index, dotQuoted(m.input))
		}
		if m.label != "" {
			line("label -> m%d [label=%s, style=dashed]", index, dotQuoted(m.label))
		}
		if m.read {
			line("m%d -> readout", index)
		}
	}
	for _, l := range g.links {
		a, b := l.Between[0], l.Between[1]
		dir := map[network.Direction]string{network.Forward: "forward", network.Backward: "back"}[l.Direction]
		switch {
		case dir != "":
		case l.Kind == network.Excitatory:
			dir = "none"
		default:
			dir = "both"
		}
		line("m%d -> m%d [label=%s, dir=%s, color=%q]", a, b, dotQuoted(linkWords(l)), dir, linkColour(l))
	}
	text.WriteString("}\n")
	return text.String()
}

// recurrentLine says what couples the neurons of a module.
func recurrentLine(m module) string {
	if m.recurrent == "" {
		return "no J"
	}
	return "J " + m.recurrent
}

// dotQuoted writes a text as a string of the language, with its lines centred.
func dotQuoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

// linkColour is the colour of a link in drawings.
func linkColour(l network.Link) string {
	if l.Kind == network.Learned {
		return "#b43c28"
	}
	return "#1e8c5a"
}
