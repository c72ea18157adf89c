//go:build !noasm

package kernel

// avx512 is the AVX2 version with wider vectors where they gain: sweeps, readouts and
// the smaller products are bound by the caches.
func avx512() set {
	s := avx2
	s.name = "avx512"
	s.denseField = denseFieldAVX512
	s.denseFlips = denseFlipsWide
	s.densePlasticity = func(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
		densePlasticity(true, couplings, stride, senders, from, to, unstable, signs, senderSigns, step)
	}
	s.sparseField = sparseFieldAVX512
	s.sparseInput = sparseInputAVX512
	return s
}

// wideReceivers and wideSamples are what denseField8AVX512 keeps in registers.
const (
	wideReceivers = 48
	wideSamples   = 8
	// fewReceivers is where packing the states and the receivers left over cost more
	// than wide vectors gain.
	fewReceivers = 4 * wideReceivers
)

func denseFieldAVX512(fields, states [][]float32, couplings []float32, stride int, exact bool) {
	senders, receivers := len(states[0]), len(fields[0])
	samples, wide := len(fields)/wideSamples*wideSamples, receivers/wideReceivers*wideReceivers
	if wide < fewReceivers {
		samples = 0
	}
	var packed [8][wideSamples * senderBlock]float32
	for first := 0; first < samples; first += len(packed) * wideSamples {
		groups := min(len(packed), (samples-first)/wideSamples)
		for j := 0; j < senders && wide > 0; j += senderBlock {
			count := min(senderBlock, senders-j)
			for g := range groups {
				for q, state := range states[first+g*wideSamples:][:wideSamples] {
					for n, s := range state[j : j+count] {
						packed[g][n*wideSamples+q] = s
					}
				}
			}
			for i := 0; i < wide; i += wideReceivers {
				for g := range groups {
					if exact {
						denseField8AVX512(&fields[first+g*wideSamples], i, &packed[g][0], &couplings[j*stride+i], stride, count, 1)
					} else {
						denseRealField8AVX512(&fields[first+g*wideSamples], i, &packed[g][0], &couplings[j*stride+i], stride, count, 1)
					}
				}
			}
		}
	}
	if wide < receivers && samples > 0 {
		denseFieldFrom(fields[:samples], states[:samples], couplings, stride, wide, exact)
	}
	if samples < len(fields) {
		denseFieldFrom(fields[samples:], states[samples:], couplings, stride, 0, exact)
	}
}

func denseFlipsWide(field, state, couplings []float32, stride int, flipped []int32) {
	if len(field)%16 != 0 {
		denseFlips(field, state, couplings, stride, flipped)
		return
	}
	denseFlipsAVX512(&field[0], &state[0], &couplings[0], stride, &flipped[0], len(flipped), len(field))
}

func sparseFieldAVX512(lanes []float32, start, sender []int32, value []float32, signs [][]uint8, from, to int) {
	if len(value) == 0 || len(signs) == 1 {
		sparseFieldAVX2(lanes, start, sender, value, signs, from, to)
		return
	}
	sparseField16AVX512(&lanes[0], &start[0], &sender[0], &value[0], &signs[0][0], &signs[1][0], from, to)
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
