package kernel

import (
	"fmt"
	"math"
	"testing"

	"basin/internal/random"
)

// hostile draws values among which are those whose products and sums round, cancel, lose
// their sign or leave the numbers.
func (d *draws) hostile(n int) []float32 {
	normal := d.Rand()
	extremes := []float32{0, float32(math.Copysign(0, -1)), math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, 1e-39, 1 + 0x1p-23, -1}
	return d.guarded(n, func() float32 {
		if d.IntN(4) == 0 {
			return extremes[d.IntN(len(extremes))]
		}
		return float32(normal.NormFloat64())
	})
}

// everyWindow runs a test for every version and windows of odd and even sides with one to
// three channels, in images as wide and wider.
func everyWindow(t *testing.T, run func(t *testing.T, d *draws, what string, window Window)) {
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			for _, side := range []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 16, 17} {
				for channels := 1; channels <= 3; channels++ {
					d := &draws{random.New(uint64(3*side+channels), random.Synthetic)}
					window := Window{Lines: side, Values: side * channels, Pitch: (side + d.IntN(9)) * channels}
					run(t, d, fmt.Sprintf("side %d, %d channels, pitch %d", side, channels, window.Pitch), window)
				}
			}
		})
	}
}

// sameNumbers is same, where a NaN is any NaN: its bits depend on the order of operands.
func sameNumbers(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("%s: value %d of %d is %v, the reference has %v", what, i, len(want), got[i], want[i])
		}
	}
}

func TestWindowProductsEqualReference(t *testing.T) {
	everyWindow(t, func(t *testing.T, d *draws, what string, window Window) {
		for _, rows := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 29} {
			for _, width := range []int{8, 16} {
				for _, exact := range []bool{false, true} {
					value, inputs := d.hostile(rows*window.size()), d.hostile(window.reach()*width)
					if exact {
						for k := range inputs {
							inputs[k] = float32(d.IntN(3) - 1)
						}
					}
					lanes := d.normals(rows * width)
					want := clone(lanes)
					WindowInput(lanes, width, value, inputs, window, exact, 0.77)
					windowInputReference(want, width, value, inputs, window, exact, 0.77)
					sameNumbers(t, fmt.Sprintf("%s, %d rows, width %d, exact %t", what, rows, width, exact), lanes, want)
					unharmed(t, what, lanes)
				}
			}
		}
	})
}

// unharmed holds that the guards of a vector are whole.
func unharmed(t *testing.T, what string, v []float32) {
	t.Helper()
	if len(v) == 0 {
		return
	}
	all := unguard(v)
	for i := range guardLength {
		if all[i] != guard || all[len(all)-1-i] != guard {
			t.Fatalf("%s: a kernel wrote outside its vector", what)
		}
	}
}

func TestWindowOfOneSampleEqualsReference(t *testing.T) {
	everyWindow(t, func(t *testing.T, d *draws, what string, window Window) {
		for receivers := 1; receivers < 140; receivers += 1 + d.IntN(15) {
			padded := (receivers + 7) &^ 7
			value, inputs := d.normals((window.size()-1)*receivers+padded), d.hostile(window.reach())
			sums := d.normals(padded)
			want := clone(sums)
			WindowSample(sums, value, receivers, inputs, window, 0.77)
			windowSampleReference(want, value, receivers, inputs, window, 0.77)
			what := fmt.Sprintf("%s, %d receivers", what, receivers)
			sameNumbers(t, what, sums[:receivers], want[:receivers])
			unharmed(t, what, sums)
		}
	})
}

func TestWindowPlasticityEqualsReference(t *testing.T) {
	everyWindow(t, func(t *testing.T, d *draws, what string, window Window) {
		for _, samples := range []int{0, 1, 2, 9} {
			at := d.IntN(7)
			inputs := d.rows(samples, func() []float32 { return d.hostile(at + window.reach()) })
			value, signs := d.hostile(window.size()), d.hostile(samples)
			want := clone(value)
			WindowPlasticity(value, inputs, at, window, signs, 0.3)
			if samples > 0 {
				windowPlasticityReference(want, inputs, at, window, signs, 0.3)
			}
			what := fmt.Sprintf("%s, %d samples", what, samples)
			sameNumbers(t, what, value, want)
			unharmed(t, what, value)
		}
	})
}

// Ten pixels square of 28, 28 neurons a window, 16 samples: two operations per coupling and
// sample. The couplings of n neurons come from where they lie.
func BenchmarkWindowInput(b *testing.B) {
	benchmark(b, []int{28, 1000, 10000}, func(d *draws, n int) (func(), int) {
		window := Window{Lines: 10, Values: 10, Pitch: 28}
		value, inputs, lanes := Values(100*n), d.normals(784*16), make([]float32, 64*16)
		for i := range value {
			value[i] = 0.01
		}
		return func() {
			for i := 0; i < n; i += 28 {
				top, left := i/28/19%19, i/28%19
				WindowInput(lanes, 16, value[100*i:100*min(i+28, n)], inputs[(28*top+left)*16:], window, false, 1)
			}
		}, 2 * 16 * 100 * n
	})
}

// The same neurons and one sample.
func BenchmarkWindowSample(b *testing.B) {
	benchmark(b, []int{28, 1000, 10000}, func(d *draws, n int) (func(), int) {
		window := Window{Lines: 10, Values: 10, Pitch: 28}
		value, inputs, sums := Values(100*n+3200), d.reals(784), make([]float32, 32)
		return func() {
			for i := 0; i < n; i += 28 {
				top, left := i/28/19%19, i/28%19
				WindowSample(sums, value[100*i:], 28, inputs[28*top+left:], window, 1)
			}
		}, 2 * 100 * n
	})
}

// One receiver of ten pixels square, two unstable samples; beside it, see
// [BenchmarkSparseInputPlasticity].
func BenchmarkWindowPlasticity(b *testing.B) {
	benchmark(b, []int{100}, func(d *draws, n int) (func(), int) {
		window, value := Window{Lines: 10, Values: 10, Pitch: 28}, d.normals(100)
		inputs := d.rows(2, func() []float32 { return d.signs(784) })
		return func() { WindowPlasticity(value, inputs, 57, window, []float32{1, -1}, 0.001) }, 2 * 100
	})
}
