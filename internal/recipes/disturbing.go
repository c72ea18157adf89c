package recipes

import (
	"math"

	"basin/dataset"
	"basin/internal/random"
)

// What is done to the inputs of a sample, encoded as networks read them. Each but noise is
// done to whole pixels, with all their channels.
const (
	byNoise     = "noise"     // Gaussian noise is added; strength: its deviation
	byFlips     = "flipped"   // a share of the pixels is black or white, as a coin falls
	byOcclusion = "occluded"  // a square somewhere is black; strength: its side, in pixels
	byGaps      = "missing"   // a share of the pixels is 0, the mean of the training samples
	byShift     = "shifted"   // the image moves to one of four sides, and black comes in; pixels
	byHalf      = "half"      // a share of the image, from one of four sides, is 0
	byNeurons   = "restless"  // after every sweep a share of the neurons is set at random
	undisturbed = "undamaged" // nothing
)

// disturbances are those of inputs, in the order of tables. Their numbers are part of the
// addresses of random draws.
var disturbances = []string{byNoise, byFlips, byOcclusion, byGaps, byShift, byHalf}

// disturbance is a kind with the strengths, above 0, at which it is measured.
type disturbance struct {
	Kind      string    `json:"kind"`
	Strengths []float64 `json:"strengths"`
}

// disturbed are samples under one disturbance. What happens to one is a function of kind,
// strength, seed and place; the pixels that a weaker one takes are among those of a stronger.
type disturbed struct {
	counted
	kind     int // among disturbances
	strength float64
	seed     uint64
	image    image
}

// image is the form of inputs, and their values where a pixel is black and where it is white.
type image struct {
	height, width, channels int
	black, white            []float32
}

// newImage returns the image of a shape, height x width [x channels], as an encoder writes it.
func newImage(shape []int, e *dataset.Encoder) (image, error) {
	_, scale, offset, err := e.InBytes()
	if err != nil {
		return image{}, err
	}
	m := image{height: shape[0], width: shape[1], channels: 1}
	if len(shape) > 2 {
		m.channels = shape[2]
	}
	for k := range scale {
		m.black = append(m.black, float32(offset[k]))
		m.white = append(m.white, float32(offset[k]+255*scale[k]))
	}
	return m, nil
}

// pixel returns the values of a pixel, counted row by row.
func (m image) pixel(values []float32, place int) []float32 {
	return values[place*m.channels:][:m.channels]
}

// Row writes the disturbed inputs.
func (d disturbed) Row(place int, dst []float32) {
	d.counted.Row(place, dst)
	if d.strength == 0 {
		return
	}
	dst = dst[:d.Dim()]
	stream := random.New(d.seed, random.Disturb, uint64(d.kind), uint64(place))
	switch disturbances[d.kind] {
	case byNoise:
		draw := stream.Rand()
		for k := range dst {
			dst[k] += float32(d.strength * draw.NormFloat64())
		}
	case byFlips:
		for _, p := range d.some(&stream) {
			from := d.image.black
			if stream.Uint64()>>63 == 0 {
				from = d.image.white
			}
			copy(d.image.pixel(dst, int(p)), d.image.pixel(from, int(p)))
		}
	case byGaps:
		for _, p := range d.some(&stream) {
			clear(d.image.pixel(dst, int(p)))
		}
	case byOcclusion:
		d.occlude(&stream, dst)
	case byShift:
		d.shift(&stream, dst)
	case byHalf:
		d.hide(&stream, dst)
	}
}

// some returns a share of the pixels, in a random order in which a larger share goes on.
func (d disturbed) some(stream *random.Stream) []int32 {
	order := make([]int32, d.image.height*d.image.width)
	stream.Permute(order)
	return order[:int(math.Round(min(d.strength, 1)*float64(len(order))))]
}

// occlude makes a square black, of at most the image, all of which is inside it.
func (d disturbed) occlude(stream *random.Stream, dst []float32) {
	m, side := d.image, int(d.strength)
	height, width := min(side, m.height), min(side, m.width)
	top := int(stream.Float64() * float64(m.height-height+1))
	left := int(stream.Float64() * float64(m.width-width+1))
	for y := top; y < top+height; y++ {
		for x := left; x < left+width; x++ {
			copy(m.pixel(dst, y*m.width+x), m.pixel(m.black, y*m.width+x))
		}
	}
}

// sides are the directions down, up, right and left, in rows and columns.
var sides = [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}

// shift moves the image to one side.
func (d disturbed) shift(stream *random.Stream, dst []float32) {
	m, side := d.image, sides[stream.IntN(len(sides))]
	before := append([]float32{}, dst...)
	for y := range m.height {
		for x := range m.width {
			from, at := m.black, y*m.width+x
			fromY, fromX := y-int(d.strength)*side[0], x-int(d.strength)*side[1]
			source := at
			if fromY >= 0 && fromY < m.height && fromX >= 0 && fromX < m.width {
				from, source = before, fromY*m.width+fromX
			}
			copy(m.pixel(dst, at), m.pixel(from, source))
		}
	}
}

// hide makes a share of the rows, or of the columns, from one side on 0.
func (d disturbed) hide(stream *random.Stream, dst []float32) {
	m, side := d.image, sides[stream.IntN(len(sides))]
	rows, columns := int(math.Round(min(d.strength, 1)*float64(m.height))), int(math.Round(min(d.strength, 1)*float64(m.width)))
	for y := range m.height {
		for x := range m.width {
			hidden := side[0] > 0 && y < rows || side[0] < 0 && y >= m.height-rows || side[1] > 0 && x < columns || side[1] < 0 && x >= m.width-columns
			if hidden {
				clear(m.pixel(dst, y*m.width+x))
			}
		}
	}
}
