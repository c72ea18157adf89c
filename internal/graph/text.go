package graph

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// Text draws the graph for a terminal: a title, and below it the table.
func (g *Graph) Text() string { return g.title() + "\n\n" + g.Table() }

// Table draws a row per module, links to the next module between the rows, and others as
// lanes on the left with the numbers of their links, which are listed below.
func (g *Graph) Table() string {
	shown := g.stretches()
	next := make([][]joint, len(shown))
	var skips []joint
	for _, j := range g.joints(shown) {
		if j.second == j.first+1 {
			next[j.first] = append(next[j.first], j)
		} else {
			skips = append(skips, j)
		}
	}
	lanes, rows := packed(skips), g.rows(shown)
	var text strings.Builder
	fmt.Fprintf(&text, "%s%s\n", beside(lanes, -1, false), rows[0])
	for place := range shown {
		fmt.Fprintf(&text, "%s%s\n", beside(lanes, place, true), rows[place+1])
		for _, j := range next[place] {
			fmt.Fprintf(&text, "%s%s %s, %s\n", beside(lanes, place, false), arrow(j, "↑", "↓", "↕"), j.link.Kind, linkWords(j.link))
		}
	}
	if len(skips) > 0 {
		text.WriteString("\n")
	}
	for _, j := range skips {
		from, to := shown[j.first].name(), shown[j.second].name()
		if !j.toSecond {
			from, to = to, from
		}
		fmt.Fprintf(&text, "link %d: %s %s %s, %s, %s\n", j.number, from, arrow(j, "→", "→", "↔"), to, j.link.Kind, linkWords(j.link))
	}
	return text.String()
}

func arrow(j joint, back, forth, both string) string {
	switch {
	case j.toFirst && j.toSecond:
		return both
	case j.toFirst:
		return back
	}
	return forth
}

// rows returns the table of modules: its head and a line for each.
func (g *Graph) rows(shown []stretch) []string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "module\tneurons\tJ_D\tJ\tinput\tlabel\tread")
	dash := func(text string) string {
		if text == "" {
			return "-"
		}
		return text
	}
	for _, s := range shown {
		m, read := g.modules[s.first], "-"
		if m.read {
			read = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.name(), words(s.count(strings.TrimSuffix(m.size(), " neurons")), m.tanh), m.self,
			dash(m.recurrent), dash(m.input), dash(m.label), read)
	}
	_ = table.Flush() // into memory
	return strings.Split(text.String(), "\n")
}

// packed lays joints into lanes in which none touches another, the shortest first.
func packed(joints []joint) [][]joint {
	var lanes [][]joint
	order := slices.Clone(joints)
	slices.SortStableFunc(order, func(a, b joint) int { return (a.second - a.first) - (b.second - b.first) })
	for _, j := range order {
		lane := slices.IndexFunc(lanes, func(taken []joint) bool {
			return !slices.ContainsFunc(taken, func(other joint) bool { return j.first <= other.second && other.first <= j.second })
		})
		if lane < 0 {
			lane = len(lanes)
			lanes = append(lanes, nil)
		}
		lanes[lane] = append(lanes[lane], j)
	}
	return lanes
}

// beside draws the lanes to the left of a module, or of the lines after it: the first
// lane is the nearest.
func beside(lanes [][]joint, place int, module bool) string {
	if len(lanes) == 0 {
		return ""
	}
	var text strings.Builder
	fill, head := " ", "  "
	for _, lane := range slices.Backward(lanes) {
		at := slices.IndexFunc(lane, func(j joint) bool { return j.first <= place && (place < j.second || module && place == j.second) })
		if at < 0 {
			text.WriteString(strings.Repeat(fill, 3))
			continue
		}
		j := lane[at]
		number := ""
		switch {
		case !module || j.first < place && place < j.second:
			text.WriteString("│")
		case place == j.first:
			text.WriteString(map[bool]string{false: "╭", true: "┬"}[fill == "─"])
			number, fill = fmt.Sprint(j.number), "─"
		default:
			text.WriteString(map[bool]string{false: "╰", true: "┴"}[fill == "─"])
			fill = "─"
		}
		if fill == "─" && head == "  " {
			head = "──"
		}
		if module && (place == j.first && j.toFirst || place == j.second && j.toSecond) {
			head = "─▶"
		}
		text.WriteString(number + strings.Repeat(fill, max(0, 2-len(number))))
	}
	return text.String() + head + " "
}
