//go:build !noasm

package kernel

import (
	"math/bits"
	"time"

	"golang.org/x/sys/cpu"
)

// accelerated lists the assembly versions that this processor runs.
func accelerated() []set {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	versions := []set{avx2}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT {
		versions = append(versions, avx512())
	}
	return versions
}

var avx2 = set{
	name:       "avx2",
	denseField: denseFieldAVX2,
	denseFlips: denseFlips,
	denseChange: func(field, couplings []float32, change float32) {
		denseRealField1AVX2(&field[0], &change, &couplings[0], len(field), 1, len(field))
	},
	denseReceive: func(sum, square []float64, mean, variance, couplings []float32, stride int) {
		denseReceive(false, sum, square, mean, variance, couplings, stride)
	},
	denseSend: func(sum, square []float64, mean, variance, couplings []float32, stride int) {
		denseSend(false, sum, square, mean, variance, couplings, stride)
	},
	densePlasticity: func(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
		densePlasticity(false, couplings, stride, senders, from, to, unstable, signs, senderSigns, step)
	},
	sparseField:      sparseFieldAVX2,
	shortWords:       shortWords,
	plane:            plane,
	sparsePlasticity: sparsePlasticity,
	sparseFlips: func(product, state, value []float32, start, receiver, entry, flipped []int32) {
		sparseFlipsAVX2(&product[0], &state[0], &value[0], &start[0], &receiver[0], &entry[0], &flipped[0], len(flipped))
	},
	sparsePlasticityShort: sparsePlasticityShort,
	scatter: func(field []float32, receiver []int32, value []float32, factor float32) {
		scatterAVX2(&field[0], &receiver[0], &value[0], factor, len(receiver))
	},
	sparseInput:                sparseInputAVX2,
	denseInput:                 denseInputAVX2,
	sparseInputPlasticity:      sparseInputPlasticity,
	sparseInputPlasticityShort: sparseInputPlasticityShort,
	denseInputPlasticity:       denseInputPlasticity,
	windowInput:                windowInputAVX2,
	windowSample:               windowSample,
	windowPlasticity:           windowPlasticity,
	integerInput:               integerInput(integerInput1AVX2, integerInput4AVX2, 4),
	bytes: func(bytes []uint8, apart int, x []float32, offset float32) {
		bytesAVX2(&bytes[0], apart, &x[0], offset, len(x)/8)
	},
	widen: func(values []float32, sums []int16, unit []float32) {
		widenAVX2(&values[0], &sums[0], &unit[0], len(values)/8)
	},
	sign: func(state, field []float32) {
		if len(state) > 0 {
			signAVX2(&state[0], &field[0], len(state)/8)
		}
	},
	sweep: func(flips []uint8, recurrent, static, state []float32, scale, self float32) {
		if len(state) > 0 {
			sweepAVX2(&flips[0], &recurrent[0], &static[0], &state[0], scale, self, len(state))
		}
	},
	field: func(field, recurrent, static, state []float32, scale, self float32) {
		if len(state) > 0 {
			fieldAVX2(&field[0], &recurrent[0], &static[0], &state[0], scale, self, len(state))
		}
	},
	unstable: func(mask []uint8, field, state []float32, kappa float32) {
		if len(state) > 0 {
			unstableAVX2(&mask[0], &field[0], &state[0], kappa, len(state)/8)
		}
	},
	signs: func(mask []uint8, state []float32) {
		if len(state) > 0 {
			signsAVX2(&mask[0], &state[0], len(state)/8)
		}
	},
	expand: func(state []float32, mask []uint8) {
		if len(state) > 0 {
			expandAVX2(&state[0], &mask[0], len(state)/8)
		}
	},
	unpack: func(rows [][]float32, at int, lanes []float32, count int) {
		for g := 0; g < len(rows); g += 8 {
			unpackAVX2(&rows[g], at, &lanes[g], len(rows), count/8)
		}
	},
	readoutPlasticity: readoutPlasticity,
	add: func(sum, a, b []float32) {
		if len(sum) > 0 {
			addAVX2(&sum[0], &a[0], &b[0], len(sum)/8)
		}
	},
	average: func(average, value []float32, rate float32) {
		if len(value) > 0 {
			averageAVX2(&average[0], &value[0], rate, len(value)/8)
		}
	},
	differences:      differences,
	subtractProducts: subtractProducts,
}

func denseFlips(field, state, couplings []float32, stride int, flipped []int32) {
	denseFlipsAVX2(&field[0], &state[0], &couplings[0], stride, &flipped[0], len(flipped), len(field))
}

// receiverBlock is how many counts stay on the stack.
const receiverBlock = 2048

// densePlasticity goes over blocks of receivers that begin at a multiple of 64, as far as
// planes reach.
func densePlasticity(wide bool, couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
	var initial [receiverBlock]int16
	for base := from &^ 63; base < to; base += receiverBlock {
		end := min(to, base+receiverBlock)
		totals := initial[:end-base]
		clear(totals)
		for _, u := range unstable {
			for n, word := range u[base:end] {
				totals[n] -= int16(bits.OnesCount8(word))
			}
		}
		if wide {
			densePlasticityAVX512(&couplings[0], stride, senders, max(base, from), end, &initial[0], &unstable[0], &signs[0], &senderSigns[0], len(signs), step)
		} else {
			densePlasticityAVX2(&couplings[0], stride, senders, max(base, from), end, &initial[0], &unstable[0], &signs[0], &senderSigns[0], len(signs), step)
		}
	}
}

