package network

import (
	"fmt"
	"slices"
)

// Fits reports whether networks of the spec can read inputs of the given shape and tell
// the given number of classes apart: the first thing that is wrong, spec included, or
// nil. Inputs, classes and couplings have limits, so that every index fits 32 bits.
func (s Spec) Fits(inputShape []int, classes int) error {
	if err := s.Validate(); err != nil {
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
		if side < 1 || side > maxInputs/size {
			return fmt.Errorf("network: input shape %v, want positive sides and at most %d values", inputShape, maxInputs)
		}
		size *= side
	}
	for m, ms := range s.Modules {
		reads := min(size, ms.Input.reads(inputShape)) // a window too large is reported below
		fan := ms.Recurrent.Density*float64(ms.Neurons) + ms.Input.Density*float64(reads)
		if total := fan * float64(ms.Neurons); total > maxCouplings {
			return fmt.Errorf("network: %w", Problem{fmt.Sprintf("modules.%d", m), fmt.Sprintf("would have %.3g couplings, want at most %.3g: lower a density or the number of neurons", total, float64(maxCouplings))})
		}
	}
	reads := false
	for m, ms := range s.Modules {
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
// indices included: [Network.Footprint] before anything is drawn.
func (s Spec) Footprint(inputShape []int, classes int) int64 {
	var bytes float64
	for _, m := range s.Modules {
		n := float64(m.Neurons)
		bytes += 4 * n * float64(classes+Padded(classes)) // F and O
		entry := 16.0
		if m.Recurrent.Density == 1 {
			entry = 4
		}
		bytes += entry * m.Recurrent.Density * n * n
		entry = 8
		if m.Input.Density == 1 && m.Input.Window == 0 {
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
	n := &Network{Spec: spec, InputShape: slices.Clone(inputShape), Classes: classes, Readout: &Readout{Classes: classes}}
	offset := 0
	for _, ms := range spec.Modules {
		m := &Module{Neurons: ms.Neurons, Offset: offset, SelfCoupling: float32(ms.SelfCoupling)}
		if density := ms.Recurrent.Density; density > 0 {
			m.Recurrent = &Recurrent{Neurons: ms.Neurons, FanIn: density * float64(ms.Neurons), Scale: 1}
			if density < 1 {
				m.Recurrent.Sparse = &Sparse{}
			}
		}
		if density, window := ms.Input.Density, ms.Input.Window; density > 0 {
			m.Input = &Input{Neurons: ms.Neurons, Inputs: product(inputShape), FanIn: density * float64(ms.Input.reads(inputShape)), Scale: 1}
			if density < 1 || window > 0 {
				m.Input.Sparse = &Sparse{}
			}
		}
		n.Modules = append(n.Modules, m)
		offset += m.Padded()
	}
	return n, nil
}
