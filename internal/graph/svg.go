package graph

import (
	"encoding/xml"
	"fmt"
	"strings"

	"basin/network"
)

// Colours of the drawing.
const (
	inkColour     = "#22303c"
	boxColour     = "#145aaa"
	readoutColour = "#8c5aa0"
	inputColour   = "#4a5560"
	labelColour   = "#a06e00"
)

// SVG draws the graph as one file that needs no other.
func (g *Graph) SVG() string {
	shown := g.stretches()
	l := newLayout(g, shown)
	end := l.label + svgPill/2 + svgMargin
	if len(g.links) > 0 {
		end += svgMargin // the legend
	}
	d := &drawing{}
	d.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12">`, l.width, end, l.width, end)
	d.add(`<title>%s</title>`, escaped(g.title()))
	d.add(`<rect width="100%%" height="100%%" fill="white"/>`)
	d.text(svgMargin, svgMargin+svgLine/2, "start", inkColour, escaped(g.title()), `font-size="15" font-weight="bold"`)
	d.buses(g, l, shown)
	for _, a := range l.above {
		d.arc(l, a, true)
	}
	for _, a := range l.below {
		d.arc(l, a, false)
	}
	for place, joints := range l.next {
		for k, j := range joints {
			y := (l.top+l.bottom)/2 + svgLane*(float64(k)-float64(len(joints)-1)/2) + 4
			d.link(l.boxes[place].right, l.boxes[place+1].left, y, j)
		}
	}
	for place := range shown {
		d.box(l, place, shown[place])
	}
	d.legend(g, l)
	d.WriteString("</svg>\n")
	return d.String()
}

// drawing collects the elements of an SVG file.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, values ...any) { fmt.Fprintf(d, format+"\n", values...) }

