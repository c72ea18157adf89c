package network

import (
	"fmt"
	"math"

	"basin/network/coupling"
)

// CheckFinite reports the first learned coupling that is not a finite number, as after an
// overflow, by its block and place. Cost: one look at every coupling.
func (n *Network) CheckFinite() error {
	check := func(name string, index int, kind string, c coupling.Couplings) error {
		if e, v, found := c.FirstNonFinite(); found {
			return fmt.Errorf("network: %s %d: %s coupling %d is %v, want a finite number", name, index, kind, e, v)
		}
		return nil
	}
	for index, p := range n.Pathways {
		if p.Block != nil {
			if err := check("pathway", index, "link", p.Block); err != nil {
				return err
			}
		}
	}
	for index, m := range n.Modules {
		if m.Recurrent != nil {
			if err := check("module", index, "recurrent", m.Recurrent); err != nil {
				return err
			}
		}
		if m.Input != nil {
			if err := check("module", index, "input", m.Input); err != nil {
				return err
			}
		}
	}
	for _, o := range []struct {
		name   string
		values []float32
	}{{"readout", n.Readout.Couplings}, {"average readout", n.Readout.Average}} {
		for e, v := range o.values {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("network: %s coupling %d is %v, want a finite number", o.name, e, v)
			}
		}
	}
	return nil
}
