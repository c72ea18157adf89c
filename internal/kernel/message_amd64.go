//go:build !noasm

package kernel

// messageBlock is the number of receivers whose sums stay in the caches, and on the stack,
// while the senders of a run pass by. Longer rows are a tenth faster than 1024 receivers.
const messageBlock = 4096

func denseReceive(wide bool, sum, square []float64, mean, variance, couplings []float32, stride int) {
	clear(sum)
	clear(square)
	var a, b [messageBlock]float32
	for at := 0; at < len(sum); at += messageBlock {
		width := min(messageBlock, len(sum)-at)
		for j := 0; j < len(mean); j += RunLength {
			count := min(RunLength, len(mean)-j)
			clear(a[:width])
			clear(b[:width])
			if wide {
				denseReceiveAVX512(&a[0], &b[0], &mean[j], &variance[j], &couplings[j*stride+at], stride, count, width)
			} else {
				denseReceiveAVX2(&a[0], &b[0], &mean[j], &variance[j], &couplings[j*stride+at], stride, count, width)
			}
			for i := range width {
				sum[at+i] += float64(a[i])
				square[at+i] += float64(b[i])
			}
		}
	}
}

// denseSend takes two senders at a time, or with wide vectors four as long as there are so
// many.
func denseSend(wide bool, sum, square []float64, mean, variance, couplings []float32, stride int) {
	var sums [8]float64
	j := 0
	for ; wide && j+4 <= len(sum); j += 4 {
		denseSendAVX512(&sums[0], &couplings[j*stride], stride, &mean[0], &variance[0], len(mean))
		copy(sum[j:], sums[:4])
		copy(square[j:], sums[4:])
	}
	for ; j < len(sum); j += 2 {
		step := stride
		if j+1 == len(sum) {
			step = 0 // the last sender twice
		}
		denseSendAVX2(&sums[0], &couplings[j*stride], step, &mean[0], &variance[0], len(mean))
		copy(sum[j:], sums[:2])
		copy(square[j:], sums[2:4])
	}
}
