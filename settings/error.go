package settings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Error is one mistake in a settings file or an assignment. [Load] and [Set] return
// all mistakes joined by [errors.Join], those of a file sorted by line.
type Error struct {
	// File is the name given to [Load], or "--set key=value" for an assignment.
	// Empty for a mistake that was there before [Set].
	File string
	// Line and Column count from 1; zero where the file does not have the key.
	// Columns count characters.
	Line, Column int
	// Key is the dotted key, empty for a mistake of the file as a whole.
	Key string
	// Message says what is wrong and what is wanted.
	Message string
	// Suggestion is what was probably meant, a key or a value; may be empty.
	Suggestion string
}

// Error returns "file:line:column: key: message; did you mean suggestion?" without
// the parts that are not known.
func (e Error) Error() string {
	text := "settings: "
	switch {
	case e.Line > 0:
		text = fmt.Sprintf("%s:%d:%d: ", e.File, e.Line, e.Column)
	case e.File != "":
		text = e.File + ": "
	}
	if e.Key != "" {
		text += e.Key + ": "
	}
	text += e.Message
	if e.Suggestion != "" {
		text += fmt.Sprintf("; did you mean %s?", e.Suggestion)
	}
	return text
}

// join sorts by line and joins; nil if there is no problem.
func join(problems []Error) error {
	slices.SortStableFunc(problems, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	joined := make([]error, len(problems))
	for i, problem := range problems {
		joined[i] = problem
	}
	return errors.Join(joined...)
}
