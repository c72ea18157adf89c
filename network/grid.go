package network

import (
	"fmt"

	"basin/network/coupling"
)

// Size is how many neurons a module has.
type Size struct {
	Neurons int
	// Image is the shape of the neurons of a module on a grid, row-major with the channels
	// last; zero of any other module.
	Image coupling.Image
}

// maxWindow bounds the sides of windows on a grid and their strides.
const maxWindow = 1 << 12

// gridWindows are those through which a module on a grid sees something, and the key that says so.
type gridWindows struct {
	key  string
	grid coupling.Grid
}

// Sizes returns the sizes of the modules for inputs of a shape. A module on a grid has as many
// places as the windows of its input, its learned links and pools; it reports, as a
// [Problem], windows that do not fit what they read, or each other. The spec is valid.
func (s Spec) Sizes(inputShape []int) ([]Size, error) {
	s = s.Expand()
	sizes := make([]Size, len(s.Modules))
	for m, ms := range s.Modules {
		if ms.Channels == 0 {
			sizes[m].Neurons = ms.Neurons
		}
	}
	for placed := true; placed; { // a module behind others is placed after them
		placed = false
		for m, ms := range s.Modules {
			if ms.Channels == 0 || sizes[m].Neurons > 0 {
				continue
			}
			for _, w := range s.windowsOf(m, sizes, inputShape) {
				if err := w.grid.Check(); err != nil {
					return nil, Problem{Key: w.key, Message: err.Error()}
				}
				if w.grid.Neurons() > MaxNeurons {
					return nil, Problem{Key: w.key, Message: fmt.Sprintf("makes %d channels at %d places, want at most %d neurons", ms.Channels, w.grid.Places(), MaxNeurons)}
				}
				sizes[m], placed = Size{w.grid.Neurons(), w.grid.Shape()}, true
				break
			}
		}
	}
	for m, ms := range s.Modules {
		if sizes[m].Neurons == 0 {
			return nil, Problem{Key: fmt.Sprintf("modules.%d.channels", m), Message: fmt.Sprintf("is %d, but no window of the input or of a module that has its place says where they stand", ms.Channels)}
		}
		for _, w := range s.windowsOf(m, sizes, inputShape) {
			if err := w.grid.Check(); err != nil {
				return nil, Problem{Key: w.key, Message: err.Error()}
			}
			if got, want := w.grid.Shape(), sizes[m].Image; ms.Channels > 0 && got != want {
				return nil, Problem{Key: w.key, Message: fmt.Sprintf("makes %d x %d places, but other windows of module %d make %d x %d", got.Height, got.Width, m, want.Height, want.Width)}
			}
		}
	}
	return sizes, nil
}

// windowsOf lists the windows of module m on the input, if that is an image, and on modules on
// a grid that have their size already.
func (s Spec) windowsOf(m int, sizes []Size, inputShape []int) []gridWindows {
	var list []gridWindows
	ms := s.Modules[m]
	if ms.Channels > 0 && ms.Input.Density > 0 && ms.Input.Window > 0 && len(inputShape) > 1 {
		list = append(list, gridWindows{fmt.Sprintf("modules.%d.input.window", m), ms.inputGrid(inputShape)})
	}
	for l, link := range s.Links {
		for _, ends := range link.Directions() {
			if ends[1] != m || link.Window == 0 || !link.joins(len(sizes)) {
				continue
			}
			if from := sizes[ends[0]].Image; from.Height > 0 {
				list = append(list, gridWindows{fmt.Sprintf("links.%d.window", l), link.grid(from, max(1, ms.Channels))})
			}
		}
	}
	return list
}

// inputGrid returns the grid of a module that reads windows of the input.
func (ms ModuleSpec) inputGrid(inputShape []int) coupling.Grid {
	return coupling.Grid{Image: imageOf(inputShape), Side: ms.Input.Window, Stride: max(1, ms.Input.Stride), Channels: ms.Channels}
}

// grid returns that of the windows in which a module on a grid hears itself: one around each
// place.
func (r RecurrentSpec) grid(own coupling.Image) coupling.Grid {
	return coupling.Grid{Image: own, Side: r.Window, Stride: 1, Border: r.Window / 2, Channels: own.Channels}
}

// grid returns that of the windows of a link on the image of its sender, of a receiver with so
// many channels: 0 of one on no grid, whose windows stand anywhere.
func (l Link) grid(from coupling.Image, channels int) coupling.Grid {
	stride := max(1, l.Stride)
	if l.Kind == Pool && l.Stride == 0 {
		stride = l.Window
	}
	return coupling.Grid{Image: from, Side: l.Window, Stride: stride, Border: l.Border, Channels: channels}
}

// imageOf returns an input of two or three sides as an image.
func imageOf(inputShape []int) coupling.Image {
	return coupling.Image{Height: inputShape[0], Width: inputShape[1], Channels: product(inputShape[2:])}
}

// FixedFanIn returns K of a link whose neurons have K senders of one strength, 0 of others.
func (l Link) FixedFanIn() int {
	if l.Kind == Pool {
		return l.Window * l.Window
	}
	return l.FanIn
}

// fanIn returns how many senders a neuron has on average over a link from a module of some size.
func (l Link) fanIn(sender Size) float64 {
	switch {
	case l.Kind != Learned:
		return float64(l.FixedFanIn())
	case l.Window > 0:
		return l.Density * float64(l.Window*l.Window*sender.Image.Channels)
	}
	return l.Density * float64(sender.Neurons)
}

// bias returns what a pool adds to the fields of its receivers, so that they fire where at
// least m of the K senders do: their sum is then at least lambda (2m - K)/K, and the bias
//
//	lambda (K - 2m + 1)/K
//
// brings that to lambda/K or more, and every smaller sum to -lambda/K or less.
func (l Link) bias() float64 {
	k, m := l.FixedFanIn(), l.Level
	if m == 0 {
		m = (k + 1) / 2
	}
	return l.Strength * float64(k-2*m+1) / float64(k)
}

// poolBias returns what the pools of a module add to its fields.
func (s Spec) poolBias(m int) (bias float64) {
	for _, link := range s.Links {
		if link.Kind == Pool && link.Directions()[0][1] == m {
			bias += link.bias()
		}
	}
	return bias
}
