package network

import (
	"fmt"
	"slices"

	"basin/internal/layout"
	"basin/network/coupling"
)

// Fits reports whether networks of the spec can read inputs of the given shape and tell
// the given number of classes apart: the first thing that is wrong, spec included, or
// nil. Inputs, classes and couplings have limits, so that every index fits 32 bits.
func (s Spec) Fits(inputShape []int, classes int) error {
	if err := s.Validate(); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	s = s.Expand()
	if classes < 2 || classes > maxClasses {
		return fmt.Errorf("network: %d classes, want 2 to %d", classes, maxClasses)
	}
	if err := validShape(inputShape); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsCouplings(product(inputShape), inputShape); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsImage(inputShape); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsReadout(); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	return nil
}

// validShape reports a shape that no input has.
func validShape(inputShape []int) error {
	if len(inputShape) < 1 || len(inputShape) > 3 {
		return fmt.Errorf("input shape %v, want {features}, {height, width} or {height, width, channels}", inputShape)
	}
	size := 1
	for _, side := range inputShape {
		if side < 1 || side > maxInputs/size {
			return fmt.Errorf("input shape %v, want positive sides and at most %d values", inputShape, maxInputs)
		}
		size *= side
	}
	return nil
}

// fitsCouplings reports a block with more couplings than 32 bits can count.
func (s Spec) fitsCouplings(size int, inputShape []int) error {
	for m, ms := range s.Modules {
		reads := min(size, ms.Input.reads(inputShape)) // fitsImage reports a window too large
		fan := ms.Recurrent.Density*float64(ms.Neurons) + ms.Input.Density*float64(reads)
		if total := fan * float64(ms.Neurons); total > maxCouplings {
			return Problem{Key: fmt.Sprintf("modules.%d", m), Message: fmt.Sprintf("would have %.3g couplings, want at most %.3g: lower a density or the number of neurons", total, float64(maxCouplings))}
		}
	}
	for l, link := range s.Links {
		a, b := s.Modules[link.Between[0]].Neurons, s.Modules[link.Between[1]].Neurons
		if total := link.Density*float64(a)*float64(b) + float64(link.FanIn)*float64(max(a, b)); total > maxCouplings {
			return Problem{Key: fmt.Sprintf("links.%d", l), Message: fmt.Sprintf("would have %.3g couplings, want at most %.3g: lower its density", total, float64(maxCouplings))}
		}
	}
	return nil
}

// fitsImage reports windows and topographic masks that need an image, or one larger, and
// a network that nothing reads.
func (s Spec) fitsImage(inputShape []int) error {
	reads := false
	for m, ms := range s.Modules {
		reads = reads || ms.Input.Density > 0
		if ms.Recurrent.Reach > 0 && len(inputShape) < 2 {
			return Problem{Key: fmt.Sprintf("modules.%d.recurrent.reach", m), Message: fmt.Sprintf("is %v, but the input has shape %v: a topographic mask needs an image (height x width)", ms.Recurrent.Reach, inputShape)}
		}
		window := ms.Input.Window
		if window == 0 {
			continue
		}
		if len(inputShape) < 2 {
			return Problem{Key: fmt.Sprintf("modules.%d.input.window", m), Message: fmt.Sprintf("is %d, but the input has shape %v: windows need an image (height x width)", window, inputShape)}
		}
		if window > min(inputShape[0], inputShape[1]) {
			return Problem{Key: fmt.Sprintf("modules.%d.input.window", m), Message: fmt.Sprintf("is %d, want at most the smaller side of the image, %d", window, min(inputShape[0], inputShape[1]))}
		}
	}
	for l, link := range s.Links {
		if link.Reach > 0 && len(inputShape) < 2 {
			return Problem{Key: fmt.Sprintf("links.%d.reach", l), Message: fmt.Sprintf("is %v, but the input has shape %v: a topographic mask needs an image (height x width)", link.Reach, inputShape)}
		}
	}
	if !reads {
		return Problem{Key: "modules.0.input.density", Message: "is 0 in every module, so nothing sees the input"}
	}
	return nil
}

// fitsReadout reports the first module in the list of those read that no input reaches:
// one that does not see it, nor is joined to one that does by links that are learned or
// have a strength.
func (s Spec) fitsReadout() error {
	reached := make([]bool, len(s.Modules))
	var order []int
	reach := func(m int) {
		if !reached[m] {
			reached[m] = true
			order = append(order, m)
		}
	}
	for m, ms := range s.Modules {
		if ms.Input.Density > 0 {
			reach(m)
		}
	}
	leads := make([][]int, len(s.Modules))
	for _, link := range s.Links {
		if link.Kind == Learned || link.Strength > 0 {
			for _, ends := range link.Directions() {
				leads[ends[0]] = append(leads[ends[0]], ends[1])
			}
		}
	}
	for k := 0; k < len(order); k++ {
		for _, to := range leads[order[k]] {
			reach(to)
		}
	}
	for place, m := range s.Readout {
		if !reached[m] {
			return Problem{Key: fmt.Sprintf("readout.%d", place), Message: fmt.Sprintf("is %d, a module that no input reaches: want one that sees the input, or one that learned links or links of a strength above 0 join to it", m)}
		}
	}
	return nil
}

