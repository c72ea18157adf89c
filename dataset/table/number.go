package table

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// parse returns the number in a cell. Where the comma separates no cells it may be the
// decimal point.
func parse(cell string, separator rune) (float64, error) {
	cell = strings.TrimSpace(cell)
	if n := len(cell); n > 0 && n <= 3 { // most cells are small integers
		if v, ok := parseDigits(cell); ok {
			return float64(v), nil
		}
	}
	text := cell
	if separator != ',' && strings.Count(cell, ",") == 1 && !strings.Contains(cell, ".") {
		text = strings.Replace(cell, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err == nil && !math.IsInf(float64(float32(v)), 0) && !math.IsNaN(v):
		return v, nil
	case missing(cell):
		return 0, errMissing
	case errors.Is(err, strconv.ErrRange) || err == nil && !math.IsInf(v, 0):
		return 0, fmt.Errorf("%q does not fit a number of 32 bits", excerpt(cell))
	case err != nil:
		return 0, textError(cell)
	}
	return 0, fmt.Errorf("%q, want a finite number", excerpt(cell))
}

// errMissing says that a cell has no value.
var errMissing = errors.New("missing value, want a number")

// textError is a cell that is no number.
type textError string

func (e textError) Error() string {
	text := fmt.Sprintf("%q, want a number", excerpt(string(e)))
	if likeNumber(string(e)) || fraction(string(e)) {
		text += " as in -1234.5: " + plainNumbers
	}
	return text
}

// plainNumbers says what a number has not.
const plainNumbers = "no comma, separator of thousands, typographic minus, fraction, percent or currency sign"

var (
	numberLike   = regexp.MustCompile(`^[-+−–]?\s?[$€£]?\s?(\d+|\d{1,3}([,.'’ \x{a0}\x{202f}]\d{3})+)([.,]\d+)?\s?[%‰€$£]?$`)
	fractionLike = regexp.MustCompile(`^[-+−]?\d+ ?[/⁄] ?\d+$`)
)

// likeNumber says whether a text that is no number looks like one of people.
func likeNumber(text string) bool { return len(text) < 40 && numberLike.MatchString(legible(text)) }

// fraction says whether a text is like 1/2.
func fraction(text string) bool { return len(text) < 40 && fractionLike.MatchString(text) }

// seen counts cells of one kind, and keeps the first.
type seen struct {
	count, column int
	text          string
}

func (s *seen) add(cell string, column int) {
	if s.count++; s.count == 1 {
		s.text, s.column = strings.Clone(cell), column
	}
}

// watch looks for what a number does not keep of its text.
func (t *reader) watch(cell string, v float64, column int) {
	digits := cell
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		digits = digits[1:]
	}
	if len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		t.zeros.add(cell, column)
	}
	const exact = 1 << 53 // whole numbers up to it
	if len(digits) > 15 && (v >= exact || v <= -exact) {
		if _, ok := parseDigits(digits); ok && strconv.FormatFloat(math.Abs(v), 'f', 0, 64) != digits {
			t.long.add(cell, column)
		}
	}
}

// noteNumbers says what numbers did not keep of their texts.
func (t *reader) noteNumbers() {
	if s := t.zeros; s.count > 0 {
		v, _ := parse(s.text, t.form.separator)
		t.note("", "%s: %q is read as the number %v; %s zeros before a number", called(t.columns, s.column), excerpt(s.text), v, cellsHave(s.count))
	}
	if s := t.long; s.count > 0 {
		v, _ := parse(s.text, t.form.separator)
		t.note(fmt.Sprintf("data.drop=[%s] leaves out what only tells the rows apart", setting(t.columns, s.column)),
			"%s: %q is read as %.0f; %s more digits than a number of 64 bits holds", called(t.columns, s.column), excerpt(s.text), v, cellsHave(s.count))
	}
}

func cellsHave(n int) string {
	if n == 1 {
		return "1 cell has"
	}
	return fmt.Sprintf("%d cells have", n)
}

func parseDigits(cell string) (v int, ok bool) {
	for _, c := range []byte(cell) {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	return v, true
}

// missing reports whether a cell stands for a value that is not there, of a label or of a
// feature: it is empty, ?, . or one of NA, N/A, #N/A, <NA>, NaN and null in any case.
func missing(cell string) bool {
	switch strings.ToLower(cell) {
	case "", "?", ".", "na", "n/a", "#n/a", "<na>", "nan", "null":
		return true
	}
	return false
}

// legible returns a text as UTF-8: other bytes are those of Windows-1252, of which Latin-1
// is a part.
func legible(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	text, _ = charmap.Windows1252.NewDecoder().String(text)
	return text
}

// excerpt cuts a text from a file short.
func excerpt(text string) string {
	const most = 40
	text = legible(text)
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
