package coupling

import (
	"basin/internal/kernel"
	"basin/internal/layout"
)

// SparseInput is those couplings from the input that are present. They lie by receiver; the
// samples of a tile lie side by side, so that their values of a random input are fetched in
// one place.
type SparseInput struct {
	head
	entries
}

var _ Input = (*SparseInput)(nil)

// NewSparseInput returns an outline.
func NewSparseInput(shape Shape) *SparseInput {
	return &SparseInput{head: newHead(shape)}
}

// Kind returns "sparse".
func (s *SparseInput) Kind() string { return "sparse" }

// Fill is that of [Couplings].
func (s *SparseInput) Fill(senders func(i int) ([]int32, error), values func(i int, row []float32)) error {
	return s.fill(&s.entries, senders, values)
}

// Load is that of [Couplings].
func (s *SparseInput) Load(length func(name string) int) (tensors []Tensor, done func() error) {
	return s.load(&s.entries, length)
}

// Frozen is that of [Input]: with a copy by sender the fields of one sample pass over
// inputs that are zero. It takes about the memory of the couplings.
func (s *SparseInput) Frozen() Input {
	return &frozenInput{s, s.copyBySender(s.value, s.shape.Senders)}
}

// Count is that of [Couplings].
func (s *SparseInput) Count() int { return len(s.value) }

// Footprint is that of [Couplings].
func (s *SparseInput) Footprint() int64 {
	return 4 * int64(len(s.value)+len(s.start)+len(s.sender))
}

// EntryBytes is that of [Couplings].
func (s *SparseInput) EntryBytes() int { return 8 }

// At is that of [Couplings].
func (s *SparseInput) At(i, k int) *float32 { return s.at(&s.entries, i, k) }

// Each is that of [Couplings].
func (s *SparseInput) Each(visit Visit) { s.rows(&s.entries, 0, s.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (s *SparseInput) Rows(from, to int, visit Visit) { s.rows(&s.entries, from, to, visit) }

// Tensors is that of [Couplings]: compressed rows.
func (s *SparseInput) Tensors() []Tensor {
	return s.tensors(&s.value, s.shape.Receivers, len(s.value))
}

// Product is that of [Input].
func (s *SparseInput) Product(w *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	inputs := tile.side(s.shape.Senders)
	for first := from; first < to; first += rowBlock {
		end := min(first+rowBlock, to)
		lanes, real := w.clearLanes(tile.Width, first, end, s.shape.Receivers)
		if first < real {
			kernel.SparseInput(lanes, tile.Width, s.start, s.sender, s.value, inputs, tile.Exact, float32(s.scale), first, real)
		}
		kernel.Unpack(fields, at+first, lanes, end-first)
	}
}

// Learn is that of [Input]. For each neuron only the samples in which it is unstable count.
func (s *SparseInput) Learn(e *Evidence, part, parts int) {
	from, to := layout.Part(s.shape.Receivers, part, parts)
	if from < to && e.few() && e.Weights == nil {
		w, inputs := e.joinShort(from, layout.Padded(to), 0), e.shortInputs(from, to, s.sending())
		kernel.SparseInputPlasticityShort(s.value, s.start, s.sender, from, to, inputs, w.unstable, w.signs, e.Step)
		return
	}
	for i := from; i < to; i++ {
		if rows, factors := e.unstable(i, s.sending()); len(rows) > 0 {
			senders, values := s.row(s.value, i)
			kernel.SparseInputPlasticity(values, senders, rows, factors, e.Step)
		}
	}
}

// frozenInput is a block whose values do not change any more.
type frozenInput struct {
	*SparseInput
	senders sender
}

func (f *frozenInput) Frozen() Input { return f }

// Product takes that of a single sample input by input: every sum has the order of a tile's.
func (f *frozenInput) Product(w *Workspace, tile Tile, fields [][]float32, at, from, to int) {
	if len(tile.Rows) != 1 || from != 0 || to != f.stride() {
		f.SparseInput.Product(w, tile, fields, at, from, to)
		return
	}
	field := fields[0][at:][:to]
	clear(field)
	for k, x := range tile.Rows[0][:f.shape.Senders] {
		if x != 0 {
			f.senders.add(field, k, x)
		}
	}
	scale := float32(f.scale)
	for i := range field {
		field[i] *= scale
	}
}
