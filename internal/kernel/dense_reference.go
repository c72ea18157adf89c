package kernel

// denseFieldReference is the plain form of DenseField.
func denseFieldReference(fields, states [][]float32, couplings []float32, stride int, _ bool) {
	for q, field := range fields {
		for j, s := range states[q] {
			row := couplings[j*stride:][:len(field)]
			for i, c := range row {
				field[i] += float32(c * s)
			}
		}
	}
}

// denseFlipsReference is the plain form of DenseFlips.
func denseFlipsReference(field, state, couplings []float32, stride int, flipped []int32) {
	for _, j := range flipped {
		twice := 2 * state[j]
		row := couplings[int(j)*stride:][:len(field)]
		for i, c := range row {
			field[i] += float32(c * twice)
		}
	}
}

// densePlasticityReference is the plain form of DensePlasticity.
func densePlasticityReference(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
	for j := range senders {
		row := couplings[j*stride:]
		for i := from; i < to; i++ {
			row[i] += float32(step * float32(agreement(unstable, signs, senderSigns, i, j)))
		}
	}
}
