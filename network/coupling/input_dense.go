package coupling

import (
	"basin/internal/kernel"
	"basin/internal/layout"
)

// DenseInput is couplings from every input. They lie by receiver, one padded row each; the
// samples of a tile lie side by side.
type DenseInput struct {
	full // W_ik at value[i*sending+k]; padding is zero
}

var _ Input = (*DenseInput)(nil)

// NewDenseInput returns an outline.
func NewDenseInput(shape Shape) *DenseInput { return &DenseInput{full{newHead(shape)}} }

// Frozen returns the block itself.
func (d *DenseInput) Frozen() Input { return d }

// Fill is that of [Couplings].
func (d *DenseInput) Fill(_ func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := d.open(); err != nil {
		return err
	}
	stride := d.sending()
	value := layout.Values(d.shape.Receivers * stride)
	for i := range d.shape.Receivers {
		values(i, value[i*stride:][:d.shape.Senders:d.shape.Senders])
	}
	d.value = value
	return nil
}

// At is that of [Couplings].
func (d *DenseInput) At(i, k int) *float32 {
	if i < 0 || i >= d.shape.Receivers || k < 0 || k >= d.shape.Senders {
		return nil
	}
	return &d.value[i*d.sending()+k]
}

// Each is that of [Couplings].
func (d *DenseInput) Each(visit Visit) { d.Rows(0, d.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (d *DenseInput) Rows(from, to int, visit Visit) {
	for i := max(0, from); i < min(to, d.shape.Receivers); i++ {
		row := d.value[i*d.sending():][:d.shape.Senders]
		for k := range row {
			if !visit(i, k, &row[k]) {
				return
			}
		}
	}
}

// Product is that of [Input]. It passes over inputs that are zero in the whole tile.
func (d *DenseInput) Product(w *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	inputs := tile.side(d.shape.Senders)
	w.columns = tile.columns(w.columns[:0], d.shape.Senders)
	for first := from; first < to; first += rowBlock {
		end := min(first+rowBlock, to)
		lanes, real := w.clearLanes(tile.Width, first, end, d.shape.Receivers)
		if first < real {
			kernel.DenseInput(lanes, tile.Width, d.value, d.sending(), inputs, w.columns, tile.Exact, float32(d.scale), first, real)
		}
		kernel.Unpack(fields, at+first, lanes, end-first)
	}
}

// Learn is that of [Input]. For each neuron only the samples in which it is unstable count.
func (d *DenseInput) Learn(e *Evidence, part, parts int) {
	stride := d.sending()
	from, to := layout.Part(d.shape.Receivers, part, parts)
	for i := from; i < to; i++ {
		if rows, factors := e.unstable(i, stride); len(rows) > 0 {
			kernel.DenseInputPlasticity(d.value[i*stride:][:stride], rows, factors, e.Step)
		}
	}
}

// Tensors is that of [Couplings]: W_ik at row i, column k.
func (d *DenseInput) Tensors() []Tensor { return []Tensor{d.tensor(&d.value)} }

// Load is that of [Couplings].
func (d *DenseInput) Load(func(name string) int) (tensors []Tensor, done func() error) {
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

func (d *DenseInput) tensor(value *[]float32) Tensor {
	t := ByRow(value, d.shape.Receivers, d.shape.Senders)
	t.Scaled = true
	return t
}
