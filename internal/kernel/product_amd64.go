//go:build !noasm

package kernel

// A dense product walks the couplings in blocks that stay in the first cache while all
// samples use them: 128 senders x 48 receivers are 24 KB. 48 is what the AVX-512 kernel
// keeps in registers, and twice what the AVX2 kernel does.
const (
	senderBlock    = 128
	blockReceivers = 48
	wideSamples    = 8 // samples that the AVX-512 kernel keeps in registers
)

func denseFieldAVX2(fields, states [][]float32, couplings []float32, stride int, exact bool) {
	senders, receivers := len(states[0]), len(fields[0])
	for j := 0; j < senders; j += senderBlock {
		denseBlocks(fields, states, couplings, stride, j, min(senderBlock, senders-j), 0, receivers, exact)
	}
}

// denseFieldAVX512 leaves samples and receivers that do not fill its registers to AVX2.
func denseFieldAVX512(fields, states [][]float32, couplings []float32, stride int, exact bool) {
	senders, receivers := len(states[0]), len(fields[0])
	samples, whole := len(fields)/wideSamples*wideSamples, receivers/blockReceivers*blockReceivers
	if samples == 0 || whole == 0 {
		denseFieldAVX2(fields, states, couplings, stride, exact)
		return
	}
	for j := 0; j < senders; j += senderBlock {
		count := min(senderBlock, senders-j)
		for i := 0; i < whole; i += blockReceivers {
			for q := 0; q < samples; q += wideSamples {
				if exact {
					denseField8AVX512(&fields[q], i, &states[q], j, &couplings[j*stride+i], stride, count)
				} else {
					denseRealField8AVX512(&fields[q], i, &states[q], j, &couplings[j*stride+i], stride, count)
				}
			}
			denseBlocks(fields[samples:], states[samples:], couplings, stride, j, count, i, i+blockReceivers, exact)
		}
		denseBlocks(fields, states, couplings, stride, j, count, whole, receivers, exact)
	}
}

// denseBlocks adds what count senders from j on send to the receivers from..to.
func denseBlocks(fields, states [][]float32, couplings []float32, stride, j, count, from, to int, exact bool) {
	for i := from; i < to; i += blockReceivers {
		width := min(blockReceivers, to-i)
		block := &couplings[j*stride+i]
		q := 0
		for ; q+4 <= len(fields); q += 4 {
			f, s := fields[q:q+4], states[q:q+4]
			if exact {
				denseField4AVX2(&f[0][i], &f[1][i], &f[2][i], &f[3][i], &s[0][j], &s[1][j], &s[2][j], &s[3][j], block, stride, count, width)
			} else {
				denseRealField4AVX2(&f[0][i], &f[1][i], &f[2][i], &f[3][i], &s[0][j], &s[1][j], &s[2][j], &s[3][j], block, stride, count, width)
			}
		}
		for ; q < len(fields); q++ {
			if exact {
				denseField1AVX2(&fields[q][i], &states[q][j], block, stride, count, width)
			} else {
				denseRealField1AVX2(&fields[q][i], &states[q][j], block, stride, count, width)
			}
		}
	}
}
