package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"basin/dataset/table"
)

// Set is a list of labelled or unlabelled samples of one shape.
//
// Exactly one of Bytes and Floats is non-nil; it holds the samples one after the
// other, row-major: value k of sample i is at i*Features()+k. A Set is plain
// data that any number of goroutines may read: of this package only
// [Set.Relabel] and [Set.NumberLabels] change one.
type Set struct {
	// Name says in a word or two what the samples are, for messages.
	Name string
	// Shape is {features}, {height, width} or {height, width, channels}.
	Shape []int
	// Bytes holds raw 8-bit data: images and small integers.
	Bytes []uint8
	// Floats holds everything else. All values are finite.
	Floats []float32
	// Maximum is the largest value that the source can express: 255 for
	// images, or 0 when the format does not say (CSV, NPY).
	Maximum float32
	// Labels holds the class of each sample, an index of LabelNames, or is nil.
	Labels []int
	// LabelNames holds the name of each class; nil when Labels is nil.
	LabelNames []string
	// Files holds the path of the file of each sample, where every sample is a file
	// of its own in a folder; else nil.
	Files []string
	// Lines holds the line of each sample in its file, and IDs the text of its id column;
	// nil where there are none. Table says what was found out of the columns; nil for what
	// is no table.
	Lines []int
	IDs   []string
	Table *table.Info
	// Notes say, a line each, what of the source was passed over and what was assumed.
	Notes []string
}

// Count returns the number of samples.
func (s *Set) Count() int {
	features := s.Features()
	if features == 0 {
		return 0
	}
	if s.Bytes != nil {
		return len(s.Bytes) / features
	}
	return len(s.Floats) / features
}

// Features returns the number of values of a sample, the product of Shape.
func (s *Set) Features() int { return volume(s.Shape) }

// Classes returns the number of classes, 0 for an unlabelled set.
func (s *Set) Classes() int { return len(s.LabelNames) }

// Uniform reports whether there are several samples and all are equal: nothing can be
// learned from such a set.
func (s *Set) Uniform() bool {
	features, count := s.Features(), s.Count()
	for i := 1; i < count; i++ {
		if s.Bytes != nil && !slices.Equal(s.Bytes[:features], s.Bytes[i*features:(i+1)*features]) ||
			s.Bytes == nil && !slices.Equal(s.Floats[:features], s.Floats[i*features:(i+1)*features]) {
			return false
		}
	}
	return count > 1
}

// Fingerprint returns a SHA-256, in hexadecimal, of the samples, their labels and the
// label names: equal for sets that are equal in these, and for no others.
func (s *Set) Fingerprint() string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%v %q %d %d\n", s.Shape, s.LabelNames, len(s.Bytes), len(s.Floats))
	hash.Write(s.Bytes)
	word := make([]byte, 0, 4096)
	flush := func(least int) {
		if len(word) >= least {
			hash.Write(word)
			word = word[:0]
		}
	}
	for _, v := range s.Floats {
		word = binary.LittleEndian.AppendUint32(word, math.Float32bits(v))
		flush(4000)
	}
	for _, label := range s.Labels {
		word = binary.LittleEndian.AppendUint64(word, uint64(label))
		flush(4000)
	}
	flush(1)
	return hex.EncodeToString(hash.Sum(nil))
}

// Subset returns a set of the samples at the given indices, in that order, with
// repeats where an index repeats. Rows and labels are copied; Shape,
// LabelNames and Notes are shared. An index outside 0..Count()-1 panics.
func (s *Set) Subset(indices []int) *Set {
	part := &Set{Name: s.Name, Shape: s.Shape, Maximum: s.Maximum, LabelNames: s.LabelNames, Notes: s.Notes, Table: s.Table}
	features := s.Features()
	if s.Bytes != nil {
		part.Bytes = rows(s.Bytes, features, indices)
	} else {
		part.Floats = rows(s.Floats, features, indices)
	}
	if s.Labels != nil {
		part.Labels = rows(s.Labels, 1, indices)
	}
	if s.Files != nil {
		part.Files = rows(s.Files, 1, indices)
	}
	if s.Lines != nil {
		part.Lines = rows(s.Lines, 1, indices)
	}
	if s.IDs != nil {
		part.IDs = rows(s.IDs, 1, indices)
	}
	return part
}

func rows[T any](values []T, width int, indices []int) []T {
	picked := make([]T, 0, len(indices)*width)
	for _, i := range indices {
		picked = append(picked, values[i*width:(i+1)*width]...)
	}
	return picked
}

