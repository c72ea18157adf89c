package dataset

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"basin/dataset/internal/packed"
)

// ReadCSV reads one sample per line, plain or compressed with gzip. Cells are
// separated by commas, semicolons or tabs, whichever the first line has most of,
// and may be quoted. All cells but the label are numbers; if all of them are
// integers in 0..255 they become Bytes, else Floats. Shape is {features}.
//
// The first line is a header if none of its cells, the label aside, is a number,
// or if o.Label names one of them. o.Label is the name of the label column, its
// number counted from 1, "" for the last column or "none". Labels are any text;
// the distinct ones are the classes, ordered by value if they are integers, else
// alphabetically. Where o.Features is given, lines may lack the label, see [Options]. Of
// o only these two are used.
//
// Missing cells, lines of another length and cells that are no finite number
// are errors that name line and column, as are more than 4 GiB of values.
func ReadCSV(r io.Reader, o Options) (*Set, error) {
	s, err := readCSV(r, o)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readCSV(r io.Reader, o Options) (*Set, error) {
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, fmt.Errorf("csv: %w", err)
	}
	content = packed.Content{Reader: bufio.NewReaderSize(packed.Lines(content), 1<<16)}
	t := newTable(content)
	if err := t.read(o); err != nil {
		return nil, fmt.Errorf("csv: %w", err)
	}
	s := &Set{Shape: []int{t.features}, Bytes: t.bytes, Floats: t.floats}
	if t.label >= 0 {
		s.Labels, s.LabelNames = nameLabels(t.labels, t.texts)
	}
	return s, nil
}

// table is a CSV file while it is read.
type table struct {
	lines    *csv.Reader
	columns  int
	label    int   // column of the label, -1 for none
	spare    int   // column that is the label if it is no number, -1 for none
	most     int64 // bytes of values
	features int
	bytes    []uint8   // while all values are bytes
	floats   []float32 // from the first one on that is not
	labels   []int     // of each line, an index of texts
	texts    []string  // the distinct labels as they occur
	seen     map[string]int
}

func newTable(content packed.Content) *table {
	if head, _ := content.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = content.Discard(3) // byte order mark
	}
	t := &table{lines: csv.NewReader(content), spare: -1, most: largestArray, seen: map[string]int{}}
	head, _ := content.Peek(4096)
	line, _, _ := bytes.Cut(head, []byte("\n"))
	most := 0
	for _, separator := range ",;\t" {
		if n := bytes.Count(line, []byte(string(separator))); n > most {
			most, t.lines.Comma = n, separator
		}
	}
	t.lines.ReuseRecord = true
	t.lines.FieldsPerRecord = -1
	t.lines.TrimLeadingSpace = t.lines.Comma != '\t'
	return t
}

func (t *table) read(o Options) error {
	first, err := t.lines.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("empty, want one sample per line")
	}
	if err != nil {
		return misquoted(err)
	}
	label := o.Label
	if o.Features > 0 && len(first) != o.Features+1 {
		label = none
		t.spare, _, _ = labelColumn(first, o.Label)
	}
	header, err := t.layout(first, label)
	if err != nil {
		return err
	}
	t.bytes = []uint8{}
	if !header {
		if err := t.add(first); err != nil {
			return err
		}
	}
	for {
		cells, err := t.lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return misquoted(err)
		}
		if err := t.add(cells); err != nil {
			return err
		}
	}
	if len(t.bytes) == 0 && len(t.floats) == 0 {
		return errors.New("no samples after the header")
	}
	return nil
}

// misquoted words the error of a line that cannot be cut into cells.
func misquoted(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	return fmt.Errorf(`line %d: a quotation mark that is not closed, or inside of a cell, want "" for one in a quoted cell`, parse.StartLine)
}

// layout finds the label column and says whether the first line is a header.
func (t *table) layout(first []string, label string) (header bool, err error) {
	t.columns = len(first)
	if t.label, header, err = labelColumn(first, label); err != nil {
		return false, err
	}
	t.features = t.columns
	if t.label >= 0 {
		t.features--
	}
	if t.features == 0 {
		return false, fmt.Errorf("line 1: %d columns, want at least one beside the label", t.columns)
	}
	if header = header || t.isHeader(first); !header || label != "" {
		return header, nil
	}
	obvious := func(cell string) bool {
		return slices.Contains([]string{"label", "labels", "class", "target"}, strings.ToLower(strings.TrimSpace(cell)))
	}
	if at := slices.IndexFunc(first, obvious); at >= 0 && !slices.ContainsFunc(first[t.label:], obvious) {
		return false, fmt.Errorf("line 1: column %d is named %q, but the labels are taken from the last one, %q; name the label column",
			at+1, first[at], first[t.label])
	}
	return true, nil
}

