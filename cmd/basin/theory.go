package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/internal/figure"
	"basin/internal/spelling"
	"basin/internal/survey"
)

// theoryFlags are the flags of basin theory.
type theoryFlags struct {
	survey.Parameters
	from, to float64
	points   int
	output
}

func newTheory() *cobra.Command {
	f := &theoryFlags{}
	cmd := &cobra.Command{
		Use:   "theory CURVE",
		Short: "Print what theory says about the fixed points of large random networks",
		Long: `Theory prints a curve of what is known in formulas about random networks: nothing is
drawn or simulated. All are for the number of neurons to infinity; entropies are in
nats per neuron, fields in units of the standard deviation of a field. The curves are

` + curveList() + `
A first-moment bound is the logarithm of an average number: where it is negative there
are no such states, where it is positive the typical number is at most that. Every table
says what it is. basin census holds small networks against the same formulas.`,
		Example: `  basin theory entropy --to 1
  basin theory pairs --self-coupling 0.5 --format csv > pairs.csv
  basin theory clusters --replicas 2,3,7 --self-coupling 0.1
  basin theory clusters --replicas 3,30,300,inf
  basin theory chain --modules 4 --plot chain.svg
  basin theory pairs --modules 2 --lambda 1 --self-coupling 0`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeCurves,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	flags := cmd.Flags()
	flags.Float64Var(&f.from, "from", 0, "first `value` of the axis; the curve has its own default")
	flags.Float64Var(&f.to, "to", 0, "last `value` of the axis")
	flags.IntVar(&f.points, "points", 21, "`number` of rows, evenly spaced")
	flags.Float64Var(&f.SelfCoupling, "self-coupling", 0.3, "self-coupling `J_D`")
	flags.Float64Var(&f.Margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	flags.Float64Var(&f.Input, "input", 0, "standard deviation `a` of the input field")
	flags.IntVar(&f.Modules, "modules", 0, "`number` of modules in a chain (default 3 for the curve chain, else 1)")
	flags.Float64Var(&f.Lambda, "lambda", 0, "coupling `lambda` between neighbouring modules")
	flags.Float64SliceVar(&f.Replicas, "replicas", []float64{2, 3, 7}, "numbers `y` of fixed points taken at once, also inf")
	flags.Lookup("replicas").DefValue = "2,3,7" // cobra writes six digits after the point
	f.add(cmd)
	between(cmd, 2, 100_000, "points")
	between(cmd, 1, 10_000, "modules")
	for _, name := range []string{"from", "to", "points", "self-coupling", "margin", "input", "modules", "lambda", "replicas"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// curveList lists the curves for the help text.
func curveList() string {
	var list strings.Builder
	for _, c := range survey.Curves() {
		fmt.Fprintf(&list, "  %-10s %s\n", c.Name, strings.ToLower(c.Title[:1])+c.Title[1:])
	}
	return list.String()
}

func completeCurves(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, c := range survey.Curves() {
		if len(args) == 0 {
			names = append(names, cobra.CompletionWithDesc(c.Name, c.Title))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// findCurve returns the curve of a name.
func findCurve(name string) (*survey.Curve, error) {
	var names []string
	for _, c := range survey.Curves() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	err := usagef("unknown curve %q", name)
	if near := spelling.Nearest(name, names); near != "" {
		return nil, withHint(err, "did you mean `basin theory %s`?", near)
	}
	return nil, withHint(err, "curves: %s", strings.Join(names, ", "))
}

// check checks the flags for a curve and fills in its range.
func (f *theoryFlags) check(cmd *cobra.Command, c *survey.Curve) error {
	for _, name := range []string{"self-coupling", "margin", "input", "modules", "lambda", "replicas"} {
		if cmd.Flags().Changed(name) && !slices.Contains(c.Uses, name) {
			return withHint(usagef("--%s has no meaning for the curve %s", name, c.Name), "it takes --%s", strings.Join(c.Uses, ", --"))
		}
	}
	if !cmd.Flags().Changed("from") {
		f.from = c.From
	}
	if !cmd.Flags().Changed("to") {
		f.to = c.To
	}
	if !cmd.Flags().Changed("modules") {
		f.Modules = max(1, c.Modules)
	}
	switch {
	case !(f.from < f.to) || math.IsInf(f.from, 0) || math.IsInf(f.to, 0):
		return withHint(usagef("--from %v --to %v, want finite numbers, the first below the second", f.from, f.to), "the axis is %s", c.Axis)
	case !(f.Input >= 0):
		return usagef("--input %v, want 0 or more", f.Input)
	case f.Modules == 1 && cmd.Flags().Changed("lambda"):
		return withHint(usagef("--lambda couples modules, and there is one"), "--modules sets their number")
	case len(f.Replicas) == 0:
		return usagef("--replicas is empty, want one number or more")
	}
	return f.output.check()
}

func (f *theoryFlags) run(cmd *cobra.Command, name string) error {
	c, err := findCurve(name)
	if err != nil {
		return err
	}
	if err := f.check(cmd, c); err != nil {
		return err
	}
	t, err := c.Tabulate(cmd.Context(), f.Parameters, f.from, f.to, f.points)
	var outside *survey.DomainError
	if errors.As(err, &outside) {
		return withHint(err, "--from and --to set the range, which is %v to %v by default", c.From, c.To)
	}
	if err != nil {
		return err
	}
	return f.write(cmd.OutOrStdout(), table{t}, func(file string) error { return table{t}.draw(c, file) })
}

// table is a curve in numbers: how it is printed.
type table struct{ *survey.Table }

func (t table) print(w io.Writer) error {
	fmt.Fprintf(w, "%s: %s\n", t.Curve, t.Standing)
	for _, note := range t.Notes {
		fmt.Fprintln(w, note)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, strings.Join(t.Columns, "\t")+"\t")
	for _, row := range t.Rows {
		fmt.Fprintf(table, "%.5g\t", float64(row[0]))
		for _, v := range row[1:] {
			fmt.Fprintf(table, "%.6g\t", float64(v))
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

func (t table) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	if err := lines.Write(t.Columns); err != nil {
		return err
	}
	for _, row := range t.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, v.Exact())
		}
		if err := lines.Write(cells); err != nil {
			return err
		}
	}
	lines.Flush()
	return lines.Error()
}

// draw draws all columns into a file.
func (t table) draw(c *survey.Curve, file string) error {
	f := figure.Figure{Title: c.Title + " (" + c.Kind + ")", X: c.Axis, Y: c.Unit, LogY: c.Logarithmic}
	for k, name := range t.Columns[1:] {
		line := figure.Curve{Label: name, Plain: true}
		for _, row := range t.Rows {
			line.X, line.Y = append(line.X, float64(row[0])), append(line.Y, float64(row[k+1]))
		}
		f.Curves = append(f.Curves, line)
	}
	return savePlot(file, f)
}
