package coupling

import (
	"slices"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// Sparse is those couplings among neurons that are present. They lie by receiver, so that
// the values of a tile of samples from a random sender are fetched in one place; an index
// finds them by sender, for flips.
type Sparse struct {
	head
	entries
	leaving leaving
}

var _ Block = (*Sparse)(nil)

const (
	groupSize = 8  // samples whose signs share one byte
	tileSize  = 16 // samples that lie side by side
	rowBlock  = 64 // receivers whose lanes stay in the first cache
)

// NewSparse returns an outline.
func NewSparse(shape Shape) *Sparse { return &Sparse{head: newHead(shape)} }

// Kind returns "sparse".
func (s *Sparse) Kind() string { return "sparse" }

// Count is that of [Couplings].
func (s *Sparse) Count() int { return len(s.value) }

// Footprint is that of [Couplings].
func (s *Sparse) Footprint() int64 {
	return 4 * int64(len(s.value)+len(s.start)+len(s.sender)+len(s.leaving.start)+len(s.leaving.receiver)+len(s.leaving.entry))
}

// EntryBytes is that of [Couplings].
func (s *Sparse) EntryBytes() int { return 8 }

// Fill is that of [Couplings].
func (s *Sparse) Fill(senders func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := s.fill(&s.entries, senders, values); err != nil {
		return err
	}
	s.leaving = s.bySender(s.shape.Senders)
	return nil
}

// Equal reports whether another block has the same couplings, so that its products have the same
// bits.
func (s *Sparse) Equal(other Block) bool {
	o, sparse := other.(*Sparse)
	return sparse && (s == o || s.shape == o.shape && s.scale == o.scale &&
		slices.Equal(s.start, o.start) && slices.Equal(s.sender, o.sender) && slices.Equal(s.value, o.value))
}

// At is that of [Couplings].
func (s *Sparse) At(i, j int) *float32 { return s.at(&s.entries, i, j) }

// Each is that of [Couplings].
func (s *Sparse) Each(visit Visit) { s.rows(&s.entries, 0, s.shape.Receivers, visit) }

// Rows is that of [Couplings].
func (s *Sparse) Rows(from, to int, visit Visit) { s.rows(&s.entries, from, to, visit) }

// Pairs is that of [Block].
func (s *Sparse) Pairs(from, to int, visit func(i, j int, ij, ji *float32)) {
	for i := from; i < to; i++ {
		for e := s.start[i]; e < s.start[i+1] && int(s.sender[e]) < i; e++ {
			j := int(s.sender[e])
			first := int(s.start[j])
			if at, found := slices.BinarySearch(s.sender[first:s.start[j+1]], int32(i)); found {
				visit(i, j, &s.value[e], &s.value[first+at])
			}
		}
	}
}

// Product is that of [Block].
func (s *Sparse) Product(w *Workspace, products [][]float32, states States, from, to int) {
	if from >= to {
		return
	}
	if states.Real {
		s.realProduct(products, states.Rows, from, to)
		return
	}
	for first := 0; first < len(products); first += tileSize {
		end := min(first+tileSize, len(products))
		groups := (end - first + groupSize - 1) / groupSize
		rows, planes := w.rows[:0], w.ofTile[:0]
		for _, product := range products[first:end] {
			rows = append(rows, product[:s.stride()])
		}
		for len(rows) < groups*groupSize {
			rows = append(rows, w.discard[:s.stride()])
		}
		for g := range groups {
			if states.Planes != nil {
				planes = append(planes, states.Planes[first/groupSize+g][:s.sending()])
				continue
			}
			senders := w.states[:0]
			for q := first + g*groupSize; q < min(first+(g+1)*groupSize, end); q++ {
				senders = append(senders, states.Rows[q][:s.sending()])
			}
			plane := w.planes[g][:s.sending()]
			w.Plane(plane, senders)
			planes = append(planes, plane)
		}
		signs := w.signs[:s.sending()]
		kernel.ShortWords(signs, planes)
		s.signProduct(w, rows, signs, from, to)
	}
}

// signProduct writes the products of receivers from..to with the signs of 8 or 16 samples
// to one row per sample.
func (s *Sparse) signProduct(w *Workspace, rows [][]float32, signs []uint16, from, to int) {
	for at := from; at < to; at += rowBlock {
		end := min(at+rowBlock, to)
		lanes, real := w.clearLanes(len(rows), at, end, s.shape.Receivers)
		kernel.SparseField(lanes, len(rows), s.start, s.sender, s.value, signs, at, real)
		kernel.Unpack(rows, at, lanes, end-at)
	}
}

// realProduct multiplies couplings with states that are not signs.
func (s *Sparse) realProduct(products, states [][]float32, from, to int) {
	for q, product := range products {
		state := states[q]
		for i := from; i < min(to, s.shape.Receivers); i++ {
			senders, values := s.row(s.value, i)
			sum := float32(0)
			for e, j := range senders {
				sum += float32(values[e] * state[j])
			}
			product[i] = sum
		}
	}
}

// Flips is that of [Block].
func (s *Sparse) Flips(product, state []float32, flipped []int32) {
	l := &s.leaving
	kernel.SparseFlips(product[:s.shape.Receivers], state[:s.shape.Senders], s.value, l.start, l.receiver, l.entry, flipped)
}

// FanOut is that of [Block].
func (s *Sparse) FanOut(j int) int { return int(s.leaving.start[j+1] - s.leaving.start[j]) }

// Receivers is that of [Block].
func (s *Sparse) Receivers(j int, _ []int32) []int32 {
	receivers, _ := s.leaving.of(j)
	return receivers
}

// Change is that of [Block].
func (s *Sparse) Change(product []float32, j int, change float32) {
	receivers, entries := s.leaving.of(j)
	for n, i := range receivers {
		product[i] += float32(s.value[entries[n]] * change)
	}
}

// Receive is that of [Block].
func (s *Sparse) Receive(mean, variance []float32, sum, square []float64, from, to int) {
	mean, variance = mean[:s.shape.Senders], variance[:s.shape.Senders]
	for i := from; i < to; i++ {
		sum[i], square[i] = 0, 0
		if i >= s.shape.Receivers {
			continue
		}
		senders, values := s.row(s.value, i)
		for first := 0; first < len(senders); first += kernel.RunLength {
			run := senders[first:min(first+kernel.RunLength, len(senders))]
			a, b := float32(0), float32(0)
			for e, c := range values[first:][:len(run)] {
				a += float32(c * mean[run[e]])
				b += float32(float32(c*c) * variance[run[e]])
			}
			sum[i] += float64(a)
			square[i] += float64(b)
		}
	}
}

// Send is that of [Block].
func (s *Sparse) Send(mean, variance []float32, sum, square []float64, from, to int) {
	mean, variance = mean[:s.shape.Receivers], variance[:s.shape.Receivers]
	for j := from; j < to; j++ {
		sum[j], square[j] = 0, 0
		if j >= s.shape.Senders {
			continue
		}
		receivers, entries := s.leaving.of(j)
		for first := 0; first < len(receivers); first += kernel.RunLength {
			run := receivers[first:min(first+kernel.RunLength, len(receivers))]
			a, b := float32(0), float32(0)
			for n, e := range entries[first:][:len(run)] {
				c := s.value[e]
				a += float32(c * mean[run[n]])
				b += float32(float32(c*c) * variance[run[n]])
			}
			sum[j] += float64(a)
			square[j] += float64(b)
		}
	}
}

// Learn is that of [Block]. A part is some receivers.
func (s *Sparse) Learn(e *Evidence, part, parts int) {
	from, to := layout.Part(s.shape.Receivers, part, parts)
	if from >= to {
		return
	}
	if e.few() {
		w := e.joinShort(from, layout.Padded(to), s.sending())
		kernel.SparsePlasticityShort(s.value, s.start, s.sender, from, to, w.unstable, w.signs, w.senderSigns, e.Step)
		return
	}
	e.join(s.stride(), s.sending())
	senders := e.list64[:0]
	for _, words := range e.from().signs[:e.blocks()] {
		senders = append(senders, words[:s.sending()])
	}
	kernel.SparsePlasticity(s.value, s.start, s.sender, from, to, e.receiver.unstable[:e.blocks()], e.receiver.signs[:e.blocks()], senders, e.Step)
}

// LearnSums is that of [Block]. A part is some receivers.
func (s *Sparse) LearnSums(step float32, sum func(i, j int) float32, part, parts int) {
	from, to := layout.Part(s.shape.Receivers, part, parts)
	s.Rows(from, to, func(i, j int, value *float32) bool {
		*value += float32(step * sum(i, j))
		return true
	})
}

// Tensors is that of [Couplings]: compressed rows.
func (s *Sparse) Tensors() []Tensor {
	return s.tensors(&s.value, s.shape.Receivers, len(s.value))
}

// Load is that of [Couplings].
func (s *Sparse) Load(length func(name string) int) (tensors []Tensor, done func() error) {
	tensors, fill := s.load(&s.entries, length)
	return tensors, func() error {
		if err := fill(); err != nil {
			return err
		}
		s.leaving = s.bySender(s.shape.Senders)
		return nil
	}
}

// Frozen is that of [Block]: with a copy by sender the first product of one sample and its
// flips pass over contiguous values. It takes about the memory of the couplings.
func (s *Sparse) Frozen() Block {
	values := make([]float32, len(s.value))
	for n, e := range s.leaving.entry {
		values[n] = s.value[e]
	}
	return &frozenSparse{s, sender{s.leaving.start, s.leaving.receiver, values}}
}

// frozenSparse is a sparse block whose values do not change any more.
type frozenSparse struct {
	*Sparse
	senders sender
}

func (f *frozenSparse) Frozen() Block { return f }

// Product takes that of a single sample sender by sender: every sum has the order of a
// tile's.
func (f *frozenSparse) Product(w *Workspace, products [][]float32, states States, from, to int) {
	if len(products) != 1 || from != 0 || to != f.stride() {
		f.Sparse.Product(w, products, states, from, to)
		return
	}
	product := products[0][:f.stride()]
	clear(product)
	for j, s := range states.Rows[0][:f.shape.Senders] {
		f.senders.add(product, j, s)
	}
}

func (f *frozenSparse) Flips(product, state []float32, flipped []int32) {
	product = product[:f.stride()]
	for _, j := range flipped {
		f.senders.add(product, int(j), 2*state[j])
	}
}

func (f *frozenSparse) Change(product []float32, j int, change float32) {
	f.senders.add(product[:f.stride()], j, change)
}
