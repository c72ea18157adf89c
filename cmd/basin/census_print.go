package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"basin/internal/figure"
	"basin/internal/survey"
)

// averages is a census of many draws, listing one of one network: how they are printed.
type (
	averages struct{ *survey.Averages }
	listing  struct{ *survey.Listing }
)

// text returns the columns of a table: mean, standard error, theory; a dash for what is
// not known.
func text(m survey.Measured) string {
	number := func(v float64, digits int) string {
		if math.IsNaN(v) {
			return "-"
		}
		return strconv.FormatFloat(v, 'g', digits, 64)
	}
	theory := math.NaN()
	if m.Theory != nil {
		theory = *m.Theory
	}
	return number(float64(m.Mean), 5) + "\t" + number(float64(m.Error), 2) + "\t" + number(theory, 5) + "\t"
}

// row is one value of the tables; its name is for programs, its title for people.
type row struct {
	name, title, distance string
	*survey.Measured
}

// rows are the values other than pairs and sigma.
func (a averages) rows() []row {
	d := strconv.Itoa(a.Distance)
	rows := []row{
		{"fixed_points", "fixed points", "", &a.Count},
		{"exponent", "exponent", "", &a.Exponent},
		{"spread", "spread", "", &a.Spread},
		{"neighbours", "neighbours (distance " + d + ")", d, &a.Neighbours},
		{"neighbours_of_reached", "neighbours of a reached one", d, &a.NeighboursReached},
	}
	if a.Largest != nil {
		rows = append(rows, row{"largest_component_share", "largest component", d, a.Largest})
	}
	return append(rows,
		row{"settled_parallel", "starts at rest, parallel", "", &a.Parallel},
		row{"settled_sequential", "starts at rest, sequential", "", &a.Sequential},
		row{"mean_margin", "mean margin", "", &a.Margins})
}

func (a averages) print(w io.Writer) error {
	fmt.Fprintf(w, "%s from seed %d: %s of %s, J_D %g", counted(a.Draws, "draw"), a.Seed, counted(a.Modules, "module"), counted(a.Neurons, "neuron"), a.SelfCoupling)
	if a.Modules > 1 {
		fmt.Fprintf(w, ", lambda %g", a.Lambda)
	}
	fmt.Fprintf(w, ", gain %g, density %g, input %g, margin %g\n", a.Gain, a.Density, a.Input, a.Margin)
	standing := "theory: exact averages at this number of neurons"
	if !a.TheoryIsExact {
		standing = "theory: exact for density 1; with fewer couplings only many neurons come near it"
	}
	fmt.Fprintf(w, "%s\n\n", standing)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tmean\terror\ttheory\t")
	for _, row := range a.rows() {
		fmt.Fprintf(table, "%s\t%s\n", row.title, text(*row.Measured))
	}
	fmt.Fprintln(table, "pairs at distance\t\t\t\t")
	for k, pairs := range a.Pairs {
		fmt.Fprintf(table, "%d\t%s\n", k, text(pairs))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nsigma, the exponent of large networks: %.5g nats per neuron (first moment)\n", a.Sigma)
	return err
}

func (a averages) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	rows := [][]string{{"quantity", "distance", "mean", "standard_error", "theory"}}
	add := func(name, distance string, m *survey.Measured) {
		theory := ""
		if m.Theory != nil {
			theory = survey.Number(*m.Theory).Exact()
		}
		rows = append(rows, []string{name, distance, m.Mean.Exact(), m.Error.Exact(), theory})
	}
	for _, row := range a.rows() {
		add(row.name, row.distance, row.Measured)
	}
	rows = append(rows, []string{"sigma", "", "", "", survey.Number(a.Sigma).Exact()})
	for k := range a.Pairs {
		add("pairs", strconv.Itoa(k), &a.Pairs[k])
	}
	if err := lines.WriteAll(rows); err != nil {
		return err
	}
	return lines.Error()
}

// draw draws the pairs by distance into a file.
func (a averages) draw(file string) error {
	found := figure.Curve{Label: fmt.Sprintf("census of %s, bars of one standard error", counted(a.Draws, "draw")), Points: true, Shade: 1}
	formula := figure.Curve{Label: "exact average", Plain: true, Shade: 2}
	if !a.TheoryIsExact {
		formula.Label = "average at density 1"
	}
	for k, pairs := range a.Pairs {
		found.X, found.Y = append(found.X, float64(k)), append(found.Y, float64(pairs.Mean))
		found.Errors = append(found.Errors, float64(pairs.Error))
		if pairs.Theory != nil && a.Pairs[1].Theory != nil { // more than the count
			formula.X, formula.Y = append(formula.X, float64(k)), append(formula.Y, *pairs.Theory)
		}
	}
	f := figure.Figure{
		Title: fmt.Sprintf("Pairs of fixed points, N = %d, J_D = %g", a.Neurons*a.Modules, a.SelfCoupling),
		X:     "neurons that differ", Y: "mean number of pairs", LogY: true,
	}
	if len(formula.X) > 0 {
		f.Curves = append(f.Curves, formula)
	}
	f.Curves = append(f.Curves, found)
	return savePlot(file, f)
}

func (l listing) print(w io.Writer) error {
	of := fmt.Sprintf("%d random starts", l.Starts)
	if l.AllStates {
		of = fmt.Sprintf("all %d states as starts", l.Starts)
	}
	fmt.Fprintf(w, "%s of the network of seed %d; basins: shares of %s\n\n", counted(len(l.FixedPoints), "fixed point"), l.Seed, of)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "state\tleast margin\tmean margin\tneighbours (distance %d)\tcomponent\tparallel\tsequential\t\n", l.Distance)
	for _, p := range l.FixedPoints {
		fmt.Fprintf(table, "%s\t%.3g\t%.3f\t%d\t%d\t%.4f\t%.4f\t\n", p.State, p.SmallestMargin, p.MeanMargin, p.Neighbours, p.Component, p.Parallel, p.Sequential)
	}
	fmt.Fprintf(table, "none\t\t\t\t\t%.4f\t%.4f\t\n", l.UnsettledParallel, l.UnsettledSequential)
	return table.Flush()
}

func (l listing) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	rows := [][]string{{"state", "smallest_margin", "mean_margin", "neighbours", "component", "basin_parallel", "basin_sequential"}}
	for _, p := range l.FixedPoints {
		rows = append(rows, []string{
			p.State, survey.Number(p.SmallestMargin).Exact(), survey.Number(p.MeanMargin).Exact(), strconv.FormatInt(p.Neighbours, 10), strconv.Itoa(p.Component),
			survey.Number(p.Parallel).Exact(), survey.Number(p.Sequential).Exact(),
		})
	}
	return lines.WriteAll(rows)
}
