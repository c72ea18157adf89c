package kernel

// signReference is the plain form of Sign.
func signReference(state, field []float32) {
	for i, h := range field {
		state[i] = 1
		if h < 0 {
			state[i] = -1
		}
	}
}

// sweepReference is the plain form of Sweep.
func sweepReference(flips []uint8, recurrent, static, state []float32, scale, self float32) {
	clear(flips)
	for i, s := range state {
		h := float32(float32(scale*recurrent[i])+static[i]) + float32(self*s)
		if (h < 0) != (s < 0) {
			flips[i/8] |= 1 << (i % 8)
		}
	}
}

// fieldReference is the plain form of Field.
func fieldReference(field, recurrent, static, state []float32, scale, self float32) {
	for i, s := range state {
		field[i] = float32(float32(scale*recurrent[i])+static[i]) + float32(self*s)
	}
}

// unstableReference is the plain form of Unstable.
func unstableReference(mask []uint8, field, state []float32, kappa float32) {
	clear(mask)
	for i, s := range state {
		if float32(s*field[i]) <= kappa {
			mask[i/8] |= 1 << (i % 8)
		}
	}
}

// signsReference is the plain form of Signs.
func signsReference(mask []uint8, state []float32) {
	clear(mask)
	for i, s := range state {
		if s < 0 {
			mask[i/8] |= 1 << (i % 8)
		}
	}
}

// expandReference is the plain form of Expand.
func expandReference(state []float32, mask []uint8) {
	for i := range state {
		state[i] = float32(1 - 2*int(mask[i/8]>>(i%8)&1))
	}
}

// unpackReference is the plain form of Unpack.
func unpackReference(rows [][]float32, at int, lanes []float32, count int) {
	for b, row := range rows {
		for i := range count {
			row[at+i] = lanes[i*len(rows)+b]
		}
	}
}
