package network

import "slices"

// Symmetry returns the correlation of J_ij with J_ji over the pairs of a hollow block
// that have both: 0 for independent couplings, 1 for symmetric ones, -1 for
// antisymmetric ones. It is not defined, and ok is false, where no pair has both or
// values do not vary.
func (b *Block) Symmetry() (correlation float64, ok bool) {
	if !b.Hollow {
		return 0, false
	}
	var count, sum, squares, products float64
	pair := func(a, b float32) {
		x, y := float64(a), float64(b)
		count += 2
		sum += x + y
		squares += x*x + y*y
		products += 2 * x * y
	}
	for i := range b.Receivers {
		if b.Sparse == nil {
			for j := range i {
				pair(b.Dense[i*b.Stride()+j], b.Dense[j*b.Stride()+i])
			}
			continue
		}
		senders, values := b.Sparse.Row(i)
		for e, j := range senders {
			if int(j) >= i {
				break
			}
			others, back := b.Sparse.Row(int(j))
			if at, found := slices.BinarySearch(others, int32(i)); found {
				pair(values[e], back[at])
			}
		}
	}
	mean := sum / count
	variance := squares/count - mean*mean
	if !(variance > 0) {
		return 0, false
	}
	return (products/count - mean*mean) / variance, true
}
