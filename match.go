package basin

import (
	"errors"
	"fmt"
	"slices"

	"basin/dataset"
)

var errNoSamples = errors.New("no samples")

// SizeError says that samples have another size than the model reads.
type SizeError struct {
	// Name of the samples, Shape of one of them.
	Name  string
	Shape []int
	// Want is the shape that the model reads; {D} where only the number of values is known.
	Want []int
}

// Error says both sizes.
func (e *SizeError) Error() string {
	return fmt.Sprintf("%s: samples of %s, but the model reads %s", e.Name, dataset.ShapeText(e.Shape), dataset.ShapeText(e.Want))
}

// RangeError says that samples have another range of values than those that the model
// learned from, as after a division by 255 that the others did not have.
type RangeError struct {
	// Name of the samples, Least and Largest of their values.
	Name           string
	Least, Largest float32
	// Learned is the largest value, without its sign, of the samples that the model learned
	// from.
	Learned float32
	// Integers says that the model reads integers, which end at zero and at that value.
	Integers bool
}

// Error says both ranges.
func (e *RangeError) Error() string {
	if e.Integers {
		return fmt.Sprintf("%s: values from %.6g to %.6g, but a model of integers reads those from 0 to %.6g", e.Name, e.Least, e.Largest, e.Learned)
	}
	return fmt.Sprintf("%s: values from %.6g to %.6g, but the model learned from values up to %.6g", e.Name, e.Least, e.Largest, e.Learned)
}

// SampleShape returns the shape of a sample as it is read; {D} after a projection, or where
// columns become several numbers each: then the model knows only the number of values.
func (m *Model) SampleShape() []int {
	if m.Encoder.Dim() != m.Encoder.Features || m.Encoder.Projection > 0 {
		return []int{m.Encoder.Features}
	}
	return slices.Clone(m.Network.InputShape)
}

// Fits reports samples that the model cannot read, as a [*SizeError], or that have another
// range of values, as a [*RangeError]. Grey images fit a model of coloured ones, and
// coloured images of equal channels a model of grey ones.
func (m *Model) Fits(s *dataset.Set) error {
	_, err := m.fitting(s)
	return err
}

// fitting returns samples that fit, with the colours of the model.
func (m *Model) fitting(s *dataset.Set) (*dataset.Set, error) {
	s, err := m.coloured(s)
	if err != nil {
		return nil, err
	}
	if e := m.outOfRange(s); e != nil {
		return nil, e
	}
	return s, nil
}

// Match returns samples as the model reads them: s itself, or a copy with the colours of
// the model, or one whose values 0..1 count as shares of the largest that the model learned
// from, or of 255 where that was a byte. What was assumed is added to the end of its Notes. Errors are those of
// [Model.Fits].
func (m *Model) Match(s *dataset.Set) (*dataset.Set, error) {
	s, err := m.coloured(s)
	if err != nil {
		return nil, err
	}
	e := m.outOfRange(s)
	if e == nil {
		return m.noted(s), nil
	}
	if e.Least < 0 || e.Largest > 1 {
		return nil, e
	}
	factor := e.Learned
	if e.Learned > 127 && e.Learned < 255 {
		factor = 255 // of bytes that happened to go less far
	}
	shares := *s
	shares.Maximum = e.Learned / factor
	shares.Notes = append(slices.Clip(s.Notes), fmt.Sprintf("%v: they are multiplied by %.6g", e, factor))
	return &shares, nil
}

// noted returns samples with notes of what the encoder assumes of them.
func (m *Model) noted(s *dataset.Set) *dataset.Set {
	notes := m.Encoder.Notes(s)
	if notes == nil {
		return s
	}
	said := *s
	said.Notes = slices.Clip(s.Notes)
	for _, note := range notes {
		said.Notes = append(said.Notes, s.Name+": "+note)
	}
	return &said
}

// coloured returns samples with as many channels as the model reads.
func (m *Model) coloured(s *dataset.Set) (*dataset.Set, error) {
	if s == nil {
		return nil, errNoSamples
	}
	want := m.Encoder.Features
	matched := s
	switch {
	case s.Features() == 3*want && s.Channels() == 3:
		if err := s.Validate(); err != nil {
			return nil, err
		}
		if grey, coloured := s.Grey(); coloured < 0 {
			matched = grey
			matched.Notes = append(slices.Clip(s.Notes), s.Name+": coloured images of equal channels, which the model reads as grey ones")
		}
	case 3*s.Features() == want && s.Channels() == 1:
		err := s.Validate()
		if err != nil {
			return nil, err
		}
		if matched, err = s.Coloured(); err != nil {
			return nil, err
		}
		matched.Notes = append(slices.Clip(s.Notes), s.Name+": grey images, which the model reads as coloured ones")
	}
	shape := m.SampleShape()
	if matched.Features() != want || len(shape) > 1 && len(matched.Shape) > 1 && !slices.Equal(shape[:2], matched.Shape[:2]) {
		return nil, &SizeError{Name: s.Name, Shape: s.Shape, Want: shape}
	}
	return matched, nil
}

// outOfRange compares the values of images with the range of those that were learned, as
// far as the encoder knows it. A row of 64 values and more that goes up to 255 is an image
// too. Samples that know their own range are scaled by it.
func (m *Model) outOfRange(s *dataset.Set) *RangeError {
	e := m.Encoder
	isImage := len(m.SampleShape()) > 1
	bytes := e.Divisor == 255 && e.Features >= 64 // or what looks like them
	if s.Maximum > 0 || !e.Bytes && (e.Scale != "max" || !isImage && !bytes) {
		return nil
	}
	least, largest, whole := s.Range()
	fault := &RangeError{Name: s.Name, Least: least, Largest: largest, Learned: e.Divisor}
	far := max(largest, -least)
	switch {
	case e.Bytes && (least < 0 || largest > e.Divisor):
		fault.Integers = true
		return fault
	case !isImage && !bytes:
		return nil
	case e.Divisor >= 16 && !whole && far <= 1:
		return fault
	case e.Divisor >= 128 && !whole && least < 0 && far <= e.Divisor/16: // standardised
		return fault
	case isImage && far > 16*e.Divisor:
		return fault
	}
	return nil
}
