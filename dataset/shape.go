package dataset

import (
	"fmt"
	"strconv"
)

// ShapeText writes the shape of a sample as people say it: 28 x 28 (784 values).
func ShapeText(shape []int) string {
	text := ""
	for i, side := range shape {
		if i > 0 {
			text += " x "
		}
		text += strconv.Itoa(side)
	}
	if len(shape) == 1 {
		return text + " values"
	}
	return fmt.Sprintf("%s (%d values)", text, volume(shape))
}
