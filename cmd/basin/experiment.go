package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"basin/internal/experiment"
	"basin/internal/recipes"
)

// experimentFlags are the flags of the commands that run a recipe.
type experimentFlags struct {
	dataFlags
	quick, full    bool
	out            string
	seeds, workers int
	asJSON         bool
	awayFlags
}

func newExperiment() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "experiment",
		Short: "Compute the figures of papers and report on them",
		Long: `Experiment computes a grid of trainings or other cells, draws figures of it beside the
published numbers, and writes a report: one HTML file that can be mailed. Each recipe
is a command of its own.

The folder it writes has every finished cell as a line of ` + experiment.CellsFile + `. After Ctrl-C or
a crash the same command goes on there and computes what is missing.`,
		Example: `  basin experiment list
  basin experiment show self-coupling
  basin experiment self-coupling --quick
  basin experiment self-coupling --full --seeds 3 --out couplings`,
		Args: noSuchCommand,
		RunE: showHelp,
	}
	var all []*cobra.Command
	for _, r := range recipes.All() {
		all = append(all, newRecipe(r))
	}
	addGroup(cmd, "Recipes:", all...)
	addGroup(cmd, "About them:", newExperimentList(), newExperimentShow(), newExperimentWatch())
	return cmd
}

func newRecipe(r *experiment.Recipe) *cobra.Command {
	f := &experimentFlags{}
	cmd := &cobra.Command{
		Use:   r.Name,
		Short: r.Title,
		Long: wrapped(r.Question) + "\n\n" + wrapped(r.Method) + `

--quick takes minutes on two cores and shows the shape of the answer, --full is the real
thing. Cells run at once, one core each. Each finished cell is kept in the folder, and
the same command goes on after an interruption; more --seeds add to what is there. One
run at a time computes in a folder.

Other machines can compute cells too, with the same bytes: --listen starts a server within
the run and prints how basin worker joins it, --nats uses NATS servers that are there.
--workers is then how many cells are computed here beside theirs. basin experiment watch
shows what goes on.`,
		Example: fmt.Sprintf(`  basin experiment %[1]s
  basin experiment %[1]s --full --out %[1]s
  basin experiment %[1]s --quick --seeds 3 --json
  basin experiment %[1]s --full --listen :4222`, r.Name),
		Args: arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd, r) },
	}
	f.dataFlags.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.quick, "quick", false, "the small grid (default)")
	flags.BoolVar(&f.full, "full", false, "the whole grid")
	flags.StringVarP(&f.out, "out", "o", "", "`folder` to write (default "+r.Name+"-quick or "+r.Name+"-full)")
	flags.IntVar(&f.seeds, "seeds", 0, "`number` of seeds of each point (default that of the recipe)")
	flags.IntVarP(&f.workers, "workers", "w", 0, "cells that run at once here, from a queue; 0 takes one per processor, without a queue (with --nats: none here)")
	f.awayFlags.add(cmd, "cells")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	between(cmd, 1, 10_000, "seeds")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "out", completeFolders)
	complete(cmd, "seeds", cobra.NoFileCompletions)
	complete(cmd, "workers", cobra.NoFileCompletions)
	return cmd
}

func (f *experimentFlags) run(cmd *cobra.Command, r *experiment.Recipe) error {
	if f.quick && f.full {
		return usagef("--quick and --full are two grids: want one of them")
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	size := "quick"
	if f.full {
		size = "full"
	}
	if f.out == "" {
		f.out = r.Name + "-" + size
	}
	meter := &cellMeter{talk: cmd.ErrOrStderr(), recipe: r}
	o := experiment.Options{
		Full: f.full, Seeds: f.seeds, Workers: f.workers, Version: build(), Data: &experiment.Data{Options: f.dataFlags.options(cmd)}, Observe: meter.progress,
	}
	away, err := f.away(cmd, f.workers, f.workers > 0, o.Data)
	if err != nil {
		return err
	}
	if away != nil {
		defer away.cluster.Close()
		o.Elsewhere = away.compute(r)
	}
	out, err := experiment.Run(cmd.Context(), r, f.out, o)
	meter.end()
	if out == nil {
		return hintSet(err)
	}
	if out.Done() == 0 {
		return stoppedBy(err, out)
	}
	command := "basin experiment " + r.Name + " --" + size
	if f.seeds > 0 {
		command += fmt.Sprintf(" --seeds %d", f.seeds)
	}
	files, writing := out.Write(f.out, command)
	if err = errors.Join(stoppedBy(err, out), writing); err != nil {
		return err
	}
	report := newExperimentReport(out, f.out, files)
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), report)
	}
	return report.print(cmd.OutOrStdout())
}

