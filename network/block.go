package network

import (
	"fmt"

	"basin/internal/layout"
)

// Block holds the couplings from the neurons of one module, the senders, to those of
// one module, the receivers: J of a module, or a learned or random link between two.
// Exactly one of Dense and Sparse is set.
type Block struct {
	// Receivers and Senders are the numbers of neurons at either end.
	Receivers, Senders int
	// Hollow says that both ends are the same neurons, none of which is coupled to
	// itself.
	Hollow bool
	// FanIn is the average number of couplings that a receiver has: rho N.
	FanIn float64
	// Scale multiplies every stored value: uniform decay changes this one number
	// instead of N^2 values, until [Block.Fold] writes it into them.
	Scale float64
	// Dense holds the couplings by sender, one padded row each: the coupling that
	// acts from j on i is Scale * Dense[j*Stride()+i]. The padding and the diagonal of
	// a hollow block are zero. By sender, because the flip of neuron j adds one
	// contiguous row to the fields.
	Dense []float32
	// Sparse holds the couplings present, by receiver.
	Sparse *Sparse
	// outgoing finds the entries of Sparse by sender; made by Index.
	outgoing *bySender
}

// Stride returns the length of a row of Dense: the padded number of receivers.
func (b *Block) Stride() int { return layout.Padded(b.Receivers) }

// Count returns the number of couplings.
func (b *Block) Count() int {
	if b.Sparse != nil {
		return len(b.Sparse.Value)
	}
	return b.Possible()
}

// Possible returns the number of couplings at density one.
func (b *Block) Possible() int {
	if b.Hollow {
		return b.Receivers * (b.Receivers - 1)
	}
	return b.Receivers * b.Senders
}

// Each calls visit for every coupling, receiver by receiver with senders ascending, with
// a pointer to its stored value. It stops where visit returns false.
func (b *Block) Each(visit func(receiver, sender int, value *float32) bool) {
	for i := range b.Receivers {
		if b.Sparse != nil {
			senders, values := b.Sparse.Row(i)
			for e, j := range senders {
				if !visit(i, int(j), &values[e]) {
					return
				}
			}
			continue
		}
		for j := range b.Senders {
			if (!b.Hollow || i != j) && !visit(i, j, &b.Dense[j*b.Stride()+i]) {
				return
			}
		}
	}
}

// Fold writes Scale into the stored values and sets it to one.
func (b *Block) Fold() { b.Scale = fold(b.Scale, b.Dense, b.Sparse) }

// Outgoing returns the couplings that leave sender j of a sparse block: the receivers,
// ascending, and for each the place of its value in Sparse.Value. The slices alias
// the block and must not be written.
func (b *Block) Outgoing(j int) (receivers, entries []int32) {
	from, to := b.outgoing.start[j], b.outgoing.start[j+1]
	return b.outgoing.receiver[from:to], b.outgoing.entry[from:to]
}

func (b *Block) footprint() int64 {
	bytes := 4 * int64(len(b.Dense))
	if b.Sparse != nil {
		bytes += b.Sparse.footprint()
	}
	if b.outgoing != nil {
		bytes += 4 * int64(len(b.outgoing.start)+len(b.outgoing.receiver)+len(b.outgoing.entry))
	}
	return bytes
}

// Sparse holds the couplings present of a block, grouped by receiver: receiver i has
// the entries from Start[i] up to Start[i+1], with senders in ascending order.
type Sparse struct {
	// Start has one value per receiver and one more; Start[0] = 0.
	Start []int32
	// Sender of each entry.
	Sender []int32
	// Value of each entry, before the block's scale.
	Value []float32
}

// Row returns the senders and values of receiver i; the slices alias the block.
func (s *Sparse) Row(i int) (senders []int32, values []float32) {
	from, to := s.Start[i], s.Start[i+1]
	return s.Sender[from:to], s.Value[from:to]
}

