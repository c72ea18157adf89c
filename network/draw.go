package network

import (
	"errors"
	"fmt"
	"math"

	"basin/internal/layout"
	"basin/internal/random"
)

// Draw draws the couplings of spec for inputs of the given shape ({features},
// {height, width} or {height, width, channels}) and the given number of classes.
// Every block has its own stream of the seed, one per receiver, so a change of one
// block leaves the others as they were, but for topographic masks: they follow the
// positions of the neurons, and so the windows of W, which are assigned to the neurons of a
// module in the order of their places. Errors are those of [Spec.Fits], and
// a [Problem] at a reach within which a neuron has fewer senders than its density asks
// for. Cost: in proportion to the couplings stored, and for a topographic mask to the
// positions around each receiver. A spec that takes something from training samples
// ([Spec.Sampled]) is an error: protocol.Draw has them.
func Draw(spec Spec, inputShape []int, classes int, seed uint64) (*Network, error) {
	if spec.Sampled() {
		return nil, errors.New("network: activity and imprint take training samples, which protocol.Draw has")
	}
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
			if err := n.drawInput(index, seed); err != nil {
				return nil, fmt.Errorf("network: module %d: %w", index, err)
			}
		}
		m.Feedback = make([]float32, classes*m.Padded())
		for c := range classes {
			row := m.Feedback[c*m.Padded():][:m.Neurons]
			own := row
			if ms.FeedbackPer == PerChannel {
				own = row[:ms.Channels]
			}
			fillNormal(own, 1/math.Sqrt(float64(classes)), seed, random.Feedback, id, uint64(c))
			for i := len(own); i < len(row); i++ {
				row[i] = row[i-len(own)]
			}
		}
		if n.HasBias(index) {
			n.drawBias(index, seed)
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

// drawBias draws the biases of one module and adds what its pools need.
func (n *Network) drawBias(module int, seed uint64) {
	m := n.Modules[module]
	m.Bias = make([]float32, m.Padded())
	if deviation := n.Spec.Modules[module].Bias; deviation > 0 {
		fillNormal(m.Bias[:m.Neurons], deviation, seed, random.Bias, uint64(module), 0)
	}
	if pool := float32(n.Spec.poolBias(module)); pool != 0 {
		for i := range m.Neurons {
			m.Bias[i] += pool
		}
	}
}

// drawInput draws W of one module.
func (n *Network) drawInput(module int, seed uint64) error {
	w, spec, id := n.Modules[module].Input, n.Spec.Modules[module].Input, uint64(module)
	deviation := spec.Gain / math.Sqrt(w.Shape().FanIn)
	var senders []int32
	mask := func(i int) ([]int32, error) {
		stream := random.New(seed, random.InputMask, id, uint64(i))
		senders = appendPresent(senders[:0], w.Shape().Senders, -1, spec.Density, &stream)
		return senders, nil
	}
	if spec.Window > 0 {
		windows := n.windows(seed, module)
		mask = func(i int) ([]int32, error) {
			senders = windows[i].append(senders[:0], imageOf(n.InputShape), spec.Window, spec.Density)
			return senders, nil
		}
	}
	return w.Fill(mask, normals(deviation, seed, random.Input, id))
}

// normals draws the values of a block, receiver by receiver.
func normals(deviation float64, seed uint64, purpose random.Purpose, block uint64) func(i int, row []float32) {
	return func(i int, row []float32) { fillNormal(row, deviation, seed, purpose, block, uint64(i)) }
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

func fillNormal(values []float32, deviation float64, seed uint64, purpose random.Purpose, keys ...uint64) {
	stream := random.New(seed, purpose, keys...)
	normal := stream.Rand()
	for e := range values {
		values[e] = float32(deviation * normal.NormFloat64())
	}
}
