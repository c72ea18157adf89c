package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table is a table as it was read.
type Table struct {
	// Bytes, Floats or Doubles hold the values, line by line, Features of each: Bytes where
	// all are whole numbers in 0..255, Floats where they are other numbers. In Doubles a
	// missing value is NaN, a category its place among those of the column, a date a number
	// of days; numbers alone are there only where a column has large ones that differ
	// little, which 32 bits would make equal.
	Bytes    []uint8
	Floats   []float32
	Doubles  []float64
	Features int
	// Labels has an index of Texts for each line; nil where there is no label.
	Labels []int
	Texts  []string
	// IDs has the text of the id column for each line, nil where there is none, and Lines
	// the number of the line in the file.
	IDs   []string
	Lines []int
	Info
}

// Info is what was found out of the columns of a table.
type Info struct {
	// Columns has all columns, also those that were left out, and Order those of the
	// values, in their order. Label is the place of the label, -1 without one.
	Columns []Column
	Order   []int
	Label   int
	// Named says that line 1 is a header.
	Named bool
	// Notes say what was assumed.
	Notes []Note
}

// Memory returns what a model remembers of the table.
func (i *Info) Memory() *Columns {
	m := &Columns{Cells: len(i.Columns), Place: i.Label}
	if i.Label >= 0 {
		m.Label = i.Columns[i.Label].Name
	}
	for at, c := range i.Columns {
		if c.Role == LeftOut || c.Role == ID {
			m.Left = append(m.Left, at)
		}
	}
	numbers := true
	for _, at := range i.Order {
		if i.Named {
			m.Features = append(m.Features, i.Columns[at].Name)
		}
		m.Kinds = append(m.Kinds, i.Columns[at].Kind)
		numbers = numbers && i.Columns[at].Kind == Number
	}
	if numbers {
		m.Kinds = nil
	}
	return m
}

// row is a line that was read ahead.
type row struct {
	cells []string
	line  int
}

// ahead is the number of lines by which a header is recognised.
const ahead = 100

// reader is a table while it is read.
type reader struct {
	source source
	form   form
	choice Choice
	most   int64 // bytes of values
	size   int64 // of them, and of texts beside them

	columns   []Column
	named     bool
	ahead     []row
	ended     error // of the lines after those
	label, id int   // columns, -1 for none
	index     int   // column that may number the rows, -1 for none
	rival     int   // column that may be the label in place of label, -1 for none
	spare     bool  // the label may be a feature
	order     []int // columns of the values, in their order
	kept      map[int]*kept
	cells     []*cells // of the columns that are features
	aside     []int    // columns that are kept as texts
	blank     int      // columns at the end that are empty

	bytes         []uint8   // while all values are bytes
	floats        []float64 // from the first one on that is not
	fine          bool      // they are no floats of 32 bits
	ids           []string
	at            []int
	points, comma bool // decimal ones that were seen
	latin         bool // texts that are not UTF-8 were seen
	zeros, long   seen // numbers with zeros before them, and with more digits than 64 bits hold
	notes         []Note
}

// Read reads a table of at most most bytes of values. Errors name line and column; what is
// no table is a [*ForeignError], what a model cannot read a [*LackingError] or a
// [*CountError].
func Read(content *bufio.Reader, c Choice, most int64) (*Table, error) {
	source, f, err := newSource(content, c, most)
	if err != nil {
		return nil, err
	}
	return readSource(source, f, c, most)
}

// readSource reads the table of a source.
func readSource(s source, f form, c Choice, most int64) (*Table, error) {
	t := &reader{source: s, form: f, notes: f.notes, choice: c, most: most, label: -1, id: -1, index: -1, rival: -1, kept: map[int]*kept{}, bytes: []uint8{}}
	if err := t.begin(); err != nil {
		return nil, err
	}
	for _, r := range t.ahead {
		if err := t.add(r.cells, r.line); err != nil {
			return nil, err
		}
	}
	for t.ended == nil {
		cells, err := t.source.next()
		if err != nil {
			t.ended = err
			break
		}
		if err := t.add(cells, t.source.at()); err != nil {
			return nil, err
		}
	}
	if !errors.Is(t.ended, io.EOF) {
		return nil, t.ended
	}
	if len(t.at) == 0 {
		return nil, errors.New("no samples after the header")
	}
	return t.finish()
}

