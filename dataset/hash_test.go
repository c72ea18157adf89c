package dataset

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRowHashesAreOfValuesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Uint8(), 6, 6).Draw(t, "values")
		narrow := &Set{Shape: []int{3}, Bytes: values, Labels: []int{0, 0}, LabelNames: []string{"a"}}
		wide := narrow.floats()
		wide.Labels = nil
		if a, b := narrow.RowHashes(), wide.RowHashes(); !slices.Equal(a, b) {
			t.Fatalf("bytes %x, floats %x", a, b)
		}
		h := narrow.RowHashes()
		if same := slices.Equal(values[:3], values[3:]); same != (h[0] == h[1]) {
			t.Fatalf("%v: equal rows is %v, hashes %x", values, same, h)
		}
	})
}

// Recorded by the program that first wrote hashes into model files; later ones give the same.
func TestRowHashesStayAsTheyAre(t *testing.T) {
	s := &Set{Shape: []int{2}, Floats: []float32{0, 1, float32(math.Copysign(0, -1)), 1, 1, 0, -1.5, 255}}
	want := []uint64{0x32b30675eb945fea, 0x32b30675eb945fea, 0x290abcbfe6ef803b, 0x68e5a6f6d6c1c352}
	if got := s.RowHashes(); !slices.Equal(got, want) {
		t.Errorf("got %#x, want %#x", got, want)
	}
}
