package network

import (
	"fmt"
	"math"
	"slices"

	"basin/internal/layout"
	"basin/internal/random"
)

// drawRecurrent draws J of one module.
func (n *Network) drawRecurrent(module int, seed uint64) error {
	b, spec, id := n.Modules[module].Recurrent, n.Spec.Modules[module].Recurrent, uint64(module)
	deviation := spec.Gain / math.Sqrt(b.FanIn)
	if spec.Symmetric {
		b.drawSymmetric(spec.Density, deviation, seed, id)
		return nil
	}
	mask := func(i int) ([]int32, error) {
		stream := random.New(seed, random.RecurrentMask, id, uint64(i))
		return appendPresent(nil, b.Senders, i, spec.Density, &stream), nil
	}
	if spec.Reach > 0 {
		t := n.topography(seed, module, module, spec.Reach)
		mask = func(i int) ([]int32, error) {
			return t.present(i, i, b.FanIn, random.New(seed, random.RecurrentMask, id, uint64(i)))
		}
	}
	if err := b.draw(mask, deviation, seed, random.Recurrent, id); err != nil {
		return fmt.Errorf("network: %w", Problem{Key: fmt.Sprintf("modules.%d.recurrent.reach", module), Message: err.Error()})
	}
	return nil
}

// drawLinks draws the couplings of the links.
func (n *Network) drawLinks(seed uint64) error {
	place := 0
	for index, link := range n.Spec.Links {
		for range link.Directions() {
			p := n.Pathways[place]
			place++
			if b := p.Block; b != nil {
				id := uint64(2 * index)
				if p.From != link.Between[0] {
					id++
				}
				if err := n.drawLink(p, link, seed, id); err != nil {
					return fmt.Errorf("network: %w", Problem{Key: fmt.Sprintf("links.%d.reach", index), Message: err.Error()})
				}
			}
		}
	}
	return nil
}

func (n *Network) drawLink(p *Pathway, link Link, seed, id uint64) error {
	b := p.Block
	if !p.Learned {
		s := b.Sparse
		s.Start = make([]int32, 1, b.Receivers+1)
		taken := make([]bool, b.Senders)
		for i := range b.Receivers {
			stream := random.New(seed, random.LinkMask, id, uint64(i))
			s.Sender = appendSample(s.Sender, b.Senders, link.FanIn, taken, &stream)
			s.Start = append(s.Start, int32(len(s.Sender)))
		}
		s.Value = slices.Repeat([]float32{float32(link.Strength / float64(link.FanIn))}, len(s.Sender))
		b.Index()
		return nil
	}
	mask := func(i int) ([]int32, error) {
		stream := random.New(seed, random.LinkMask, id, uint64(i))
		return appendPresent(nil, b.Senders, -1, link.Density, &stream), nil
	}
	if link.Reach > 0 {
		t := n.topography(seed, p.To, p.From, link.Reach)
		mask = func(i int) ([]int32, error) {
			return t.present(i, -1, b.FanIn, random.New(seed, random.LinkMask, id, uint64(i)))
		}
	}
	return b.draw(mask, link.Gain/math.Sqrt(b.FanIn), seed, random.Link, id)
}

// draw draws the values of a block, and for a sparse one the senders that mask gives
// for each receiver; an error is that of mask.
func (b *Block) draw(mask func(receiver int) ([]int32, error), deviation float64, seed uint64, purpose random.Purpose, id uint64) error {
	if b.Sparse == nil {
		b.Dense = layout.Values(b.Senders * b.Stride())
		row := make([]float32, b.Senders)
		for i := range b.Receivers {
			fillNormal(row, deviation, seed, purpose, id, uint64(i))
			for j, value := range row {
				if !b.Hollow || i != j {
					b.Dense[j*b.Stride()+i] = value
				}
			}
		}
		return nil
	}
	s := b.Sparse
	s.Start = make([]int32, 1, b.Receivers+1)
	for i := range b.Receivers {
		senders, err := mask(i)
		if err != nil {
			return err
		}
		s.Sender = append(s.Sender, senders...)
		s.Start = append(s.Start, int32(len(s.Sender)))
	}
	s.drawValues(deviation, seed, purpose, id)
	b.Index()
	return nil
}

// drawSymmetric draws J_ij for j < i and sets J_ji to it.
func (b *Block) drawSymmetric(density, deviation float64, seed, id uint64) {
	n := b.Receivers
	if b.Sparse == nil {
		b.Dense = layout.Values(n * b.Stride())
		row := make([]float32, n)
		for i := range n {
			fillNormal(row[:i], deviation, seed, random.Recurrent, id, uint64(i))
			for j, value := range row[:i] {
				b.Dense[j*b.Stride()+i], b.Dense[i*b.Stride()+j] = value, value
			}
		}
		return
	}
	below, above := make([][]int32, n), make([][]int32, n) // senders j < i and j > i
	values, mirrored := make([][]float32, n), make([][]float32, n)
	for i := range n {
		stream := random.New(seed, random.RecurrentMask, id, uint64(i))
		below[i] = appendPresent(nil, i, -1, density, &stream)
		values[i] = make([]float32, len(below[i]))
		fillNormal(values[i], deviation, seed, random.Recurrent, id, uint64(i))
		for e, j := range below[i] {
			above[j] = append(above[j], int32(i))
			mirrored[j] = append(mirrored[j], values[i][e])
		}
	}
	s := b.Sparse
	s.Start = make([]int32, 1, n+1)
	for i := range n {
		s.Sender = append(append(s.Sender, below[i]...), above[i]...)
		s.Value = append(append(s.Value, values[i]...), mirrored[i]...)
		s.Start = append(s.Start, int32(len(s.Sender)))
	}
	b.Index()
}

// appendSample appends count different numbers of 0..n-1 in ascending order, every set
// of them with one probability (Floyd's sampling). It notes in taken, n values false
// before and after, which it has.
func appendSample(present []int32, n, count int, taken []bool, stream *random.Stream) []int32 {
	first := len(present)
	for j := n - count; j < n; j++ {
		pick := stream.IntN(j + 1)
		if taken[pick] {
			pick = j
		}
		taken[pick] = true
		present = append(present, int32(pick))
	}
	for _, pick := range present[first:] {
		taken[pick] = false
	}
	slices.Sort(present[first:])
	return present
}
