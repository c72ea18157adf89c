package kernel

// sparseFieldReference is the plain form of SparseField.
func sparseFieldReference(lanes []float32, start, sender []int32, value []float32, signs [][]uint8, from, to int) {
	width := 8 * len(signs)
	for i := from; i < to; i++ {
		sums := lanes[(i-from)*width:][:width]
		clear(sums)
		for e := start[i]; e < start[i+1]; e++ {
			for g, plane := range signs {
				word := plane[sender[e]]
				for b := range 8 {
					if word>>b&1 == 1 {
						sums[8*g+b] -= value[e]
					} else {
						sums[8*g+b] += value[e]
					}
				}
			}
		}
	}
}

// sparsePlasticityReference is the plain form of SparsePlasticity.
func sparsePlasticityReference(value []float32, start, sender []int32, from, to int, unstable, signs [][]uint8, step float32) {
	for i := from; i < to; i++ {
		for e := start[i]; e < start[i+1]; e++ {
			value[e] += float32(step * float32(agreement(unstable, signs, i, int(sender[e]))))
		}
	}
}
