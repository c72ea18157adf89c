package kernel

import "testing"

// Values are zeros that can be written, whatever the number and whatever the system says to
// the wish for large pages.
func TestValuesAreZerosThatCanBeWritten(t *testing.T) {
	for _, count := range []int{0, 1, 1 << 20, 1<<20 + 77, 3 << 20} {
		values := Values(count)
		if len(values) != count {
			t.Fatalf("%d values, want %d", len(values), count)
		}
		for i, v := range values {
			if v != 0 {
				t.Fatalf("value %d of %d is %v, want 0", i, count, v)
			}
			values[i] = float32(i % 1000)
		}
		for i, v := range values {
			if v != float32(i%1000) {
				t.Fatalf("value %d of %d is %v after it was written", i, count, v)
			}
		}
	}
}
