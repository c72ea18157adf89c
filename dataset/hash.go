package dataset

import "math"

// RowHashes returns a hash of the values of each sample as they were read: equal for equal
// rows, whether they are stored as bytes or as floats, whatever their labels. Programs to
// come give the same hashes: model files hold them. Cost: one pass over the values.
func (s *Set) RowHashes() []uint64 {
	features := s.Features()
	hashes := make([]uint64, s.Count())
	for i := range hashes {
		h := rowHash(uint64(features) + 1)
		if s.Bytes != nil {
			for _, v := range s.Bytes[i*features : (i+1)*features] {
				h.add(float32(v))
			}
		} else {
			for _, v := range s.Floats[i*features : (i+1)*features] {
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
	mixed := (uint64(*h) ^ uint64(math.Float32bits(v))) * 0xbf58476d1ce4e5b9
	*h = rowHash(mixed ^ mixed>>29)
}
