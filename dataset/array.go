package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"basin/dataset/table"
)

// array is a block of numbers as it lies in an IDX or NPY file.
type array struct {
	shape []int
	kind  byte // 'u', 'i' or 'f', or for text 'S' (bytes) or 'U' (UCS-4)
	size  int  // bytes of an element: of numbers 1, 2, 4 or 8
	order binary.ByteOrder
	data  []byte
	// permuted says that the first index runs fastest (Fortran).
	permuted bool
	// fine says that a model reads the array, of which the few samples of a prediction do not
	// tell what it has seen differ.
	fine bool
}

// bytesOf returns the bytes that an array of this shape and element size takes, at most most.
func bytesOf(shape []int, size int, most int64) (int64, error) {
	total := int64(size)
	for _, n := range shape {
		if n < 0 {
			return 0, fmt.Errorf("shape %v, want lengths of at least 0", shape)
		}
		if n > 0 && total > most/int64(n) {
			return 0, fmt.Errorf("shape %v of %d-byte elements is too large, want at most %d bytes: data.limit, in GiB, raises it",
				shape, size, most)
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
	case a.kind == 'f' && a.size == 2:
		return float16(a.order.Uint16(b))
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
// samples, the others are the shape, with channels moved to the end. Integers that all lie in 0..255 become
// bytes, all else floats, or doubles where columns of large numbers differ little.
func (a *array) samples() (*Set, error) {
	if len(a.shape) < 2 || len(a.shape) > 4 {
		return nil, fmt.Errorf("shape %v, want 2 to 4 lengths: samples, then features or height, width (and channels)", a.shape)
	}
	if a.isText() {
		return nil, errors.New("text, want numbers")
	}
	s := &Set{Shape: a.shape[1:]}
	if a.shape[0] == 0 {
		return nil, errors.New("no samples")
	}
	if s.Features() == 0 {
		return nil, fmt.Errorf("shape %v, want positive lengths", a.shape)
	}
	a.reorder()
	note, err := a.arrange()
	if err != nil {
		return nil, err
	}
	if s.Shape = a.shape[1:]; note != "" {
		s.Notes = []string{note}
	}
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
	if s.Doubles = a.doubles(s.Features()); s.Doubles != nil {
		s.Floats = nil
	}
	return s, nil
}

// doubles returns the values of a table with 64 bits where 32 would make some of a column equal;
// nil where they would not, and of images.
func (a *array) doubles(width int) []float64 {
	if len(a.shape) != 2 || a.size < 4 || a.kind == 'f' && a.size == 4 {
		return nil
	}
	fine := a.fine
	for k := range width {
		fine = fine || table.Blurred(a.shape[0], func(i int) float64 { return a.value(i*width + k) })
	}
	if !fine {
		return nil
	}
	values := make([]float64, a.count())
	for i := range values {
		values[i] = a.value(i)
	}
	return values
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

// float16 returns the value of a number of half precision: 1 bit of sign, 5 of exponent
// and 10 of fraction.
func float16(bits uint16) float64 {
	fraction, exponent := float64(bits&0x3ff), int(bits>>10&0x1f)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		if v = math.Inf(1); fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 == 1 {
		return -v
	}
	return v
}
