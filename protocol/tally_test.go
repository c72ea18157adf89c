package protocol

import (
	"testing"

	"basin/plasticity"
)

func TestSharesOfATally(t *testing.T) {
	tally := Tally{Samples: 8, Correct: 6, FixedPoints: 4, Cycles: 2, Period2: 1, Unstable: 40, Flips: 60, Sweeps: 24, Neurons: 10}
	for name, c := range map[string][2]float64{
		"accuracy": {tally.Accuracy(), 6. / 8}, "fixed points": {tally.FixedPointShare(), 4. / 8}, "cycles": {tally.CycleShare(), 2. / 8},
		"unstable": {tally.UnstableShare(), 40. / 80}, "flips": {tally.FlipShare(), 60. / 240},
		"of nothing": {Tally{}.Accuracy() + Tally{}.FlipShare(), 0},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: share %v, want %v", name, c[0], c[1])
		}
	}
}

func TestLocalLearning(t *testing.T) {
	for _, c := range []struct {
		symmetry plasticity.Symmetry
		unstable UnstableEnds
		want     bool
	}{
		{"", "", true},
		{"", ReceiverUnstable, true},
		{plasticity.Asymmetric, ReceiverUnstable, true},
		{plasticity.Asymmetric, BothUnstable, false},
		{plasticity.SymmetricUpdate, ReceiverUnstable, false},
		{plasticity.SymmetricCouplings, ReceiverUnstable, false},
		{plasticity.SymmetricUpdate, BothUnstable, false},
	} {
		if got := (Learning{Symmetry: c.symmetry, Unstable: c.unstable}).Local(); got != c.want {
			t.Errorf("symmetry %q, unstable %q: local is %t, want %t", c.symmetry, c.unstable, got, c.want)
		}
	}
}
