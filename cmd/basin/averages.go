package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"basin/internal/figure"
)

// measured is a mean over draws and, where there is a formula, what theory says.
type measured struct {
	Mean   value    `json:"mean"`
	Error  value    `json:"standard_error"`
	Theory *float64 `json:"theory,omitempty"`
}

// taken is what a census of many draws gave.
type taken struct {
	Neurons      int     `json:"neurons_per_module"`
	Modules      int     `json:"modules"`
	SelfCoupling float64 `json:"self_coupling"`
	Lambda       float64 `json:"lambda"`
	Gain         float64 `json:"gain"`
	Density      float64 `json:"density"`
	Input        float64 `json:"input"`
	Margin       float64 `json:"margin"`
	Draws        int     `json:"draws"`
	Seed         uint64  `json:"seed"`
	// Exact says that theory is for networks of this very kind: dense ones. With fewer
	// couplings it is the limit of many neurons.
	Exact bool `json:"theory_is_exact"`
	// Count is that of fixed points, Exponent (1/(L N)) ln of its mean, Sigma the
	// exponent for N to infinity, Spread the standard deviation of the count over its mean.
	Count    measured `json:"fixed_points"`
	Exponent measured `json:"exponent"`
	Sigma    float64  `json:"sigma"`
	Spread   measured `json:"spread"`
	// Distance is that within which fixed points are neighbours. Neighbours counts those
	// of one drawn from the fixed points of all draws, NeighboursReached those of one
	// that a random start reaches by sequential sweeps. Largest is the share of the
	// largest component, over draws with a fixed point; absent without two of them.
	Distance          int       `json:"distance"`
	Neighbours        measured  `json:"neighbours"`
	NeighboursReached measured  `json:"neighbours_of_reached"`
	Largest           *measured `json:"largest_component_share,omitempty"`
	// Parallel and Sequential are the shares of random starts that come to rest.
	Parallel   measured `json:"settled_parallel"`
	Sequential measured `json:"settled_sequential"`
	// Margins is the mean of s_i h_i over the neurons of all fixed points.
	Margins measured `json:"mean_margin"`
	// Pairs are ordered pairs by Hamming distance 0..L N.
	Pairs []measured `json:"pairs"`
}

// meanOf returns the mean and standard error of the values that are numbers; nil with
// fewer than two.
func meanOf(values []float64) *measured {
	sum, squares, count := 0.0, 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, count = sum+v, count+1
		}
	}
	if count < 2 {
		return nil
	}
	mean := sum / count
	for _, v := range values {
		if !math.IsNaN(v) {
			squares += (v - mean) * (v - mean)
		}
	}
	return &measured{Mean: value(mean), Error: value(math.Sqrt(squares / (count - 1) / count))}
}

// text returns the columns of a table: mean, standard error, theory; a dash for what is
// not known.
func (m measured) text() string {
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
	*measured
}

// rows are the values other than pairs and sigma.
func (t *taken) rows() []row {
	d := strconv.Itoa(t.Distance)
	rows := []row{
		{"fixed_points", "fixed points", "", &t.Count},
		{"exponent", "exponent", "", &t.Exponent},
		{"spread", "spread", "", &t.Spread},
		{"neighbours", "neighbours (distance " + d + ")", d, &t.Neighbours},
		{"neighbours_of_reached", "neighbours of a reached one", d, &t.NeighboursReached},
	}
	if t.Largest != nil {
		rows = append(rows, row{"largest_component_share", "largest component", d, t.Largest})
	}
	return append(rows,
		row{"settled_parallel", "starts at rest, parallel", "", &t.Parallel},
		row{"settled_sequential", "starts at rest, sequential", "", &t.Sequential},
		row{"mean_margin", "mean margin", "", &t.Margins})
}

func (t *taken) print(w io.Writer) error {
	fmt.Fprintf(w, "%s from seed %d: %s of %s, J_D %g", counted(t.Draws, "draw"), t.Seed, counted(t.Modules, "module"), counted(t.Neurons, "neuron"), t.SelfCoupling)
	if t.Modules > 1 {
		fmt.Fprintf(w, ", lambda %g", t.Lambda)
	}
	fmt.Fprintf(w, ", gain %g, density %g, input %g, margin %g\n", t.Gain, t.Density, t.Input, t.Margin)
	standing := "theory: exact averages at this number of neurons"
	if !t.Exact {
		standing = "theory: exact for density 1; with fewer couplings only many neurons come near it"
	}
	fmt.Fprintf(w, "%s\n\n", standing)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tmean\terror\ttheory\t")
	for _, row := range t.rows() {
		fmt.Fprintf(table, "%s\t%s\n", row.title, row.text())
	}
	fmt.Fprintln(table, "pairs at distance\t\t\t\t")
	for k, pairs := range t.Pairs {
		fmt.Fprintf(table, "%d\t%s\n", k, pairs.text())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nsigma, the exponent of large networks: %.5g nats per neuron (first moment)\n", t.Sigma)
	return err
}

func (t *taken) printCSV(w io.Writer) error {
	lines := csv.NewWriter(w)
	rows := [][]string{{"quantity", "distance", "mean", "standard_error", "theory"}}
	add := func(name, distance string, m *measured) {
		theory := ""
		if m.Theory != nil {
			theory = value(*m.Theory).exact()
		}
		rows = append(rows, []string{name, distance, m.Mean.exact(), m.Error.exact(), theory})
	}
	for _, row := range t.rows() {
		add(row.name, row.distance, row.measured)
	}
	rows = append(rows, []string{"sigma", "", "", "", value(t.Sigma).exact()})
	for k := range t.Pairs {
		add("pairs", strconv.Itoa(k), &t.Pairs[k])
	}
	if err := lines.WriteAll(rows); err != nil {
		return err
	}
	return lines.Error()
}

// draw draws the pairs by distance into a file.
func (t *taken) draw(file string) error {
	found := figure.Curve{Label: fmt.Sprintf("census of %s, bars of one standard error", counted(t.Draws, "draw")), Points: true, Shade: 1}
	formula := figure.Curve{Label: "exact average", Plain: true, Shade: 2}
	if !t.Exact {
		formula.Label = "average at density 1"
	}
	for k, pairs := range t.Pairs {
		found.X, found.Y = append(found.X, float64(k)), append(found.Y, float64(pairs.Mean))
		found.Errors = append(found.Errors, float64(pairs.Error))
		if pairs.Theory != nil && t.Pairs[1].Theory != nil { // more than the count
			formula.X, formula.Y = append(formula.X, float64(k)), append(formula.Y, *pairs.Theory)
		}
	}
	f := figure.Figure{
		Title: fmt.Sprintf("Pairs of fixed points, N = %d, J_D = %g", t.Neurons*t.Modules, t.SelfCoupling),
		X:     "neurons that differ", Y: "mean number of pairs", LogY: true,
	}
	if len(formula.X) > 0 {
		f.Curves = append(f.Curves, formula)
	}
	f.Curves = append(f.Curves, found)
	return savePlot(file, f)
}
