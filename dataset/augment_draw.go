package dataset

import "basin/internal/random"

// change is what happens to one image: a draw from the ranges of an [Augment].
type change struct {
	mirrored             bool
	size, shear, angle   float64 // factor, share, degrees
	right, down          float64 // pixels
	contrast, brightness float64 // factors
	cutX, cutY           int     // upper left corner of the square that is erased
	// The grid of displacements has its first node so far left of the first pixel and above
	// it; nodes has two displacements, right and down, for each, line by line.
	nodeX, nodeY int
	nodes        []float64
}

// draw overwrites a change. What is off takes its draws too, so that turning one thing on or
// off leaves the others as they are.
func (m *augmenter) draw(s *random.Stream, c *change) {
	within := func(most float64) float64 { return float64((2*s.Float64() - 1) * most) }
	c.mirrored = m.mirrored(s)
	c.size = 1 + within(m.Scale)
	c.shear = within(m.Shear)
	c.angle = within(m.Rotation)
	c.right, c.down = within(m.Shift), within(m.Shift)
	c.contrast, c.brightness = 1+within(m.Contrast), 1+within(m.Brightness)
	c.cutX, c.cutY = s.IntN(m.width)-m.Cutout/2, s.IntN(m.height)-m.Cutout/2
	if m.Elastic == 0 {
		return
	}
	c.nodeX, c.nodeY = s.IntN(m.spacing), s.IntN(m.spacing)
	for k := range c.nodes {
		c.nodes[k] = within(m.Elastic)
	}
}

// mirrored is the first of the draws: whether left and right change places.
func (m *augmenter) mirrored(s *random.Stream) bool { return s.Float64() < m.Flip }

// still returns the change that leaves an image as it is.
func (m *augmenter) still() *change {
	c := &change{size: 1, contrast: 1, brightness: 1, cutX: m.width, cutY: m.height}
	if m.Elastic > 0 {
		c.nodes = make([]float64, 2*m.columns*m.lines)
	}
	return c
}
