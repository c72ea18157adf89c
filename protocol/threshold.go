package protocol

import (
	"math"
	"slices"

	"basin/network"
)

// threshold finds the biases of a module.
func threshold(n *network.Network, s Settings, index int, samples Inputs, count int) error {
	m, spec := n.Modules[index], n.Spec.Modules[index]
	clear(m.Bias)
	fields, taken, err := seen(n, s, index, samples, count, func(field, state float32) float32 {
		return field - float32(m.SelfCoupling*state)
	})
	if err != nil {
		return err
	}
	channels := m.Neurons
	if spec.Channels > 0 {
		channels = spec.Channels
	}
	for c := range channels {
		var values []float32
		for i := c; i < m.Neurons; i += channels {
			values = append(values, fields[i*taken:(i+1)*taken]...)
		}
		bias := biasFor(values, spec.Activity)
		for i := c; i < m.Neurons; i += channels {
			m.Bias[i] = bias
		}
	}
	return nil
}

// biasFor returns the bias with which the share of the values that are above its negative is
// nearest to an activity, halfway between two values; or beyond all of them, by 1. The values are
// finite.
func biasFor(values []float32, activity float64) float32 {
	count := float64(len(values))
	at := ranked(values, min(int(activity*count), len(values)-1))
	// The share is nearest where what is above, or what is not below, ends.
	above, notBelow := 0, 0
	next, least := float32(math.Inf(1)), float32(math.Inf(-1)) // the nearest to it on both sides
	for _, v := range values {
		switch {
		case v > at:
			above++
			notBelow++
			next = min(next, v)
		case v == at:
			notBelow++
		default:
			least = max(least, v)
		}
	}
	away := func(above int) float64 { return math.Abs(float64(above)/count - activity) }
	if away(notBelow) < away(above) {
		next, at, above = at, least, notBelow
	}
	switch above {
	case 0:
		return -(at + 1)
	case len(values):
		return -(next - 1)
	}
	return -(next + float32(at-next)/2)
}

// few values are sorted.
const few = 1 << 13

// ranked returns the value that so many others are in front of when the largest come first. It
// may sort the values. Of many it counts one half of their bits, then the other.
func ranked(values []float32, rank int) float32 {
	if len(values) <= few {
		slices.Sort(values)
		return values[len(values)-1-rank]
	}
	const half = 16
	var counts [1 << half]int32
	for _, v := range values {
		counts[descending(math.Float32bits(v))>>half]++
	}
	high, rank := holder(&counts, rank)
	clear(counts[:])
	for _, v := range values {
		if key := descending(math.Float32bits(v)); key>>half == high {
			counts[key&(1<<half-1)]++
		}
	}
	low, _ := holder(&counts, rank)
	return math.Float32frombits(descending(high<<half | low))
}

// descending maps the bits of values to numbers that are smaller where the values are larger, and
// these back to the bits: those of a value below zero stay.
func descending(bits uint32) uint32 {
	if bits>>31 != 0 {
		return bits
	}
	return ^bits ^ 1<<31
}

// holder returns which of the counts holds the one of a rank, and its rank within.
func holder(counts *[1 << 16]int32, rank int) (index uint32, within int) {
	for rank >= int(counts[index]) {
		rank -= int(counts[index])
		index++
	}
	return index, rank
}
