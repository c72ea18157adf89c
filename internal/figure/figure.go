package figure

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a drawing of curves over one axis, or of a plane.
type Figure struct {
	// Title stands above, X and Y beside the axes.
	Title, X, Y string
	// Percent draws Y, or the value of a plane, times 100; say so in Y or Title.
	Percent    bool
	LogX, LogY bool
	// Words, if there are any, stand on the axis X, a linear one, at 0, 1, 2 and so on.
	Words []string
	// Curves share the axes. Curves without points are left out.
	Curves []Curve
	// Plane, if not nil, is drawn in place of curves.
	Plane *Plane
	// Legend is where the labels of the curves stand; zero is beside the axes.
	Legend Legend
}

// Empty says that a figure has nothing to show.
func (f *Figure) Empty() bool {
	if f.Plane != nil {
		return f.Plane.empty()
	}
	for _, c := range f.Curves {
		if len(f.pieces(c)) > 0 {
			return false
		}
	}
	return true
}

// Render returns the figure in a format: "svg" or "png". A figure that is
// [Figure.Empty], lengths that do not fit, words on a logarithmic axis and any other format
// are errors.
func (f *Figure) Render(format string) ([]byte, error) {
	if format != "svg" && format != "png" {
		return nil, fmt.Errorf("figure: format %q, want svg or png", format)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	p, err := f.plot()
	if err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	width, height := f.Legend.fit(p)
	canvas, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	f.Legend.compose(p, draw.New(canvas))
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	if format == "svg" { // a reader without this font takes one like it
		return bytes.ReplaceAll(text.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), nil
	}
	return text.Bytes(), nil
}

// plot returns the figure with fonts, axes and curves, before its words have their lines.
func (f *Figure) plot() (*plot.Plot, error) {
	s := f.Legend.style()
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.X, f.Y
	s.setFonts(p)
	if f.Plane != nil {
		return p, f.Plane.addTo(p, f.Percent)
	}
	return p, f.addTo(p, s)
}

// check reports what cannot be drawn.
func (f *Figure) check() error {
	if f.Plane != nil {
		if err := f.Plane.check(); err != nil {
			return err
		}
	}
	if f.LogX && len(f.Words) > 0 {
		return fmt.Errorf("figure: %q has words on a logarithmic axis, want a linear one", f.Title)
	}
	for _, c := range f.Curves {
		if len(c.X) != len(c.Y) || c.Errors != nil && len(c.Errors) != len(c.X) {
			return fmt.Errorf("figure: curve %q: %d, %d and %d values of X, Y and Errors, want equally many, or no Errors", c.Label, len(c.X), len(c.Y), len(c.Errors))
		}
	}
	if f.Empty() {
		return fmt.Errorf("figure: %q has no finite value to draw", f.Title)
	}
	return nil
}

// addTo adds the curves and sets the axes.
func (f *Figure) addTo(p *plot.Plot, s *style) error {
	p.Add(plotter.NewGrid())
	own, others, rows := 0, 0, 0
	for _, c := range f.Curves {
		l := look{grey, otherMarks[others%len(otherMarks)]}
		if c.Published {
			others++
		} else {
			l = s.look(c, own)
			own++
		}
		words := lines(c.Label, p.Legend.TextStyle, s.legend)
		rows += len(words)
		if err := f.add(p, c, words, s, l); err != nil {
			return err
		}
	}
	if f.LogX {
		if p.X.Min == p.X.Max { // one place is in the middle
			p.X.Min, p.X.Max = p.X.Min/2, p.X.Max*2
		}
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if f.LogY {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	f.Legend.makeRoom(&p.Y, f.LogY, rows)
	if len(f.Words) > 0 {
		size := p.X.Tick.Label.Font
		var lines []string // a word under the other, so that neighbours do not touch
		for _, words := range f.Words {
			lines = append(lines, strings.ReplaceAll(words, " ", "\n"))
		}
		p.NominalX(lines...)
		p.X.Min, p.X.Max = -0.5, float64(len(f.Words))-0.5
		p.X.Tick.Label.Font = size
	}
	return nil
}

// shows says whether the axes can show a point.
func (f *Figure) shows(p plotter.XY) bool {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	return finite(p.X) && finite(p.Y) && (!f.LogX || p.X > 0) && (!f.LogY || p.Y > 0)
}
