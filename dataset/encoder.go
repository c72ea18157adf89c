package dataset

import (
	"errors"
	"fmt"
	"math"

	"basin/dataset/table"
)

// Encoder is a [Preprocess] fitted to a training set. Its exported fields are
// everything it knows: an Encoder restored from its JSON encodes to the same
// inputs, bit for bit. It is not changed by use and may be shared.
//
// The columns of a table are first coded as numbers: see [Coding]. A raw value v of
// feature k, or what it was coded as, becomes
//
//	offset[k] + scale[k]*v,  scale = 1/(Divisor*Deviation),  offset = -Mean/Deviation
//
// rounded to float32 after the product and after the sum; scale and offset are
// computed in float64 and rounded to float32 once.
type Encoder struct {
	Preprocess `yaml:",inline"`
	// Features is the number of values of a raw sample.
	Features int `yaml:"features" json:"features"`
	// Codings say what each value of a raw sample becomes before it is scaled: one number, or
	// several for a column of texts or one that may be missing. nil where all stay as
	// they are.
	Codings []Coding `yaml:"codings,omitempty" json:"codings,omitempty"`
	// Divisor divides raw values; positive, 1 for no scaling.
	Divisor float32 `yaml:"divisor" json:"divisor"`
	// Whitening was fitted to values in units of the divisor, after the contrast; nil without.
	Whitening *Whitening `yaml:"whitening,omitempty" json:"whitening,omitempty"`
	// Mean and Deviation, in units of the divisor or of what contrast and whitening give, have length 0 (no
	// standardisation), 1 (one for all) or one for each value that is scaled: Features of
	// them, or as many as Codings give.
	Mean      []float32 `yaml:"mean,omitempty" json:"mean,omitempty"`
	Deviation []float32 `yaml:"deviation,omitempty" json:"deviation,omitempty"`
	// Bytes says that inputs are integers, round(255 v / Divisor) from 0 to 255: see
	// [Encoder.InBytes].
	Bytes bool `yaml:"bytes,omitempty" json:"bytes,omitempty"`
	// Shape is that of the training images, only where they change while they are learned, or
	// where contrast or whitening look around a pixel.
	Shape []int `yaml:"shape,omitempty" json:"shape,omitempty"`
	// Ground is what an erased pixel becomes, in units of the divisor, one for each channel: only
	// where images change while they are learned.
	Ground []float32 `yaml:"ground,omitempty" json:"ground,omitempty"`
}

// Validate reports, joined, what is wrong with an Encoder that was read from a
// file: settings outside their range, lengths that disagree, a divisor or a
// deviation that is not a positive finite number.
func (e *Encoder) Validate() error {
	faults := []error{e.Preprocess.Validate()}
	if e.Features < 1 {
		faults = append(faults, fmt.Errorf("features: %d, want at least 1", e.Features))
	}
	if !(e.Divisor > 0) || !finite(e.Divisor) {
		faults = append(faults, fmt.Errorf("divisor: %v, want a positive finite number", e.Divisor))
	}
	if n := len(e.Codings); n > 0 && n != e.Features {
		return errors.Join(append(faults, fmt.Errorf("codings: %d, want %d, one for each value", n, e.Features))...)
	}
	if err := e.validateAugment(); err != nil {
		faults = append(faults, err)
	}
	for k := range e.Codings {
		if err := e.Codings[k].validate(); err != nil {
			faults = append(faults, fmt.Errorf("coding %d: %w", k, err))
		}
	}
	if e.local() && (len(e.Shape) < 2 || len(e.Shape) > 3 || volume(e.Shape) != e.Features || e.Codings != nil) {
		faults = append(faults, fmt.Errorf("shape: %v of samples of %d values, want the shape of images where contrast or whitening look around a pixel", e.Shape, e.Features))
	}
	if e.whitens() {
		if err := e.Whitening.validate(e); err != nil {
			faults = append(faults, fmt.Errorf("whitening: %w", err))
		}
	} else if e.Whitening != nil {
		faults = append(faults, errors.New("whitening: one without preprocess.whiten"))
	}
	want := 0
	switch e.Standardise {
	case standardiseGlobal:
		want = 1
	case standardiseFeature:
		want = e.width()
	}
	if len(e.Mean) != want {
		faults = append(faults, fmt.Errorf("mean: %d values, want %d", len(e.Mean), want))
	}
	if len(e.Deviation) != want {
		faults = append(faults, fmt.Errorf("deviation: %d values, want %d", len(e.Deviation), want))
	}
	if e.Bytes && (e.Projection > 0 || e.mixes() || e.Codings != nil || e.explicit().Scale != scaleMax || e.explicit().Standardise != none) {
		faults = append(faults, errors.New("bytes: want scale max, and no contrast, whitening, standardisation, projection or codings"))
	}
	for k, m := range e.Mean {
		if !finite(m) {
			faults = append(faults, fmt.Errorf("mean: value %d is %v, want a finite number", k, m))
		}
	}
	for k, d := range e.Deviation {
		if !(d >= 0) || !finite(d) {
			faults = append(faults, fmt.Errorf("deviation: value %d is %v, want a finite number of at least 0", k, d))
		}
	}
	return errors.Join(faults...)
}

