package recipes

import (
	"context"
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
	"basin/internal/survey"
	"basin/theory"
)

// kindOf returns the networks of a row.
func kindOf(t *experiment.Table, row experiment.Row) survey.Kind {
	return censusOf{
		Modules: int(t.Number(row, "modules")), Neurons: int(t.Number(row, "neurons")),
		SelfCoupling: t.Number(row, "self_coupling"), Lambda: t.Number(row, "lambda"),
	}.kind()
}

// exponents returns (1/N) ln of the mean number of fixed points over an axis, with
// standard errors.
func exponents(t *experiment.Table, label string, x func(experiment.Row) float64) experiment.Curve {
	c := experiment.Curve{Label: label, Points: true}
	for _, row := range t.Rows {
		if s, ok := row.Values["count"]; ok && s.Mean > 0 {
			n := t.Number(row, "neurons")
			c.X, c.Y, c.Errors = append(c.X, x(row)), append(c.Y, math.Log(s.Mean)/n), append(c.Errors, standardError(row, "count")/s.Mean/n)
		}
	}
	return c
}

// line returns a formula over an axis, without the places where it is not defined.
func line(label string, from, to float64, at func(x float64) (float64, error)) experiment.Curve {
	const steps = 80
	c := experiment.Curve{Label: label, Plain: true}
	for k := range steps + 1 {
		x := from + (to-from)*float64(k)/steps
		if y, err := at(x); err == nil && !math.IsInf(y, 0) {
			c.X, c.Y = append(c.X, x), append(c.Y, y)
		}
	}
	return c
}

// means returns the means of a value over an axis, with the standard errors of the draws.
func means(t *experiment.Table, label, axis, value string) experiment.Curve {
	c := t.Curve(label, axis, value)
	c.Errors = nil
	for _, row := range t.Rows {
		if _, ok := row.Values[value]; ok {
			c.Errors = append(c.Errors, standardError(row, value))
		}
	}
	return c
}

// singles are the rows of one module, chained those of a number of modules without
// self-coupling.
func singles(t *experiment.Table) *experiment.Table { return t.Where("modules", experiment.Number(1)) }

func chained(t *experiment.Table, modules float64) *experiment.Table {
	return t.Where("modules", experiment.Number(modules)).Where("self_coupling", experiment.Number(0))
}

func manifoldFigures(t *experiment.Table) []experiment.Figure {
	return []experiment.Figure{
		exponentFigure(t), sizeFigure(t), lambdaFigure(t), aroundFigure(t), neighbourFigure(t),
		restFigure(t), componentFigure(t), planeFigure(t), marginFigure(t),
	}
}

func exponentFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "exponent", Title: "Number of fixed points against the self-coupling", X: "self-coupling J_D", Y: "(1/N) ln of the mean number, nats",
		Caption: "One module. Points: census, bars of one standard error. Line: the entropy of many neurons, ln 2 + ln Phi(J_D), a first moment that is " +
			"exact for J_D > 0. Points lie above it: at finite N a neuron receives N - 1 random couplings, not N.",
	}
	singles := singles(t)
	for _, n := range singles.Places("neurons") {
		part := singles.Where("neurons", n)
		f.Curves = append(f.Curves, exponents(part, "N = "+n.String(), func(r experiment.Row) float64 { return part.Number(r, "self_coupling") }))
	}
	if len(f.Curves) > 0 {
		f.Curves = append(f.Curves, line("many neurons", 0, 0.8, func(x float64) (float64, error) { return theory.Ensemble{SelfCoupling: x}.Entropy() }))
	}
	return f
}

func sizeFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "size", Title: "Number of fixed points against the number of neurons", X: "1/N", Y: "(1/N) ln of the mean number, nats",
		Caption: "One module. Points: census, bars of one standard error. Lines: exact average at each N, ln 2 + ln Phi(J_D sqrt(N/(N-1))); at 1/N = 0 the " +
			"entropy of many neurons. No line is fitted.",
	}
	var points, lines []experiment.Curve
	singles := singles(t)
	for _, jd := range singles.Places("self_coupling") {
		part := singles.Where("self_coupling", jd)
		points = append(points, exponents(part, "J_D = "+jd.String(), func(r experiment.Row) float64 { return 1 / part.Number(r, "neurons") }))
		x, _ := jd.Number()
		lines = append(lines, line("", 0, 0.13, func(inverse float64) (float64, error) {
			// At finite N the entropy of many neurons with fields in units of sigma.
			return theory.Ensemble{SelfCoupling: x / math.Sqrt(1-inverse)}.Entropy()
		}))
	}
	f.Curves = experiment.Paired(points, lines)
	return f
}

func lambdaFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "lambda", Title: "Number of fixed points of chains without self-coupling", X: "lambda", Y: "(1/N) ln of the mean number, nats",
		Caption: "Modules that have no self-coupling hold each other. Points: census, bars of one standard error; N counts all modules. Lines: chains of many neurons " +
			"by the transfer matrix with its ends, first moments that are exact for lambda > 0 as far as was tried.",
	}
	var points, lines []experiment.Curve
	for _, modules := range []float64{2, 3} {
		rows := chained(t, modules)
		for _, n := range rows.Places("neurons") {
			part := rows.Where("neurons", n)
			points = append(points, exponents(part, fmt.Sprintf("L = %v, N = %s", modules, n), func(r experiment.Row) float64 { return part.Number(r, "lambda") }))
		}
		if len(rows.Rows) > 0 {
			lines = append(lines, line(fmt.Sprintf("L = %v, many neurons", modules), 0, 2, func(x float64) (float64, error) {
				return theory.Chain{Modules: int(modules), Lambda: x}.Entropy()
			}))
		}
	}
	f.Curves = experiment.Paired(points, lines)
	return f
}

// largestRow returns the row of one module with the most neurons at a self-coupling.
func largestRow(t *experiment.Table, selfCoupling float64) (experiment.Row, bool) {
	part := singles(t).Where("self_coupling", experiment.Number(selfCoupling))
	if len(part.Rows) == 0 {
		return experiment.Row{}, false
	}
	return part.Rows[len(part.Rows)-1], true
}

// aroundAt is the self-coupling of the figures of a single network size.
const aroundAt = 0.3

func aroundFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{Name: "around", X: "neurons that differ", Y: "mean number of fixed points", LogY: true}
	row, ok := largestRow(t, aroundAt)
	if !ok {
		return f
	}
	n := int(t.Number(row, "neurons"))
	f.Title = fmt.Sprintf("Around one fixed point, N = %d, J_D = %v", n, aroundAt)
	e := theory.Ensemble{SelfCoupling: aroundAt}
	exact := experiment.Curve{Label: "typical, exact", Plain: true}
	for k := range n + 1 {
		if count, err := e.Around(n, k); err == nil {
			exact.X, exact.Y = append(exact.X, float64(k)), append(exact.Y, count.Value)
		}
	}
	f.Caption = "Fixed points by distance from a typical one and from one that sequential sweeps reach from a random start. Line: exact at this N for a typical one. " +
		gapSentence(n)
	for _, name := range []string{"typical", "reached"} {
		s := row.Series[name]
		f.Curves = append(f.Curves, experiment.Curve{Label: name, X: s.X, Y: s.Y, Points: true})
	}
	f.Curves = append(f.Curves, exact)
	return f
}

// gapSentence says how many neurons wide the isolation of large networks would be.
func gapSentence(neurons int) string {
	var gaps, widths []string
	for _, jd := range []float64{0.1, aroundAt} {
		gap, err := theory.Ensemble{SelfCoupling: jd}.IsolationGap()
		if err != nil {
			return ""
		}
		gaps = append(gaps, fmt.Sprintf("%.4f (J_D = %v)", gap, jd))
		widths = append(widths, fmt.Sprintf("%.2f", gap*float64(neurons)/2))
	}
	return fmt.Sprintf("In large networks no fixed point lies within 1 - q = %s of a typical one. At N = %d these are %s neurons: with so few inside, "+
		"an emptiness that is exponential in N can hardly be seen.", strings.Join(gaps, " or "), neurons, strings.Join(widths, " and "))
}

func neighbourFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "neighbours", Title: fmt.Sprintf("Other fixed points within %d neurons", nearby), X: "self-coupling J_D", Y: "mean number",
		Caption: "One module, the largest N: neighbours of a typical fixed point and of one that sequential sweeps reach. Bars of one standard error. Line: exact at this N for a typical one.",
	}
	singles := singles(t)
	sizes := singles.Places("neurons")
	if len(sizes) == 0 {
		return f
	}
	largest := sizes[len(sizes)-1]
	part := singles.Where("neurons", largest)
	n, _ := largest.Number()
	f.Title += ", N = " + largest.String()
	for _, name := range []string{"typical", "reached"} {
		c := means(part, name, "self_coupling", name)
		c.Points = true
		f.Curves = append(f.Curves, c)
	}
	to := 0.0
	for _, row := range part.Rows {
		to = max(to, part.Number(row, "self_coupling"))
	}
	f.Curves = append(f.Curves, line("typical, exact", 0, to, func(x float64) (float64, error) {
		return censusOf{Modules: 1, Neurons: int(n), SelfCoupling: x}.kind().Neighbours(context.Background(), nearby)
	}))
	return f
}

func restFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "rest", Title: "Starts that come to rest in a fixed point", X: "neurons N", Y: "share of random starts, %", Percent: true,
		Caption: "One module, sequential sweeps in random orders (at most 100) and parallel sweeps, which else end in cycles. Bars of one standard error. No formula is known here.",
	}
	singles := singles(t)
	for _, value := range []string{"rest_sequential", "rest_parallel"} {
		for _, jd := range []float64{0.1, 0.3, 0.5} {
			c := means(singles.Where("self_coupling", experiment.Number(jd)), fmt.Sprintf("%s, J_D = %v", value[len("rest_"):], jd), "neurons", value)
			c.Dashed = value == "rest_parallel"
			f.Curves = append(f.Curves, c)
		}
	}
	f.Curves = experiment.Paired(f.Curves[:3], f.Curves[3:])
	return f
}

func componentFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "components", Title: fmt.Sprintf("Fixed points in the largest component, distance %d", nearby), X: "self-coupling J_D", Y: "share of fixed points, %", Percent: true,
		Caption: "One module, over draws with a fixed point. Bars of one standard error. The distance is fixed while N grows, so it is an ever smaller share of the neurons.",
	}
	singles := singles(t)
	for _, n := range singles.Places("neurons") {
		f.Curves = append(f.Curves, means(singles.Where("neurons", n), "N = "+n.String(), "self_coupling", "largest"))
	}
	return f
}

func planeFigure(t *experiment.Table) experiment.Figure {
	return experiment.Figure{
		Name: "plane", Title: fmt.Sprintf("Largest component of two modules, N = %d, %%", planeNeurons), X: "self-coupling J_D", Y: "lambda", Percent: true,
		Caption: fmt.Sprintf("Share of the fixed points in the largest component at distance %d, against both couplings. A state of both modules counts as one.", nearby),
		Plane:   t.Where("modules", experiment.Number(2)).Where("neurons", experiment.Number(planeNeurons)).Plane("self_coupling", "lambda", "largest"),
	}
}

func marginFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{Name: "margins", X: "margin s h", Y: "density"}
	row, ok := largestRow(t, aroundAt)
	if !ok {
		return f
	}
	n := t.Number(row, "neurons")
	f.Title = fmt.Sprintf("Margins of the neurons, N = %v, J_D = %v", n, aroundAt)
	f.Caption = "In typical fixed points and in those that sequential sweeps reach from random starts. Line: the normal distribution cut off at zero, exact at this N for the average over all fixed points of all draws."
	for _, name := range []string{"typical", "reached"} {
		s := row.Series[name+"_margins"]
		f.Curves = append(f.Curves, experiment.Curve{Label: name, X: s.X, Y: s.Y, Histogram: true})
	}
	if m, err := kindOf(t, row).Margins(); err == nil {
		f.Curves = append(f.Curves, line("typical, exact", 0.001, 4, func(x float64) (float64, error) { return m.Density(x), nil }))
	}
	return f
}
