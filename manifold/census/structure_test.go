package census

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"basin/dynamics"
	"basin/internal/random"
)

func TestPairsEqualACountOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 8)
		r, err := Take(t.Context(), s.network, s.x, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := make([]int64, r.Neurons+1)
		for k, p := range r.FixedPoints {
			around := make([]int64, r.Neurons+1)
			for _, q := range r.FixedPoints {
				differ := 0
				for i := range r.Neurons {
					if p.Spin(i) != q.Spin(i) {
						differ++
					}
				}
				if overlap := 1 - 2*float64(differ)/float64(r.Neurons); p.Overlap(q, r.Neurons) != overlap {
					t.Fatalf("overlap of %b and %b is %v, want %v", p, q, p.Overlap(q, r.Neurons), overlap)
				}
				around[differ]++
				want[differ]++
			}
			if got := r.Around(k); !slices.Equal(got, around) {
				t.Fatalf("around %b: %v, want %v", p, got, around)
			}
		}
		one, err := r.pairsOneByOne(t.Context())
		all, fault := r.pairsBySpectrum(t.Context())
		if err != nil || fault != nil {
			t.Fatal(err, fault)
		}
		if !slices.Equal(one, want) || !slices.Equal(all, want) {
			t.Fatalf("pairs %v one by one and %v by the spectrum, want %v", one, all, want)
		}
		mean, err := r.MeanAround(t.Context())
		entropy, fault := r.LocalEntropy(t.Context())
		if err != nil || fault != nil {
			t.Fatal(err, fault)
		}
		for d := range mean {
			want := float64(want[d]) / float64(len(r.FixedPoints))
			if mean[d] != want || entropy[d] != math.Log(want)/float64(r.Neurons) {
				t.Fatalf("distance %d: mean %v and entropy %v, want %v and its logarithm over N", d, mean[d], entropy[d], want)
			}
		}
	})
}

// Every state is a fixed point: 2^N C(N, d) ordered pairs, which is more than one-by-one
// counting would do.
func TestPairsOfAllStatesAreBinomial(t *testing.T) {
	const neurons = 13
	r := census(t, draw(t, dense(neurons, 20), 1), nil, Options{})
	pairs, err := r.Pairs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := int64(1 << neurons)
	for d, got := range pairs {
		if got != want {
			t.Errorf("%d pairs at distance %d, want %d", got, d, want)
		}
		want = want * int64(neurons-d) / int64(d+1)
	}
}

func TestComponentsEqualASearchThroughTheGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 9)
		r, err := Take(t.Context(), s.network, s.x, Options{})
		if err != nil {
			t.Fatal(err)
		}
		distance := rapid.IntRange(1, r.Neurons).Draw(t, "distance")
		got, err := r.Components(t.Context(), distance)
		if err != nil {
			t.Fatal(err)
		}
		of := make([]int, len(r.FixedPoints))
		var sizes []int
		for k := range of {
			if of[k] != 0 {
				continue
			}
			sizes = append(sizes, 0)
			of[k] = len(sizes)
			for queue := []int{k}; len(queue) > 0; queue = queue[1:] {
				sizes[of[k]-1]++
				for l, q := range r.FixedPoints {
					if of[l] == 0 && q.Distance(r.FixedPoints[queue[0]]) <= distance {
						of[l] = of[k]
						queue = append(queue, l)
					}
				}
			}
		}
		for k := range of {
			for l := range k {
				if (of[k] == of[l]) != (got.Of[k] == got.Of[l]) {
					t.Fatalf("fixed points %d and %d: components %d and %d, want equal ones: %v", k, l, got.Of[k], got.Of[l], of[k] == of[l])
				}
			}
			if got.Sizes[got.Of[k]] != sizes[of[k]-1] {
				t.Fatalf("component of fixed point %d has size %d, want %d", k, got.Sizes[got.Of[k]], sizes[of[k]-1])
			}
		}
		largest := 0
		if len(sizes) > 0 {
			largest = slices.Max(sizes)
		}
		if len(got.Sizes) != len(sizes) || got.Largest() != largest {
			t.Fatalf("%d components, largest %d, want %d and %d", len(got.Sizes), got.Largest(), len(sizes), largest)
		}
		pairs, balls := newForest(len(of)), newForest(len(of))
		err, fault := r.joinPairs(t.Context(), pairs, distance), r.joinBalls(t.Context(), balls, distance)
		if err != nil || fault != nil {
			t.Fatal(err, fault)
		}
		if !slices.Equal(pairs.components().Of, got.Of) || !slices.Equal(balls.components().Of, got.Of) {
			t.Fatal("comparing pairs and looking up neighbours give different components")
		}
	})
}

