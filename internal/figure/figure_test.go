package figure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// render returns the SVG of a figure, which must be well formed, and checks that the PNG
// can be read.
func render(t *testing.T, f *Figure) string {
	t.Helper()
	svg, err := f.Render("svg")
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
	}
	picture, err := f.Render("png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Fatal(err)
	}
	return string(svg)
}

// sample is a figure with every kind of curve.
func sample() *Figure {
	x, y := []float64{1, 2, 3, 4}, []float64{0.1, 0.4, 0.2, 0.3}
	return &Figure{
		Title: "A & B", X: "x <", Y: "y",
		Curves: []Curve{
			{Label: "line", X: x, Y: y},
			{Label: "bars", X: x, Y: y, Errors: []float64{0.1, 0, 0.1, 0.5}, Points: true},
			{Label: "plain", X: x, Y: y, Plain: true, Dashed: true},
			{Label: "steps", X: x, Y: y, Histogram: true},
			{Label: "others", X: x, Y: y, Published: true},
			{Label: "absent"},
		},
	}
}

func TestElementIsWhatAPageTakes(t *testing.T) {
	svg := render(t, sample())
	if got := string(Element([]byte(svg))); !strings.HasPrefix(got, "<svg") || !strings.HasSuffix(svg, got) {
		t.Errorf("an element begins %.40q", got)
	}
}

func TestEveryFigureIsDrawn(t *testing.T) {
	words := sample()
	words.LogY, words.Words = true, []string{"zero", "one one", "two", "three", "four"}
	logarithmic, inside, percent := sample(), sample(), sample()
	logarithmic.LogX, logarithmic.LogY = true, true
	inside.Legend, inside.LogX, inside.LogY = Inside, true, true
	percent.Percent = true
	linear := sample()
	linear.Legend = Inside
	// One value of 1 leaves an axis no length; less than 1 below it is no logarithm.
	single := &Figure{LogX: true, LogY: true, Curves: []Curve{{X: []float64{1}, Y: []float64{1}}}}
	within := &Figure{LogX: true, LogY: true, Legend: Inside, Curves: []Curve{{Label: "one", X: []float64{0.5}, Y: []float64{1}}}}
	for k, f := range []*Figure{sample(), words, logarithmic, inside, percent, linear, single, within} {
		svg := render(t, f)
		for _, c := range f.Curves {
			if want := c.Label != "" && c.X != nil; strings.Contains(svg, ">"+c.Label+"<") != want {
				t.Errorf("figure %d: the legend has %q: %v, want %v", k, c.Label, !want, want)
			}
		}
		if !strings.Contains(svg, "Arial") || strings.Contains(svg, "href") {
			t.Errorf("figure %d: want an SVG that names fonts and no other file", k)
		}
	}
}

func TestPercentShowsValuesTimes100(t *testing.T) {
	f := sample()
	if svg := render(t, f); strings.Contains(svg, ">40<") {
		t.Error("a figure of shares has the tick 40")
	}
	f.Percent = true
	if svg := render(t, f); !strings.Contains(svg, ">40<") {
		t.Error("a figure of per cents has no tick 40")
	}
}

// What an axis cannot show is a gap, and no bar of a logarithmic axis reaches zero.
func TestCurvesAreCutAtTheirGaps(t *testing.T) {
	c := Curve{
		X:      []float64{0, 1, 2, 3, 4, 5, 6},
		Y:      []float64{1, 2, math.NaN(), 4, -1, math.Inf(1), 7},
		Errors: []float64{0, 1, 1, 5, 1, 1, 1},
	}
	xs := func(pieces []piece) (all [][]float64) {
		for _, p := range pieces {
			var x []float64
			for _, point := range p.XYs {
				x = append(x, point.X)
			}
			all = append(all, x)
		}
		return all
	}
	for _, row := range []struct {
		figure Figure
		want   [][]float64
	}{
		{Figure{}, [][]float64{{0, 1}, {3, 4}, {6}}},
		{Figure{LogX: true}, [][]float64{{1}, {3, 4}, {6}}},
		{Figure{LogY: true}, [][]float64{{0, 1}, {3}, {6}}},
	} {
		if got := xs(row.figure.pieces(c)); !reflect.DeepEqual(got, row.want) {
			t.Errorf("LogX %v, LogY %v: pieces %v, want %v", row.figure.LogX, row.figure.LogY, got, row.want)
		}
	}
	c.Points = true
	if got, want := xs((&Figure{}).pieces(c)), [][]float64{{0, 1, 3, 4, 6}}; !reflect.DeepEqual(got, want) {
		t.Errorf("without a line: pieces %v, want %v", got, want)
	}
	c.Points = false
	logarithmic := Figure{LogY: true}
	if got := logarithmic.pieces(c)[1].YErrors[0]; got.Low != 0.9*4 || got.High != 5 {
		t.Errorf("a bar of 5 around 4 goes %v down and %v up, want 3.6 and 5", got.Low, got.High)
	}
	if f := (Figure{Curves: []Curve{{X: c.X[2:3], Y: c.Y[2:3]}}}); !f.Empty() {
		t.Error("a figure of NaN is not empty")
	}
}

