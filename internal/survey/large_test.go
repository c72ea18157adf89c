package survey

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"basin/dynamics"
	"basin/manifold/sample"
	"basin/manifold/solve"
)

func kindOf(neurons int, selfCoupling float64) Kind {
	return Kind{Neurons: neurons, Modules: 1, SelfCoupling: selfCoupling, Gain: 1, Density: 1}
}

// Each draw has a network and a solver of its own seed, whatever came before it.
func TestSearchesAreThoseOfTheirDraws(t *testing.T) {
	k := kindOf(200, 0.5)
	s := solve.Defaults(solve.Reinforced)
	s.Seed = 7
	var got []Search
	var states [][]float32
	if err := Searches(context.Background(), k, 3, s, func(f Search, r solve.Result) error {
		f.Seconds = 0
		got, states = append(got, f), append(states, r.State)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for draw := range 3 {
		n, err := k.Draw(7 + uint64(draw))
		if err != nil {
			t.Fatal(err)
		}
		s.Seed = 7 + uint64(draw)
		r, err := solve.Solve(context.Background(), n, []float32{1}, s)
		if err != nil {
			t.Fatal(err)
		}
		want := Search{Draw: draw, Solved: r.Status == solve.Solved, Status: r.Status.String(), Iterations: r.Iterations, Unstable: r.Unstable}
		if got[draw] != want || !slices.Equal(states[draw], r.State) {
			t.Errorf("draw %d: %+v, want %+v", draw, got[draw], want)
		}
	}
}

// Formulas stand beside what they are for: not beside chains, sparse networks and inputs.
func TestFormulasStandBesideDenseSinglesAlone(t *testing.T) {
	o := sample.DefaultEntropy()
	o.Fields = []float64{0.2, 0}
	for name, c := range map[string]struct {
		change func(k *Kind)
		there  bool
	}{
		"dense": {func(*Kind) {}, true}, "sparse": {func(k *Kind) { k.Density = 0.5 }, false}, "input": {func(k *Kind) { k.Input = 1 }, false},
		"chain": {func(k *Kind) { k.Modules, k.Lambda = 2, 0.5 }, false},
	} {
		k := kindOf(60, 0.5)
		c.change(&k)
		rows := 0
		err := Entropies(context.Background(), k, Planted, 2, 1, solve.Defaults(solve.Sequential), o, EntropyShow{
			Around: func(a Around) error {
				rows++
				if (a.FirstMoment != nil) != c.there {
					t.Errorf("%s: first moment %v", name, a.FirstMoment)
				}
				return nil
			},
			Near: func(n Near) error {
				rows++
				if (n.Typical != nil) != c.there || n.Flips != 1 || n.Distance != 2/float64(k.Total()) {
					t.Errorf("%s: %+v", name, n)
				}
				return nil
			},
			Missed: func(int) { t.Errorf("%s: nothing planted", name) },
		})
		if err != nil || rows != 6 {
			t.Errorf("%s: %d rows, want 6; %v", name, rows, err)
		}
	}
}

// Means over starts are those of the relaxations.
func TestAccessIsTheMeanOverStarts(t *testing.T) {
	k := kindOf(16, 0.1)
	s := solve.AccessSettings{Order: dynamics.Parallel, Starts: 60, Sweeps: 300, Seed: 5}
	var got []Access
	if err := Accesses(context.Background(), k, AccessOptions{AccessSettings: s, Draws: 2}, func(a Access) error {
		got = append(got, a)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n, err := k.Draw(6)
	if err != nil {
		t.Fatal(err)
	}
	s.Seed = 6
	relaxations, err := solve.Access(context.Background(), n, []float32{1}, s)
	if err != nil {
		t.Fatal(err)
	}
	var solved, cycles, sweeps, flips float64
	var lengths []float64
	for _, r := range relaxations {
		flips += float64(r.Flips) / 60 / 16
		switch r.Status {
		case solve.Solved:
			solved, sweeps = solved+1, sweeps+float64(r.Sweeps)
			lengths = append(lengths, float64(r.Sweeps))
		case solve.Cycle:
			cycles++
		}
	}
	a := got[1]
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	near("solved", float64(a.Solved), solved/60)
	near("cycles", float64(a.Cycles), cycles/60)
	near("flips", float64(a.Flips), flips)
	if solved > 0 {
		slices.Sort(lengths)
		near("sweeps", float64(*a.Sweeps), sweeps/solved)
		near("median", float64(*a.MedianSweeps), (lengths[len(lengths)/2]+lengths[(len(lengths)-1)/2])/2)
	}
	if solved == 0 || cycles == 0 || a.Draw != 1 || a.Starts != 60 {
		t.Errorf("%+v: the test wants starts of both kinds", a)
	}
}

// Both ways join the same ends, and depend on the seed alone.
func TestWaysJoinTwoFixedPoints(t *testing.T) {
	o := WayOptions{Draws: 2, Solver: solve.Defaults(solve.Reinforced), Walk: sample.WalkOptions{Moves: 1, Tries: 3, Sweeps: 50}}
	o.Solver.Seed = 3
	take := func(bridge bool) (ways []Way) {
		t.Helper()
		o.Bridge = bridge
		if err := Ways(context.Background(), kindOf(120, 0.8), o, func(w Way) error { ways = append(ways, w); return nil }, func(int) {}); err != nil {
			t.Fatal(err)
		}
		return ways
	}
	walks, bridges := take(false), take(true)
	if len(walks) == 0 || len(walks) != len(bridges) {
		t.Fatalf("%d walks and %d bridges", len(walks), len(bridges))
	}
	for k, w := range walks {
		b := bridges[k]
		apart := float64(w.Distance) * 120 / 2
		if w.Distance != b.Distance || w.Excursions == nil || b.Excursions != nil || float64(w.Steps)*float64(w.MeanStep) < apart-1e-6 || float64(b.Longest) > apart {
			t.Errorf("walk %+v, bridge %+v", w, b)
		}
	}
	if !reflect.DeepEqual(walks, take(false)) || !reflect.DeepEqual(bridges, take(true)) {
		t.Error("one seed, two ways")
	}
}
