package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"basin/dataset"
	"basin/internal/graph"
	"basin/internal/inspect"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// What a summary shows at most of what may be long.
const (
	summaryModules   = 8 // lines of the graph
	summaryCouplings = 6
	summaryEpochs    = 3
	summaryWidth     = 88 // of the settings that differ
)

// printReport writes a report for people: a summary that fits a screen, or all of it.
func printReport(w io.Writer, r *inspect.Report, all bool) error {
	if err := printFacts(w, r); err != nil {
		return err
	}
	modules, couplings, epochs := summaryModules, summaryCouplings, summaryEpochs
	table := strings.Split(strings.TrimSuffix(graph.New(r.Settings).Table(), "\n"), "\n")
	if all {
		modules, couplings, epochs = len(table), len(couplingRows(r)), len(r.History)
	}
	fmt.Fprintf(w, "\n%s\n", strings.Join(shortened(table, modules+1, "lines"), "\n"))
	if err := printCouplings(w, r, couplings); err != nil {
		return err
	}
	if len(r.History) > 0 {
		fmt.Fprintln(w)
		if err := printHistory(w, r.History, epochs); err != nil {
			return err
		}
	}
	if all {
		fmt.Fprint(w, "\nsettings\n")
		return printSettings(w, r.Settings, "  ")
	}
	_, err := fmt.Fprint(w, "\n--history shows every epoch, --settings every setting, --all all of it.\n")
	return err
}

// shortened returns the first of some lines, with a word on the rest.
func shortened(lines []string, most int, what string) []string {
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clone(lines[:most]), fmt.Sprintf("... and %d more %s: --all shows them", len(lines)-most, what))
}

// printFacts writes what has a line each.
func printFacts(w io.Writer, r *inspect.Report) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, values ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, values...))
	}
	line("model", "%s, written by basin %s", r.Model, r.Version)
	line("reads", "%s", inputLine(r))
	line("predicts", "%d classes %s", r.Classes, quoted(r.LabelNames))
	line("neurons", "%d in %s", r.Neurons, counted(len(r.Modules), "module"))
	if q := r.Integers; q != nil {
		line("couplings", "integers of %d bits: it predicts and does not learn", q.Bits)
	}
	line("memory", "%s (%d bytes)", size(r.Bytes), r.Bytes)
	line("rule", "%s", ruleText(r.Rule))
	if n := len(r.History); n > 0 {
		last, of := r.History[n-1], ""
		if r.Settings.Learning.Best {
			last, of = r.History[train.Best(r.History)], fmt.Sprintf(", the best of %d", n)
		}
		tally, split := last.Held, last.Split
		if split == "" {
			tally, split = last.Training, "training"
		}
		if last.Readout != "" {
			of = ", with the readout solved for"
		}
		if r.Integers != nil {
			of += ", before it was rounded"
		}
		line("accuracy", "%s of %d %s samples after %s%s", percent(tally.Accuracy()), tally.Samples, split, counted(last.Epoch, "epoch"), of)
	}
	for k, text := range settingsLines(r.Settings) {
		line([]string{"settings", ""}[min(k, 1)], "%s", text)
	}
	return table.Flush()
}

// settingsLines says in which keys settings differ from the nearest preset.
func settingsLines(s settings.Settings) []string {
	preset, changes := inspect.Nearest(s)
	text := "preset " + preset
	if preset == "" {
		text = "the defaults"
	}
	if len(changes) == 0 {
		return []string{text}
	}
	lines := []string{text + ", but"}
	for k, change := range changes {
		if len(change) > summaryWidth { // what the modules are stands below
			key, _, _ := strings.Cut(change, "=")
			change = key + "=..."
		}
		if k < len(changes)-1 {
			change += ","
		}
		last := &lines[len(lines)-1]
		if len(*last)+1+len(change) > summaryWidth {
			lines = append(lines, change)
			continue
		}
		*last += " " + change
	}
	return lines
}

func ruleText(r inspect.Rule) string {
	if r.Local {
		return "local"
	}
	return "not local: couplings learn from " + strings.Join(r.LearnsFrom, " and ")
}

