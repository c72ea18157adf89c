package coupling

import (
	"fmt"
	"math"

	"basin/internal/kernel"
)

// Image is the shape of inputs that are an image, row-major with its channels last.
type Image struct{ Height, Width, Channels int }

// windows are where the receivers of a block read an image: each all values of a square of
// side x side pixels, line by line, which is the order of their numbers.
type windows struct {
	image Image
	side  int
	first []int32 // the number of the first input that each receiver reads
}

// check reports windows that do not lie in the image, or an image or a block of another size.
func (w *windows) check(shape Shape) error {
	m := w.image
	for _, side := range []int{m.Height, m.Width, m.Channels} {
		if side < 1 || side > maxSide {
			return fmt.Errorf("windows of an image of %d x %d with %d channels", m.Height, m.Width, m.Channels)
		}
	}
	if m.Height > maxSide/m.Width || m.Channels > maxSide/(m.Height*m.Width) || m.Height*m.Width*m.Channels != shape.Senders {
		return fmt.Errorf("windows of an image of %d x %d with %d channels, want %d values", m.Height, m.Width, m.Channels, shape.Senders)
	}
	if w.side < 1 || w.side > min(m.Height, m.Width) {
		return fmt.Errorf("windows of side %d, want 1 to the smaller side of the image, %d", w.side, min(m.Height, m.Width))
	}
	if w.values() > math.MaxInt32/shape.Receivers {
		return fmt.Errorf("windows of %d values for %d receivers, want at most %d couplings", w.values(), shape.Receivers, math.MaxInt32)
	}
	return nil
}

// lines are those of a window, as kernels see them.
func (w *windows) lines() kernel.Window {
	return kernel.Window{Lines: w.side, Values: w.side * w.image.Channels, Pitch: w.image.Width * w.image.Channels}
}

// values returns how many values a window has.
func (w *windows) values() int { return w.side * w.side * w.image.Channels }

// begins reports a number that no window has as its first.
func (w *windows) begins(i int, first int32) error {
	pixel := int(first) / w.image.Channels
	top, left := pixel/w.image.Width, pixel%w.image.Width
	if first < 0 || int(first)%w.image.Channels != 0 || top > w.image.Height-w.side || left > w.image.Width-w.side {
		return fmt.Errorf("windowed block: the window of receiver %d begins at input %d, row %d, column %d: no window of side %d in an image of %d x %d with %d channels begins there",
			i, first, top, left, w.side, w.image.Height, w.image.Width, w.image.Channels)
	}
	return nil
}

// reads returns the first of the senders of receiver i, and reports those that are not all
// values of one window.
func (w *windows) reads(i int, senders []int32) (first int32, err error) {
	if len(senders) != w.values() {
		return 0, fmt.Errorf("windowed block: receiver %d reads %d values, want the %d of a window", i, len(senders), w.values())
	}
	first = senders[0]
	if err := w.begins(i, first); err != nil {
		return 0, err
	}
	for e, k := range senders {
		if want := w.sender(first, e); int(k) != want {
			return 0, fmt.Errorf("windowed block: receiver %d reads input %d, want %d, value %d of its window, which begins at input %d", i, k, want, e, first)
		}
	}
	return first, nil
}

// sender returns the number of value e of the window that begins at an input.
func (w *windows) sender(first int32, e int) int {
	lines := w.lines()
	return int(first) + e/lines.Values*lines.Pitch + e%lines.Values
}

// entry returns which value of receiver i's window input k is.
func (w *windows) entry(i, k int) (e int, found bool) {
	lines, offset := w.lines(), k-int(w.first[i])
	line, e := offset/lines.Pitch, offset%lines.Pitch
	return line*lines.Values + e, offset >= 0 && line < lines.Lines && e < lines.Values
}

// run returns the end of the receivers from i on, before to, that read the same window.
func (w *windows) run(i, to int) int {
	first := w.first[i]
	for i++; i < to && w.first[i] == first; i++ {
	}
	return i
}
