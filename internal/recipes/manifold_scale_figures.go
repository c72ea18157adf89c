package recipes

import (
	"fmt"
	"math"
	"strings"

	"basin/internal/experiment"
	"basin/manifold/solve"
	"basin/theory"
)

// part returns the rows of a part and a method.
func scalePart(t *experiment.Table, part, method string) *experiment.Table {
	t = t.Where("part", experiment.Word(part))
	if method != "" {
		t = t.Where("method", experiment.Word(method))
	}
	return t
}

// solverNames say what a solver is called in a title.
var solverNames = []struct{ solver, name string }{
	{string(solve.Sequential), "sequential sweeps"},
	{string(solve.Parallel), "parallel sweeps"},
	{string(solve.Reinforced), "reinforced belief propagation"},
	{string(solve.Focusing), "focusing belief propagation"},
}

// halfSolved is the self-coupling at which half of the searches find a fixed point, between
// the points of the grid; false where fewer do everywhere, or more.
func halfSolved(t *experiment.Table) (float64, bool) {
	return rising(t.Curve("", "self_coupling", "solved"), 0.5)
}

// rising returns where a curve passes a value upwards.
func rising(c experiment.Curve, value float64) (float64, bool) {
	down := experiment.Curve{X: c.X}
	for _, y := range c.Y {
		down.Y = append(down.Y, -y)
	}
	return crossing(down, -value)
}

func scaleFigures(t *experiment.Table) []experiment.Figure {
	figures := []experiment.Figure{thresholdFigure(t)}
	for _, s := range solverNames {
		figures = append(figures, experiment.Figure{
			Name: "solved-" + s.solver, Title: "Fixed points found by " + s.name, X: "self-coupling J_D", Y: "found, %", Percent: true,
			Caption: "Share of random networks without input in which a fixed point is found within the budget. Bars are standard deviations over seeds.",
			Curves:  scalePart(t, partSelf, s.solver).Curves("self_coupling", "solved", "neurons"),
		})
	}
	for _, s := range solverNames[:2] {
		figures = append(figures, timeFigure(scalePart(t, partSelf, s.solver), s.solver, s.name))
	}
	for _, s := range []int{0, 2} {
		figures = append(figures, experiment.Figure{
			Name: "plane-" + solverNames[s].solver, Title: "Found by " + solverNames[s].name + ", two modules, %", X: "coupling lambda between the modules", Y: "self-coupling J_D", Percent: true,
			Caption: "Share of chains of two modules in which a fixed point is found within the budget.",
			Plane:   scalePart(t, partChain, solverNames[s].solver).Plane("lambda", "self_coupling", "solved"),
		})
	}
	input := scalePart(t, partInput, "")
	figures = append(figures, experiment.Figure{
		Name: "input", Title: "With an input: fixed points found by sequential sweeps", X: "input strength a", Y: "found, %", Percent: true,
		Caption: "Share of networks in which sequential sweeps find a fixed point within the budget, with a field of standard deviation a on every neuron.",
		Curves:  input.Curves("input", "solved", "self_coupling"),
	}, experiment.Figure{
		Name: "label", Title: "With a label: median sweeps at J_D = 0.5", X: "label strength f", Y: "sweeps", LogY: true,
		Caption: "Median sweeps to a fixed point with the label's field, and (dashed) from there to one without it. Curves end where half of the networks do not settle.",
		Curves:  labelCurves(scalePart(t, partLabel, "")),
	})
	for _, n := range scalePart(t, partSymmetry, "").Places("neurons") {
		some := scalePart(t, partSymmetry, "").Where("neurons", n)
		figures = append(figures, experiment.Figure{
			Name: "cycles-" + n.String(), Title: "Where parallel sweeps end without self-coupling, N = " + n.String(), X: "correlation of J_ij and J_ji", Y: "starts, %", Percent: true,
			Caption: "Share of random starts that end at a fixed point, on a cycle of period 2 or on a longer one. The others have found no cycle within 10,000 sweeps.",
			Curves: []experiment.Curve{
				some.Curve("fixed points", "symmetry", "solved"), some.Curve("period 2", "symmetry", "period_2"), some.Curve("longer cycles", "symmetry", "longer"),
			},
		})
	}
	return append(append(figures, aroundFigures(t)...), walkFigures(t)...)
}

