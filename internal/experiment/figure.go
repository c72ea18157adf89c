package experiment

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a drawing of curves over one axis, or of a plane.
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

// Curve is one line of a figure. Points that are not finite, or that a logarithmic axis
// cannot show, leave a gap.
type Curve struct {
	Label string
	X, Y  []float64
	// Errors are the half lengths of vertical bars, one for each point, or nil.
	Errors []float64
	// Published marks numbers of others: grey, dashed, hollow marks.
	Published bool
	// Dashed draws the line in dashes, Plain without marks, Points without a line.
	Dashed, Plain, Points bool
	// Histogram draws steps, each point being the middle of its bin.
	Histogram bool
}

// shades are far apart also for people who see fewer colours.
var shades = []color.Color{
	color.RGBA{R: 20, G: 90, B: 170, A: 255},
	color.RGBA{R: 200, G: 75, B: 40, A: 255},
	color.RGBA{R: 30, G: 140, B: 90, A: 255},
	color.RGBA{R: 140, G: 90, B: 160, A: 255},
	color.RGBA{R: 200, G: 150, B: 20, A: 255},
	color.RGBA{R: 90, G: 190, B: 210, A: 255},
}

var (
	grey       = color.RGBA{R: 90, G: 90, B: 90, A: 255}
	ownMarks   = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}}
	otherMarks = []draw.GlyphDrawer{draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}}
)

const (
	figureWidth  = 17 * vg.Centimeter
	figureHeight = 11 * vg.Centimeter
)

// empty says that a figure has nothing to show.
func (f *Figure) empty() bool {
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

// render returns the figure in a format of gonum/plot, svg or png.
func (f *Figure) render(format string) ([]byte, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = f.Title, f.X, f.Y
	p.Title.Padding = vg.Points(6)
	for _, style := range []*font.Font{
		&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font,
		&p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font,
	} {
		style.Variant, style.Size = "Sans", font.Points(10)
	}
	p.Title.TextStyle.Font.Size = font.Points(12)
	var err error
	if f.Plane != nil {
		err = f.Plane.addTo(p, f.Percent)
	} else {
		err = f.addTo(p)
	}
	if err != nil {
		return nil, fmt.Errorf("experiment: figure %s: %w", f.Name, err)
	}
	canvas, err := draw.NewFormattedCanvas(figureWidth, figureHeight, format)
	if err != nil {
		return nil, fmt.Errorf("experiment: figure %s: %w", f.Name, err)
	}
	compose(p, draw.New(canvas))
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return nil, fmt.Errorf("experiment: figure %s: %w", f.Name, err)
	}
	if format == "svg" { // a reader without this font takes one like it
		return bytes.ReplaceAll(text.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), nil
	}
	return text.Bytes(), nil
}

// compose draws the plot with its legend to the right, where it hides nothing.
func compose(p *plot.Plot, canvas draw.Canvas) {
	p.BackgroundColor = nil
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	const margin = 8
	canvas = draw.Crop(canvas, margin, -margin, margin, -margin)
	legend := p.Legend
	p.Legend = plot.NewLegend()
	legend.Top, legend.Left, legend.Padding, legend.YOffs = true, true, vg.Points(2), -vg.Points(24)
	width := legend.Rectangle(canvas).Size().X
	if width > 0 {
		legend.Draw(draw.Crop(canvas, canvas.Size().X-width, 0, 0, 0))
		width += 2 * margin
	}
	p.Draw(draw.Crop(canvas, 0, -width, 0, 0))
}

// addTo adds the curves and sets the axes.
func (f *Figure) addTo(p *plot.Plot) error {
	p.Add(plotter.NewGrid())
	own, others := 0, 0
	for _, c := range f.Curves {
		shade, mark := color.Color(grey), otherMarks[others%len(otherMarks)]
		if c.Published {
			others++
		} else {
			shade, mark = shades[own%len(shades)], ownMarks[own%len(ownMarks)]
			own++
		}
		if err := f.add(p, c, shade, mark); err != nil {
			return err
		}
	}
	if f.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if f.LogY { // ends at whole decades, which have labels
		p.Y.Min = math.Pow(10, math.Floor(math.Log10(p.Y.Min)))
		p.Y.Max = math.Pow(10, math.Ceil(math.Log10(p.Y.Max)))
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if !f.LogY { // no mark lies on the frame
		room := 0.04 * (p.Y.Max - p.Y.Min)
		p.Y.Min, p.Y.Max = p.Y.Min-room, p.Y.Max+room
	}
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

// piece is a part of a curve between gaps.
type piece struct {
	plotter.XYs
	plotter.YErrors
}

// add draws one curve.
func (f *Figure) add(p *plot.Plot, c Curve, shade color.Color, mark draw.GlyphDrawer) error {
	for k, part := range f.pieces(c) {
		line, marks, err := plotter.NewLinePoints(part.XYs)
		if err != nil {
			return err
		}
		line.Color, marks.Color, marks.Shape, line.Width, marks.Radius = shade, shade, mark, vg.Points(1.2), vg.Points(3)
		if c.Dashed || c.Published {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		if c.Histogram {
			line.StepStyle = plotter.MidStep
		}
		if part.YErrors != nil {
			bars, err := plotter.NewYErrorBars(part)
			if err != nil {
				return err
			}
			bars.Color = shade
			p.Add(bars)
		}
		var thumbnails []plot.Thumbnailer
		if !c.Points && len(c.X) > 1 {
			p.Add(line)
			thumbnails = append(thumbnails, line)
		}
		if !c.Plain && !c.Histogram || len(part.XYs) == 1 {
			p.Add(marks)
			thumbnails = append(thumbnails, marks)
		}
		if k == 0 && c.Label != "" {
			p.Legend.Add(c.Label, thumbnails...)
		}
	}
	return nil
}

// pieces returns the points that the axes can show, cut at the gaps.
func (f *Figure) pieces(c Curve) []piece {
	var pieces []piece
	scale, open := 1.0, false
	if f.Percent {
		scale = 100
	}
	bars := len(c.Errors) == len(c.X) && !all(c.Errors, func(e float64) bool { return e == 0 })
	for k, x := range c.X {
		point := plotter.XY{X: x, Y: c.Y[k] * scale}
		if !f.shows(point) {
			open = false
			continue
		}
		if !open {
			pieces, open = append(pieces, piece{}), true
		}
		part := &pieces[len(pieces)-1]
		part.XYs = append(part.XYs, point)
		if bars {
			up := c.Errors[k] * scale
			down := up
			if f.LogY { // a bar that reaches zero would have no end
				down = min(up, 0.9*point.Y)
			}
			part.YErrors = append(part.YErrors, struct{ Low, High float64 }{down, up})
		}
	}
	return pieces
}

// shows says whether the axes can show a point.
func (f *Figure) shows(p plotter.XY) bool {
	finite := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	return finite(p.X) && finite(p.Y) && (!f.LogX || p.X > 0) && (!f.LogY || p.Y > 0)
}
