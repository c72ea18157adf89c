package graph

import (
	"fmt"
	"slices"

	"basin/network"
)

// stretch is a run of modules first..last that is shown as one: a single module, or
// equal ones in the middle of a chain.
type stretch struct{ first, last int }

const (
	shownWhole   = 12 // modules up to which each is shown
	leastStretch = 3  // equal modules that are shown as one
)

// stretches divides the modules into what is shown. In a long network, equal modules that
// are joined to their neighbours alone, all in the same way, are shown as one.
func (g *Graph) stretches() []stretch {
	next := make([][]network.Link, len(g.modules)) // links to the next module, from 0 to 1
	others := make([]bool, len(g.modules))         // has links to others than its neighbours
	for _, l := range g.links {
		a, b := min(l.Between[0], l.Between[1]), max(l.Between[0], l.Between[1])
		if b > a+1 {
			others[a], others[b] = true, true
			continue
		}
		l.Between = [2]int{l.Between[0] - a, l.Between[1] - a}
		next[a] = append(next[a], l)
	}
	inner := func(m int) bool {
		return len(g.modules) > shownWhole && m > 0 && m < len(g.modules)-1 && !others[m] &&
			g.modules[m] == g.modules[m-1] && g.modules[m] == g.modules[m+1] && slices.Equal(next[m-1], next[m])
	}
	var shown []stretch
	for m := 0; m < len(g.modules); {
		end := m
		for inner(end) {
			end++
		}
		if end-m < leastStretch {
			end = m + 1
		}
		shown = append(shown, stretch{m, end - 1})
		m = end
	}
	return shown
}

// name of what is shown.
func (s stretch) name() string {
	if s.first == s.last {
		return fmt.Sprint(s.first)
	}
	return fmt.Sprintf("%d to %d", s.first, s.last)
}

// count writes the size of what is shown, that of each where there are several.
func (s stretch) count(size string) string {
	if s.first == s.last {
		return size
	}
	return fmt.Sprintf("%d x %s", s.last-s.first+1, size)
}

// joint is a link between two stretches, given by their places: first < second.
type joint struct {
	first, second     int
	number            int // of the link
	link              network.Link
	toFirst, toSecond bool // what it acts on
}

// joints returns the links between stretches, in their order.
func (g *Graph) joints(shown []stretch) []joint {
	at := make([]int, len(g.modules))
	for place, s := range shown {
		for m := s.first; m <= s.last; m++ {
			at[m] = place
		}
	}
	var list []joint
	for number, l := range g.links {
		a, b := min(l.Between[0], l.Between[1]), max(l.Between[0], l.Between[1])
		if at[a] == at[b] {
			continue // inside a stretch
		}
		j := joint{first: at[a], second: at[b], number: number, link: l}
		for _, ends := range l.Directions() {
			j.toFirst, j.toSecond = j.toFirst || ends[1] == a, j.toSecond || ends[1] == b
		}
		list = append(list, j)
	}
	return list
}
