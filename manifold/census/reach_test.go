package census

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basin/dynamics"
)

func TestReachEqualsBasins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 8)
		n := s.network.Neurons()
		o := BasinOptions{Workers: rapid.IntRange(0, 3).Draw(t, "workers")}
		switch rapid.IntRange(0, 2).Draw(t, "dynamics") {
		case 1:
			o.Order, o.Sequence = dynamics.Sequential, rapid.Permutation(numbers(n)).Draw(t, "sequence")
		case 2:
			o.Order, o.Seed, o.Sweeps = dynamics.Sequential, rapid.Uint64().Draw(t, "seed of orders"), 3
		}
		b, err := FindBasins(t.Context(), s.network, s.x, o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Take(t.Context(), s.network, s.x, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var starts []State
		for s := range State(1) << n {
			starts = append(starts, s)
		}
		ends, err := r.Reach(t.Context(), starts, o)
		if err != nil {
			t.Fatal(err)
		}
		for start, end := range ends {
			want := b.Reached[start]
			if want != Unsettled && b.Attractors[want].Length > 1 {
				want = Unsettled
			}
			if end != want {
				t.Fatalf("start %b ends at %d, want %d", start, end, want)
			}
		}
	})
}

// With a margin only those fixed points count that have it.
func TestReachCountsFixedPointsOfTheCensus(t *testing.T) {
	n := draw(t, dense(12, 0.4), 8)
	starts := RandomStates(12, 300, 1)
	ends := func(kappa float64) (*Result, []int32) {
		r := census(t, n, nil, Options{Margin: kappa})
		e, err := r.Reach(t.Context(), starts, BasinOptions{Order: dynamics.Sequential, Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		return r, e
	}
	all, free := ends(0)
	few, strict := ends(0.3)
	lost := 0
	for k := range starts {
		if free[k] == Unsettled {
			continue
		}
		place, ok := slices.BinarySearch(few.FixedPoints, all.FixedPoints[free[k]])
		if !ok {
			place = Unsettled
			lost++
		}
		if int(strict[k]) != place {
			t.Errorf("start %d ends at %d, want %d", k, strict[k], place)
		}
	}
	if lost == 0 || lost == len(starts) {
		t.Errorf("%d of %d starts end without the margin: the test sees too little", lost, len(starts))
	}
}

func TestRandomStatesAreUniform(t *testing.T) {
	const count, neurons = 4000, 5
	states := RandomStates(neurons, count, 7)
	if !slices.Equal(states[:10], RandomStates(neurons, 10, 7)) || slices.Equal(states, RandomStates(neurons, count, 8)) {
		t.Error("states are not a function of seed and place")
	}
	var seen [1 << neurons]float64
	for _, s := range states {
		seen[s]++
	}
	for s, n := range seen { // 125 with a standard deviation of 11
		if math.Abs(n-count/32) > 55 {
			t.Errorf("state %b drawn %v times of %d", s, n, count)
		}
	}
}

func TestReachReportsMistakes(t *testing.T) {
	r := census(t, draw(t, dense(4, 0.3), 1), nil, Options{})
	reach := func(starts []State, o BasinOptions) error { _, err := r.Reach(t.Context(), starts, o); return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{reach([]State{3, 16}, BasinOptions{}), "start 1 is the state 0x10, want one of 4 neurons"},
		{reach(nil, BasinOptions{Order: dynamics.Partial}), `order "partial"`},
		{reach(nil, BasinOptions{Order: dynamics.Sequential, Sequence: []int{0, 1}}), "sequence of 2 neurons"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", test.err, test.want)
		}
	}
}

// By hand: 5 over 2 is 2.5; what is left of each draw is 1 and -1, whose mean has the error 1.
func TestRatioOfTwoDraws(t *testing.T) {
	got := Ratio([]float64{3.5, 1.5}, []float64{1, 1})
	if got.Value != 2.5 || math.Abs(got.Error-1) > 1e-15 {
		t.Errorf("ratio %+v, want 2.5 +- 1", got)
	}
	// The mean of a value is its ratio to one.
	values := []float64{2, 7, 1, 8, 2, 8}
	rows := make([][]float64, len(values))
	for d, v := range values {
		rows[d] = []float64{v}
	}
	want := columnMeans(rows)[0]
	if got := Ratio(values, []float64{1, 1, 1, 1, 1, 1}); math.Abs(got.Value-want.Value) > 1e-15 || math.Abs(got.Error-want.Error) > 1e-15 {
		t.Errorf("ratio to one %+v, want the mean %+v", got, want)
	}
}
