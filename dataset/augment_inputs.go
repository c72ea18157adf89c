package dataset

import (
	"fmt"
	"math"

	"basin/internal/random"
)

// apart addresses draws of changes that belong to no epoch.
const apart = math.MaxUint64

// augmented makes the inputs change while they are learned, where the encoder says so. Values
// so large that a change may not be finite are an error.
func (in *Inputs) augmented(e *Encoder, s *Set, t *steps) error {
	if in.augment = e.newAugmenter(e.divisor(s), t); in.augment == nil {
		return nil
	}
	in.raw, in.steps = s, t
	largest := 0.0
	for _, v := range s.Floats {
		largest = max(largest, math.Abs(float64(v)))
	}
	const most = 8 // of a change: twice as bright, twice the contrast, and differences on the way
	for k := range t.scale {
		if x := most * largest; !finite(x) || !finite(float32(x*math.Abs(float64(t.scale[k]))+math.Abs(float64(t.offset[k])))) {
			return fmt.Errorf("dataset: %s: values up to %v are too large to be changed by preprocess.augment", s.Name, largest)
		}
	}
	return nil
}

// changed writes sample i, changed by draws, as it is encoded.
func (in *Inputs) changed(i int, dst []float32, draws random.Stream) {
	c := in.augment.pictures.Get().(*canvas)
	in.augment.show(in.raw, i, draws, c)
	in.steps.row(c.raw, dst, c.workspace)
	in.augment.pictures.Put(c)
}

// Version tells the rows that [Inputs.NoisyRow] writes of sample i apart: those of the same
// version are equal, whatever seed and epoch. It returns false where they are too many to be
// told: with noise, or with changes other than flips.
func (in *Inputs) Version(i int, seed, epoch uint64) (version uint64, known bool) {
	if in.noise > 0 {
		return 0, false
	}
	if in.augment == nil {
		return 0, true
	}
	if in.augment.Versions() == 0 {
		return 0, false
	}
	draws := random.New(seed, random.Augment, epoch, uint64(i))
	if in.augment.mirrored(&draws) {
		version = 1
	}
	return version, true
}

// Augmented reports whether images change while they are learned.
func (in *Inputs) Augmented() bool { return in.augment != nil }

// View writes a view of sample i: the sample itself, as [Inputs.Row], for 0, and changed as
// [Augment] says for others, without noise. It is a function of seed, view and i. Inputs that
// are not augmented have view 0 alone; another one is the same.
func (in *Inputs) View(i int, dst []float32, seed uint64, view int) {
	if view == 0 || in.augment == nil {
		in.Row(i, dst)
		return
	}
	in.changed(i, dst, random.New(seed, random.Augment, apart, uint64(i), uint64(view)))
}

// Picture writes to the front of dst the raw values of sample i as they are changed in an
// epoch, counted from 0: what [Inputs.NoisyRow] encodes. Inputs that are not augmented have no
// pictures: it then writes nothing.
func (in *Inputs) Picture(i int, dst []float32, seed, epoch uint64) {
	if in.augment == nil {
		return
	}
	c := in.augment.pictures.Get().(*canvas)
	in.augment.show(in.raw, i, random.New(seed, random.Augment, epoch, uint64(i)), c)
	copy(dst[:len(c.raw)], c.raw)
	in.augment.pictures.Put(c)
}

// Original writes to the front of dst the raw values of sample i as they were read; nothing
// where there are no pictures.
func (in *Inputs) Original(i int, dst []float32) {
	if in.augment != nil {
		in.raw.rawRow(i, dst[:in.raw.Features()])
	}
}

// shown returns training samples as one epoch shows them, for mean and deviation: pixels that
// are always dark in what was read are not so while images move. Without changes, or where no
// mean is taken, it is the set itself.
func (e *Encoder) shown(train *Set) (*Set, error) {
	if !e.Augment.On() || e.Standardise == none {
		return train, nil
	}
	m := e.newAugmenter(e.divisor(train), &steps{})
	width := train.Features()
	set := *train
	set.Bytes, set.Floats = nil, make([]float32, train.Count()*width)
	return &set, eachChunk(train.Count(), func() func(i int) error {
		c := m.pictures.New().(*canvas)
		return func(i int) error {
			m.show(train, i, random.New(0, random.Augment, apart, uint64(i)), c)
			copy(set.Floats[i*width:], c.raw)
			return nil
		}
	})
}
