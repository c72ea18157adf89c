package dataset

import (
	"hash/fnv"
	"math"

	"basin/dataset/table"
)

// RowHashes returns a hash of the values of each sample as they were read: equal for equal
// rows, whether they are stored as bytes, floats or doubles, whatever their labels. Programs to
// come give the same hashes: model files hold them. Cost: one pass over the values.
func (s *Set) RowHashes() []uint64 {
	features := s.Features()
	hashes, names := make([]uint64, s.Count()), s.categoryHashes()
	for i := range hashes {
		h := rowHash(uint64(features) + 1)
		from, to := i*features, (i+1)*features
		switch {
		case s.Bytes != nil:
			for _, v := range s.Bytes[from:to] {
				h.add(float32(v))
			}
		case s.Doubles != nil:
			for k, v := range s.Doubles[from:to] {
				h.addDouble(v, names[k])
			}
		default:
			for _, v := range s.Floats[from:to] {
				h.add(v)
			}
		}
		hashes[i] = uint64(h)
	}
	return hashes
}

// rowHash is the hash of the values so far.
type rowHash uint64

// add takes in a value: each step is a bijection of the hash, with the odd multiplier of
// splitmix64.
func (h *rowHash) add(v float32) {
	if v == 0 {
		v = 0 // -0 too
	}
	h.word(math.Float32bits(v))
}

func (h *rowHash) word(bits uint32) {
	mixed := (uint64(*h) ^ uint64(bits)) * 0xbf58476d1ce4e5b9
	*h = rowHash(mixed ^ mixed>>29)
}

// addDouble takes in a value of 64 bits: as a float one that is no larger than the floats that
// are exact, so that equal rows are equal in both forms; of a category the hash of its name.
func (h *rowHash) addDouble(v float64, names []uint64) {
	const exact = 1 << 24
	short := float32(v)
	switch rest := v - float64(short); {
	case math.IsNaN(v):
		h.word(math.Float32bits(float32(math.NaN())))
	case names != nil:
		bits := doubleBits(v, names)
		h.word(uint32(bits))
		h.word(uint32(bits >> 32))
	case rest != 0 && (v >= exact || v <= -exact):
		h.add(short)
		h.add(float32(rest))
	default:
		h.add(short)
	}
}

// doubleBits returns the bits of a value, or the hash of its name where it is a category.
func doubleBits(v float64, names []uint64) uint64 {
	switch {
	case math.IsNaN(v):
		return math.Float64bits(math.NaN())
	case names != nil:
		return names[int(v)]
	}
	return math.Float64bits(v)
}

// categoryHashes returns for each value of a sample the hashes of its categories, nil where it
// has none.
func (s *Set) categoryHashes() [][]uint64 {
	hashes := make([][]uint64, s.Features())
	for k := range hashes {
		if c := s.column(k); c != nil && c.Kind == table.Category {
			hashes[k] = make([]uint64, len(c.Categories))
			for n, name := range c.Categories {
				h := fnv.New64a()
				h.Write([]byte(name))
				hashes[k][n] = h.Sum64()
			}
		}
	}
	return hashes
}
