package dataset

import "fmt"

// arrange brings an array of images with channels, in row-major order, to the layout
// samples x height x width x channels, and says what was assumed. Which end holds the
// channels is told by their number, 1, 3 or 4; other numbers are channels where they are
// last and least. Where both readings are possible the array is refused.
func (a *array) arrange() (note string, err error) {
	if len(a.shape) != 4 {
		return "", nil
	}
	first, middle, last := a.shape[1], a.shape[2], a.shape[3]
	front, back := isChannels(first), isChannels(last)
	switch {
	case back && !front, first == 1 && (middle == 1 || last == 1): // or the same either way
		return "", nil
	case front && !back:
		a.toChannelsLast()
		return fmt.Sprintf("shape %d x %d x %d x %d is read as samples x channels x height x width", a.shape[0], first, middle, last), nil
	case !front && !back && last < min(first, middle):
		return fmt.Sprintf("shape %d x %d x %d x %d is read as samples x height x width x channels", a.shape[0], first, middle, last), nil
	}
	return "", fmt.Errorf("shape %v may be %d images of %d x %d pixels with %d channels (the last) or of %d x %d with %d (the second): "+
		"save rows, as a.reshape(len(a), -1), or images that leave no doubt",
		a.shape, a.shape[0], first, middle, last, middle, last, first)
}

func isChannels(n int) bool { return n == 1 || n == 3 || n == 4 }

// toChannelsLast moves the second index of four behind the others.
func (a *array) toChannelsLast() {
	channels, pixels := a.shape[1], a.shape[2]*a.shape[3]
	moved := make([]byte, 0, len(a.data))
	for sample := range a.shape[0] {
		for p := range pixels {
			for c := range channels {
				from := ((sample*channels+c)*pixels + p) * a.size
				moved = append(moved, a.data[from:from+a.size]...)
			}
		}
	}
	a.data, a.shape = moved, []int{a.shape[0], a.shape[2], a.shape[3], channels}
}
