// Package layout says how vectors and blocks of couplings lie in memory: padded, so that
// kernels meet whole registers, and divided among workers in whole cache lines. It is
// private to the core. Where the core hands out vectors over neurons (states, fields), their
// padding is zero and is said there.
package layout

import "basin/internal/kernel"

// Alignment is the number of values to which vectors over neurons, inputs and classes
// are padded in memory.
const Alignment = 16

// Padded returns n rounded up to a multiple of [Alignment].
func Padded(n int) int { return (n + Alignment - 1) &^ (Alignment - 1) }

// Part returns the range of size values that belongs to one of parts, in multiples of
// [Alignment].
func Part(size, part, parts int) (from, to int) {
	blocks := (size + Alignment - 1) / Alignment
	return min(size, blocks*part/parts*Alignment), min(size, blocks*(part+1)/parts*Alignment)
}

// Values returns memory for the values of a dense block, zeros, where products run
// fastest: in large pages if the system has them.
func Values(count int) []float32 { return kernel.Values(count) }
