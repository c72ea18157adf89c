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
// Exactly one of Bytes, Floats and Doubles is non-nil; it holds the samples one after the
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
	// Doubles holds the columns of a table that Floats cannot hold: NaN where a value is
	// missing, the place of a category among those of its column in Table, dates in days,
	// and numbers that differ too little for 32 bits.
	Doubles []float64
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
	return s.values() / features
}

// values returns the number of values of all samples.
func (s *Set) values() int { return len(s.Bytes) + len(s.Floats) + len(s.Doubles) }

// Features returns the number of values of a sample, the product of Shape.
func (s *Set) Features() int { return volume(s.Shape) }

// Classes returns the number of classes, 0 for an unlabelled set.
func (s *Set) Classes() int { return len(s.LabelNames) }

// Uniform reports whether there are several samples and all are equal: nothing can be
// learned from such a set.
func (s *Set) Uniform() bool {
	features, count := s.Features(), s.Count()
	for i := 1; i < count; i++ {
		from, to := i*features, (i+1)*features
		switch {
		case s.Bytes != nil && !slices.Equal(s.Bytes[:features], s.Bytes[from:to]),
			s.Floats != nil && !slices.Equal(s.Floats[:features], s.Floats[from:to]),
			s.Doubles != nil && !slices.EqualFunc(s.Doubles[:features], s.Doubles[from:to], func(a, b float64) bool { return a == b || a != a && b != b }):
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
	if s.Doubles != nil {
		fmt.Fprintf(hash, "doubles %d\n", len(s.Doubles))
		names := s.categoryHashes()
		for i, v := range s.Doubles {
			word = binary.LittleEndian.AppendUint64(word, doubleBits(v, names[i%len(names)]))
			flush(4000)
		}
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
	switch {
	case s.Bytes != nil:
		part.Bytes = rows(s.Bytes, features, indices)
	case s.Doubles != nil:
		part.Doubles = rows(s.Doubles, features, indices)
	default:
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
	kinds := 0
	for _, there := range []bool{s.Bytes != nil, s.Floats != nil, s.Doubles != nil} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		fault("%d bytes, %d floats and %d doubles, want exactly one of them", len(s.Bytes), len(s.Floats), len(s.Doubles))
		return errors.Join(faults...)
	}
	if s.values()%features != 0 {
		fault("%d values, want a multiple of %d", s.values(), features)
	}
	for i, v := range s.Floats {
		if !finite(v) {
			fault("sample %d, feature %d is %v, want a finite number", i/features, i%features, v)
			break
		}
	}
	if err := s.checkDoubles(); err != nil {
		fault("%w", err)
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
// by name: a set read on its own is brought to the classes of a model. Classes called true
// and false have those names in any case, since Parquet and Python write them otherwise. It
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
	truth := truthNames(names)
	labels := make([]int, len(s.Labels))
	for i, label := range s.Labels {
		class, ok := number[s.LabelNames[label]]
		if !ok && truth != nil {
			class, ok = truth[strings.ToLower(s.LabelNames[label])]
		}
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
	return v-v == 0
}
