package figure

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
	"pgregory.net/rapid"
)

// words draws a text of up to so many letters, spaces among them.
func words(t *rapid.T, most int, name string) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune("abcdefg wmMil 0.1,")), 0, most, -1).Draw(t, name)
}

// In a figure of any words every text lies inside of the picture, also where a reader of
// the SVG has a font that is wider by a sixth: DejaVu Sans is wider than Liberation Sans
// by that. Curves stay on the picture too: the margin of the PNG is white.
func TestEveryTextLiesInsideThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &Figure{
			Title: words(t, 150, "title"), X: words(t, 150, "x"), Y: words(t, 150, "y"),
			LogX: rapid.Bool().Draw(t, "logarithmic x"), LogY: rapid.Bool().Draw(t, "logarithmic y"),
			Legend: rapid.SampledFrom([]Legend{Beside, Inside}).Draw(t, "legend"),
		}
		for k := range rapid.IntRange(1, 30).Draw(t, "curves") {
			y := rapid.Float64Range(0.001, 1000).Draw(t, "value")
			f.Curves = append(f.Curves, Curve{Label: words(t, 120, "label"), X: []float64{1, 20, 300}, Y: []float64{y, y, float64(k + 1)}, Points: k%2 == 0})
		}
		checkInside(t, f)
	})
}

func TestEveryTextOfAPlaneLiesInsideThePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plane := &Plane{}
		for range rapid.IntRange(1, 6).Draw(t, "columns") {
			plane.X = append(plane.X, words(t, 10, "column"))
		}
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			plane.Y = append(plane.Y, words(t, 20, "row"))
			plane.Z = append(plane.Z, slices.Repeat([]float64{0.25}, len(plane.X)))
		}
		checkInside(t, &Figure{Title: words(t, 150, "title"), X: words(t, 150, "x"), Y: words(t, 150, "y"), Plane: plane})
	})
}

// checkInside measures the texts of a figure and the margin of its picture.
func checkInside(t *rapid.T, f *Figure) {
	p, err := f.plot()
	if err != nil {
		t.Fatal(err)
	}
	width, height := f.Legend.fit(p)
	var canvas recorder.Canvas
	f.Legend.compose(p, draw.NewCanvas(&canvas, width, height))
	turned := false // of the texts of a vertical axis: x and y of what follows are y and -x
	for _, action := range canvas.Actions {
		switch a := action.(type) {
		case *recorder.Rotate:
			turned = true
			if a.Angle != math.Pi/2 {
				t.Fatalf("turned by %v, want a quarter", a.Angle)
			}
		case *recorder.Pop:
			turned = false
		case *recorder.FillString:
			face := plot.DefaultTextHandler.Cache().Lookup(a.Font, a.Size)
			length := face.Width(a.String)
			begin, end, across, along := a.Point.X, a.Point.X+7*length/6, a.Point.Y, width
			other := height
			if turned {
				across, along, other = -across, height, width
			}
			if begin < 0 || end > along || across < 0.2*a.Size || across+0.8*a.Size > other && !turned || across > other && turned {
				t.Errorf("%q goes from %.0f to %.0f at %.0f, turned %v, in a picture of %.0f x %.0f", a.String, begin, end, across, turned, width, height)
			}
		}
	}
	content, err := f.Render("png")
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	white, to := color.RGBA{R: 255, G: 255, B: 255, A: 255}, picture.Bounds().Max
	blank := func(x, y int) {
		if picture.At(x, y) != white {
			t.Fatalf("something is drawn at %d, %d, in the margin of a picture of %v", x, y, to)
		}
	}
	for depth := range 2 {
		for x := range to.X {
			blank(x, depth)
			blank(x, to.Y-1-depth)
		}
		for y := range to.Y {
			blank(depth, y)
			blank(to.X-1-depth, y)
		}
	}
}

func TestTextsBreakAtSpacesIntoEqualLines(t *testing.T) {
	style := plot.New().Legend.TextStyle
	letter := spare * style.Width("m")
	for _, row := range []struct {
		words string
		room  float64 // in letters
		want  []string
	}{
		{"", 5, []string{""}},
		{"mmmmm", 5.1, []string{"mmmmm"}},
		{"mmm mmm mmm m", 10.6, []string{"mmm mmm", "mmm m"}},
		{"mm mm", 2.1, []string{"mm", "mm"}},
		{"mmmmm mm", 3.1, []string{"mmm", "mm", "mm"}},
		{"mmm", 0.5, []string{"m", "m", "m"}},
	} {
		if got := lines(row.words, style, vg.Length(row.room)*letter); !slices.Equal(got, row.want) {
			t.Errorf("%q in %v letters: %q, want %q", row.words, row.room, got, row.want)
		}
	}
}
