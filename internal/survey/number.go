package survey

import (
	"math"
	"strconv"
)

// Number is a number whose JSON is null where it is not finite.
type Number float64

// MarshalJSON returns the number, null if JSON has none.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return []byte(n.Exact()), nil
}

// Exact returns the shortest text that reads as the number.
func (n Number) Exact() string { return strconv.FormatFloat(float64(n), 'g', -1, 64) }
