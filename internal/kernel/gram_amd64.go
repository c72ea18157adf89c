//go:build !noasm

package kernel

func differences(counts []int32, stride int, a, b []uint64, words int) {
	for i := range len(a) / words {
		for j := 0; j < len(b)/words; j += 4 {
			differencesAVX2(&counts[i*stride+j], &a[i*words], &b[j*words], words)
		}
	}
}

func differencesWide(counts []int32, stride int, a, b []uint64, words int) {
	for i := 0; i < len(a)/words; i += 4 {
		for j := 0; j < len(b)/words; j += 4 {
			differencesAVX512(&counts[i*stride+j], stride, &a[i*words], &b[j*words], words)
		}
	}
}

func subtractProducts(c []float64, stride, rows, columns int, f Factors, terms int) {
	for j := 0; j < columns; j += 8 {
		for i := 0; i < rows; i += 4 {
			subtractProductsAVX2(&c[i*stride+j], stride, &f.A[i*f.Row], f.Row, f.Term, &f.B[j], f.Next, terms)
		}
	}
}

func subtractProductsWide(c []float64, stride, rows, columns int, f Factors, terms int) {
	for j := 0; j < columns; j += 32 {
		for i := 0; i < rows; i += 4 {
			subtractProductsAVX512(&c[i*stride+j], stride, &f.A[i*f.Row], f.Row, f.Term, &f.B[j], f.Next, terms)
		}
	}
}
