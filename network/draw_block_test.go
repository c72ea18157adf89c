package network

import (
	"math"
	"slices"
	"testing"

	"basin/internal/random"
	"basin/network/coupling"

	"pgregory.net/rapid"
)

// Floyd's sampling as published: for j from n-count a number t of 0..j is drawn, and
// t joins the set, or j if t is in it. appendSample draws the same sets, ascending, behind
// what is there, and leaves its notes false.
func TestSamplesAreThoseOfFloyd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		count, seed := rapid.IntRange(0, n).Draw(t, "count"), rapid.Uint64().Draw(t, "seed")
		a, b := random.New(seed, random.LinkMask), random.New(seed, random.LinkMask)
		set := map[int32]bool{}
		for j := n - count; j < n; j++ {
			if pick := int32(a.IntN(j + 1)); set[pick] {
				set[int32(j)] = true
			} else {
				set[pick] = true
			}
		}
		want := []int32{99}
		for j := range int32(n) {
			if set[j] {
				want = append(want, j)
			}
		}
		taken := make([]bool, n)
		if got := appendSample([]int32{99}, n, count, taken, &b); !slices.Equal(got, want) || len(want) != count+1 {
			t.Fatalf("%d of %d: %v, want %v", count, n, got, want)
		}
		if slices.Contains(taken, true) {
			t.Fatal("notes are left")
		}
	})
}

// Symmetric couplings of density one come from the streams of those below the diagonal, one a
// receiver, so dense and sparse storage hold the same values.
func TestDenseSymmetricCouplingsAreThoseStoredSparse(t *testing.T) {
	const n = 53
	shape := coupling.Shape{Receivers: n, Senders: n, Hollow: true}
	dense, sparse := coupling.NewDense(shape), coupling.NewSparse(shape)
	if err := drawSymmetric(dense, 1, 0.3, 41, 2); err != nil {
		t.Fatal(err)
	}
	if err := drawSymmetric(sparse, 1, 0.3, 41, 2); err != nil {
		t.Fatal(err)
	}
	if sparse.Count() != n*(n-1) {
		t.Fatalf("%d couplings, want %d", sparse.Count(), n*(n-1))
	}
	sparse.Each(func(i, j int, v *float32) bool {
		if got := *dense.At(i, j); math.Float32bits(got) != math.Float32bits(*v) {
			t.Errorf("seed 41: from %d on %d dense %v, sparse %v", j, i, got, *v)
		}
		return true
	})
}
