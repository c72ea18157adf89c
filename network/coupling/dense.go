package coupling

import (
	"fmt"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Dense is couplings among neurons with every pair present. They lie in panels of receivers,
// one after the other, and within a panel by sender, one row each, because the flip of neuron j
// adds its rows to the fields. Workers divide the receivers, in products and when couplings
// learn, so that each reads and changes stretches of memory of its own.
type Dense struct {
	full // padding and the diagonal of a hollow block are zero
}

// Blocks of up to panelled receivers have panels of panelWidth, a multiple of 64, as planes
// want it, and of 48, as products do; larger ones, whose values no near cache holds, have one.
const panelled, panelWidth = 1024, 192

var _ Block = (*Dense)(nil)

// full is what kinds have in which every coupling is there.
type full struct{ head }

// Kind returns "dense".
func (f *full) Kind() string { return "dense" }

// Count is that of [Couplings].
func (f *full) Count() int { return f.Possible() }

// Footprint is that of [Couplings].
func (f *full) Footprint() int64 { return 4 * int64(len(f.value)) }

// EntryBytes is that of [Couplings].
func (f *full) EntryBytes() int { return 4 }

// panel returns the receiver with which the panel of receiver i begins, and its width. A receiver
// that there is not panics.
func (d *Dense) panel(i int) (first, width int) {
	stride := d.stride()
	if i < 0 || i >= stride {
		panic(fmt.Sprintf("coupling: receiver %d of %d", i, stride))
	}
	if stride > panelled {
		return 0, stride
	}
	first = i / panelWidth * panelWidth
	return first, min(panelWidth, stride-first)
}

// rows returns the couplings with a panel, from sender j on.
func (d *Dense) rows(first, width, j int) []float32 { return d.value[first*d.shape.Senders+j*width:] }

// place returns where J_ij lies.
func (d *Dense) place(i, j int) int {
	first, width := d.panel(i)
	return first*d.shape.Senders + j*width + i - first
}

// denseTile is the number of samples for which dense couplings are read once.
const denseTile = 64

// NewDense returns an outline.
func NewDense(shape Shape) *Dense { return &Dense{full{newHead(shape)}} }

// Frozen returns the block itself: it lies by sender.
func (d *Dense) Frozen() Block { return d }

// Fill is that of [Couplings].
func (d *Dense) Fill(_ func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := d.open(); err != nil {
		return err
	}
	value, row := layout.Values(d.shape.Senders*d.stride()), make([]float32, d.shape.Senders)
	for i := range d.shape.Receivers {
		clear(row)
		values(i, row)
		for j, v := range row {
			if !d.shape.Hollow || i != j {
				value[d.place(i, j)] = v
			}
		}
	}
	d.value = value
	return nil
}

// At is that of [Couplings].
func (d *Dense) At(i, j int) *float32 {
	if i < 0 || i >= d.shape.Receivers || j < 0 || j >= d.shape.Senders || d.shape.Hollow && i == j {
		return nil
	}
	return &d.value[d.place(i, j)]
}

// Each is that of [Couplings].
func (d *Dense) Each(visit Visit) { d.Rows(0, d.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (d *Dense) Rows(from, to int, visit Visit) {
	for i := max(0, from); i < min(to, d.shape.Receivers); i++ {
		first, width := d.panel(i)
		at := first*d.shape.Senders + i - first
		for j := range d.shape.Senders {
			if (!d.shape.Hollow || i != j) && !visit(i, j, &d.value[at]) {
				return
			}
			at += width
		}
	}
}

// Pairs is that of [Block].
func (d *Dense) Pairs(from, to int, visit func(i, j int, ij, ji *float32)) {
	for i := from; i < to; i++ {
		for j := range i {
			visit(i, j, &d.value[d.place(i, j)], &d.value[d.place(j, i)])
		}
	}
}

// Product is that of [Block].
func (d *Dense) Product(w *Workspace, products [][]float32, states States, from, to int) {
	for at := from; at < to; {
		first, width := d.panel(at)
		end := min(to, first+width)
		for q := 0; q < len(products); q += denseTile {
			rows, senders := w.rows[:0], w.states[:0]
			for q := q; q < min(q+denseTile, len(products)); q++ {
				row := products[q][at:end]
				clear(row)
				rows, senders = append(rows, row), append(senders, states.Rows[q][:d.shape.Senders])
			}
			kernel.DenseField(rows, senders, d.rows(first, width, 0)[at-first:], width, !states.Real)
		}
		at = end
	}
}

// Flips is that of [Block].
func (d *Dense) Flips(product, state []float32, flipped []int32) {
	state = state[:d.shape.Senders]
	for _, j := range flipped {
		_ = state[j] // the kernel does not look
	}
	for at := 0; at < d.stride(); {
		first, width := d.panel(at)
		at += width
		kernel.DenseFlips(product[first:at], state, d.rows(first, width, 0), width, flipped)
	}
}

// FanOut is that of [Block].
func (d *Dense) FanOut(int) int {
	if d.shape.Hollow {
		return d.shape.Receivers - 1
	}
	return d.shape.Receivers
}

// Receivers is that of [Block].
func (d *Dense) Receivers(j int, list []int32) []int32 {
	for i := range d.shape.Receivers {
		if !d.shape.Hollow || i != j {
			list = append(list, int32(i))
		}
	}
	return list
}

// Change is that of [Block].
func (d *Dense) Change(product []float32, j int, change float32) {
	for at := 0; at < d.stride(); {
		first, width := d.panel(at)
		at += width
		kernel.DenseChange(product[first:at], d.rows(first, width, j)[:width], change)
	}
}

// Receive is that of [Block].
func (d *Dense) Receive(mean, variance []float32, sum, square []float64, from, to int) {
	senders := d.shape.Senders
	for at := from; at < to; {
		first, width := d.panel(at)
		end := min(to, first+width)
		kernel.DenseReceive(sum[at:end], square[at:end], mean[:senders], variance[:senders], d.rows(first, width, 0)[at-first:], width)
		at = end
	}
}

// Send is that of [Block]. What a sender has in several panels is copied together, because its
// runs of sums cross them.
func (d *Dense) Send(mean, variance []float32, sum, square []float64, from, to int) {
	if from >= to {
		return
	}
	stride, end := d.stride(), min(to, d.shape.Senders)
	clear(sum[end:to])
	clear(square[end:to])
	mean, variance = mean[:stride], variance[:stride]
	if _, width := d.panel(0); width == stride {
		kernel.DenseSend(sum[from:end], square[from:end], mean, variance, d.rows(0, width, from), width)
		return
	}
	var row [panelled]float32
	for j := from; j < end; j++ {
		for at := 0; at < stride; {
			first, width := d.panel(at)
			at += copy(row[first:], d.rows(first, width, j)[:width])
		}
		kernel.DenseSend(sum[j:j+1], square[j:j+1], mean, variance, row[:stride], stride)
	}
}

// Learn is that of [Block]. A part is the receivers of which the same worker takes products.
func (d *Dense) Learn(e *Evidence, part, parts int) {
	from, to := layout.Part(d.stride(), part, parts)
	for at := from; at < to; {
		first, width := d.panel(at)
		end := min(to, first+width)
		unstable, signs := e.list[:0], e.signs[:0]
		for g, plane := range e.Unstable {
			unstable, signs = append(unstable, plane[first:]), append(signs, e.Signs[g][first:])
		}
		kernel.DensePlasticity(d.rows(first, width, 0), width, d.shape.Senders, at-first, end-first, unstable, signs, e.sending(), e.Step)
		at = end
	}
	for i := from; d.shape.Hollow && i < min(to, d.shape.Receivers); i++ {
		d.value[d.place(i, i)] = 0
	}
}

// LearnSums is that of [Block]. A part is some receivers.
func (d *Dense) LearnSums(step float32, sum func(i, j int) float32, part, parts int) {
	from, to := layout.Part(d.shape.Receivers, part, parts)
	d.Rows(from, to, func(i, j int, value *float32) bool {
		*value += float32(step * sum(i, j))
		return true
	})
}

// Tensors is that of [Couplings]: J_ij at row i, column j.
func (d *Dense) Tensors() []Tensor { return []Tensor{d.tensor(&d.value)} }

// Load is that of [Couplings].
func (d *Dense) Load(func(name string) int) (tensors []Tensor, done func() error) {
	var value []float32
	t := d.tensor(&value)
	return []Tensor{t}, func() error {
		if err := d.open(); err != nil {
			return err
		}
		t.allocate()
		d.value, value = value, nil
		return nil
	}
}

func (d *Dense) tensor(value *[]float32) Tensor {
	t := ByColumn(value, d.shape.Receivers, []Run{{0, d.shape.Senders}}, d.shape.Senders)
	_, t.panel = d.panel(0)
	t.hollow, t.Scaled = d.shape.Hollow, true
	return t
}
