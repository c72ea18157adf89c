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

func (d *draws) plane(n int) []uint8 {
	p := make([]uint8, (n+63)&^63)
	for i := range n {
		p[i] = uint8(d.Uint64())
	}
	return p
}

// planes draws planes that reach to the next multiple of 64 neurons.
func (d *draws) planes(count, n int) [][]uint8 {
	planes := make([][]uint8, count)
	for g := range planes {
		planes[g] = d.plane(n)
	}
	return planes
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

func TestDenseFieldEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, samples := range []int{1, 3, 4, 5, 8, 13} {
			for _, senders := range []int{1, 63, 65, n} {
				for _, receivers := range []int{n, n - 8} {
					couplings := d.normals(senders * n)
					for _, exact := range []bool{true, false} {
						states := d.rows(samples, func() []float32 { return d.signs(senders) })
						states[0][0] = 0
						if !exact {
							states = d.rows(samples, func() []float32 { return d.reals(senders) })
						}
						fields := d.rows(samples, func() []float32 { return d.normals(receivers) })
						want := cloneRows(fields)
						DenseField(fields, states, couplings, n, exact)
						denseFieldReference(want, states, couplings, n, exact)
						sameRows(t, fmt.Sprintf("%s, exact %t", what, exact), fields, want)
					}
				}
			}
		}
	})
}

func TestDenseFlipsEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, count := range []int{0, 1, 2, 7} {
			couplings, state, field := d.normals(n*n), d.signs(n), d.normals(n)
			flipped := make([]int32, count)
			for q := range flipped {
				flipped[q] = int32(d.IntN(n))
			}
			want := clone(field)
			DenseFlips(field, state, couplings, n, flipped)
			denseFlipsReference(want, state, couplings, n, flipped)
			same(t, what, field, want)
		}
	})
}

func TestDensePlasticityEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, groups := range []int{1, 2, 5, 31, 32, 70} {
			if groups > 5 && n > 128 {
				continue
			}
			for _, senders := range []int{1, n - 5, n + 70} {
				couplings := d.normals(senders * n)
				unstable, signs, senderSigns := d.planes(groups, n), d.planes(groups, n), d.planes(groups, senders)
				if senders == n-5 {
					senderSigns = signs
				}
				want := clone(couplings)
				from := 16 * d.IntN(n/16)
				to := n - 16*d.IntN((n-from)/16)
				DensePlasticity(couplings, n, senders, from, to, unstable, signs, senderSigns, 0.013)
				densePlasticityReference(want, n, senders, from, to, unstable, signs, senderSigns, 0.013)
				same(t, what, couplings, want)
			}
		}
	})
}

// The reference counts bits; this is the sum over samples that it stands for.
func TestAgreementIsTheSumOverUnstableSamples(t *testing.T) {
	d := &draws{random.New(5, random.Synthetic)}
	unstable, signs, senderSigns := d.planes(3, 20), d.planes(3, 20), d.planes(3, 30)
	sign := func(planes [][]uint8, i, sample int) int { return 1 - 2*int(planes[sample/8][i]>>(sample%8)&1) }
	for i := range 20 {
		for j := range 30 {
			want := 0
			for sample := range 24 {
				if unstable[sample/8][i]>>(sample%8)&1 == 1 {
					want += sign(signs, i, sample) * sign(senderSigns, j, sample)
				}
			}
			if got := agreement(unstable, signs, senderSigns, i, j); got != want {
				t.Fatalf("receiver %d, sender %d: %d, want %d", i, j, got, want)
			}
		}
	}
}

func TestSparseKernelsEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		start, sender := d.pattern(n, n+3, 9)
		value := d.normals(len(sender))
		from, to := d.IntN(n/2), n-d.IntN(3)
		field := d.normals(n + 3)
		wantField := clone(field)
		for i := range min(20, n) {
			senders := sender[start[i]:start[i+1]] // of a row of the transpose: receivers
			Scatter(field, senders, value[start[i]:start[i+1]], 0.3)
			scatterReference(wantField, senders, value[start[i]:start[i+1]], 0.3)
		}
		same(t, what+" scatter", field, wantField)
		for _, groups := range []int{1, 2, 3, 9} {
			unstable, signs, senderSigns := d.planes(groups, n), d.planes(groups, n), d.planes(groups, n+3)
			got, want := clone(value), clone(value)
			SparsePlasticity(got, start, sender, from, to, words(unstable), words(signs), words(senderSigns), 0.07)
			for i := from; i < to; i++ {
				for e := start[i]; e < start[i+1]; e++ {
					want[e] += float32(0.07 * float32(agreement(unstable, signs, senderSigns, i, int(sender[e]))))
				}
			}
			same(t, what+" plasticity", got, want)
			if groups > 2 {
				continue
			}
			lanes := d.normals(n * 8 * groups)
			reference := clone(lanes)
			SparseField(lanes, start, sender, value, senderSigns, from, to)
			sparseFieldReference(reference, start, sender, value, senderSigns, from, to)
			same(t, what+" field", lanes, reference)
			for _, exact := range []bool{false, true} {
				inputs := d.normals((n + 3) * 8 * groups)
				if exact {
					inputs = d.signs((n + 3) * 8 * groups)
					inputs[0] = 0
				}
				SparseInput(lanes, 8*groups, start, sender, value, inputs, exact, 0.77, from, to)
				sparseInputReference(reference, 8*groups, start, sender, value, inputs, exact, 0.77, from, to)
				same(t, what+" input", lanes, reference)
			}
		}
	})
}

func TestInputKernelsEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, width := range []int{8, 16} {
			for _, inputs := range []int{1, 7, 100} {
				stride := inputs + 13
				couplings, x := d.normals(n*stride), d.normals(inputs*width)
				lanes := d.normals(n * width)
				want := clone(lanes)
				from, to := d.IntN(n/2), n-d.IntN(5)
				var columns, all []int32
				for k := range int32(inputs) {
					all = append(all, k)
					if d.IntN(3) > 0 {
						columns = append(columns, k)
					} else {
						clear(x[int(k)*width:][:width])
					}
				}
				for _, exact := range []bool{false, true} {
					if exact {
						for i, v := range x {
							x[i] = float32(math.Copysign(math.Ceil(math.Min(1, math.Abs(float64(v)))), float64(v)))
						}
					}
					DenseInput(lanes, width, couplings, stride, x, columns, exact, 1.3, from, to)
					denseInputReference(want, width, couplings, stride, x, all, exact, 1.3, from, to)
					same(t, what+" product", lanes, want)
				}
			}
		}
		for _, samples := range []int{0, 1, 2, 9} {
			rows := d.rows(samples, func() []float32 { return d.normals(n) })
			weights := d.normals(samples)
			value := d.normals(n)
			want := clone(value)
			DenseInputPlasticity(value, rows, weights, 0.3)
			denseInputPlasticityReference(want, rows, weights, 0.3)
			if samples > 0 {
				same(t, what+" dense plasticity", value, want)
			}
			sender := make([]int32, 0, n)
			for k := range n {
				if d.IntN(3) > 0 {
					sender = append(sender, int32(k))
				}
			}
			value = d.normals(len(sender))
			want = clone(value)
			SparseInputPlasticity(value, sender, rows, weights, 0.3)
			sparseInputPlasticityReference(want, sender, rows, weights, 0.3)
			if samples > 0 {
				same(t, what+" sparse plasticity", value, want)
			}
		}
	})
}

func TestSweepKernelsEqualReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		recurrent, static, state := d.normals(n), d.normals(n), d.signs(n)
		// A field of exactly zero, from both sides, with either state.
		recurrent[3], static[3], recurrent[4], static[4] = 0, -0.5, 0, 0.5
		got, want := d.normals(n), d.normals(n)
		Sign(got, static)
		signReference(want, static)
		same(t, what+" Sign", got, want)
		bits, wantBits := d.plane(n)[:n/8], d.plane(n)[:n/8]
		Sweep(bits, recurrent, static, state, 0.9, 0.5)
		sweepReference(wantBits, recurrent, static, state, 0.9, 0.5)
		sameBytes(t, what+" Sweep", bits, wantBits)
		Field(got, recurrent, static, state, 0.9, 0.5)
		fieldReference(want, recurrent, static, state, 0.9, 0.5)
		same(t, what+" Field", got, want)
		Unstable(bits, got, state, got[5]*state[5])
		unstableReference(wantBits, got, state, got[5]*state[5])
		sameBytes(t, what+" Unstable", bits, wantBits)
		Signs(bits, got)
		signsReference(wantBits, got)
		sameBytes(t, what+" Signs", bits, wantBits)
		Expand(got, bits)
		expandReference(want, bits)
		same(t, what+" Expand", got, want)
		for _, width := range []int{8, 16} {
			lanes := d.normals(n * width)
			rows := d.rows(width, func() []float32 { return d.normals(n + 5) })
			wantRows := cloneRows(rows)
			Unpack(rows, 5, lanes, n)
			unpackReference(wantRows, 5, lanes, n)
			sameRows(t, what+" Unpack", rows, wantRows)
		}
		a, b := d.normals(n), d.normals(n)
		Add(got, a, b)
		addReference(want, a, b)
		same(t, what+" Add", got, want)
		average, value := d.normals(n), d.normals(n)
		wantAverage := clone(average)
		Average(average, value, 0.01)
		averageReference(wantAverage, value, 0.01)
		same(t, what+" Average", average, wantAverage)
	})
}

func TestReadoutPlasticityEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, stride := range []int{8, 16, 48} {
			for _, samples := range []int{0, 1, 5} {
				for _, exact := range []bool{true, false} {
					couplings := d.normals(n * stride)
					states := d.rows(samples, func() []float32 { return d.signs(n) })
					if !exact {
						states = d.rows(samples, func() []float32 { return d.reals(n) })
					}
					steps := d.rows(samples, func() []float32 { return d.normals(stride) })
					want := clone(couplings)
					from, to := d.IntN(n/2), n-d.IntN(4)
					ReadoutPlasticity(couplings, stride, states, steps, from, to, 0.99, 0.2, exact)
					readoutPlasticityReference(want, stride, states, steps, from, to, 0.99, 0.2, exact)
					same(t, fmt.Sprintf("%s, exact %t", what, exact), couplings, want)
				}
			}
		}
	})
}

func TestKernelsWriteNothingOutsideTheirVectors(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		field, state := d.normals(n), d.signs(n)
		Sign(state, field)
		Field(field, d.normals(n), d.normals(n), state, 1, 1)
		Average(field, state, 0.5)
		DenseFlips(field, state, d.normals(n*n), n, []int32{0, int32(n - 1)})
		value := d.normals(n)
		DenseInputPlasticity(value, [][]float32{field}, []float32{1}, 1)
		dense, planes := d.normals(3*n), d.planes(2, n)
		DensePlasticity(dense, n, 3, 0, n, planes, planes, d.planes(2, 3), 1)
		start, sender := d.pattern(n, n+3, 9)
		sparse, bits := d.normals(len(sender)), words(planes)
		SparsePlasticity(sparse, start, sender, 0, n, bits, bits, words(d.planes(2, n+3)), 1)
		for name, v := range map[string][]float32{"field": field, "state": state, "value": value, "dense": dense, "sparse": sparse} {
			all := unguard(v)
			for i := range guardLength {
				if all[i] != guard || all[len(all)-1-i] != guard {
					t.Fatalf("%s: a kernel wrote outside %s", what, name)
				}
			}
		}
	})
}

func TestUseRefusesAnUnknownVersion(t *testing.T) {
	before := Name()
	if _, err := Use("nothing"); err == nil {
		t.Error("Use accepted an unknown version")
	}
	if Name() != before {
		t.Errorf("a refused Use changed the version to %s", Name())
	}
}

func TestPlaneTransposesBits(t *testing.T) {
	d := &draws{random.New(3, random.Synthetic)}
	masks := make([][]uint8, 8)
	for b := range masks {
		masks[b] = d.plane(32)[:10]
	}
	plane := make([]uint8, 80)
	Plane(plane, masks)
	for i := range plane {
		for b, mask := range masks {
			if got, want := plane[i]>>b&1, mask[i/8]>>(i%8)&1; got != want {
				t.Fatalf("bit of sample %d, neuron %d is %d, want %d", b, i, got, want)
			}
		}
	}
}