func sparseFieldAVX2(lanes []float32, width int, start, sender []int32, value []float32, signs []uint16, from, to int) {
	multiply := sparseField16AVX2
	if width == 8 {
		multiply = sparseField8AVX2
	}
	multiply(&lanes[0], &start[0], &sender[0], &value[0], &signs[0], from, to)
}

func shortWords(words []uint16, planes [][]uint8) {
	first := &planes[0][0]
	if len(planes) == 1 {
		shortWords8AVX2(&words[0], first, len(words)/16)
		return
	}
	shortWords16AVX2(&words[0], first, &planes[1][0], len(words)/16)
}

// plane leaves neurons beyond a multiple of 32 to plain Go.
func plane(plane []uint8, masks [][]uint8) {
	blocks := len(masks[0]) / 4
	if blocks > 0 {
		planeAVX2(&plane[0], &masks[0], blocks)
	}
	planeFrom(plane, masks, 4*blocks)
}

func sparsePlasticity(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns [][]uint64, step float32) {
	if len(signs) != 1 || !cpu.X86.HasPOPCNT {
		sparsePlasticityReference(value, start, sender, from, to, unstable, signs, senderSigns, step)
		return
	}
	sparsePlasticityAVX2(&value[0], &start[0], &sender[0], from, to, &unstable[0][0], &signs[0][0], &senderSigns[0][0], step)
}

func sparsePlasticityShort(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns []uint16, step float32) {
	if !cpu.X86.HasPOPCNT {
		sparsePlasticityShortReference(value, start, sender, from, to, unstable, signs, senderSigns, step)
		return
	}
	sparsePlasticityShortAVX2(&value[0], &start[0], &sender[0], from, to, &unstable[0], &signs[0], &senderSigns[0], step)
}

func sparseInputAVX2(lanes []float32, width int, start, sender []int32, value, inputs []float32, exact bool, scale float32, from, to int) {
	if len(value) == 0 {
		clear(lanes[:(to-from)*width])
		return
	}
	multiply := sparseInput16AVX2
	switch {
	case exact && width == 8:
		multiply = sparseSigns8AVX2
	case exact:
		multiply = sparseSigns16AVX2
	case width == 8:
		multiply = sparseInput8AVX2
	}
	multiply(&lanes[0], &start[0], &sender[0], &value[0], &inputs[0], scale, from, to)
}

func denseInputAVX2(lanes []float32, width int, couplings []float32, stride int, inputs []float32, columns []int32, exact bool, scale float32, from, to int) {
	whole := from + (to-from)&^3
	if whole > from {
		multiply := denseInput16AVX2
		switch {
		case exact && width == 8:
			multiply = denseSigns8AVX2
		case exact:
			multiply = denseSigns16AVX2
		case width == 8:
			multiply = denseInput8AVX2
		}
		multiply(&lanes[0], &couplings[from*stride], stride, &inputs[0], &columns[0], len(columns), scale, whole-from)
	}
	denseInputReference(lanes[(whole-from)*width:], width, couplings, stride, inputs, columns, exact, scale, whole, to)
}

func sparseInputPlasticity(value []float32, sender []int32, inputs [][]float32, signs []float32, step float32) {
	whole := len(value) &^ 7
	if whole > 0 {
		sparseInputPlasticityAVX2(&value[0], &sender[0], &inputs[0], &signs[0], len(signs), step, whole/8)
	}
	sparseInputPlasticityReference(value[whole:], sender[whole:], inputs, signs, step)
}

func sparseInputPlasticityShort(value []float32, start, sender []int32, from, to int, inputs [][]float32, unstable, signs []uint16, step float32) {
	var seen unstableSamples
	for i := from; i < to; i++ {
		samples := seen.list(unstable[i], signs[i], inputs)
		if samples == 0 {
			continue
		}
		first, end := start[i], start[i+1]
		sparseInputPlasticity(value[first:end], sender[first:end], seen.inputs[:samples], seen.signs[:samples], step)
	}
}

func denseInputPlasticity(value []float32, inputs [][]float32, signs []float32, step float32) {
	denseInputPlasticityAVX2(&value[0], &inputs[0], &signs[0], len(signs), step, len(value)/16)
}

func readoutPlasticity(couplings []float32, stride int, states, steps [][]float32, from, to int, keep, rate float32, exact bool) {
	if len(states) == 0 || stride%16 != 0 {
		readoutPlasticityReference(couplings, stride, states, steps, from, to, keep, rate, exact)
		return
	}
	whole := from + (to-from)&^3
	for i := from; i < whole; i += 4 {
		for c := 0; c < stride; c += 16 {
			if exact {
				readoutPlasticityAVX2(&couplings[0], stride, &states[0], &steps[0], len(states), i, c, keep, rate)
			} else {
				readoutRealPlasticityAVX2(&couplings[0], stride, &states[0], &steps[0], len(states), i, c, keep, rate)
			}
		}
	}
	readoutPlasticityReference(couplings, stride, states, steps, whole, to, keep, rate, exact)
}

// PeakFMA measures the fused multiply-adds that one core does at most with the vectors
// of the version in use, in 10^9 floating-point operations a second (a multiply-add is
// two), over about the given time: the best of 10 parts. It is zero for plain Go.
func PeakFMA(seconds float64) float64 {
	run, operations := peakAVX2, 2.0*12*8
	switch active.name {
	case portable.name:
		return 0
	case "avx512":
		run, operations = peakAVX512, 2*24*16
	}
	best := 0.0
	for rounds, spent := 1<<16, 0.0; spent < seconds; {
		begin := time.Now()
		run(rounds)
		took := time.Since(begin).Seconds()
		spent += took
		if took < seconds/10 {
			rounds *= 2
			continue
		}
		best = max(best, float64(rounds)*operations/took/1e9)
	}
	return best
}
