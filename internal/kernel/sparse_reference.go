package kernel

import (
	"encoding/binary"
	"math/bits"
)

// sparseFieldReference is the plain form of SparseField.
func sparseFieldReference(lanes []float32, width int, start, sender []int32, value []float32, signs []uint16, from, to int) {
	for i := from; i < to; i++ {
		sums := lanes[(i-from)*width:][:width]
		clear(sums)
		for e := start[i]; e < start[i+1]; e++ {
			word := signs[sender[e]]
			for b := range sums {
				if word>>b&1 == 1 {
					sums[b] -= value[e]
				} else {
					sums[b] += value[e]
				}
			}
		}
	}
}

// planeReference is the plain form of Plane.
func planeReference(plane []uint8, masks [][]uint8) { planeFrom(plane, masks, 0) }

// planeFrom is Plane from a byte of the masks on.
func planeFrom(plane []uint8, masks [][]uint8, first int) {
	for p := first; p < len(masks[0]); p++ {
		var x uint64
		for b, mask := range masks {
			x |= uint64(mask[p]) << (8 * b)
		}
		// Transpose 8 x 8 bits: swap quarters of 1, 2, then 4 bits (Hacker's Delight 7-3).
		t := (x ^ x>>7) & 0x00aa00aa00aa00aa
		x ^= t ^ t<<7
		t = (x ^ x>>14) & 0x0000cccc0000cccc
		x ^= t ^ t<<14
		t = (x ^ x>>28) & 0x00000000f0f0f0f0
		x ^= t ^ t<<28
		binary.LittleEndian.PutUint64(plane[8*p:], x)
	}
}

// shortWordsReference is the plain form of ShortWords.
func shortWordsReference(words []uint16, planes [][]uint8) {
	clear(words)
	for g, plane := range planes {
		for i, bits := range plane {
			words[i] |= uint16(bits) << (8 * g)
		}
	}
}

// sparsePlasticityReference is the plain form of SparsePlasticity.
func sparsePlasticityReference(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns [][]uint64, step float32) {
	for i := from; i < to; i++ {
		total := 0
		for _, words := range unstable {
			total += bits.OnesCount64(words[i])
		}
		if total == 0 {
			continue
		}
		for e := start[i]; e < start[i+1]; e++ {
			m := -total
			for g, words := range senderSigns {
				m += 2 * bits.OnesCount64(unstable[g][i]&^(signs[g][i]^words[sender[e]]))
			}
			value[e] += float32(step * float32(m))
		}
	}
}

// sparsePlasticityShortReference is the plain form of SparsePlasticityShort.
func sparsePlasticityShortReference(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns []uint16, step float32) {
	for i := from; i < to; i++ {
		u, mine := unstable[i], signs[i]
		if u == 0 {
			continue
		}
		total := bits.OnesCount16(u)
		for e := start[i]; e < start[i+1]; e++ {
			m := 2*bits.OnesCount16(u&^(mine^senderSigns[sender[e]])) - total
			value[e] += float32(step * float32(m))
		}
	}
}

// scatterReference is the plain form of Scatter.
func scatterReference(field []float32, receiver []int32, value []float32, factor float32) {
	for n, i := range receiver {
		field[i] += float32(value[n] * factor)
	}
}