func TestBasinsEqualWalksFromEveryState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 8)
		twin := newTwin(s.network, s.x)
		o := BasinOptions{}
		step := twin.parallel
		if rapid.Bool().Draw(t, "sequential") {
			o.Order = dynamics.Sequential
			o.Sequence = rapid.Permutation(numbers(twin.n)).Draw(t, "sequence")
			step = func(s State) State {
				for _, i := range o.Sequence {
					s = twin.update(s, i)
				}
				return s
			}
		}
		b, err := FindBasins(t.Context(), s.network, s.x, o)
		if err != nil {
			t.Fatal(err)
		}
		basin := make([]int, len(b.Attractors))
		lengths := map[int]int{}
		for start := range State(1) << twin.n {
			s := start
			for range 1 << twin.n {
				s = step(s)
			}
			smallest, length := s, 1
			for p := step(s); p != s; p = step(p) {
				smallest = min(smallest, p)
				length++
			}
			end := b.Reached[start]
			if a := b.Attractors[end]; a.State != smallest || a.Length != length {
				t.Fatalf("start %b ends in %+v, want state %b of length %d", start, a, smallest, length)
			}
			basin[end]++
			lengths[length]++
		}
		var points []State
		for k, a := range b.Attractors {
			if a.Basin != basin[k] {
				t.Fatalf("attractor %+v, want %d starts", a, basin[k])
			}
			if a.Length == 1 {
				points = append(points, a.State)
			}
			if k == 0 {
				continue
			}
			before := b.Attractors[k-1]
			if before.Length > 1 && a.Length == 1 || (before.Length > 1) == (a.Length > 1) && a.State <= before.State {
				t.Fatalf("attractor %+v after %+v", a, before)
			}
		}
		if want := twin.fixedPoints(0); !slices.Equal(points, want) {
			t.Fatalf("fixed points %b, want %b", points, want)
		}
		checkLengths(t, b, lengths)
	})
}

func checkLengths(t *rapid.T, b *Basins, want map[int]int) {
	got, cycles := b.Lengths(), len(b.Reached)-want[0]-want[1]
	if len(got) != len(want) {
		t.Fatalf("starts by length %v, want %v", got, want)
	}
	for length := range want {
		if got[length] != want[length] {
			t.Fatalf("starts by length %v, want %v", got, want)
		}
	}
	if share := float64(cycles) / float64(len(b.Reached)); b.CycleShare() != share {
		t.Fatalf("share in cycles %v, want %v", b.CycleShare(), share)
	}
}

func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func TestBasinsInRandomOrdersEqualPlainSweeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 7)
		twin := newTwin(s.network, s.x)
		o := BasinOptions{Order: dynamics.Sequential, Seed: rapid.Uint64().Draw(t, "seed of orders"), Sweeps: 3, Workers: rapid.IntRange(0, 3).Draw(t, "workers")}
		b, err := FindBasins(t.Context(), s.network, s.x, o)
		if err != nil {
			t.Fatal(err)
		}
		points := twin.fixedPoints(0)
		lengths := map[int]int{}
		order := make([]int32, twin.n)
		for start := range State(1) << twin.n {
			s := start
			for sweep := range o.Sweeps {
				stream := random.New(o.Seed, random.Order, uint64(start), uint64(sweep))
				stream.Permute(order)
				for _, i := range order {
					s = twin.update(s, int(i))
				}
			}
			want, ok := slices.BinarySearch(points, s)
			if !ok {
				want = Unsettled
				lengths[0]++
			} else {
				lengths[1]++
			}
			if got := int(b.Reached[start]); got != want || (ok && b.Attractors[got].State != s) {
				t.Fatalf("start %b reached attractor %d, want %d (state %b)", start, got, want, s)
			}
		}
		checkLengths(t, b, lengths)
	})
}
