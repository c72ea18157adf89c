package coupling

import (
	"fmt"
	"math"
	"slices"

	"basin/internal/kernel"
)

// entries are the places of the couplings present of a block, grouped by receiver: receiver
// i has those from start[i] up to start[i+1], with senders in ascending order.
type entries struct {
	start  []int32 // one for each receiver, and one more; start[0] = 0
	sender []int32 // of each entry
}

// row returns the senders and values of receiver i.
func (p *entries) row(value []float32, i int) (senders []int32, values []float32) {
	from, to := p.start[i], p.start[i+1]
	return p.sender[from:to], value[from:to]
}

// fill gives an outline its pattern and values, see [Couplings].
func (h *head) fill(p *entries, senders func(i int) ([]int32, error), values func(i int, row []float32)) error {
	if err := h.open(); err != nil {
		return err
	}
	drawn := entries{start: make([]int32, 1, h.shape.Receivers+1)}
	for i := range h.shape.Receivers {
		row, err := senders(i)
		if err != nil {
			return err
		}
		if len(row) > math.MaxInt32-len(drawn.sender) {
			return fmt.Errorf("sparse block: more than %d couplings up to receiver %d", math.MaxInt32, i)
		}
		drawn.sender = append(drawn.sender, row...)
		drawn.start = append(drawn.start, int32(len(drawn.sender)))
	}
	if err := drawn.check(h.shape, len(drawn.sender)); err != nil {
		return err
	}
	value := make([]float32, len(drawn.sender))
	for i := range h.shape.Receivers {
		_, row := drawn.row(value, i)
		values(i, row)
	}
	*p, h.value = drawn, value
	return nil
}

// check reports a pattern that is not one of the shape: starts that do not ascend from 0 to
// the number of entries, senders that do not ascend within a receiver or are out of range,
// or, if the block is hollow, a neuron coupled to itself.
func (p *entries) check(shape Shape, values int) error {
	if len(p.start) != shape.Receivers+1 || p.start[0] != 0 || int(p.start[shape.Receivers]) != len(p.sender) || values != len(p.sender) {
		return fmt.Errorf("sparse block with %d starts, %d senders and %d values, want %d starts from 0 to the number of entries",
			len(p.start), len(p.sender), values, shape.Receivers+1)
	}
	for i := range shape.Receivers {
		from, to := p.start[i], p.start[i+1]
		if from > to || int(to) > len(p.sender) {
			return fmt.Errorf("sparse block: receiver %d has entries from %d to %d of %d", i, from, to, len(p.sender))
		}
		for e := from; e < to; e++ {
			j := p.sender[e]
			switch {
			case j < 0 || int(j) >= shape.Senders:
				return fmt.Errorf("sparse block: receiver %d, entry %d: sender %d, want 0 to %d", i, e, j, shape.Senders-1)
			case e > from && p.sender[e-1] >= j:
				return fmt.Errorf("sparse block: receiver %d, entry %d: sender %d after %d, want ascending senders", i, e, j, p.sender[e-1])
			case shape.Hollow && int(j) == i:
				return fmt.Errorf("sparse block: receiver %d, entry %d: a coupling of the neuron to itself", i, e)
			}
		}
	}
	return nil
}

// at is At of [Couplings].
func (h *head) at(p *entries, i, j int) *float32 {
	if i < 0 || i >= h.shape.Receivers || j < 0 || j >= h.shape.Senders {
		return nil
	}
	senders, values := p.row(h.value, i)
	if e, found := slices.BinarySearch(senders, int32(j)); found {
		return &values[e]
	}
	return nil
}

// rows is Rows of [Couplings].
func (h *head) rows(p *entries, from, to int, visit Visit) {
	for i := max(0, from); i < min(to, h.shape.Receivers); i++ {
		senders, values := p.row(h.value, i)
		for e, j := range senders {
			if !visit(i, int(j), &values[e]) {
				return
			}
		}
	}
}

// tensors lists the arrays of compressed rows.
func (p *entries) tensors(value *[]float32, receivers, count int) []Tensor {
	values := Vector(value, count, count)
	values.Name, values.Scaled = ".value", true
	return []Tensor{integers(".start", &p.start, receivers+1), integers(".sender", &p.sender, count), values}
}

// load is Load of [Couplings]. What a file says stays apart until it has been checked.
func (h *head) load(p *entries, length func(name string) int) (tensors []Tensor, done func() error) {
	var read entries
	var value []float32
	tensors = read.tensors(&value, h.shape.Receivers, length(".value"))
	for t := range tensors {
		tensors[t].open = true
	}
	return tensors, func() error {
		if err := h.open(); err != nil {
			return err
		}
		for t := range tensors {
			tensors[t].allocate()
		}
		if err := read.check(h.shape, len(value)); err != nil {
			return err
		}
		*p, h.value = read, value
		read, value = entries{}, nil // the tensors reach it no longer
		return nil
	}
}

// leaving is the transpose of a pattern: sender j has the places from start[j] up to
// start[j+1], with receivers in ascending order. Values stay with the receivers.
type leaving struct{ start, receiver, entry []int32 }

// of returns the receivers of sender j and, for each, the place of its value.
func (l *leaving) of(j int) (receivers, entries []int32) {
	from, to := l.start[j], l.start[j+1]
	return l.receiver[from:to], l.entry[from:to]
}

func (p *entries) bySender(senders int) leaving {
	l := leaving{make([]int32, senders+1), make([]int32, len(p.sender)), make([]int32, len(p.sender))}
	for _, j := range p.sender {
		l.start[j+1]++
	}
	for j := range senders {
		l.start[j+1] += l.start[j]
	}
	next := slices.Clone(l.start)
	for i := range len(p.start) - 1 {
		for e := p.start[i]; e < p.start[i+1]; e++ {
			j := p.sender[e]
			l.receiver[next[j]], l.entry[next[j]] = int32(i), e
			next[j]++
		}
	}
	return l
}

// sender is a copy of couplings by sender, in the terms of [leaving].
type sender struct {
	start, receiver []int32
	value           []float32
}

// copyBySender takes time and memory in proportion to the entries.
func (p *entries) copyBySender(value []float32, senders int) sender {
	l := p.bySender(senders)
	s := sender{l.start, l.receiver, make([]float32, len(l.entry))}
	for n, e := range l.entry {
		s.value[n] = value[e]
	}
	return s
}

// add adds factor times the couplings of sender j to the fields of its receivers, all of
// which field has.
func (s *sender) add(field []float32, j int, factor float32) {
	from, to := s.start[j], s.start[j+1]
	kernel.Scatter(field, s.receiver[from:to], s.value[from:to], factor)
}
