package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"basin/dataset/table"
)

// Coding says what numbers a column of a table becomes, before these are scaled: see
// [Encoder.Codings]. The zero value is a number that stays as it is, and where it is missing
// 0.
type Coding struct {
	// Categories of a column of texts, ascending: each becomes a value, 1 where the cell has
	// it and 0 elsewhere. A text that is not among them gives zeros. nil for numbers.
	Categories []string `yaml:"categories,omitempty" json:"categories,omitempty"`
	// Missing says that one more value is 1 where the cell is missing and 0 elsewhere.
	Missing bool `yaml:"missing,omitempty" json:"missing,omitempty"`
	// Fill is the number in place of a missing one.
	Fill float64 `yaml:"fill,omitempty" json:"fill,omitempty"`
	// Origin is subtracted from a number before it is rounded to 32 bits.
	Origin float64 `yaml:"origin,omitempty" json:"origin,omitempty"`
}

// width returns the number of values that a column becomes.
func (c *Coding) width() int {
	width := 1
	if c.Categories != nil {
		width = len(c.Categories)
	}
	if c.Missing {
		width++
	}
	return width
}

// plain says that a number which is there stays as it is.
func (c *Coding) plain() bool { return c.Categories == nil && !c.Missing && c.Origin == 0 }

func (c *Coding) validate() error {
	for i, name := range c.Categories {
		if i > 0 && name <= c.Categories[i-1] {
			return fmt.Errorf("category %q after %q, want them ascending", excerpt([]byte(name)), excerpt([]byte(c.Categories[i-1])))
		}
	}
	switch {
	case len(c.Categories) > table.MostCategories:
		return fmt.Errorf("%d categories, want at most %d", len(c.Categories), table.MostCategories)
	case c.Categories != nil && (c.Fill != 0 || c.Origin != 0):
		return errors.New("both categories and a number")
	case !finite(float32(c.Fill-c.Origin)) || !finite(c.Fill) || !finite(c.Origin):
		return fmt.Errorf("fill %v, origin %v, want finite numbers", c.Fill, c.Origin)
	}
	return nil
}

// codings fits a coding to each column of the training samples. It returns nil where all are
// numbers that stay as they are and nothing may be missing.
func (p Preprocess) codings(train *Set) ([]Coding, error) {
	if train.Doubles == nil && (train.Table == nil || p.Missing == missingError) {
		return nil, nil
	}
	if p.Missing == missingError {
		if err := train.missing("preprocess.missing=column (or mean, or median) fills what is missing"); err != nil {
			return nil, err
		}
	}
	codings := make([]Coding, train.Features())
	for k := range codings {
		c := train.column(k)
		if c != nil && c.Kind == table.Category {
			codings[k] = train.categories(k)
		} else {
			codings[k] = p.number(train, k, c != nil && (c.Kind == table.Date || c.Kind == table.Time))
		}
	}
	return codings, nil
}

// categories returns the coding of a column of texts: the categories that training samples
// have, and one of its own for what is missing where some are.
func (s *Set) categories(k int) Coding {
	names := s.column(k).Categories
	used, c, width := make([]bool, len(names)), Coding{}, s.Features()
	for i := k; i < len(s.Doubles); i += width {
		if v := s.Doubles[i]; math.IsNaN(v) {
			c.Missing = true
		} else {
			used[int(v)] = true
		}
	}
	for n, name := range names {
		if used[n] {
			c.Categories = append(c.Categories, name)
		}
	}
	if c.Categories == nil {
		c.Categories = []string{""} // which no cell has
	}
	return c
}

// number returns the coding of a column of numbers.
func (p Preprocess) number(train *Set, k int, date bool) Coding {
	width, count := train.Features(), train.Count()
	var there []float64
	for i := range count {
		if v := train.at(i*width + k); !math.IsNaN(v) {
			there = append(there, v)
		}
	}
	c := Coding{}
	if len(there) == 0 {
		return c
	}
	mean := meanOf(there)
	switch p.Missing {
	case missingMedian:
		c.Fill = medianOf(there)
	case missingMean:
		c.Fill = mean
	case missingColumn:
		c.Fill, c.Missing = mean, len(there) < count
	}
	if train.Doubles != nil && (date || table.Blurred(len(there), func(i int) float64 { return there[i] })) {
		c.Origin = mean
	}
	return c
}