// couplingRows has a row of the table of couplings for each block.
func couplingRows(r *inspect.Report) []string {
	var rows []string
	row := func(name string, c *inspect.Couplings, symmetry *float64) {
		if c == nil {
			return
		}
		text := ""
		if symmetry != nil {
			text = fmt.Sprintf("%.4f", *symmetry)
		}
		rows = append(rows, fmt.Sprintf("%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\t%s", name, c.Count, c.Density, c.Mean, c.Deviation, c.Least, c.Largest, text))
	}
	for m, module := range r.Modules {
		row(fmt.Sprintf("module %d recurrent", m), module.Recurrent, module.Symmetry)
		row(fmt.Sprintf("module %d input", m), module.Input, nil)
	}
	for _, p := range r.Pathways {
		row(fmt.Sprintf("link %d, %d to %d", p.Link, p.From, p.To), &p.Couplings, nil)
	}
	row("readout", &r.Readout, nil)
	row("readout average", r.Average, nil)
	return rows
}

func printCouplings(w io.Writer, r *inspect.Report, most int) error {
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "couplings\tcount\tdensity\tmean\tdeviation\tleast\tlargest\tsymmetry")
	for _, row := range shortened(couplingRows(r), most, "blocks") {
		fmt.Fprintln(table, row)
	}
	return table.Flush()
}

// tallyColumn is a column of the history.
type tallyColumn struct {
	name  string
	share func(protocol.Tally) float64
}

// printHistory prints a row for each of the last epochs, with cycles where there were some.
func printHistory(w io.Writer, history []train.EpochRecord, last int) error {
	columns := []tallyColumn{
		{"training", protocol.Tally.Accuracy},
		{"unstable", protocol.Tally.UnstableShare},
		{"flips", protocol.Tally.FlipShare},
		{"fixed points", protocol.Tally.FixedPointShare},
	}
	for _, c := range []tallyColumn{{"cycles", protocol.Tally.CycleShare}, {"period 2", inspect.Period2Share}} {
		if slices.ContainsFunc(history, func(e train.EpochRecord) bool { return c.share(e.Training) > 0 }) {
			columns = append(columns, c)
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "epoch\theld out\taccuracy")
	for _, c := range columns {
		fmt.Fprint(table, "\t", c.name)
	}
	fmt.Fprintln(table)
	for _, e := range history[max(0, len(history)-last):] {
		split, accuracy := e.Split, percent(e.Held.Accuracy())
		if split == "" {
			split, accuracy = "-", "-"
		}
		name := strconv.Itoa(e.Epoch)
		if e.Readout != "" {
			name = string(e.Readout)
		}
		fmt.Fprintf(table, "%s\t%s\t%s", name, split, accuracy)
		for _, c := range columns {
			share := percent(c.share(e.Training))
			if e.Readout != "" && c.name == "unstable" { // no rule was there to ask
				share = "-"
			}
			fmt.Fprint(table, "\t", share)
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

// printSettings writes settings as a file.
func printSettings(w io.Writer, s settings.Settings, indent string) error {
	text, err := settings.Marshal(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", indent, strings.ReplaceAll(string(trimEnd(text)), "\n", "\n"+indent))
	return err
}

// inputLine says what a model reads and what it makes of it.
func inputLine(r *inspect.Report) string {
	e := r.Encoder
	raw := r.InputShape
	if e.Projection > 0 || e.Codings != nil {
		raw = []int{e.Features}
	}
	text := dataset.ShapeText(raw)
	if r.Columns != "" {
		text += ": " + r.Columns
	}
	if e.Projection == 0 && e.Dim() != e.Features {
		text += fmt.Sprintf("; as %d numbers", e.Dim())
	}
	if e.Codings != nil && e.Missing != "" {
		text += ", missing=" + e.Missing
	}
	if e.Divisor != 1 {
		text += fmt.Sprintf(", divided by %g", e.Divisor)
	}
	if e.Contrast != "" && e.Contrast != "none" {
		text += ", contrast=" + e.Contrast
	}
	switch {
	case e.Whitening != nil && e.Whitening.Side > 0:
		text += fmt.Sprintf(", whitened by patches of %d x %d pixels", e.Whitening.Side, e.Whitening.Side)
	case e.Whitening != nil:
		text += ", whitened as a whole"
	}
	if len(e.Mean) > 0 {
		text += ", standardised by " + e.Standardise
	}
	if e.Projection > 0 {
		text += fmt.Sprintf(", projected to %d signs", e.Projection)
	}
	return text
}
