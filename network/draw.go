package network

import (
	"fmt"
	"math"

	"basin/internal/random"
)

// Draw draws the couplings of spec for inputs of the given shape ({features},
// {height, width} or {height, width, channels}) and the given number of classes.
// Every block has its own stream of the seed, one per receiver, so a change of one
// block leaves the others as they were. Cost: in proportion to the couplings stored.
func Draw(spec Spec, inputShape []int, classes int, seed uint64) (*Network, error) {
	if err := checkShapes(spec, inputShape, classes); err != nil {
		return nil, err
	}
	n := &Network{Spec: spec, InputShape: inputShape, Classes: classes}
	offset := 0
	for index, ms := range spec.Modules {
		id := uint64(index)
		m := &Module{Neurons: ms.Neurons, Offset: offset, SelfCoupling: float32(ms.SelfCoupling)}
		if ms.Recurrent.Density > 0 {
			m.Recurrent = drawRecurrent(ms, seed, id)
		}
		if ms.Input.Density > 0 {
			m.Input = drawInput(ms, inputShape, seed, id)
		}
		m.Feedback = make([]float32, classes*m.Padded())
		for c := range classes {
			fillNormal(m.Feedback[c*m.Padded():][:m.Neurons], 1/math.Sqrt(float64(classes)), seed, random.Feedback, id, uint64(c))
		}
		if ms.Bias > 0 {
			m.Bias = make([]float32, m.Padded())
			fillNormal(m.Bias[:m.Neurons], ms.Bias, seed, random.Bias, id, 0)
		}
		n.Modules = append(n.Modules, m)
		offset += m.Padded()
	}
	n.Readout = &Readout{Classes: classes, Couplings: make([]float32, n.StateSize()*Padded(classes))}
	for index, m := range n.Modules {
		stream := random.New(seed, random.Readout, uint64(index))
		normal := stream.Rand()
		for i := range m.Neurons {
			row := n.Readout.Couplings[(m.Offset+i)*Padded(classes):][:classes]
			for c := range row {
				row[c] = float32(normal.NormFloat64() / math.Sqrt(float64(n.Neurons())))
			}
		}
	}
	return n, nil
}

// checkShapes holds what a spec needs of the data.
func checkShapes(spec Spec, inputShape []int, classes int) error {
	if err := spec.Validate(); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if classes < 2 || classes > maxClasses {
		return fmt.Errorf("network: %d classes, want 2 to %d", classes, maxClasses)
	}
	if len(inputShape) < 1 || len(inputShape) > 3 {
		return fmt.Errorf("network: input shape %v, want {features}, {height, width} or {height, width, channels}", inputShape)
	}
	size := 1
	for _, side := range inputShape {
		if side < 1 || side > maxInputs || size*side > maxInputs {
			return fmt.Errorf("network: input shape %v, want positive sides and at most %d values", inputShape, maxInputs)
		}
		size *= side
	}
	for m, ms := range spec.Modules {
		fan := ms.Recurrent.Density*float64(ms.Neurons) + ms.Input.Density*float64(size)
		if total := fan * float64(ms.Neurons); total > maxCouplings {
			return fmt.Errorf("network: %w", Problem{fmt.Sprintf("modules.%d", m), fmt.Sprintf("would have %.3g couplings, want at most %.3g: lower a density or the number of neurons", total, float64(maxCouplings))})
		}
	}
	reads := false
	for m, ms := range spec.Modules {
		reads = reads || ms.Input.Density > 0
		window := ms.Input.Window
		if window == 0 {
			continue
		}
		if len(inputShape) < 2 {
			return fmt.Errorf("network: %w", Problem{fmt.Sprintf("modules.%d.input.window", m), fmt.Sprintf("is %d, but the input has shape %v: windows need an image (height x width)", window, inputShape)})
		}
		if window > min(inputShape[0], inputShape[1]) {
			return fmt.Errorf("network: %w", Problem{fmt.Sprintf("modules.%d.input.window", m), fmt.Sprintf("is %d, want at most the smaller side of the image, %d", window, min(inputShape[0], inputShape[1]))})
		}
	}
	if !reads {
		return fmt.Errorf("network: %w", Problem{"modules.0.input.density", "is 0 in every module, so nothing sees the input"})
	}
	return nil
}

const (
	maxClasses   = 1 << 16
	maxInputs    = 1 << 26
	maxCouplings = 1<<31 - 1 // entries are counted in 32 bits
)

