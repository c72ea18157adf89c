package dataset

import (
	"math"
	"sync"

	"basin/internal/random"
)

// Places between pixels are integers in units of one / 2^24 pixel, so that sums of steps along a
// line are exact.
const (
	placeBits = 24
	onePixel  = 1 << placeBits
	betweens  = onePixel - 1
	perPixel  = 1.0 / onePixel
)

// augmenter changes images of one shape. It does not change; its methods may be called at once
// from many goroutines, each with a picture of its own.
type augmenter struct {
	Augment
	height, width, channels int
	spacing                 int
	lines, columns          int // of the grid of displacements
	extend                  bool
	ground                  []float32 // raw value of an erased pixel, by channel
	pictures                sync.Pool // of *canvas
}

// canvas is what one goroutine needs to change an image.
type canvas struct {
	change change
	// framed is the image with one pixel more before its lines and columns and two behind.
	framed []float32
	moved  []int64 // displacements along a line, in places
	*workspace
}

// newAugmenter returns what changes samples of a set; nil where nothing does. Raw values are
// divided by the divisor.
func (e *Encoder) newAugmenter(divisor float32, t *steps) *augmenter {
	if !e.Augment.On() {
		return nil
	}
	m := &augmenter{Augment: e.Augment, height: e.Shape[0], width: e.Shape[1], channels: e.channels(), spacing: e.Augment.spacing(e.Shape)}
	m.extend = m.edge(m.channels)
	nodes := func(side int) int { return (side+2*m.spacing-2)/m.spacing + 1 }
	m.lines, m.columns = nodes(m.height), nodes(m.width)
	for _, v := range e.Ground {
		m.ground = append(m.ground, v*divisor)
	}
	m.pictures.New = func() any {
		return &canvas{
			change:    *m.still(),
			framed:    make([]float32, (m.height+3)*(m.width+3)*m.channels),
			moved:     make([]int64, 2*m.columns),
			workspace: t.workspace(m.height * m.width * m.channels),
		}
	}
	return m
}

// show draws a change of sample i of a set and writes the image, as raw values, to the canvas.
func (m *augmenter) show(s *Set, i int, draws random.Stream, c *canvas) {
	m.draw(&draws, &c.change)
	m.apply(s, i, &c.change, c)
}

// apply writes sample i of a set, changed, to the canvas.
func (m *augmenter) apply(s *Set, i int, change *change, c *canvas) {
	if m.moves() {
		m.frame(s, i, c.framed)
		m.move(change, c)
	} else {
		s.rawRow(i, c.raw)
	}
	m.light(change, c.raw)
	m.erase(change, c.raw)
}

// frame writes sample i of a set to the middle of a frame, and the nearest pixels around it where
// what lies outside is those: else there are zeros already.
func (m *augmenter) frame(s *Set, i int, framed []float32) {
	line, stride := m.width*m.channels, (m.width+3)*m.channels
	first := i * m.height * line
	for y := range m.height {
		from, to := first+y*line, framed[(y+1)*stride+m.channels:][:line]
		if s.Bytes == nil {
			copy(to, s.Floats[from:from+line])
			continue
		}
		for k, b := range s.Bytes[from : from+line] {
			to[k] = float32(b)
		}
	}
	if !m.extend {
		return
	}
	for y := range m.height {
		row := framed[(y+1)*stride:][:stride]
		copy(row, row[m.channels:2*m.channels])
		copy(row[stride-2*m.channels:], row[stride-3*m.channels:stride-2*m.channels])
		copy(row[stride-m.channels:], row[stride-2*m.channels:])
	}
	copy(framed, framed[stride:2*stride])
	last := framed[m.height*stride:][:stride]
	copy(framed[(m.height+1)*stride:], last)
	copy(framed[(m.height+2)*stride:], last)
}

// move writes the values of a framed image at the places that the pixels of the changed image
// come from.
func (m *augmenter) move(change *change, c *canvas) {
	xx, xy, yx, yy := change.matrix()
	middleX, middleY := float64(m.width-1)/2, float64(m.height-1)/2
	right, down := -middleX-change.right, -middleY-change.down // of the first pixel from the middle
	x := place(middleX + 1 + float64(xx*right) + float64(xy*down))
	y := place(middleY + 1 + float64(yx*right) + float64(yy*down))
	alongX, alongY, acrossX, acrossY := place(xx), place(yx), place(xy), place(yy)
	line := m.width * m.channels
	for row := 0; row < m.height; row, x, y = row+1, x+acrossX, y+acrossY {
		dst := c.raw[row*line : (row+1)*line]
		if m.Elastic == 0 {
			m.line(dst, c.framed, x, y, alongX, alongY)
			continue
		}
		m.displacements(change, row, c.moved)
		for k, at := 0, -change.nodeX; at < m.width; k, at = k+1, at+m.spacing {
			from, to := max(at, 0), min(at+m.spacing, m.width)
			if from == to {
				continue
			}
			ux, uy := c.moved[2*k], c.moved[2*k+1]
			dx, dy := (c.moved[2*k+2]-ux)/int64(m.spacing), (c.moved[2*k+3]-uy)/int64(m.spacing)
			in, steps := int64(from-at), int64(from)
			m.line(dst[from*m.channels:to*m.channels], c.framed, x+steps*alongX+ux+in*dx, y+steps*alongY+uy+in*dy, alongX+dx, alongY+dy)
		}
	}
}

