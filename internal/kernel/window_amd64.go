//go:build !noasm

package kernel

// The rows of couplings whose sums the kernels keep in registers: with 8 lanes, with 16 lanes
// of AVX2, and with 16 of AVX-512.
const (
	windowRows8    = 12
	windowRows16   = 6
	windowRowsWide = 14
)

func windowInputAVX2(lanes []float32, width int, value, inputs []float32, window Window, exact bool, scale float32) {
	multiply, most := windowInput16AVX2, windowRows16
	switch {
	case exact && width == 8:
		multiply, most = windowSigns8AVX2, windowRows8
	case exact:
		multiply = windowSigns16AVX2
	case width == 8:
		multiply, most = windowInput8AVX2, windowRows8
	}
	windowBlocks(multiply, most, lanes, width, value, inputs, window, scale)
}

func windowInputAVX512(lanes []float32, width int, value, inputs []float32, window Window, exact bool, scale float32) {
	if width == 8 {
		windowInputAVX2(lanes, width, value, inputs, window, exact, scale)
		return
	}
	multiply := windowInput16AVX512
	if exact {
		multiply = windowSigns16AVX512
	}
	windowBlocks(multiply, windowRowsWide, lanes, width, value, inputs, window, scale)
}

// windowBlocks divides rows into blocks of about one size, at most most: few rows at a time
// wait for their own additions.
func windowBlocks(multiply func(lanes, value, inputs *float32, lines, values, size, gap int, scale float32, rows int), most int, lanes []float32, width int, value, inputs []float32, window Window, scale float32) {
	size := window.size()
	rows := len(value) / size
	for blocks := (rows + most - 1) / most; blocks > 0; blocks-- {
		count := (rows + blocks - 1) / blocks
		multiply(&lanes[0], &value[0], &inputs[0], window.Lines, window.Values, 4*size, 4*width*(window.Pitch-window.Values), scale, count)
		lanes, value, rows = lanes[count*width:], value[count*size:], rows-count
	}
}

func windowSample(sums, value []float32, receivers int, inputs []float32, window Window, scale float32) {
	for at := 0; at < len(sums); at += 64 {
		vectors := min(64, len(sums)-at) / 8
		windowSampleAVX2(&sums[at], &value[at], &inputs[0], window.Lines, window.Values, 4*(window.Pitch-window.Values), 4*receivers, scale, vectors)
	}
}

func windowPlasticity(value []float32, inputs [][]float32, at int, window Window, signs []float32, step float32) {
	windowPlasticityAVX2(&value[0], &inputs[0], at, window.Lines, window.Values, 4*window.Pitch, &signs[0], len(inputs), step)
}

func windowPlasticityWide(value []float32, inputs [][]float32, at int, window Window, signs []float32, step float32) {
	windowPlasticityAVX512(&value[0], &inputs[0], at, window.Lines, window.Values, 4*window.Pitch, &signs[0], len(inputs), step)
}