// meanOf returns a mean that is exact to 64 bits also where large numbers differ little.
func meanOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v - values[0]
	}
	return values[0] + sum/float64(len(values))
}

// medianOf sorts the values and returns the middle one, or the mean of the middle two.
func medianOf(values []float64) float64 {
	slices.Sort(values)
	half := len(values) / 2
	if len(values)%2 == 1 {
		return values[half]
	}
	return values[half-1] + (values[half]-values[half-1])/2
}

// missing returns an error that names the first value that is missing, and says what to do;
// nil where all are there.
func (s *Set) missing(advice string) error {
	first, cells, width := -1, 0, s.Features()
	columns := make([]int, width)
	for i, v := range s.Doubles {
		if math.IsNaN(v) {
			if first < 0 {
				first = i
			}
			columns[i%width]++
			cells++
		}
	}
	if first < 0 {
		return nil
	}
	return fmt.Errorf("dataset: %s: %s, %s: missing value, of %d missing in %s; %s",
		s.Name, s.Place(first/width), s.called(first%width), cells, s.counts(columns), advice)
}

// counts lists the columns with a count above 0 beside it.
func (s *Set) counts(columns []int) string {
	var names []string
	for k, n := range columns {
		if n > 0 {
			names = append(names, fmt.Sprintf("%s (%d)", s.named(k), n))
		}
	}
	const most = 8
	if len(names) > most {
		names = append(names[:most], "...")
	}
	return strings.Join(names, ", ")
}

// width returns the number of values that the columns of a sample become.
func (e *Encoder) width() int {
	if e.Codings == nil {
		return e.Features
	}
	width := 0
	for k := range e.Codings {
		width += e.Codings[k].width()
	}
	return width
}

// coded returns samples whose columns are coded as numbers of 32 bits: s itself where that
// changes nothing.
func (e *Encoder) coded(s *Set) (*Set, error) {
	if e.Missing == "" || e.Missing == missingError {
		if err := s.missing("the model was trained with preprocess.missing=error, where none may be"); err != nil {
			return nil, err
		}
	}
	plain := !slices.ContainsFunc(e.Codings, func(c Coding) bool { return !c.plain() })
	if s.Doubles == nil && plain {
		return s, nil
	}
	codings := e.Codings
	if codings == nil {
		codings = make([]Coding, e.Features)
	}
	width := e.width()
	if size := 4 * int64(s.Count()) * int64(width); size > largestArray {
		return nil, fmt.Errorf("dataset: %s: %d samples of %d numbers are %d bytes, want at most %d: leave out columns of many categories", s.Name, s.Count(), width, size, largestArray)
	}
	out := *s
	out.Bytes, out.Doubles, out.Table, out.Shape = nil, nil, nil, []int{width}
	out.Floats = make([]float32, s.Count()*width)
	at := 0
	for k := range codings {
		if err := codings[k].write(s, k, out.Floats[at:], width); err != nil {
			return nil, fmt.Errorf("dataset: %s: %s: %w", s.Name, s.called(k), err)
		}
		at += codings[k].width()
	}
	return &out, nil
}

