package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
)

// stored returns the rows of a margin and what it is a multiple of.
func stored(t *experiment.Table, margin experiment.Place, held string) *experiment.Table {
	return t.Where("margin", margin).Where("held", experiment.Word(held))
}

// loads returns the shares of neurons that hold all patterns over the loads as they are,
// patterns being whole, with the standard errors of so many neurons.
func loads(t *experiment.Table, label string) experiment.Curve {
	c := experiment.Curve{Label: label}
	for _, row := range t.Rows {
		k, _ := t.At(row, "margin").Number()
		bound, err := storageBound(k, t.At(row, "held").String())
		s, ok := row.Values["solved"]
		if err != nil || !ok {
			continue
		}
		trials := t.Number(row, "neurons") * float64(row.Seeds)
		c.X, c.Y = append(c.X, row.Values["alpha"].Mean/bound), append(c.Y, s.Mean)
		c.Errors = append(c.Errors, math.Sqrt(s.Mean*(1-s.Mean)/trials))
	}
	return c
}

// crossing returns where a curve that falls passes a value, between its points; false
// where it does not.
func crossing(c experiment.Curve, value float64) (float64, bool) {
	for k := 1; k < len(c.X); k++ {
		if c.Y[k-1] >= value && c.Y[k] < value {
			return c.X[k-1] + (c.Y[k-1]-value)/(c.Y[k-1]-c.Y[k])*(c.X[k]-c.X[k-1]), true
		}
	}
	return 0, false
}

func capacityFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, margin := range t.Places("margin") {
		figures = append(figures, solvedFigure(stored(t, margin, byNorm), margin))
	}
	return append(figures, passesFigure(t), numberFigure(t), reachedFigure(t))
}

// solvedFigure draws the share of neurons against the load for each N.
func solvedFigure(t *experiment.Table, margin experiment.Place) experiment.Figure {
	f := experiment.Figure{
		Name: "solved-" + strings.ReplaceAll(margin.String(), "-", "minus-"), Title: fmt.Sprintf("Neurons that hold all patterns, k = %s", margin), X: "load alpha / alpha_c(k)", Y: "neurons, %", Percent: true,
		Caption: "Share of neurons for which all patterns are stable with the margin k |J_i| within the passes. Bars of one standard error, of so many neurons. Grey: the Gardner bound, of many neurons and passes without end.",
	}
	k, _ := margin.Number()
	var lines []experiment.Curve
	for _, n := range t.Places("neurons") {
		f.Curves = append(f.Curves, loads(t.Where("neurons", n), "N = "+n.String()))
		if neurons, _ := n.Number(); k == 0 {
			exact := experiment.Curve{Label: "N = " + n.String() + ", exact", Plain: true, Dashed: true}
			for load := 0.6; load < 1.4; load += 0.01 {
				patterns := math.Round(2 * load * neurons)
				exact.X, exact.Y = append(exact.X, patterns/(2*neurons)), append(exact.Y, separable(patterns, neurons-1))
			}
			lines = append(lines, exact)
		}
	}
	switch {
	case k == 0:
		f.Caption += " Dashed: the share of random dichotomies that couplings exist for at this N (Cover)."
	case k < 0:
		f.Caption += " With k < 0 it is replica symmetric and an upper bound only."
	}
	f.Curves = experiment.Paired(f.Curves, lines)
	if len(t.Rows) > 0 {
		f.Curves = append(f.Curves, experiment.Curve{Label: "Gardner bound", X: []float64{1, 1}, Y: []float64{0, 1}, Published: true, Plain: true})
	}
	return f
}

// separable is the share of the dichotomies of P points in general position that a plane
// through the origin of n dimensions separates: 2^(1-P) sum_{k<n} C(P-1, k) (Cover 1965).
func separable(points, dimensions float64) float64 {
	if points <= dimensions {
		return 1
	}
	logGamma := func(x float64) float64 { l, _ := math.Lgamma(x); return l }
	sum := 0.0
	for k := 0.0; k < dimensions; k++ {
		sum += math.Exp(logGamma(points) - logGamma(k+1) - logGamma(points-k) - (points-1)*math.Ln2)
	}
	return min(1, sum)
}