// reads returns the values that a neuron may read of an input: all, or those of a window.
func (s InputSpec) reads(inputShape []int) int {
	if s.Window == 0 || len(inputShape) < 2 {
		return product(inputShape)
	}
	return s.Window * s.Window * product(inputShape[2:])
}

const (
	maxClasses   = 1 << 16
	maxInputs    = 1 << 26
	maxCouplings = 1<<31 - 1 // entries are counted in 32 bits
)

// Footprint estimates the bytes that the couplings of such a network take in memory,
// indices included: [Network.Footprint] before anything is drawn. Links between modules
// that do not exist count as none.
func (s Spec) Footprint(inputShape []int, classes int) int64 {
	var bytes float64
	s = s.Expand()
	for _, link := range s.Links {
		if low, high := min(link.Between[0], link.Between[1]), max(link.Between[0], link.Between[1]); low < 0 || high >= len(s.Modules) {
			continue
		}
		for _, ends := range link.Directions() {
			senders, receivers := float64(s.Modules[ends[0]].Neurons), float64(s.Modules[ends[1]].Neurons)
			entry := 16.0
			if link.Density == 1 {
				entry = 4
			}
			bytes += entry * receivers * (link.Density*senders + float64(link.FanIn))
		}
	}
	for _, m := range s.Modules {
		n := float64(m.Neurons)
		bytes += 4 * n * float64(classes+layout.Padded(classes)) // F and O
		entry := 16.0
		if m.Recurrent.Density == 1 {
			entry = 4
		}
		bytes += entry * m.Recurrent.Density * n * n
		entry = 8
		if m.Input.Density == 1 {
			entry = 4
		}
		bytes += entry * m.Input.Density * n * float64(m.Input.reads(inputShape))
	}
	return int64(min(bytes, 1<<62))
}

// Outline returns the network that a spec describes, with every block in its place and
// scale one, but without couplings: dense arrays are nil, sparse blocks have no
// entries. [Draw] and readers of model files fill it. Errors are those of [Spec.Fits].
func Outline(spec Spec, inputShape []int, classes int) (*Network, error) {
	if err := spec.Fits(inputShape, classes); err != nil {
		return nil, err
	}
	spec = spec.Expand()
	n := &Network{
		Spec: spec, InputShape: slices.Clone(inputShape), Classes: classes,
		Readout: &Readout{Classes: classes}, Pathways: spec.pathways(),
	}
	offset := 0
	for index, ms := range spec.Modules {
		m := &Module{
			Neurons: ms.Neurons, Offset: offset, SelfCoupling: float32(ms.SelfCoupling), Tanh: float32(ms.Tanh),
			Read: len(spec.Readout) == 0 || slices.Contains(spec.Readout, index),
		}
		if density := ms.Recurrent.Density; density > 0 {
			m.Recurrent = outlineBlock(coupling.Shape{Receivers: ms.Neurons, Senders: ms.Neurons, Hollow: true, FanIn: density * float64(ms.Neurons)}, density)
		}
		if ms.Input.Density > 0 {
			m.Input = outlineInput(ms, inputShape)
		}
		n.Modules = append(n.Modules, m)
		offset += m.Padded()
	}
	n.Readout.Real = n.Continuous()
	return n, nil
}

// outlineBlock returns the outline of couplings among neurons of some density.
func outlineBlock(shape coupling.Shape, density float64) coupling.Block {
	if density < 1 {
		return coupling.NewSparse(shape)
	}
	return coupling.NewDense(shape)
}

// outlineInput returns the outline of the couplings of a module from the input.
func outlineInput(m ModuleSpec, inputShape []int) coupling.Input {
	shape := coupling.Shape{
		Receivers: m.Neurons, Senders: product(inputShape),
		FanIn: m.Input.Density * float64(m.Input.reads(inputShape)),
	}
	switch {
	case m.Input.Density < 1:
		return coupling.NewSparseInput(shape)
	case m.Input.Window > 0:
		image := coupling.Image{Height: inputShape[0], Width: inputShape[1], Channels: product(inputShape[2:])}
		return coupling.NewWindowed(shape, image, m.Input.Window)
	}
	return coupling.NewDenseInput(shape)
}