// begin reads the first lines and lays out the columns.
func (t *reader) begin() error {
	first := row{cells: t.form.names}
	if first.cells == nil {
		cells, err := t.source.next()
		if errors.Is(err, io.EOF) {
			return errors.New("empty, want one sample per line")
		}
		if err != nil {
			return err
		}
		first = copied(cells, t.source.at())
	}
	for len(t.ahead) < ahead && t.ended == nil {
		var cells []string
		if cells, t.ended = t.source.next(); t.ended == nil {
			t.ahead = append(t.ahead, copied(cells, t.source.at()))
		}
	}
	var why string
	switch {
	case t.form.names != nil:
		t.named = true
	case !t.form.nameless:
		if t.named, why = t.isHeader(first.cells, t.ahead); why != "" {
			t.note("", "line %d is read as a header: %s", first.line, why)
		}
	}
	if t.named {
		if t.form.names == nil && t.rowNames(first.cells) {
			first.cells = append([]string{""}, first.cells...)
		}
	} else {
		t.ahead = append([]row{first}, t.ahead...)
	}
	t.columns = make([]Column, len(first.cells))
	for i, cell := range first.cells {
		t.columns[i].Role = Feature
		if t.named {
			t.columns[i].Name = t.legible(strings.TrimSpace(cell))
		}
	}
	if err := t.checkNames(first.line); err != nil {
		return err
	}
	if err := t.layout(); err != nil {
		return err
	}
	if err := t.checkUnread(); err != nil {
		return err
	}
	t.cells = make([]*cells, len(t.columns))
	for place, column := range t.order {
		t.cells[column] = t.newCells(column, place)
	}
	return nil
}

// copied returns a line that stays as it is.
func copied(cells []string, line int) row {
	r := row{make([]string, len(cells)), line}
	for i, cell := range cells {
		r.cells[i] = strings.Clone(cell)
	}
	return r
}

// newCells returns what is known beforehand of the cells of a feature in a place of the order.
func (t *reader) newCells(column, place int) *cells {
	c := &cells{}
	switch m := t.choice.Model; {
	case m != nil && place >= 0 && place < len(m.Kinds):
		c.kind = m.Kinds[place]
	case m != nil || t.choice.Features > 0:
		c.kind = Number
	case column < len(t.form.kinds):
		c.kind = t.form.kinds[column]
	}
	c.fixed = c.kind != ""
	return c
}

// rowNames says whether all lines have a cell more than the header, as R writes row names.
func (t *reader) rowNames(header []string) bool {
	return len(t.ahead) > 0 && !slices.ContainsFunc(t.ahead, func(r row) bool {
		return len(r.cells) != len(header)+1 || strings.TrimSpace(r.cells[len(r.cells)-1]) == ""
	})
}

// keep keeps the texts of a column.
func (t *reader) keep(column int) {
	if t.kept[column] == nil {
		t.kept[column] = newKept()
		t.aside = append(t.aside, column)
	}
}

