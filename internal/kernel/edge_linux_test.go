package kernel

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"basin/internal/random"
)

// edge copies v to memory that ends where no page may be touched, with room for more values
// of zero behind it; its capacity has them.
func edge[T any](t *testing.T, v []T, more int) []T {
	t.Helper()
	if len(v)+more == 0 {
		return nil
	}
	var one T
	size, page := int(unsafe.Sizeof(one))*(len(v)+more), os.Getpagesize()
	pages := (size + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, pages+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(m); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(m[pages:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	out := unsafe.Slice((*T)(unsafe.Pointer(&m[pages-size])), len(v)+more)
	copy(out, v)
	return out[:len(v)]
}

// edgeRows is edge of several rows.
func edgeRows[T any](t *testing.T, rows [][]T) [][]T {
	t.Helper()
	out := make([][]T, len(rows))
	for i, row := range rows {
		out[i] = edge(t, row, 0)
	}
	return out
}

// atEdges runs a test for every version. What it hands to try must not fault.
func atEdges(t *testing.T, run func(t *testing.T, try func(what string, call func()))) {
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			run(t, func(what string, call func()) {
				t.Helper()
				defer func() {
					if r := recover(); r != nil {
						t.Errorf("%s: %v", what, r)
					}
				}()
				call()
			})
		})
	}
}

// Kernels of sparse couplings read and write nothing beyond their operands, of which the words
// of the senders have one more.
func TestSparseKernelsStayInsideTheirOperands(t *testing.T) {
	atEdges(t, func(t *testing.T, try func(string, func())) {
		for _, n := range []int{1, 5, 16, 17, 32, 64, 100} {
			for _, fan := range []int{0, 1, 5, n} {
				d := &draws{random.New(uint64(7*n+fan), random.Synthetic)}
				padded := (n + 15) &^ 15
				start, sender := d.pattern(n, padded, fan)
				start, sender = edge(t, start, 0), edge(t, sender, 0)
				value := edge(t, d.normals(len(sender)), 0)
				for _, groups := range []int{1, 2} {
					what := fmt.Sprintf("%d receivers, fan %d, %d groups: ", n, fan, groups)
					var planes [][]uint8
					for range groups {
						planes = append(planes, edge(t, d.plane(padded)[:padded], 0))
					}
					words := edge(t, make([]uint16, padded), 0)
					try(what+"ShortWords", func() { ShortWords(words, planes) })
					unstable, signs, senders := edge(t, words[:n], 0), edge(t, words[:n], 0), edge(t, words, 1)
					try(what+"SparsePlasticityShort", func() { SparsePlasticityShort(value, start, sender, 0, n, unstable, signs, senders, 0.1) })
					inputs := edgeRows(t, d.rows(8*groups, func() []float32 { return d.normals(padded) }))
					try(what+"SparseInputPlasticityShort", func() { SparseInputPlasticityShort(value, start, sender, 0, n, inputs, unstable, signs, 0.1) })
					lanes := edge(t, make([]float32, 8*groups*n), 0)
					try(what+"SparseField", func() { SparseField(lanes, 8*groups, start, sender, value, words, 0, n) })
				}
				d.flipsAtEdges(t, try, start, sender, value, padded)
			}
		}
	})
}

// flipsAtEdges flips every other sender.
func (d *draws) flipsAtEdges(t *testing.T, try func(string, func()), start, receiver []int32, value []float32, receivers int) {
	t.Helper()
	senders := len(start) - 1
	entries, flipped := make([]int32, len(receiver)), []int32{}
	for e := range entries {
		entries[e] = int32(len(entries) - 1 - e)
	}
	for j := senders - 1; j >= 0; j -= 2 {
		flipped = append(flipped, int32(j))
	}
	entry, flips := edge(t, entries, 0), edge(t, flipped, 0)
	product, state := edge(t, d.normals(receivers), 0), edge(t, d.signs(senders), 0)
	try(fmt.Sprintf("SparseFlips of %d senders, %d couplings", senders, len(receiver)), func() { SparseFlips(product, state, value, start, receiver, entry, flips) })
}

func TestPlaneStaysInsideItsOperands(t *testing.T) {
	atEdges(t, func(t *testing.T, try func(string, func())) {
		for _, n := range []int{8, 16, 24, 64, 72, 128, 200} {
			d := &draws{random.New(uint64(n), random.Synthetic)}
			masks := edgeRows(t, d.rowsOfBits(8, n))
			plane := edge(t, make([]uint8, n), 0)
			try(fmt.Sprintf("Plane of %d", n), func() { Plane(plane, masks) })
		}
	})
}

func TestWindowKernelsStayInsideTheirOperands(t *testing.T) {
	atEdges(t, func(t *testing.T, try func(string, func())) {
		for _, side := range []int{1, 2, 3, 5, 6, 7, 11, 17} {
			for channels := 1; channels <= 3; channels++ {
				d := &draws{random.New(uint64(7*side+channels), random.Synthetic)}
				window := Window{Lines: side, Values: side * channels, Pitch: (side + d.IntN(5)) * channels}
				what := fmt.Sprintf("side %d, %d channels: ", side, channels)
				for _, rows := range []int{1, 2, 3, 6, 7, 12, 13, 14, 15, 30, 64} {
					value := edge(t, d.normals(rows*window.size()), 0)
					for _, width := range []int{8, 16} {
						lanes, inputs := edge(t, make([]float32, rows*width), 0), edge(t, d.signs(window.reach()*width), 0)
						for _, exact := range []bool{true, false} {
							try(what+"WindowInput", func() { WindowInput(lanes, width, value, inputs, window, exact, 1) })
						}
					}
					padded := (rows + 7) &^ 7
					sums, inputs := edge(t, make([]float32, padded), 0), edge(t, d.signs(window.reach()), 0)
					all := edge(t, d.normals((window.size()-1)*rows+padded), 0)
					try(what+"WindowSample", func() { WindowSample(sums, all, rows, inputs, window, 1) })
				}
				rows := edgeRows(t, d.rows(5, func() []float32 { return d.normals(window.reach() + 3) }))
				value, signs := edge(t, d.normals(window.size()), 0), edge(t, d.normals(5), 0)
				try(what+"WindowPlasticity", func() { WindowPlasticity(value, rows, 3, window, signs, 1) })
			}
		}
	})
}

func TestGramKernelsStayInsideTheirOperands(t *testing.T) {
	atEdges(t, func(t *testing.T, try func(string, func())) {
		for _, words := range []int{8, 16, 40} {
			for _, rows := range []int{4, 8, 12} {
				d := &draws{random.New(uint64(words), random.Synthetic)}
				a, b := edge(t, d.words64(rows*words), 0), edge(t, d.words64(8*words), 0)
				counts := edge(t, make([]int32, rows*8), 0)
				try(fmt.Sprintf("Differences of %d rows of %d words", rows, words), func() { Differences(counts, 8, a, b, words) })
				for _, terms := range []int{1, 5} {
					f := Factors{A: edge(t, d.someDoubles(rows*terms), 0), Row: terms, Term: 1, B: edge(t, d.someDoubles(terms*64), 0), Next: 64}
					c := edge(t, d.someDoubles(rows*64), 0)
					try(fmt.Sprintf("SubtractProducts of %d rows, %d terms", rows, terms), func() { SubtractProducts(c, 64, rows, 64, f, terms) })
				}
			}
		}
	})
}
