package keys

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// None as an end of a range leaves its side open: settings are stored as float32 at the
// latest.
const None = math.MaxFloat32

// Row is what the type does not say about a key.
type Row struct {
	// Key is the dotted path from the struct that has the table; * stands for a place in a
	// list of sections. A list of plain values has one row, which holds for each of them.
	Key string
	// About is a short line without a full stop that says what the value is.
	About string
	// Low and High are the ends of the range of a number; see [None].
	Low, High float64
	// Above says that Low itself is out of range.
	Above bool
	// Zero, where 0 stands for something else than a number, says for what.
	Zero string
	// Choices are the texts that a choice allows; nil for what is no choice.
	Choices []string
	// Optional says that a choice may be empty.
	Optional bool
}

// Names returns the texts of the values of an enumeration.
func Names[T ~string](values ...T) []string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = string(value)
	}
	return names
}

// Section returns the row of a section and behind it the rows of its members.
func Section(name, about string, rows ...Row) []Row {
	list := []Row{{Key: name, About: about}}
	for _, r := range rows {
		r.Key = name + "." + r.Key
		list = append(list, r)
	}
	return list
}

// Value is a value of several parts that knows whether it is in the range of its row: the
// schedules of package protocol, which this package must not know. Any other struct is a
// section.
type Value interface {
	// Misfit says what is wrong with the value and what is wanted; empty if nothing is.
	Misfit(r Row) string
}

// Misfit says what is wrong with a single value and what is wanted, such as "is 2, want a
// number from 0 to 1"; empty if nothing is.
func (r Row) Misfit(value any) string {
	if own, ok := value.(Value); ok {
		return own.Misfit(r)
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.String:
		if r.Choices != nil && !r.Allows(v.String()) {
			return fmt.Sprintf("is %q, want %s", v.String(), Or(Quoted(r.Choices)))
		}
	case reflect.Int:
		if !r.Holds(float64(v.Int())) {
			return fmt.Sprintf("is %d, want %s", v.Int(), r.whole())
		}
	case reflect.Uint64:
		if !r.Holds(float64(v.Uint())) {
			return fmt.Sprintf("is %d, want %s", v.Uint(), r.whole())
		}
	case reflect.Float64:
		if x := v.Float(); !r.Holds(x) {
			return fmt.Sprintf("is %v, want %s", x, r.number(x))
		}
	}
	return ""
}

// Allows reports whether the text is one of the choices, or empty where it may be.
func (r Row) Allows(text string) bool {
	return slices.Contains(r.Choices, text) || text == "" && r.Optional
}

// Holds reports whether a number is in the range.
func (r Row) Holds(x float64) bool {
	return x >= r.Low && x <= r.High && !(r.Above && x == r.Low)
}

// whole says which whole numbers are wanted.
func (r Row) whole() string {
	low, also := r.Low, ""
	if r.Zero != "" {
		low, also = 1, ", or 0 for "+r.Zero
	}
	if r.High == None {
		return fmt.Sprintf("at least %.0f%s", low, also)
	}
	return fmt.Sprintf("%.0f to %.0f%s", low, r.High, also)
}

// number says which numbers are wanted in place of x.
func (r Row) number(x float64) string {
	switch {
	case r.Above && r.High == None && x <= r.Low:
		return fmt.Sprintf("a number above %.6g", r.Low)
	case r.Above:
		return fmt.Sprintf("a number above %.6g and at most %.6g", r.Low, r.High)
	case r.High == None && x < r.Low && r.Low > -None:
		return fmt.Sprintf("a number of at least %.6g", r.Low)
	}
	return fmt.Sprintf("a number from %.6g to %.6g", r.Low, r.High)
}

// Range says which numbers the row allows, as short as a table wants it: "0 to 1"; empty
// where all are allowed.
func (r Row) Range() string {
	lower := fmt.Sprintf("at least %.10g", r.Low)
	if r.Above {
		lower = fmt.Sprintf("above %.10g", r.Low)
	}
	switch {
	case r.Low == -None && r.High == None:
		return ""
	case r.High == None:
		return lower
	case r.Above:
		return fmt.Sprintf("%s, at most %.10g", lower, r.High)
	}
	return fmt.Sprintf("%.10g to %.10g", r.Low, r.High)
}

// Or joins alternatives: "a, b or c".
func Or(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Quoted returns the words in quotes.
func Quoted(words []string) []string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return quoted
}