// matrix returns F^-1 S^-1 H^-1 R^-1: how places right and down of the middle in the image
// that was read grow with those in the image that is shown, xy the first with the second.
func (c *change) matrix() (xx, xy, yx, yy float64) {
	sin, cos := math.Sincos(c.angle * (math.Pi / 180))
	xx, xy = (cos+float64(c.shear*sin))/c.size, (sin-float64(c.shear*cos))/c.size
	yx, yy = -sin/c.size, cos/c.size
	if c.mirrored {
		xx, xy = -xx, -xy
	}
	return xx, xy, yx, yy
}

// place returns a place in pixels as an integer.
func place(pixels float64) int64 { return int64(math.Floor(float64(pixels*onePixel) + 0.5)) }

// displacements writes those of a line of pixels at the columns of the grid.
func (m *augmenter) displacements(change *change, row int, moved []int64) {
	above, share := (row+change.nodeY)/m.spacing, float64((row+change.nodeY)%m.spacing)/float64(m.spacing)
	upper := change.nodes[above*2*m.columns:][:2*m.columns]
	lower := change.nodes[(above+1)*2*m.columns:][:2*m.columns]
	for k, u := range upper {
		moved[k] = place(u + float64(share*(lower[k]-u)))
	}
}

// line writes values between pixels of a framed image along a line that begins at a place and goes
// on by steps: between four pixels, linear in each direction.
func (m *augmenter) line(dst, framed []float32, x, y, dx, dy int64) {
	stride, right, bottom := (m.width+3)*m.channels, int64(m.width+1)*onePixel, int64(m.height+1)*onePixel
	if m.channels > 1 {
		m.coloured(dst, framed, x, y, dx, dy)
		return
	}
	for k := range dst {
		px, py := min(max(x, 0), right), min(max(y, 0), bottom)
		x, y = x+dx, y+dy
		at := int(py>>placeBits)*stride + int(px>>placeBits)
		shareX, shareY := float32(px&betweens)*perPixel, float32(py&betweens)*perPixel
		a, b := framed[at:at+2], framed[at+stride:at+stride+2]
		upper := a[0] + float32(shareX*(a[1]-a[0]))
		lower := b[0] + float32(shareX*(b[1]-b[0]))
		dst[k] = upper + float32(shareY*(lower-upper))
	}
}

// coloured is line for any number of channels.
func (m *augmenter) coloured(dst, framed []float32, x, y, dx, dy int64) {
	n := m.channels
	stride, right, bottom := (m.width+3)*n, int64(m.width+1)*onePixel, int64(m.height+1)*onePixel
	for ; len(dst) >= n; dst = dst[n:] {
		px, py := min(max(x, 0), right), min(max(y, 0), bottom)
		x, y = x+dx, y+dy
		at := int(py>>placeBits)*stride + int(px>>placeBits)*n
		shareX, shareY := float32(px&betweens)*perPixel, float32(py&betweens)*perPixel
		a, b := framed[at:at+2*n], framed[at+stride:at+stride+2*n]
		for c := range n {
			upper := a[c] + float32(shareX*(a[n+c]-a[c]))
			lower := b[c] + float32(shareX*(b[n+c]-b[c]))
			dst[c] = upper + float32(shareY*(lower-upper))
		}
	}
}

// light changes brightness and contrast.
func (m *augmenter) light(c *change, values []float32) {
	if c.contrast == 1 && c.brightness == 1 {
		return
	}
	mean := 0.0
	if c.contrast != 1 {
		for _, v := range values {
			mean += float64(v)
		}
		mean /= float64(len(values))
	}
	factor, sum := float32(c.brightness*c.contrast), float32(float64(c.brightness*mean)*(1-c.contrast))
	for k, v := range values {
		values[k] = float32(factor*v) + sum
	}
}

// erase fills a square.
func (m *augmenter) erase(c *change, values []float32) {
	if m.Cutout == 0 {
		return
	}
	for y := max(c.cutY, 0); y < min(c.cutY+m.Cutout, m.height); y++ {
		for x := max(c.cutX, 0); x < min(c.cutX+m.Cutout, m.width); x++ {
			copy(values[(y*m.width+x)*m.channels:], m.ground)
		}
	}
}
