package experiment

import "fmt"

// BestOf says where a value is largest along an axis, and how large at its ends.
func (t *Table) BestOf(value, axis, when string) []string {
	best, ok := t.Best(value)
	if !ok {
		return nil
	}
	v, _ := t.Recipe.Value(value)
	title := t.Recipe.Axes[t.Recipe.axis(axis)].Title
	text := fmt.Sprintf("%s the %s is largest, %s, at %s = %s", when, v.Title, v.Text(best.Values[value].Mean), title, t.At(best, axis))
	for _, end := range []Row{t.Rows[0], t.Rows[len(t.Rows)-1]} {
		if s, ok := end.Values[value]; ok && t.At(end, axis) != t.At(best, axis) {
			text += fmt.Sprintf("; at %s = %s it is %s", title, t.At(end, axis), v.Text(s.Mean))
		}
	}
	return []string{text + "."}
}

// OverWords draws a value over the first axis, whose places are words, as points.
func OverWords(t *Table, f Figure, value string) Figure {
	c := Curve{Points: true}
	for k, row := range t.Rows {
		f.Words = append(f.Words, row.At[0].String())
		if s, ok := row.Values[value]; ok {
			c.X, c.Y, c.Errors = append(c.X, float64(k)), append(c.Y, s.Mean), append(c.Errors, s.Deviation)
		}
	}
	f.Curves = append(f.Curves, c)
	return f
}

// OverEpochs draws a series over epochs for each row of a table with one axis.
func OverEpochs(t *Table, f Figure, series string) Figure {
	f.X = "epoch"
	for _, row := range t.Rows {
		s := row.Series[series]
		f.Curves = append(f.Curves, Curve{Label: t.Recipe.Axes[0].label(row.At[0]), X: s.X, Y: s.Y, Plain: true})
	}
	return f
}

// Paired puts lines after points so that those at the same place have one shade.
func Paired(points, lines []Curve) []Curve {
	curves := append([]Curve{}, points...)
	for len(curves)%len(shades) != 0 {
		curves = append(curves, Curve{})
	}
	return append(curves, lines...)
}

// Percent writes a share in a sentence.
func Percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// Number returns the number of a row on an axis, 0 where there is none.
func (t *Table) Number(row Row, axis string) float64 {
	x, _ := t.At(row, axis).Number()
	return x
}
