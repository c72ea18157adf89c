package coupling

import (
	"fmt"

	"basin/internal/layout"
)

// Shared is couplings among neurons of which the senders are an image and the receivers a
// [Grid] over it: a channel has one vector of couplings for all places. Neuron c of place p
// hears value e of its window with V[c][e]; what lies beyond the image is not there. They lie
// by sender, one padded row of channels for each value of a window: the flip of a neuron adds
// one contiguous row at every place whose window it lies in.
//
// Each, Rows, At and Pairs visit the coupling of every neuron, so that one stored value is seen
// for many pairs of neurons, and changes for all of them; Count is the number of stored values.
type Shared struct {
	head // V[c][e] at value[e*pitch+c]; padding, and what would be a neuron with itself, is zero
	grid Grid
}

var _ Block = (*Shared)(nil)

// NewShared returns an outline. A hollow block is one of the neurons of a grid with themselves,
// no one with itself: Fill and Load report a grid whose places are not the pixels of its image,
// each in the middle of its window, with as many channels.
func NewShared(grid Grid, hollow bool) *Shared {
	shape := Shape{Hollow: hollow}
	if grid.Check() == nil {
		m := grid.Image
		shape.Receivers, shape.Senders = grid.Neurons(), m.Height*m.Width*m.Channels
		shape.FanIn, shape.Places = float64(grid.Values()), grid.Places()
	}
	return &Shared{newHead(shape), grid}
}

// ready reports a block that cannot be filled.
func (s *Shared) ready() error {
	g := s.grid
	if err := g.Check(); err != nil {
		return err
	}
	if s.shape.Hollow && (g.Shape() != g.Image || g.Stride != 1 || g.Side%2 == 0 || g.Border != g.Side/2) {
		return fmt.Errorf("windows of side %d at every %d-th pixel with a border of %d and %d channels, want an odd side, every pixel, a border of half the side and %d channels between neurons of one module",
			g.Side, g.Stride, g.Border, g.Channels, g.Image.Channels)
	}
	return s.open()
}

// pitch is the padded number of channels.
func (s *Shared) pitch() int { return layout.Padded(s.grid.Channels) }

// itself returns which value of its window a neuron of a channel is in a hollow block.
func (s *Shared) itself(channel int) int {
	return s.grid.Side*s.grid.Side/2*s.grid.Channels + channel // in the middle
}

// Grid returns where the receivers lie, and over what.
func (s *Shared) Grid() Grid { return s.grid }

// Kind returns "shared".
func (s *Shared) Kind() string { return "shared" }

// Count is that of [Couplings].
func (s *Shared) Count() int {
	count := s.grid.Channels * s.grid.Values()
	if s.shape.Hollow {
		count -= s.grid.Channels
	}
	return count
}

func (s *Shared) synapses() (count int) {
	for place := range s.grid.Places() {
		in := s.grid.inside(place)
		count += (in.bottom - in.top) * (in.right - in.left) * s.grid.Image.Channels * s.grid.Channels
	}
	if s.shape.Hollow {
		count -= s.shape.Receivers
	}
	return count
}

// Footprint is that of [Couplings].
func (s *Shared) Footprint() int64 { return 4 * int64(len(s.value)) }

// EntryBytes is that of [Couplings].
func (s *Shared) EntryBytes() int { return 4 }

// Fill is that of [Couplings]. The grid says who sends, so it does not ask for senders; values
// are those of a whole window for each channel, asked for as those of the neurons of the first
// place. That of a neuron with itself is passed over in a hollow block.
func (s *Shared) Fill(_ func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := s.ready(); err != nil {
		return err
	}
	pitch, row := s.pitch(), make([]float32, s.grid.Values())
	value := layout.Values(len(row) * pitch)
	for c := range s.grid.Channels {
		clear(row)
		values(c, row)
		if s.shape.Hollow {
			row[s.itself(c)] = 0
		}
		for e, v := range row {
			value[e*pitch+c] = v
		}
	}
	s.value = value
	return nil
}

// line is some values of a window, count from value e on, and the first of their senders.
type line struct{ e, sender, count int }

// line returns line y of the window of a place, as far as it lies in the image.
func (s *Shared) line(place, y int, in inside) line {
	m, channels := s.grid.Image, s.grid.Image.Channels
	top, left := s.grid.Corner(place)
	return line{
		e:      (y*s.grid.Side + in.left) * channels,
		sender: ((top+y)*m.Width + left + in.left) * channels,
		count:  (in.right - in.left) * channels,
	}
}

