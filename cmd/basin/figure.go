package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// figure is a drawing of curves over one axis.
type figure struct {
	title, x, y string
	logX, logY  bool
	curves      []drawn
}

// drawn is one curve of a figure. Values that are not finite, or that a logarithmic axis
// cannot show, leave a gap.
type drawn struct {
	label  string
	points plotter.XYs
	// errors, one per point, turn the curve into points with bars.
	errors []float64
	marks  bool // a mark at each point of the line
	dashed bool
	shade  color.Color // nil takes the next one
}

// shades are far apart also for people who see fewer colours.
var shades = []color.Color{
	color.RGBA{R: 20, G: 90, B: 170, A: 255},
	color.RGBA{R: 180, G: 60, B: 40, A: 255},
	color.RGBA{R: 30, G: 140, B: 90, A: 255},
	color.RGBA{R: 140, G: 90, B: 160, A: 255},
	color.RGBA{R: 200, G: 150, B: 20, A: 255},
}

// checkPlot checks the name of a file to draw into before anything is computed.
func checkPlot(file string) error {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".svg", ".png":
		return nil
	}
	if file == "" {
		return nil
	}
	return withHint(usagef("--plot %q, want a name that ends in .svg or .png", file), "for example --plot figure.svg")
}

// save draws the figure into an SVG or PNG file.
func (f figure) save(file string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.title, f.x, f.y
	if f.logX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(2)
	p.Title.Padding = vg.Points(6)
	p.Add(plotter.NewGrid())
	visible := false
	for index, curve := range f.curves {
		if curve.shade == nil {
			curve.shade = shades[index%len(shades)]
		}
		some, err := f.add(p, curve)
		if err != nil {
			return fmt.Errorf("plot: %w", err)
		}
		visible = visible || some
	}
	if !visible {
		return fmt.Errorf("plot: no finite value to draw")
	}
	f.makeRoom(p)
	if err := write(p, file); err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	return nil
}

// write draws a plot into a file, in type without serifs and with room at the edges.
func write(p *plot.Plot, file string) error {
	for _, style := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		style.Variant = "Sans"
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), ".")
	canvas, err := draw.NewFormattedCanvas(16*vg.Centimeter, 11*vg.Centimeter, format)
	if err != nil {
		return err
	}
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	const margin = 8
	p.Draw(draw.Crop(page, margin, -margin, margin, -margin))
	var content bytes.Buffer
	if _, err := canvas.WriteTo(&content); err != nil {
		return err
	}
	text := content.Bytes()
	if format == "svg" { // a reader without this font takes one like it
		text = bytes.ReplaceAll(text, []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	}
	return os.WriteFile(file, text, 0o644)
}

// makeRoom extends the vertical axis above the curves, for the legend. A logarithmic one
// ends at a whole decade, which has a label.
func (f figure) makeRoom(p *plot.Plot) {
	room := 0.08 * float64(len(f.curves)+1)
	if !f.logY {
		p.Y.Max += room * (p.Y.Max - p.Y.Min)
		return
	}
	p.Y.Min *= 0.8
	decades := math.Log10(p.Y.Max / p.Y.Min)
	p.Y.Max = math.Pow(10, math.Ceil(math.Log10(p.Y.Max)+room*decades))
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
}

// add draws one curve, in pieces between its gaps, and reports whether there was a point.
func (f figure) add(p *plot.Plot, c drawn) (bool, error) {
	if c.errors != nil {
		return f.addBars(p, c)
	}
	style := plotter.DefaultLineStyle
	style.Color = c.shade
	if c.dashed {
		style.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	}
	some := false
	for rest := c.points; len(rest) > 0; {
		length := 0
		for length < len(rest) && f.shows(rest[length]) {
			length++
		}
		if length > 0 {
			line, marks, err := plotter.NewLinePoints(rest[:length])
			if err != nil {
				return false, err
			}
			line.LineStyle, marks.Color = style, c.shade
			p.Add(line)
			if c.marks || length == 1 {
				p.Add(marks)
			}
			if !some {
				p.Legend.Add(c.label, line)
			}
			some = true
		}
		rest = rest[min(length+1, len(rest)):]
	}
	return some, nil
}

// bars are points with their errors below and above.
type bars struct {
	plotter.XYs
	plotter.YErrors
}

func (f figure) addBars(p *plot.Plot, c drawn) (bool, error) {
	var b bars
	for k, point := range c.points {
		if !f.shows(point) {
			continue
		}
		below := c.errors[k]
		if f.logY { // a bar that reaches zero would have no end
			below = min(below, 0.9*point.Y)
		}
		b.XYs = append(b.XYs, point)
		b.YErrors = append(b.YErrors, struct{ Low, High float64 }{below, c.errors[k]})
	}
	if len(b.XYs) == 0 {
		return false, nil
	}
	marks, err := plotter.NewScatter(b.XYs)
	if err != nil {
		return false, err
	}
	errors, err := plotter.NewYErrorBars(b)
	if err != nil {
		return false, err
	}
	marks.Color, marks.Shape, errors.Color = c.shade, draw.CircleGlyph{}, c.shade
	p.Add(errors, marks)
	p.Legend.Add(c.label, marks)
	return true, nil
}

// shows says whether the axes can show a point.
func (f figure) shows(p plotter.XY) bool {
	for _, axis := range []struct {
		value float64
		log   bool
	}{{p.X, f.logX}, {p.Y, f.logY}} {
		if math.IsNaN(axis.value) || math.IsInf(axis.value, 0) || axis.log && axis.value <= 0 {
			return false
		}
	}
	return true
}
