package coupling

import (
	"fmt"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Windowed is couplings from an image of neurons that each read all values of one window of
// side x side pixels. They lie by receiver, one contiguous row each, without an index; the
// samples of a tile lie side by side. Neurons that read the same window are multiplied
// together where they follow each other.
type Windowed struct {
	head // W of value e of the window of i at value[i*values+e]
	windows
}

var _ Input = (*Windowed)(nil)

// NewWindowed returns an outline.
func NewWindowed(shape Shape, image Image, side int) *Windowed {
	return &Windowed{newHead(shape), windows{image: image, side: side}}
}

// Kind returns "windowed".
func (w *Windowed) Kind() string { return "windowed" }

// Count is that of [Couplings].
func (w *Windowed) Count() int { return len(w.value) }

// Footprint is that of [Couplings].
func (w *Windowed) Footprint() int64 { return 4 * int64(len(w.value)+len(w.first)) }

// EntryBytes is that of [Couplings].
func (w *Windowed) EntryBytes() int { return 4 }

// Fill is that of [Couplings]. It reports also a neuron that does not read all of one window.
func (w *Windowed) Fill(senders func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := w.ready(); err != nil {
		return err
	}
	first := make([]int32, w.shape.Receivers)
	for i := range first {
		row, err := senders(i)
		if err != nil {
			return err
		}
		if first[i], err = w.reads(i, row); err != nil {
			return err
		}
	}
	value := layout.Values(len(first) * w.values())
	for i := range first {
		values(i, w.row(value, i))
	}
	w.first, w.value = first, value
	return nil
}

// ready reports a block that cannot be filled.
func (w *Windowed) ready() error {
	if err := w.open(); err != nil {
		return err
	}
	return w.check(w.shape)
}

// row returns the values of receiver i.
func (w *Windowed) row(value []float32, i int) []float32 {
	size := w.values()
	return value[i*size:][:size:size]
}

// At is that of [Couplings].
func (w *Windowed) At(i, k int) *float32 {
	if i < 0 || i >= len(w.first) || k < 0 || k >= w.shape.Senders {
		return nil
	}
	if e, found := w.entry(i, k); found {
		return &w.row(w.value, i)[e]
	}
	return nil
}

// Each is that of [Couplings].
func (w *Windowed) Each(visit Visit) { w.Rows(0, w.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (w *Windowed) Rows(from, to int, visit Visit) {
	for i := max(0, from); i < min(to, w.shape.Receivers); i++ {
		row := w.row(w.value, i)
		for e := range row {
			if !visit(i, w.sender(w.first[i], e), &row[e]) {
				return
			}
		}
	}
}

// Product is that of [Input].
func (w *Windowed) Product(space *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	inputs, size, lines := tile.side(w.shape.Senders), w.values(), w.lines()
	for first := from; first < to; first += rowBlock {
		end := min(first+rowBlock, to)
		lanes, real := space.clearLanes(tile.Width, first, end, w.shape.Receivers)
		for i := first; i < real; {
			next := w.run(i, real)
			kernel.WindowInput(lanes[(i-first)*tile.Width:], tile.Width, w.value[i*size:next*size], inputs[int(w.first[i])*tile.Width:], lines, tile.Exact, float32(w.scale))
			i = next
		}
		kernel.Unpack(fields, at+first, lanes, end-first)
	}
}

// Learn is that of [Input]. For each neuron only the samples in which it is unstable count.
func (w *Windowed) Learn(e *Evidence, part, parts int) {
	lines := w.lines()
	from, to := layout.Part(w.shape.Receivers, part, parts)
	for i := from; i < to; i++ {
		if rows, factors := e.unstable(i, w.sending()); len(rows) > 0 {
			kernel.WindowPlasticity(w.row(w.value, i), rows, int(w.first[i]), lines, factors, e.Step)
		}
	}
}

// Tensors is that of [Couplings]: the first input of each window, and a row for each.
func (w *Windowed) Tensors() []Tensor { return w.tensors(&w.first, &w.value) }

func (w *Windowed) tensors(first *[]int32, value *[]float32) []Tensor {
	receivers, size := w.shape.Receivers, w.values()
	values := Vector(value, receivers*size, receivers*size)
	values.Name, values.Scaled = ".value", true
	values.Shape, values.rows, values.width, values.stride = []int{receivers, size}, receivers, size, size
	return []Tensor{integers(".window", first, receivers), values}
}

// Load is that of [Couplings]. Files before format version 3 have compressed rows instead.
func (w *Windowed) Load(length func(name string) int) (tensors []Tensor, done func() error) {
	if err := w.ready(); err != nil {
		return nil, func() error { return err }
	}
	if length(".sender") > 0 {
		return w.loadRows(length)
	}
	var first []int32
	var value []float32
	tensors = w.tensors(&first, &value)
	for t := range tensors {
		tensors[t].open = true
	}
	return tensors, func() error {
		if err := w.open(); err != nil {
			return err
		}
		for t := range tensors {
			tensors[t].allocate()
		}
		for i, k := range first {
			if err := w.begins(i, k); err != nil {
				return err
			}
		}
		w.first, w.value = first, value
		first, value = nil, nil // the tensors reach it no longer
		return nil
	}
}

// loadRows is Load from compressed rows, of which each has to be a whole window.
func (w *Windowed) loadRows(length func(name string) int) (tensors []Tensor, done func() error) {
	rows := NewSparseInput(w.shape)
	tensors, check := rows.Load(length)
	return tensors, func() error {
		if err := check(); err != nil {
			return err
		}
		err := w.Fill(
			func(i int) ([]int32, error) { senders, _ := rows.row(rows.value, i); return senders, nil },
			func(i int, row []float32) { _, values := rows.row(rows.value, i); copy(row, values) })
		if err != nil {
			return fmt.Errorf("compressed rows: %w", err)
		}
		return nil
	}
}