// Validate reports every way in which the set is inconsistent, joined: a bad
// shape, both or none of Bytes and Floats, a length that is no multiple of the
// shape, a value that is not finite, labels or files that do not fit. All sets that
// this package reads are valid.
func (s *Set) Validate() error {
	if s == nil {
		return fmt.Errorf("dataset: %w", errNothing)
	}
	var faults []error
	fault := func(format string, a ...any) {
		faults = append(faults, fmt.Errorf("dataset: %s: "+format, append([]any{s.Name}, a...)...))
	}
	features := s.Features()
	if len(s.Shape) < 1 || len(s.Shape) > 3 || features < 1 {
		fault("shape %v, want 1 to 3 positive lengths", s.Shape)
		return errors.Join(faults...)
	}
	if (s.Bytes == nil) == (s.Floats == nil) {
		fault("%d bytes and %d floats, want exactly one of the two", len(s.Bytes), len(s.Floats))
		return errors.Join(faults...)
	}
	if values := len(s.Bytes) + len(s.Floats); values%features != 0 {
		fault("%d values, want a multiple of %d", values, features)
	}
	for i, v := range s.Floats {
		if !finite(v) {
			fault("sample %d, feature %d is %v, want a finite number", i/features, i%features, v)
			break
		}
	}
	if s.Maximum < 0 || !finite(s.Maximum) {
		fault("maximum %v, want a finite number of at least 0", s.Maximum)
	}
	if s.Files != nil && len(s.Files) != s.Count() {
		fault("%d files, want %d", len(s.Files), s.Count())
	}
	if s.Lines != nil && len(s.Lines) != s.Count() || s.IDs != nil && len(s.IDs) != s.Count() {
		fault("%d lines and %d ids, want %d or none", len(s.Lines), len(s.IDs), s.Count())
	}
	if s.Labels == nil {
		if s.LabelNames != nil {
			fault("%d class names without labels", len(s.LabelNames))
		}
		return errors.Join(faults...)
	}
	if len(s.Labels) != s.Count() {
		fault("%d labels, want %d", len(s.Labels), s.Count())
	}
	for i, label := range s.Labels {
		if label < 0 || label >= len(s.LabelNames) {
			fault("label of sample %d is class %d, want 0..%d", i, label, len(s.LabelNames)-1)
			break
		}
	}
	return errors.Join(faults...)
}

// Relabel renumbers the classes so that LabelNames becomes names, matching them
// by name: a set read on its own is brought to the classes of a model. It
// replaces Labels and LabelNames and leaves the set as it was on an error: a
// sample whose class is not among names, or an unlabelled set.
func (s *Set) Relabel(names []string) error {
	if s.Labels == nil {
		return fmt.Errorf("dataset: %s: no labels to match with %d classes", s.Name, len(names))
	}
	number := make(map[string]int, len(names))
	for class, name := range names {
		number[name] = class
	}
	labels := make([]int, len(s.Labels))
	for i, label := range s.Labels {
		class, ok := number[s.LabelNames[label]]
		if !ok {
			return fmt.Errorf("dataset: %s: %s has the class %q, want one of the %d known classes: %s",
				s.Name, s.Place(i), s.LabelNames[label], len(names), listed(names))
		}
		labels[i] = class
	}
	s.Labels, s.LabelNames = labels, names
	return nil
}

// listed writes the first of some names.
func listed(names []string) string {
	const most = 10
	quoted := make([]string, 0, most)
	for _, name := range names[:min(most, len(names))] {
		quoted = append(quoted, strconv.Quote(excerpt([]byte(name))))
	}
	if len(names) > most {
		quoted = append(quoted, "...")
	}
	return strings.Join(quoted, ", ")
}

// Data is a data set split for training.
type Data struct {
	// Train holds the samples to learn from. Test holds the others, with the
	// same shape and the same classes, or is nil.
	Train, Test *Set
	// Validation holds the samples that the source sets apart to choose settings by, alike
	// in shape and classes; nil where it has none.
	Validation *Set
	// Source says where the data was found: a path, or "embedded".
	Source string
}

// Notes returns the notes of all parts, each once.
func (d *Data) Notes() []string {
	var notes []string
	for _, s := range []*Set{d.Train, d.Validation, d.Test} {
		if s == nil {
			continue
		}
		for _, note := range s.Notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	return notes
}

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
	if a.Bytes != nil {
		whole.Bytes = slices.Concat(a.Bytes, b.Bytes)
	} else {
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
	if (a.Bytes == nil) != (b.Bytes == nil) {
		if int64(len(a.Bytes)+len(b.Bytes)) > largestArray/4 {
			return nil, nil, fmt.Errorf("%s and %s: more than %d bytes, as only one has values that are no whole numbers from 0 to 255", a.Name, b.Name, largestArray)
		}
		a, b = a.floats(), b.floats()
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

// volume returns the product of the lengths, 0 where one of them is below 1 or
// there is none.
func volume(shape []int) int {
	if len(shape) == 0 {
		return 0
	}
	product := 1
	for _, n := range shape {
		if n < 1 || product > math.MaxInt/n {
			return 0
		}
		product *= n
	}
	return product
}

func finite[T float32 | float64](v T) bool {
	return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
}