func drawRecurrent(ms ModuleSpec, seed, module uint64) *Recurrent {
	n := ms.Neurons
	density := ms.Recurrent.Density
	fanIn := density * float64(n)
	deviation := ms.Recurrent.Gain / math.Sqrt(fanIn)
	if density == 1 {
		stride := Padded(n)
		r := &Recurrent{Neurons: n, FanIn: fanIn, Scale: 1, Dense: make([]float32, n*stride)}
		row := make([]float32, n)
		for i := range n {
			fillNormal(row, deviation, seed, random.Recurrent, module, uint64(i))
			for j, value := range row {
				if i != j {
					r.Dense[j*stride+i] = value
				}
			}
		}
		return r
	}
	s := &Sparse{Start: make([]int32, 1, n+1)}
	for i := range n {
		s.Sender = appendPresent(s.Sender, n, i, density, random.New(seed, random.RecurrentMask, module, uint64(i)))
		s.Start = append(s.Start, int32(len(s.Sender)))
	}
	s.Value = make([]float32, len(s.Sender))
	for i := range n {
		_, values := s.Row(i)
		fillNormal(values, deviation, seed, random.Recurrent, module, uint64(i))
	}
	return NewSparseRecurrent(n, fanIn, s)
}

func drawInput(ms ModuleSpec, shape []int, seed, module uint64) *Input {
	n, inputs := ms.Neurons, product(shape)
	density := ms.Input.Density
	w := &Input{Neurons: n, Inputs: inputs, FanIn: density * float64(inputs), Scale: 1}
	if ms.Input.Window > 0 {
		channels := inputs / (shape[0] * shape[1])
		w.FanIn = density * float64(ms.Input.Window*ms.Input.Window*channels)
	}
	deviation := ms.Input.Gain / math.Sqrt(w.FanIn)
	if density == 1 && ms.Input.Window == 0 {
		stride := Padded(inputs)
		w.Dense = make([]float32, n*stride)
		for i := range n {
			fillNormal(w.Dense[i*stride:][:inputs], deviation, seed, random.Input, module, uint64(i))
		}
		return w
	}
	s := &Sparse{Start: make([]int32, 1, n+1)}
	for i := range n {
		mask := random.New(seed, random.InputMask, module, uint64(i))
		if ms.Input.Window > 0 {
			s.Sender = appendWindow(s.Sender, shape, ms.Input.Window, density, mask)
		} else {
			s.Sender = appendPresent(s.Sender, inputs, -1, density, mask)
		}
		s.Start = append(s.Start, int32(len(s.Sender)))
	}
	s.Value = make([]float32, len(s.Sender))
	for i := range n {
		_, values := s.Row(i)
		fillNormal(values, deviation, seed, random.Input, module, uint64(i))
	}
	w.Sparse = s
	return w
}

// appendPresent appends the numbers of 0..n-1 without skip, each with probability
// density, in ascending order. Gaps between them are geometric, so the cost is in
// proportion to what is kept.
func appendPresent(present []int32, n, skip int, density float64, stream random.Stream) []int32 {
	if density >= 1 {
		for j := range n {
			if j != skip {
				present = append(present, int32(j))
			}
		}
		return present
	}
	logAbsent := math.Log1p(-density)
	for j := 0; ; j++ {
		gap := math.Log1p(-stream.Float64()) / logAbsent
		if gap >= float64(n-j) {
			return present
		}
		j += int(gap)
		if j >= n {
			return present
		}
		if j != skip {
			present = append(present, int32(j))
		}
	}
}

// appendWindow appends the places of one window's values in a row-major image, each
// with probability density. Positions are uniform among those inside the image.
func appendWindow(present []int32, shape []int, window int, density float64, stream random.Stream) []int32 {
	width, channels := shape[1], product(shape[2:])
	top, left := stream.IntN(shape[0]-window+1), stream.IntN(width-window+1)
	for y := top; y < top+window; y++ {
		for x := left; x < left+window; x++ {
			for c := range channels {
				if density == 1 || stream.Float64() < density {
					present = append(present, int32((y*width+x)*channels+c))
				}
			}
		}
	}
	return present
}

func fillNormal(values []float32, deviation float64, seed uint64, purpose random.Purpose, keys ...uint64) {
	stream := random.New(seed, purpose, keys...)
	normal := stream.Rand()
	for e := range values {
		values[e] = float32(deviation * normal.NormFloat64())
	}
}
