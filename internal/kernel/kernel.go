package kernel

import (
	"fmt"
	"math/bits"
)

// DenseField adds to each field the product of dense couplings with a state:
//
//	for q, j, i:  fields[q][i] += couplings[j*stride+i] * states[q][j]
//
// each product rounded, then added, j ascending for every i. exact promises that every
// state is -1, 0 or +1, so that no product needs rounding and one may be fused with its
// sum. Fields have equal lengths, a multiple of 8 and at most stride.
func DenseField(fields, states [][]float32, couplings []float32, stride int, exact bool) {
	if len(fields) == 0 {
		return
	}
	senders, receivers := len(states[0]), len(fields[0])
	check(len(states) == len(fields) && receivers%8 == 0 && receivers <= stride && len(couplings) >= (senders-1)*stride+receivers, "DenseField")
	for q := range fields {
		check(len(fields[q]) == receivers && len(states[q]) == senders, "DenseField")
	}
	if senders > 0 && receivers > 0 {
		active.denseField(fields, states, couplings, stride, exact)
	}
}

// DenseFlips adds to a field what the flips of some neurons change:
//
//	for j in flipped, i:  field[i] += couplings[j*stride+i] * 2 state[j]
//
// with the flipped neurons in the given order; state holds the new signs.
func DenseFlips(field, state, couplings []float32, stride int, flipped []int32) {
	check(len(field)%8 == 0 && len(field) <= stride && len(couplings) >= (len(state)-1)*stride+len(field), "DenseFlips")
	if len(flipped) > 0 && len(field) > 0 {
		active.denseFlips(field, state, couplings, stride, flipped)
	}
}

// DenseChange adds to a field what the change of one sender's state changes:
//
//	for i:  field[i] += couplings[i] * change
//
// each product rounded, then added. Lengths are equal and a multiple of 16.
func DenseChange(field, couplings []float32, change float32) {
	check(len(field) == len(couplings) && len(field)%16 == 0, "DenseChange")
	if len(field) > 0 {
		active.denseChange(field, couplings, change)
	}
}

// RunLength is the number of terms that [DenseReceive] and [DenseSend] add up in float32.
const RunLength = 256

// DenseReceive writes the products of dense couplings, and of their squares, with a vector
// each:
//
//	for i:  sum[i]    = sum over runs of j of float64(sum over j of couplings[j*stride+i] * mean[j])
//	        square[i] = sum over runs of j of float64(sum over j of couplings[j*stride+i]^2 * variance[j])
//
// The inner sums are in float32, j ascending from 0, over runs of [RunLength]; every product
// is rounded, the square first. Sums have equal lengths, a multiple of 16 and at most
// stride, and so have the vectors, of any length.
func DenseReceive(sum, square []float64, mean, variance, couplings []float32, stride int) {
	receivers, senders := len(sum), len(mean)
	check(len(square) == receivers && len(variance) == senders && receivers%16 == 0 && receivers <= stride, "DenseReceive")
	check(len(couplings) >= (senders-1)*stride+receivers, "DenseReceive")
	if senders > 0 && receivers > 0 {
		active.denseReceive(sum, square, mean, variance, couplings, stride)
	}
}

// DenseSend is [DenseReceive] with the transpose of the couplings:
//
//	for j:  sum[j]    = sum over runs of i of float64(sum over i of couplings[j*stride+i] * mean[i])
//	        square[j] = sum over runs of i of float64(sum over i of couplings[j*stride+i]^2 * variance[i])
//
// The inner sums have 16 lanes: lane l adds up the terms of i = l, l+16, ... of the run. Then
// lanes l and l+8 are added, and of these eight ((0+1)+(2+3))+((4+5)+(6+7)). The vectors have
// equal lengths, a multiple of 16 and at most stride, and so have the sums, of any length.
func DenseSend(sum, square []float64, mean, variance, couplings []float32, stride int) {
	receivers, senders := len(mean), len(sum)
	check(len(square) == senders && len(variance) == receivers && receivers%16 == 0 && receivers <= stride, "DenseSend")
	check(len(couplings) >= (senders-1)*stride+receivers, "DenseSend")
	if senders > 0 && receivers > 0 {
		active.denseSend(sum, square, mean, variance, couplings, stride)
	}
}

