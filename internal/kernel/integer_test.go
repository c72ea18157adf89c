package kernel

import (
	"math"
	"slices"
	"testing"
)

// Sums of integers are exact, so every version gives the bits of the plain loop: also of the
// largest bytes and weights, where pairs of products do not fit into 16 bits.
func TestIntegerKernelEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		blocks, quads := 1+n/40, 1+d.IntN(40)
		w := Integers{Start: []int32{0}}
		for b := range blocks {
			for q := range quads {
				if d.IntN(3) > 0 && b != 1 { // a block without inputs too
					w.Quad = append(w.Quad, int32(q))
				}
			}
			w.Start = append(w.Start, int32(len(w.Quad)))
		}
		extreme := d.IntN(2) == 0
		for range 4 * IntegerBlock * len(w.Quad) {
			v := int8(d.IntN(256) - 128)
			if extreme {
				v = []int8{-128, 127}[d.IntN(2)]
			}
			w.Weight = append(w.Weight, v)
		}
		for range IntegerBlock * blocks {
			w.Constant = append(w.Constant, int32(d.IntN(1000)-500))
			w.Unit = append(w.Unit, 1/float32(int(1)<<d.IntN(20)))
		}
		inputs := make([]uint8, 4*8*quads)
		for k := range inputs {
			inputs[k] = uint8(d.IntN(256))
			if extreme {
				inputs[k] = 255
			}
		}
		from, to := d.IntN(blocks), blocks
		for _, samples := range []int{1, 8} {
			at := 16 * d.IntN(3)
			fields := d.rows(samples, func() []float32 { return clone(d.normals(at + IntegerBlock*blocks + 5)) })
			want := d.rows(samples, func() []float32 { return nil })
			for s := range want {
				want[s] = clone(fields[s])
			}
			IntegerInput(fields, at, inputs, &w, from, to)
			integerInputReference(want, at, inputs, &w, from, to)
			for s := range want {
				same(t, what+" integers", fields[s], want[s])
			}
		}
	})
}

// Windows of 10 x 10 of 28 x 28 inputs for 10,000 neurons: two operations per coupling.
func BenchmarkIntegerInput(b *testing.B) {
	for _, samples := range []int{1, 8} {
		benchmark(b, []int{320, 10000}, func(d *draws, n int) (func(), int) {
			w := Integers{Start: []int32{0}, Constant: make([]int32, n), Unit: make([]float32, n)}
			for range n / IntegerBlock {
				for line := range 10 {
					for q := range 3 {
						w.Quad = append(w.Quad, int32(7*line+q))
					}
				}
				w.Start = append(w.Start, int32(len(w.Quad)))
			}
			w.Weight = make([]int8, 4*IntegerBlock*len(w.Quad))
			fields := d.rows(samples, func() []float32 { return make([]float32, n) })
			inputs := make([]uint8, 784*samples)
			return func() { IntegerInput(fields, 0, inputs, &w, 0, n/IntegerBlock) }, 2 * 100 * n * samples
		})
	}
}

func TestBytesAndWidenEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		x := d.normals(n)
		for k := range x {
			switch d.IntN(8) {
			case 0:
				x[k] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 255, 254.5, -0.5, 0, 1e30}[d.IntN(8)]
			case 1:
			default:
				x[k] = float32(d.IntN(2560)) / 10
			}
		}
		for _, apart := range []int{4, 32} {
			got := make([]uint8, n/4*apart)
			want := make([]uint8, n/4*apart)
			Bytes(got, apart, x, 0.5)
			bytesReference(want, apart, x, 0.5)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: bytes %v, want %v", what, got, want)
			}
		}
		sums := make([]int16, n)
		for i := range sums {
			sums[i] = int16(d.IntN(1 << 16))
		}
		unit, values := d.normals(n), d.normals(n)
		want := clone(values)
		Widen(values, sums, unit)
		widenReference(want, sums, unit)
		same(t, what+" widen", values, want)
	})
}
