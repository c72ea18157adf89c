package dataset

import (
	"fmt"
	"math"
	"slices"

	"basin/dataset/table"
)

// column returns the column of a table that value k of a sample comes from; nil for none.
func (s *Set) column(k int) *table.Column {
	if s.Table == nil || k >= len(s.Table.Order) || s.Table.Order[k] >= len(s.Table.Columns) {
		return nil
	}
	return &s.Table.Columns[s.Table.Order[k]]
}

// called names value k of a sample in a message.
func (s *Set) called(k int) string {
	if c := s.column(k); c != nil {
		if c.Name == "" {
			return fmt.Sprintf("column %d", s.Table.Order[k]+1)
		}
		return fmt.Sprintf("column %d, %q", s.Table.Order[k]+1, excerpt([]byte(c.Name)))
	}
	return fmt.Sprintf("value %d", k+1)
}

// named is the short form of called.
func (s *Set) named(k int) string {
	if c := s.column(k); c != nil {
		return table.Name(string(excerpt([]byte(c.Name))), s.Table.Order[k])
	}
	return fmt.Sprintf("value %d", k+1)
}

// checkDoubles reports what is neither a number nor missing, and categories that the table
// does not have.
func (s *Set) checkDoubles() error {
	width := s.Features()
	for i, v := range s.Doubles {
		c := s.column(i % width)
		switch {
		case math.IsNaN(v):
		case c != nil && c.Kind == table.Category:
			if v != math.Trunc(v) || v < 0 || v >= float64(len(c.Categories)) {
				return fmt.Errorf("sample %d, feature %d is category %v, want a whole number below %d", i/width, i%width, v, len(c.Categories))
			}
		case !finite(float32(v)):
			return fmt.Errorf("sample %d, feature %d is %v, want a finite number that fits 32 bits", i/width, i%width, v)
		}
	}
	return nil
}

// joinDoubles makes s hold the values of a and then those of b, whose categories may be
// others.
func (s *Set) joinDoubles(a, b *Set) {
	s.Doubles = slices.Concat(a.Doubles, b.Doubles)
	if a.Table == nil || b.Table == nil {
		return
	}
	info := *a.Table
	info.Columns = slices.Clone(info.Columns)
	s.Table = &info
	width, begin := a.Features(), len(a.Doubles)
	for k := range width {
		from, to, into := a.column(k), b.column(k), s.column(k)
		if from == nil || to == nil || from.Kind != table.Category || to.Kind != table.Category {
			continue
		}
		into.Categories = slices.Concat(from.Categories, to.Categories)
		slices.Sort(into.Categories)
		into.Categories = slices.Compact(into.Categories)
		for i := k; i < len(s.Doubles); i += width {
			names := from.Categories
			if i >= begin {
				names = to.Categories
			}
			if v := s.Doubles[i]; !math.IsNaN(v) {
				at, _ := slices.BinarySearch(into.Categories, names[int(v)])
				s.Doubles[i] = float64(at)
			}
		}
	}
}
