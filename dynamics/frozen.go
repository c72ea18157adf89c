package dynamics

import (
	"basin/internal/kernel"
	"basin/network"
)

// frozen holds copies of a module's sparse couplings by sender.
type frozen struct {
	input, recurrent *network.BySender
}

// Freeze copies the sparse couplings by sender, after which the network must not change.
// A batch with one sample in use then passes over inputs that are zero and takes its
// first product sender by sender: several times faster, with the same trajectory, since
// every field still adds up its senders in ascending order. The copy takes about the
// memory of the couplings.
func (b *Batch) Freeze() {
	b.frozen = make([]frozen, len(b.network.Modules))
	for index, m := range b.network.Modules {
		if m.Input != nil && m.Input.Sparse != nil {
			b.frozen[index].input = m.Input.Sparse.BySender(m.Input.Inputs)
		}
		if m.Recurrent != nil && m.Recurrent.Sparse != nil {
			b.frozen[index].recurrent = m.Recurrent.Sparse.BySender(m.Neurons)
		}
	}
}

// driveOne computes the input fields of the only sample.
func (b *Batch) driveOne(m *network.Module, w *network.BySender) {
	field := b.drive[0][m.Offset:][:m.Padded()]
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

// productOne takes the product of the only sample.
func (b *Batch) productOne(m *network.Module, j *network.BySender) {
	product := b.product[0][m.Offset:][:m.Padded()]
	clear(product)
	for sender, s := range b.state[0][m.Offset:][:m.Neurons] {
		receivers, values := j.Row(sender)
		kernel.Scatter(product, receivers, values, s)
	}
}
