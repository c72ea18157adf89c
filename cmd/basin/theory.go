package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/internal/figure"
	"basin/internal/spelling"
	"basin/theory"
)

// theoryFlags are the flags of basin theory.
type theoryFlags struct {
	from, to     float64
	points       int
	selfCoupling float64
	margin       float64
	input        float64
	modules      int
	lambda       float64
	replicas     []float64
	format       string
	plot         string
}

// ensemble is the module that the flags describe.
func (f *theoryFlags) ensemble() theory.Ensemble {
	return theory.Ensemble{SelfCoupling: f.selfCoupling, InputVariance: f.input * f.input, Margin: f.margin}
}

// tabulated is a curve in numbers.
type tabulated struct {
	Curve string `json:"curve"`
	// Standing says what the numbers are: exact, or a first-moment bound.
	Standing string   `json:"standing"`
	Notes    []string `json:"notes,omitempty"`
	// Columns are the names of the values of a row; the first is the axis.
	Columns []string  `json:"columns"`
	Rows    [][]value `json:"rows"`
}

// value is a number whose JSON is null where it is not finite.
type value float64

// MarshalJSON returns the number, null if JSON has none.
func (v value) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
		return []byte("null"), nil
	}
	return []byte(v.exact()), nil
}

func (v value) exact() string { return strconv.FormatFloat(float64(v), 'g', -1, 64) }

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
	flags.Float64Var(&f.selfCoupling, "self-coupling", 0.3, "self-coupling `J_D`")
	flags.Float64Var(&f.margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	flags.Float64Var(&f.input, "input", 0, "standard deviation `a` of the input field")
	flags.IntVar(&f.modules, "modules", 0, "`number` of modules in a chain (default 3 for the curve chain, else 1)")
	flags.Float64Var(&f.lambda, "lambda", 0, "coupling `lambda` between neighbouring modules")
	flags.Float64SliceVar(&f.replicas, "replicas", []float64{2, 3, 7}, "numbers `y` of fixed points taken at once, also inf")
	addOutput(cmd, &f.format, &f.plot)
	for _, name := range []string{"from", "to", "points", "self-coupling", "margin", "input", "modules", "lambda", "replicas"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// addOutput adds the flags that say how a table is written and drawn.
func addOutput(cmd *cobra.Command, format, plot *string) {
	cmd.Flags().StringVarP(format, "format", "f", "text", "`form` of the output: text, json or csv")
	cmd.Flags().StringVar(plot, "plot", "", "draw into this SVG or PNG `file` too")
	complete(cmd, "format", cobra.FixedCompletions(predictFormats, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "plot", completeFiles("svg", "png"))
}

// checkOutput checks the flags of addOutput.
func checkOutput(format, plot string) error {
	if slices.Contains(predictFormats, format) {
		return checkPlot(plot)
	}
	err := usagef("--format %q, want text, json or csv", format)
	if near := spelling.Nearest(format, predictFormats); near != "" {
		err = withHint(err, "did you mean --format %s?", near)
	}
	return errors.Join(err, checkPlot(plot))
}

// findCurve returns the curve of a name.
func findCurve(name string) (*curve, error) {
	var names []string
	for k := range curves {
		if curves[k].name == name {
			return &curves[k], nil
		}
		names = append(names, curves[k].name)
	}
	err := usagef("unknown curve %q", name)
	if near := spelling.Nearest(name, names); near != "" {
		return nil, withHint(err, "did you mean `basin theory %s`?", near)
	}
	return nil, withHint(err, "curves: %s", strings.Join(names, ", "))
}

// check checks the flags for a curve and fills in its range.
func (f *theoryFlags) check(cmd *cobra.Command, c *curve) error {
	for _, name := range []string{"self-coupling", "margin", "input", "modules", "lambda", "replicas"} {
		if cmd.Flags().Changed(name) && !slices.Contains(c.uses, name) {
			return withHint(usagef("--%s has no meaning for the curve %s", name, c.name), "it takes --%s", strings.Join(c.uses, ", --"))
		}
	}
	if !cmd.Flags().Changed("from") {
		f.from = c.from
	}
	if !cmd.Flags().Changed("to") {
		f.to = c.to
	}
	if !cmd.Flags().Changed("modules") {
		f.modules = max(1, c.modules)
	}
	switch {
	case !(f.from < f.to) || math.IsInf(f.from, 0) || math.IsInf(f.to, 0):
		return withHint(usagef("--from %v --to %v, want finite numbers, the first below the second", f.from, f.to), "the axis is %s", c.axis)
	case f.points < 2 || f.points > 100000:
		return usagef("--points %d, want 2 to 100000", f.points)
	case !(f.input >= 0):
		return usagef("--input %v, want 0 or more", f.input)
	case f.modules < 1:
		return usagef("--modules %d, want 1 or more", f.modules)
	case f.modules == 1 && cmd.Flags().Changed("lambda"):
		return withHint(usagef("--lambda couples modules, and there is one"), "--modules sets their number")
	case len(f.replicas) == 0:
		return usagef("--replicas is empty, want one number or more")
	}
	return checkOutput(f.format, f.plot)
}

func (f *theoryFlags) run(cmd *cobra.Command, name string) error {
	c, err := findCurve(name)
	if err != nil {
		return err
	}
	if err := f.check(cmd, c); err != nil {
		return err
	}
	t, err := f.tabulate(cmd, c)
	if err != nil {
		return err
	}
	if f.plot != "" {
		if err := t.draw(c, f.plot); err != nil {
			return err
		}
	}
	switch f.format {
	case "json":
		return printJSON(cmd.OutOrStdout(), t)
	case "csv":
		return t.printCSV(cmd.OutOrStdout())
	}
	return t.print(cmd.OutOrStdout())
}

// tabulate computes the rows of a curve.
func (f *theoryFlags) tabulate(cmd *cobra.Command, c *curve) (*tabulated, error) {
	columns, notes, err := c.columns(f)
	if err != nil {
		return nil, err
	}
	t := &tabulated{Curve: c.name, Standing: c.standing, Notes: notes, Columns: []string{c.axis}}
	for _, column := range columns {
		t.Columns = append(t.Columns, column.name)
	}
	for k := range f.points {
		if err := cmd.Context().Err(); err != nil {
			return nil, err
		}
		share := float64(k) / float64(f.points-1)
		x := f.from*(1-share) + f.to*share
		row := []value{value(x)}
		for _, column := range columns {
			y, err := column.at(x)
			if err != nil {
				return nil, withHint(fmt.Errorf("%s at %s %.6g: %w", column.name, c.axis, x, err), "--from and --to set the range, which is %v to %v by default", c.from, c.to)
			}
			row = append(row, value(y))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func (t *tabulated) print(w io.Writer) error {
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

func (t *tabulated) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	if err := lines.Write(t.Columns); err != nil {
		return err
	}
	for _, row := range t.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, v.exact())
		}
		if err := lines.Write(cells); err != nil {
			return err
		}
	}
	lines.Flush()
	return lines.Error()
}

// draw draws all columns into a file.
func (t *tabulated) draw(c *curve, file string) error {
	f := figure.Figure{Title: c.title + " (" + c.kind + ")", X: c.axis, Y: c.unit, LogY: c.logarithmic}
	for k, name := range t.Columns[1:] {
		line := figure.Curve{Label: name, Plain: true}
		for _, row := range t.Rows {
			line.X, line.Y = append(line.X, float64(row[0])), append(line.Y, float64(row[k+1]))
		}
		f.Curves = append(f.Curves, line)
	}
	return savePlot(file, f)
}