// labelColumn returns the column that a label setting means, -1 for none, and whether the
// first line names it.
func labelColumn(first []string, label string) (column int, header bool, err error) {
	named := slices.IndexFunc(first, func(cell string) bool { return strings.TrimSpace(cell) == label })
	switch number, notNumber := strconv.Atoi(label); {
	case label == "":
		return len(first) - 1, false, nil
	case label == none:
		return -1, false, nil
	case notNumber == nil:
		if number < 1 || number > len(first) {
			return -1, false, fmt.Errorf("label column %d, want 1..%d", number, len(first))
		}
		return number - 1, false, nil
	case named >= 0:
		return named, true, nil
	}
	return -1, false, fmt.Errorf("line 1: no column is named %q: %s", label, excerpt([]byte(strings.Join(first, ", "))))
}

func (t *table) isHeader(first []string) bool {
	text := false
	for column, cell := range first {
		if column == t.label {
			continue
		}
		if _, err := parseCell(cell); err == nil {
			return false
		}
		text = text || strings.TrimSpace(cell) != ""
	}
	return text
}

// add appends one line.
func (t *table) add(cells []string) error {
	if len(cells) != t.columns {
		line, _ := t.lines.FieldPos(0)
		return fmt.Errorf("line %d: %d columns, want %d", line, len(cells), t.columns)
	}
	if t.spare >= 0 && t.columns > 1 {
		if _, err := parseCell(cells[t.spare]); err != nil {
			t.label = t.spare
			t.features--
		}
	}
	t.spare = -1 // the first line decides
	for column, cell := range cells {
		if column == t.label {
			cell = strings.TrimSpace(cell)
			if cell == "" {
				return t.fault(column, errors.New("no label"))
			}
			t.addLabel(cell)
			continue
		}
		v, err := parseCell(cell)
		if err != nil {
			return t.fault(column, err)
		}
		t.addValue(v)
	}
	if int64(len(t.bytes))+4*int64(len(t.floats)) > t.most {
		line, _ := t.lines.FieldPos(0)
		return fmt.Errorf("line %d: more than %d bytes of values", line, t.most)
	}
	return nil
}

func (t *table) addLabel(text string) {
	n, known := t.seen[text]
	if !known {
		n = len(t.texts)
		text = strings.Clone(text) // not the line
		t.texts = append(t.texts, text)
		t.seen[text] = n
	}
	t.labels = append(t.labels, n)
}

func (t *table) addValue(v float32) {
	if t.floats == nil {
		if v >= 0 && v <= 255 && v == float32(math.Trunc(float64(v))) {
			t.bytes = append(t.bytes, uint8(v))
			return
		}
		t.floats = make([]float32, len(t.bytes), 2*len(t.bytes)+1)
		for i, b := range t.bytes {
			t.floats[i] = float32(b)
		}
		t.bytes = nil
	}
	t.floats = append(t.floats, v)
}

func (t *table) fault(column int, err error) error {
	line, _ := t.lines.FieldPos(column)
	return fmt.Errorf("line %d, column %d: %w", line, column+1, err)
}

// parseCell returns the number in a cell.
func parseCell(cell string) (float32, error) {
	cell = strings.TrimSpace(cell)
	if n := len(cell); n > 0 && n <= 3 { // most cells are small integers
		if v, ok := parseDigits(cell); ok {
			return float32(v), nil
		}
	}
	if cell == "" {
		return 0, errors.New("missing value, want a number")
	}
	v, err := strconv.ParseFloat(cell, 32)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%q does not fit a number of 32 bits", excerpt([]byte(cell)))
	case err != nil:
		return 0, fmt.Errorf("%q, want a number", excerpt([]byte(cell)))
	case !finite(v):
		return 0, fmt.Errorf("%q, want a finite number", cell)
	}
	return float32(v), nil
}

func parseDigits(cell string) (v int, ok bool) {
	for _, c := range []byte(cell) {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	return v, true
}

// nameLabels sorts the distinct texts and returns the labels, which index them,
// as classes. Texts that are all whole numbers, perhaps written as 1.0 or 1e0,
// become those numbers.
func nameLabels(labels []int, texts []string) (classes []int, names []string) {
	if whole, ok := wholeNumbers(texts); ok {
		texts = whole
	}
	names = slices.Clone(texts)
	slices.SortFunc(names, compareLabels)
	names = slices.Compact(names)
	number := make(map[string]int, len(names))
	for class, name := range names {
		number[name] = class
	}
	classes = make([]int, len(labels))
	for i, n := range labels {
		classes[i] = number[texts[n]]
	}
	return classes, names
}

func wholeNumbers(texts []string) (whole []string, ok bool) {
	for _, text := range texts {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, false
		}
		whole = append(whole, strconv.FormatInt(int64(v), 10))
	}
	return whole, true
}
