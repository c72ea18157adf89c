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
	if err := s.fitsImage(inputShape); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	sizes, err := s.Sizes(inputShape)
	if err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsSizes(sizes); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsShared(sizes); err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := s.fitsCouplings(sizes, inputShape); err != nil {
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

// fitsShared reports shared couplings within a module of windows that are too many for it. Those
// of links are looked at with the sizes of the modules.
func (s Spec) fitsShared(sizes []Size) error {
	for m, ms := range s.Modules {
		if ms.Recurrent.Shared && ms.Recurrent.Density > 0 {
			if err := ms.Recurrent.grid(sizes[m].Image).Check(); err != nil {
				return Problem{Key: fmt.Sprintf("modules.%d.recurrent.window", m), Message: err.Error()}
			}
		}
	}
	return nil
}

// fitsSizes reports excitatory links that join grids of unequal numbers of neurons, or have
// more senders than there are.
func (s Spec) fitsSizes(sizes []Size) error {
	for l, link := range s.Links {
		for _, ends := range link.Directions() {
			senders, receivers := sizes[ends[0]].Neurons, sizes[ends[1]].Neurons
			switch {
			case link.Kind != Excitatory:
			case link.FanIn == 0 && senders != receivers:
				return Problem{Key: fmt.Sprintf("links.%d.between", l), Message: fmt.Sprintf("joins %d and %d neurons one to one, want equal numbers, or fan_in above 0", senders, receivers)}
			case link.FanIn > senders:
				return Problem{Key: fmt.Sprintf("links.%d.fan_in", l), Message: fmt.Sprintf("is %d, but module %d has %d neurons", link.FanIn, ends[0], senders)}
			}
		}
	}
	return nil
}

// fitsCouplings reports a block with more couplings than 32 bits can count.
func (s Spec) fitsCouplings(sizes []Size, inputShape []int) error {
	for m, ms := range s.Modules {
		neurons := float64(sizes[m].Neurons)
		recurrent, input := ms.Recurrent.Density*neurons*neurons, ms.Input.Density*neurons*float64(ms.Input.reads(inputShape))
		if ms.Recurrent.Shared {
			recurrent = 0
		}
		if ms.Input.Shared {
			input = 0 // a grid holds its own limit
		}
		if total := recurrent + input; total > maxCouplings {
			return Problem{Key: fmt.Sprintf("modules.%d", m), Message: fmt.Sprintf("would have %.3g couplings, want at most %.3g: lower a density or the number of neurons", total, float64(maxCouplings))}
		}
	}
	for l, link := range s.Links {
		total := 0.0
		for _, ends := range link.Directions() {
			if !link.Shared {
				total = max(total, link.fanIn(sizes[ends[0]])*float64(sizes[ends[1]].Neurons))
			}
		}
		if total > maxCouplings {
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
// that do not exist, and grids without a place, count as none.
func (s Spec) Footprint(inputShape []int, classes int) int64 {
	s = s.Expand()
	sizes, err := s.Sizes(inputShape)
	if err != nil {
		return 0
	}
	var bytes float64
	for _, link := range s.Links {
		if !link.joins(len(sizes)) {
			continue
		}
		for _, ends := range link.Directions() {
			sender, receiver := sizes[ends[0]], sizes[ends[1]]
			entry, receivers := 16.0, float64(receiver.Neurons)
			switch {
			case link.Shared:
				entry, receivers = 4, float64(receiver.Image.Channels)
			case link.Density == 1 && link.Window == 0:
				entry = 4
			}
			bytes += entry * receivers * link.fanIn(sender)
		}
	}
	for index, m := range s.Modules {
		n, channels := float64(sizes[index].Neurons), float64(m.Channels)
		bytes += 4 * n * float64(classes+layout.Padded(classes)) // F and O
		switch r := m.Recurrent; {
		case r.Shared:
			bytes += 4 * r.Density * channels * channels * float64(r.Window*r.Window)
		case r.Density == 1:
			bytes += 4 * n * n
		default:
			bytes += 16 * r.Density * n * n
		}
		reads := float64(m.Input.reads(inputShape))
		switch in := m.Input; {
		case in.Shared:
			bytes += 4 * in.Density * channels * reads
		case in.Density == 1:
			bytes += 4 * n * reads
		default:
			bytes += 8 * in.Density * n * reads
		}
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
	sizes, err := spec.Sizes(inputShape)
	if err != nil {
		return nil, err
	}
	n := &Network{
		Spec: spec, InputShape: slices.Clone(inputShape), Classes: classes,
		Readout: &Readout{Classes: classes}, Pathways: spec.pathways(sizes),
	}
	offset := 0
	for index, ms := range spec.Modules {
		m := &Module{
			Neurons: sizes[index].Neurons, Offset: offset, SelfCoupling: float32(ms.SelfCoupling), Tanh: float32(ms.Tanh),
			Read: len(spec.Readout) == 0 || slices.Contains(spec.Readout, index),
		}
		switch density := ms.Recurrent.Density; {
		case density == 0:
		case ms.Recurrent.Shared:
			m.Recurrent = coupling.NewShared(ms.Recurrent.grid(sizes[index].Image), true)
		default:
			m.Recurrent = outlineBlock(coupling.Shape{Receivers: m.Neurons, Senders: m.Neurons, Hollow: true, FanIn: density * float64(m.Neurons)}, density)
		}
		if ms.Input.Density > 0 {
			m.Input = outlineInput(ms, m.Neurons, inputShape)
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

// outlineInput returns the outline of the couplings of the neurons of a module from the input.
func outlineInput(m ModuleSpec, neurons int, inputShape []int) coupling.Input {
	shape := coupling.Shape{
		Receivers: neurons, Senders: product(inputShape),
		FanIn: m.Input.Density * float64(m.Input.reads(inputShape)),
	}
	switch {
	case m.Input.Shared:
		return coupling.NewSharedInput(m.inputGrid(inputShape))
	case m.Input.Density < 1:
		return coupling.NewSparseInput(shape)
	case m.Input.Window > 0:
		return coupling.NewWindowed(shape, imageOf(inputShape), m.Input.Window)
	}
	return coupling.NewDenseInput(shape)
}
