package protocol_test

import (
	"context"
	"testing"

	"basin/dataset"
	"basin/dynamics"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// ring returns settings of modules without couplings but a link from each to the next,
// and from the last to the first if closed, too strong for the input to matter where
// they arrive. The first module alone sees the input.
func ring(modules int, closed bool) settings.Settings {
	s := small(32, 0)
	m := &s.Network.Modules[0]
	m.SelfCoupling, m.Recurrent.Gain = 0, 0
	for range modules - 1 {
		m := s.Network.Modules[0]
		m.Input.Density = 0
		s.Network.Modules = append(s.Network.Modules, m)
	}
	for m := range modules {
		if next := (m + 1) % modules; next != 0 {
			s.Network.Links = append(s.Network.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m, next}, Direction: network.Forward, Strength: 1e4})
		} else if closed {
			s.Network.Links = append(s.Network.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m, 0}, Direction: network.Forward, Strength: 1e4})
		}
	}
	return s
}

// minus counts the neurons of the first module that are -1 after the first sweep: those
// whose input field is below zero. Neurons of the other modules are then +1.
func minus(t *testing.T, s settings.Settings, n *network.Network, samples *dataset.Samples) (count int64) {
	t.Helper()
	x := make([]float32, samples.Inputs.Dim())
	for i := range samples.Count() {
		samples.Inputs.Row(i, x)
		state, _, err := dynamics.Relax(n, dynamics.Settings{Order: s.Dynamics.Order, Stop: s.Dynamics.Stop}, x, 1)
		if err != nil {
			t.Fatal(err)
		}
		own := int64(0)
		for _, v := range state[:n.Modules[0].Neurons] {
			if v < 0 {
				own++
			}
		}
		if own == 0 {
			t.Fatalf("sample %d has no neuron at -1: its state would not move", i)
		}
		count += own
	}
	return count
}

// In a closed ring the pattern p of the first sweep goes round, one module in a sweep,
// and leaves +1 behind: with L modules a cycle of period L, in each sweep of which twice
// as many neurons flip as are -1 in p. In an open ring it stays, and is at a fixed point
// after as many sweeps as there are modules.
func TestTallyOfRings(t *testing.T) {
	for _, c := range []struct {
		name            string
		modules, sweeps int
		closed          bool
		stop            dynamics.Stop
		share           protocol.Tally // by sample; flips per neuron at -1 in p
	}{
		{"period 2", 2, 6, true, dynamics.StopAtFixedPoint, protocol.Tally{Cycles: 1, Period2: 1, Sweeps: 5, Flips: 2 * 5}},
		{"period 2, stopped", 2, 6, true, dynamics.StopAtCycle, protocol.Tally{Cycles: 1, Period2: 1, Sweeps: 5, Flips: 2 * 2}},
		{"period 2, not seen", 2, 2, true, dynamics.StopAtFixedPoint, protocol.Tally{Sweeps: 1, Flips: 2}},
		{"period 3", 3, 12, true, dynamics.StopAtBudget, protocol.Tally{Cycles: 1, Sweeps: 11, Flips: 2 * 11}},
		{"period 5", 5, 30, true, dynamics.StopAtFixedPoint, protocol.Tally{Cycles: 1, Sweeps: 29, Flips: 2 * 29}},
		{"one sweep", 1, 1, false, dynamics.StopAtFixedPoint, protocol.Tally{FixedPoints: 1}},
		{"one sweep too few", 2, 1, false, dynamics.StopAtFixedPoint, protocol.Tally{}},
		{"settled in the last sweep", 2, 2, false, dynamics.StopAtFixedPoint, protocol.Tally{FixedPoints: 1, Sweeps: 1, Flips: 1}},
		{"found in the last sweep", 2, 3, false, dynamics.StopAtFixedPoint, protocol.Tally{FixedPoints: 1, Sweeps: 2, Flips: 1}},
		{"found early", 3, 9, false, dynamics.StopAtBudget, protocol.Tally{FixedPoints: 1, Sweeps: 8, Flips: 2}},
	} {
		s := ring(c.modules, c.closed)
		s.Dynamics.Stop, s.Dynamics.Evaluation = c.stop, c.sweeps
		_, held, shape := digits(t, s.Preprocess, 1)
		n, err := network.Draw(s.Network, shape, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		e, err := protocol.NewPredictor(s.Protocol(), n, 2)
		if err != nil {
			t.Fatal(err)
		}
		fixed := int64(0)
		predicted, err := e.Predict(context.Background(), held, held.Count(), func(_ int, p protocol.Prediction) error {
			if p.FixedPoint {
				fixed++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Evaluate(context.Background(), held, held.Count(), nil)
		e.Close()
		if err != nil {
			t.Fatal(err)
		}
		samples := int64(held.Count())
		want := protocol.Tally{
			Samples: samples, Correct: got.Correct, Neurons: int64(32 * c.modules),
			FixedPoints: samples * c.share.FixedPoints, Cycles: samples * c.share.Cycles, Period2: samples * c.share.Period2,
			Sweeps: samples * c.share.Sweeps, Flips: minus(t, s, n, held) * c.share.Flips,
		}
		if got != want {
			t.Errorf("%s: tally %+v, want %+v", c.name, got, want)
		}
		if want.Correct = 0; predicted != want || fixed != want.FixedPoints {
			t.Errorf("%s: predictions have the tally %+v and %d fixed points, want %+v", c.name, predicted, fixed, want)
		}
	}
}
