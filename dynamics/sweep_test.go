package dynamics

import (
	"fmt"
	"testing"

	"basin/network"
)

// followed is two modules in which few neurons flip and each reaches few others, over every
// kind of link.
func followed(t *testing.T, density, tanh float64, links ...network.Link) *network.Network {
	module := network.ModuleSpec{
		Neurons: 290, SelfCoupling: 0.3,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: density},
		Input:     network.InputSpec{Gain: 3, Density: 0.5},
	}
	second := module
	second.SelfCoupling, second.Tanh = -0.2, tanh
	return drawNetwork(t, network.Spec{Modules: []network.ModuleSpec{module, second}, Links: links}, []int{20}, 3, 61)
}

// A sweep that looks only at the neurons that asked to flip and at their receivers finds what
// the twin finds by looking at all, in every order, by every stop rule, with every kind of
// link, with a phase in pieces and with feedback that comes and goes. Every second of them is
// frozen, so that both are met with each two of order, stop rule and link.
func TestSweepsThatFollowFlipsAreThoseOfTheTwin(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	strong := network.Link{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 2}
	random := strong
	random.FanIn = 2
	learned := network.Link{Kind: network.Learned, Between: [2]int{1, 0}, Gain: 3, Density: 0.01}
	all := learned
	all.Density, all.Gain = 1, 0.1
	for l, row := range []struct {
		name  string
		links []network.Link
	}{
		{"no link", nil},
		{"one to one", []network.Link{strong}},
		{"random", []network.Link{random}},
		{"learned", []network.Link{learned}},
		{"dense", []network.Link{all}},
		{"several", []network.Link{strong, learned, random}},
	} {
		n := followed(t, 0.008, 0, row.links...)
		twin := newTwin(n, Settings{})
		for o, order := range []Order{Parallel, Partial, Modules} {
			for s, stop := range []Stop{StopAtFixedPoint, StopAtCycle, StopAtBudget} {
				settings, freeze := Settings{Order: order, Stop: stop, Probability: 0.4, Seed: 5}, (l+o+s)%2 == 1
				twin.settings = settings
				if problem := followsTwin(t, n, settings, freeze, twin); problem != "" {
					t.Fatalf("%s, %s, stop %s, frozen %t: %s", row.name, order, stop, freeze, problem)
				}
			}
		}
	}
}

// followsTwin moves samples through phases beside their twins and reports the first difference.
func followsTwin(t *testing.T, n *network.Network, settings Settings, freeze bool, twin *twin) string {
	t.Helper()
	fields, err := n.FeedbackFields(network.Balanced, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	feedback := func(i int) []float32 { return fields[i%3] }
	const count = 10 // more than stand side by side
	b, err := NewBatch(n, settings, count)
	if err != nil {
		t.Fatal(err)
	}
	if freeze {
		b.Freeze()
	}
	w, samples := b.NewWorker(), make([]*twinSample, count)
	for i, x := range normals(count, 20, 62) {
		b.Start(i, Vector(x), i, 3)
		samples[i] = twin.start(x, 3, uint64(i))
	}
	for p, phase := range []phase{{6, nil}, {13, feedback}, {9, nil}, {4, nil}} {
		b.Advance(w, 0, count, phase.budget/2, phase.feedback)
		b.Continue(w, 0, count, phase.budget, phase.feedback)
		for i, s := range samples {
			var clamped []float32
			if phase.feedback != nil {
				clamped = feedback(i)
			}
			s.advance(phase.budget, clamped)
			m := moment{state: b.State(i), field: make([]float32, n.StateSize()), result: b.Result(i)}
			b.Field(w, i, m.field)
			m.unstable, m.settled = b.Unstable(w, i), b.Settled(w, i)
			if problem := m.differ(s); problem != "" {
				return fmt.Sprintf("sample %d after phase %d: %s", i, p, problem)
			}
		}
	}
	return ""
}

// What a sweep costs decides whether it is followed: some flips of a sparse network are; too
// many, or one in a network with a dense block that it reaches, or with continuous neurons,
// are not.
func TestOnlyFewFlipsOfSparseCouplingsAreFollowed(t *testing.T) {
	many := make([]int32, 29)
	for n := range many {
		many[n] = int32(n)
	}
	sparse, dense := followed(t, 0.008, 0), followed(t, 1, 0)
	link := followed(t, 0.008, 0, network.Link{Kind: network.Learned, Between: [2]int{1, 0}, Gain: 1, Density: 1, Direction: network.Forward})
	continuous := followed(t, 0.008, 1)
	second := int32(sparse.Modules[1].Offset)
	for _, row := range []struct {
		network *network.Network
		asking  []int32
		want    bool
	}{
		{sparse, nil, true},
		{sparse, []int32{7}, true},
		{sparse, []int32{7, second}, true},
		{sparse, many, false}, // 29 and their receivers are more than 580 / 20
		{dense, []int32{7}, false},
		{link, []int32{7}, true},
		{link, []int32{second}, false},
		{continuous, nil, false},
	} {
		b, err := NewBatch(row.network, Settings{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.follow(b.NewWorker(), row.asking); got != row.want {
			t.Errorf("%s: flips of %v are followed: %t, want %t", fmt.Sprint(row.network.Couplings()), row.asking, got, row.want)
		}
	}
}
