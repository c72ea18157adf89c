package network

import (
	"math"

	"basin/internal/layout"
	"basin/internal/random"
)

// Draw draws the couplings of spec for inputs of the given shape ({features},
// {height, width} or {height, width, channels}) and the given number of classes.
// Every block has its own stream of the seed, one per receiver, so a change of one
// block leaves the others as they were, but for topographic masks: they follow the
// positions of the neurons, and so the windows of W. Errors are those of [Spec.Fits], and
// a [Problem] at a reach within which a neuron has fewer senders than its density asks
// for. Cost: in proportion to the couplings stored, and for a topographic mask to the
// positions around each receiver.
func Draw(spec Spec, inputShape []int, classes int, seed uint64) (*Network, error) {
	n, err := Outline(spec, inputShape, classes)
	if err != nil {
		return nil, err
	}
	spec = n.Spec
	for index, m := range n.Modules {
		id, ms := uint64(index), spec.Modules[index]
		if m.Recurrent != nil {
			if err := n.drawRecurrent(index, seed); err != nil {
				return nil, err
			}
		}
		if m.Input != nil {
			m.Input.draw(ms.Input, inputShape, seed, id)
		}
		m.Feedback = make([]float32, classes*m.Padded())
		for c := range classes {
			fillNormal(m.Feedback[c*m.Padded():][:m.Neurons], 1/math.Sqrt(float64(classes)), seed, random.Feedback, id, uint64(c))
		}
		if ms.Bias > 0 {
			m.Bias = make([]float32, m.Padded())
			fillNormal(m.Bias[:m.Neurons], ms.Bias, seed, random.Bias, id, 0)
		}
	}
	if err := n.drawLinks(seed); err != nil {
		return nil, err
	}
	n.Readout.Couplings = make([]float32, n.StateSize()*layout.Padded(classes))
	for index, m := range n.Modules {
		if !m.Read {
			continue
		}
		stream := random.New(seed, random.Readout, uint64(index))
		normal := stream.Rand()
		for i := range m.Neurons {
			row := n.Readout.Couplings[(m.Offset+i)*layout.Padded(classes):][:classes]
			for c := range row {
				row[c] = float32(normal.NormFloat64() / math.Sqrt(float64(n.ReadNeurons())))
			}
		}
	}
	return n, nil
}

func (w *Input) draw(spec InputSpec, shape []int, seed, module uint64) {
	n, deviation := w.Neurons, spec.Gain/math.Sqrt(w.FanIn)
	if w.Sparse == nil {
		stride := layout.Padded(w.Inputs)
		w.Dense = layout.Values(n * stride)
		for i := range n {
			fillNormal(w.Dense[i*stride:][:w.Inputs], deviation, seed, random.Input, module, uint64(i))
		}
		return
	}
	s := w.Sparse
	s.Start = make([]int32, 1, n+1)
	for i := range n {
		mask := random.New(seed, random.InputMask, module, uint64(i))
		if spec.Window > 0 {
			s.Sender = appendWindow(s.Sender, shape, spec.Window, spec.Density, mask)
		} else {
			s.Sender = appendPresent(s.Sender, w.Inputs, -1, spec.Density, &mask)
		}
		s.Start = append(s.Start, int32(len(s.Sender)))
	}
	s.drawValues(deviation, seed, random.Input, module)
}

// drawValues draws the values of a pattern, receiver by receiver.
func (s *Sparse) drawValues(deviation float64, seed uint64, purpose random.Purpose, module uint64) {
	s.Value = make([]float32, len(s.Sender))
	for i := range len(s.Start) - 1 {
		_, values := s.Row(i)
		fillNormal(values, deviation, seed, purpose, module, uint64(i))
	}
}

// appendPresent appends the numbers of 0..n-1 without skip, each with probability
// density, in ascending order. Gaps between them are geometric, so the cost is in
// proportion to what is kept.
func appendPresent(present []int32, n, skip int, density float64, stream *random.Stream) []int32 {
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
	top, left := drawWindow(&stream, shape[0], width, window)
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

// drawWindow draws the first row and column of a window inside an image.
func drawWindow(stream *random.Stream, height, width, window int) (top, left int) {
	return stream.IntN(height - window + 1), stream.IntN(width - window + 1)
}

func fillNormal(values []float32, deviation float64, seed uint64, purpose random.Purpose, keys ...uint64) {
	stream := random.New(seed, purpose, keys...)
	normal := stream.Rand()
	for e := range values {
		values[e] = float32(deviation * normal.NormFloat64())
	}
}
