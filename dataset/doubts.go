package dataset

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"basin/dataset/table"
)

// NumbersAsLabels reports whether the labels look like measurements, not classes: all are
// numbers, a class has fewer than 5 samples on average, and there are more than 100 of
// them, or more than 10 that are not all whole.
func (s *Set) NumbersAsLabels() bool {
	const most, mostBroken, fewest = 100, 10, 5
	if s.Classes() <= mostBroken || len(s.Labels) >= fewest*s.Classes() {
		return false
	}
	broken := false
	for _, name := range s.LabelNames {
		v, err := strconv.ParseFloat(strings.Replace(name, ",", ".", 1), 64)
		if err != nil {
			return false
		}
		broken = broken || v != math.Trunc(v)
	}
	return broken || s.Classes() > most
}

// Lone returns the names of the classes that have one sample.
func (s *Set) Lone() []string {
	var lone []string
	for class, count := range s.Counts() {
		if count == 1 {
			lone = append(lone, s.LabelNames[class])
		}
	}
	return lone
}

// Counts returns the number of samples of each class.
func (s *Set) Counts() []int {
	counts := make([]int, s.Classes())
	for _, label := range s.Labels {
		counts[label]++
	}
	return counts
}

// Alike returns two names of classes that differ in case alone; ok is false where there are
// none.
func (s *Set) Alike() (a, b string, ok bool) {
	for i, name := range s.LabelNames {
		same := func(other string) bool { return strings.EqualFold(name, other) }
		if j := slices.IndexFunc(s.LabelNames[i+1:], same); j >= 0 {
			return name, s.LabelNames[i+1+j], true
		}
	}
	return "", "", false
}

// Huge returns the first value that is too large to be a measurement, as the marks for missing
// values of some programs are; ok is false where there is none.
func (s *Set) Huge() (sample, feature int, v float64, ok bool) {
	const least = 1e30
	for i := range len(s.Floats) + len(s.Doubles) {
		if v := s.at(i); v >= least || v <= -least {
			return i / s.Features(), i % s.Features(), v, true
		}
	}
	return 0, 0, 0, false
}

// Place says where sample i was found: its line or file, or its number from 1.
func (s *Set) Place(i int) string {
	switch {
	case i < len(s.Lines):
		return fmt.Sprintf("line %d", s.Lines[i])
	case i < len(s.Files):
		return s.Files[i]
	}
	return fmt.Sprintf("sample %d", i+1)
}

// Range is the kind of a value of the samples, and where it lies.
type Range struct {
	Kind           string
	Least, Largest float64
	// Categories of texts, and how many samples lack a value.
	Categories, Missing int
}

// Ranges returns kind and range of each value of a sample: "constant", "two values", "whole
// numbers" or "numbers", "missing" where no sample has one, and of a table also "boolean",
// "dates" and "times", in days, and "categories".
func (s *Set) Ranges() []Range {
	width := s.Features()
	ranges := make([]Range, width)
	for k := range ranges {
		ranges[k] = s.rangeOf(k, width)
	}
	return ranges
}

func (s *Set) rangeOf(k, width int) Range {
	r, whole, two, count := Range{Least: math.Inf(1), Largest: math.Inf(-1)}, true, true, s.Count()
	for i := range count {
		v := s.at(i*width + k)
		if math.IsNaN(v) {
			r.Missing++
			continue
		}
		r.Least, r.Largest = min(r.Least, v), max(r.Largest, v)
		whole = whole && v == math.Trunc(v)
	}
	for i := range count {
		v := s.at(i*width + k)
		two = two && (v == r.Least || v == r.Largest || math.IsNaN(v))
	}
	kind := table.Number
	if c := s.column(k); c != nil {
		kind = c.Kind
		r.Categories = len(c.Categories)
	}
	switch {
	case r.Missing == count:
		r.Kind, r.Least, r.Largest = "missing", 0, 0
	case kind == table.Category:
		r.Kind, r.Least, r.Largest = "categories", 0, 0
	case kind == table.Date:
		r.Kind = "dates"
	case kind == table.Time:
		r.Kind = "times"
	case kind == table.Boolean:
		r.Kind = "boolean"
	case r.Least == r.Largest:
		r.Kind = "constant"
	case two:
		r.Kind = "two values"
	case whole:
		r.Kind = "whole numbers"
	default:
		r.Kind = "numbers"
	}
	return r
}

func (s *Set) at(i int) float64 {
	switch {
	case s.Bytes != nil:
		return float64(s.Bytes[i])
	case s.Doubles != nil:
		return s.Doubles[i]
	}
	return float64(s.Floats[i])
}
