package table

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// MostCategories bounds the categories of a column of a table that is learned.
const MostCategories = 256

// cells says what the cells of a feature are, as far as they are read.
type cells struct {
	kind  Kind // "" until a cell tells
	fixed bool // the model or the file says the kind

	texts          *kept     // of a category: values are places in it
	spelling       [2]string // of false and true
	clock          bool      // times of the day, not dates
	words, numbers stray     // cells that are, and are not, numbers
	missing        int
}

// stray counts cells and keeps the first.
type stray struct {
	count, line int
	text        string
	err         error
}

func (s *stray) add(cell string, line int, err error) {
	if s.count++; s.count == 1 {
		s.text, s.line, s.err = strings.Clone(cell), line, err
	}
}

// value returns the value of a cell of a feature: a number, the place of its category, or NaN
// for one that is missing or not of the kind of the column, which [reader.settle] reports.
func (t *reader) value(column int, cell string, line int) (float64, error) {
	c := t.cells[column]
	if c.kind == Number || c.kind == "" {
		v, err := t.number(cell)
		if err == nil {
			c.kind = Number
			c.numbers.count++
			return v, nil
		}
		var text textError
		if !errors.As(err, &text) && !errors.Is(err, errMissing) {
			return 0, t.fault(line, column, err)
		}
	}
	if cell = strings.TrimSpace(cell); missing(cell) {
		c.missing++
		return math.NaN(), nil
	}
	if c.kind == "" {
		c.kind = kindOf(cell)
	}
	switch c.kind {
	case Number:
		if truth, ok := truths[lower(cell)]; ok {
			c.spelling[int(truth)] = "used"
			return truth, nil
		}
		c.words.add(cell, line, textError(cell))
	case Boolean:
		return t.truth(c, column, cell, line)
	case Date:
		days, clock, ok := parseDate(cell)
		if ok && (c.numbers.count == 0 || clock == c.clock) {
			c.clock = clock
			c.numbers.count++
			return days, nil
		}
		what := "a date"
		if c.clock {
			what = "a time"
		}
		c.words.add(cell, line, fmt.Errorf("%q, want %s as in the lines before", excerpt(cell), what))
	case Category:
		return t.category(c, column, cell, line)
	}
	return math.NaN(), nil
}

// kindOf returns the kind of a column that begins with this cell, which is no number.
func kindOf(cell string) Kind {
	if _, ok := truths[lower(cell)]; ok {
		return Boolean
	}
	if _, _, ok := parseDate(cell); ok {
		return Date
	}
	return Category
}

// truth reads a cell of a column that so far has true and false. With a number it becomes one
// of numbers, with another text one of categories.
func (t *reader) truth(c *cells, column int, cell string, line int) (float64, error) {
	if truth, ok := truths[lower(cell)]; ok {
		if c.spelling[int(truth)] == "" {
			c.spelling[int(truth)] = strings.Clone(cell)
		}
		return truth, nil
	}
	if _, err := t.number(cell); err == nil || c.fixed {
		c.kind = Number
		return t.value(column, cell, line)
	}
	c.kind = Category
	for truth, spelling := range c.spelling { // so that the values stay as they are
		if spelling == "" {
			spelling = []string{"false", "true"}[truth]
		}
		t.intern(c, spelling, line)
	}
	return t.category(c, column, cell, line)
}

// category returns the place of a text among those of its column.
func (t *reader) category(c *cells, column int, cell string, line int) (float64, error) {
	const longest = 1 << 10
	if len(cell) > longest {
		return 0, t.fault(line, column, fmt.Errorf("%q: %d bytes, want at most %d in the name of a category", excerpt(cell), len(cell), longest))
	}
	if _, err := parse(cell, t.form.separator); err == nil && !c.fixed {
		c.numbers.add(cell, line, fmt.Errorf("%q is a number, but other cells of the column are texts", excerpt(cell)))
	} else {
		c.words.add(cell, line, textError(cell))
	}
	return float64(t.intern(c, cell, line)), nil
}

// intern returns the place of a text, which is counted as a value in memory.
func (t *reader) intern(c *cells, cell string, line int) int32 {
	if c.texts == nil {
		c.texts = newKept()
	}
	before := len(c.texts.texts)
	place := c.texts.place(t.legible(cell), line)
	if len(c.texts.texts) > before {
		t.size += int64(len(cell)) + 64
	}
	return place
}

