package coupling

import (
	"fmt"
	"slices"

	"basin/internal/layout"
)

// Tensor is one array as files have it: its values one row after another, without padding,
// and the memory that they are kept in. Memory holds rows at a stride, or columns at a
// stride at the places of some runs.
type Tensor struct {
	// Name is added to that of the block: empty, or ".start", ".sender", ".window", ".unit", ".value".
	Name string
	// Shape of the array.
	Shape []int
	// Scaled says that the values are those before the scale of the block.
	Scaled bool

	floats      *[]float32 // exactly one of floats, ints and bytes is set
	ints        *[]int32
	bytes       *[]uint8
	rows, width int // of the shape, 1 x length for one dimension
	stride      int
	runs        []Run // of columns; nil where memory has rows
	panel       int   // rows of the panels in which columns lie
	size        int   // in memory
	hollow      bool
	open        bool // integers may be set
}

// Run is some columns at consecutive places in memory.
type Run struct{ Place, Count int }

// Vector is an array of one dimension, in memory of a given size.
func Vector(values *[]float32, length, size int) Tensor {
	return Tensor{Shape: []int{length}, floats: values, rows: 1, width: length, stride: size, size: size}
}

// ByRow is a matrix of padded rows.
func ByRow(values *[]float32, rows, width int) Tensor {
	stride := layout.Padded(width)
	return Tensor{Shape: []int{rows, width}, floats: values, rows: rows, width: width, stride: stride, size: rows * stride}
}

// ByColumn is a matrix whose columns lie at the places of some runs, each padded, among so
// many places.
func ByColumn(values *[]float32, rows int, runs []Run, places int) Tensor {
	width := 0
	for _, c := range runs {
		width += c.Count
	}
	stride := layout.Padded(rows)
	return Tensor{
		Shape: []int{rows, width}, floats: values, rows: rows, width: width, stride: stride,
		runs: append([]Run{}, runs...), panel: stride, size: places * stride,
	}
}

// integers is an array of indices, set once when it is loaded.
func integers(name string, values *[]int32, length int) Tensor {
	return Tensor{Name: name, Shape: []int{length}, ints: values, rows: 1, width: length, stride: length, size: length}
}

// Pairs is an array of so many pairs of integers, to be read or, where there are none yet,
// to be set.
func Pairs(values *[]int32, count int) Tensor {
	return Tensor{Shape: []int{count, 2}, ints: values, rows: count, width: 2, stride: 2, size: 2 * count, open: true}
}

// Bytes is an array of so many bytes, to be read or, where there are none yet, to be set.
func Bytes(name string, values *[]uint8, length int) Tensor {
	return Tensor{Name: name, Shape: []int{length}, bytes: values, rows: 1, width: length, stride: length, size: length, open: true}
}

// Bytes says that the values are bytes.
func (t *Tensor) Bytes() bool { return t.bytes != nil }

// GetBytes and SetBytes are Get and Set of bytes.
func (t *Tensor) GetBytes(values []uint8, at int) { copy(values, (*t.bytes)[at:]) }

// SetBytes copies bytes to a place of the array.
func (t *Tensor) SetBytes(values []uint8, at int) {
	t.allocate()
	copy((*t.bytes)[at:], values)
}

// Integers says that the values are integers of 32 bits, not floating-point numbers.
func (t *Tensor) Integers() bool { return t.ints != nil }

// Count returns the number of values.
func (t *Tensor) Count() int { return t.rows * t.width }

// Step returns how many values Get and Set take at a time, at multiples of it: so many that
// whole cache lines of memory are used, in no more than two megabytes beyond a row.
func (t *Tensor) Step() int {
	if t.runs != nil {
		return max(1, t.width*min(t.rows, max(1, min(32, 1<<19/max(1, t.width)))))
	}
	return 1 << 14
}

// Place names the value at a place of the file.
func (t *Tensor) Place(at int) string {
	if len(t.Shape) == 1 {
		return fmt.Sprintf("value %d", at)
	}
	return fmt.Sprintf("value [%d %d]", at/t.width, at%t.width)
}

// Get copies the values from a place of the file on.
func (t *Tensor) Get(values []float32, at int) { t.move(values, at, false) }

// Set is the reverse of Get. It reports a value on the diagonal of a hollow block.
func (t *Tensor) Set(values []float32, at int) error {
	if err := t.checkDiagonal(values, at); err != nil {
		return err
	}
	t.allocate()
	t.move(values, at, true)
	return nil
}

