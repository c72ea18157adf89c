package kernel

// integerInputReference is the plain form of IntegerInput.
func integerInputReference(fields [][]float32, at int, inputs []uint8, w *Integers, from, to int) {
	samples := len(fields)
	for b := from; b < to; b++ {
		for s, field := range fields {
			for r := range IntegerBlock {
				i := b*IntegerBlock + r
				sum := w.Constant[i]
				for e := int(w.Start[b]); e < int(w.Start[b+1]); e++ {
					weights, x := w.Weight[(e*IntegerBlock+r)*4:][:4], inputs[(int(w.Quad[e])*samples+s)*4:][:4]
					for n, v := range weights {
						sum += int32(v) * int32(x[n])
					}
				}
				field[at+i] = float32(sum) * w.Unit[i]
			}
		}
	}
}

// bytesReference is the plain form of Bytes.
func bytesReference(bytes []uint8, apart int, x []float32, offset float32) {
	for k, v := range x {
		v += offset
		if !(v > 0) {
			v = 0
		}
		bytes[k/4*apart+k%4] = uint8(int32(min(v, 255)))
	}
}

// widenReference is the plain form of Widen.
func widenReference(values []float32, sums []int16, unit []float32) {
	for i, v := range sums {
		values[i] = float32(v) * unit[i]
	}
}
