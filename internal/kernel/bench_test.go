package kernel

import (
	"fmt"
	"math/bits"
	"slices"
	"testing"

	"basin/internal/random"
)

// benchmark runs one kernel at the sizes of the project's figures, for every version.
func benchmark(b *testing.B, sizes []int, prepare func(d *draws, n int) (run func(), operations int)) {
	for _, version := range Available() {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/N=%d", version, n), func(b *testing.B) {
				undo, err := Use(version)
				if err != nil {
					b.Fatal(err)
				}
				defer undo()
				d := &draws{random.New(1, random.Synthetic)}
				run, operations := prepare(d, (n+15)&^15)
				b.ResetTimer()
				for b.Loop() {
					run()
				}
				b.ReportMetric(float64(operations)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

var sizes = []int{100, 1000, 4000}

// The full product of 16 samples, a mini-batch: two operations per coupling and sample.
func BenchmarkDenseField(b *testing.B) { benchmarkProduct(b, 16) }

// The share of one of two workers in a mini-batch.
func BenchmarkDenseField8(b *testing.B) { benchmarkProduct(b, 8) }

// The samples that an evaluation moves at once.
func BenchmarkDenseField64(b *testing.B) { benchmarkProduct(b, 64) }

func benchmarkProduct(b *testing.B, samples int) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		couplings := Values(n * n) // as in a network
		for i := range couplings {
			couplings[i] = 0.01
		}
		states := d.rows(samples, func() []float32 { return slices.Clone(d.signs(n)) })
		fields := d.rows(samples, func() []float32 { return make([]float32, n) })
		return func() { DenseField(fields, states, couplings, n, true) }, 2 * samples * n * n
	})
}

// One sender's change: two operations per coupling.
func BenchmarkDenseChange(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		field, row := d.reals(n), d.reals(n)
		return func() { DenseChange(field, row, 1e-9) }, 2 * n
	})
}

// Products with J and with its squares, of one sample: five operations per coupling. Bytes of
// couplings are four fifths of the operations.
func BenchmarkDenseReceive(b *testing.B) { benchmarkMessages(b, DenseReceive) }

func BenchmarkDenseSend(b *testing.B) { benchmarkMessages(b, DenseSend) }

func benchmarkMessages(b *testing.B, run func(sum, square []float64, mean, variance, couplings []float32, stride int)) {
	benchmark(b, []int{100, 1000, 4000, 10000}, func(d *draws, n int) (func(), int) {
		couplings := Values(n * n)
		for i := range couplings {
			couplings[i] = 0.01
		}
		mean, variance, sum, square := d.reals(n), d.reals(n), make([]float64, n), make([]float64, n)
		return func() { run(sum, square, mean, variance, couplings, n) }, 5 * n * n
	})
}

// Twenty couplings per neuron, 16 samples.
func BenchmarkSparseField(b *testing.B) {
	benchmark(b, append(sizes, 10000), func(d *draws, n int) (func(), int) {
		start, sender := d.pattern(n, n, 20)
		value := d.normals(len(sender))
		signs := shorts([][]uint8{d.plane(n), d.plane(n)})
		lanes := make([]float32, 16*n)
		return func() { SparseField(lanes, 16, start, sender, value, signs, 0, n) }, 2 * 16 * len(sender)
	})
}

// Eighty of 784 inputs per neuron, 16 samples.
func BenchmarkSparseInput(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		start, sender := d.pattern(n, 784, 80)
		value, inputs := d.normals(len(sender)), d.signs(784*16)
		lanes := make([]float32, 16*n)
		return func() { SparseInput(lanes, 16, start, sender, value, inputs, false, 1, 0, n) }, 2 * 16 * len(sender)
	})
}

// All of 784 inputs, 16 samples.
func BenchmarkDenseInput(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		couplings, inputs := d.guarded(n*784, func() float32 { return 0.01 }), d.signs(784*16)
		lanes := make([]float32, 16*n)
		columns := make([]int32, 784)
		for k := range columns {
			columns[k] = int32(k)
		}
		return func() { DenseInput(lanes, 16, couplings, 784, inputs, columns, false, 1, 0, n) }, 2 * 16 * 784 * n
	})
}

