package dynamics

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

// Model page, section 2, partial: each neuron updates with probability p. After a first
// sweep that sets every neuron, the feedback turns the target of each of n = 20 x 500
// neurons round, and p n of them follow, with standard error sqrt(n p (1-p)). Seed 51.
func TestPartialSweepUpdatesNeuronsWithItsProbability(t *testing.T) {
	const p, neurons, samples = 0.3, 500, 20
	n := drawNetwork(t, one(neurons, 0, 0), []int{4}, 2, 51)
	b, err := NewBatch(n, Settings{Order: Partial, Probability: p, Seed: 51}, samples)
	if err != nil {
		t.Fatal(err)
	}
	w := b.NewWorker()
	for i, x := range normals(samples, 4, 52) {
		b.Start(i, Vector(x), i, 0)
	}
	b.Advance(w, 0, samples, 1, nil)
	updated, all := 0, 0
	for i := range samples {
		before := slices.Clone(b.State(i))
		if slices.Contains(before[:neurons], 0) {
			t.Fatalf("seed 51, sample %d: a neuron is unset after the first sweep", i)
		}
		opposite := make([]float32, n.StateSize())
		for k, s := range before {
			opposite[k] = -100 * s
		}
		b.Advance(w, i, i+1, 1, func(int) []float32 { return opposite })
		for k := range neurons {
			all++
			if b.State(i)[k] != before[k] {
				updated++
			}
		}
	}
	if deviation := math.Sqrt(float64(all) * p * (1 - p)); math.Abs(float64(updated)-p*float64(all)) > 5*deviation {
		t.Errorf("seed 51: %d of %d neurons updated, want %v +- %.0f", updated, all, p*float64(all), deviation)
	}
}

// Random draws of a sample are addressed by the seed, its epoch and its id, so another
// address gives another trajectory.
func TestRandomOrdersDependOnTheWholeAddress(t *testing.T) {
	n := drawNetwork(t, one(60, 1, 0), []int{4}, 2, 53)
	x := normals(1, 4, 54)[0]
	for _, order := range []Order{Partial, Sequential} {
		seen := map[string]string{}
		for _, address := range [][3]uint64{{1, 2, 3}, {9, 2, 3}, {1, 9, 3}, {1, 2, 9}} {
			b, err := NewBatch(n, Settings{Order: order, Probability: 0.5, Seed: address[0]}, 1)
			if err != nil {
				t.Fatal(err)
			}
			w := b.NewWorker()
			b.Start(0, Vector(x), int(address[2]), address[1])
			b.Advance(w, 0, 1, 2, nil)
			state := fmt.Sprint(b.State(0))
			if other, ok := seen[state]; ok {
				t.Errorf("%s: addresses %v and %s have one trajectory", order, address, other)
			}
			seen[state] = fmt.Sprint(address)
		}
	}
	if a, b := random.New(1, random.Order, 2, 3, 0), random.New(1, random.Update, 2, 3, 0); a.Uint64() == b.Uint64() {
		t.Error("orders and updates draw the same numbers")
	}
}
