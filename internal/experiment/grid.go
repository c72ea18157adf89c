package experiment

import (
	"fmt"
	"math"
)

// steps returns from, from+by, ... up to and including to, each rounded to the decimals
// that a person would write.
func steps(from, by, to float64) []float64 {
	var list []float64
	for k := 0; ; k++ {
		x := math.Round((from+float64(k)*by)*1e9) / 1e9
		if x > to+by/1e6 {
			return list
		}
		list = append(list, x)
	}
}

// assign writes an assignment for [settings.Set]. Numbers lose what is beyond nine
// decimals: 0.1 + 0.9 is 1.
func assign(key string, value any) string {
	if x, ok := value.(float64); ok {
		value = math.Round(x*1e9) / 1e9
	}
	return fmt.Sprintf("%s=%v", key, value)
}

// grid collects points of trainings until one is not valid.
type grid struct {
	points []Point
	err    error
	// samples and held bound what the trainings learn and measure; 0 is all.
	samples, held int
}

// train adds the training of a preset with assignments.
func (g *grid) train(at []Place, cost float64, preset string, set ...string) {
	t, err := NewTraining(preset, set...)
	if err != nil && g.err == nil {
		g.err = fmt.Errorf("point %v: %w", at, err)
	}
	t.Samples, t.Held = g.samples, g.held
	g.points = append(g.points, Point{At: at, Task: t, Cost: cost})
}

// bestOf says where a value is largest along an axis, and how large at its ends.
func (t *Table) bestOf(value, axis, when string) []string {
	best, ok := t.Best(value)
	if !ok {
		return nil
	}
	v, _ := t.Recipe.value(value)
	title := t.Recipe.Axes[t.Recipe.axis(axis)].Title
	text := fmt.Sprintf("%s the %s is largest, %s, at %s = %s", when, v.Title, v.Text(best.Values[value].Mean), title, t.At(best, axis))
	for _, end := range []Row{t.Rows[0], t.Rows[len(t.Rows)-1]} {
		if s, ok := end.Values[value]; ok && t.At(end, axis) != t.At(best, axis) {
			text += fmt.Sprintf("; at %s = %s it is %s", title, t.At(end, axis), v.Text(s.Mean))
		}
	}
	return []string{text + "."}
}

// overWords draws a value over the first axis, whose places are words, as points.
func overWords(t *Table, f Figure, value string) Figure {
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

// overEpochs draws a series over epochs for each row of a table with one axis.
func overEpochs(t *Table, f Figure, series string) Figure {
	f.X = "epoch"
	for _, row := range t.Rows {
		s := row.Series[series]
		f.Curves = append(f.Curves, Curve{Label: t.Recipe.Axes[0].label(row.At[0]), X: s.X, Y: s.Y, Plain: true})
	}
	return f
}
