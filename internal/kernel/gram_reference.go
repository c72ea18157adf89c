package kernel

import "math/bits"

func differencesReference(counts []int32, stride int, a, b []uint64, words int) {
	for i := range len(a) / words {
		row := a[i*words:][:words]
		for j := range len(b) / words {
			count := 0
			for w, v := range b[j*words:][:words] {
				count += bits.OnesCount64(row[w] ^ v)
			}
			counts[i*stride+j] = int32(count)
		}
	}
}

func subtractProductsReference(c []float64, stride, rows, columns int, f Factors, terms int) {
	for i := range rows {
		row := c[i*stride:][:columns]
		for k := range terms {
			a := f.A[i*f.Row+k*f.Term]
			for j, b := range f.B[k*f.Next:][:columns] {
				row[j] -= float64(a * b)
			}
		}
	}
}
