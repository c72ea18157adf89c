package network

import (
	"fmt"
	"math"
)

// CheckFinite reports the first learned coupling that is not a finite number, as after an
// overflow, by its block and place. Cost: one look at every coupling.
func (n *Network) CheckFinite() error {
	for index, p := range n.Pathways {
		if b := p.Block; b != nil {
			if err := checkFinite(fmt.Sprintf("pathway %d: link", index), b.Dense, b.Sparse); err != nil {
				return err
			}
		}
	}
	for index, m := range n.Modules {
		if r := m.Recurrent; r != nil {
			if err := checkFinite(fmt.Sprintf("module %d: recurrent", index), r.Dense, r.Sparse); err != nil {
				return err
			}
		}
		if w := m.Input; w != nil {
			if err := checkFinite(fmt.Sprintf("module %d: input", index), w.Dense, w.Sparse); err != nil {
				return err
			}
		}
	}
	return checkFinite("readout", n.Readout.Couplings, nil)
}

func checkFinite(block string, values []float32, sparse *Sparse) error {
	if sparse != nil {
		values = sparse.Value
	}
	for e, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("network: %s coupling %d is %v, want a finite number", block, e, v)
		}
	}
	return nil
}