// write writes the values of column k to rows of the given width.
func (c *Coding) write(s *Set, k int, rows []float32, width int) error {
	column := s.column(k)
	texts := column != nil && column.Kind == table.Category
	if texts != (c.Categories != nil) {
		return errors.New("texts where the model reads numbers, or the other way round: read the table for the model")
	}
	places := c.places(column)
	for i := range s.Count() {
		v, row := s.at(i*s.Features()+k), rows[i*width:]
		switch {
		case math.IsNaN(v) && c.Missing:
			row[c.width()-1] = 1
			if !texts {
				row[0] = float32(c.Fill - c.Origin)
			}
		case texts && math.IsNaN(v):
		case texts:
			if place := places[int(v)]; place >= 0 {
				row[place] = 1
			}
		default:
			if math.IsNaN(v) {
				v = c.Fill
			}
			row[0] = float32(v - c.Origin)
			if !finite(row[0]) {
				return fmt.Errorf("%s: %v is %v from %v, want numbers of 32 bits", s.Place(i), v, v-c.Origin, c.Origin)
			}
		}
	}
	return nil
}

// places returns for each category of a column its place among those of the coding, -1 for
// none.
func (c *Coding) places(column *table.Column) []int {
	if column == nil {
		return nil
	}
	places := make([]int, len(column.Categories))
	for n, name := range column.Categories {
		at, known := slices.BinarySearch(c.Categories, name)
		if !known {
			at = -1
		}
		places[n] = at
	}
	return places
}

// Notes says, a line each, what the encoder assumes of samples: numbers put in place of missing
// ones, and categories that the training samples did not have.
func (e *Encoder) Notes(s *Set) []string {
	if s == nil || s.Doubles == nil || e.Codings == nil || s.Features() != len(e.Codings) || s.Validate() != nil {
		return nil
	}
	var notes []string
	width, cells := s.Features(), 0
	lacking, said := make([]int, width), filledKinds{}
	for k := range e.Codings {
		c, places, unseen, example := &e.Codings[k], e.Codings[k].places(s.column(k)), 0, ""
		for i := k; i < len(s.Doubles); i += width {
			switch v := s.Doubles[i]; {
			case math.IsNaN(v):
				lacking[k]++
				cells++
				said.add(c)
			case c.Categories != nil && int(v) < len(places) && places[int(v)] < 0:
				if unseen++; example == "" {
					example = s.column(k).Categories[int(v)]
				}
			}
		}
		if unseen > 0 {
			notes = append(notes, fmt.Sprintf("%s of column %s that training did not see, such as %q: they count as none of its categories",
				rowsHave(unseen), s.named(k), excerpt([]byte(example))))
		}
	}
	if cells > 0 && e.Missing != missingError && e.Missing != "" {
		notes = append([]string{e.filled(cells, s.counts(lacking), said)}, notes...)
	}
	return notes
}

func rowsHave(n int) string {
	if n == 1 {
		return "1 row has a value"
	}
	return fmt.Sprintf("%d rows have values", n)
}

// filledKinds says of which columns missing cells are: of numbers and of texts, with and without
// an input that says where.
type filledKinds struct{ number, plainNumber, text, plainText bool }

func (k *filledKinds) add(c *Coding) {
	switch {
	case c.Categories == nil && c.Missing:
		k.number = true
	case c.Categories == nil:
		k.plainNumber = true
	case c.Missing:
		k.text = true
	default:
		k.plainText = true
	}
}

// filled says how missing cells of numbers and of texts are read.
func (e *Encoder) filled(cells int, columns string, kinds filledKinds) string {
	var how []string
	if kinds.number || kinds.plainNumber {
		fill := "numbers become the mean of the training samples"
		switch e.Missing {
		case missingMedian:
			fill = "numbers become the median of the training samples"
		case missingColumn:
			if kinds.number {
				fill += ", with one more input that says where"
			}
			if kinds.number && kinds.plainNumber {
				fill += " in columns that lacked some in training"
			}
		}
		how = append(how, fill)
	}
	if kinds.text || kinds.plainText {
		own := "of texts they are a category of their own"
		switch {
		case !kinds.text:
			own = "of texts they are no category, as training lacked none"
		case kinds.plainText:
			own += ", or none where training lacked none"
		}
		how = append(how, own)
	}
	return fmt.Sprintf("%d missing values in %s: %s (preprocess.missing=%s)", cells, columns, strings.Join(how, "; "), e.Missing)
}
