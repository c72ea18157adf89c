package interchange

import (
	"fmt"

	"basin/checkpoint"
	"basin/dataset"
)

// encode adds the steps of an encoder, from the raw values x, and returns the inputs of the
// network, a column for each sample.
func (g *graph) encode(e *dataset.Encoder) string {
	g.scope = "inputs."
	values := g.transpose("x", 1, 0)
	if e.Codings != nil {
		values = g.fill(e, values)
	}
	unit, scale, offset := e.Scaling()
	if unit != 1 {
		values = g.mul(values, g.scalar(unit))
	}
	if sample, side := e.Contrasts(); sample {
		values = g.contrast(values)
	} else if side > 0 {
		values = g.localContrast(values, e.Shape, side)
	}
	if e.Whitening != nil {
		values = g.whiten(values, e.Whitening, e.Shape)
	}
	values = g.mul(values, constant(g, "inputs.scale", scale, len(scale), 1))
	values = g.add(values, constant(g, "inputs.offset", offset, len(offset), 1))
	if e.Bytes { // floor(v + 1/2) in 64 bits, where that sum is exact
		clipped := g.op("Clip", []string{values, constant(g, "inputs.lowest", []float32{0}), constant(g, "inputs.highest", []float32{255})})
		half := g.add(g.cast(clipped, float64s), g.double(0.5))
		values = g.cast(g.op("Floor", []string{half}), float32s)
	}
	if rows := e.Projection; rows > 0 {
		matrix := e.ProjectionMatrix()
		projections := g.matmul(constant(g, "inputs.projection", matrix, rows, len(matrix)/rows), g.cast(values, float64s))
		values = g.where(g.op("Less", []string{projections, g.double(0)}), g.scalar(-1), g.scalar(1))
	}
	return values
}

// canEncode reports the first column of a table that the input of a graph, numbers of 32 bits,
// cannot hold.
func canEncode(m *checkpoint.Model) error {
	for k, c := range m.Encoder.Codings {
		if c.Categories == nil && c.Origin == 0 {
			continue
		}
		kind := "numbers of more digits than 32 bits have, or dates"
		if c.Categories != nil {
			kind = fmt.Sprintf("texts (%d different ones)", len(c.Categories))
		}
		name := fmt.Sprintf("column %d of the table", k+1)
		if t := m.Columns; t != nil && len(t.Features) == len(m.Encoder.Codings) {
			name += fmt.Sprintf(", %q,", t.Features[k])
		}
		return fmt.Errorf("%s holds %s: the input of a graph is numbers of 32 bits; want a model that was trained without it (data.drop), or with numbers in its place", name, kind)
	}
	return nil
}

// fill puts numbers in the place of those that are missing, and adds the values that say which
// are.
func (g *graph) fill(e *dataset.Encoder, values string) string {
	fill, list := make([]float32, e.Features), []int32(nil)
	more := false
	for k, c := range e.Codings {
		fill[k] = float32(c.Fill)
		list = append(list, int32(k))
		if c.Missing {
			list = append(list, int32(e.Features+k))
			more = true
		}
	}
	missing := g.op("IsNaN", []string{values})
	values = g.where(missing, constant(g, "inputs.fill", fill, len(fill), 1), values)
	if more {
		both := g.op("Concat", []string{values, g.cast(missing, float32s)}, attribute{"axis", 0})
		values = g.rows(both, list, len(list))
	}
	return values
}

// contrast normalises that of whole samples, in 64 bits.
func (g *graph) contrast(values string) string {
	mean := func(a string) string { return g.op("ReduceMean", []string{a}, attribute{"axes", []int{0}}) }
	wide := g.cast(values, float64s)
	rest := g.sub(wide, mean(wide))
	return g.cast(g.div(rest, g.deviation(mean(g.mul(rest, rest)))), float32s)
}

// deviation is the root of a variance and the floor that is added to it.
func (g *graph) deviation(variance string) string {
	return g.op("Sqrt", []string{g.add(variance, g.double(dataset.ContrastFloor))})
}

