package dataset

import (
	"fmt"
	"math"

	"basin/dataset/table"
)

// Channels returns the number of channels of an image, 0 where the samples are none.
func (s *Set) Channels() int {
	switch len(s.Shape) {
	case 2:
		return 1
	case 3:
		return s.Shape[2]
	}
	return 0
}

// Grey returns a copy of coloured images without their colours, and -1; or nil and the
// first image whose three channels are not equal.
func (s *Set) Grey() (grey *Set, coloured int) {
	features := s.Features()
	differs := func(k int) bool {
		if s.Bytes != nil {
			return s.Bytes[k] != s.Bytes[k+1] || s.Bytes[k] != s.Bytes[k+2]
		}
		return s.Floats[k] != s.Floats[k+1] || s.Floats[k] != s.Floats[k+2]
	}
	for k := 0; k < len(s.Bytes)+len(s.Floats); k += 3 {
		if differs(k) {
			return nil, k / features
		}
	}
	one := *s
	one.Shape = s.Shape[:2:2]
	one.Bytes, one.Floats = everyThird(s.Bytes), everyThird(s.Floats)
	return &one, -1
}

// Coloured returns a copy of grey images with three equal channels. Too many are an error.
func (s *Set) Coloured() (*Set, error) {
	if size := int64(len(s.Bytes)) + 4*int64(len(s.Floats)); size > largestArray/3 {
		return nil, fmt.Errorf("dataset: %s: %d bytes of grey images are too many to become coloured, want at most %d", s.Name, size, largestArray/3)
	}
	three := *s
	three.Shape = []int{s.Shape[0], s.Shape[1], 3}
	three.Bytes, three.Floats = thrice(s.Bytes), thrice(s.Floats)
	return &three, nil
}

func everyThird[T uint8 | float32](values []T) []T {
	if values == nil {
		return nil
	}
	third := make([]T, 0, len(values)/3)
	for k := 0; k < len(values); k += 3 {
		third = append(third, values[k])
	}
	return third
}

func thrice[T uint8 | float32](values []T) []T {
	if values == nil {
		return nil
	}
	three := make([]T, 0, 3*len(values))
	for _, v := range values {
		three = append(three, v, v, v)
	}
	return three
}

// Range returns the least and the largest number of all samples, 0 for none, and whether
// all are whole. What is missing, and categories, are left out.
func (s *Set) Range() (least, largest float32, whole bool) {
	whole = true
	for i, b := range s.Bytes {
		v := float32(b)
		if i == 0 {
			least, largest = v, v
		}
		least, largest = min(least, v), max(largest, v)
	}
	for i, v := range s.Floats {
		if i == 0 {
			least, largest = v, v
		}
		least, largest = min(least, v), max(largest, v)
		whole = whole && v == float32(int64(v))
	}
	first := true
	for i, v := range s.Doubles {
		if c := s.column(i % s.Features()); math.IsNaN(v) || c != nil && c.Kind == table.Category {
			continue
		}
		if first {
			least, largest, first = float32(v), float32(v), false
		}
		least, largest = min(least, float32(v)), max(largest, float32(v))
		whole = whole && v == math.Trunc(v)
	}
	return least, largest, whole
}

// sameRange reports two parts of one source of which one has values up to 16 or more and
// the other fractions of one: images of which one part was divided by 255. A few columns may
// differ so by chance.
func sameRange(a, b *Set) error {
	if a.Maximum > 0 || b.Maximum > 0 || a.Features() < 16 {
		return nil
	}
	low, high, whole := a.Range()
	least, largest, round := b.Range()
	apart := func(wide, far float32, whole bool) bool { return wide >= 16 && far <= 1 && !whole }
	if apart(max(high, -low), max(largest, -least), round) || apart(max(largest, -least), max(high, -low), whole) {
		return fmt.Errorf("%s has values from %.6g to %.6g, but %s from %.6g to %.6g: save both in one range", a.Name, low, high, b.Name, least, largest)
	}
	return nil
}
