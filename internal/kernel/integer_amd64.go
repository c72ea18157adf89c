//go:build !noasm

package kernel

// integerKernel is the form of the kernels of integer couplings.
type integerKernel func(fields *[]float32, at int, inputs *uint8, start, quad *int32, weight *int8, constant *int32, unit *float32, blocks int)

// integerInput takes some samples of a half tile at a time, by the kernel for as many, or one
// sample.
func integerInput(one, some integerKernel, together int) func(fields [][]float32, at int, inputs []uint8, w *Integers, from, to int) {
	return func(fields [][]float32, at int, inputs []uint8, w *Integers, from, to int) {
		if len(w.Quad) == 0 || len(inputs) == 0 {
			integerInputReference(fields, at, inputs, w, from, to)
			return
		}
		first, run, step := from*IntegerBlock, some, together
		if len(fields) == 1 {
			run, step = one, 1
		}
		for s := 0; s < len(fields); s += step {
			run(&fields[s], at+first, &inputs[4*s], &w.Start[from], &w.Quad[0], &w.Weight[0], &w.Constant[first], &w.Unit[first], to-from)
		}
	}
}