// localContrast normalises that around each pixel of images. The sum over a square is one product
// with a matrix of ones and zeros along the columns and one along the lines.
func (g *graph) localContrast(values string, shape []int, side int) string {
	height, width, channels := imageSides(shape)
	down, across := band(height, side), band(width, side)
	count := make([]float64, height*width)
	for y := range height {
		for x := range width {
			count[y*width+x] = sum(down[y*height:][:height]) * sum(across[x*width:][:width]) * float64(channels)
		}
	}
	lines := constant(g, "inputs.lines", down, height, height)
	columns := constant(g, "inputs.columns", across, width, width)
	counts := constant(g, "inputs.counts", count, height, width, 1)
	mean := func(pixels string) string {
		sums := g.op("ReduceSum", []string{pixels, constant(g, "inputs.channels", []int64{2}, 1)}, attribute{"keepdims", 0})
		sums = g.matmul(lines, g.reshape(sums, int64(height), -1))
		return g.div(g.matmul(columns, g.reshape(sums, int64(height), int64(width), -1)), counts)
	}
	wide := g.reshape(g.cast(values, float64s), int64(height), int64(width), int64(channels), -1)
	means := mean(wide)
	variance := g.sub(mean(g.mul(wide, wide)), g.mul(means, means))
	deviation := g.deviation(g.op("Max", []string{variance, g.double(0)}))
	perPixel := func(a string) string { return g.reshape(a, int64(height), int64(width), 1, -1) }
	out := g.div(g.sub(wide, perPixel(means)), perPixel(deviation))
	return g.cast(g.reshape(out, int64(height*width*channels), -1), float32s)
}

// band is a square matrix, row by row, with ones where a place of the column is in the window
// of the place of the row: side/2 before it, rounded down, and the rest after it.
func band(places, side int) []float64 {
	matrix := make([]float64, places*places)
	for row := range places {
		for column := max(0, row-side/2); column < min(places, row-side/2+side); column++ {
			matrix[row*places+column] = 1
		}
	}
	return matrix
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// whiten multiplies whole samples with the matrix of a whitening, or moves its patches over images.
func (g *graph) whiten(values string, w *dataset.Whitening, shape []int) string {
	if w.Side == 0 {
		size := len(w.Mean)
		rest := g.sub(values, constant(g, "inputs.mean", w.Mean, size, 1))
		return g.matmul(constant(g, "inputs.whitening", w.Matrix, size, size), rest)
	}
	height, width, channels := imageSides(shape)
	rest := g.sub(g.images(values, height, width, channels), constant(g, "inputs.mean", w.Mean, channels, 1, 1))
	before := int64(w.Side / 2)
	after := int64(w.Side) - 1 - before
	pads := constant(g, "inputs.pads", []int64{0, 0, before, before, 0, 0, after, after}, 8)
	rest = g.op("Pad", []string{rest, pads}, attribute{"mode", "edge"})
	filters := channelsFirst(w.Matrix, channels, w.Side, channels)
	out := g.op("Conv", []string{rest, constant(g, "inputs.whitening", filters, channels, channels, w.Side, w.Side)})
	return g.columns(out, channels*height*width)
}

// images turns columns of images, channels last, to samples x channels x height x width, as
// convolutions want them; columns turns these back.
func (g *graph) images(values string, height, width, channels int) string {
	return g.transpose(g.reshape(values, int64(height), int64(width), int64(channels), -1), 3, 2, 0, 1)
}

func (g *graph) columns(images string, values int) string {
	return g.reshape(g.transpose(images, 2, 3, 1, 0), int64(values), -1)
}

// channelsFirst returns filters, one after another, of side x side pixels with their channels
// last, with these first.
func channelsFirst(values []float32, filters, side, channels int) []float32 {
	out := make([]float32, 0, len(values))
	for f := range filters {
		for d := range channels {
			for p := range side * side {
				out = append(out, values[(f*side*side+p)*channels+d])
			}
		}
	}
	return out
}

func imageSides(shape []int) (height, width, channels int) {
	height, width, channels = shape[0], shape[1], 1
	if len(shape) > 2 {
		channels = shape[2]
	}
	return height, width, channels
}
