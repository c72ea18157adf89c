package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
)

// Plane is a value over two axes, drawn in colours with the numbers written in.
type Plane struct {
	// X and Y are the words at the places, which have equal distances.
	X, Y []string
	// Z holds the value at X[k], Y[l] in Z[l][k]; NaN is a gap.
	Z [][]float64
}

func (p *Plane) empty() bool {
	for _, line := range p.Z {
		if slices.ContainsFunc(line, func(z float64) bool { return !math.IsNaN(z) }) {
			return false
		}
	}
	return true
}

// check reports lengths that do not fit.
func (p *Plane) check() error {
	if len(p.Z) != len(p.Y) {
		return fmt.Errorf("figure: plane: %d rows of values, want %d as Y", len(p.Z), len(p.Y))
	}
	for l, line := range p.Z {
		if len(line) != len(p.X) {
			return fmt.Errorf("figure: plane: row %d has %d values, want %d as X", l, len(line), len(p.X))
		}
	}
	return nil
}

// addTo draws the plane.
func (p *Plane) addTo(canvas *plot.Plot, percent bool) error {
	colours := plotter.NewHeatMap(planeGrid{p}, ramp{})
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
	canvas.X.Tick.Marker, canvas.Y.Tick.Marker = wordTicks(p.X), wordTicks(p.Y)
	return nil
}

func wordTicks(words []string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for k, word := range words {
		ticks = append(ticks, plot.Tick{Value: float64(k), Label: word})
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
