package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"basin/dataset"
	"basin/internal/graph"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// print writes the report for people.
func (r *modelReport) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, values ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, values...))
	}
	line("model", "%s, written by basin %s", r.Model, r.Version)
	line("reads", "%s", inputLine(r))
	line("predicts", "%d classes %s", r.Classes, quoted(r.LabelNames))
	line("neurons", "%d in %s", r.Neurons, counted(len(r.Modules), "module"))
	line("memory", "%s (%d bytes)", size(r.Bytes), r.Bytes)
	line("rule", "%s", r.Rule.text())
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", graph.New(r.Settings).Table())
	fmt.Fprintln(table, "couplings\tcount\tdensity\tmean\tdeviation\tleast\tlargest\tsymmetry")
	block := func(name string, b *couplingReport, symmetry *float64) {
		if b == nil {
			return
		}
		text := ""
		if symmetry != nil {
			text = fmt.Sprintf("%.4f", *symmetry)
		}
		fmt.Fprintf(table, "%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\t%s\n", name, b.Count, b.Density, b.Mean, b.Deviation, b.Least, b.Largest, text)
	}
	for m, module := range r.Modules {
		block(fmt.Sprintf("module %d recurrent", m), module.Recurrent, module.Symmetry)
		block(fmt.Sprintf("module %d input", m), module.Input, nil)
	}
	for _, p := range r.Pathways {
		block(fmt.Sprintf("link %d, %d to %d", p.Link, p.From, p.To), &p.Couplings, nil)
	}
	block("readout", &r.Readout, nil)
	block("readout average", r.Average, nil)
	if err := table.Flush(); err != nil {
		return err
	}
	if err := r.printHistory(w, table); err != nil {
		return err
	}
	text, err := settings.Marshal(r.Settings)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nsettings\n%s\n", indent(trimEnd(text)))
	return err
}

// tallyColumn is a column of the history.
type tallyColumn struct {
	name  string
	share func(protocol.Tally) float64
}

// printHistory prints a row per epoch, with cycles where there were some.
func (r *modelReport) printHistory(w io.Writer, table *tabwriter.Writer) error {
	if len(r.History) == 0 {
		return nil
	}
	columns := []tallyColumn{
		{"training", protocol.Tally.Accuracy},
		{"unstable", protocol.Tally.UnstableShare},
		{"flips", protocol.Tally.FlipShare},
		{"fixed points", protocol.Tally.FixedPointShare},
	}
	for _, c := range []tallyColumn{{"cycles", protocol.Tally.CycleShare}, {"period 2", period2Share}} {
		if slices.ContainsFunc(r.History, func(e train.EpochRecord) bool { return c.share(e.Training) > 0 }) {
			columns = append(columns, c)
		}
	}
	fmt.Fprintln(w)
	fmt.Fprint(table, "epoch\theld out\taccuracy")
	for _, c := range columns {
		fmt.Fprint(table, "\t", c.name)
	}
	fmt.Fprintln(table)
	for _, e := range r.History {
		split, accuracy := e.Split, percent(e.Held.Accuracy())
		if split == "" {
			split, accuracy = "-", "-"
		}
		fmt.Fprintf(table, "%d\t%s\t%s", e.Epoch, split, accuracy)
		for _, c := range columns {
			fmt.Fprint(table, "\t", percent(c.share(e.Training)))
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

func period2Share(t protocol.Tally) float64 {
	if t.Samples == 0 {
		return 0
	}
	return float64(t.Period2) / float64(t.Samples)
}

// inputLine says what a model reads and what it makes of it.
func inputLine(r *modelReport) string {
	e := r.Encoder
	raw := r.InputShape
	if e.Projection > 0 {
		raw = []int{e.Features}
	}
	text := dataset.ShapeText(raw)
	if e.Divisor != 1 {
		text += fmt.Sprintf(", divided by %g", e.Divisor)
	}
	if len(e.Mean) > 0 {
		text += ", standardised by " + e.Standardise
	}
	if e.Projection > 0 {
		text += fmt.Sprintf(", projected to %d signs", e.Projection)
	}
	return text
}

func indent(text []byte) string {
	return "  " + strings.ReplaceAll(string(text), "\n", "\n  ")
}