// passesFigure draws the load that half of the neurons hold against the passes.
func passesFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "passes", Title: "The load that half of the neurons hold", X: "passes over the patterns", Y: "load alpha / alpha_c(k)", LogX: true,
		Caption: "By the passes that are allowed, at the largest N of each margin, between the loads of the grid. Grey: the Gardner bound.",
	}
	most := 1.0
	for _, margin := range t.Places("margin") {
		part := largest(stored(t, margin, byNorm))
		c := halves(part)
		c.Label = "k = " + margin.String() + sizeLabel(part)
		f.Curves = append(f.Curves, c)
		if len(c.X) > 0 {
			most = max(most, c.X[len(c.X)-1])
		}
	}
	if most > 1 {
		f.Curves = append(f.Curves, experiment.Curve{Label: "Gardner bound", X: []float64{1, most}, Y: []float64{1, 1}, Published: true, Plain: true})
	}
	return f
}

// largest returns the rows of the largest N.
func largest(t *experiment.Table) *experiment.Table {
	places := t.Places("neurons")
	if len(places) == 0 {
		return t
	}
	return t.Where("neurons", places[len(places)-1])
}

// sizeLabel names the only N of a table.
func sizeLabel(t *experiment.Table) string {
	if places := t.Places("neurons"); len(places) > 0 {
		return ", N = " + places[0].String()
	}
	return ""
}

// halves returns the load that half of the neurons hold over the passes.
func halves(t *experiment.Table) experiment.Curve {
	var halves experiment.Curve
	if len(t.Rows) == 0 {
		return halves
	}
	ends := loads(t, "")
	for at, pass := range t.Rows[0].Series["solved"].X {
		c := experiment.Curve{}
		for k, row := range t.Rows {
			if s := row.Series["solved"]; at < len(s.Y) {
				c.X, c.Y = append(c.X, ends.X[k]), append(c.Y, s.Y[at])
			}
		}
		if load, ok := crossing(c, 0.5); ok {
			halves.X, halves.Y = append(halves.X, pass), append(halves.Y, load)
		}
	}
	return halves
}

// numberFigure draws the share of neurons where kappa and J_D are fixed numbers.
func numberFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "number", Title: "Neurons that hold all patterns, kappa - J_D a fixed number", X: "load alpha / alpha_c", Y: "neurons, %", Percent: true,
		Caption: "For k > 0 the load is alpha / alpha_c(0), for k < 0 alpha / alpha_c(k), a bound that couplings which may shrink do not have. Bars of one standard error.",
	}
	for _, margin := range t.Places("margin") {
		part := stored(t, margin, byNumber)
		f.Curves = append(f.Curves, loads(part, "kappa - J_D = "+margin.String()+sizeLabel(part)))
	}
	return f
}

// reachedFigure draws the margin over the norm that fixed numbers end with, beside the
// greatest that there is.
func reachedFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "margin", Title: "Margin over the norm, kappa - J_D = 0.5 a fixed number", X: "patterns per neuron alpha", Y: "least s_i h_i / |J_i|, without J_D",
		Caption: "Mean over the neurons that hold all patterns. Where not all do these are the lucky ones, which may lie above the bound. Grey: the Gardner bound, the greatest margin of many neurons.",
	}
	part := stored(t, experiment.Number(0.5), byNumber)
	c := experiment.Curve{Label: "the rule" + sizeLabel(part)}
	for _, row := range part.Rows {
		if s, ok := row.Values["reached"]; ok {
			c.X, c.Y = append(c.X, row.Values["alpha"].Mean), append(c.Y, s.Mean)
		}
	}
	if len(c.X) == 0 {
		return f
	}
	bound := experiment.Curve{Label: "Gardner bound", Published: true, Plain: true}
	for k := 0.0; k < 3; k += 0.02 {
		if alpha, err := storageBound(k, byNorm); err == nil && alpha >= c.X[0] {
			bound.X, bound.Y = append(bound.X, alpha), append(bound.Y, k)
		}
	}
	f.Curves = []experiment.Curve{c, bound}
	return f
}
