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