// At is that of [Couplings].
func (s *Shared) At(i, j int) *float32 {
	if s.value == nil || i < 0 || i >= s.shape.Receivers || j < 0 || j >= s.shape.Senders || s.shape.Hollow && i == j {
		return nil
	}
	g, channels := s.grid, s.grid.Image.Channels
	top, left := g.Corner(i / g.Channels)
	y, x := j/channels/g.Image.Width-top, j/channels%g.Image.Width-left
	if y < 0 || y >= g.Side || x < 0 || x >= g.Side {
		return nil
	}
	return &s.value[((y*g.Side+x)*channels+j%channels)*s.pitch()+i%g.Channels]
}

// Each is that of [Couplings].
func (s *Shared) Each(visit Visit) { s.Rows(0, s.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (s *Shared) Rows(from, to int, visit Visit) {
	if s.value == nil {
		return
	}
	pitch := s.pitch()
	for i := max(0, from); i < min(to, s.shape.Receivers); i++ {
		place, c := i/s.grid.Channels, i%s.grid.Channels
		in := s.grid.inside(place)
		for y := in.top; y < in.bottom; y++ {
			l := s.line(place, y, in)
			for k := range l.count {
				if j := l.sender + k; (!s.shape.Hollow || j != i) && !visit(i, j, &s.value[(l.e+k)*pitch+c]) {
					return
				}
			}
		}
	}
}

// Pairs is that of [Block].
func (s *Shared) Pairs(from, to int, visit func(i, j int, ij, ji *float32)) {
	inRange(from >= 0 && to <= s.shape.Receivers && s.shape.Hollow)
	s.Rows(from, to, func(i, j int, ij *float32) bool {
		if j < i {
			visit(i, j, ij, s.At(j, i)) // windows are symmetric: i lies in that of j
		}
		return true
	})
}

// Frozen returns the block itself: it lies by sender.
func (s *Shared) Frozen() Block { return s }

// FanOut is that of [Block].
func (s *Shared) FanOut(j int) int {
	inRange(j >= 0 && j < s.shape.Senders)
	pixel := j / s.grid.Image.Channels
	top, bottom, left, right := s.grid.Reached(pixel/s.grid.Image.Width, pixel%s.grid.Image.Width)
	count := (bottom - top) * (right - left) * s.grid.Channels
	if s.shape.Hollow {
		count--
	}
	return count
}

// Receivers is that of [Block].
func (s *Shared) Receivers(j int, list []int32) []int32 {
	inRange(j >= 0 && j < s.shape.Senders)
	pixel, width, channels := j/s.grid.Image.Channels, s.grid.Width(), s.grid.Channels
	top, bottom, left, right := s.grid.Reached(pixel/s.grid.Image.Width, pixel%s.grid.Image.Width)
	for row := top; row < bottom; row++ {
		for i := (row*width + left) * channels; i < (row*width+right)*channels; i++ {
			if !s.shape.Hollow || i != j {
				list = append(list, int32(i))
			}
		}
	}
	return list
}

// Tensors is that of [Couplings]: a row of the values of a window for each channel.
func (s *Shared) Tensors() []Tensor { return []Tensor{s.tensor(&s.value)} }

func (s *Shared) tensor(value *[]float32) Tensor {
	size := s.grid.Values()
	t := ByColumn(value, s.grid.Channels, []Run{{0, size}}, size)
	t.Name, t.Scaled = ".value", true
	return t
}

// Load is that of [Couplings].
func (s *Shared) Load(func(name string) int) (tensors []Tensor, done func() error) {
	if err := s.ready(); err != nil {
		return nil, func() error { return err }
	}
	var value []float32
	t := s.tensor(&value)
	return []Tensor{t}, func() error {
		if err := s.open(); err != nil {
			return err
		}
		t.allocate()
		for c := 0; s.shape.Hollow && c < s.grid.Channels; c++ {
			if v := value[s.itself(c)*s.pitch()+c]; v != 0 {
				return fmt.Errorf("shared block: value [%d %d], of a neuron with itself, is %v, want 0", c, s.itself(c), v)
			}
		}
		s.value, value = value, nil
		return nil
	}
}
