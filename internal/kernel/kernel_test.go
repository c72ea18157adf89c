package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

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
		d.flips(t, what, n)
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
			got = clone(value)
			SparsePlasticityShort(got, start, sender, from, to, shorts(unstable), shorts(signs), shorts(senderSigns), 0.07)
			same(t, what+" plasticity of up to 16 samples", got, want)
			lanes := d.normals(n * 8 * groups)
			reference := clone(lanes)
			short := shorts(senderSigns)
			joined := slices.Clone(short)
			shortWordsReference(joined, senderSigns)
			if !slices.Equal(short, joined) {
				t.Fatalf("%s: ShortWords of %d planes differ from the reference", what, groups)
			}
			SparseField(lanes, 8*groups, start, sender, value, short, from, to)
			sparseFieldReference(reference, 8*groups, start, sender, value, short, from, to)
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

func TestShortInputPlasticityEqualsReference(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		for _, fan := range []int{3, 20, 300} { // 300: more couplings than a byte counts
			inputs := 2*fan + 5
			start, sender := d.pattern(n, inputs, fan)
			for _, samples := range []int{1, 7, 16} {
				rows := d.rows(samples, func() []float32 { return d.normals(inputs) })
				unstable, signs := make([]uint16, n), make([]uint16, n)
				for i := range unstable {
					unstable[i], signs[i] = uint16(d.sparseBits())&(1<<samples-1), uint16(d.Uint64())
				}
				value := d.normals(len(sender))
				want := clone(value)
				from, to := d.IntN(n/2), n-d.IntN(3)
				SparseInputPlasticityShort(value, start, sender, from, to, rows, unstable, signs, 0.3)
				for i := from; i < to; i++ {
					for e := start[i]; e < start[i+1]; e++ {
						sum := float32(0)
						for b, row := range rows {
							if unstable[i]>>b&1 == 1 {
								sum += float32(float32(1-2*int(signs[i]>>b&1)) * row[sender[e]])
							}
						}
						want[e] += float32(0.3 * sum)
					}
				}
				same(t, fmt.Sprintf("%s, fan %d, %d samples", what, fan, samples), value, want)
				all := unguard(value)
				for i := range guardLength {
					if all[i] != guard || all[len(all)-1-i] != guard {
						t.Fatalf("%s: written outside of the values", what)
					}
				}
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

func TestKernelsAllocateNothing(t *testing.T) {
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		couplings, planes := d.normals(n*n), d.planes(2, n)
		states := d.rows(13, func() []float32 { return d.reals(n) })
		fields := d.rows(13, func() []float32 { return d.reals(n) })
		steps := d.rows(13, func() []float32 { return d.reals(16) })
		sum, square, sum32 := d.doubles(n), d.doubles(n), d.reals(n)
		start, sender := d.pattern(n, n, 9)
		value, bits, short, lanes := d.normals(len(sender)), words(planes), shorts(planes), d.normals(16*n)
		inputs := d.rows(16, func() []float32 { return d.reals(n) })
		entry, plane, masks := slices.Clone(sender), d.plane(n)[:n], d.rowsOfBits(8, n)
		flipped := []int32{0, int32(n - 1)}
		if n > 128 {
			return
		}
		for name, run := range map[string]func(){
			"DenseField":       func() { DenseField(fields, states, couplings, n, true) },
			"DenseField, real": func() { DenseField(fields, states, couplings, n, false) },
			"DenseFlips":       func() { DenseFlips(fields[0], states[0], couplings, n, sender[:1]) },
			"DenseChange":      func() { DenseChange(fields[0], states[0], 0.5) },
			"DenseReceive":     func() { DenseReceive(sum, square, states[0], states[1], couplings, n) },
			"DenseSend":        func() { DenseSend(sum, square, states[0], states[1], couplings, n) },
			"DensePlasticity":  func() { DensePlasticity(couplings, n, n, 0, n, planes, planes, planes, 1) },
			"SparseField":      func() { SparseField(lanes, 16, start, sender, value, short, 0, n) },
			"SparseFlips": func() {
				SparseFlips(fields[0], states[0], value, start, sender, entry, flipped)
			},
			"ShortWords":       func() { ShortWords(short, planes) },
			"Plane":            func() { Plane(plane, masks) },
			"SparsePlasticity": func() { SparsePlasticity(value, start, sender, 0, n, bits, bits, bits, 1) },
			"SparsePlasticityShort": func() {
				SparsePlasticityShort(value, start, sender, 0, n, short, short, short, 1)
			},
			"SparseInputPlasticityShort": func() {
				SparseInputPlasticityShort(value, start, sender, 0, n, inputs, short, short, 1)
			},
			"SparseInput":       func() { SparseInput(lanes, 16, start, sender, value, lanes, false, 1, 0, n) },
			"WindowInput":       func() { WindowInput(lanes, 16, couplings[:6*n], lanes, Window{2, 3, 5}, false, 1) },
			"WindowSample":      func() { WindowSample(sum32, couplings, n-3, states[0], Window{2, 3, 5}, 1) },
			"WindowPlasticity":  func() { WindowPlasticity(couplings[:6], states, 3, Window{2, 3, 5}, steps[0][:13], 1) },
			"ReadoutPlasticity": func() { ReadoutPlasticity(couplings, 16, states, steps, 0, n, 1, 1, false) },
		} {
			if allocations := testing.AllocsPerRun(3, run); allocations > 0 {
				t.Errorf("%s: %s allocates %v times, want never", what, name, allocations)
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
	everyVersion(t, func(t *testing.T, d *draws, what string, n int) {
		masks := make([][]uint8, 8)
		for b := range masks {
			masks[b] = d.plane(n)[:n/8]
		}
		all := d.plane(n + 1)
		plane, after := all[:n], all[n]
		Plane(plane, masks)
		for i := range plane {
			for b, mask := range masks {
				if got, want := plane[i]>>b&1, mask[i/8]>>(i%8)&1; got != want {
					t.Fatalf("%s: bit of sample %d, neuron %d is %d, want %d", what, b, i, got, want)
				}
			}
		}
		if all[n] != after {
			t.Fatalf("%s: Plane wrote beyond the plane", what)
		}
	})
}
