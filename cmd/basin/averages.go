package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"gonum.org/v1/plot/plotter"
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
	Margin       float64 `json:"margin"`
	Draws        int     `json:"draws"`
	Seed         uint64  `json:"seed"`
	// Exact says that theory is for networks of this very kind: dense ones. With fewer
	// couplings it is the limit of many neurons.
	Exact bool `json:"theory_is_exact"`
	// Count is that of fixed points, Exponent (1/(L N)) ln of its mean, Sigma the
	// exponent for N to infinity.
	Count    measured `json:"fixed_points"`
	Exponent measured `json:"exponent"`
	Sigma    float64  `json:"sigma"`
	// Pairs are ordered pairs by Hamming distance 0..L N.
	Pairs []measured `json:"pairs"`
	// Distance is that within which fixed points are joined, Largest the share of the
	// largest component, over draws with a fixed point; absent without two of them.
	Distance int       `json:"distance"`
	Largest  *measured `json:"largest_component_share,omitempty"`
	// Cycles is the share of states from which parallel sweeps end in a cycle.
	Cycles *measured `json:"cycle_share,omitempty"`
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

// text returns the columns of a table: mean, standard error, theory.
func (m measured) text() string {
	theory := "-"
	if m.Theory != nil {
		theory = fmt.Sprintf("%.5g", *m.Theory)
	}
	return fmt.Sprintf("%.5g\t%.2g\t%s\t", float64(m.Mean), float64(m.Error), theory)
}

func (t *taken) print(w io.Writer) error {
	fmt.Fprintf(w, "%s from seed %d: %s of %s, J_D %g", counted(t.Draws, "draw"), t.Seed, counted(t.Modules, "module"), counted(t.Neurons, "neuron"), t.SelfCoupling)
	if t.Modules > 1 {
		fmt.Fprintf(w, ", lambda %g", t.Lambda)
	}
	fmt.Fprintf(w, ", gain %g, density %g, margin %g\n", t.Gain, t.Density, t.Margin)
	standing := "theory: exact averages at this number of neurons"
	if !t.Exact {
		standing = "theory: exact for density 1; with fewer couplings only many neurons come near it"
	}
	fmt.Fprintf(w, "%s\n\n", standing)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tmean\terror\ttheory\t")
	fmt.Fprintf(table, "fixed points\t%s\n", t.Count.text())
	fmt.Fprintf(table, "exponent\t%s\n", t.Exponent.text())
	if t.Largest != nil {
		fmt.Fprintf(table, "largest component (distance %d)\t%s\n", t.Distance, t.Largest.text())
	}
	if t.Cycles != nil {
		fmt.Fprintf(table, "starts in cycles\t%s\n", t.Cycles.text())
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
		if m == nil {
			return
		}
		theory := ""
		if m.Theory != nil {
			theory = value(*m.Theory).exact()
		}
		rows = append(rows, []string{name, distance, m.Mean.exact(), m.Error.exact(), theory})
	}
	add("fixed_points", "", &t.Count)
	add("exponent", "", &t.Exponent)
	rows = append(rows, []string{"sigma", "", "", "", value(t.Sigma).exact()})
	add("largest_component_share", strconv.Itoa(t.Distance), t.Largest)
	add("cycle_share", "", t.Cycles)
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
	found := drawn{label: fmt.Sprintf("census of %s, bars of one standard error", counted(t.Draws, "draw")), errors: []float64{}, shade: shades[0]}
	formula := drawn{label: "exact average", shade: shades[1]}
	if !t.Exact {
		formula.label = "average at density 1"
	}
	for k, pairs := range t.Pairs {
		found.points = append(found.points, plotter.XY{X: float64(k), Y: float64(pairs.Mean)})
		found.errors = append(found.errors, float64(pairs.Error))
		if pairs.Theory != nil && t.Modules == 1 {
			formula.points = append(formula.points, plotter.XY{X: float64(k), Y: *pairs.Theory})
		}
	}
	f := figure{
		title: fmt.Sprintf("Pairs of fixed points, N = %d, J_D = %g", t.Neurons*t.Modules, t.SelfCoupling),
		x:     "neurons that differ", y: "mean number of pairs", logY: true,
	}
	if len(formula.points) > 0 {
		f.curves = append(f.curves, formula)
	}
	f.curves = append(f.curves, found)
	return f.save(file)
}