// DensePlasticity adds the increments of dense couplings stored by sender:
//
//	for j < senders, from <= i < to:  couplings[j*stride+i] += step * m_ij
//	m_ij = sum over samples where i is unstable of s_i s_j
//
// with, per group of 8 samples, one plane of unstable bits and one of signs of the
// receivers, and one of signs of the senders, which may be the same. The count m_ij is
// an exact integer. The range from..to is made of whole multiples of 16. Couplings of a
// neuron with itself are written too: the caller clears them. The planes of receivers
// reach to the next multiple of 64 neurons.
func DensePlasticity(couplings []float32, stride, senders, from, to int, unstable, signs, senderSigns [][]uint8, step float32) {
	check(from >= 0 && from%16 == 0 && to%16 == 0 && to <= stride && len(couplings) >= senders*stride, "DensePlasticity")
	check(len(unstable) == len(signs) && len(senderSigns) == len(signs), "DensePlasticity")
	for g := range signs {
		check(min(len(unstable[g]), len(signs[g])) >= (to+63)&^63 && len(senderSigns[g]) >= senders, "DensePlasticity")
	}
	if from < to && senders > 0 && len(signs) > 0 {
		active.densePlasticity(couplings, stride, senders, from, to, unstable, signs, senderSigns, step)
	}
}

// SparseField multiplies sparse couplings, given by receiver, with the signs of 8 or 16
// samples, the width of the lanes, in words of [ShortWords]:
//
//	for from <= i < to:  lanes[(i-from)*width+b] = sum over e of value[e] * s_sender[e],b
//
// with e from start[i] to start[i+1] ascending. Senders are within the words; this is not
// checked.
func SparseField(lanes []float32, width int, start, sender []int32, value []float32, signs []uint16, from, to int) {
	check(from >= 0 && to < len(start) && (width == 8 || width == 16) && len(lanes) >= (to-from)*width, "SparseField")
	switch {
	case from >= to:
	case len(value) == 0:
		clear(lanes[:(to-from)*width])
	default:
		active.sparseField(lanes, width, start, sender, value, signs, from, to)
	}
}

// Scatter adds what one sender sends to the fields of its receivers, which differ from
// each other:
//
//	for n:  field[receiver[n]] += factor * value[n]
//
// each product rounded, then added. Receivers are within the field; this is not checked.
func Scatter(field []float32, receiver []int32, value []float32, factor float32) {
	check(len(receiver) == len(value), "Scatter")
	if len(receiver) > 0 {
		active.scatter(field, receiver, value, factor)
	}
}

// SparsePlasticity adds the increments m_ij of DensePlasticity to the couplings
// present of receivers from..to, passing over those without an unstable sample:
//
//	for from <= i < to, e from start[i] to start[i+1]:  value[e] += step * m_i,sender[e]
//
// Bits come in words of 64 samples, one word per neuron: see [Words]. Senders are within
// the words of senderSigns; this is not checked.
func SparsePlasticity(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns [][]uint64, step float32) {
	check(from >= 0 && to < len(start) && len(unstable) == len(signs) && len(senderSigns) == len(signs), "SparsePlasticity")
	for g := range signs {
		check(min(len(unstable[g]), len(signs[g])) >= to, "SparsePlasticity")
	}
	if from < to && len(value) > 0 && len(signs) > 0 {
		active.sparsePlasticity(value, start, sender, from, to, unstable, signs, senderSigns, step)
	}
}

// SparsePlasticityShort is [SparsePlasticity] with the bits of up to 16 samples in the words
// of [ShortWords], which take a quarter of the room. The words of the senders have room for
// one more behind them.
func SparsePlasticityShort(value []float32, start, sender []int32, from, to int, unstable, signs, senderSigns []uint16, step float32) {
	check(from >= 0 && to < len(start) && min(len(unstable), len(signs)) >= to && cap(senderSigns) > len(senderSigns), "SparsePlasticityShort")
	if from < to && len(value) > 0 {
		active.sparsePlasticityShort(value, start, sender, from, to, unstable, signs, senderSigns, step)
	}
}

// Words joins the planes of up to 8 groups: byte g of words[i] is planes[g][i].
func Words(words []uint64, planes [][]uint8) {
	check(len(planes) <= 8, "Words")
	for g, plane := range planes {
		plane = plane[:len(words)]
		if g == 0 {
			for i, bits := range plane {
				words[i] = uint64(bits)
			}
			continue
		}
		for i, bits := range plane {
			words[i] |= uint64(bits) << (8 * g)
		}
	}
}

// ShortWords is [Words] of one or two groups: 16 samples. Lengths are a multiple of 16.
func ShortWords(words []uint16, planes [][]uint8) {
	check(len(planes) == 1 || len(planes) == 2, "ShortWords")
	for _, plane := range planes {
		check(len(plane) == len(words) && len(plane)%16 == 0, "ShortWords")
	}
	if len(words) > 0 {
		active.shortWords(words, planes)
	}
}

