package dataset

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// array is a block of numbers as it lies in an IDX or NPY file.
type array struct {
	shape []int
	kind  byte // 'u', 'i' or 'f'
	size  int  // bytes of an element: 1, 2, 4 or 8
	order binary.ByteOrder
	data  []byte
	// permuted says that the first index runs fastest (Fortran).
	permuted bool
}

// bytesOf returns the bytes that an array of this shape and element size takes.
func bytesOf(shape []int, size int) (int64, error) {
	total := int64(size)
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %v, want lengths of at least 0", shape)
		}
		if n > 0 && total > largestArray/int64(n) {
			return 0, fmt.Errorf("shape %v of %d-byte elements is too large, want at most %d bytes",
				shape, size, largestArray)
		}
		total *= int64(n)
	}
	return total, nil
}

func (a *array) count() int { return len(a.data) / a.size }

func (a *array) value(i int) float64 {
	b := a.data[i*a.size:]
	switch {
	case a.kind == 'f' && a.size == 4:
		return float64(math.Float32frombits(a.order.Uint32(b)))
	case a.kind == 'f':
		return math.Float64frombits(a.order.Uint64(b))
	case a.size == 1 && a.kind == 'u':
		return float64(b[0])
	case a.size == 1:
		return float64(int8(b[0]))
	case a.size == 2 && a.kind == 'u':
		return float64(a.order.Uint16(b))
	case a.size == 2:
		return float64(int16(a.order.Uint16(b)))
	case a.size == 4 && a.kind == 'u':
		return float64(a.order.Uint32(b))
	case a.size == 4:
		return float64(int32(a.order.Uint32(b)))
	case a.kind == 'u':
		return float64(a.order.Uint64(b))
	default:
		return float64(int64(a.order.Uint64(b)))
	}
}

// samples returns the array as an unlabelled set: its first index counts the
// samples, the others are the shape. Integers that all lie in 0..255 become
// bytes, all else floats.
func (a *array) samples() (*Set, error) {
	if len(a.shape) < 2 || len(a.shape) > 4 {
		return nil, fmt.Errorf("shape %v, want 2 to 4 lengths: samples, then features or height, width (and channels)", a.shape)
	}
	s := &Set{Shape: a.shape[1:]}
	if a.shape[0] == 0 {
		return nil, errors.New("no samples")
	}
	if s.Features() == 0 {
		return nil, fmt.Errorf("shape %v, want positive lengths", a.shape)
	}
	a.reorder()
	if a.kind == 'u' && a.size == 1 {
		s.Bytes = a.data
		return s, nil
	}
	if a.kind != 'f' && a.isBytes() {
		s.Bytes = make([]uint8, a.count())
		for i := range s.Bytes {
			s.Bytes[i] = uint8(a.value(i))
		}
		return s, nil
	}
	s.Floats = make([]float32, a.count())
	for i := range s.Floats {
		v := float32(a.value(i))
		if !finite(v) {
			return nil, fmt.Errorf("sample %d, feature %d is %v, want a finite number that fits 32 bits",
				i/s.Features(), i%s.Features(), a.value(i))
		}
		s.Floats[i] = v
	}
	return s, nil
}

func (a *array) isBytes() bool {
	for i := range a.count() {
		if v := a.value(i); v < 0 || v > 255 {
			return false
		}
	}
	return true
}

// reorder brings a Fortran array to row-major order.
func (a *array) reorder() {
	if !a.permuted {
		return
	}
	a.permuted = false
	sorted := make([]byte, 0, len(a.data))
	index := make([]int, len(a.shape))
	for range a.count() {
		from, stride := 0, 1
		for axis, n := range a.shape {
			from += index[axis] * stride
			stride *= n
		}
		sorted = append(sorted, a.data[from*a.size:(from+1)*a.size]...)
		for axis := len(index) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < a.shape[axis] {
				break
			}
			index[axis] = 0
		}
	}
	a.data = sorted
}

// classes returns the array as one integer per sample.
func (a *array) classes() ([]int, error) {
	if len(a.shape) != 1 && (len(a.shape) != 2 || a.shape[1] != 1) {
		return nil, fmt.Errorf("labels have shape %v, want one number for each sample", a.shape)
	}
	values := make([]int, a.count())
	for i := range values {
		v := a.value(i)
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, fmt.Errorf("label of sample %d is %v, want an integer", i, v)
		}
		values[i] = int(v)
	}
	return values, nil
}

// NumberLabels gives s labels, one number for each sample: the distinct numbers, ascending,
// are the classes and their names.
func (s *Set) NumberLabels(values []int) error {
	if err := s.numberLabels(values); err != nil {
		return fmt.Errorf("dataset: %s: %w", s.Name, err)
	}
	return nil
}

// numberLabels gives s labels: the distinct values, ascending, are the classes.
func (s *Set) numberLabels(values []int) error {
	if len(values) != s.Count() {
		return fmt.Errorf("%d labels, want %d, one for each sample", len(values), s.Count())
	}
	distinct := slices.Clone(values)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	class := make(map[int]int, len(distinct))
	s.LabelNames = make([]string, len(distinct))
	for c, v := range distinct {
		class[v] = c
		s.LabelNames[c] = strconv.Itoa(v)
	}
	s.Labels = make([]int, len(values))
	for i, v := range values {
		s.Labels[i] = class[v]
	}
	return nil
}

// compareLabels orders class names: integers by value and before all others,
// which follow alphabetically.
func compareLabels(a, b string) int {
	x, notX := strconv.ParseFloat(a, 64)
	y, notY := strconv.ParseFloat(b, 64)
	isX, isY := notX == nil && finite(x), notY == nil && finite(y)
	switch {
	case isX && isY:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case isX:
		return -1
	case isY:
		return 1
	}
	return cmp.Compare(a, b)
}
