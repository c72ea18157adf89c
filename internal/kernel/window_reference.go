package kernel

// windowInputReference is the plain form of WindowInput.
func windowInputReference(lanes []float32, width int, value, inputs []float32, window Window, _ bool, scale float32) {
	for ; len(value) > 0; lanes = lanes[width:] {
		sums := lanes[:width]
		clear(sums)
		for y := range window.Lines {
			line := inputs[y*window.Pitch*width:]
			for e, v := range value[:window.Values] {
				for b, x := range line[e*width:][:width] {
					sums[b] += float32(v * x)
				}
			}
			value = value[window.Values:]
		}
		for b := range sums {
			sums[b] *= scale
		}
	}
}

// windowPlasticityReference is the plain form of WindowPlasticity.
func windowPlasticityReference(value []float32, inputs [][]float32, at int, window Window, signs []float32, step float32) {
	for y := range window.Lines {
		line := value[y*window.Values:][:window.Values]
		for e := range line {
			sum := float32(0)
			for b, x := range inputs {
				sum += float32(signs[b] * x[at+y*window.Pitch+e])
			}
			line[e] += float32(step * sum)
		}
	}
}

// windowSampleReference is the plain form of WindowSample.
func windowSampleReference(sums, value []float32, receivers int, inputs []float32, window Window, scale float32) {
	sums = sums[:receivers]
	clear(sums)
	for y := range window.Lines {
		for e, x := range inputs[y*window.Pitch:][:window.Values] {
			if x == 0 {
				continue
			}
			for i, v := range value[(y*window.Values+e)*receivers:][:receivers] {
				sums[i] += float32(v * x)
			}
		}
	}
	for i := range sums {
		sums[i] *= scale
	}
}
