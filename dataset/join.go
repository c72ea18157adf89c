package dataset

import (
	"errors"
	"fmt"
	"slices"
)

// agree brings all parts to one shape, storage and numbering of the classes.
func (d *Data) agree() (err error) {
	for range 2 { // the names of the last part reach the one before it
		for _, part := range []**Set{&d.Validation, &d.Test} {
			if *part == nil {
				continue
			}
			if d.Train, *part, err = alike(d.Train, *part); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole returns one set of the samples of all parts, in the order training, validation,
// test.
func (d *Data) whole() (s *Set, err error) {
	s = d.Train
	for _, part := range []*Set{d.Validation, d.Test} {
		if part == nil {
			continue
		}
		if s, err = join(s, part); err != nil {
			return nil, err
		}
	}
	s.Notes = d.Notes()
	return s, nil
}

// join returns one set of the samples of a and then those of b.
func join(a, b *Set) (*Set, error) {
	a, b, err := alike(a, b)
	if err != nil {
		return nil, err
	}
	whole := &Set{Name: a.Name, Shape: a.Shape, Maximum: a.Maximum, LabelNames: a.LabelNames, Table: a.Table}
	switch {
	case a.Bytes != nil:
		whole.Bytes = slices.Concat(a.Bytes, b.Bytes)
	case a.Doubles != nil:
		whole.joinDoubles(a, b)
	default:
		whole.Floats = slices.Concat(a.Floats, b.Floats)
	}
	if a.Labels != nil {
		whole.Labels = slices.Concat(a.Labels, b.Labels)
	}
	if a.Files != nil && b.Files != nil {
		whole.Files = slices.Concat(a.Files, b.Files)
	}
	if a.IDs != nil && b.IDs != nil {
		whole.IDs = slices.Concat(a.IDs, b.IDs)
	}
	return whole, nil
}

// alike returns the two parts of one source with the same shape, storage and
// classes, or says why they do not belong together. It may change the labels of
// both, turns grey images into coloured ones where the other part is coloured, and
// replaces bytes by floats where only one part has bytes.
func alike(a, b *Set) (*Set, *Set, error) {
	if isColoured(b, a) {
		a.colour()
	} else if isColoured(a, b) {
		b.colour()
	}
	if !slices.Equal(a.Shape, b.Shape) {
		return nil, nil, fmt.Errorf("%s has shape %v, but %s has %v", a.Name, a.Shape, b.Name, b.Shape)
	}
	if err := sameRange(a, b); err != nil {
		return nil, nil, err
	}
	if (a.Labels == nil) != (b.Labels == nil) {
		return nil, nil, fmt.Errorf("of %s and %s only one has labels", a.Name, b.Name)
	}
	if a.Doubles != nil || b.Doubles != nil {
		a, b = a.doubles(), b.doubles()
	}
	if (a.Bytes == nil) != (b.Bytes == nil) {
		if int64(len(a.Bytes)+len(b.Bytes)) > largestArray/4 {
			return nil, nil, fmt.Errorf("%s and %s: more than %d bytes, as only one has values that are no whole numbers from 0 to 255", a.Name, b.Name, largestArray)
		}
		a, b = a.floats(), b.floats()
	}
	if a.Labels != nil && truthNames(a.LabelNames) != nil {
		_ = b.Relabel(a.LabelNames) // else it has others, which are joined
	}
	if a.Labels != nil && !slices.Equal(a.LabelNames, b.LabelNames) {
		names := slices.Concat(a.LabelNames, b.LabelNames)
		slices.SortFunc(names, compareLabels)
		names = slices.Compact(names)
		if err := errors.Join(a.Relabel(names), b.Relabel(names)); err != nil {
			return nil, nil, err
		}
	}
	return a, b, nil
}

// doubles returns s itself or, where it holds bytes or floats, a copy that holds doubles.
func (s *Set) doubles() *Set {
	if s.Doubles != nil {
		return s
	}
	wide := *s
	wide.Bytes, wide.Floats, wide.Doubles = nil, nil, make([]float64, s.values())
	for i := range wide.Doubles {
		wide.Doubles[i] = s.at(i)
	}
	return &wide
}

// floats returns s itself or, where it holds bytes, a copy that holds floats.
func (s *Set) floats() *Set {
	if s.Bytes == nil {
		return s
	}
	wide := *s
	wide.Bytes = nil
	wide.Floats = make([]float32, len(s.Bytes))
	for i, b := range s.Bytes {
		wide.Floats[i] = float32(b)
	}
	return &wide
}
