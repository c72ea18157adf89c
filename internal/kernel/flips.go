package kernel

// SparseFlips adds to a product of sparse couplings what the flips of some senders change:
//
//	for j in flipped, n from start[j] to start[j+1]:  product[receiver[n]] += value[entry[n]] * 2 state[j]
//
// each product rounded, then added, the senders in the order given; state holds the new signs.
// Lists are by sender; receivers are within the product, and entries within the values: this
// is not checked.
func SparseFlips(product, state, value []float32, start, receiver, entry, flipped []int32) {
	check(len(receiver) == len(entry) && len(start) > 0, "SparseFlips")
	for _, j := range flipped {
		check(j >= 0 && int(j) < min(len(state), len(start)-1), "SparseFlips")
	}
	if len(flipped) > 0 && len(entry) > 0 {
		active.sparseFlips(product, state, value, start, receiver, entry, flipped)
	}
}

// sparseFlipsReference is the plain form of SparseFlips.
func sparseFlipsReference(product, state, value []float32, start, receiver, entry, flipped []int32) {
	for _, j := range flipped {
		factor := 2 * state[j]
		for n := start[j]; n < start[j+1]; n++ {
			product[receiver[n]] += float32(value[entry[n]] * factor)
		}
	}
}
