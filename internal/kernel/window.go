package kernel

// Window is how a window of an image lies among the inputs: so many lines of so many values,
// whose beginnings are Pitch inputs apart.
type Window struct{ Lines, Values, Pitch int }

// size returns the number of values of a window, reach that of inputs from its first to its
// last.
func (w Window) size() int  { return w.Lines * w.Values }
func (w Window) reach() int { return (w.Lines-1)*w.Pitch + w.Values }

func (w Window) valid() bool { return w.Lines > 0 && w.Values > 0 && w.Pitch >= w.Values }

// WindowInput multiplies the input couplings of some receivers that read one window, each a
// contiguous row of all its values, with real inputs in lanes of width 8 or 16, of which the
// first is the window's:
//
//	for r:  lanes[r*w+b] = scale * sum over y, e of value[r*size + y*Values+e] * inputs[(y*Pitch+e)*w+b]
//
// each product rounded, then added, y and then e ascending; exact as in [SparseInput].
func WindowInput(lanes []float32, width int, value, inputs []float32, window Window, exact bool, scale float32) {
	check((width == 8 || width == 16) && window.valid() && len(value)%window.size() == 0, "WindowInput")
	check(len(lanes) >= len(value)/window.size()*width && len(inputs) >= window.reach()*width, "WindowInput")
	if len(value) > 0 {
		active.windowInput(lanes, width, value, inputs, window, exact, scale)
	}
}

// WindowPlasticity adds the increments of the input couplings of one receiver, which reads
// the window that begins at an input:
//
//	for y, e:  value[y*Values+e] += step * sum over b of signs[b] * inputs[b][at + y*Pitch+e]
//
// over the samples and signs of [SparseInputPlasticity].
func WindowPlasticity(value []float32, inputs [][]float32, at int, window Window, signs []float32, step float32) {
	check(window.valid() && len(value) == window.size() && at >= 0 && len(inputs) == len(signs), "WindowPlasticity")
	for _, x := range inputs {
		check(len(x) >= at+window.reach(), "WindowPlasticity")
	}
	if len(inputs) > 0 {
		active.windowPlasticity(value, inputs, at, window, signs, step)
	}
}

// WindowSample multiplies the input couplings of some receivers that read one window, those
// from one input side by side, with the inputs of one sample, of which the first is the
// window's:
//
//	for i < receivers:  sums[i] = scale * sum over y, e of value[(y*Values+e)*receivers + i] * inputs[y*Pitch+e]
//
// each product rounded, then added, y and then e ascending. Inputs that are zero are passed
// over. The length of sums is receivers rounded up to a multiple of 8; what is written beyond
// receivers is free, and value has as many values behind the last row.
func WindowSample(sums, value []float32, receivers int, inputs []float32, window Window, scale float32) {
	check(window.valid() && receivers > 0 && len(sums) == (receivers+7)&^7 && len(inputs) >= window.reach(), "WindowSample")
	check(len(value) >= (window.size()-1)*receivers+len(sums), "WindowSample")
	active.windowSample(sums, value, receivers, inputs, window, scale)
}
