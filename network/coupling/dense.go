package coupling

import (
	"basin/internal/kernel"
	"basin/internal/layout"
)

// Dense is couplings among neurons with every pair present. They lie by sender, one padded
// row each: by sender, because the flip of neuron j adds one contiguous row to the fields.
type Dense struct {
	full // J_ij at value[j*stride+i]; padding and the diagonal of a hollow block are zero
}

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
	stride := d.stride()
	value, row := layout.Values(d.shape.Senders*stride), make([]float32, d.shape.Senders)
	for i := range d.shape.Receivers {
		clear(row)
		values(i, row)
		for j, v := range row {
			if !d.shape.Hollow || i != j {
				value[j*stride+i] = v
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
	return &d.value[j*d.stride()+i]
}

// Each is that of [Couplings].
func (d *Dense) Each(visit Visit) { d.Rows(0, d.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (d *Dense) Rows(from, to int, visit Visit) {
	stride := d.stride()
	for i := max(0, from); i < min(to, d.shape.Receivers); i++ {
		for j := range d.shape.Senders {
			if (!d.shape.Hollow || i != j) && !visit(i, j, &d.value[j*stride+i]) {
				return
			}
		}
	}
}

// Pairs is that of [Block].
func (d *Dense) Pairs(from, to int, visit func(i, j int, ij, ji *float32)) {
	stride := d.stride()
	for i := from; i < to; i++ {
		for j := range i {
			visit(i, j, &d.value[j*stride+i], &d.value[i*stride+j])
		}
	}
}

// Product is that of [Block].
func (d *Dense) Product(w *Workspace, products [][]float32, states States, from, to int) {
	if from >= to {
		return
	}
	for first := 0; first < len(products); first += denseTile {
		rows, senders := w.rows[:0], w.states[:0]
		for q := first; q < min(first+denseTile, len(products)); q++ {
			row := products[q][from:to]
			clear(row)
			rows, senders = append(rows, row), append(senders, states.Rows[q][:d.shape.Senders])
		}
		kernel.DenseField(rows, senders, d.value[from:], d.stride(), !states.Real)
	}
}

// Flips is that of [Block].
func (d *Dense) Flips(product, state []float32, flipped []int32) {
	state = state[:d.shape.Senders]
	for _, j := range flipped {
		_ = state[j] // the kernel does not look
	}
	kernel.DenseFlips(product[:d.stride()], state, d.value, d.stride(), flipped)
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
	stride := d.stride()
	kernel.DenseChange(product[:stride], d.value[j*stride:][:stride], change)
}

// Receive is that of [Block].
func (d *Dense) Receive(mean, variance []float32, sum, square []float64, from, to int) {
	if from >= to {
		return
	}
	senders := d.shape.Senders
	kernel.DenseReceive(sum[from:to], square[from:to], mean[:senders], variance[:senders], d.value[from:], d.stride())
}

// Send is that of [Block].
func (d *Dense) Send(mean, variance []float32, sum, square []float64, from, to int) {
	if from >= to {
		return
	}
	stride, end := d.stride(), min(to, d.shape.Senders)
	clear(sum[end:to])
	clear(square[end:to])
	kernel.DenseSend(sum[from:end], square[from:end], mean[:stride], variance[:stride], d.value[from*stride:], stride)
}

// Learn is that of [Block]. A part is some senders, whose couplings lie together: so no
// worker's cache fetches, beside its own values, those that another is changing.
func (d *Dense) Learn(e *Evidence, part, parts int) {
	from, to := layout.Part(d.shape.Senders, part, parts)
	if from >= to {
		return
	}
	stride := d.stride()
	senders := e.list[:0]
	for _, plane := range e.sending() {
		senders = append(senders, plane[from:])
	}
	kernel.DensePlasticity(d.value[from*stride:], stride, to-from, 0, stride, e.Unstable, e.Signs, senders, e.Step)
	for i := from; d.shape.Hollow && i < to; i++ {
		d.value[i*stride+i] = 0
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
	t.hollow, t.Scaled = d.shape.Hollow, true
	return t
}
