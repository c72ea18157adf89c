package table

import (
	"errors"
	"fmt"
	"math"
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

func (e textError) Error() string { return fmt.Sprintf("%q, want a number", excerpt(string(e))) }

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
