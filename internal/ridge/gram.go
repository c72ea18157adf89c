package ridge

import (
	"math/bits"

	"basin/internal/kernel"
)

// binaryWords is the number of words of 64 samples of a chunk of binary states, and
// realSamples that of the samples of one of real states.
const (
	binaryWords = 64
	realSamples = 256
)

// binaryChunk has states as bits, set where a state is -1.
type binaryChunk struct {
	*Equations
	state  []float32
	masks  [][]uint8 // of up to 64 samples, a bit per neuron
	planes [][]uint8
	group  []uint64   // a word per neuron, of 64 samples
	rows   []uint64   // a row of binaryWords words per neuron
	labels [][]uint64 // by class, a bit per sample that has it
	count  int        // samples
}

func newBinaryChunk(e *Equations) *binaryChunk {
	c := &binaryChunk{Equations: e, state: e.padded(), group: make([]uint64, e.size), rows: make([]uint64, e.size*binaryWords)}
	for range 64 {
		c.masks = append(c.masks, make([]uint8, e.size/8))
	}
	for range 8 {
		c.planes = append(c.planes, make([]uint8, e.size))
	}
	for range e.classes {
		c.labels = append(c.labels, make([]uint64, binaryWords))
	}
	return c
}

// close brings the last samples, of which there are fewer than 64, to the rows.
func (c *binaryChunk) close() {
	if rest := c.count % 64; rest > 0 {
		for _, mask := range c.masks[rest:] {
			clear(mask)
		}
		c.turn(c.count / 64)
	}
}

func (c *binaryChunk) add(state []float32, label int) (full bool) {
	copy(c.state, state)
	kernel.Signs(c.masks[c.count%64], c.state)
	c.keep(c.masks[c.count%64], label)
	c.labels[label][c.count/64] |= 1 << (c.count % 64)
	c.count++
	if c.count%64 == 0 {
		c.turn(c.count/64 - 1)
	}
	return c.count == 64*binaryWords
}

// turn writes the masks of 64 samples to a word of each row.
func (c *binaryChunk) turn(word int) {
	for g, plane := range c.planes {
		kernel.Plane(plane, c.masks[8*g:][:8])
	}
	kernel.Words(c.group, c.planes)
	for i, w := range c.group {
		c.rows[i*binaryWords+word] = w
	}
}

// square adds the products of neurons from i on with those from j on: samples less twice the
// bits in which they differ. Bits of samples that are not there are alike.
func (c *binaryChunk) square(i, j int, counts []int32) {
	kernel.Differences(counts, tile, c.rows[i*binaryWords:][:tile*binaryWords], c.rows[j*binaryWords:][:tile*binaryWords], binaryWords)
	for a := range tile {
		row := c.matrix[(i+a)*c.size+j:][:tile]
		first := 0
		if i == j {
			first = a
		}
		for b := first; b < tile; b++ {
			row[b] += float64(c.count - 2*int(counts[a*tile+b]))
		}
	}
}

func (c *binaryChunk) take() {
	for class, mask := range c.labels {
		count := 0
		for _, w := range mask {
			count += bits.OnesCount64(w)
		}
		if count == 0 {
			continue
		}
		for i := range c.neurons {
			minus := 0
			for w, bit := range c.rows[i*binaryWords:][:binaryWords] {
				minus += bits.OnesCount64(bit & mask[w])
			}
			c.sums[i*c.classes+class] += float64(count - 2*minus)
		}
		clear(mask)
	}
	clear(c.rows)
	c.count = 0
}

// realChunk has states as numbers, a row per sample, and the same negated.
type realChunk struct {
	*Equations
	states, negated []float64
	count           int
}

func newRealChunk(e *Equations) *realChunk {
	return &realChunk{Equations: e, states: make([]float64, realSamples*e.size), negated: make([]float64, realSamples*e.size)}
}

func (c *realChunk) close() {}

func (c *realChunk) add(state []float32, label int) (full bool) {
	to, minus := c.states[c.count*c.size:], c.negated[c.count*c.size:]
	for i, v := range state {
		to[i], minus[i] = float64(v), -float64(v)
		c.sums[i*c.classes+label] += float64(v)
	}
	c.count++
	return c.count == realSamples
}

func (c *realChunk) square(i, j int, _ []int32) {
	kernel.SubtractProducts(c.matrix[i*c.size+j:], c.size, tile, tile, kernel.Factors{
		A: c.negated[i:], Row: 1, Term: c.size, B: c.states[j:], Next: c.size,
	}, c.count)
}

func (c *realChunk) take() { c.count = 0 }
