package coupling

import (
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// mostGroups bounds the groups of samples whose counts fit the 16 bits of a kernel.
const mostGroups = 1 << 11

// Learn is that of [Block]: step times the sum, over the places whose windows reach the value,
// of s_i s_j over the samples in which neuron i of the place is unstable. That sum is a count,
// exact in any order, and is rounded once. A part is some values of a window, whose couplings
// lie together.
//
// A place is to it what a group of samples is to a dense block: for each pixel of a window the
// planes of all places that have it, and at which a neuron is unstable, are counted together.
func (s *Shared) Learn(e *Evidence, part, parts int) {
	from, to := layout.Part(s.grid.Values(), part, parts)
	if from >= to || len(e.Signs) == 0 {
		return
	}
	e.lengthen(s.shape.Receivers, s.longer())
	channels := s.grid.Image.Channels
	for from < to {
		pixel := from / channels
		end := min(to, (pixel+1)*channels)
		s.learnPixel(e, pixel, from-pixel*channels, end-pixel*channels)
		from = end
	}
}

// longer returns by how much planes of receivers are longer than these for it.
func (s *Shared) longer() int { return (s.pitch() + 63) &^ 63 }

// reserve is for [Evidence.Reserve].
func (s *Shared) reserve(e *Evidence, samples int) {
	groups := (samples + groupSize - 1) / groupSize
	e.reserveLong(groups, s.shape.Receivers+s.longer())
	if need := s.grid.Image.Channels * s.pitch(); len(e.counts) < need {
		e.counts = make([]float32, need)
	}
	p, most := &e.places, min(s.grid.Places()*groups, mostGroups)
	*p = planes{slices.Grow(p.unstable[:0], most), slices.Grow(p.signs[:0], most), slices.Grow(p.senderSigns[:0], most)}
}

// learnPixel adds the increments of the couplings from channels from..to of one pixel of a
// window.
func (s *Shared) learnPixel(e *Evidence, pixel, from, to int) {
	g, pitch := s.grid, s.pitch()
	y, x := pixel/g.Side, pixel%g.Side
	if need := (to - from) * pitch; len(e.counts) < need {
		e.counts = make([]float32, need)
	}
	counts := e.counts[:(to-from)*pitch]
	clear(counts)
	e.places = planes{e.places.unstable[:0], e.places.signs[:0], e.places.senderSigns[:0]}
	for place := range g.Places() {
		if in := g.inside(place); y < in.top || y >= in.bottom || x < in.left || x >= in.right {
			continue
		}
		top, left := g.Corner(place)
		sender := ((top+y)*g.Image.Width + left + x) * g.Image.Channels
		p := &e.places
		for group := range e.Signs {
			unstable := e.long.unstable[group][place*g.Channels:]
			if !slices.ContainsFunc(unstable[:g.Channels], func(bits uint8) bool { return bits != 0 }) {
				continue
			}
			if len(p.signs) == mostGroups {
				e.count(counts, pitch)
			}
			p.unstable = append(p.unstable, unstable)
			p.signs = append(p.signs, e.long.signs[group][place*g.Channels:])
			p.senderSigns = append(p.senderSigns, e.sending()[group][sender+from:][:to-from])
		}
	}
	e.count(counts, pitch)
	first := pixel*g.Image.Channels + from
	values := s.value[first*pitch:][:len(counts)]
	for k := range to - from {
		row := values[k*pitch:][:g.Channels]
		for c, m := range counts[k*pitch:][:g.Channels] {
			row[c] += float32(e.Step * m)
		}
		if c := first + k - s.itself(0); s.shape.Hollow && c >= 0 && c < g.Channels {
			row[c] = 0
		}
	}
}

// count adds what the places gathered so far count to some rows of counts, and forgets them.
func (e *Evidence) count(counts []float32, pitch int) {
	p := &e.places
	kernel.DensePlasticity(counts, pitch, len(counts)/pitch, 0, pitch, p.unstable, p.signs, p.senderSigns, 1)
	*p = planes{p.unstable[:0], p.signs[:0], p.senderSigns[:0]}
}

// LearnSums is that of [Block]: sums are added up over the places, ascending. A part is some
// channels.
func (s *Shared) LearnSums(step float32, sum func(i, j int) float32, part, parts int) {
	g, pitch := s.grid, s.pitch()
	from, to := layout.Part(g.Channels, part, parts)
	for c := from; c < to; c++ {
		for e := range g.Values() {
			if s.shape.Hollow && e == s.itself(c) {
				continue
			}
			pixel, channel := e/g.Image.Channels, e%g.Image.Channels
			y, x, total := pixel/g.Side, pixel%g.Side, float32(0)
			for place := range g.Places() {
				if in := g.inside(place); y >= in.top && y < in.bottom && x >= in.left && x < in.right {
					top, left := g.Corner(place)
					total += sum(place*g.Channels+c, ((top+y)*g.Image.Width+left+x)*g.Image.Channels+channel)
				}
			}
			s.value[e*pitch+c] += float32(step * total)
		}
	}
}
