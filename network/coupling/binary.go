package coupling

import (
	"math"
	"math/bits"
)

// LowestBit returns the exponent of the largest power of two of which a finite number other
// than zero is a multiple.
func LowestBit(v float32) int {
	const fraction = 23
	word := math.Float32bits(v)
	exponent, mantissa := int(word>>fraction&0xff), word&(1<<fraction-1)
	if exponent == 0 { // not normalised
		return bits.TrailingZeros32(mantissa) - 149
	}
	return exponent - 150 + bits.TrailingZeros32(mantissa|1<<fraction)
}

// Copy fills an outline with the pattern of other couplings and the values that value returns
// for a receiver, in the order of its senders; these are valid during the call.
func Copy(outline, of Couplings, value func(i int) []float32) error {
	var senders []int32
	row := func(i int) []int32 {
		senders = senders[:0]
		of.Rows(i, i+1, func(_, j int, _ *float32) bool {
			senders = append(senders, int32(j))
			return true
		})
		return senders
	}
	return outline.Fill(
		func(i int) ([]int32, error) { return row(i), nil },
		func(i int, values []float32) { place(values, outline.Shape().Senders, row(i), value(i)) })
}

// place writes the values from some senders to the row that Fill wants: one with a place for
// every sender, or for those alone.
func place(row []float32, all int, senders []int32, values []float32) {
	if len(row) < all {
		copy(row, values)
		return
	}
	for e, j := range senders {
		row[j] = values[e]
	}
}
