package dynamics

import (
	"fmt"

	"basin/network"
)

// InputField returns W x + b of one input x (D values), the part of the fields that does not
// move, for every place of a state; with x nil it is b. It is that of a sample whose neurons
// are all unset.
func InputField(n *network.Network, x []float32) ([]float32, error) {
	b, err := NewBatch(n, Settings{}, 1)
	if err != nil {
		return nil, err
	}
	if x == nil {
		x = make([]float32, n.Inputs())
	}
	if len(x) != n.Inputs() {
		return nil, fmt.Errorf("dynamics: input has %d values, the network reads %d", len(x), n.Inputs())
	}
	w := b.NewWorker()
	b.Start(0, Vector(x), 0, 0)
	field := make([]float32, n.StateSize())
	b.Field(w, 0, field)
	return field, nil
}
