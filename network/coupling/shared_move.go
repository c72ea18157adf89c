package coupling

import "basin/internal/kernel"

// sharedBlock is the number of channels that are multiplied at a time: twice what the widest
// kernel keeps in registers.
const sharedBlock = 96

// Product is that of [Block]. A line of a window is senders side by side, so that it is a small
// dense product for all channels; places that have as much of their windows in the image, rows
// and columns of them, are multiplied together, as if they were samples.
func (s *Shared) Product(w *Workspace, products [][]float32, states States, from, to int) {
	receivers, channels := s.shape.Receivers, s.grid.Channels
	inRange(from >= 0 && to <= s.stride())
	for _, product := range products {
		clear(product[min(max(from, receivers), to):to])
	}
	to = min(to, receivers)
	for i, width := from, s.grid.Width(); i < to; {
		place, c := i/channels, i%channels
		end := min(to-place*channels, channels)
		switch whole := to / channels; {
		case c > 0 || end < channels:
			s.multiply(w, products, states, area{place, 1, 1}, c, end)
			place++
		case place%width > 0 || place+width > whole:
			next := s.grid.alike(place, whole)
			s.multiply(w, products, states, area{place, 1, next - place}, 0, channels)
			place = next
		default:
			rows := s.grid.alikeRows(place/width, whole/width)
			for next := place + width; place < next; {
				columns := s.grid.alike(place, next) - place
				s.multiply(w, products, states, area{place, rows, columns}, 0, channels)
				place += columns
			}
			place += (rows - 1) * width
		}
		i = min(place*channels, to)
	}
}

// area is some rows and columns of places, from one on.
type area struct{ place, rows, columns int }

// multiply writes the products of channels c..end at places that have as much of their windows
// in the image.
func (s *Shared) multiply(w *Workspace, products [][]float32, states States, places area, c, end int) {
	in, pitch, samples := s.grid.inside(places.place), s.pitch(), len(products)
	pairs := places.rows * places.columns * samples // of a place and a sample
	pair := func(n int) (place, sample int) {
		row, column := n/samples/places.columns, n/samples%places.columns
		return places.place + row*s.grid.Width() + column, n % samples
	}
	for last := end; c < last; c = end {
		end = min(c+sharedBlock, last)
		begin := c &^ 7 // kernels want whole vectors
		width := (end - begin + 7) &^ 7
		for first := 0; first < pairs; first += denseTile {
			count := min(denseTile, pairs-first)
			sums := w.sums[:count*width]
			clear(sums)
			for y := in.top; y < in.bottom; y++ {
				rows, senders, e := w.rows[:0], w.states[:0], 0
				for n := range count {
					place, sample := pair(first + n)
					l := s.line(place, y, in)
					rows = append(rows, sums[n*width:][:width])
					senders = append(senders, states.Rows[sample][l.sender:][:l.count])
					e = l.e
				}
				kernel.DenseField(rows, senders, s.value[e*pitch+begin:], pitch, !states.Real)
			}
			for n := range count {
				place, sample := pair(first + n)
				copy(products[sample][place*s.grid.Channels+c:], sums[n*width+c-begin:][:end-c])
			}
		}
	}
}

// inRange panics, as an index out of range does, where a place in the image would hide it.
func inRange(ok bool) {
	if !ok {
		panic("coupling: a neuron that the block does not have")
	}
}

// Flips is that of [Block].
func (s *Shared) Flips(product, state []float32, flipped []int32) {
	for _, j := range flipped {
		s.Change(product, int(j), 2*state[j])
	}
}

// Change is that of [Block].
func (s *Shared) Change(product []float32, j int, change float32) {
	inRange(j >= 0 && j < s.shape.Senders)
	g, pitch := s.grid, s.pitch()
	pixel, channel := j/g.Image.Channels, j%g.Image.Channels
	y, x, width := pixel/g.Image.Width, pixel%g.Image.Width, g.Width()
	top, bottom, left, right := g.Reached(y, x)
	whole := g.Channels &^ 15
	for row := top; row < bottom; row++ {
		line := (y + g.Border - row*g.Stride) * g.Side
		for column := left; column < right; column++ {
			e := (line+x+g.Border-column*g.Stride)*g.Image.Channels + channel
			fields := product[(row*width+column)*g.Channels:][:g.Channels]
			values := s.value[e*pitch:][:g.Channels]
			kernel.DenseChange(fields[:whole], values[:whole], change)
			for c := whole; c < len(fields); c++ {
				fields[c] += float32(values[c] * change)
			}
		}
	}
}

// message is sums of messages under way: see Receive of [Block].
type message struct {
	sum, square float64
	a, b        float32
	count       int
}

// add adds a term of a coupling with a mean and a variance.
func (m *message) add(coupling, mean, variance float32) {
	if m.count == kernel.RunLength {
		m.end()
	}
	m.a += float32(coupling * mean)
	m.b += float32(float32(coupling*coupling) * variance)
	m.count++
}

// end ends a run.
func (m *message) end() {
	m.sum += float64(m.a)
	m.square += float64(m.b)
	m.a, m.b, m.count = 0, 0, 0
}

// Receive is that of [Block].
func (s *Shared) Receive(mean, variance []float32, sum, square []float64, from, to int) {
	clear(sum[from:to])
	clear(square[from:to])
	pitch := s.pitch()
	for i := from; i < min(to, s.shape.Receivers); i++ {
		place, c := i/s.grid.Channels, i%s.grid.Channels
		in := s.grid.inside(place)
		var m message
		for y := in.top; y < in.bottom; y++ {
			l := s.line(place, y, in)
			for k := range l.count {
				if j := l.sender + k; !s.shape.Hollow || j != i {
					m.add(s.value[(l.e+k)*pitch+c], mean[j], variance[j])
				}
			}
		}
		m.end()
		sum[i], square[i] = m.sum, m.square
	}
}

// Send is that of [Block].
func (s *Shared) Send(mean, variance []float32, sum, square []float64, from, to int) {
	clear(sum[from:to])
	clear(square[from:to])
	g, pitch, width := s.grid, s.pitch(), s.grid.Width()
	for j := from; j < min(to, s.shape.Senders); j++ {
		pixel, channel := j/g.Image.Channels, j%g.Image.Channels
		y, x := pixel/g.Image.Width, pixel%g.Image.Width
		top, bottom, left, right := g.Reached(y, x)
		var m message
		for row := top; row < bottom; row++ {
			for column := left; column < right; column++ {
				e := ((y+g.Border-row*g.Stride)*g.Side+x+g.Border-column*g.Stride)*g.Image.Channels + channel
				first := (row*width + column) * g.Channels
				for c := range g.Channels {
					if i := first + c; !s.shape.Hollow || i != j {
						m.add(s.value[e*pitch+c], mean[i], variance[i])
					}
				}
			}
		}
		m.end()
		sum[j], square[j] = m.sum, m.square
	}
}
