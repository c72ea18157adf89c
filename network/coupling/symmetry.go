package coupling

import (
	"errors"
	"fmt"
	"math"
)

// Symmetry returns the correlation of J_ij with J_ji over the pairs of a hollow block that
// have both: 0 for independent couplings, 1 for symmetric ones, -1 for antisymmetric ones.
// It is not defined, and ok is false, where no pair has both or values do not vary.
func Symmetry(b Block) (correlation float64, ok bool) {
	s := b.Shape()
	if !s.Hollow {
		return 0, false
	}
	var count, sum, squares, products float64
	b.Pairs(0, s.Receivers, func(_, _ int, ij, ji *float32) {
		x, y := float64(*ij), float64(*ji)
		count += 2
		sum += x + y
		squares += x*x + y*y
		products += 2 * x * y
	})
	mean := sum / count
	variance := squares/count - mean*mean
	if !(variance > 0) {
		return 0, false
	}
	return (products/count - mean*mean) / variance, true
}

// Correlate gives a hollow block of independent couplings, of equal variance and mean zero, the
// correlation eta of J_ij with J_ji, from -1 (antisymmetric) over 0 to 1 (symmetric):
//
//	J = sqrt((1 + eta)/2) S + sqrt((1 - eta)/2) A    S, A = (J +- J^T)/sqrt 2
//
// The variance stays as it was. In a sparse block this holds for the pairs that have both
// couplings; others keep theirs. It reports a block that is not hollow or has no couplings
// yet, and an eta out of its range.
func Correlate(b Block, eta float64) error {
	switch s := b.Shape(); {
	case !s.Hollow:
		return fmt.Errorf("coupling: correlating a block of %d receivers of %d senders, want one of a module with itself", s.Receivers, s.Senders)
	case !b.Filled():
		return errors.New("coupling: correlating a block without couplings: draw the network or load it first")
	case s.Places > 0:
		return errors.New("coupling: correlating shared couplings, one of which belongs to many pairs: want a dense or sparse block")
	case !(eta >= -1 && eta <= 1):
		return fmt.Errorf("coupling: a symmetry of %v, want a number from -1 to 1", eta)
	}
	even, odd := math.Sqrt(1+eta)/2, math.Sqrt(1-eta)/2
	b.Pairs(0, b.Shape().Receivers, func(_, _ int, ij, ji *float32) {
		x, y := even*(float64(*ij)+float64(*ji)), odd*(float64(*ij)-float64(*ji))
		*ij, *ji = float32(x+y), float32(x-y)
	})
	return nil
}