// thresholdFigure draws the thresholds against N.
func thresholdFigure(t *experiment.Table) experiment.Figure {
	f := experiment.Figure{
		Name: "thresholds", Title: "Self-coupling from which half of the searches succeed", X: "neurons N", Y: "self-coupling J_D", LogX: true,
		Caption: "Between the points of the grid, within the budget. Below the grey line, for many neurons, some overlap has no five fixed points (first moment, a proof); above zero there are fixed points.",
	}
	least, most := math.Inf(1), 0.0
	for _, s := range solverNames {
		some := scalePart(t, partSelf, s.solver)
		c := experiment.Curve{Label: s.name}
		for _, n := range some.Places("neurons") {
			size, _ := n.Number()
			if at, ok := halfSolved(some.Where("neurons", n)); ok {
				c.X, c.Y = append(c.X, size), append(c.Y, at)
				least, most = min(least, size), max(most, size)
			}
		}
		f.Curves = append(f.Curves, c)
	}
	if rows := scalePart(t, partExistence, "").Rows; len(rows) > 0 && most > least {
		gap := rows[0].Values["gap"].Mean
		f.Curves = append(f.Curves, experiment.Curve{Label: "overlap gap", X: []float64{least, most}, Y: []float64{gap, gap}, Plain: true, Published: true})
	}
	return f
}

// timeFigure draws the median number of sweeps against N.
func timeFigure(t *experiment.Table, solver, name string) experiment.Figure {
	f := experiment.Figure{
		Name: "time-" + solver, Title: "Median number of " + name + " to a fixed point", X: "neurons N", Y: "sweeps", LogX: true, LogY: true,
		Caption: "A power law is a straight line here. Failed searches count as longer than all; medians that they leave open are not drawn. Bars are one standard error.",
	}
	for _, jd := range t.Places("self_coupling") {
		if neurons, logs, errors := medians(t.Where("self_coupling", jd)); len(logs) > 1 {
			c := experiment.Curve{Label: "J_D = " + jd.String(), X: neurons}
			for k, log := range logs {
				c.Y, c.Errors = append(c.Y, math.Exp(log)), append(c.Errors, math.Exp(log)*errors[k])
			}
			f.Curves = append(f.Curves, c)
		}
	}
	return f
}

// medians returns the median times of rows by the number of neurons.
func medians(t *experiment.Table) (neurons, logs, errors []float64) {
	for _, row := range t.Rows {
		if log, spread, ok := medianTime(row); ok {
			neurons, logs, errors = append(neurons, t.Number(row, "neurons")), append(logs, log), append(errors, spread)
		}
	}
	return neurons, logs, errors
}

func labelCurves(t *experiment.Table) []experiment.Curve {
	with, without := t.Curves("label", "time", "input"), t.Curves("label", "free_time", "input")
	for k := range without {
		with[k].Label += ", with it"
		without[k].Label, without[k].Dashed = without[k].Label+", after it", true
	}
	return experiment.Paired(with, without)
}

// aroundFigures draw the local entropy against the distance, for each J_D and N.
func aroundFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	t = scalePart(t, partAround, "")
	for _, n := range t.Places("neurons") {
		for _, jd := range t.Where("neurons", n).Places("self_coupling") {
			some := t.Where("neurons", n).Where("self_coupling", jd)
			f := experiment.Figure{
				Name: fmt.Sprintf("around-%s-%s", n, jd), Title: fmt.Sprintf("Local entropy, J_D = %s, N = %s", jd, n), X: "distance 1 - q", Y: "nats per neuron", LogX: true,
				Caption: "Logarithm of the number of fixed points at a distance from a given one, per neuron: belief propagation at the fields at which it converges, mean over draws. " +
					"Grey: S_FP, the first moment around a typical one. Near a planted state belief propagation finds nothing, or does not converge.",
			}
			for _, row := range some.Rows {
				f.Curves = append(f.Curves, localEntropy(row, t.At(row, "method").String()))
			}
			number, _ := jd.Number()
			if line := firstMoment(number); len(some.Rows) > 0 {
				f.Curves = append(f.Curves, line)
			}
			figures = append(figures, f)
		}
	}
	return figures
}

