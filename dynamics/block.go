package dynamics

import (
	"basin/network"
	"basin/network/coupling"
)

// block is a block of couplings in motion: J of a module, or the couplings of a link.
type block struct {
	coupling.Block
	from, to *network.Module
	receiver int  // the number of the module to
	place    int  // of its product among those of a sample
	stride   int  // its length
	real     bool // senders are continuous
	// twin is an earlier block of fixed couplings from the same module that are equal, as those of
	// pools that differ in their biases; nil for none. Its product is that of this block.
	twin *block
}

// arrival is what a module receives over one link.
type arrival struct {
	from     *network.Module
	strength float32 // of a link one to one
	block    *block  // of any other
}

// join lists the blocks of the network and who sends and receives by them. It returns the
// length of a sample's products: one value for every neuron, for J, then one for every
// receiver of each link.
func (b *Batch) join() int {
	n := b.network
	b.leaving, b.arriving, b.facing = make([][]*block, len(n.Modules)), make([][]arrival, len(n.Modules)), make([][]int, len(n.Modules))
	add := func(couplings coupling.Block, from, to, place int) *block {
		sender, receiver := n.Modules[from], n.Modules[to]
		added := &block{Block: couplings, from: sender, to: receiver, receiver: to, place: place, stride: receiver.Padded(), real: sender.Tanh > 0}
		b.blocks = append(b.blocks, added)
		b.leaving[from] = append(b.leaving[from], added)
		return added
	}
	for index, m := range n.Modules {
		if m.Recurrent != nil {
			add(m.Recurrent, index, index, m.Offset)
		}
	}
	place := n.StateSize()
	fixed := make([][]*block, len(n.Modules)) // by sender
	for _, p := range n.Pathways {
		a := arrival{from: n.Modules[p.From], strength: p.Strength}
		if p.Block != nil {
			a.block = add(p.Block, p.From, p.To, place)
			place += a.block.stride
			if couplings, sparse := p.Block.(*coupling.Sparse); sparse && !p.Learned {
				for _, earlier := range fixed[p.From] {
					if a.block.twin == nil && couplings.Equal(earlier.Block) {
						a.block.twin = earlier
					}
				}
				fixed[p.From] = append(fixed[p.From], a.block)
			}
		} else {
			b.facing[p.From] = append(b.facing[p.From], p.To)
		}
		b.arriving[p.To] = append(b.arriving[p.To], a)
	}
	return place
}

// Apart says that samples are better moved one after the other, so that the vectors of one
// stay in a near cache, than sweep by sweep: no dense block, whose product is taken for all
// of them at once, has to be read again.
func (b *Batch) Apart() bool {
	for _, block := range b.blocks {
		if shape := block.Shape(); shape.FanIn*sparseShare > float64(shape.Senders) {
			return false
		}
	}
	return b.settings.Order != Modules
}

// sparseShare bounds the share of its senders, as 1/sparseShare, that a receiver of a sparse
// block has.
const sparseShare = 8

// total returns the part of the field on the neurons of a module that is neither J nor
// self-coupling: static, a vector over all modules, and what links add to it.
func (b *Batch) total(w *Worker, i, index int, static []float32) []float32 {
	m := b.network.Modules[index]
	from, to := m.Offset, m.Offset+m.Padded()
	if len(b.arriving[index]) == 0 {
		return static[from:to]
	}
	total := w.total[from:to]
	copy(total, static[from:to])
	for _, a := range b.arriving[index] {
		values, factor := b.state[i][a.from.Offset:], a.strength
		if a.block != nil {
			values, factor = b.product[i][a.block.place:], float32(a.block.Scale())
		}
		for n, v := range values[:len(total)] {
			total[n] += float32(factor * v)
		}
	}
	return total
}

// arrivals adds what links bring to one neuron of a module to the part of its field that does
// not move: total for one.
func (b *Batch) arrivals(i, index, at int, total float32) float32 {
	for _, a := range b.arriving[index] {
		if a.block != nil {
			total += float32(float32(a.block.Scale()) * b.product[i][a.block.place+at])
		} else {
			total += float32(a.strength * b.state[i][a.from.Offset+at])
		}
	}
	return total
}

// fanOut returns how many couplings some senders have in all.
func (b *block) fanOut(senders []int32) int {
	total := 0
	for _, j := range senders {
		total += b.FanOut(int(j))
	}
	return total
}