// Dim returns the number of values of an encoded sample.
func (e *Encoder) Dim() int {
	if e.Projection > 0 {
		return e.Projection
	}
	return e.width()
}

// Columns says in a line what the columns of a table that was learned are, with the number of
// categories of each; "" where all are numbers, or it is none.
func (e *Encoder) Columns(columns *table.Columns) string {
	if columns == nil || columns.Kinds == nil || len(columns.Kinds) != len(e.Codings) {
		return ""
	}
	var list []table.Described
	for k, kind := range columns.Kinds {
		d := table.Described{Name: table.Name("", k), Kind: kind, Values: len(e.Codings[k].Categories)}
		if len(columns.Features) > 0 {
			d.Name = columns.Features[k]
		}
		list = append(list, d)
	}
	return table.Describe(list)
}

// Encode returns the inputs of all samples of s, labelled or not. Where s holds
// bytes and there is no projection, contrast or whitening, or images change while they are learned, the inputs alias
// the values of s, which must not change afterwards. It returns an error if s has another number of features or
// the encoder or the set is invalid. A projection costs
// O(Count x Features x Projection) and uses all processors; the result does not
// depend on how many there are.
func (e *Encoder) Encode(s *Set) (*Inputs, error) {
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("dataset: encoder: %w", err)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Features() != e.Features {
		return nil, fmt.Errorf("dataset: %s: %d features, want %d", s.Name, s.Features(), e.Features)
	}
	raw := s
	s, err := e.coded(raw)
	if err != nil {
		return nil, err
	}
	steps, err := e.steps(s)
	if err != nil {
		return nil, err
	}
	in := &Inputs{count: s.Count(), dim: e.Dim(), noise: e.Noise}
	if err := in.augmented(e, s, steps); err != nil {
		return nil, err
	}
	if s.Bytes != nil && e.Projection == 0 && !steps.mixes() {
		in.setBytes(s.Bytes, steps)
		in.binary = in.allSigns()
		return in, nil
	}
	switch {
	case e.Projection > 0:
		in.bytes, in.table = make([]uint8, in.count*in.dim), new([256]float32)
		copy(in.table[:], signOf[:])
		in.projected = true
	case s == raw || in.augment != nil:
		if size := 4 * int64(in.count) * int64(in.dim); size > min(largestArray, math.MaxInt) {
			return nil, fmt.Errorf("dataset: %s: %d samples of %d numbers take %d bytes, want at most %d: contrast and whitening make numbers of 4 bytes of bytes",
				s.Name, in.count, in.dim, size, min(largestArray, math.MaxInt))
		}
		in.floats = make([]float32, in.count*in.dim)
	default: // nobody else has them
		in.floats = s.Floats
	}
	if err := steps.all(s, in.floats, in.bytes); err != nil {
		return nil, err
	}
	in.binary = in.projected || in.allSigns()
	return in, nil
}

// affine returns scale and offset, of length 1 or Features, of raw values or, where contrast or
// whitening come first, of what these give.
func (e *Encoder) affine(s *Set) (scale, offset []float32) {
	divisor := e.divisor(s)
	if e.mixes() {
		divisor = 1
	}
	size := max(1, len(e.Mean))
	scale, offset = make([]float32, size), make([]float32, size)
	for k := range size {
		mean, deviation := e.moment(k)
		if e.Bytes {
			deviation = 1 / 255.0
		}
		scale[k] = float32(1 / float64(float64(divisor)*deviation))
		offset[k] = float32(-mean / deviation)
	}
	return scale, offset
}

// divisor returns what raw values of a set are divided by. Samples that may come from
// another kind of source than those fitted are divided by their own maximum where it is
// known: an image goes up to 255 also where the training samples went up to 16.
func (e *Encoder) divisor(s *Set) float32 {
	if e.Scale == scaleMax && s.Maximum > 0 {
		return s.Maximum
	}
	return e.Divisor
}
