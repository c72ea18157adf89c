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

// denseChangeReference is the plain form of DenseChange.
func denseChangeReference(field, couplings []float32, change float32) {
	field = field[:len(couplings)]
	for i, c := range couplings {
		field[i] += float32(c * change)
	}
}

// denseReceiveReference is the plain form of DenseReceive.
func denseReceiveReference(sum, square []float64, mean, variance, couplings []float32, stride int) {
	clear(sum)
	clear(square)
	const block = 256 // receivers whose sums are at hand
	var a, b [block]float32
	for at := 0; at < len(sum); at += block {
		width := min(block, len(sum)-at)
		for first := 0; first < len(mean); first += RunLength {
			clear(a[:])
			clear(b[:])
			for j := first; j < min(first+RunLength, len(mean)); j++ {
				m, v := mean[j], variance[j]
				for i, c := range couplings[j*stride+at:][:width] {
					a[i] += float32(c * m)
					b[i] += float32(float32(c*c) * v)
				}
			}
			for i := range width {
				sum[at+i] += float64(a[i])
				square[at+i] += float64(b[i])
			}
		}
	}
}

// denseSendReference is the plain form of DenseSend.
func denseSendReference(sum, square []float64, mean, variance, couplings []float32, stride int) {
	for j := range sum {
		sum[j], square[j] = 0, 0
		row := couplings[j*stride:][:len(mean)]
		for first := 0; first < len(row); first += RunLength {
			var a, b [16]float32
			for i := first; i < min(first+RunLength, len(row)); i += 16 {
				m, v := mean[i:][:16], variance[i:][:16]
				for l, c := range row[i:][:16] {
					a[l] += float32(c * m[l])
					b[l] += float32(float32(c*c) * v[l])
				}
			}
			sum[j] += float64(addLanes(&a))
			square[j] += float64(addLanes(&b))
		}
	}
}

// addLanes adds up the lanes of DenseSend.
func addLanes(lanes *[16]float32) float32 {
	var l [8]float32
	for k := range l {
		l[k] = lanes[k] + lanes[k+8]
	}
	return ((l[0] + l[1]) + (l[2] + l[3])) + ((l[4] + l[5]) + (l[6] + l[7]))
}
