package dataset

import "basin/internal/random"

// lanes is the number of rows of R whose sums run side by side.
const lanes = 8

// projectSample writes the signs of one sample, whose values that are not 0 lie
// at the given starts within a block.
func projectSample(blocks [][]float64, at []int, values []float64, signs []uint8) {
	for b, block := range blocks {
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for n, v := range values {
			r := (*[lanes]float64)(block[at[n]:])
			s0 += float64(r[0] * v)
			s1 += float64(r[1] * v)
			s2 += float64(r[2] * v)
			s3 += float64(r[3] * v)
			s4 += float64(r[4] * v)
			s5 += float64(r[5] * v)
			s6 += float64(r[6] * v)
			s7 += float64(r[7] * v)
		}
		sums := [lanes]float64{s0, s1, s2, s3, s4, s5, s6, s7}
		first := b * lanes
		for lane := range min(lanes, len(signs)-first) {
			signs[first+lane] = 0
			if sums[lane] >= 0 {
				signs[first+lane] = 1
			}
		}
	}
}

// projectionBlocks returns R in blocks of rows: value [k*lanes+lane] of block b
// is R[b*lanes+lane][k]. Lanes beyond the last row are 0.
func (e *Encoder) projectionBlocks() [][]float64 {
	blocks := make([][]float64, (e.Projection+lanes-1)/lanes)
	for row := range e.Projection {
		if row%lanes == 0 {
			blocks[row/lanes] = make([]float64, e.width()*lanes)
		}
		block := blocks[row/lanes]
		draws := random.New(e.ProjectionSeed, random.Projection, uint64(row))
		normal := draws.Rand()
		for k := range e.width() {
			block[k*lanes+row%lanes] = normal.NormFloat64()
		}
	}
	return blocks
}
