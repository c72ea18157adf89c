package sample

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// A walk is made of fixed points, so its longest step is at least what the census says
// that joins both ends.
func TestWalksStayOnFixedPoints(t *testing.T) {
	longest := map[string]int{}
	for seed := range uint64(8) {
		n := draw(t, one(14, .5, 1, 0), seed)
		r := take(t, n, nil, 0)
		from, to := r.FixedPoints[0], r.FixedPoints[len(r.FixedPoints)/2]
		for _, moves := range []int{1, 2, 14} {
			o := WalkOptions{Moves: moves, Tries: 10, Sweeps: 50, Seed: seed}
			walk, err := FindWalk(context.Background(), n, nil, from.Vector(n), to.Vector(n), o)
			if err != nil {
				t.Fatal(err)
			}
			again, err := FindWalk(context.Background(), n, nil, from.Vector(n), to.Vector(n), o)
			if err != nil || !slices.Equal(walk.Steps, again.Steps) {
				t.Errorf("seed %d: %v, then %v, %v", seed, walk, again, err)
			}
			sum, excursions := 0, 0
			for _, step := range walk.Steps {
				sum += step
				if step > moves {
					excursions++
				}
			}
			if sum < from.Distance(to) || excursions != walk.Excursions || walk.Longest != slices.Max(walk.Steps) {
				t.Errorf("seed %d: %+v between states at distance %d", seed, walk, from.Distance(to))
			}
			if moves == 14 && (excursions > 0 || sum != from.Distance(to)) {
				t.Errorf("seed %d: %+v: a direct way of distance %d has no excursions", seed, walk, from.Distance(to))
			}
			// The bottleneck of the best way, from the census.
			best := 1
			for ; ; best++ {
				c, err := r.Components(context.Background(), best)
				if err != nil {
					t.Fatal(err)
				}
				if c.Of[0] == c.Of[len(r.FixedPoints)/2] {
					break
				}
			}
			if walk.Longest < best {
				t.Errorf("seed %d: longest step %d, the census needs %d", seed, walk.Longest, best)
			}
			if walk.Longest == best {
				longest["best"]++
			}
		}
	}
	if longest["best"] < 5 {
		t.Errorf("%d of 24 walks have the shortest longest step", longest["best"])
	}
}

func TestWalkFromAPointToItselfIsEmpty(t *testing.T) {
	n := draw(t, one(12, .5, 1, 0), 1)
	state := take(t, n, nil, 0).FixedPoints[0].Vector(n)
	walk, err := FindWalk(context.Background(), n, nil, state, state, WalkOptions{Moves: 1, Tries: 1, Sweeps: 1})
	if err != nil || len(walk.Steps) > 0 || walk.Longest > 0 {
		t.Errorf("%+v, %v", walk, err)
	}
	if _, err := FindWalk(context.Background(), n, nil, randomState(n, 1), state, WalkOptions{Moves: 1, Tries: 1, Sweeps: 1}); err == nil {
		t.Error("a walk from a state that is no fixed point: no error")
	}
}

// Overlaps and entropies are those of the fixed points that single and double flips join
// to the start, summed up.
func TestWanderFindsTheLocalEntropyOfTheCensus(t *testing.T) {
	n := draw(t, one(20, .5, 1, 0), 3)
	r := take(t, n, nil, 0)
	c, err := r.Components(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	k, most := 0, int64(-1) // that with the most neighbours, where single flips lead somewhere
	for l := range r.FixedPoints {
		if around := r.Around(l)[1]; c.Of[l] == 0 && around > most {
			k, most = l, around
		}
	}
	fields := []float64{3, 2.6, 2.2, 1.9, 1.6, 1.4, 1.2, 1, .8, .6, .4, .2}
	points, err := Wander(context.Background(), n, nil, r.FixedPoints[k].Vector(n), WanderOptions{Fields: fields, Moves: 2, Sweeps: 40000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for e, field := range fields {
		sum, weighted := 0.0, 0.0
		for l, p := range r.FixedPoints {
			if c.Of[l] == 0 {
				q := p.Overlap(r.FixedPoints[k], 20)
				w := math.Exp(field * 20 * (q - 1))
				sum, weighted = sum+w, weighted+q*w
			}
		}
		overlap := weighted / sum
		entropy := math.Log(sum)/20 + field*(1-overlap)
		near(t, "overlap", points[e].Overlap, points[e].OverlapError+1e-5, overlap)
		// The rule of integration is good to 0.002 with these fields.
		near(t, fmt.Sprintf("entropy at field %v", field), points[e].Entropy, points[e].EntropyError+.0004, entropy)
	}
	if c.Sizes[0] < 100 {
		t.Errorf("%d fixed points: the test sees too little", c.Sizes[0])
	}
}
