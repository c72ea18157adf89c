package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/internal/graph"
	"basin/internal/spelling"
)

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

// modelGraph describes the network of a model, with what it reads and tells apart.
func modelGraph(path string, m *basin.Model) *graph.Graph {
	g := graph.New(m.Settings)
	g.Name = filepath.Base(path)
	g.Input, g.Readout = "input: "+dataset.ShapeText(m.SampleShape()), fmt.Sprintf("readout: %d classes", m.Network.Classes)
	return g
}

// printGraph writes a graph in one of graphFormats.
func printGraph(w io.Writer, g *graph.Graph, format string) error {
	text := ""
	switch format {
	case "dot":
		text = g.Dot()
	case "svg":
		text = g.SVG()
	default:
		text = g.Text()
	}
	_, err := io.WriteString(w, text)
	return err
}