// move copies values from or, with set, to memory.
func (t *Tensor) move(values []float32, at int, set bool) {
	memory := *t.floats
	if t.runs == nil {
		for len(values) > 0 {
			column := at % t.width
			part := values[:min(len(values), t.width-column)]
			from, to := memory[at/t.width*t.stride+column:][:len(part)], part
			if set {
				from, to = to, from
			}
			copy(to, from)
			at += len(part)
			values = values[len(part):]
		}
		return
	}
	if len(values) == 0 {
		return
	}
	first, rows, column := at/t.width, len(values)/t.width, 0
	for _, c := range t.runs {
		for p := c.Place; p < c.Place+c.Count; p++ {
			for row := first; row < first+rows; {
				lies := t.column(memory, p, row)
				lies = lies[:min(len(lies), first+rows-row)]
				values := values[(row-first)*t.width+column:]
				if set {
					for r := range lies {
						lies[r] = values[r*t.width]
					}
				} else {
					for r, v := range lies {
						values[r*t.width] = v
					}
				}
				row += len(lies)
			}
			column++
		}
	}
}

// column returns, of the column at place p in memory, what lies from a row on in one panel.
func (t *Tensor) column(memory []float32, p, row int) []float32 {
	first := row / t.panel * t.panel
	width := min(t.panel, t.stride-first)
	return memory[first*(t.size/t.stride)+p*width:][row-first : width]
}

// checkDiagonal reports a value on the diagonal of a hollow block.
func (t *Tensor) checkDiagonal(values []float32, at int) error {
	if !t.hollow {
		return nil
	}
	for e := at/t.width*(t.width+1) - at; e < len(values); e += t.width + 1 {
		if v := values[e]; v != 0 {
			return fmt.Errorf("%s is %v, want 0 on the diagonal", t.Place(at+e), v)
		}
	}
	return nil
}

// GetIntegers and SetIntegers are Get and Set of integers. Those of a block can be set only
// while it is being loaded.
func (t *Tensor) GetIntegers(values []int32, at int) { copy(values, (*t.ints)[at:]) }

// SetIntegers panics where the array is not being loaded.
func (t *Tensor) SetIntegers(values []int32, at int) {
	if !t.open {
		panic("coupling: SetIntegers of a block that is not being loaded")
	}
	t.allocate()
	copy((*t.ints)[at:], values)
}

// allocate makes the memory where there is none.
func (t *Tensor) allocate() {
	switch {
	case t.bytes != nil && *t.bytes == nil:
		*t.bytes = make([]uint8, t.size)
	case t.ints != nil && *t.ints == nil:
		*t.ints = make([]int32, t.size)
	case t.floats != nil && *t.floats == nil:
		*t.floats = layout.Values(t.size)
	}
}

// Check holds the length of the array in memory and that its padding is zero.
func (t *Tensor) Check() error {
	if t.bytes != nil {
		if got := len(*t.bytes); got != t.size {
			return fmt.Errorf("%d bytes in memory, want %d", got, t.size)
		}
		return nil
	}
	if t.ints != nil {
		if got := len(*t.ints); got != t.size {
			return fmt.Errorf("%d values in memory, want %d", got, t.size)
		}
		return nil
	}
	memory := *t.floats
	if got := len(memory); got != t.size {
		return fmt.Errorf("%d values in memory, want %d", got, t.size)
	}
	if t.stride == 0 {
		return nil
	}
	zero := true
	if t.runs != nil {
		next := 0 // the first place after the columns seen
		for _, c := range append(slices.Clip(t.runs), Run{Place: t.size / t.stride}) {
			for p := next; p < c.Place+c.Count; p++ {
				row := t.rows // of a column's padding, or 0 of a column that is all padding
				if p < c.Place {
					row = 0
				}
				for row < t.stride {
					lies := t.column(memory, p, row)
					zero = zero && allZero(lies)
					row += len(lies)
				}
			}
			next = c.Place + c.Count
		}
	}
	for at := 0; t.runs == nil && at < t.size; at += t.stride {
		zero = zero && allZero(memory[at+t.width:at+t.stride])
	}
	if !zero {
		return fmt.Errorf("its padding in memory is not zero")
	}
	return nil
}

func allZero(values []float32) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}