// localEntropy returns the entropies of a row against the distances, from near to far, where
// half of the draws have converged or more, with the deviations of the draws.
func localEntropy(row experiment.Row, label string) experiment.Curve {
	c := experiment.Curve{Label: label}
	share, distance, entropy, square := row.Series[aroundConverged].Y, row.Series[aroundDistance].Y, row.Series[aroundEntropy].Y, row.Series[aroundSquare].Y
	for k, converged := range share {
		if converged < 0.5 || distance[k] <= 0 {
			continue
		}
		mean := entropy[k] / converged
		c.X, c.Y = append(c.X, distance[k]/converged), append(c.Y, mean)
		c.Errors = append(c.Errors, math.Sqrt(max(0, square[k]/converged-mean*mean)))
	}
	return c
}

// firstMoment is S_FP at a self-coupling.
func firstMoment(selfCoupling float64) experiment.Curve {
	c := experiment.Curve{Label: "S_FP", Plain: true, Published: true}
	for x := -3.0; x <= 0; x += 0.02 {
		distance := math.Pow(10, x)
		if s, err := (theory.Ensemble{SelfCoupling: selfCoupling}).LocalEntropy(1 - distance); err == nil {
			c.X, c.Y = append(c.X, distance), append(c.Y, s)
		}
	}
	return c
}

// between returns the value of a curve at x, between its points; false beyond them.
func between(c experiment.Curve, x float64) (float64, bool) {
	for k := 1; k < len(c.X); k++ {
		if c.X[k-1] <= x && x <= c.X[k] {
			return c.Y[k-1] + (x-c.X[k-1])/(c.X[k]-c.X[k-1])*(c.Y[k]-c.Y[k-1]), true
		}
	}
	return 0, false
}

// listed joins what there is.
func listed(parts []string) string { return strings.Join(parts, ", ") }

// walkFigures draw the longest steps against N, and the margins of the largest networks.
func walkFigures(t *experiment.Table) []experiment.Figure {
	t = scalePart(t, partWalks, "")
	steps := experiment.Figure{
		Name: "walks", Title: "Longest step of a walk between two fixed points", X: "neurons N", Y: "neurons that flip at once", LogX: true, LogY: true,
		Caption: "Mean over networks of the longest step that a walk over fixed points needed, an upper bound of what the best one needs: rbp finds both ends, or (dashed) sequential sweeps.",
	}
	for _, method := range []string{string(solve.Reinforced), string(solve.Sequential)} {
		for _, c := range t.Where("method", experiment.Word(method)).Curves("neurons", "longest", "self_coupling") {
			c.Label += ", " + method
			c.Dashed = method == string(solve.Sequential)
			steps.Curves = append(steps.Curves, c)
		}
	}
	figures := []experiment.Figure{steps}
	sizes := t.Places("neurons")
	if len(sizes) == 0 {
		return figures
	}
	last := t.Where("neurons", sizes[len(sizes)-1])
	for _, jd := range last.Places("self_coupling") {
		f := experiment.Figure{
			Name: "margins-" + jd.String(), Title: fmt.Sprintf("Margins of fixed points, J_D = %s, N = %s", jd, sizes[len(sizes)-1]), X: "s_i h_i", Y: "density",
			Caption: "Grey: a typical fixed point of many neurons, a normal distribution cut off at zero.",
		}
		for _, row := range last.Where("self_coupling", jd).Rows {
			s := row.Series[marginSeries]
			f.Curves = append(f.Curves, experiment.Curve{Label: last.At(row, "method").String(), X: s.X, Y: s.Y, Plain: true})
		}
		number, _ := jd.Number()
		if m, err := (theory.Ensemble{SelfCoupling: number}).FixedPointMargins(); err == nil {
			line := experiment.Curve{Label: "typical", Plain: true, Published: true}
			for x := 0.0; x <= marginWidth*marginBins; x += 0.05 {
				line.X, line.Y = append(line.X, x), append(line.Y, m.Density(x))
			}
			f.Curves = append(f.Curves, line)
		}
		figures = append(figures, f)
	}
	return figures
}
