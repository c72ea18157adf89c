package kernel

import "math/bits"

// sparseInputReference is the plain form of SparseInput.
func sparseInputReference(lanes []float32, width int, start, sender []int32, value, inputs []float32, _ bool, scale float32, from, to int) {
	for i := from; i < to; i++ {
		sums := lanes[(i-from)*width:][:width]
		clear(sums)
		for e := start[i]; e < start[i+1]; e++ {
			for b, x := range inputs[int(sender[e])*width:][:width] {
				sums[b] += float32(value[e] * x)
			}
		}
		for b := range sums {
			sums[b] *= scale
		}
	}
}

// denseInputReference is the plain form of DenseInput.
func denseInputReference(lanes []float32, width int, couplings []float32, stride int, inputs []float32, columns []int32, _ bool, scale float32, from, to int) {
	for i := from; i < to; i++ {
		sums := lanes[(i-from)*width:][:width]
		clear(sums)
		row := couplings[i*stride:]
		for _, k := range columns {
			for b, x := range inputs[int(k)*width:][:width] {
				sums[b] += float32(row[k] * x)
			}
		}
		for b := range sums {
			sums[b] *= scale
		}
	}
}

// sparseInputPlasticityReference is the plain form of SparseInputPlasticity.
func sparseInputPlasticityReference(value []float32, sender []int32, inputs [][]float32, signs []float32, step float32) {
	for e, k := range sender {
		sum := float32(0)
		for b, x := range inputs {
			sum += float32(signs[b] * x[k])
		}
		value[e] += float32(step * sum)
	}
}

// sparseInputPlasticityShortReference is the plain form of SparseInputPlasticityShort.
func sparseInputPlasticityShortReference(value []float32, start, sender []int32, from, to int, inputs [][]float32, unstable, signs []uint16, step float32) {
	var seen unstableSamples
	for i := from; i < to; i++ {
		samples := seen.list(unstable[i], signs[i], inputs)
		if samples == 0 {
			continue
		}
		first, end := start[i], start[i+1]
		sparseInputPlasticityReference(value[first:end], sender[first:end], seen.inputs[:samples], seen.signs[:samples], step)
	}
}

// unstableSamples are what SparseInputPlasticity asks for of a receiver.
type unstableSamples struct {
	inputs [16][]float32
	signs  [16]float32
}

func (s *unstableSamples) list(unstable, signs uint16, inputs [][]float32) (count int) {
	for u := unstable; u != 0; u &= u - 1 {
		b := bits.TrailingZeros16(u)
		s.inputs[count], s.signs[count] = inputs[b], float32(1-2*int(signs>>b&1))
		count++
	}
	return count
}

// denseInputPlasticityReference is the plain form of DenseInputPlasticity.
func denseInputPlasticityReference(value []float32, inputs [][]float32, signs []float32, step float32) {
	for k := range value {
		sum := float32(0)
		for b, x := range inputs {
			sum += float32(signs[b] * x[k])
		}
		value[k] += float32(step * sum)
	}
}
