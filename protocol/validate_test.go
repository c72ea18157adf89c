package protocol

import (
	"strings"
	"testing"

	"basin/network"
	"basin/plasticity"
)

// A symmetric rule needs both couplings of each pair: it refuses sparse masks that are not
// symmetric, and shared couplings, but lets a module without couplings pass.
func TestSymmetricRulesRefuseCouplingsWithoutAMirror(t *testing.T) {
	shared := network.RecurrentSpec{Density: 1, Window: 3, Shared: true}
	none := shared
	none.Density = 0
	for _, c := range []struct {
		recurrent network.RecurrentSpec
		want      string
	}{
		{network.RecurrentSpec{Density: 1}, ""},
		{network.RecurrentSpec{Density: 0.5, Symmetric: true}, ""},
		{network.RecurrentSpec{Density: 0.5}, "a mask that is not symmetric"},
		{shared, "network.modules.1.recurrent is shared"},
		{none, ""},
	} {
		spec := network.Spec{Modules: []network.ModuleSpec{{Neurons: 3}, {Channels: 3, Recurrent: c.recurrent}}}
		for _, symmetry := range plasticity.Symmetries() {
			var s Settings
			s.Learning.Symmetry = symmetry
			err := s.Fits(spec)
			if refuse := c.want != "" && symmetry != plasticity.Asymmetric; (err != nil) != refuse || refuse && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v, symmetry %s: error %v, want %q", c.recurrent, symmetry, err, c.want)
			}
		}
	}
}
