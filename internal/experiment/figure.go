package experiment

import (
	"fmt"

	"basin/internal/figure"
)

// Figure is a drawing of curves over one axis, or of a plane, for the report.
type Figure struct {
	// Name of the files, lower-case words joined by hyphens.
	Name string
	// Title stands above, X and Y beside the axes.
	Title, X, Y string
	// Caption says in the report what is to be seen, a sentence or two.
	Caption string
	// Percent draws Y, or the value of a plane, times 100; say so in Y or Title.
	Percent    bool
	LogX, LogY bool
	// Words, if there are any, stand on the axis X at 0, 1, 2 and so on.
	Words []string
	// Curves share the axes. Curves without points are left out.
	Curves []Curve
	// Plane, if not nil, is drawn in place of curves.
	Plane *Plane
}

// Curve is one line of a figure, with the fields of [figure.Curve]. Points that are not
// finite, or that a logarithmic axis cannot show, leave a gap.
type Curve figure.Curve

// shades are the colours of curves, in their order.
var shades = figure.Beside.Shades()

// drawing is the figure without what only the report needs.
func (f *Figure) drawing() *figure.Figure {
	d := &figure.Figure{Title: f.Title, X: f.X, Y: f.Y, Percent: f.Percent, LogX: f.LogX, LogY: f.LogY, Words: f.Words, Plane: f.Plane}
	for _, c := range f.Curves {
		d.Curves = append(d.Curves, figure.Curve(c))
	}
	return d
}

// Empty says that a figure has nothing to show.
func (f *Figure) Empty() bool { return f.drawing().Empty() }

// Render returns the figure in a format, svg or png.
func (f *Figure) Render(format string) ([]byte, error) {
	content, err := f.drawing().Render(format)
	if err != nil {
		return nil, fmt.Errorf("experiment: figure %s: %w", f.Name, err)
	}
	return content, nil
}
