package dynamics

import "basin/network/coupling"

// Freeze copies the sparse couplings by sender, after which the network must not change.
// A batch with one sample in use then passes over inputs that are zero and takes its
// first product sender by sender: several times faster, with the same trajectory, since
// every field still adds up its senders in ascending order. The copy takes about the
// memory of the couplings. In a network of integers, whose sums are exact in any order, a batch
// for one sample takes its first product from that of a similar sample before.
func (b *Batch) Freeze() {
	for index, w := range b.input {
		if w != nil {
			b.input[index] = w.Frozen()
		}
	}
	for _, block := range b.blocks {
		block.Block = block.Frozen()
		if b.network.Integers.Bits > 0 && b.capacity == 1 {
			block.Block = coupling.Remembering(block.Block)
		}
	}
}
