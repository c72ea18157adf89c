package experiment

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
)

// Plane is a value over two axes, drawn in colours with the numbers written in.
type Plane struct {
	// X and Y are the places, at equal distances whatever they are.
	X, Y []Place
	// Z holds the value at X[k], Y[l] in Z[l][k]; NaN is a gap.
	Z [][]float64
}

// Plane returns the means of a value over two axes. Of rows at one place the last
// counts: take a part of the table with [Table.Where] first.
func (t *Table) Plane(x, y, value string) *Plane {
	p := &Plane{X: t.Places(x), Y: t.Places(y)}
	for _, at := range p.Y {
		var line []float64
		for _, across := range p.X {
			z := math.NaN()
			for _, row := range t.Where(y, at).Where(x, across).Rows {
				if s, ok := row.Values[value]; ok {
					z = s.Mean
				}
			}
			line = append(line, z)
		}
		p.Z = append(p.Z, line)
	}
	return p
}

func (p *Plane) empty() bool {
	for _, line := range p.Z {
		if !all(line, math.IsNaN) {
			return false
		}
	}
	return true
}

// addTo draws the plane.
func (p *Plane) addTo(canvas *plot.Plot, percent bool) error {
	grid := planeGrid{p}
	colours := plotter.NewHeatMap(grid, ramp{})
	if colours.Min == colours.Max { // one value is in the middle of the colours
		colours.Min, colours.Max = colours.Min-1, colours.Max+1
	}
	canvas.Add(colours)
	var numbers plotter.XYLabels
	format, scale := "%.2g", 1.0
	if percent {
		format, scale = "%.0f", 100
	}
	for l, line := range p.Z {
		for k, z := range line {
			if !math.IsNaN(z) {
				numbers.XYs = append(numbers.XYs, plotter.XY{X: float64(k), Y: float64(l)})
				numbers.Labels = append(numbers.Labels, fmt.Sprintf(format, z*scale))
			}
		}
	}
	labels, err := plotter.NewLabels(numbers)
	if err != nil {
		return err
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].XAlign, labels.TextStyle[i].YAlign = -0.5, -0.4
		labels.TextStyle[i].Font.Variant, labels.TextStyle[i].Font.Size = "Sans", font.Points(9)
	}
	canvas.Add(labels)
	canvas.X.Tick.Marker, canvas.Y.Tick.Marker = placeTicks(p.X), placeTicks(p.Y)
	return nil
}

func placeTicks(places []Place) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for k, at := range places {
		ticks = append(ticks, plot.Tick{Value: float64(k), Label: at.String()})
	}
	return ticks
}

// planeGrid is a plane as a heat map reads it.
type planeGrid struct{ *Plane }

func (g planeGrid) Dims() (c, r int)   { return len(g.Plane.X), len(g.Plane.Y) }
func (g planeGrid) Z(c, r int) float64 { return g.Plane.Z[r][c] }
func (g planeGrid) X(c int) float64    { return float64(c) }
func (g planeGrid) Y(r int) float64    { return float64(r) }

// ramp goes from white to a blue on which black numbers can still be read.
type ramp struct{}

func (ramp) Colors() []color.Color {
	const steps = 64
	var colours []color.Color
	for k := range steps {
		t := float64(k) / (steps - 1)
		between := func(a, b float64) uint8 { return uint8(a + t*(b-a)) }
		colours = append(colours, color.RGBA{R: between(250, 80), G: between(250, 150), B: between(245, 215), A: 255})
	}
	return colours
}
