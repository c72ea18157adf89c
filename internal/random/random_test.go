package random

import (
	"math"
	"slices"
	"testing"
)

// The first values of SplitMix64 from state 0 are published test vectors
// (xoshiro project, also Java's SplittableRandom).
func TestStreamOfKeyZeroIsSplitMix64(t *testing.T) {
	s := Stream{}
	for k, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := s.Uint64(); got != want {
			t.Errorf("value %d is %#x, want %#x", k, got, want)
		}
	}
}

func TestEveryPartOfTheAddressMatters(t *testing.T) {
	addresses := map[string]Stream{
		"base":    New(1, Recurrent, 2, 3),
		"seed":    New(2, Recurrent, 2, 3),
		"purpose": New(1, Input, 2, 3),
		"key 0":   New(1, Recurrent, 3, 3),
		"key 1":   New(1, Recurrent, 2, 4),
		"swapped": New(1, Recurrent, 3, 2),
		"shorter": New(1, Recurrent, 2),
		"longer":  New(1, Recurrent, 2, 3, 0),
	}
	seen := map[uint64]string{}
	for name, s := range addresses {
		value := s.Uint64()
		if other, ok := seen[value]; ok {
			t.Errorf("%s and %s draw the same first value %#x", name, other, value)
		}
		seen[value] = name
	}
	again := New(1, Recurrent, 2, 3)
	base := addresses["base"]
	if again.Uint64() != base.Uint64() {
		t.Error("one address gave two streams")
	}
}

// Over 200,000 draws the mean of a uniform has standard error 0.00065, of a
// normal 0.0022; its variance 0.0032. Five of them are allowed. Seed 7.
func TestMomentsOfUniformAndNormalDraws(t *testing.T) {
	const draws = 200_000
	uniform, normals := New(7, Synthetic, 1), New(7, Synthetic, 2)
	normal := normals.Rand()
	var mean, meanNormal, square float64
	for range draws {
		u := uniform.Float64()
		if u < 0 || u >= 1 {
			t.Fatalf("Float64 returned %v, want a number in [0, 1)", u)
		}
		mean += u / draws
		z := normal.NormFloat64()
		meanNormal += z / draws
		square += z * z / draws
	}
	if math.Abs(mean-0.5) > 5*0.00065 {
		t.Errorf("mean of uniform draws is %v, want 0.5", mean)
	}
	if math.Abs(meanNormal) > 5*0.0022 || math.Abs(square-1) > 5*0.0032 {
		t.Errorf("normal draws have mean %v and second moment %v, want 0 and 1", meanNormal, square)
	}
}

// Each of the 24 orders of 4 has expectation 1,000 in 24,000 draws, standard
// error 31. Seed 11.
func TestPermuteIsUniform(t *testing.T) {
	s := New(11, Shuffle)
	counts := map[[4]int32]int{}
	order := make([]int32, 4)
	for range 24_000 {
		s.Permute(order)
		counts[[4]int32(order)]++
	}
	if len(counts) != 24 {
		t.Fatalf("%d orders occurred, want 24", len(counts))
	}
	for p, n := range counts {
		if math.Abs(float64(n)-1000) > 5*31 {
			t.Errorf("order %v occurred %d times, want about 1000", p, n)
		}
	}
	long := make([]int32, 1000)
	s.Permute(long)
	slices.Sort(long)
	for i, v := range long {
		if int(v) != i {
			t.Fatalf("sorted permutation has %d at %d", v, i)
		}
	}
}

func TestStepwiseDrawsAllocateNothing(t *testing.T) {
	order := make([]int32, 64)
	allocations := testing.AllocsPerRun(100, func() {
		s := New(1, Order, 2, 3, 4)
		s.Permute(order)
		_ = s.Float64()
	})
	if allocations != 0 {
		t.Errorf("addressing a stream and drawing from it allocated %v times, want 0", allocations)
	}
}
