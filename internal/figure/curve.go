package figure

import (
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Curve is one line of a figure. Points that are not finite, or that a logarithmic axis
// cannot show, leave a gap.
type Curve struct {
	// Label stands in the legend; "" leaves the curve out of it.
	Label string
	X, Y  []float64
	// Errors are the half lengths of vertical bars, one for each point, finite; or nil.
	// Bars are drawn if one of them has a length.
	Errors []float64
	// Shade is the number of the colour, from 1 on; zero takes the one of the curve's
	// place among those that are not Published.
	Shade int
	// Published marks numbers of others: grey, dashed, hollow marks.
	Published bool
	// Dashed draws the line in dashes, Plain without marks, Points without a line.
	Dashed, Plain, Points bool
	// Histogram draws steps, each point being the middle of its bin.
	Histogram bool
}

// piece is a part of a curve between gaps.
type piece struct {
	plotter.XYs
	plotter.YErrors
}

// add draws one curve with its label, which has a line for each of words.
func (f *Figure) add(p *plot.Plot, c Curve, words []string, s *style, l look) error {
	for k, part := range f.pieces(c) {
		line, marks, err := plotter.NewLinePoints(part.XYs)
		if err != nil {
			return err
		}
		line.Color, marks.Color, marks.Shape, line.Width, marks.Radius = l.shade, l.shade, l.mark, s.line, s.mark
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
			bars.Color = l.shade
			p.Add(bars)
		}
		var thumbnails []plot.Thumbnailer
		if !c.Points && len(c.X) > 1 {
			p.Add(line)
			thumbnails = append(thumbnails, line)
		}
		marked := !c.Plain && !c.Histogram
		if marked || len(part.XYs) == 1 { // a line needs two
			p.Add(marks)
		}
		if marked || len(thumbnails) == 0 {
			thumbnails = append(thumbnails, marks)
		}
		if k == 0 && c.Label != "" {
			for _, line := range words {
				p.Legend.Add(line, thumbnails...)
				thumbnails = nil
			}
		}
	}
	return nil
}

// pieces returns the points that the axes can show, cut at the gaps of the line.
func (f *Figure) pieces(c Curve) []piece {
	var pieces []piece
	scale, open := 1.0, false
	if f.Percent {
		scale = 100
	}
	bars := slices.ContainsFunc(c.Errors, func(e float64) bool { return e != 0 })
	for k, x := range c.X {
		point := plotter.XY{X: x, Y: c.Y[k] * scale}
		if !f.shows(point) {
			open = c.Points && open
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
