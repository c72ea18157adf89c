package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Columns is what a model remembers of the columns of the table that it has learned.
type Columns struct {
	// Features has the names of the columns that are read, in the order of the values;
	// empty where the table had no header.
	Features []string `json:"features,omitempty"`
	// Label is the name of the label column, "" without a header.
	Label string `json:"label,omitempty"`
	// Cells is the number of cells of a line, Place that of the label counted from 0, -1
	// without one, and Left are the places of cells that were not read.
	Cells int   `json:"cells"`
	Place int   `json:"place"`
	Left  []int `json:"left,omitempty"`
	// Kinds are those of the values, in their order; none where all are numbers.
	Kinds []Kind `json:"kinds,omitempty"`
}

// Count returns the number of columns that are read.
func (c *Columns) Count() int {
	count := c.Cells - len(c.Left)
	if c.Place >= 0 {
		count--
	}
	return count
}

// Validate reports what is wrong with columns that were read from a file.
func (c *Columns) Validate() error {
	if c.Cells < 1 || c.Place < -1 || c.Place >= c.Cells || len(c.Left) >= c.Cells {
		return fmt.Errorf("%d cells, label in place %d, %d left out: want places among the cells", c.Cells, c.Place, len(c.Left))
	}
	for i, place := range c.Left {
		if place < 0 || place >= c.Cells || place == c.Place || i > 0 && place <= c.Left[i-1] {
			return fmt.Errorf("place %d is left out, want ascending places among %d cells, without that of the label", place, c.Cells)
		}
	}
	if n := len(c.Features); n > 0 && n != c.Count() {
		return fmt.Errorf("%d names, want %d", n, c.Count())
	}
	if c.Count() < 1 {
		return errors.New("no column is read")
	}
	if n := len(c.Kinds); n > 0 && n != c.Count() {
		return fmt.Errorf("%d kinds, want %d", n, c.Count())
	}
	for i, kind := range c.Kinds {
		if !kind.Valid() {
			return fmt.Errorf("kind %.20q of value %d, want number, boolean, category, date or time", kind, i)
		}
	}
	return nil
}

// toModel gives the columns of a table the roles that a model knows.
func (t *reader) toModel() error {
	m := t.choice.Model
	if t.named && len(m.Features) > 0 {
		return t.byName(m)
	}
	if err := t.byPlace(m); err != nil {
		return err
	}
	if t.named {
		t.note("", "the model knows no names of columns: they are taken by their places")
	}
	return nil
}

// byName matches the names of a header, in any order. The second column of a name is the
// second of that name in the model.
func (t *reader) byName(m *Columns) error {
	label := m.Label
	if t.choice.Label != "" {
		label = t.choice.Label
	}
	if t.choice.Label == none {
		label = ""
	}
	taken := make([]bool, len(t.columns))
	var lacking []string
	t.order = nil
	for _, feature := range m.Features {
		at := -1
		for column, c := range t.columns {
			if c.Name == feature && !taken[column] {
				at = column
				break
			}
		}
		if at < 0 {
			lacking = append(lacking, feature)
			continue
		}
		taken[at] = true
		t.order = append(t.order, at)
	}
	if lacking != nil {
		return &LackingError{Names: lacking, Header: listed(t.columns), Want: listedNames(m.Features)}
	}
	read := map[string]int{} // a column of each name that the model reads
	for _, at := range t.order {
		read[t.columns[at].Name] = at
	}
	for other, c := range t.columns {
		if at, known := read[c.Name]; known && !taken[other] && c.Name != "" && c.Name != m.Label {
			return errTwice(t.columns, at, other, "the model reads one of that name; rename the other")
		}
	}
	if label != "" {
		at, err := t.modelLabel(label, taken)
		if err != nil {
			return err
		}
		if t.label = at; at >= 0 {
			t.columns[at].Role, t.columns[at].Why = Label, "by its name"
		}
	}
	var strange []string
	for column, c := range t.columns {
		if taken[column] || column == t.label || column == t.id {
			continue
		}
		t.columns[column].Role, t.columns[column].Why = LeftOut, "the model does not know it"
		if c.Name != "" {
			strange = append(strange, c.Name)
		}
	}
	if strange != nil {
		t.note("", "columns that the model does not know are passed over: %s", listedNames(strange))
	}
	return nil
}

