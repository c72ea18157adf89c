package dataset

// Scaling returns the numbers with which raw values of samples like those that were fitted
// become inputs, before a projection, as [Encoder] says. Where contrast or whitening come first,
// unit multiplies raw values before them, and scale and offset, of length 1 or one for each value,
// apply to what they give; else unit is 1.
func (e *Encoder) Scaling() (unit float32, scale, offset []float32) {
	scale, offset = e.affine(&Set{})
	if unit = 1; e.mixes() {
		unit = 1 / e.Divisor
	}
	return unit, scale, offset
}

// Contrasts says how the contrast is normalised: of whole samples, or, with a side above 0, in
// squares of that side around each pixel.
func (p Preprocess) Contrasts() (sample bool, side int) {
	if p.Contrast == contrastLocal {
		side = p.contrastSide()
	}
	return p.Contrast == contrastSample, side
}

// ProjectionMatrix returns R, whose signs of R p are the inputs: a row for each of them, or nothing without
// a projection.
func (e *Encoder) ProjectionMatrix() []float64 {
	width := e.width()
	matrix := make([]float64, e.Projection*width)
	for b, block := range e.projectionBlocks() {
		for lane := range min(lanes, e.Projection-b*lanes) {
			row := matrix[(b*lanes+lane)*width:]
			for k := range width {
				row[k] = block[k*lanes+lane]
			}
		}
	}
	return matrix
}
