package dataset

import (
	"errors"
	"fmt"
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Whitening is the linear map that [Preprocess.Fit] found for [Preprocess.Whiten].
type Whitening struct {
	// Side of the patches in pixels; 0 for whole samples.
	Side int `yaml:"side,omitempty" json:"side,omitempty"`
	// Mean of each channel or, for whole samples, of each value, which is subtracted first.
	Mean []float32 `yaml:"mean" json:"mean"`
	// Matrix has a row for each channel over the Side x Side x channels values of a patch, in
	// the order of a sample; for whole samples it is D x D and symmetric. It is not in texts:
	// a model file has it as an array.
	Matrix []float32 `yaml:"-" json:"-"`
}

// MatrixSize returns the number of values that Matrix should have.
func (w *Whitening) MatrixSize() int {
	return len(w.Mean) * len(w.Mean) * max(1, w.Side*w.Side)
}

// validate reports what is wrong with the whitening of an encoder that was read.
func (w *Whitening) validate(e *Encoder) error {
	if w == nil {
		return errors.New("none, want the one that was fitted")
	}
	side, means := 0, e.width()
	if e.Whiten == whitenPatch {
		if volume(e.Shape) != e.Features || len(e.Shape) < 2 { // which is reported
			return nil
		}
		if side, means = e.side(), e.channels(); side > min(e.Shape[0], e.Shape[1]) {
			return fmt.Errorf("patches of side %d, want such that fit the shape %v", side, e.Shape)
		}
	} else if means > mostWhitened {
		return fmt.Errorf("whole samples of %d values, want at most %d", means, mostWhitened)
	}
	switch {
	case w.Side != side:
		return fmt.Errorf("side %d, want %d", w.Side, side)
	case len(w.Mean) != means:
		return fmt.Errorf("mean: %d values, want %d", len(w.Mean), means)
	case len(w.Matrix) != w.MatrixSize():
		return fmt.Errorf("matrix: %d values, want %d", len(w.Matrix), w.MatrixSize())
	}
	for name, values := range map[string][]float32{"mean": w.Mean, "matrix": w.Matrix} {
		if k := slices.IndexFunc(values, func(v float32) bool { return !finite(v) }); k >= 0 {
			return fmt.Errorf("%s: value %d is %v, want a finite number", name, k, values[k])
		}
	}
	return nil
}

// whitener is a whitening made ready for rows. It does not change.
type whitener struct {
	*Whitening
	height, width int       // for patches
	matrix        []float32 // of whole samples: rows padded to a multiple of 16
	stride        int
	length        int // of the sums of a row, with what is between its lines
}

// ready is for samples of a shape, {height, width} or with channels for patches.
func (w *Whitening) ready(shape []int) *whitener {
	r := &whitener{Whitening: w}
	if w.Side > 0 {
		r.height, r.width = shape[0], shape[1]
		r.length = layout.Padded((r.height-1)*r.line() + r.width)
		return r
	}
	d := len(w.Mean)
	r.stride, r.length = layout.Padded(d), layout.Padded(d)
	if r.matrix = w.Matrix; r.stride != d {
		r.matrix = make([]float32, d*r.stride)
		for k := range d {
			copy(r.matrix[k*r.stride:], w.Matrix[k*d:(k+1)*d])
		}
	}
	return r
}

// line returns the length of a line of pixels with its margins.
func (w *whitener) line() int { return w.width + w.Side - 1 }

// plane returns the length of a channel with its margins, and what the last sums reach beyond.
func (w *whitener) plane() int {
	reach := (w.Side-1)*w.line() + w.Side - 1 + w.length
	return max((w.height+w.Side-1)*w.line(), reach)
}

// room returns memory for the sums and the planes of a row.
func (w *whitener) room() (sums, planes []float32) {
	if w.Side > 0 {
		planes = make([]float32, len(w.Mean)*w.plane())
	}
	return make([]float32, w.length), planes
}

// whiten replaces the values x of a row. For whole samples
//
//	x_k <- sum over l of M_kl (x_l - m_l)
//
// and for patches of side p, with r = p/2, rounded down, and c, d channels,
//
//	x_yxc <- sum over v, u < p and d of M_c,vud (x_(y+v-r)(x+u-r)d - m_d)
//
// where a pixel beyond an edge is the nearest on it. Terms are rounded and added in float32:
// l ascending; d, then v, then u ascending. Cost: D^2, or D p^2 channels.
func (w *whitener) whiten(row, sums, planes []float32) {
	if w.Side > 0 {
		w.convolve(row, sums, planes)
		return
	}
	clear(sums)
	for l, x := range row {
		kernel.DenseChange(sums, w.matrix[l*w.stride:(l+1)*w.stride], x-w.Mean[l]) // M is symmetric
	}
	copy(row, sums)
}

// convolve whitens by patches. Each term is one pass over all pixels at once: channels lie in
// planes with margins, in which a step of a patch is a step in memory.
func (w *whitener) convolve(row, sums, planes []float32) {
	height, width, channels := w.height, w.width, len(w.Mean)
	line, plane, reach := w.line(), w.plane(), w.Side/2
	for d := range channels {
		at := planes[d*plane:]
		for y := range height + w.Side - 1 {
			from := min(max(y-reach, 0), height-1) * width
			for x := range line {
				at[y*line+x] = row[(from+min(max(x-reach, 0), width-1))*channels+d] - w.Mean[d]
			}
		}
	}
	for c := range channels {
		clear(sums)
		matrix := w.Matrix[c*w.Side*w.Side*channels:]
		for d := range channels {
			for v := range w.Side {
				for u := range w.Side {
					from := d*plane + v*line + u
					kernel.DenseChange(sums, planes[from:from+w.length], matrix[(v*w.Side+u)*channels+d])
				}
			}
		}
		for y := range height {
			for x, sum := range sums[y*line : y*line+width] {
				row[(y*width+x)*channels+c] = sum
			}
		}
	}
}
