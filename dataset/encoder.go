package dataset

import (
	"errors"
	"fmt"
)

// Encoder is a [Preprocess] fitted to a training set. Its exported fields are
// everything it knows: an Encoder restored from its JSON encodes to the same
// inputs, bit for bit. It is not changed by use and may be shared.
//
// A raw value v of feature k becomes
//
//	offset[k] + scale[k]*v,  scale = 1/(Divisor*Deviation),  offset = -Mean/Deviation
//
// rounded to float32 after the product and after the sum; scale and offset are
// computed in float64 and rounded to float32 once.
type Encoder struct {
	Preprocess `yaml:",inline"`
	// Features is the number of values of a raw sample.
	Features int `yaml:"features" json:"features"`
	// Divisor divides raw values; positive, 1 for no scaling.
	Divisor float32 `yaml:"divisor" json:"divisor"`
	// Mean and Deviation, in units of the divisor, have length 0 (no
	// standardisation), 1 (one for all) or Features.
	Mean      []float32 `yaml:"mean,omitempty" json:"mean,omitempty"`
	Deviation []float32 `yaml:"deviation,omitempty" json:"deviation,omitempty"`
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
	want := 0
	switch e.Standardise {
	case standardiseGlobal:
		want = 1
	case standardiseFeature:
		want = e.Features
	}
	if len(e.Mean) != want {
		faults = append(faults, fmt.Errorf("mean: %d values, want %d", len(e.Mean), want))
	}
	if len(e.Deviation) != want {
		faults = append(faults, fmt.Errorf("deviation: %d values, want %d", len(e.Deviation), want))
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
	return e.Features
}

// Encode returns the inputs of all samples of s, labelled or not. Where s holds
// bytes and there is no projection the inputs alias s.Bytes, which must not
// change afterwards. It returns an error if s has another number of features or
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
	in := &Inputs{count: s.Count(), dim: e.Features, noise: e.Noise}
	scale, offset := e.affine(s)
	for k := range scale {
		if !finite(scale[k]*255) || !finite(offset[k]) {
			return nil, fmt.Errorf("dataset: encoder: feature %d is scaled by %v and moved by %v, want smaller numbers",
				k, scale[k], offset[k])
		}
	}
	if s.Bytes != nil {
		in.setBytes(s.Bytes, scale, offset)
	} else {
		in.floats = make([]float32, len(s.Floats))
		for i, v := range s.Floats {
			k := i % e.Features % len(scale)
			in.floats[i] = float32(scale[k]*v) + offset[k]
			if !finite(in.floats[i]) {
				return nil, fmt.Errorf("dataset: %s: sample %d, feature %d: %v is encoded as %v, want a finite number",
					s.Name, i/e.Features, i%e.Features, v, in.floats[i])
			}
		}
	}
	if e.Projection > 0 {
		return e.project(in), nil
	}
	in.binary = in.allSigns()
	return in, nil
}

// affine returns scale and offset, of length 1 or Features. Samples that may come from
// another kind of source than those fitted are divided by their own maximum where it is
// known: an image goes up to 255 also where the training samples went up to 16.
func (e *Encoder) affine(s *Set) (scale, offset []float32) {
	divisor := e.Divisor
	if e.Scale == scaleMax && s.Maximum > 0 {
		divisor = s.Maximum
	}
	size := max(1, len(e.Mean))
	scale, offset = make([]float32, size), make([]float32, size)
	for k := range size {
		mean, deviation := 0.0, 1.0
		if len(e.Mean) > 0 {
			mean = float64(e.Mean[k])
			if d := float64(e.Deviation[k]); d > 0 {
				deviation = d
			}
		}
		scale[k] = float32(1 / float64(float64(divisor)*deviation))
		offset[k] = float32(-mean / deviation)
	}
	return scale, offset
}
