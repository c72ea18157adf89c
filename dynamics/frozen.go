package dynamics

import (
	"basin/internal/kernel"
	"basin/network"
)

// Freeze copies the sparse couplings by sender, after which the network must not change.
// A batch with one sample in use then passes over inputs that are zero and takes its
// first product sender by sender: several times faster, with the same trajectory, since
// every field still adds up its senders in ascending order. The copy takes about the
// memory of the couplings.
func (b *Batch) Freeze() {
	b.inputBy = make([]*network.BySender, len(b.network.Modules))
	for index, m := range b.network.Modules {
		if m.Input != nil && m.Input.Sparse != nil {
			b.inputBy[index] = m.Input.Sparse.BySender(m.Input.Inputs)
		}
	}
	for _, block := range b.blocks {
		if block.Sparse != nil {
			block.bySender = block.Sparse.BySender(block.Senders)
		}
	}
}

// driveOne computes the input fields of the only sample.
func (b *Batch) driveOne(m *network.Module, w *network.BySender) {
	field := b.fields[0][m.Offset:][:m.Padded()]
	clear(field)
	for k, x := range b.inputs[0][:m.Input.Inputs] {
		if x != 0 {
			receivers, values := w.Row(k)
			kernel.Scatter(field, receivers, values, x)
		}
	}
	scale := float32(m.Input.Scale)
	for i := range field {
		field[i] *= scale
	}
	if m.Bias != nil {
		kernel.Add(field, field, m.Bias)
	}
}

// productOne takes the product of a block for the only sample.
func (b *Batch) productOne(block *block) {
	product := b.product[0][block.place:][:block.Stride()]
	clear(product)
	for sender, s := range b.state[0][block.from.Offset:][:block.Senders] {
		receivers, values := block.bySender.Row(sender)
		kernel.Scatter(product, receivers, values, s)
	}
}
