package network

import (
	"cmp"
	"slices"

	"basin/internal/random"
)

// window is the first row and column of a window that was drawn, and the stream that did, as
// it was afterwards.
type window struct {
	top, left int
	rest      random.Stream
}

// windows draws the windows of a module of N neurons: N times a uniform place inside the
// image, each from a stream of its own, and then in the order of their places, row by row.
// Neuron i reads window i, so neurons that read the same one stand together.
func (n *Network) windows(seed uint64, module int) []window {
	side := n.Spec.Modules[module].Input.Window
	windows := make([]window, n.Modules[module].Neurons)
	for i := range windows {
		stream := random.New(seed, random.InputMask, uint64(module), uint64(i))
		top, left := stream.IntN(n.InputShape[0]-side+1), stream.IntN(n.InputShape[1]-side+1)
		windows[i] = window{top, left, stream}
	}
	slices.SortStableFunc(windows, func(a, b window) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
	return windows
}

// append appends the places of the window's values in a row-major image, each with
// probability density.
func (w window) append(present []int32, shape []int, side int, density float64) []int32 {
	width, channels := shape[1], product(shape[2:])
	for y := w.top; y < w.top+side; y++ {
		for x := w.left; x < w.left+side; x++ {
			for c := range channels {
				if density == 1 || w.rest.Float64() < density {
					present = append(present, int32((y*width+x)*channels+c))
				}
			}
		}
	}
	return present
}
