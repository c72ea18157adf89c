package recipes

import (
	"strings"

	"basin/internal/experiment"
)

// contestCurves are the measures that are drawn over their strengths.
var contestCurves = []struct{ name, title, x string }{
	{byNoise, "Accuracy under noise", "deviation of the noise, in deviations of a pixel"},
	{byFlips, "Accuracy with pixels black or white", "share of the pixels"},
	{byOcclusion, "Accuracy with a black square", "side of the square, pixels"},
	{byGaps, "Accuracy with missing pixels", "share of the pixels"},
	{byShift, "Accuracy of shifted images", "shift, pixels"},
	{byHalf, "Accuracy with a side hidden", "share of the image"},
	{byNeurons, "Accuracy with restless neurons", "share set at random after every sweep"},
	{byMemory, "Accuracy with restless neurons, some sweeps after the input is gone", "share set at random after every sweep"},
	{healed + scattered, "Accuracy after turned neurons healed", "share of the neurons"},
	{healed + patch, "Accuracy after turned neighbours healed", "share of the neurons"},
	{healed + without, "Accuracy after turned neurons moved without the input", "share of the neurons"},
	{back + scattered, "Turned neurons that return", "share of the neurons"},
}

// contestFigures draws the differences of every row, and the curves of the first row of each
// data set.
func contestFigures(t *experiment.Table) []experiment.Figure {
	var figures []experiment.Figure
	for _, data := range t.Places("data") {
		rows := t.Where("data", data).Rows
		for _, row := range rows {
			figures = append(figures, differenceFigure(row))
		}
		for _, c := range contestCurves {
			figures = append(figures, strengthFigure(rows[0], c.name, c.title, c.x))
		}
	}
	return figures
}

// slug writes the places of a row as a part of a file name.
func slug(row experiment.Row) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, strings.NewReplacer(", ", "-", ",", "").Replace(nameOf(row))), "-")
}

// differenceFigure draws what the recurrent network has more than each rival.
func differenceFigure(row experiment.Row) experiment.Figure {
	f := experiment.Figure{
		Name: "differences-" + slug(row), Title: "Recurrent less rival, " + nameOf(row), Y: "difference of accuracy, points", Percent: true,
		Caption: "At equally many couplings, means over strengths; bars are intervals of 95 % by Student's t over the seeds. Above 0 the recurrent network is better. " +
			"Inputs: clean, noise, pixels black or white (flips), a black square, missing pixels, shifts, a side hidden. One after the other: the first classes before and after the others, after them among themselves, and the others.",
	}
	curves := map[string]experiment.Curve{}
	for _, m := range measures {
		some := false
		for _, name := range rivalNames[1:] {
			s, there := row.Values[overRival(m.name, name)]
			if !there || m.short == "" {
				continue
			}
			some = true
			half, _ := overSeeds(s).Half()
			c := curves[name]
			c.Label, c.Points = "less "+name, true
			c.X, c.Y, c.Errors = append(c.X, float64(len(f.Words))), append(c.Y, s.Mean), append(c.Errors, half)
			curves[name] = c
		}
		if some {
			f.Words = append(f.Words, m.short)
		}
	}
	for _, name := range rivalNames[1:] {
		f.Curves = append(f.Curves, curves[name])
	}
	return f
}

// strengthFigure draws a measure of all learners over its strength.
func strengthFigure(row experiment.Row, measure, title, x string) experiment.Figure {
	f := experiment.Figure{
		Name: strings.ReplaceAll(measure, "_", "-") + "-" + slug(row), Title: title + ", " + nameOf(row), X: x, Y: "%", Percent: true,
		Caption: "Learners of equally many couplings on the same held out samples. Bars are standard deviations over seeds.",
	}
	for _, name := range rivalNames {
		s := row.Series[ofRival(measure, name)]
		f.Curves = append(f.Curves, experiment.Curve{Label: name, X: s.X, Y: s.Y, Errors: row.Spread[ofRival(measure, name)]})
	}
	return f
}
