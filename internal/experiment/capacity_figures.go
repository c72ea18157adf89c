package experiment

import (
	"fmt"
	"math"
	"strings"
)

// stored returns the rows of a margin and what it is a multiple of.
func (t *Table) stored(margin Place, held string) *Table {
	return t.Where("margin", margin).Where("held", Word(held))
}

// loads returns the shares of neurons that hold all patterns over the loads as they are,
// patterns being whole, with the standard errors of so many neurons.
func (t *Table) loads(label string) Curve {
	c := Curve{Label: label}
	for _, row := range t.Rows {
		k, _ := t.At(row, "margin").Number()
		bound, err := storageBound(k, t.At(row, "held").String())
		s, ok := row.Values["solved"]
		if err != nil || !ok {
			continue
		}
		trials := t.of(row, "neurons") * float64(row.Seeds)
		c.X, c.Y = append(c.X, row.Values["alpha"].Mean/bound), append(c.Y, s.Mean)
		c.Errors = append(c.Errors, math.Sqrt(s.Mean*(1-s.Mean)/trials))
	}
	return c
}

// crossing returns where a curve that falls passes a value, between its points; false
// where it does not.
func (c Curve) crossing(value float64) (float64, bool) {
	for k := 1; k < len(c.X); k++ {
		if c.Y[k-1] >= value && c.Y[k] < value {
			return c.X[k-1] + (c.Y[k-1]-value)/(c.Y[k-1]-c.Y[k])*(c.X[k]-c.X[k-1]), true
		}
	}
	return 0, false
}

func capacityFigures(t *Table) []Figure {
	var figures []Figure
	for _, margin := range t.Places("margin") {
		figures = append(figures, solvedFigure(t.stored(margin, byNorm), margin))
	}
	return append(figures, passesFigure(t), numberFigure(t), reachedFigure(t))
}

// solvedFigure draws the share of neurons against the load for each N.
func solvedFigure(t *Table, margin Place) Figure {
	f := Figure{
		Name: "solved-" + strings.ReplaceAll(margin.String(), "-", "minus-"), Title: fmt.Sprintf("Neurons that hold all patterns, k = %s", margin), X: "load alpha / alpha_c(k)", Y: "neurons, %", Percent: true,
		Caption: "Share of neurons for which all patterns are stable with the margin k |J_i| within the passes. Bars of one standard error, of so many neurons. Grey: the Gardner bound, of many neurons and passes without end.",
	}
	k, _ := margin.Number()
	var lines []Curve
	for _, n := range t.Places("neurons") {
		f.Curves = append(f.Curves, t.Where("neurons", n).loads("N = "+n.String()))
		if neurons, _ := n.Number(); k == 0 {
			exact := Curve{Label: "N = " + n.String() + ", exact", Plain: true, Dashed: true}
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
	f.Curves = paired(f.Curves, lines)
	if len(t.Rows) > 0 {
		f.Curves = append(f.Curves, Curve{Label: "Gardner bound", X: []float64{1, 1}, Y: []float64{0, 1}, Published: true, Plain: true})
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
func passesFigure(t *Table) Figure {
	f := Figure{
		Name: "passes", Title: "The load that half of the neurons hold", X: "passes over the patterns", Y: "load alpha / alpha_c(k)", LogX: true,
		Caption: "By the passes that are allowed, at the largest N of each margin, between the loads of the grid. Grey: the Gardner bound.",
	}
	most := 1.0
	for _, margin := range t.Places("margin") {
		part := t.stored(margin, byNorm).largest()
		c := part.halves()
		c.Label = "k = " + margin.String() + part.sizeLabel()
		f.Curves = append(f.Curves, c)
		if len(c.X) > 0 {
			most = max(most, c.X[len(c.X)-1])
		}
	}
	if most > 1 {
		f.Curves = append(f.Curves, Curve{Label: "Gardner bound", X: []float64{1, most}, Y: []float64{1, 1}, Published: true, Plain: true})
	}
	return f
}

// largest returns the rows of the largest N.
func (t *Table) largest() *Table {
	places := t.Places("neurons")
	if len(places) == 0 {
		return t
	}
	return t.Where("neurons", places[len(places)-1])
}

// sizeLabel names the only N of a table.
func (t *Table) sizeLabel() string {
	if places := t.Places("neurons"); len(places) > 0 {
		return ", N = " + places[0].String()
	}
	return ""
}

// halves returns the load that half of the neurons hold over the passes.
func (t *Table) halves() Curve {
	var halves Curve
	if len(t.Rows) == 0 {
		return halves
	}
	ends := t.loads("")
	for at, pass := range t.Rows[0].Series["solved"].X {
		c := Curve{}
		for k, row := range t.Rows {
			if s := row.Series["solved"]; at < len(s.Y) {
				c.X, c.Y = append(c.X, ends.X[k]), append(c.Y, s.Y[at])
			}
		}
		if load, ok := c.crossing(0.5); ok {
			halves.X, halves.Y = append(halves.X, pass), append(halves.Y, load)
		}
	}
	return halves
}

// numberFigure draws the share of neurons where kappa and J_D are fixed numbers.
func numberFigure(t *Table) Figure {
	f := Figure{
		Name: "number", Title: "Neurons that hold all patterns, kappa - J_D a fixed number", X: "load alpha / alpha_c", Y: "neurons, %", Percent: true,
		Caption: "For k > 0 the load is alpha / alpha_c(0), for k < 0 alpha / alpha_c(k), a bound that couplings which may shrink do not have. Bars of one standard error.",
	}
	for _, margin := range t.Places("margin") {
		part := t.stored(margin, byNumber)
		f.Curves = append(f.Curves, part.loads("kappa - J_D = "+margin.String()+part.sizeLabel()))
	}
	return f
}

// reachedFigure draws the margin over the norm that fixed numbers end with, beside the
// greatest that there is.
func reachedFigure(t *Table) Figure {
	f := Figure{
		Name: "margin", Title: "Margin over the norm, kappa - J_D = 0.5 a fixed number", X: "patterns per neuron alpha", Y: "least s_i h_i / |J_i|, without J_D",
		Caption: "Mean over the neurons that hold all patterns. Where not all do these are the lucky ones, which may lie above the bound. Grey: the Gardner bound, the greatest margin of many neurons.",
	}
	part := t.stored(Number(0.5), byNumber)
	c := Curve{Label: "the rule" + part.sizeLabel()}
	for _, row := range part.Rows {
		if s, ok := row.Values["reached"]; ok {
			c.X, c.Y = append(c.X, row.Values["alpha"].Mean), append(c.Y, s.Mean)
		}
	}
	if len(c.X) == 0 {
		return f
	}
	bound := Curve{Label: "Gardner bound", Published: true, Plain: true}
	for k := 0.0; k < 3; k += 0.02 {
		if alpha, err := storageBound(k, byNorm); err == nil && alpha >= c.X[0] {
			bound.X, bound.Y = append(bound.X, alpha), append(bound.Y, k)
		}
	}
	f.Curves = []Curve{c, bound}
	return f
}
