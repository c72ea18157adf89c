package coupling

import (
	"fmt"
	"math"
)

// Grid is where the neurons of a module lie that read an image through windows which all have
// the same couplings: at every place of a grid over the image stand Channels neurons that
// read the window of that place. They are an image themselves, of Height x Width places,
// row-major with the channels last: neuron c of place p is number p*Channels + c.
type Grid struct {
	// Image is what is read: an input, or the neurons of another module on a grid.
	Image Image
	// Side is that of a window, Stride the distance between neighbouring ones, >= 1.
	Side, Stride int
	// Border is how far, in pixels, windows reach beyond the image, 0 to Side-1: what would lie
	// there is not read.
	Border int
	// Channels is the number of neurons at each place, >= 1.
	Channels int
}

// Check reports a grid that is none, or of more neurons or couplings than have a number.
func (g Grid) Check() error {
	m := g.Image
	switch {
	case min(m.Height, m.Width, m.Channels, g.Channels) < 1 || max(m.Height, m.Width, m.Channels, g.Channels) > maxSide ||
		m.Height > maxSide/m.Width || m.Channels > maxSide/(m.Height*m.Width):
		return fmt.Errorf("a grid of %d channels over an image of %d x %d with %d channels", g.Channels, m.Height, m.Width, m.Channels)
	case g.Stride < 1:
		return fmt.Errorf("windows at every %d-th place, want a stride of at least 1", g.Stride)
	case g.Border < 0 || g.Border >= max(1, g.Side):
		return fmt.Errorf("windows of side %d that reach %d beyond the image, want 0 to %d", g.Side, g.Border, max(1, g.Side)-1)
	case g.Side < 1 || g.Side > min(m.Height, m.Width)+2*g.Border:
		return fmt.Errorf("windows of side %d, want 1 to the smaller side of the image with its border, %d", g.Side, min(m.Height, m.Width)+2*g.Border)
	case g.Places() > maxSide/g.Channels:
		return fmt.Errorf("%d channels at %d places, want at most %d neurons", g.Channels, g.Places(), maxSide)
	case g.Side > math.MaxInt32/g.Side/m.Channels/g.Channels: // their product may not fit an int
		return fmt.Errorf("windows of %d x %d x %d values for %d channels, want at most %d couplings", g.Side, g.Side, m.Channels, g.Channels, math.MaxInt32)
	}
	return nil
}

// Height returns the rows of places, Width the columns, Places their product.
func (g Grid) Height() int { return (g.Image.Height+2*g.Border-g.Side)/g.Stride + 1 }

// Width returns the columns of places.
func (g Grid) Width() int { return (g.Image.Width+2*g.Border-g.Side)/g.Stride + 1 }

// Places returns the number of places.
func (g Grid) Places() int { return g.Height() * g.Width() }

// Neurons returns how many neurons the grid has.
func (g Grid) Neurons() int { return g.Places() * g.Channels }

// Values returns how many values a whole window has, which is how many couplings a channel has.
func (g Grid) Values() int { return g.Side * g.Side * g.Image.Channels }

// Shape returns the image that the neurons of the grid are.
func (g Grid) Shape() Image { return Image{g.Height(), g.Width(), g.Channels} }

// Corner returns the row and the column of the image at which the window of a place begins,
// below zero within the border.
func (g Grid) Corner(place int) (top, left int) {
	width := g.Width()
	return place/width*g.Stride - g.Border, place%width*g.Stride - g.Border
}

// Reached returns the ranges of rows and columns of places whose windows hold a pixel of the
// image: rows top..bottom, columns left..right, both ends exclusive.
func (g Grid) Reached(y, x int) (top, bottom, left, right int) {
	top, bottom = g.reached(y, g.Height())
	left, right = g.reached(x, g.Width())
	return top, bottom, left, right
}

// reached returns, along one side, the places whose windows hold a pixel.
func (g Grid) reached(pixel, places int) (from, to int) {
	at := pixel + g.Border // the window of place p has the pixels p*Stride to p*Stride+Side-1
	from = max(0, (at-g.Side+g.Stride)/g.Stride)
	if at < g.Side {
		from = 0
	}
	return from, min(places, at/g.Stride+1)
}

// inside is what of a window lies in the image: its lines top..bottom, and of each the pixels
// left..right, both ends exclusive.
type inside struct{ top, bottom, left, right int }

// inside returns what of the window of a place lies in the image.
func (g Grid) inside(place int) inside {
	top, left := g.Corner(place)
	return inside{max(0, -top), min(g.Side, g.Image.Height-top), max(0, -left), min(g.Side, g.Image.Width-left)}
}

// alike returns the end of the places from one on, before a last one, that lie in its row and
// have as much of their windows in the image.
func (g Grid) alike(place, last int) int {
	first, last := g.inside(place), min(last, (place/g.Width()+1)*g.Width())
	for place++; place < last && g.inside(place) == first; place++ {
	}
	return place
}

// alikeRows returns how many rows of places from one on, before a last one, have as much of
// their windows in the image as the first.
func (g Grid) alikeRows(row, last int) int {
	first := g.inside(row * g.Width())
	for end := row + 1; end < last; end++ {
		if g.inside(end*g.Width()) != first {
			return end - row
		}
	}
	return last - row
}