// dayFirst are dates that begin with the day or the month: nobody can tell which.
var dayFirst = regexp.MustCompile(`^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b`)

// mistake returns the line and what is wrong with the cells of a column; nil for nothing.
func (c *cells) mistake(learning bool) (line int, err error) {
	switch {
	case c.words.count == 0:
		return 0, nil
	case c.kind != Category || c.numbers.count >= c.words.count:
		return c.words.line, c.words.err
	case c.numbers.count > 0:
		return c.numbers.line, c.numbers.err
	case !learning:
		return 0, nil
	}
	texts := c.texts.texts
	switch count := len(texts); {
	case dayFirst.MatchString(texts[0]):
		return c.words.line, fmt.Errorf("%q: is the day or the month first? want dates as in 2024-03-31", excerpt(texts[0]))
	case count >= 20 && 2*count > c.words.count:
		return c.words.line, fmt.Errorf("%q: %d different texts in %d cells, as names and free text have; a network learns nothing from them", excerpt(texts[0]), count, c.words.count)
	case count > MostCategories:
		return c.words.line, fmt.Errorf("%q: %d different texts, want at most %d categories", excerpt(texts[0]), count, MostCategories)
	}
	return 0, nil
}

// settle says of every feature what it is, and reports those whose cells cannot be read. The
// categories become ascending.
func (t *reader) settle() error {
	var faults []*CellError
	plain, used := true, false
	for place, column := range t.order {
		c := t.cells[column]
		if line, err := c.mistake(t.choice.Model == nil); err != nil {
			faults = append(faults, t.fault(line, column, err))
			continue
		}
		into := &t.columns[column]
		into.Kind, into.Missing = c.kind, c.missing
		switch {
		case c.kind == "":
			into.Kind = Number // of missing cells alone
		case c.kind == Category:
			into.Categories = t.sorted(c, place)
		case c.spelling != [2]string{}:
			used = true
		}
		plain = plain && c.missing == 0 && (c.kind == Number || c.kind == Boolean)
	}
	if used {
		t.note("", "true and false are read as 1 and 0")
	}
	if faults != nil {
		for _, f := range faults[1:] {
			faults[0].Also = append(faults[0].Also, f.Column)
		}
		return faults[0]
	}
	t.fine = !plain
	for place := range t.order {
		t.fine = t.fine || t.floats != nil && t.blurred(place)
	}
	return nil
}

// sorted brings the categories of a column that are used in ascending order, and its values
// with them.
func (t *reader) sorted(c *cells, place int) []string {
	if c.texts == nil { // all cells are missing
		return nil
	}
	width := len(t.order)
	used := make([]bool, len(c.texts.texts))
	each := func(change func(v float64) float64) {
		for i := place; i < len(t.floats); i += width {
			if !math.IsNaN(t.floats[i]) {
				t.floats[i] = change(t.floats[i])
			}
		}
	}
	each(func(v float64) float64 { used[int(v)] = true; return v })
	var names []string
	for n, text := range c.texts.texts {
		if used[n] {
			names = append(names, text)
		}
	}
	slices.Sort(names)
	to := make([]float64, len(used))
	for n, text := range c.texts.texts {
		at, _ := slices.BinarySearch(names, text)
		to[n] = float64(at)
	}
	each(func(v float64) float64 { return to[int(v)] })
	return names
}

// blurred says whether numbers of 32 bits would hide what differs within a column.
func (t *reader) blurred(place int) bool {
	width := len(t.order)
	return Blurred(len(t.at), func(i int) float64 { return t.floats[i*width+place] })
}

// Blurred says whether rounding to 32 bits moves one of count values, NaN ones aside, by more
// than a share of 2^-12 of their deviation: as it does a column of large numbers that hardly
// differ.
func Blurred(count int, value func(i int) float64) bool {
	const share = 0x1p-12
	var sum, squares, n, most float64
	first := math.NaN()
	for i := range count {
		v := value(i)
		if math.IsNaN(v) {
			continue
		}
		if math.IsNaN(first) {
			first = v
		}
		d := v - first
		sum += d
		squares += float64(d * d)
		n++
		most = max(most, math.Abs(v-float64(float32(v))))
	}
	if most == 0 {
		return false
	}
	mean := sum / n
	variance := squares/n - float64(mean*mean)
	return variance > 0 && most > share*math.Sqrt(variance)
}
