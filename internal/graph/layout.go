package graph

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Lengths of the drawing, in pixels.
const (
	svgMargin = 24.0
	svgLetter = 6.6  // width of a letter on average
	svgLine   = 17.0 // between lines of text
	svgLane   = 26.0 // between arcs, and between links in a gap
	svgPort   = 14.0 // between the ends of arcs on a box
	svgTap    = 10.0 // of input and label from the middle of a box
	svgHead   = 8.0  // length of an arrowhead
	svgRound  = 9.0  // radius of the turns of an arc
	svgGap    = 64.0 // least width of a gap
	svgPill   = 26.0 // height of what stands at a bus
	svgBus    = 36.0 // between buses
)

// layout is where the parts of a drawing are. Modules stand in a row, in their order.
// Links to the next stand in the gaps between them; others are arcs, above to later
// modules and both ways, below to earlier ones. Three buses with a tap for each module
// carry the readout, above, and the input and the label, below.
type layout struct {
	lines   [][]string // in each box
	boxes   []svgBox
	next    [][]joint // in the gap after each box
	above   []arc
	below   []arc
	buses   float64 // where they begin
	readout float64 // heights, from above
	top     float64 // of the boxes
	bottom  float64
	input   float64
	label   float64
	width   float64
}

// svgBox is a box from left to right.
type svgBox struct{ left, right float64 }

func (b svgBox) middle() float64 { return (b.left + b.right) / 2 }

// arc is a joint over or under other boxes: from and to are the places of its ends, the
// lane nearest to the boxes is 0.
type arc struct {
	joint
	from, to float64
	lane     int
}

// gap is the box after which the words of an arc stand, where no tap crosses them.
func (a arc) gap() int { return (a.first + a.second - 1) / 2 }

func pixels(text string) float64 { return svgLetter * float64(utf8.RuneCountInString(text)) }

// newLayout lays out what is shown of a graph.
func newLayout(g *Graph, shown []stretch) *layout {
	l := &layout{next: make([][]joint, len(shown))}
	for _, j := range g.joints(shown) {
		switch {
		case j.second == j.first+1:
			l.next[j.first] = append(l.next[j.first], j)
		case j.toSecond:
			l.above = append(l.above, arc{joint: j})
		default:
			l.below = append(l.below, arc{joint: j})
		}
	}
	for _, s := range shown {
		l.lines = append(l.lines, boxLines(g.modules[s.first], s))
	}
	l.across(pixels(g.Input), pixels(g.Readout))
	l.width = max(l.width, pixels(g.title())*1.3+2*svgMargin)
	ports(l.above, l.boxes, 0)
	ports(l.below, l.boxes, svgTap)
	l.down()
	return l
}

// boxLines is what stands in a box.
func boxLines(m module, s stretch) []string {
	head, neurons := "module "+s.name(), m.size()
	if s.first != s.last {
		head, neurons = "modules "+s.name(), s.count(m.size())
	}
	lines := []string{head, words(neurons, m.tanh), recurrentLine(m) + ", J_D " + m.self}
	if m.input != "" {
		lines = append(lines, "W "+m.input)
	}
	if m.label != "" && m.label != "clamped" {
		lines = append(lines, "label "+m.label)
	}
	return lines
}

// across sets widths. A box holds its words and the ends of its arcs, a gap the words of
// its links and of the arcs that have them there.
func (l *layout) across(buses ...float64) {
	box, gaps := 0.0, slices.Repeat([]float64{svgGap}, len(l.lines))
	for place, lines := range l.lines {
		for _, line := range lines {
			box = max(box, pixels(line)+20)
		}
		for _, j := range l.next[place] {
			gaps[place] = max(gaps[place], pixels(linkWords(j.link))+2*svgHead+8)
		}
	}
	for _, arcs := range [][]arc{l.above, l.below} {
		left, right := make([]int, len(l.lines)), make([]int, len(l.lines))
		for _, a := range arcs {
			gaps[a.gap()] = max(gaps[a.gap()], pixels(linkWords(a.link))+8)
			right[a.first]++
			left[a.second]++
		}
		box = max(box, 2*(svgTap+svgPort*float64(max(slices.Max(left), slices.Max(right))+1)))
	}
	l.buses = svgMargin + max(slices.Max(buses), pixels("label")) + 20
	x := l.buses + svgBus
	for place := range l.lines {
		l.boxes = append(l.boxes, svgBox{x, x + box})
		x += box + gaps[place]
	}
	l.width = l.boxes[len(l.boxes)-1].right + svgMargin
}

// ports gives arcs their ends on the boxes and their lanes. On a box, from the left, there
// are the arcs from the left, the nearest first, the taps, and the arcs to the right, the
// farthest first: so nested arcs do not cross.
func ports(arcs []arc, boxes []svgBox, tap float64) {
	for place, box := range boxes {
		var left, right []*arc
		for k := range arcs {
			switch place {
			case arcs[k].second:
				left = append(left, &arcs[k])
			case arcs[k].first:
				right = append(right, &arcs[k])
			}
		}
		slices.SortStableFunc(left, func(a, b *arc) int { return b.first - a.first })
		slices.SortStableFunc(right, func(a, b *arc) int { return cmp.Or(b.second-a.second, b.number-a.number) })
		for k, a := range left {
			a.to = box.middle() - tap - svgPort*float64(len(left)-k)
		}
		for k, a := range right {
			a.from = box.middle() + tap + svgPort*float64(k+1)
		}
	}
	slices.SortStableFunc(arcs, func(a, b arc) int { return (a.second - a.first) - (b.second - b.first) })
	for k := range arcs {
		a := &arcs[k]
		for slices.ContainsFunc(arcs[:k], func(b arc) bool { return a.lane == b.lane && a.from < b.to && b.from < a.to }) {
			a.lane++
		}
	}
}

// down sets heights.
func (l *layout) down() {
	room := func(arcs []arc) float64 {
		lanes := 0
		for _, a := range arcs {
			lanes = max(lanes, a.lane+1)
		}
		return svgLane * float64(lanes)
	}
	lines, links := 0, 0
	for place := range l.lines {
		lines, links = max(lines, len(l.lines[place])), max(links, len(l.next[place]))
	}
	l.readout = svgMargin + 2*svgLine + svgPill/2
	l.top = l.readout + svgBus + room(l.above)
	l.bottom = l.top + max(svgLine*float64(lines)+18, svgLane*float64(links)+10)
	l.input = l.bottom + svgBus + room(l.below)
	l.label = l.input + svgBus
}

// height of an arc above or below the boxes.
func (l *layout) height(a arc, above bool) float64 {
	if above {
		return l.top - svgLane*float64(a.lane+1)
	}
	return l.bottom + svgLane*float64(a.lane+1) + 4
}
