package kernel

import "math/bits"

// sparsePlasticityPacked is SparsePlasticity with the bits of up to 8 groups in one
// word, so that one population count serves 64 samples.
func sparsePlasticityPacked(value []float32, start, sender []int32, from, to int, unstable, signs [][]uint8, step float32) {
	if len(signs) > 8 {
		sparsePlasticityReference(value, start, sender, from, to, unstable, signs, step)
		return
	}
	for i := from; i < to; i++ {
		u := packed(unstable, i)
		s := packed(signs, i)
		all := bits.OnesCount64(u)
		senders := sender[start[i]:start[i+1]]
		values := value[start[i]:start[i+1]]
		if len(signs) == 2 {
			first, second := signs[0], signs[1]
			for e, j := range senders {
				other := uint64(first[j]) | uint64(second[j])<<8
				m := 2*bits.OnesCount64(u&^(s^other)) - all
				values[e] += float32(step * float32(m))
			}
			continue
		}
		for e, j := range senders {
			m := 2*bits.OnesCount64(u&^(s^packed(signs, int(j)))) - all
			values[e] += float32(step * float32(m))
		}
	}
}

func packed(planes [][]uint8, i int) uint64 {
	word := uint64(0)
	for g, plane := range planes {
		word |= uint64(plane[i]) << (8 * g)
	}
	return word
}
