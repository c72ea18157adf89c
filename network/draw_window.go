package network

import (
	"cmp"
	"slices"

	"basin/internal/random"
	"basin/network/coupling"
)

// window is the first row and column of a window that was drawn, and the stream that did, as
// it was afterwards.
type window struct {
	top, left int
	rest      random.Stream
}

// windows draws the windows of a module of N neurons: N times a uniform place inside the
// image, each from a stream of its own, and then in the order of their places, row by row.
// Neuron i reads window i, so neurons that read the same one stand together. Those of a module
// on a grid stand at its places.
func (n *Network) windows(seed uint64, module int) []window {
	return drawWindows(n.Spec.Modules[module].inputGrid(n.InputShape), n.Modules[module].Neurons, seed, random.InputMask, uint64(module))
}

// drawWindows draws the windows of so many neurons on an image, or places them where the grid
// has its channels.
func drawWindows(grid coupling.Grid, neurons int, seed uint64, mask random.Purpose, block uint64) []window {
	windows := make([]window, neurons)
	for i := range windows {
		stream := random.New(seed, mask, block, uint64(i))
		if grid.Channels > 0 {
			top, left := grid.Corner(i / grid.Channels)
			windows[i] = window{top, left, stream}
			continue
		}
		top, left := stream.IntN(grid.Image.Height-grid.Side+1), stream.IntN(grid.Image.Width-grid.Side+1)
		windows[i] = window{top, left, stream}
	}
	slices.SortStableFunc(windows, func(a, b window) int {
		return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left))
	})
	return windows
}

// append appends the places of those of the window's values that lie in a row-major image, each
// with probability density.
func (w window) append(present []int32, image coupling.Image, side int, density float64) []int32 {
	for y := max(0, w.top); y < min(image.Height, w.top+side); y++ {
		for x := max(0, w.left); x < min(image.Width, w.left+side); x++ {
			for c := range image.Channels {
				if density == 1 || w.rest.Float64() < density {
					present = append(present, int32((y*image.Width+x)*image.Channels+c))
				}
			}
		}
	}
	return present
}
