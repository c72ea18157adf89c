package coupling

import (
	"fmt"
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// SharedInput is couplings from an image of neurons on a grid, in which a channel has one
// vector of couplings for all places: neuron c of place p reads value e of its window with
// W[c][e]. Each, Rows and At visit the coupling of every neuron, so that one stored value is
// seen once for each place, and changes for all of them; Count is the number of stored values.
type SharedInput struct {
	head // W[c][e] at value[c*values+e]
	grid Grid
}

var _ Input = (*SharedInput)(nil)

// NewSharedInput returns an outline. Windows that reach beyond the image are none of an input:
// Fill and Load report a grid with a border.
func NewSharedInput(grid Grid) *SharedInput {
	var shape Shape
	if grid.Check() == nil {
		m := grid.Image
		shape = Shape{Receivers: grid.Neurons(), Senders: m.Height * m.Width * m.Channels, FanIn: float64(grid.Values()), Places: grid.Places()}
	}
	return &SharedInput{newHead(shape), grid}
}

// Grid returns where the receivers lie, and over what.
func (w *SharedInput) Grid() Grid { return w.grid }

// Kind returns "shared".
func (w *SharedInput) Kind() string { return "shared" }

// Count is that of [Couplings]: Channels vectors of the values of a window.
func (w *SharedInput) Count() int { return len(w.value) }

func (w *SharedInput) synapses() int { return w.grid.Neurons() * w.grid.Values() }

// Footprint is that of [Couplings].
func (w *SharedInput) Footprint() int64 { return 4 * int64(len(w.value)) }

// EntryBytes is that of [Couplings].
func (w *SharedInput) EntryBytes() int { return 4 }

// Fill is that of [Couplings]. The grid says who sends, so it does not ask for senders; values
// are those of the neurons of the first place, one for each channel.
func (w *SharedInput) Fill(_ func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := w.ready(); err != nil {
		return err
	}
	value := layout.Values(w.grid.Channels * w.grid.Values())
	for c := range w.grid.Channels {
		values(c, w.row(value, c))
	}
	w.value = value
	return nil
}

// ready reports a block that cannot be filled.
func (w *SharedInput) ready() error {
	if err := w.grid.Check(); err != nil {
		return err
	}
	if w.grid.Border != 0 {
		return fmt.Errorf("windows that reach %d beyond an input, want none", w.grid.Border)
	}
	return w.open()
}

// row returns the values of a channel.
func (w *SharedInput) row(value []float32, channel int) []float32 {
	size := w.grid.Values()
	return value[channel*size:][:size:size]
}

// first returns the number of the first input in the window of a place.
func (w *SharedInput) first(place int) int {
	top, left := w.grid.Corner(place)
	return (top*w.grid.Image.Width + left) * w.grid.Image.Channels
}

// lines are those of a window, as kernels see them.
func (w *SharedInput) lines() kernel.Window {
	m := w.grid.Image
	return kernel.Window{Lines: w.grid.Side, Values: w.grid.Side * m.Channels, Pitch: m.Width * m.Channels}
}

// At is that of [Couplings].
func (w *SharedInput) At(i, k int) *float32 {
	if w.value == nil || i < 0 || i >= w.shape.Receivers || k < 0 || k >= w.shape.Senders {
		return nil
	}
	lines, offset := w.lines(), k-w.first(i/w.grid.Channels)
	if offset < 0 || offset/lines.Pitch >= lines.Lines || offset%lines.Pitch >= lines.Values {
		return nil
	}
	return &w.row(w.value, i%w.grid.Channels)[offset/lines.Pitch*lines.Values+offset%lines.Pitch]
}

// Each is that of [Couplings].
func (w *SharedInput) Each(visit Visit) { w.Rows(0, w.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (w *SharedInput) Rows(from, to int, visit Visit) {
	if w.value == nil {
		return
	}
	lines := w.lines()
	for i := max(0, from); i < min(to, w.shape.Receivers); i++ {
		row, first := w.row(w.value, i%w.grid.Channels), w.first(i/w.grid.Channels)
		for e := range row {
			if !visit(i, first+e/lines.Values*lines.Pitch+e%lines.Values, &row[e]) {
				return
			}
		}
	}
}

// Product is that of [Input].
func (w *SharedInput) Product(space *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	inputs, size, lines, channels := tile.side(w.shape.Senders), w.grid.Values(), w.lines(), w.grid.Channels
	for first := from; first < to; first += rowBlock {
		end := min(first+rowBlock, to)
		lanes, real := space.clearLanes(tile.Width, first, end, w.shape.Receivers)
		for i := first; i < real; {
			place, channel := i/channels, i%channels
			next := min(real, (place+1)*channels)
			kernel.WindowInput(lanes[(i-first)*tile.Width:], tile.Width, w.value[channel*size:(channel+next-i)*size], inputs[w.first(place)*tile.Width:], lines, tile.Exact, float32(w.scale))
			i = next
		}
		kernel.Unpack(fields, at+first, lanes, end-first)
	}
}

// Learn is that of [Input]: step times the sum of s_i x_k over the places, ascending, and at
// each over the samples in which its neuron i is unstable. Parts divide the channels.
func (w *SharedInput) Learn(e *Evidence, part, parts int) {
	lines, inputs := w.lines(), w.sending()
	from, to := layout.Part(w.grid.Channels, part, parts)
	w.listUnstable(e, from, to)
	for c := from; c < to; c++ {
		e.rows, e.factors = e.rows[:0], e.factors[:0]
		for n := e.ofChannel[c-from]; n >= 0; n = e.unstablePlaces[n].next {
			e.gather(int(e.unstablePlaces[n].neuron), int(e.unstablePlaces[n].first), inputs)
		}
		if len(e.rows) > 0 {
			kernel.WindowPlasticity(w.row(w.value, c), e.rows, 0, lines, e.factors, e.Step)
		}
	}
}

// reserve is for [Evidence.Reserve].
func (w *SharedInput) reserve(e *Evidence, samples int) {
	rows := min(w.grid.Places()*samples, mostReserved)
	e.unstablePlaces = slices.Grow(e.unstablePlaces[:0], w.shape.Receivers)
	e.ofChannel = slices.Grow(e.ofChannel[:0], w.grid.Channels)
	e.rows, e.factors = slices.Grow(e.rows[:0], rows), slices.Grow(e.factors[:0], rows)
}

// listUnstable lists the places at which the channels from..to are unstable in some sample:
// channel by channel, ascending, ofChannel has the number of the first and -1 after the last. It
// looks at neurons in their order, in which those of a channel lie far apart.
func (w *SharedInput) listUnstable(e *Evidence, from, to int) {
	e.unstablePlaces, e.ofChannel = e.unstablePlaces[:0], e.ofChannel[:0]
	for range to - from {
		e.ofChannel = append(e.ofChannel, -1)
	}
	for place := w.grid.Places() - 1; place >= 0; place-- {
		neuron, first := place*w.grid.Channels, int32(w.first(place))
		for c := from; c < to; c++ {
			unstable := uint8(0)
			for _, plane := range e.Unstable {
				unstable |= plane[neuron+c]
			}
			if unstable != 0 || e.Weights != nil {
				e.unstablePlaces = append(e.unstablePlaces, unstablePlace{int32(neuron + c), first, e.ofChannel[c-from]})
				e.ofChannel[c-from] = int32(len(e.unstablePlaces) - 1)
			}
		}
	}
}

// Tensors is that of [Couplings]: a row of values for each channel.
func (w *SharedInput) Tensors() []Tensor { return []Tensor{w.tensor(&w.value)} }

func (w *SharedInput) tensor(value *[]float32) Tensor {
	channels, size := w.grid.Channels, w.grid.Values()
	values := Vector(value, channels*size, channels*size)
	values.Name, values.Scaled = ".value", true
	values.Shape, values.rows, values.width, values.stride = []int{channels, size}, channels, size, size
	return values
}

// Load is that of [Couplings].
func (w *SharedInput) Load(func(name string) int) (tensors []Tensor, done func() error) {
	if err := w.ready(); err != nil {
		return nil, func() error { return err }
	}
	var value []float32
	tensors = []Tensor{w.tensor(&value)}
	return tensors, func() error {
		if err := w.open(); err != nil {
			return err
		}
		tensors[0].allocate()
		w.value = value
		value = nil // the tensor reaches it no longer
		return nil
	}
}

// Frozen is that of [Input]: with a copy in which the channels lie side by side the fields of
// one sample need no lanes.
func (w *SharedInput) Frozen() Input {
	f := &frozenShared{SharedInput: w, value: layout.Values(len(w.value) + sumsBlock)}
	size := w.grid.Values()
	for from := 0; from < w.grid.Channels; from += rowBlock {
		count := min(rowBlock, w.grid.Channels-from)
		for c := range count {
			for e, v := range w.row(w.value, from+c) {
				f.value[from*size+e*count+c] = v
			}
		}
	}
	return f
}

// frozenShared is shared couplings whose values do not change any more, with a copy by input:
// of each rowBlock channels, all couplings from one value of a window after another.
type frozenShared struct {
	*SharedInput
	value []float32
}

// Frozen is that of [Input].
func (f *frozenShared) Frozen() Input { return f }

// Product takes that of a single sample place by place: every sum has the order of a tile's.
func (f *frozenShared) Product(space *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	if len(tile.Rows) != 1 || from != 0 || to != f.stride() {
		f.SharedInput.Product(space, tile, fields, at, from, to)
		return
	}
	field, x := fields[0][at:][:to], tile.Rows[0][:f.shape.Senders]
	clear(field[f.shape.Receivers:])
	size, lines := f.grid.Values(), f.lines()
	for place := range f.grid.Places() {
		window := x[f.first(place):]
		for c := 0; c < f.grid.Channels; c += rowBlock {
			count := min(rowBlock, f.grid.Channels-c)
			sums := space.lanes[:(count+sumsBlock-1)/sumsBlock*sumsBlock]
			kernel.WindowSample(sums, f.value[c*size:], count, window, lines, float32(f.scale))
			copy(field[place*f.grid.Channels+c:], sums[:count])
		}
	}
}