// The increments of a mini-batch of 16; an operation is one coupling.
func BenchmarkDensePlasticity(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		couplings := make([]float32, n*n)
		unstable, signs := [][]uint8{d.plane(n), d.plane(n)}, [][]uint8{d.plane(n), d.plane(n)}
		return func() { DensePlasticity(couplings, n, n, 0, n, unstable, signs, signs, 0.001) }, n * n
	})
}

func BenchmarkSparsePlasticity(b *testing.B) {
	benchmark(b, append(sizes, 10000), func(d *draws, n int) (func(), int) {
		start, sender := d.pattern(n, n, 20)
		value := d.normals(len(sender))
		unstable, signs := words([][]uint8{d.plane(n), d.plane(n)}), words([][]uint8{d.plane(n), d.plane(n)})
		return func() { SparsePlasticity(value, start, sender, 0, n, unstable, signs, signs, 0.001) }, len(sender)
	})
}

// The same in short words; half of the receivers are unstable.
func BenchmarkSparsePlasticityShort(b *testing.B) {
	benchmark(b, append(sizes, 10000), func(d *draws, n int) (func(), int) {
		start, sender := d.pattern(n, n, 20)
		value := d.normals(len(sender))
		unstable, signs := shorts([][]uint8{d.plane(n), d.plane(n)}), shorts([][]uint8{d.plane(n), d.plane(n)})
		for i := range unstable {
			unstable[i] *= uint16(d.IntN(2))
		}
		return func() { SparsePlasticityShort(value, start, sender, 0, n, unstable, signs, signs, 0.001) }, len(sender) / 2
	})
}

// The readout couplings of ten classes after 5 samples: two operations per coupling and
// sample.
func BenchmarkReadoutPlasticity(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		couplings := make([]float32, 16*n)
		states, steps := d.rows(5, func() []float32 { return d.signs(n) }), d.rows(5, func() []float32 { return d.signs(16) })
		return func() { ReadoutPlasticity(couplings, 16, states, steps, 0, n, 0.99, 0.01, true) }, 2 * 5 * 16 * n
	})
}

// One receiver, 80 couplings, two unstable samples.
func BenchmarkSparseInputPlasticity(b *testing.B) {
	benchmark(b, []int{80}, func(d *draws, n int) (func(), int) {
		_, sender := d.pattern(1, 784, 80)
		value := d.normals(len(sender))
		inputs := d.rows(2, func() []float32 { return d.signs(784) })
		return func() { SparseInputPlasticity(value, sender, inputs, []float32{1, -1}, 0.001) }, 2 * len(sender)
	})
}

// The input couplings of n receivers, 80 of 784 each, two thirds of which are unstable in
// four of 16 samples on average.
func BenchmarkSparseInputPlasticityShort(b *testing.B) {
	benchmark(b, []int{2000}, func(d *draws, n int) (func(), int) {
		start, sender := d.pattern(n, 784, 80)
		value := d.normals(len(sender))
		inputs := d.rows(16, func() []float32 { return d.signs(784) })
		unstable, signs, reads := make([]uint16, n), make([]uint16, n), 0
		for i := range unstable {
			unstable[i], signs[i] = uint16(d.sparseBits()), uint16(d.Uint64())
			if i%3 == 0 {
				unstable[i] = 0
			}
			reads += bits.OnesCount16(unstable[i]) * int(start[i+1]-start[i])
		}
		return func() { SparseInputPlasticityShort(value, start, sender, 0, n, inputs, unstable, signs, 0.001) }, 2 * reads
	})
}

func BenchmarkSweep(b *testing.B) {
	benchmark(b, sizes, func(d *draws, n int) (func(), int) {
		recurrent, static, state := d.normals(n), d.normals(n), d.signs(n)
		flips := make([]uint8, n/8)
		return func() { Sweep(flips, recurrent, static, state, 1, 0.5) }, 4 * n
	})
}

// The bits of 8 samples by neuron; an operation is a bit.
func BenchmarkPlane(b *testing.B) {
	benchmark(b, []int{4000}, func(d *draws, n int) (func(), int) {
		masks, plane := d.rowsOfBits(8, n), make([]uint8, n)
		return func() { Plane(plane, masks) }, 8 * n
	})
}
