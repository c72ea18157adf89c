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
	dates          stray     // among texts
	likes, parts   stray     // texts that look like numbers, and like fractions
	missing        int
	// twice has spellings of one truth, such as true and TRUE, that are both used.
	twice [2]string
	// zoned, shifted and plain count dates with a zone, with one beside UTC, and without.
	zoned, shifted, plain int
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
			if len(cell) > 1 {
				t.watch(strings.TrimSpace(cell), v, column)
			}
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
	if err := broken(cell); err != nil {
		return 0, t.fault(line, column, err)
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
	case Date, Time:
		return t.date(c, cell, line), nil
	case Category:
		return t.category(c, column, cell, line)
	}
	return math.NaN(), nil
}

// date reads a cell of a column of dates, or of times of the day: of the model or the first one.
func (t *reader) date(c *cells, cell string, line int) float64 {
	days, clock, ok := parseDate(cell)
	before, learned := "in the lines before", t.choice.Model != nil
	if learned {
		c.clock, before = c.kind == Time, "the model has learned"
	} else if ok && c.numbers.count == 0 {
		c.clock = clock
	}
	if ok && clock == c.clock {
		c.numbers.count++
		switch zoned, shifted := zoneOf(cell); {
		case shifted:
			c.zoned++
			c.shifted++
		case zoned:
			c.zoned++
		default:
			c.plain++
		}
		return days
	}
	what := "a date"
	if c.clock {
		what = "a time of the day"
	}
	c.words.add(cell, line, fmt.Errorf("%q, want %s as %s", excerpt(cell), what, before))
	return math.NaN()
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
// of numbers, with another text one of categories; one that the model says to be so may have 1
// and 0 beside.
func (t *reader) truth(c *cells, column int, cell string, line int) (float64, error) {
	if truth, ok := truths[lower(cell)]; ok {
		t.spelled(c, int(truth), cell)
		return truth, nil
	}
	v, err := t.number(cell)
	if c.fixed {
		if err == nil && (v == 0 || v == 1) {
			c.spelling[int(v)] = "used"
			return v, nil
		}
		c.words.add(cell, line, fmt.Errorf("%q, want true or false, or 1 or 0, as the model has learned", excerpt(cell)))
		return math.NaN(), nil
	}
	if err == nil {
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

// spelled keeps how true or false is written, and a second way.
func (t *reader) spelled(c *cells, truth int, cell string) {
	switch first := c.spelling[truth]; {
	case first == "":
		c.spelling[truth] = strings.Clone(cell)
	case first != cell && c.twice[0] == "":
		c.twice = [2]string{first, strings.Clone(cell)}
	}
}

// category returns the place of a text among those of its column.
func (t *reader) category(c *cells, column int, cell string, line int) (float64, error) {
	const longest = 1 << 10
	if len(cell) > longest {
		return 0, t.fault(line, column, fmt.Errorf("%q: %d bytes, want at most %d in the name of a category", excerpt(cell), len(cell), longest))
	}
	if c.fixed {
		c.words.add(cell, line, textError(cell))
		return float64(t.intern(c, cell, line)), nil
	}
	_, err := parse(cell, t.form.separator)
	_, _, isDate := parseDate(cell)
	switch truth, isTruth := truths[lower(cell)]; {
	case err == nil:
		c.numbers.add(cell, line, fmt.Errorf("%q is a number, but other cells of the column are texts", excerpt(cell)))
	case isDate:
		c.dates.add(cell, line, fmt.Errorf("%q is a date or a time, but other cells of the column are texts", excerpt(cell)))
	case isTruth:
		t.spelled(c, int(truth), cell)
		c.words.add(cell, line, textError(cell))
	default:
		c.words.add(cell, line, textError(cell))
		if likeNumber(cell) {
			c.likes.add(cell, line, textError(cell))
		} else if fraction(cell) {
			c.parts.add(cell, line, nil)
		}
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
	case c.dates.count > 0:
		return c.dates.line, c.dates.err
	case c.words.count == 0:
		return 0, nil
	case c.kind == Category && c.twice[0] != "" && learning:
		return c.words.line, fmt.Errorf("%q and %q among other texts: write one of the two", c.twice[0], c.twice[1])
	case c.numbers.count > 0 && c.likes.count > 0:
		return c.likes.line, c.likes.err
	case c.kind != Category || c.numbers.count >= c.words.count:
		return c.words.line, c.words.err
	case c.numbers.count > 0:
		return c.numbers.line, c.numbers.err
	case !learning:
		return 0, nil
	}
	if 2*c.likes.count >= c.words.count && c.likes.count > 0 {
		return c.likes.line, c.likes.err
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
			t.noteTexts(c, column)
			into.Categories = t.sorted(c, place)
		case c.kind == Date && c.clock:
			into.Kind = Time
		case c.kind == Date:
			t.noteZones(c, column)
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
	// The few rows of a prediction do not tell what the model has seen differ.
	t.fine = !plain || t.floats != nil && (t.choice.Model != nil || t.choice.Features > 0)
	for place := range t.order {
		t.fine = t.fine || t.floats != nil && t.blurred(place)
	}
	return nil
}

// noteTexts says of a column of categories which of them may be meant as something else.
func (t *reader) noteTexts(c *cells, column int) {
	switch {
	case c.likes.count > 0:
		t.note("", "%s: %q is read as a text, as its other cells are", called(t.columns, column), excerpt(c.likes.text))
	case c.parts.count > 0:
		t.note("", "%s: %q is read as a text, not as a number", called(t.columns, column), excerpt(c.parts.text))
	case c.spelling != [2]string{} && !c.fixed:
		t.note("", "%s: true and false are read as texts, as its other cells are", called(t.columns, column))
	}
}

// noteZones says what became of the zones of a column of dates.
func (t *reader) noteZones(c *cells, column int) {
	if c.shifted > 0 {
		t.note("", "%s: %d dates of other time zones are converted to UTC", called(t.columns, column), c.shifted)
	}
	if c.zoned > 0 && c.plain > 0 {
		t.note("", "%s: %d dates have a time zone, %d have none and are taken for UTC", called(t.columns, column), c.zoned, c.plain)
	}
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
