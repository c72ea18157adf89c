package keys

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Problem is one mistake: which key and what is wrong with its value. Keys are dotted paths
// such as modules.0.recurrent.density, with places in lists counted from 0.
type Problem struct {
	Key     string
	Message string
}

// Error returns "key: message".
func (p Problem) Error() string { return p.Key + ": " + p.Message }

// Mistakes are what is wrong with a struct of settings. The zero value is none.
type Mistakes struct {
	problems []error
	// misfits has the keys of values out of their range, and the lists that hold them.
	misfits map[string]bool
}

// Check walks a struct by its yaml tags, lists and sections included, and reports every
// value that is not in the range of its row.
func Check(section any, rows []Row) *Mistakes {
	m := &Mistakes{misfits: map[string]bool{}}
	index := make(map[string]Row, len(rows))
	for _, r := range rows {
		index[r.Key] = r
	}
	m.check("", "", reflect.ValueOf(section), index)
	return m
}

// check holds the value of a key to the row of its generic key.
func (m *Mistakes) check(key, generic string, v reflect.Value, rows map[string]Row) {
	switch {
	case IsSection(v.Type()):
		for _, f := range Members(v.Type()) {
			m.check(Join(key, f.Name), Join(generic, f.Name), v.Field(f.Index), rows)
		}
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		if IsSection(v.Type().Elem()) {
			generic = Join(generic, "*")
		}
		for i := range v.Len() {
			place := Join(key, strconv.Itoa(i))
			m.check(place, generic, v.Index(i), rows)
			if m.misfits[place] {
				m.misfits[key] = true
			}
		}
	default:
		row, known := rows[generic]
		if !known {
			return
		}
		if wrong := row.Misfit(v.Interface()); wrong != "" {
			m.Report(key, "%s", wrong)
			m.misfits[key] = true
		}
	}
}

// Report adds a mistake, unless the value of the key is out of its range, which is reported
// already.
func (m *Mistakes) Report(key, format string, values ...any) {
	if !m.misfits[key] {
		m.problems = append(m.problems, Problem{key, fmt.Sprintf(format, values...)})
	}
}

// Add takes over what Validate of a section reports, under the section's key.
func (m *Mistakes) Add(section string, err error) {
	if err == nil {
		return
	}
	for _, part := range Parts(err) {
		problem := Problem{Message: part.Error()}
		errors.As(part, &problem)
		m.Report(Join(section, problem.Key), "%s", problem.Message)
	}
}

// Err joins the mistakes, each a [Problem], by [errors.Join]; nil if there is none.
func (m *Mistakes) Err() error { return errors.Join(m.problems...) }

// Parts returns the errors that [errors.Join] put together.
func Parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// Join returns the key of a member of a section; the section may be the whole, "".
func Join(section, name string) string {
	return strings.Trim(section+"."+name, ".")
}

// Member is a field of a section under its name in a file.
type Member struct {
	Name  string
	Index int
}

// Members returns the fields with a yaml tag.
func Members(section reflect.Type) []Member {
	var list []Member
	for i := range section.NumField() {
		name, _, _ := strings.Cut(section.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			list = append(list, Member{name, i})
		}
	}
	return list
}

// IsSection reports whether values of the type are sections of keys, as structs are that
// are no [Value].
func IsSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !t.Implements(reflect.TypeFor[Value]())
}