// SparseInput multiplies sparse couplings, given by receiver, with real inputs in lanes
// of width 8 or 16:
//
//	for from <= i < to:  lanes[(i-from)*w+b] = scale * sum over e of value[e] * inputs[sender[e]*w+b]
//
// each product rounded, then added, e ascending; exact as in [DenseField], of inputs.
func SparseInput(lanes []float32, width int, start, sender []int32, value, inputs []float32, exact bool, scale float32, from, to int) {
	check(from >= 0 && to < len(start) && (width == 8 || width == 16) && len(lanes) >= (to-from)*width, "SparseInput")
	if from < to {
		active.sparseInput(lanes, width, start, sender, value, inputs, exact, scale, from, to)
	}
}

// DenseInput multiplies dense couplings, stored by receiver, with those columns of real
// inputs in lanes that are not zero, given in ascending order:
//
//	for from <= i < to:  lanes[(i-from)*w+b] = scale * sum over k in columns of couplings[i*stride+k] * inputs[k*w+b]
//
// each product rounded, then added; exact as in [SparseInput].
func DenseInput(lanes []float32, width int, couplings []float32, stride int, inputs []float32, columns []int32, exact bool, scale float32, from, to int) {
	check(from >= 0 && (width == 8 || width == 16) && len(lanes) >= (to-from)*width && len(couplings) >= to*stride && len(inputs) <= stride*width, "DenseInput")
	if len(columns) == 0 {
		clear(lanes[:max(0, to-from)*width])
		return
	}
	check(int(columns[len(columns)-1]) < len(inputs)/width, "DenseInput")
	if from < to {
		active.denseInput(lanes, width, couplings, stride, inputs, columns, exact, scale, from, to)
	}
}

// SparseInputPlasticity adds the increments of one receiver's input couplings:
//
//	for e:  value[e] += step * sum over b of signs[b] * inputs[b][sender[e]]
//
// over the samples in which the receiver is unstable, in the order given; signs are
// its states, or its states times a weight.
func SparseInputPlasticity(value []float32, sender []int32, inputs [][]float32, signs []float32, step float32) {
	check(len(value) == len(sender) && len(inputs) == len(signs), "SparseInputPlasticity")
	if len(value) > 0 && len(inputs) > 0 {
		active.sparseInputPlasticity(value, sender, inputs, signs, step)
	}
}

// SparseInputPlasticityShort adds the increments of the input couplings of receivers
// from..to:
//
//	for from <= i < to, e from start[i] to start[i+1]:
//		value[e] += step * sum over samples b where i is unstable of s_i,b * inputs[b][sender[e]]
//
// b ascending, with the bits of up to 16 samples in the words of [ShortWords]. A sample in
// which one is unstable has inputs, and senders are within them; this is not checked.
func SparseInputPlasticityShort(value []float32, start, sender []int32, from, to int, inputs [][]float32, unstable, signs []uint16, step float32) {
	check(from >= 0 && to < len(start) && min(len(unstable), len(signs)) >= to, "SparseInputPlasticityShort")
	if from < to && len(value) > 0 && len(inputs) > 0 {
		active.sparseInputPlasticityShort(value, start, sender, from, to, inputs, unstable, signs, step)
	}
}

// DenseInputPlasticity is SparseInputPlasticity for a receiver that reads every input:
//
//	for k:  value[k] += step * sum over b of signs[b] * inputs[b][k]
//
// The length of value is a multiple of 16, and no row of inputs is shorter.
func DenseInputPlasticity(value []float32, inputs [][]float32, signs []float32, step float32) {
	check(len(inputs) == len(signs) && len(value)%16 == 0, "DenseInputPlasticity")
	for _, x := range inputs {
		check(len(x) >= len(value), "DenseInputPlasticity")
	}
	if len(value) > 0 && len(inputs) > 0 {
		active.denseInputPlasticity(value, inputs, signs, step)
	}
}

// Sign sets state[i] to -1 where field[i] < 0 and to +1 elsewhere. Lengths are equal
// and a multiple of 16.
func Sign(state, field []float32) {
	check(len(state) == len(field) && len(state)%16 == 0, "Sign")
	active.sign(state, field)
}

// Sweep finds the neurons that would flip: bit i of flips is set where the sign of
//
//	h_i = (scale * recurrent[i] + static[i]) + self * state[i]
//
// (sign(0) = +1) differs from that of state[i]. Vectors have equal lengths, a multiple
// of 16; flips has one bit per neuron.
func Sweep(flips []uint8, recurrent, static, state []float32, scale, self float32) {
	n := len(state)
	check(n%16 == 0 && len(recurrent) == n && len(static) == n && len(flips) == n/8, "Sweep")
	active.sweep(flips, recurrent, static, state, scale, self)
}