func (d *drawing) text(x, y float64, anchor, colour, content, more string) {
	d.add(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" %s>%s</text>`, x, y, anchor, colour, more, content)
}

func (d *drawing) path(colour, more, format string, values ...any) {
	d.add(`<path d="%s" fill="none" stroke="%s" stroke-width="1.6"%s/>`, fmt.Sprintf(format, values...), colour, more)
}

// head draws an arrowhead with its tip at x, y that points along dx, dy.
func (d *drawing) head(x, y, dx, dy float64, colour string) {
	bx, by := x-svgHead*dx, y-svgHead*dy
	d.add(`<path d="M%.1f %.1fL%.1f %.1fL%.1f %.1fZ" fill="%s"/>`, x, y, bx-4*dy, by+4*dx, bx+4*dy, by-4*dx, colour)
}

// escaped writes a text as the content of an element.
func escaped(text string) string {
	var content strings.Builder
	_ = xml.EscapeText(&content, []byte(text)) // into memory
	return content.String()
}

// markup writes words with the letters and signs of the model.
func markup(words string) string {
	content := strings.NewReplacer("lambda", "λ", " x ", " × ").Replace(escaped(words))
	before, after, found := strings.Cut(content, "J_D")
	if !found {
		return content
	}
	return before + `J<tspan dy="3" font-size="9">D</tspan><tspan dy="-3">` + after + `</tspan>`
}

// box draws a module, or two behind one another where there are several.
func (d *drawing) box(l *layout, place int, s stretch) {
	b := l.boxes[place]
	rectangle := func(behind float64) {
		d.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="7" fill="#eef4fb" stroke="%s" stroke-width="1.6"/>`,
			b.left+behind, l.top-behind, b.right-b.left-2*behind, l.bottom-l.top, boxColour)
	}
	if s.first != s.last {
		rectangle(5)
	}
	rectangle(0)
	y := (l.top+l.bottom)/2 - svgLine*(float64(len(l.lines[place]))/2-0.75)
	for k, line := range l.lines[place] {
		more := ""
		if k == 0 {
			more = `font-weight="bold"`
		}
		d.text(b.middle(), y+svgLine*float64(k), "middle", inkColour, markup(line), more)
	}
}

// link draws a link from one box to the next.
func (d *drawing) link(from, to, y float64, j joint) {
	colour := linkColour(j.link)
	toFirst, toSecond := j.heads()
	if toFirst {
		d.head(from, y, -1, 0, colour)
		from += svgHead
	}
	middle := (from + to) / 2
	if toSecond {
		d.head(to, y, 1, 0, colour)
		to -= svgHead
	}
	d.path(colour, "", "M%.1f %.1fH%.1f", from, y, to)
	d.text(middle, y-5, "middle", colour, markup(linkWords(j.link)), "")
}

// heads says where a joint has arrowheads. An excitatory one that acts both ways has none.
func (j joint) heads() (first, second bool) {
	if j.link.Kind == network.Excitatory && j.toFirst && j.toSecond {
		return false, false
	}
	return j.toFirst, j.toSecond
}

// arc draws a link over or under other boxes.
func (d *drawing) arc(l *layout, a arc, above bool) {
	colour, y := linkColour(a.link), l.height(a, above)
	edge, away := l.top, -1.0
	if !above {
		edge, away = l.bottom, 1.0
	}
	begin, end := edge, edge
	toFirst, toSecond := a.heads()
	if toFirst {
		d.head(a.from, edge, 0, -away, colour)
		begin += svgHead * away
	}
	if toSecond {
		d.head(a.to, edge, 0, -away, colour)
		end += svgHead * away
	}
	turn := y - svgRound*away
	d.path(colour, "", "M%.1f %.1fV%.1fQ%.1f %.1f %.1f %.1fH%.1fQ%.1f %.1f %.1f %.1fV%.1f",
		a.from, begin, turn, a.from, y, a.from+svgRound, y, a.to-svgRound, a.to, y, a.to, turn, end)
	gap := (l.boxes[a.gap()].right + l.boxes[a.gap()+1].left) / 2
	d.text(gap, y-5, "middle", colour, markup(linkWords(a.link)), "")
}

// buses draws the readout, the input and the label.
func (d *drawing) buses(g *Graph, l *layout, shown []stretch) {
	for _, bus := range []struct {
		name, colour, dash string
		y, edge, shift     float64
		joined             func(m module) bool
	}{
		{g.Readout, readoutColour, "", l.readout, l.top, 0, func(m module) bool { return m.read }},
		{g.Input, inputColour, "", l.input, l.bottom, -svgTap, func(m module) bool { return m.input != "" }},
		{"label", labelColour, ` stroke-dasharray="5 4"`, l.label, l.bottom, svgTap, func(m module) bool { return m.label != "" }},
	} {
		last, out := 0.0, bus.y < bus.edge
		for place, s := range shown {
			if !bus.joined(g.modules[s.first]) {
				continue
			}
			last = l.boxes[place].middle() + bus.shift
			edge := bus.edge
			if !out {
				d.head(last, edge, 0, -1, bus.colour)
				edge += svgHead
			}
			d.path(bus.colour, bus.dash, "M%.1f %.1fV%.1f", last, bus.y, edge)
			d.add(`<circle cx="%.1f" cy="%.1f" r="2.6" fill="%s"/>`, last, bus.y, bus.colour)
		}
		if last == 0 {
			continue
		}
		begin := l.buses
		if out {
			d.head(begin, bus.y, -1, 0, bus.colour)
			begin += svgHead
		}
		d.path(bus.colour, bus.dash, "M%.1f %.1fH%.1f", begin, bus.y, last)
		d.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f" fill="white" stroke="%s" stroke-width="1.6"%s/>`,
			svgMargin, bus.y-svgPill/2, l.buses-svgMargin, svgPill, svgPill/2, bus.colour, bus.dash)
		d.text((svgMargin+l.buses)/2, bus.y+4, "middle", bus.colour, markup(bus.name), "")
	}
}

// legend names the kinds of links that are there.
func (d *drawing) legend(g *Graph, l *layout) {
	x, y := l.boxes[0].left, l.label+svgPill/2+svgMargin
	for _, kind := range []struct {
		network.LinkKind
		words string
	}{{network.Excitatory, "excitatory, fixed"}, {network.Pool, "pool, fixed"}, {network.Learned, "learned"}} {
		for _, link := range g.links {
			if link.Kind != kind.LinkKind {
				continue
			}
			d.path(linkColour(link), "", "M%.1f %.1fH%.1f", x, y, x+26)
			if kind.LinkKind != network.Excitatory {
				d.head(x+26+svgHead, y, 1, 0, linkColour(link))
			}
			d.text(x+40, y+4, "start", linkColour(link), kind.words, "")
			x += 40 + pixels(kind.words) + 24
			break
		}
	}
}