// modelLabel returns the column of the label, -1 where there is none and none is asked for. A
// column of its name that is taken for a feature is not the one.
func (t *reader) modelLabel(label string, taken []bool) (int, error) {
	if t.choice.Label != "" {
		return find(t.columns, true, label)
	}
	at := -1
	for column, c := range t.columns {
		if c.Name != label || taken[column] {
			continue
		}
		if at >= 0 {
			return -1, errTwice(t.columns, at, column, "name the label by its number")
		}
		at = column
	}
	return at, nil
}

// byPlace takes the columns in the order of the table that the model has learned, with or
// without the label and the columns left out there.
func (t *reader) byPlace(m *Columns) error {
	cells, features := len(t.columns), m.Count()
	place, left := m.Place, m.Left
	if t.choice.Label != "" && t.choice.Label != none {
		at, err := find(t.columns, t.named, t.choice.Label)
		if err != nil {
			return fmt.Errorf("label: %w", err)
		}
		m = &Columns{Cells: features + 1, Place: at}
		place, left = at, nil
	}
	before := 0 // columns left out before the label
	for _, at := range left {
		if at < place {
			before++
		}
	}
	switch index := len(left) > 0 && t.counted(left[0]); {
	case cells == m.Cells:
	case cells == features:
		place, left = -1, nil
	case cells == m.Cells-1 && place >= 0 && (index || cells != features+1):
		left = slices.Clone(left)
		for i := range left {
			if left[i] > place {
				left[i]--
			}
		}
		place = -1
	case cells == features+1 && place >= 0:
		place, left = place-before, nil
	default:
		return &CountError{Cells: cells, Features: features, Label: place - before, Whole: m.Cells}
	}
	if t.choice.Label == none && place >= 0 {
		left, place = append(slices.Clone(left), place), -1
	}
	t.label, t.order = place, nil
	for column := range t.columns {
		switch {
		case column == place:
			t.columns[column].Role, t.columns[column].Why = Label, "by its place"
		case slices.Contains(left, column):
			t.columns[column].Role, t.columns[column].Why = LeftOut, "by its place"
		default:
			t.order = append(t.order, column)
		}
	}
	return nil
}

// counted says whether a column counts in the lines that were looked at.
func (t *reader) counted(column int) bool { return t.look(column).counts() }

// look returns the texts of a column in the lines that were looked at.
func (t *reader) look(column int) *kept {
	k := newKept()
	for _, r := range t.ahead {
		if column < len(r.cells) {
			k.add(r.cells[column], r.line)
		}
	}
	return k
}

// LackingError says that the header of a table lacks columns that a model reads.
type LackingError struct {
	// Names are those that are missing, Header those that are there, Want all that the
	// model reads; long lists are cut short.
	Names        []string
	Header, Want string
}

// Error names them.
func (e *LackingError) Error() string {
	return fmt.Sprintf("line 1: no column is named %s; the header has %s, the model reads %s", listedNames(e.Names), e.Header, e.Want)
}

// CountError says that the lines of a table have another number of cells than a model reads.
type CountError struct {
	// Cells of a line, and Features of the model; the label would be in the place Label,
	// counted from 0, below 0 for none; Whole is the number of cells that it has learned.
	Cells, Features, Label, Whole int
}

// Error says all numbers.
func (e *CountError) Error() string {
	text := fmt.Sprintf("line 1: %d cells, but the model reads %d values", e.Cells, e.Features)
	if e.Label >= 0 {
		text += fmt.Sprintf(", or %d cells with the label in column %d", e.Features+1, e.Label+1)
	}
	if e.Whole > e.Features+1 {
		text += fmt.Sprintf(", or %d as it has learned them", e.Whole)
	}
	return text
}

func listedNames(names []string) string {
	const most = 20
	var quoted []string
	for _, n := range names[:min(most, len(names))] {
		quoted = append(quoted, fmt.Sprintf("%q", excerpt(n)))
	}
	if len(names) > most {
		quoted = append(quoted, fmt.Sprintf("... (%d)", len(names)))
	}
	return strings.Join(quoted, ", ")
}
