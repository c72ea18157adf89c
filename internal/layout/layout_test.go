package layout

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPaddedRoundsUpToSixteen(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 16, 15: 16, 16: 16, 17: 32, 1000: 1008} {
		if got := Padded(n); got != want {
			t.Errorf("Padded(%d) = %d, want %d", n, got, want)
		}
	}
}

// The parts of a range follow each other without gap or overlap, and begin at
// multiples of 16.
func TestPartsCoverARangeExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, parts := rapid.IntRange(0, 700).Draw(t, "size"), rapid.IntRange(1, 40).Draw(t, "parts")
		end := 0
		for part := range parts {
			from, to := Part(size, part, parts)
			if from != end || to < from || (from%16 != 0 && from != size) {
				t.Fatalf("part %d of %d over %d values is %d to %d after %d", part, parts, size, from, to, end)
			}
			if blocks := (to - from + 15) / 16; blocks > (size+15)/16/parts+1 {
				t.Fatalf("part %d of %d over %d values has %d blocks of 16, want an even share", part, parts, size, blocks)
			}
			end = to
		}
		if end != size {
			t.Fatalf("%d parts cover %d of %d values", parts, end, size)
		}
	})
}
