//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// avx512 is the AVX2 version with wider vectors where they gain: sweeps, readouts and
// the smaller products are bound by the caches.
func avx512() set {
	s := avx2
	s.name = "avx512"
	s.denseField = denseFieldAVX512
	s.denseFlips = denseFlipsWide
	s.denseReceive = func(sum, square []float64, mean, variance, couplings []float32, stride int) {
		denseReceive(true, sum, square, mean, variance, couplings, stride)
	}
	s.denseSend = func(sum, square []float64, mean, variance, couplings []float32, stride int) {
		denseSend(true, sum, square, mean, variance, couplings, stride)
	}
	s.densePlasticity = func(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
		densePlasticity(true, couplings, stride, senders, from, to, unstable, signs, senderSigns, step)
	}
	s.sparseField = sparseFieldAVX512
	s.plane = planeWide
	s.sparsePlasticityShort = sparsePlasticityShortWide
	s.sparseInputPlasticityShort = sparseInputPlasticityShortWide
	s.sparseInput = sparseInputAVX512
	if cpu.X86.HasAVX512VNNI {
		s.integerInput = integerInput(integerInput1AVX512, integerInput8AVX512, 8)
	}
	if cpu.X86.HasAVX512VPOPCNTDQ {
		s.differences = differencesWide
	}
	s.subtractProducts = subtractProductsWide
	s.windowInput = windowInputAVX512
	s.windowPlasticity = windowPlasticityWide
	return s
}

func denseFlipsWide(field, state, couplings []float32, stride int, flipped []int32) {
	if len(field)%16 != 0 {
		denseFlips(field, state, couplings, stride, flipped)
		return
	}
	denseFlipsAVX512(&field[0], &state[0], &couplings[0], stride, &flipped[0], len(flipped), len(field))
}

func sparseFieldAVX512(lanes []float32, width int, start, sender []int32, value []float32, signs []uint16, from, to int) {
	if width == 8 {
		sparseFieldAVX2(lanes, width, start, sender, value, signs, from, to)
		return
	}
	sparseField16AVX512(&lanes[0], &start[0], &sender[0], &value[0], &signs[0], from, to)
}

func sparseInputAVX512(lanes []float32, width int, start, sender []int32, value, inputs []float32, exact bool, scale float32, from, to int) {
	if len(value) == 0 || width == 8 {
		sparseInputAVX2(lanes, width, start, sender, value, inputs, exact, scale, from, to)
		return
	}
	multiply := sparseInput16AVX512
	if exact {
		multiply = sparseSigns16AVX512
	}
	multiply(&lanes[0], &start[0], &sender[0], &value[0], &inputs[0], scale, from, to)
}
