package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"basin/dataset/table"
)

// Problem is the answer to a request that fails: problem details of RFC 9457, with the place of
// a value that is wrong.
type Problem struct {
	// Type is about:blank: the status says what kind of problem it is.
	Type string `json:"type" doc:"always about:blank: the status tells the kind"`
	// Title is the text of the status.
	Title string `json:"title" doc:"text of the status"`
	// Status is that of the answer.
	Status int `json:"status" doc:"status of the answer"`
	// Detail says what is wrong, where, and what to do.
	Detail string `json:"detail" doc:"what is wrong, where, and what to do"`
	// Row and Column are those of a wrong value, counted from 1; 0 where there is none. The row
	// of a CSV body is its line.
	Row    int `json:"row,omitempty" doc:"sample, or line of a CSV body, with a wrong value, counted from 1"`
	Column int `json:"column,omitempty" doc:"place of the wrong value in its row, counted from 1"`
}

// NewProblem makes a problem of a status.
func NewProblem(status int, format string, values ...any) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, values...)}
}

// Package huma checks the questions of the routes that it serves; what it finds is a Problem like
// all others. Its function for that is one for the whole program, which has no other use of huma.
func init() {
	huma.NewError = func(status int, text string, found ...error) huma.StatusError {
		var details []string
		for _, err := range found {
			var detail *huma.ErrorDetail
			if errors.As(err, &detail) {
				details = append(details, fmt.Sprintf("%s: %s", detail.Location, detail.Message))
			} else if err != nil {
				details = append(details, err.Error())
			}
		}
		if len(details) > 0 {
			text = strings.Join(details, "; ")
		}
		return NewProblem(status, "%s", text)
	}
}

// at names the value that is wrong, counted from 1.
func (p *Problem) at(row, column int) *Problem {
	p.Row, p.Column = row, column
	return p
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns that of problem details.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// problemOf makes a problem of an error; one of another kind is that of a value that does not
// fit.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	row, column, text := located(err)
	return NewProblem(http.StatusUnprocessableEntity, "%s", text).at(row, column)
}

// What the packages below say of a place: samples and features count from 0, lines, columns and
// values from 1.
var (
	featurePlace = regexp.MustCompile(`sample (\d+), feature (\d+)`)
	valuePlace   = regexp.MustCompile(`(?:line|sample) (\d+), (?:column|value) (\d+)`)
)

// located finds the place that an error names. Where it counts from 0 the text counts from 1.
func located(err error) (row, column int, text string) {
	text = strings.TrimPrefix(strings.TrimPrefix(err.Error(), "dataset: "), setName+": ")
	if m := featurePlace.FindStringSubmatchIndex(text); m != nil {
		row, column = 1+number(text[m[2]:m[3]]), 1+number(text[m[4]:m[5]])
		return row, column, text[:m[0]] + fmt.Sprintf("row %d, column %d", row, column) + text[m[1]:]
	}
	if m := valuePlace.FindStringSubmatch(text); m != nil {
		return number(m[1]), number(m[2]), text
	}
	return 0, 0, text
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// cellOf returns the place of a mistake in a table, counted from 1, and what is wrong there.
func cellOf(err error) (line, column int, what error) {
	var cell *table.CellError
	if !errors.As(err, &cell) {
		return 0, 0, nil
	}
	_, column, _ = located(cell)
	return cell.Line, column, cell.Unwrap()
}

// writeProblem answers with a problem.
func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", problemType)
	switch p.Status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="basin"`)
	}
	w.WriteHeader(p.Status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(p) // a client that has gone does not read it
}

// moved counts the row, in the text as well, from so many rows before it.
func (p *Problem) moved(before int) *Problem {
	for _, word := range []string{"row", "sample"} {
		p.Detail = strings.Replace(p.Detail, fmt.Sprintf("%s %d,", word, p.Row), fmt.Sprintf("%s %d,", word, p.Row+before), 1)
	}
	p.Row += before
	return p
}