// Validate reports a pattern that is not one of receivers x senders: starts that do not
// ascend from 0 to the number of entries, senders that do not ascend within a receiver
// or are out of range, or, with hollow, a neuron coupled to itself.
func (s *Sparse) Validate(receivers, senders int, hollow bool) error {
	if len(s.Start) != receivers+1 || s.Start[0] != 0 || int(s.Start[receivers]) != len(s.Sender) || len(s.Value) != len(s.Sender) {
		return fmt.Errorf("sparse block with %d starts, %d senders and %d values, want %d starts from 0 to the number of entries",
			len(s.Start), len(s.Sender), len(s.Value), receivers+1)
	}
	for i := range receivers {
		from, to := s.Start[i], s.Start[i+1]
		if from > to || int(to) > len(s.Sender) {
			return fmt.Errorf("sparse block: receiver %d has entries from %d to %d of %d", i, from, to, len(s.Sender))
		}
		for e := from; e < to; e++ {
			j := s.Sender[e]
			switch {
			case j < 0 || int(j) >= senders:
				return fmt.Errorf("sparse block: receiver %d, entry %d: sender %d, want 0 to %d", i, e, j, senders-1)
			case e > from && s.Sender[e-1] >= j:
				return fmt.Errorf("sparse block: receiver %d, entry %d: sender %d after %d, want ascending senders", i, e, j, s.Sender[e-1])
			case hollow && int(j) == i:
				return fmt.Errorf("sparse block: receiver %d, entry %d: a coupling of the neuron to itself", i, e)
			}
		}
	}
	return nil
}

func (s *Sparse) footprint() int64 {
	return 4 * int64(len(s.Start)+len(s.Sender)+len(s.Value))
}

// bySender is the transpose of a Sparse's pattern. Values stay with the receivers.
type bySender struct {
	start, receiver, entry []int32
}

// BySender is a copy of a sparse block grouped by sender, in the terms of [Sparse]: sender
// j has the entries from Start[j] up to Start[j+1], with receivers in ascending order.
type BySender struct {
	Start    []int32
	Receiver []int32
	Value    []float32
}

// BySender copies the block, as it is now, for a given number of senders. Cost: in
// proportion to its entries, which then are in memory twice.
func (s *Sparse) BySender(senders int) *BySender {
	t := transpose(s, senders)
	copied := &BySender{Start: t.start, Receiver: t.receiver, Value: make([]float32, len(t.entry))}
	for n, e := range t.entry {
		copied.Value[n] = s.Value[e]
	}
	return copied
}

// Row returns the receivers and values of sender j; the slices alias the copy.
func (b *BySender) Row(j int) (receivers []int32, values []float32) {
	from, to := b.Start[j], b.Start[j+1]
	return b.Receiver[from:to], b.Value[from:to]
}

func transpose(s *Sparse, senders int) *bySender {
	t := &bySender{
		start:    make([]int32, senders+1),
		receiver: make([]int32, len(s.Sender)),
		entry:    make([]int32, len(s.Sender)),
	}
	for _, j := range s.Sender {
		t.start[j+1]++
	}
	for j := range senders {
		t.start[j+1] += t.start[j]
	}
	next := append([]int32(nil), t.start...)
	for i := range len(s.Start) - 1 {
		for e := s.Start[i]; e < s.Start[i+1]; e++ {
			j := s.Sender[e]
			t.receiver[next[j]], t.entry[next[j]] = int32(i), e
			next[j]++
		}
	}
	return t
}

// Index finds the entries of a sparse block by sender. It must follow every change of
// the pattern, which has to be valid: see [Sparse.Validate].
func (b *Block) Index() {
	if b.Sparse != nil {
		b.outgoing = transpose(b.Sparse, b.Senders)
	}
}

func fold(scale float64, dense []float32, sparse *Sparse) float64 {
	if scale == 1 {
		return 1
	}
	values, factor := dense, float32(scale)
	if sparse != nil {
		values = sparse.Value
	}
	for e := range values {
		values[e] *= factor
	}
	return 1
}