func TestCurvesTakeShadesInTurn(t *testing.T) {
	s := Beside.style()
	for place := range 2 * len(s.shades) {
		if got, want := s.look(Curve{}, place).shade, Beside.Shades()[place%len(s.shades)]; got != want {
			t.Errorf("curve %d has %v, want %v", place, got, want)
		}
	}
	if got := s.look(Curve{Shade: 2}, 7).shade; got != s.shades[1] {
		t.Errorf("shade 2 is %v, want %v", got, s.shades[1])
	}
	for _, l := range []Legend{Beside, Inside} {
		shades := l.Shades()
		for k, shade := range shades {
			if slices.Contains(shades[:k], shade) {
				t.Errorf("legend %d: %v is there twice", l, shade)
			}
		}
	}
}

// The legend inside stands above the curves: a twelfth of the axis, and more, for each.
func TestLegendInsideHasRoomAboveTheCurves(t *testing.T) {
	for _, logarithmic := range []bool{false, true} {
		p := plot.New()
		p.Add(&plotter.Scatter{XYs: plotter.XYs{{X: 0, Y: 2}, {X: 1, Y: 20}}})
		Inside.makeRoom(&p.Y, logarithmic, 3)
		top := (20 - p.Y.Min) / (p.Y.Max - p.Y.Min)
		if logarithmic {
			top = math.Log(20/p.Y.Min) / math.Log(p.Y.Max/p.Y.Min)
		}
		if top > 1-3.0/13 {
			t.Errorf("logarithmic %v: curves reach %.2f of the axis, want less for a legend of 3", logarithmic, top)
		}
	}
}

func TestPlanesShowTheirNumbers(t *testing.T) {
	p := &Plane{X: []string{"a", "b"}, Y: []string{"c", "d"}, Z: [][]float64{{0.25, math.NaN()}, {0.5, 0.75}}}
	f := &Figure{Title: "T", Percent: true, Plane: p}
	svg := render(t, f)
	for _, word := range []string{"a", "b", "c", "d", "25", "50", "75"} {
		if !strings.Contains(svg, ">"+word+"<") {
			t.Errorf("the plane lacks %s", word)
		}
	}
	f.Percent = false
	f.Plane = &Plane{X: []string{"a"}, Y: []string{"c"}, Z: [][]float64{{0.123}}}
	if svg := render(t, f); !strings.Contains(svg, ">0.12<") {
		t.Error("the plane lacks 0.12")
	}
	f.Plane.Z[0][0] = math.NaN()
	if !f.Empty() {
		t.Error("a plane of gaps is not empty")
	}
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	for _, row := range []struct {
		figure Figure
		format string
		want   string
	}{
		{*sample(), "gif", `format "gif", want svg or png`},
		{Figure{Title: "none"}, "svg", `"none" has no finite value to draw`},
		{Figure{Curves: []Curve{{Label: "c", X: []float64{1, 2}, Y: []float64{1}}}}, "svg", `curve "c": 2, 1 and 0 values`},
		{Figure{Curves: []Curve{{X: []float64{1}, Y: []float64{1}, Errors: []float64{1, 2}}}}, "svg", "1, 1 and 2 values"},
		{Figure{Curves: []Curve{{X: []float64{1}, Y: []float64{1}, Errors: []float64{math.NaN()}}}}, "svg", "NaN"},
		{Figure{LogX: true, Words: []string{"a"}, Curves: sample().Curves}, "svg", "words on a logarithmic axis"},
		{Figure{Plane: &Plane{X: []string{"a"}, Y: []string{"b"}}}, "svg", "0 rows of values, want 1"},
		{Figure{Plane: &Plane{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{1, 2}}}}, "svg", "row 0 has 2 values, want 1"},
	} {
		_, err := row.figure.Render(row.format)
		if err == nil || !strings.HasPrefix(err.Error(), "figure: ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("error %v, want figure: ... %s", err, row.want)
		}
	}
}

func TestEqualFiguresHaveEqualBytes(t *testing.T) {
	for _, format := range []string{"svg", "png"} {
		a, err := sample().Render(format)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := sample().Render(format); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: two of the same figure differ (%v)", format, err)
		}
	}
}
