package train

import (
	"context"
	"slices"
	"strings"
	"testing"

	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
	"basin/plasticity"
)

// ring returns settings of modules without couplings but a link from each to the next,
// and from the last to the first if closed, too strong for the input to matter where
// they arrive. The first module alone sees the input.
func ring(modules int, closed bool) Settings {
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
func minus(t *testing.T, s Settings, n *network.Network, samples *Samples) (count int64) {
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
		share           Tally // by sample; flips per neuron at -1 in p
	}{
		{"period 2", 2, 6, true, dynamics.StopAtFixedPoint, Tally{Cycles: 1, Period2: 1, Sweeps: 5, Flips: 2 * 5}},
		{"period 2, stopped", 2, 6, true, dynamics.StopAtCycle, Tally{Cycles: 1, Period2: 1, Sweeps: 5, Flips: 2 * 2}},
		{"period 2, not seen", 2, 2, true, dynamics.StopAtFixedPoint, Tally{Sweeps: 1, Flips: 2}},
		{"period 3", 3, 12, true, dynamics.StopAtBudget, Tally{Cycles: 1, Sweeps: 11, Flips: 2 * 11}},
		{"period 5", 5, 30, true, dynamics.StopAtFixedPoint, Tally{Cycles: 1, Sweeps: 29, Flips: 2 * 29}},
		{"one sweep", 1, 1, false, dynamics.StopAtFixedPoint, Tally{FixedPoints: 1}},
		{"one sweep too few", 2, 1, false, dynamics.StopAtFixedPoint, Tally{}},
		{"settled in the last sweep", 2, 2, false, dynamics.StopAtFixedPoint, Tally{FixedPoints: 1, Sweeps: 1, Flips: 1}},
		{"found in the last sweep", 2, 3, false, dynamics.StopAtFixedPoint, Tally{FixedPoints: 1, Sweeps: 2, Flips: 1}},
		{"found early", 3, 9, false, dynamics.StopAtBudget, Tally{FixedPoints: 1, Sweeps: 8, Flips: 2}},
	} {
		s := ring(c.modules, c.closed)
		s.Dynamics.Stop, s.Dynamics.Evaluation = c.stop, c.sweeps
		_, held, shape := digits(t, s.Preprocess, 1)
		n, err := network.Draw(s.Network, shape, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		e, err := NewEvaluator(s, n, 2)
		if err != nil {
			t.Fatal(err)
		}
		fixed := int64(0)
		predicted, err := e.Predict(context.Background(), held.Inputs, func(_ int, p Prediction) {
			if p.FixedPoint {
				fixed++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Evaluate(context.Background(), held, nil)
		e.Close()
		if err != nil {
			t.Fatal(err)
		}
		samples := int64(held.Count())
		want := Tally{
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
		if got := (LearningSettings{Symmetry: c.symmetry, Unstable: c.unstable}).Local(); got != c.want {
			t.Errorf("symmetry %q, unstable %q: local is %t, want %t", c.symmetry, c.unstable, got, c.want)
		}
	}
}

// New and NewEvaluator name what differs between a network and the settings; lists that
// are empty or nil do not, and a chain is the same as its modules written out.
func TestNetworkOfOtherSettingsIsReported(t *testing.T) {
	base := func() Settings { return graphOf(variants()["graph"], func(*Settings) {}) }
	chain := small(20, 1)
	chain.Network.Chain = network.Chain{Modules: 3, Lambda: 0.5}
	written := chain
	written.Network = chain.Network.Expand()
	empty := small(20, 1)
	empty.Network.Links, empty.Network.Feedback, empty.Network.Readout = []network.Link{}, []float64{}, []int{}
	longer := chain
	longer.Network.Chain.Modules++
	change := func(of func(s *Settings)) Settings {
		s := base()
		s.Network.Links, s.Network.Feedback = slices.Clone(s.Network.Links), slices.Clone(s.Network.Feedback)
		of(&s)
		return s
	}
	for name, c := range map[string]struct {
		drawn, set Settings
		want       string // in the error; none if empty
	}{
		"same":     {base(), base(), ""},
		"chain":    {chain, written, ""},
		"written":  {written, chain, ""},
		"empty":    {empty, small(20, 1), ""},
		"longer":   {chain, longer, "network.modules has 3 entries in the network, 4 in the settings"},
		"neurons":  {base(), change(func(s *Settings) { s.Network.Modules[1].Neurons++ }), "network.modules.1 is {Neurons:33"},
		"links":    {base(), change(func(s *Settings) { s.Network.Links = s.Network.Links[:1] }), "network.links has 3 entries"},
		"density":  {base(), change(func(s *Settings) { s.Network.Links[1].Density = 0.5 }), "network.links.1 is"},
		"feedback": {base(), change(func(s *Settings) { s.Network.Feedback[1] = 3 }), "network.feedback.1 is 1 in the network, 3 in the settings"},
		"readout":  {base(), change(func(s *Settings) { s.Network.Readout = nil }), "network.readout has 1 entries"},
	} {
		training, _, shape := digits(t, c.set.Preprocess, 20)
		n, err := network.Draw(c.drawn.Network, shape, 10, 1)
		if err != nil {
			t.Fatal(err)
		}
		trainer, trainErr := New(c.set, n, training, nil, "", 1)
		if trainErr == nil {
			trainer.Close()
		}
		e, evaluateErr := NewEvaluator(c.set, n, 1)
		if evaluateErr == nil {
			e.Close()
		}
		for _, err := range []error{trainErr, evaluateErr} {
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: error %v, want one with %q", name, err, c.want)
			}
		}
	}
}

// A chain that is not valid has no modules to compare.
func TestChainOutsideItsLimitsIsReported(t *testing.T) {
	s := small(20, 1)
	n, err := network.Draw(s.Network, []int{64}, 10, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Network.Chain.Modules = -1
	if _, err := NewEvaluator(s, n, 1); err == nil || !strings.Contains(err.Error(), "network.chain is") {
		t.Errorf("error %v, want one about network.chain", err)
	}
}

// The memory of an evaluator bounds the samples it moves at a time, in whole tiles of 16
// and at least one for each worker, and changes no prediction.
func TestEvaluatorsMemory(t *testing.T) {
	spec := small(1000, 1).Network
	spec.Modules = append(spec.Modules, spec.Modules[0])
	spec.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Density: 0.1}}
	n, err := network.Outline(spec, []int{784}, 10)
	if err != nil {
		t.Fatal(err)
	}
	// 784 inputs twice, 2 modules three times and both directions of the link, in 4 bytes
	bytes := 4 * (2*784 + 3*n.StateSize() + 2*layout.Padded(1000))
	for _, c := range []struct{ workers, memory, want int }{
		{1, evaluationMemory, 64},
		{8, evaluationMemory, 64},
		{1, 64 * bytes, 64},
		{1, 64*bytes - 1, 48},
		{2, 64 * bytes, 32},
		{3, 64 * bytes, 16},
		{1, 16 * bytes, 16},
		{1, 1, 16},
		{maxWorkers + 1, 1, 16},
	} {
		if got := samplesPerWorker(n, c.workers, c.memory); got != c.want {
			t.Errorf("%d workers, %d bytes: %d samples each, want %d", c.workers, c.memory, got, c.want)
		}
	}
	for name, s := range variants() {
		n, _ := run(t, s, 50, 1)
		_, held, _ := digits(t, s.Preprocess, 1)
		want, tally := predictions(t, s, n, held, evaluationMemory)
		got, other := predictions(t, s, n, held, 1)
		if tally != other || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: in little memory the tally is %+v, want %+v, logits equal: %t", name, other, tally, slices.EqualFunc(got, want, slices.Equal))
		}
	}
}

// predictions returns the logits of an evaluator whose samples take at most the given bytes.
func predictions(t *testing.T, s Settings, n *network.Network, samples *Samples, memory int) (logits [][]float32, tally Tally) {
	t.Helper()
	e, err := newEvaluator(s, n, 2, memory)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	tally, err = e.Predict(context.Background(), samples.Inputs, func(_ int, p Prediction) {
		logits = append(logits, slices.Clone(p.Logits))
	})
	if err != nil {
		t.Fatal(err)
	}
	return logits, tally
}
