package coupling

import "basin/internal/kernel"

// sharedBlock is the number of channels that are multiplied at a time: twice what the widest
// kernel keeps in registers.
const sharedBlock = 96

// Product is that of [Block]. A line of a window is senders side by side, so that it is a small
// dense product for all channels; places that have as much of their windows in the image are
// multiplied together, as if they were samples.
func (s *Shared) Product(w *Workspace, products [][]float32, states States, from, to int) {
	receivers, channels := s.shape.Receivers, s.grid.Channels
	for _, product := range products {
		clear(product[min(max(from, receivers), to):to])
	}
	to = min(to, receivers)
	for i := from; i < to; {
		place, c := i/channels, i%channels
		end, after := min(to-place*channels, channels), place+1
		if c == 0 && end == channels {
			after = s.grid.alike(place, to/channels)
		}
		for ; c < end; c += sharedBlock {
			s.multiply(w, products, states, place, after, c, min(c+sharedBlock, end))
		}
		i = (after-1)*channels + end
	}
}

// multiply writes the products of channels c..end, at most sharedBlock, at the places
// place..after, which have as much of their windows in the image.
func (s *Shared) multiply(w *Workspace, products [][]float32, states States, place, after, c, end int) {
	in, pitch := s.grid.inside(place), s.pitch()
	begin := c &^ 7 // kernels want whole vectors
	width := (end - begin + 7) &^ 7
	samples := len(products)
	pairs := (after - place) * samples // of a place and a sample
	for first := 0; first < pairs; first += denseTile {
		count := min(denseTile, pairs-first)
		sums := w.sums[:count*width]
		clear(sums)
		for y := in.top; y < in.bottom; y++ {
			rows, senders, e := w.rows[:0], w.states[:0], 0
			for n := range count {
				l := s.line(place+(first+n)/samples, y, in)
				rows = append(rows, sums[n*width:][:width])
				senders = append(senders, states.Rows[(first+n)%samples][l.sender:][:l.count])
				e = l.e
			}
			kernel.DenseField(rows, senders, s.value[e*pitch+begin:], pitch, !states.Real)
		}
		for n := range count {
			at := (place+(first+n)/samples)*s.grid.Channels + c
			copy(products[(first+n)%samples][at:], sums[n*width+c-begin:][:end-c])
		}
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
