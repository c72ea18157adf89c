package figure

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Legend is where the labels of curves stand.
type Legend int

const (
	// Beside puts the legend to the right of the axes: a figure of 17 x 11 cm for
	// reports, higher for many curves, with small type.
	Beside Legend = iota
	// Inside puts it at the top left, above the curves: a figure of 16 x 11 cm that uses
	// all of its width, with few curves and large type.
	Inside
)

const (
	margin      = 8  // points around the figure, and on both sides of a legend beside it
	legendBelow = 24 // points from the top to a legend beside the axes
)

// style holds lengths, colours and marks.
type style struct {
	width, height vg.Length
	// legend is the room for the words of a line of the legend, around the height of what is
	// above and below it.
	legend, around vg.Length
	// Sizes of the words: ticks, and labels of axes and curves.
	ticks, labels font.Length
	line, mark    vg.Length
	shades        []color.Color
	marks         []draw.GlyphDrawer // of curves with a line
}

// look is the colour and the mark of a curve.
type look struct {
	shade color.Color
	mark  draw.GlyphDrawer
}

var (
	grey       = color.RGBA{R: 90, G: 90, B: 90, A: 255}
	ownMarks   = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}}
	otherMarks = []draw.GlyphDrawer{draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}}
)

// The colours are far apart also for people who see fewer of them.
var styles = [...]style{
	Beside: {
		width: 17 * vg.Centimeter, height: 11 * vg.Centimeter, legend: 6 * vg.Centimeter, around: legendBelow + 2*margin,
		ticks: 10, labels: 10, line: 1.2, mark: 3, marks: ownMarks,
		shades: []color.Color{
			color.RGBA{R: 20, G: 90, B: 170, A: 255},
			color.RGBA{R: 200, G: 75, B: 40, A: 255},
			color.RGBA{R: 30, G: 140, B: 90, A: 255},
			color.RGBA{R: 140, G: 90, B: 160, A: 255},
			color.RGBA{R: 200, G: 150, B: 20, A: 255},
			color.RGBA{R: 90, G: 190, B: 210, A: 255},
			color.RGBA{R: 230, G: 130, B: 170, A: 255},
			color.RGBA{R: 110, G: 80, B: 60, A: 255},
			color.RGBA{R: 150, G: 180, B: 60, A: 255},
			color.RGBA{R: 60, G: 60, B: 60, A: 255},
		},
	},
	Inside: {
		width: 16 * vg.Centimeter, height: 11 * vg.Centimeter, legend: 12 * vg.Centimeter, around: 7.5 * vg.Centimeter,
		ticks: 10, labels: 12, line: 1, mark: 2.5, marks: []draw.GlyphDrawer{draw.RingGlyph{}},
		shades: []color.Color{
			color.RGBA{R: 20, G: 90, B: 170, A: 255},
			color.RGBA{R: 180, G: 60, B: 40, A: 255},
			color.RGBA{R: 30, G: 140, B: 90, A: 255},
			color.RGBA{R: 140, G: 90, B: 160, A: 255},
			color.RGBA{R: 200, G: 150, B: 20, A: 255},
		},
	},
}

// style returns how figures with this legend look.
func (l Legend) style() *style {
	if l == Inside {
		return &styles[Inside]
	}
	return &styles[Beside]
}

// Shades returns the colours of curves, in the order in which curves take them.
func (l Legend) Shades() []color.Color { return slices.Clone(l.style().shades) }

// look returns the colour and the mark of a curve of ours, given its place among them.
func (s *style) look(c Curve, place int) look {
	marks := s.marks
	if c.Points {
		marks = ownMarks
	}
	if c.Shade > 0 {
		place = c.Shade - 1
	}
	return look{s.shades[place%len(s.shades)], marks[place%len(marks)]}
}

// setFonts sets type without serifs, and the place of the legend.
func (s *style) setFonts(p *plot.Plot) {
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(2)
	p.Title.Padding = vg.Points(6)
	for _, style := range []struct {
		*font.Font
		size font.Length
	}{
		{&p.Title.TextStyle.Font, 12},
		{&p.X.Label.TextStyle.Font, s.labels},
		{&p.Y.Label.TextStyle.Font, s.labels},
		{&p.Legend.TextStyle.Font, s.labels},
		{&p.X.Tick.Label.Font, s.ticks},
		{&p.Y.Tick.Label.Font, s.ticks},
	} {
		style.Font.Variant, style.Font.Size = "Sans", style.size
	}
}

// makeRoom extends the vertical axis: for no mark to lie on the frame and, inside, for the
// legend above the curves. A logarithmic axis ends at a whole decade, which has a label.
func (l Legend) makeRoom(y *plot.Axis, logarithmic bool, rows int) {
	low, high := 0.0, 0.08*float64(rows+1)
	switch {
	case logarithmic && l == Inside:
		y.Min *= 0.8
		decades := math.Log10(y.Max / y.Min)
		y.Max = math.Pow(10, math.Ceil(math.Log10(y.Max)+high*decades))
		return
	case logarithmic:
		y.Min = math.Pow(10, math.Floor(math.Log10(y.Min)))
		y.Max = math.Pow(10, math.Ceil(math.Log10(y.Max)))
		if y.Min == y.Max {
			y.Max *= 10
		}
		return
	case l != Inside:
		low, high = 0.04, 0.04
	}
	span := y.Max - y.Min
	y.Min, y.Max = y.Min-low*span, y.Max+high*span
}

// areas divides a page between the plot and its legend beside it, if it has one.
func (l Legend) areas(p *plot.Plot, page draw.Canvas) (axes, legend draw.Canvas) {
	page = draw.Crop(page, margin, -margin, margin, -margin)
	width := spare * p.Legend.Rectangle(page).Size().X
	if l == Inside || width == 0 {
		return draw.Crop(page, 0, -overhang(p), 0, 0), page
	}
	return draw.Crop(page, 0, -width-2*margin, 0, 0), draw.Crop(page, page.Size().X-width, 0, 0, -legendBelow)
}

// overhang is what words below the horizontal axis need to the right in a wider font: the
// plot leaves room for them as they were measured.
func overhang(p *plot.Plot) (widest vg.Length) {
	ticks, _ := p.X.Tick.Marker.(plot.ConstantTicks)
	for _, tick := range ticks {
		widest = max(widest, (spare-1)*p.X.Tick.Label.Width(tick.Label))
	}
	return widest
}

// compose draws the plot with its legend on white.
func (l Legend) compose(p *plot.Plot, page draw.Canvas) {
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	axes, beside := l.areas(p, page)
	if l != Inside {
		p.BackgroundColor = nil
		legend := p.Legend
		p.Legend = plot.NewLegend()
		legend.Draw(beside)
	}
	p.Draw(axes)
}
