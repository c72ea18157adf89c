package coupling

import (
	"cmp"
	"fmt"
	"slices"
)

// Image is the shape of inputs that are an image, row-major with its channels last.
type Image struct{ Height, Width, Channels int }

// Window is a window of an image, and who reads it.
type Window struct {
	// Top and Left are its first row and column.
	Top, Left int
	// Receivers that read it, ascending.
	Receivers []int32
}

// Windowed is couplings from an image of neurons that each read some or all values of one
// window of side x side pixels. Which window a neuron reads follows from its senders: the
// one furthest down and to the right that begins at or before its first row and column and
// lies inside the image. Of a thinned window that may be another than it was drawn from,
// with the same couplings.
type Windowed struct {
	sparseInput
	image Image
	side  int
}

var _ Input = (*Windowed)(nil)

// NewWindowed returns an outline.
func NewWindowed(shape Shape, image Image, side int) *Windowed {
	return &Windowed{sparseInput{head: newHead(shape)}, image, side}
}

// Kind returns "windowed".
func (s *Windowed) Kind() string { return "windowed" }

// Frozen is that of [SparseInput].
func (s *Windowed) Frozen() Input { return freeze(s, &s.sparseInput) }

// Fill is that of [Couplings]. It reports also a neuron that reads more than a window.
func (s *Windowed) Fill(senders func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := s.geometry(); err != nil {
		return err
	}
	return s.fill(&s.entries, func(i int) ([]int32, error) {
		row, err := senders(i)
		if err != nil {
			return nil, err
		}
		return row, s.within(i, row)
	}, values)
}

// Load is that of [Couplings]. It reports also a neuron that reads more than a window.
func (s *Windowed) Load(length func(name string) int) (tensors []Tensor, done func() error) {
	loaded := *s
	tensors, check := loaded.load(&loaded.entries, length)
	return tensors, func() error {
		if err := s.open(); err != nil {
			return err
		}
		if err := s.geometry(); err != nil {
			return err
		}
		if err := check(); err != nil {
			return err
		}
		for i := range s.shape.Receivers {
			senders, _ := loaded.row(loaded.value, i)
			if err := s.within(i, senders); err != nil {
				return err
			}
		}
		s.entries, s.value = loaded.entries, loaded.value
		return nil
	}
}

// geometry reports windows that do not lie in the image, or an image of another size.
func (s *Windowed) geometry() error {
	m := s.image
	for _, side := range []int{m.Height, m.Width, m.Channels} {
		if side < 1 || side > maxSide {
			return fmt.Errorf("windows of an image of %d x %d with %d channels", m.Height, m.Width, m.Channels)
		}
	}
	if pixels := m.Height * m.Width; pixels > maxSide || pixels*m.Channels != s.shape.Senders {
		return fmt.Errorf("windows of an image of %d x %d with %d channels, want %d values", m.Height, m.Width, m.Channels, s.shape.Senders)
	}
	if s.side < 1 || s.side > min(m.Height, m.Width) {
		return fmt.Errorf("windows of side %d, want 1 to the smaller side of the image, %d", s.side, min(m.Height, m.Width))
	}
	return nil
}

// window returns the first row and column of the window that some senders lie in.
func (s *Windowed) window(senders []int32) (top, left int) {
	left = s.image.Width
	for _, k := range senders {
		left = min(left, s.column(k))
	}
	if len(senders) > 0 {
		top = s.line(senders[0])
	}
	return min(top, s.image.Height-s.side), min(left, s.image.Width-s.side)
}

func (s *Windowed) line(k int32) int   { return int(k) / s.image.Channels / s.image.Width }
func (s *Windowed) column(k int32) int { return int(k) / s.image.Channels % s.image.Width }

// within reports senders that no window holds.
func (s *Windowed) within(i int, senders []int32) error {
	top, left := s.window(senders)
	for _, k := range senders {
		y, x := s.line(k), s.column(k)
		if k < 0 || y < top || y >= top+s.side || x < left || x >= left+s.side {
			return fmt.Errorf("windowed block: receiver %d reads row %d, column %d, want those of its window of side %d from row %d, column %d on", i, y, x, s.side, top, left)
		}
	}
	return nil
}

// Windows lists the windows that neurons read, by row and then column: who shares one
// stands together. Cost: in proportion to the couplings.
func (s *Windowed) Windows() []Window {
	var windows []Window
	at := map[[2]int]int{}
	for i := range s.shape.Receivers {
		senders, _ := s.row(s.value, i)
		top, left := s.window(senders)
		place, seen := at[[2]int{top, left}]
		if !seen {
			place = len(windows)
			at[[2]int{top, left}] = place
			windows = append(windows, Window{Top: top, Left: left})
		}
		windows[place].Receivers = append(windows[place].Receivers, int32(i))
	}
	slices.SortFunc(windows, func(a, b Window) int { return cmp.Or(cmp.Compare(a.Top, b.Top), cmp.Compare(a.Left, b.Left)) })
	return windows
}
