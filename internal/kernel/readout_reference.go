package kernel

// readoutPlasticityReference is the plain form of ReadoutPlasticity.
func readoutPlasticityReference(couplings []float32, stride int, states, steps [][]float32, from, to int, keep, rate float32, _ bool) {
	for i := from; i < to; i++ {
		row := couplings[i*stride:][:stride]
		for c := range row {
			sum := float32(0)
			for q, state := range states {
				sum += float32(state[i] * steps[q][c])
			}
			row[c] = float32(row[c]*keep) + float32(rate*sum)
		}
	}
}

// averageReference is the plain form of Average.
func averageReference(average, value []float32, rate float32) {
	for e, v := range value {
		average[e] += float32(rate * float32(v-average[e]))
	}
}

// addReference is the plain form of Add.
func addReference(sum, a, b []float32) {
	for i := range sum {
		sum[i] = a[i] + b[i]
	}
}