// add appends a line.
func (t *reader) add(cells []string, line int) error {
	if len(cells) != len(t.columns) {
		if strings.HasPrefix(cells[0], "#") || strings.HasPrefix(cells[0], "%") {
			return fmt.Errorf("line %d: %d columns, want %d; comments may stand above the table alone", line, len(cells), len(t.columns))
		}
		return fmt.Errorf("line %d: %d columns, want %d", line, len(cells), len(t.columns))
	}
	for i := len(cells) - t.blank; i < len(cells); i++ {
		if strings.TrimSpace(cells[i]) != "" {
			return fmt.Errorf("line %d, column %d: %q, but the column is empty in the lines before", line, i+1, excerpt(cells[i]))
		}
	}
	for _, column := range t.aside {
		t.kept[column].add(cells[column], line)
	}
	if t.id >= 0 {
		id := strings.TrimSpace(cells[t.id])
		if err := broken(id); err != nil {
			return t.fault(line, t.id, err)
		}
		t.ids = append(t.ids, t.legible(strings.Clone(id)))
	}
	for _, column := range t.order {
		v, err := t.value(column, cells[column], line)
		if err != nil {
			return err
		}
		t.addValue(v, t.cells[column].kind != Category)
	}
	t.at = append(t.at, line)
	if t.size+int64(len(t.bytes))+8*int64(len(t.floats)) > t.most {
		return fmt.Errorf("line %d: %w", line, tooMuch(t.most))
	}
	return nil
}

// tooMuch says that the values take too much memory.
func tooMuch(most int64) error {
	return fmt.Errorf("more than %d bytes (%.3g GiB) of values: read less of the file, or raise data.limit, which is in GiB", most, float64(most)/(1<<30))
}

// fault says in which cell a mistake is.
func (t *reader) fault(line, column int, err error) *CellError {
	return &CellError{Line: line, Column: setting(t.columns, column), place: t.place(line, column), err: err}
}

// CellError is a mistake in a cell of a feature.
type CellError struct {
	// Line counts from 1; Column names the column as settings do.
	Line   int
	Column string
	// Also are the other columns that cannot be read.
	Also  []string
	place string
	err   error
}

// Error says where it is, and what.
func (e *CellError) Error() string {
	text := fmt.Sprintf("%s: %v", e.place, e.err)
	if len(e.Also) > 0 {
		text += "; nor can these columns be read: " + listedNames(e.Also)
	}
	return text
}

// Unwrap returns what is wrong.
func (e *CellError) Unwrap() error { return e.err }

// truths are texts that are read as numbers where a feature has them.
var truths = map[string]float64{"true": 1, "false": 0}

// number reads a cell and watches over its decimal point.
func (t *reader) number(cell string) (float64, error) {
	separator := t.form.separator
	v, err := parse(cell, separator)
	if err != nil || separator == ',' || len(cell) < 3 {
		return v, err
	}
	t.points = t.points || strings.Contains(cell, ".")
	if strings.Contains(cell, ",") {
		t.comma = true
		if t.points {
			return 0, fmt.Errorf("%q, but other cells have decimal points: want one of the two", excerpt(cell))
		}
	}
	if t.comma && t.points {
		return 0, fmt.Errorf("%q, but other cells have decimal commas: want one of the two", excerpt(cell))
	}
	return v, nil
}

// addValue appends a value; number says that it may be one of bytes.
func (t *reader) addValue(v float64, number bool) {
	if t.floats == nil {
		if number && isByte(v) {
			t.bytes = append(t.bytes, uint8(v))
			return
		}
		t.widen()
	}
	t.floats = append(t.floats, v)
}

func isByte(v float64) bool { return v >= 0 && v <= 255 && v == math.Trunc(v) }

// widen makes numbers of bytes.
func (t *reader) widen() {
	t.floats = make([]float64, len(t.bytes), 2*len(t.bytes)+1)
	for i, b := range t.bytes {
		t.floats[i] = float64(b)
	}
	t.bytes = nil
}

// legible returns a text as UTF-8 and says so once.
func (t *reader) legible(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	if !t.latin {
		t.latin = true
		t.note("", "texts that are not UTF-8 are read as Windows-1252 (Latin-1)")
	}
	return legible(text)
}

func (t *reader) note(hint, format string, values ...any) {
	t.notes = append(t.notes, Note{fmt.Sprintf(format, values...), hint})
}
