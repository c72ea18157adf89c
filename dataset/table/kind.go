package table

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says what the cells of a column are.
type Kind string

// The kinds of columns.
const (
	// Number is a column of numbers; true and false among them are 1 and 0.
	Number Kind = "number"
	// Boolean is a column of true and false, which are 1 and 0.
	Boolean Kind = "boolean"
	// Category is a column of texts, which are names of categories.
	Category Kind = "category"
	// Date is a column of ISO 8601 dates, in days from 1970-01-01 in UTC.
	Date Kind = "date"
	// Time is a column of times of the day, in days.
	Time Kind = "time"
)

// IsNumber says that the values of a column are numbers: all but categories.
func (k Kind) IsNumber() bool { return k != Category }

// Valid reports whether there is such a kind.
func (k Kind) Valid() bool { return slices.Contains([]Kind{Number, Boolean, Category, Date, Time}, k) }

// Described is a column for [Describe]; Values counts the categories of a Category.
type Described struct {
	Name   string
	Kind   Kind
	Values int
}

// Describe says in a line how many columns there are of each kind, and how many categories
// each of the first few has.
func Describe(columns []Described) string {
	const most = 8
	counts := map[Kind]int{}
	var values []string
	for _, c := range columns {
		counts[c.Kind]++
		if c.Kind == Category {
			values = append(values, fmt.Sprintf("%s %d", excerpt(c.Name), c.Values))
		}
	}
	if len(values) > most {
		values = append(values[:most], "...")
	}
	var parts []string
	for _, kind := range []struct {
		kind      Kind
		one, many string
	}{{Number, "number", "numbers"}, {Boolean, "boolean", "booleans"}, {Date, "date", "dates"}, {Time, "time", "times"}, {Category, "category", "categories"}} {
		switch n := counts[kind.kind]; {
		case n == 1:
			parts = append(parts, "1 "+kind.one)
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", n, kind.many))
		}
	}
	text := strings.Join(parts, ", ")
	if values != nil {
		text += " (values of each: " + strings.Join(values, ", ") + ")"
	}
	return text
}

// Kinds says in a line what the columns of the values are; "" where all are numbers.
func (i *Info) Kinds() string {
	var columns []Described
	other := false
	for _, at := range i.Order {
		c := i.Columns[at]
		columns = append(columns, Described{Name(c.Name, at), c.Kind, len(c.Categories)})
		other = other || c.Kind != Number
	}
	if !other {
		return ""
	}
	return Describe(columns)
}

// Name returns how a column is called in a list: by its name, or by its number from 1.
func Name(name string, at int) string {
	if name == "" {
		return fmt.Sprintf("column %d", at+1)
	}
	return name
}
