package network

import (
	"fmt"
	"math"
	"slices"

	"basin/internal/random"
	"basin/network/coupling"
)

// drawRecurrent draws J of one module.
func (n *Network) drawRecurrent(module int, seed uint64) error {
	b, spec, id := n.Modules[module].Recurrent, n.Spec.Modules[module].Recurrent, uint64(module)
	neurons, fanIn := b.Shape().Senders, b.Shape().FanIn
	deviation := spec.Gain / math.Sqrt(fanIn)
	if spec.Symmetric {
		return drawSymmetric(b, spec.Density, deviation, seed, id)
	}
	mask := func(i int) ([]int32, error) {
		stream := random.New(seed, random.RecurrentMask, id, uint64(i))
		return appendPresent(nil, neurons, i, spec.Density, &stream), nil
	}
	if spec.Reach > 0 {
		t := n.topography(seed, module, module, spec.Reach)
		mask = func(i int) ([]int32, error) {
			return t.present(i, i, fanIn, random.New(seed, random.RecurrentMask, id, uint64(i)))
		}
	}
	if err := b.Fill(mask, normals(deviation, seed, random.Recurrent, id)); err != nil {
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
				if link.Window > 0 {
					err := n.drawWindowLink(p, link, seed, id)
					if err != nil {
						return fmt.Errorf("network: %w", Problem{Key: fmt.Sprintf("links.%d.window", index), Message: err.Error()})
					}
					continue
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
	senders, fanIn := b.Shape().Senders, b.Shape().FanIn
	if !p.Learned {
		taken, value := make([]bool, senders), float32(link.Strength/float64(link.FanIn))
		return b.Fill(func(i int) ([]int32, error) {
			stream := random.New(seed, random.LinkMask, id, uint64(i))
			return appendSample(nil, senders, link.FanIn, taken, &stream), nil
		}, func(_ int, row []float32) {
			for e := range row {
				row[e] = value
			}
		})
	}
	mask := func(i int) ([]int32, error) {
		stream := random.New(seed, random.LinkMask, id, uint64(i))
		return appendPresent(nil, senders, -1, link.Density, &stream), nil
	}
	if link.Reach > 0 {
		t := n.topography(seed, p.To, p.From, link.Reach)
		mask = func(i int) ([]int32, error) {
			return t.present(i, -1, fanIn, random.New(seed, random.LinkMask, id, uint64(i)))
		}
	}
	return b.Fill(mask, normals(link.Gain/math.Sqrt(fanIn), seed, random.Link, id))
}

// drawWindowLink draws the couplings of a learned link or a pool with windows.
func (n *Network) drawWindowLink(p *Pathway, link Link, seed, id uint64) error {
	sizes, err := n.Spec.Sizes(n.InputShape)
	if err != nil {
		return err
	}
	grid := link.grid(sizes[p.From].Image, n.Spec.Modules[p.To].Channels)
	if link.Kind == Pool {
		value := float32(link.Strength / float64(link.FixedFanIn()))
		return p.Block.Fill(func(i int) ([]int32, error) { return pooled(grid, i), nil }, func(_ int, row []float32) {
			for e := range row {
				row[e] = value
			}
		})
	}
	values := normals(link.Gain/math.Sqrt(p.Block.Shape().FanIn), seed, random.Link, id)
	if link.Shared {
		return p.Block.Fill(nil, values)
	}
	windows := drawWindows(grid, n.Modules[p.To].Neurons, seed, random.LinkMask, id)
	return p.Block.Fill(func(i int) ([]int32, error) {
		return windows[i].append(nil, grid.Image, grid.Side, link.Density), nil
	}, values)
}

// pooled lists the senders of receiver i of a pool: those of its channel in its window.
func pooled(grid coupling.Grid, i int) (senders []int32) {
	top, left := grid.Corner(i / grid.Channels)
	for y := top; y < top+grid.Side; y++ {
		for x := left; x < left+grid.Side; x++ {
			senders = append(senders, int32((y*grid.Image.Width+x)*grid.Channels+i%grid.Channels))
		}
	}
	return senders
}

// drawSymmetric draws J_ij for j < i and sets J_ji to it.
func drawSymmetric(b coupling.Block, density, deviation float64, seed, id uint64) error {
	n := b.Shape().Receivers
	var below, above [][]int32 // senders j < i and j > i, where the block asks for them
	mask := func(i int) ([]int32, error) {
		if below == nil {
			below, above = drawPairs(n, density, seed, id)
		}
		return slices.Concat(below[i], above[i]), nil
	}
	err := b.Fill(mask, func(i int, row []float32) {
		drawn := i
		if below != nil {
			drawn = len(below[i])
		}
		fillNormal(row[:drawn], deviation, seed, random.Recurrent, id, uint64(i))
	})
	if err != nil {
		return err
	}
	b.Pairs(0, n, func(_, _ int, ij, ji *float32) { *ji = *ij })
	return nil
}

// drawPairs draws which pairs of n neurons are coupled: for each those with a smaller and
// those with a larger number.
func drawPairs(n int, density float64, seed, id uint64) (below, above [][]int32) {
	below, above = make([][]int32, n), make([][]int32, n)
	for i := range n {
		stream := random.New(seed, random.RecurrentMask, id, uint64(i))
		below[i] = appendPresent(nil, i, -1, density, &stream)
		for _, j := range below[i] {
			above[j] = append(above[j], int32(i))
		}
	}
	return below, above
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
