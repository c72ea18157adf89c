package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"basin/internal/random"
)

// draws makes the operands of one case. Vectors have guard values on both sides, at
// an offset that is not aligned, so that a kernel that writes outside is caught.
type draws struct{ random.Stream }

const (
	guard       = 12345.5
	guardLength = 11
)

func (d *draws) guarded(n int, value func() float32) []float32 {
	all := make([]float32, n+2*guardLength)
	for i := range all {
		all[i] = guard
	}
	v := all[guardLength : guardLength+n : guardLength+n]
	for i := range v {
		v[i] = value()
	}
	return v
}

func (d *draws) normals(n int) []float32 {
	normal := d.Rand()
	return d.guarded(n, func() float32 {
		switch d.IntN(20) {
		case 0:
			return 0
		case 1:
			return float32(normal.NormFloat64() * 1e20)
		case 2:
			return float32(normal.NormFloat64() * 1e-20)
		}
		return float32(normal.NormFloat64())
	})
}

func (d *draws) signs(n int) []float32 {
	return d.guarded(n, func() float32 { return float32(2*d.IntN(2) - 1) })
}

// reals draws values in [-1, 1).
func (d *draws) reals(n int) []float32 {
	uniform := d.Rand()
	return d.guarded(n, func() float32 { return 2*uniform.Float32() - 1 })
}

// doubles returns sums to be written over, and one guard behind them.
func (d *draws) doubles(n int) []float64 {
	v := make([]float64, n+1)
	for i := range v {
		v[i] = guard
	}
	return v[:n]
}

func (d *draws) plane(n int) []uint8 {
	p := make([]uint8, (n+63)&^63)
	for i := range n {
		p[i] = uint8(d.Uint64())
	}
	return p
}

// sparseBits draws bits of which a quarter is set.
func (d *draws) sparseBits() uint64 {
	bits := d.Uint64()
	return bits & d.Uint64()
}

// planes draws planes that reach to the next multiple of 64 neurons.
func (d *draws) planes(count, n int) [][]uint8 {
	planes := make([][]uint8, count)
	for g := range planes {
		planes[g] = d.plane(n)
	}
	return planes
}

// rowsOfBits draws rows of n bits.
func (d *draws) rowsOfBits(count, n int) [][]uint8 {
	rows := d.planes(count, n)
	for i := range rows {
		rows[i] = rows[i][:n/8]
	}
	return rows
}

func (d *draws) rows(count int, row func() []float32) [][]float32 {
	rows := make([][]float32, count)
	for i := range rows {
		rows[i] = row()
	}
	return rows
}

// pattern draws a sparse block of receivers x senders with about fan entries a row.
func (d *draws) pattern(receivers, senders, fan int) (start, sender []int32) {
	start = []int32{0}
	for range receivers {
		for j := range senders {
			if d.IntN(senders) < fan {
				sender = append(sender, int32(j))
			}
		}
		start = append(start, int32(len(sender)))
	}
	return start, sender
}

// words joins planes, 8 at a time.
func words(planes [][]uint8) [][]uint64 {
	var all [][]uint64
	for ; len(planes) > 0; planes = planes[min(8, len(planes)):] {
		w := make([]uint64, len(planes[0]))
		Words(w, planes[:min(8, len(planes))])
		all = append(all, w)
	}
	return all
}

// shorts joins one or two planes, with room for one word more.
func shorts(planes [][]uint8) []uint16 {
	w := make([]uint16, len(planes[0])+1)[:len(planes[0])]
	ShortWords(w, planes)
	return w
}

func clone(v []float32) []float32 {
	all := v[:cap(v)]
	c := make([]float32, len(all)+2*guardLength)
	for i := range c {
		c[i] = guard
	}
	copy(c[guardLength:], all)
	return c[guardLength : guardLength+len(v) : guardLength+len(v)]
}

func cloneRows(rows [][]float32) [][]float32 {
	c := make([][]float32, len(rows))
	for i := range rows {
		c[i] = clone(rows[i])
	}
	return c
}

// same fails the test at the first place where two results differ in a bit.
func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: value %d of %d is %v (%#x), the reference has %v (%#x)", what, i, len(want),
				got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
		}
	}
}

func sameRows(t *testing.T, what string, got, want [][]float32) {
	t.Helper()
	for q := range want {
		same(t, fmt.Sprintf("%s, row %d", what, q), got[q], want[q])
	}
}

func sameBytes(t *testing.T, what string, got, want []uint8) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: byte %d is %08b, the reference has %08b", what, i, got[i], want[i])
		}
	}
}

// everyVersion runs a test for each version but the reference; sizes are 16-multiples
// that cross every block of the kernels.
func everyVersion(t *testing.T, run func(t *testing.T, d *draws, what string, n int)) {
	sizes := []int{16, 32, 48, 64, 80, 112, 128, 400, 528, 1040}
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			for seed, n := range sizes {
				d := &draws{random.New(uint64(seed), random.Synthetic)}
				run(t, d, fmt.Sprintf("seed %d, n %d", seed, n), n)
			}
		})
	}
	for _, name := range []string{"avx2", "avx512"} {
		if !slices.Contains(Available(), name) {
			t.Run(name, func(t *testing.T) { t.Skipf("%s cannot run on this machine or in this build: not compared", name) })
		}
	}
}
