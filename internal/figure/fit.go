package figure

import (
	"sort"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// spare is how much wider than measured a text may be: a reader of an SVG without its font
// takes another. DejaVu Sans, the widest of the common ones, is up to 1.18 as wide.
const spare = 1.2

// lines breaks a text where it is wider than the room for it: at spaces, and inside of a
// word that is longer than a line. Lines that end at spaces are about equally long.
func lines(words string, style text.Style, room vg.Length) []string {
	best := broken(words, style, room)
	for len(best) > 1 {
		room *= 0.95
		narrower := broken(words, style, room)
		if len(narrower) > len(best) || strings.Join(narrower, " ") != words {
			break
		}
		best = narrower
	}
	return best
}

// broken fills one line after the other.
func broken(words string, style text.Style, room vg.Length) (list []string) {
	for rest := []rune(words); ; {
		fitting := sort.Search(len(rest), func(n int) bool { return spare*style.Width(string(rest[:n+1])) > room })
		end := max(1, fitting)
		next := end
		if end >= len(rest) {
			return append(list, string(rest))
		}
		for k := fitting; k > 0; k-- {
			if rest[k] == ' ' {
				end, next = k, k+1
				break
			}
		}
		list, rest = append(list, string(rest[:end])), rest[next:]
	}
}

// fit breaks title and labels into lines where they are longer than the picture is wide or
// high, and returns its size: that of the style, higher for many lines.
func (l Legend) fit(p *plot.Plot) (width, height vg.Length) {
	s := l.style()
	width, height = s.width, s.height
	title, x, y := p.Title.Text, p.X.Label.Text, p.Y.Label.Text
	page := func() draw.Canvas {
		return draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: width, Y: height}}}
	}
	axes, _ := l.areas(p, page())
	one := p.Title.TextStyle.Height(title)
	p.Title.Text = strings.Join(lines(title, p.Title.TextStyle, axes.Size().X), "\n")
	height = max(height, p.Legend.Rectangle(axes).Size().Y+s.around) + p.Title.TextStyle.Height(p.Title.Text) - one
	for _, label := range []*string{&p.X.Label.Text, &p.Y.Label.Text} {
		*label = strings.Repeat("x", min(1, len(*label))) // axes get shorter for a long label
	}
	for range 2 { // lines of one label move the middle of the other
		axes, _ = l.areas(p, page())
		data := p.DataCanvas(axes)
		middle := data.Center()
		p.X.Label.Text = strings.Join(lines(x, p.X.Label.TextStyle, 2*min(middle.X-axes.Min.X, axes.Max.X-middle.X)), "\n")
		p.Y.Label.Text = strings.Join(lines(y, p.Y.Label.TextStyle, 2*min(middle.Y-axes.Min.Y, axes.Max.Y-middle.Y)), "\n")
	}
	return width, height
}