// stoppedBy says how a run that did not end may go on.
func stoppedBy(err error, out *experiment.Outcome) error {
	if err == nil {
		return nil
	}
	done := fmt.Sprintf("%d of %d cells are done", out.Done(), len(out.Cells))
	if errors.Is(err, context.Canceled) {
		return withHint(interrupted("interrupted: "+done), "the same command goes on")
	}
	return withHint(hintSet(err), "%s; the same command goes on with the others", done)
}

// experimentReport is what a recipe's command prints.
type experimentReport struct {
	Recipe      string           `json:"recipe"`
	Title       string           `json:"title"`
	Full        bool             `json:"full"`
	Seeds       int              `json:"seeds"`
	Cells       int              `json:"cells"`
	CoreSeconds float64          `json:"core_seconds"`
	Folder      string           `json:"folder"`
	Files       []string         `json:"files"`
	Findings    []string         `json:"findings"`
	Axes        []string         `json:"axes"`
	Rows        []experiment.Row `json:"rows"`
	// Tables are those of the recipe beside that of the points.
	Tables []experiment.TextTable `json:"tables,omitempty"`

	table *experiment.Table
	took  time.Duration
}

func newExperimentReport(out *experiment.Outcome, folder string, files []string) *experimentReport {
	r := &experimentReport{
		Recipe: out.Recipe.Name, Title: out.Recipe.Title, Full: out.Full, Seeds: out.Seeds, Cells: len(out.Cells),
		CoreSeconds: out.CoreTime().Seconds(), Folder: folder, Files: append([]string{experiment.CellsFile}, files...),
		table: out.Table(), took: out.Elapsed,
	}
	r.Rows, r.Tables = r.table.Rows, r.table.Further()
	for _, axis := range out.Recipe.Axes {
		r.Axes = append(r.Axes, axis.Name)
	}
	if out.Recipe.Findings != nil {
		r.Findings = out.Recipe.Findings(r.table)
	}
	return r
}

func (r *experimentReport) print(w io.Writer) error {
	fmt.Fprintf(w, "%s\n\n", r.Title)
	head, rows := r.table.Text()
	if err := printRows(w, head, rows); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, further := range r.Tables {
		fmt.Fprintln(w, further.Title)
		if err := printRows(w, further.Head, further.Rows); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, text := range r.Findings {
		fmt.Fprintln(w, wrapped(text))
	}
	_, err := fmt.Fprintf(w, "\n%s, %s on one core, %s by the clock\nreport  %s\n", counted(r.Cells, "cell"),
		rounded(time.Duration(r.CoreSeconds*float64(time.Second))), rounded(r.took), filepath.Join(r.Folder, experiment.ReportFile))
	return err
}

// printRows prints a table in columns.
func printRows(w io.Writer, head []string, rows [][]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

// cellMeter tells of the cells of a run: a line each, a bar where there is a terminal.
type cellMeter struct {
	talk   io.Writer
	recipe *experiment.Recipe
	bar    *progressbar.ProgressBar
	begun  bool
}

const meterSteps = 1000

func (m *cellMeter) progress(p experiment.Progress) {
	if !m.begun {
		m.begun = true
		if p.Kept > 0 {
			fmt.Fprintf(m.talk, "goes on: %d of %d cells were there\n", p.Kept, p.Cells)
		}
		if isTerminal(m.talk) {
			m.bar = newBar(m.talk, meterSteps)
		}
	}
	if r := p.Finished; r != nil {
		m.end()
		fmt.Fprintf(m.talk, "%d/%d %s  %s  %s left\n", p.Done, p.Cells, m.where(r), rounded(time.Duration(r.Seconds*float64(time.Second))), rounded(p.Left))
	}
	if m.bar != nil {
		m.bar.Describe(fmt.Sprintf("%d/%d cells  %s left", p.Done, p.Cells, rounded(p.Left)))
		_ = m.bar.Set(int(p.Share * meterSteps))
	}
}

// where says which cell a record is of, and its first value.
func (m *cellMeter) where(r *experiment.Record) string {
	var text strings.Builder
	for _, axis := range m.recipe.Axes {
		fmt.Fprintf(&text, " %s %s ", axis.Title, r.At[axis.Name])
	}
	fmt.Fprintf(&text, " seed %d", r.Seed)
	if first := m.recipe.Values[0]; len(r.Values) > 0 {
		if v, ok := r.Values[first.Name]; ok {
			fmt.Fprintf(&text, "  %s %s", first.Title, first.Text(v))
		}
	}
	return text.String()
}

// end takes the bar away.
func (m *cellMeter) end() {
	if m.bar != nil {
		_ = m.bar.Clear()
	}
}

func rounded(d time.Duration) time.Duration {
	switch {
	case d > time.Minute:
		return d.Round(time.Second)
	case d > time.Second:
		return d.Round(time.Second / 10)
	}
	return d.Round(time.Millisecond)
}
