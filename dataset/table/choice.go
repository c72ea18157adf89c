package table

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Choice says what is known of a table before it is read. The zero value leaves all of it to
// be found out.
type Choice struct {
	// Label is the label column: its name, its number counted from 1, "" to find it out
	// or "none".
	Label string
	// Drop and Only are the columns to leave out and, where Only has any, those to read
	// beside the label; names or numbers from 1. ID is the column whose texts are passed
	// through, "" for none.
	Drop, Only []string
	ID         string
	// Sheet is the sheet of a workbook of Excel that is read: its name, its number counted
	// from 1, or "" for the first that is not empty.
	Sheet string
	// Model, if not nil, is the table that a model has learned. Then the label is optional,
	// and columns that the model does not know are passed over.
	Model *Columns
	// Features, if not 0, is the number of values that a model reads that remembers no
	// columns. Then the label is optional: it is there where a line has Features+1 cells,
	// or another number than Features with a text in the column of the label.
	Features int
}

// none is the Label of a table without one.
const none = "none"

// Note is something that was assumed.
type Note struct {
	// Text says it, Hint what to do where it is wrong, "" where there is nothing.
	Text, Hint string
}

// Role is what a column is for.
type Role string

// The roles.
const (
	Feature Role = "feature"
	Label   Role = "label"
	ID      Role = "id"
	LeftOut Role = "left out"
)

// Column is a column of a table as it was read.
type Column struct {
	// Name is that of the header, "" where there is none.
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Why it has the role, "" for an ordinary feature.
	Why string `json:"why,omitempty"`
	// Kind of a feature, Categories of one that has texts, ascending, and the number of
	// its cells that are missing.
	Kind       Kind     `json:"kind,omitempty"`
	Categories []string `json:"categories,omitempty"`
	Missing    int      `json:"missing,omitempty"`
}

// called names a column in a message.
func called(columns []Column, at int) string {
	if name := columns[at].Name; name != "" {
		return fmt.Sprintf("column %d, %q", at+1, excerpt(name))
	}
	return fmt.Sprintf("column %d", at+1)
}

// plainName are names that settings have without quotes.
var plainName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*|[1-9][0-9]{0,8})$`)

// setting writes how a setting names a column.
func setting(columns []Column, at int) string {
	name := columns[at].Name
	if twice(columns, at) >= 0 || !plainName.MatchString(name) || slices.Contains([]string{"true", "false", "null"}, strings.ToLower(name)) {
		return strconv.Itoa(at + 1)
	}
	return name
}

// twice returns the place of another column of the same name, -1 for none.
func twice(columns []Column, at int) int {
	for other, c := range columns {
		if other != at && c.Name == columns[at].Name && c.Name != "" {
			return other
		}
	}
	return -1
}

// errTwice says that two columns have one name.
func errTwice(columns []Column, a, b int, advice string) error {
	return fmt.Errorf("line 1: columns %d and %d are both named %q: %s", min(a, b)+1, max(a, b)+1, excerpt(columns[a].Name), advice)
}

// find returns the place of a column of this name, which no other has, or number. A name wins.
func find(columns []Column, named bool, key string) (at int, err error) {
	if at = slices.IndexFunc(columns, func(c Column) bool { return c.Name == key }); at >= 0 && key != "" {
		if other := twice(columns, at); other >= 0 {
			return -1, errTwice(columns, at, other, "give the number of the one that is meant")
		}
		return at, nil
	}
	if number, err := strconv.Atoi(key); err == nil {
		if number < 1 || number > len(columns) {
			return -1, fmt.Errorf("column %d, want 1..%d", number, len(columns))
		}
		return number - 1, nil
	}
	if !named {
		return -1, fmt.Errorf("no column is named %q: line 1 is no header; want a number from 1", excerpt(key))
	}
	return -1, fmt.Errorf("line 1: no column is named %q: %s", excerpt(key), listed(columns))
}

// listed names the columns of a header.
func listed(columns []Column) string {
	const most = 20
	var names []string
	for _, c := range columns[:min(most, len(columns))] {
		names = append(names, excerpt(c.Name))
	}
	if len(columns) > most {
		names = append(names, fmt.Sprintf("... (%d)", len(columns)))
	}
	return strings.Join(names, ", ")
}

// Find returns the place of the column of this name, which no other has, or number from 1; an
// error names the columns that there are.
func (i *Info) Find(key string) (at int, err error) { return find(i.Columns, i.Named, key) }
