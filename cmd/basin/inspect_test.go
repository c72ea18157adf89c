package main

import (
	"math"
	"testing"

	"basin/network"
)

func TestBlockReportsCountWhatIsThere(t *testing.T) {
	spec := network.Spec{Modules: []network.ModuleSpec{{
		Neurons: 250, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 2, Density: 0.1},
	}}}
	n, err := network.Draw(spec, []int{70}, 3, 7)
	if err != nil {
		t.Fatal(err)
	}
	j := blockReport(n.Modules[0].Recurrent)
	// J_ij ~ N(0, 1/N); the deviation of k draws has the standard error 1/sqrt(2k).
	if want := 1 / math.Sqrt(250); j.Count != 250*249 || j.Density != 1 || math.Abs(j.Deviation/want-1) > 5/math.Sqrt(2*250*249) {
		t.Errorf("recurrent %+v, want %d couplings of deviation %v", j, 250*249, want)
	}
	w := blockReport(n.Modules[0].Input)
	if want := 2 / math.Sqrt(7); w.Count != n.Couplings().Input || math.Abs(w.Deviation/want-1) > 5/math.Sqrt(2*float64(w.Count)) {
		t.Errorf("input %+v, want %d couplings of deviation %v", w, n.Couplings().Input, want)
	}
	if o := readoutReport(n, n.Readout.Couplings); o.Count != 750 || o.Density != 1 {
		t.Errorf("readout %+v, want 750 couplings", o)
	}
}