// Field writes h_i of [Sweep] to field.
func Field(field, recurrent, static, state []float32, scale, self float32) {
	n := len(state)
	check(n%16 == 0 && len(recurrent) == n && len(static) == n && len(field) == n, "Field")
	active.field(field, recurrent, static, state, scale, self)
}

// Unstable sets bit i of mask where state[i] * field[i] <= kappa.
func Unstable(mask []uint8, field, state []float32, kappa float32) {
	n := len(state)
	check(n%16 == 0 && len(field) == n && len(mask) == n/8, "Unstable")
	active.unstable(mask, field, state, kappa)
}

// Signs sets bit i of mask where state[i] < 0.
func Signs(mask []uint8, state []float32) {
	check(len(state)%16 == 0 && len(mask) == len(state)/8, "Signs")
	active.signs(mask, state)
}

// Expand is the inverse of [Signs]: state[i] is -1 where bit i of mask is set, else +1.
func Expand(state []float32, mask []uint8) {
	check(len(state)%16 == 0 && len(mask) == len(state)/8, "Expand")
	active.expand(state, mask)
}

// Unpack writes lanes to one row per sample: for i < count,
//
//	rows[b][at+i] = lanes[i*len(rows)+b]
//
// with 8 or 16 rows and count a multiple of 8.
func Unpack(rows [][]float32, at int, lanes []float32, count int) {
	check(count%8 == 0 && at >= 0 && (len(rows) == 8 || len(rows) == 16) && len(lanes) >= count*len(rows), "Unpack")
	for _, row := range rows {
		check(len(row) >= at+count, "Unpack")
	}
	if count > 0 {
		active.unpack(rows, at, lanes, count)
	}
}

// ReadoutPlasticity changes the readout couplings of neurons from..to, stored by
// neuron in rows of stride values:
//
//	couplings[i][c] = couplings[i][c] * keep + rate * sum over q of states[q][i] * steps[q][c]
//
// each product of the sum rounded, then added, q in the order given; exact as in
// [DenseField]. stride is a multiple of 8.
func ReadoutPlasticity(couplings []float32, stride int, states, steps [][]float32, from, to int, keep, rate float32, exact bool) {
	check(stride%8 == 0 && from >= 0 && len(couplings) >= to*stride && len(states) == len(steps), "ReadoutPlasticity")
	for q := range states {
		check(len(states[q]) >= to && len(steps[q]) >= stride, "ReadoutPlasticity")
	}
	if from < to {
		active.readoutPlasticity(couplings, stride, states, steps, from, to, keep, rate, exact)
	}
}

// Add writes sum[i] = a[i] + b[i]. Lengths are equal and a multiple of 16.
func Add(sum, a, b []float32) {
	check(len(sum) == len(a) && len(a) == len(b) && len(a)%16 == 0, "Add")
	active.add(sum, a, b)
}

// Average moves a running mean: average[e] += rate * (value[e] - average[e]). Lengths
// are equal and a multiple of 16.
func Average(average, value []float32, rate float32) {
	check(len(average) == len(value) && len(average)%16 == 0, "Average")
	active.average(average, value, rate)
}

// Plane writes the bits of 8 samples by neuron: bit b of plane[i] is bit i of masks[b].
// A mask has one bit per neuron; len(masks) is 8, and plane holds at least 8 neurons
// for every byte of a mask.
func Plane(plane []uint8, masks [][]uint8) {
	check(len(masks) == 8 && len(plane) >= 8*len(masks[0]), "Plane")
	for _, mask := range masks {
		check(len(mask) >= len(masks[0]), "Plane")
	}
	active.plane(plane, masks)
}

// agreement returns m_ij of DensePlasticity.
func agreement(unstable, signs, senderSigns [][]uint8, i, j int) int {
	m, unstable, senderSigns := 0, unstable[:len(signs)], senderSigns[:len(signs)]
	for g, plane := range signs {
		u := unstable[g][i]
		m += 2*bits.OnesCount8(u&^(plane[i]^senderSigns[g][j])) - bits.OnesCount8(u)
	}
	return m
}

// check panics where a caller broke a kernel's contract: a defect of Basin, never of
// a user's input.
func check(ok bool, name string) {
	if !ok {
		panic(fmt.Sprintf("kernel: %s called with vectors whose shapes do not fit", name))
	}
}
