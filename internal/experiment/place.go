package experiment

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Place is where a cell lies on an axis: a number, or a word on an axis without order.
// Places are comparable. The JSON form is a number or a string.
type Place struct {
	number float64
	word   string
}

// Number returns the place of a number, which is finite.
func Number(x float64) Place { return Place{number: x} }

// Word returns the place that has a name, which is not empty.
func Word(text string) Place { return Place{word: text} }

// Number returns the number of the place, and false for a word.
func (p Place) Number() (float64, bool) { return p.number, p.word == "" }

// String returns the number or the word.
func (p Place) String() string {
	if p.word != "" {
		return p.word
	}
	return strconv.FormatFloat(p.number, 'g', -1, 64)
}

// MarshalJSON writes a number or a string.
func (p Place) MarshalJSON() ([]byte, error) {
	if p.word != "" {
		return json.Marshal(p.word)
	}
	return json.Marshal(p.number)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Place) UnmarshalJSON(text []byte) error {
	*p = Place{}
	if string(text) != "null" && json.Unmarshal(text, &p.number) == nil {
		return nil
	}
	if json.Unmarshal(text, &p.word) != nil || p.word == "" {
		return fmt.Errorf("place %s, want a number or a word", text)
	}
	return nil
}
