package dataset

import (
	"math/rand/v2"
	"sync"

	"basin/internal/random"
)

// Inputs are encoded samples, Count x Dim, made by [Encoder.Encode]. Raw 8-bit
// data stays at one byte per value and is decoded row by row. Inputs do not
// change; all methods may be called at once from many goroutines.
type Inputs struct {
	count, dim int

	// Either bytes, decoded by table or by scale and offset, or floats.
	bytes         []uint8
	table         *[256]float32 // one decoding for all features
	scale, offset []float32     // else one for each feature
	floats        []float32

	// What changes images while they are learned, of these raw samples; nil for nothing.
	augment *augmenter
	raw     *Set
	steps   *steps

	noise     float64
	projected bool // signs: noise flips instead of adding
	binary    bool
}

// Count returns the number of samples.
func (in *Inputs) Count() int { return in.count }

// Dim returns the number of values of a sample.
func (in *Inputs) Dim() int { return in.dim }

// Binary reports whether every value is +1 or -1, as after a projection, also with the
// training noise.
func (in *Inputs) Binary() bool {
	return in.binary && (in.projected || in.noise == 0 && in.augment == nil)
}

// Finite reports that every value is a finite number, which [Encoder.Encode] sees to: then
// nobody needs to look again.
func (in *Inputs) Finite() bool { return true }

// Row writes the Dim values of sample i to the front of dst. It allocates
// nothing. An index outside 0..Count()-1 or a shorter dst panics.
func (in *Inputs) Row(i int, dst []float32) {
	dst = dst[:in.dim]
	switch {
	case in.bytes == nil:
		copy(dst, in.floats[i*in.dim:(i+1)*in.dim])
	case in.table != nil:
		table := in.table
		for k, b := range in.bytes[i*in.dim : (i+1)*in.dim] {
			dst[k] = table[b]
		}
	default:
		scale, offset := in.scale[:len(dst)], in.offset[:len(dst)]
		for k, b := range in.bytes[i*in.dim : (i+1)*in.dim] {
			dst[k] = float32(scale[k]*float32(b)) + offset[k]
		}
	}
}

// NoisyRow writes sample i as it is learned: an image is changed as [Augment] says, then
// encoded as [Inputs.Row] does, and then has the training noise of the encoder: Gaussian noise
// is added to each value or, after a projection, each sign is flipped with the given
// probability. Both are functions of seed, epoch and i. Without them it is Row.
func (in *Inputs) NoisyRow(i int, dst []float32, seed, epoch uint64) {
	if in.augment == nil {
		in.Row(i, dst)
	} else {
		in.changed(i, dst, random.New(seed, random.Augment, epoch, uint64(i)))
	}
	if in.noise == 0 {
		return
	}
	dst = dst[:in.dim]
	draws := random.New(seed, random.Noise, epoch, uint64(i))
	if in.projected {
		for k := range dst {
			if draws.Float64() < in.noise {
				dst[k] = -dst[k]
			}
		}
		return
	}
	normal := normals.Get().(*normalDraws)
	normal.stream = draws
	for k := range dst {
		dst[k] += float32(in.noise * normal.NormFloat64())
	}
	normals.Put(normal)
}

// normalDraws spares NoisyRow the allocation of a generator for every row.
type normalDraws struct {
	stream random.Stream
	*rand.Rand
}

var normals = sync.Pool{New: func() any {
	n := &normalDraws{}
	n.Rand = n.stream.Rand()
	return n
}}

// setBytes makes the inputs raw bytes, each of which is decoded alone.
func (in *Inputs) setBytes(values []uint8, t *steps) {
	in.bytes = values
	if len(t.scale) > 1 {
		in.scale, in.offset = t.scale, t.offset
		return
	}
	var raw [256]float32
	for b := range raw {
		raw[b] = float32(b)
	}
	in.table = new([256]float32)
	t.values(raw[:], in.table[:], nil)
}

// allSigns reports whether every value is +1 or -1.
func (in *Inputs) allSigns() bool {
	row := make([]float32, in.dim)
	for i := range in.count {
		in.Row(i, row)
		for _, v := range row {
			if v != 1 && v != -1 {
				return false
			}
		}
	}
	return true
}
