package network

import (
	"fmt"
	"math"
	"slices"
)

// Inputs says how the integers p of a quantised network become the inputs of the network it
// was made from:
//
//	x_k = Offset[k] + Scale[k] p_k
type Inputs struct{ Scale, Offset []float64 }

// spread returns how far input k goes from its mean, in bytes: its deviation, but of one that
// is hardly ever there, whose deviation a few samples make, the mean distance, which is not
// above 2 m (1 - m) of shares of mean m; at least 1.
func (x Inputs) spread(k int) float64 {
	mean := x.mean(k)
	return max(1, min(1/x.Scale[k], 2*mean*(1-mean/math.MaxUint8)))
}

// mean returns that of the integers of input k: where the input is zero.
func (x Inputs) mean(k int) float64 { return -x.Offset[k] / x.Scale[k] }

// Quantise returns a network of integers that does what n does, as far as its bits allow. A
// binary neuron asks for the sign of its field alone, so each has units of its own, powers of
// two: u_i of its input couplings, v_i of its recurrent ones and of those of each link,
//
//	W_ik Scale[k] -> u_i round(W_ik Scale[k] / u_i)    J_ij -> v_i round(J_ij / v_i)
//
// with integers from -(2^(bits-1) - 1) to 2^(bits-1) - 1. Units are those of the least squared
// error, that of an input coupling times the spread of its input. In an image, whose pixels are
// much like their neighbours, what rounding takes from a coupling is given to those of the
// neighbours that are still to be rounded (the weights of R. W. Floyd and L. Steinberg, Proc.
// SID 17:75, 1976), so that the faults cancel in the field. The bias takes up the offsets
// with the rounded couplings, so that at the mean input they make no difference. It is
// rounded to the finest unit of the neuron; self-couplings and strengths of links, which have
// one number for many neurons, and couplings of links that do not learn, to 8 binary digits. A
// neuron whose sums would not be exact in 32 bits gets coarser units. Of the readout that
// predicts, all couplings have one unit and [ReadoutBits].
//
// The spec of the network has self-couplings and strengths as they are rounded. Feedback, which
// predictions do not use, is gone. It reports continuous neurons, inputs of another
// number, and units that cannot be made exact.
func Quantise(n *Network, q Integers, inputs Inputs) (*Network, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if q.Bits == 0 {
		return nil, fmt.Errorf("network: couplings of 0 bits, want %d to %d", FewestBits, MostBits)
	}
	if n.Integers.Bits > 0 {
		return nil, fmt.Errorf("network: its couplings have %d bits already", n.Integers.Bits)
	}
	if n.Continuous() {
		return nil, fmt.Errorf("network: continuous neurons send real numbers, want tanh 0 in every module")
	}
	if d := n.Inputs(); len(inputs.Scale) != d || len(inputs.Offset) != d {
		return nil, fmt.Errorf("network: %d scales and %d offsets of inputs, want %d", len(inputs.Scale), len(inputs.Offset), d)
	}
	for index, ms := range n.Spec.Modules {
		if ms.Input.Shared || ms.Recurrent.Shared {
			return nil, fmt.Errorf("network: module %d has shared windows, which read inputs of several scales with one coupling: only couplings that are not shared become integers", index)
		}
	}
	for l, link := range n.Spec.Links {
		if link.Shared {
			return nil, fmt.Errorf("network: link %d has shared windows: only couplings that are not shared become integers", l)
		}
	}
	for k, scale := range inputs.Scale {
		if !(scale > 0) || math.IsInf(scale, 0) || math.IsNaN(inputs.Offset[k]) || math.IsInf(inputs.Offset[k], 0) {
			return nil, fmt.Errorf("network: scale of input %d is %v, its offset %v, want a number above 0 and a number", k, scale, inputs.Offset[k])
		}
	}
	spec := n.Spec
	spec.Modules, spec.Links = slices.Clone(spec.Modules), slices.Clone(spec.Links)
	for m := range spec.Modules {
		spec.Modules[m].SelfCoupling = rounded(spec.Modules[m].SelfCoupling)
	}
	for l := range spec.Links {
		k := max(1, spec.Links[l].FixedFanIn())
		spec.Links[l].Strength = rounded(spec.Links[l].Strength/float64(k)) * float64(k)
	}
	out, err := Outline(spec, n.InputShape, n.Classes)
	if err != nil {
		return nil, err
	}
	out.Integers = q
	for index := range n.Modules {
		if err := n.quantiseModule(out, index, inputs); err != nil {
			return nil, fmt.Errorf("network: module %d: %w", index, err)
		}
	}
	out.Readout.Couplings = slices.Clone(n.Readout.Predicting())
	values := make([]float64, len(out.Readout.Couplings))
	for e, v := range out.Readout.Couplings {
		values[e] = float64(v)
	}
	roundTo(out.Readout.Couplings, values, bestUnit(values, nil, limitOf(ReadoutBits)), limitOf(ReadoutBits))
	return out, out.finishIntegers()
}

// ReadoutBits is that of the couplings of a readout of integers.
const ReadoutBits = 8

// limitOf returns the largest integer of some bits.
func limitOf(bits int) float64 { return float64(int(1)<<(bits-1) - 1) }

// rounded returns a number rounded to 8 binary digits.
func rounded(v float64) float64 {
	fraction, exponent := math.Frexp(v)
	return math.Ldexp(math.Round(fraction*256), exponent-8)
}

// bestUnit returns the exponent of the unit at which some values, rounded to integers up to a
// limit, have the least error, the sum of (weight (value - rounded))^2; without weights these
// are one.
func bestUnit(values, weights []float64, limit float64) int {
	most := 0.0
	for _, v := range values {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		return 0
	}
	_, top := math.Frexp(most / limit)
	best, least := top, math.Inf(1)
	const finer = 16 // beyond, hardly a value is not cut off
	for unit := top; unit > top-finer; unit-- {
		u, sum := math.Ldexp(1, unit), 0.0
		for e, v := range values {
			fault := v - nearest(v, u, limit)
			if weights != nil {
				fault *= weights[e]
			}
			sum += float64(fault * fault)
		}
		if sum < least {
			best, least = unit, sum
		}
	}
	return best
}

// nearest returns the multiple of a unit next to a value, up to a limit.
func nearest(v, unit, limit float64) float64 {
	return unit * max(-limit, min(limit, math.RoundToEven(v/unit)))
}

// roundTo writes values rounded to integers up to a limit, times a unit.
func roundTo(to []float32, values []float64, unit int, limit float64) {
	u := math.Ldexp(1, unit)
	for e, v := range values {
		to[e] = float32(nearest(v, u, limit))
	}
}
