package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"basin/dataset"
	"basin/internal/spelling"
)

// content is a body of JSON.
type content struct {
	rows   []row
	labels []string // nil without
}

// row is a sample of a body of JSON: a list of cells, or cells by the names of columns.
type row struct {
	cells []any
	named map[string]any
}

// readJSON reads {"inputs": [...], "labels": [...]}.
func readJSON(text []byte) (*content, error) {
	var members map[string]json.RawMessage
	if err := unmarshal(text, &members); err != nil {
		return nil, NewProblem(http.StatusBadRequest, "the body is not %s: %v", wantedJSON, err)
	}
	if bytes.Count(text, []byte(`"inputs"`)) > 1 || bytes.Count(text, []byte(`"labels"`)) > 1 {
		if name := repeated(text); name != "" {
			return nil, NewProblem(http.StatusUnprocessableEntity, "the body has %.50q twice", name)
		}
	}
	for name := range members {
		if name != "inputs" && name != "labels" {
			p := NewProblem(http.StatusUnprocessableEntity, "the body has %.50q, want %s", name, wantedJSON)
			if near := spelling.Nearest(name, []string{"inputs", "labels"}); near != "" {
				p.Detail += fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, p
		}
	}
	var list []json.RawMessage
	if members["inputs"] == nil || unmarshal(members["inputs"], &list) != nil || len(list) == 0 {
		return nil, NewProblem(http.StatusUnprocessableEntity, "no inputs, want %s", wantedJSON)
	}
	c := &content{rows: make([]row, len(list))}
	for i, text := range list {
		into := any(&c.rows[i].cells)
		if text[0] == '{' {
			into = &c.rows[i].named
		}
		if text[0] != '[' && text[0] != '{' || unmarshal(text, into) != nil {
			return nil, NewProblem(http.StatusUnprocessableEntity, "row %d is %.20s, want a list of values, or an object of them by the names of columns", i+1, text).at(i+1, 0)
		}
		if text[0] == '{' {
			if name := repeated(text); name != "" {
				return nil, NewProblem(http.StatusUnprocessableEntity, "row %d has the column %.50q twice", i+1, name).at(i+1, 0)
			}
		}
	}
	if text := members["labels"]; text != nil {
		if err := c.readLabels(text); err != nil {
			return nil, err
		}
	}
	return c, nil
}

const wantedJSON = `JSON like {"inputs": [[0, 1.5, 3], ...]}`

// readLabels reads a name, a number or a truth value for each row.
func (c *content) readLabels(text []byte) error {
	var list []any
	if err := unmarshal(text, &list); err != nil || len(list) != len(c.rows) {
		return NewProblem(http.StatusUnprocessableEntity, "%d labels, want a list of %d, one for each of the inputs", len(list), len(c.rows))
	}
	for i, v := range list {
		label, ok := cell(v)
		if !ok || label == "" {
			return NewProblem(http.StatusUnprocessableEntity, "label %d is not the name of a class", i+1).at(i+1, 0)
		}
		c.labels = append(c.labels, label)
	}
	return nil
}

// unmarshal reads JSON and keeps numbers as they are written.
func unmarshal(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after its end")
	}
	return nil
}

// repeated returns a name that an object of JSON, which can be read, has twice; "" where there
// is none. What lies within its values is not looked at.
func repeated(object []byte) string {
	d := json.NewDecoder(bytes.NewReader(object))
	seen := map[string]bool{}
	_, _ = d.Token() // the brace
	for d.More() {
		name, err := d.Token()
		text, is := name.(string)
		var value json.RawMessage
		if err != nil || !is || d.Decode(&value) != nil {
			return ""
		}
		if seen[text] {
			return text
		}
		seen[text] = true
	}
	return ""
}

// cell returns the text of a value in a table, empty for null; ok is false for lists and
// objects.
func cell(v any) (text string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// numbers makes samples of rows for a model that has not learned a table.
func (c *content) numbers(m *Loaded) (*dataset.Set, error) {
	values := make([]float32, 0, len(c.rows)*m.features)
	for i, r := range c.rows {
		if r.named != nil {
			return nil, NewProblem(http.StatusUnprocessableEntity, "row %d is an object, but the model has not learned a table: want a list of %d numbers", i+1, m.features).at(i+1, 0)
		}
		if len(r.cells) != m.features {
			return nil, wrongWidth(i, len(r.cells), m)
		}
		for k, v := range r.cells {
			number, ok := v.(json.Number)
			double, err := strconv.ParseFloat(number.String(), 64)
			switch {
			case v == nil:
				return nil, NewProblem(http.StatusUnprocessableEntity, "row %d, column %d: missing value, and the model has not learned a table, where some may be", i+1, k+1).at(i+1, k+1)
			case !ok:
				return nil, NewProblem(http.StatusUnprocessableEntity, "row %d, column %d: want a number", i+1, k+1).at(i+1, k+1)
			case err != nil || math.IsInf(float64(float32(double)), 0):
				return nil, NewProblem(http.StatusUnprocessableEntity, "row %d, column %d: %.40s does not fit a number of 32 bits", i+1, k+1, number).at(i+1, k+1)
			}
			values = append(values, float32(double))
		}
	}
	return &dataset.Set{Name: setName, Shape: []int{m.features}, Floats: values}, nil
}

// wrongWidth says that a row has another number of values than the model reads.
func wrongWidth(i, width int, m *Loaded) *Problem {
	return NewProblem(http.StatusUnprocessableEntity, "row %d has %d values, but the model reads %s", i+1, width, dataset.ShapeText(m.Model.SampleShape())).at(i+1, 0)
}

// table makes samples of rows for a model that has learned one: it reads them as the text of a
// table, so that kinds of columns, missing values and categories are what they are in a file.
func (c *content) table(m *Loaded, limit int64) (*dataset.Set, error) {
	names := m.Model.Columns.Features
	text, lines := bytes.NewBufferString("sep=,\n"), make([]int, len(c.rows))
	line := 2
	for k := range m.features {
		name := fmt.Sprintf("column %d", k+1)
		if len(names) > 0 {
			name = names[k]
		}
		line += writeCell(text, k, name)
	}
	text.WriteByte('\n')
	line++
	for i, r := range c.rows {
		cells, err := r.inOrder(m, i)
		if err != nil {
			return nil, err
		}
		lines[i] = line
		for k, v := range cells {
			value, ok := cell(v)
			if !ok {
				return nil, NewProblem(http.StatusUnprocessableEntity, "row %d, %s: want a number, a text, true, false or null", i+1, m.column(k)).at(i+1, k+1)
			}
			line += writeCell(text, k, value)
		}
		text.WriteByte('\n')
		line++
	}
	o := m.Model.Reads()
	o.ID, o.Limit = "", limit
	set, err := dataset.ReadFrom(text, "csv", o)
	if at, column, what := cellOf(err); what != nil {
		next, _ := slices.BinarySearch(lines, at+1)
		return nil, NewProblem(http.StatusUnprocessableEntity, "row %d, %s: %v", next, m.column(column-1), what).at(next, column)
	}
	if err != nil {
		return nil, problemOf(err)
	}
	set.Name, set.Lines, set.Notes, set.Labels, set.LabelNames = setName, nil, nil, nil, nil
	return set, nil
}

// writeCell appends a cell in quotes and returns the number of lines that it breaks.
func writeCell(text *bytes.Buffer, place int, value string) int {
	if place > 0 {
		text.WriteByte(',')
	}
	text.WriteByte('"')
	text.WriteString(strings.ReplaceAll(value, `"`, `""`))
	text.WriteByte('"')
	return strings.Count(value, "\n")
}

// column names a column of the table that the model has learned.
func (m *Loaded) column(k int) string {
	if names := m.Model.Columns.Features; k >= 0 && k < len(names) {
		return fmt.Sprintf("column %d (%q)", k+1, names[k])
	}
	return fmt.Sprintf("column %d", k+1)
}

// inOrder returns the cells of row i in the order of the columns of the model.
func (r row) inOrder(m *Loaded, i int) ([]any, error) {
	if r.named == nil {
		if len(r.cells) != m.features {
			return nil, wrongWidth(i, len(r.cells), m)
		}
		return r.cells, nil
	}
	names := m.Model.Columns.Features
	if len(names) == 0 {
		return nil, NewProblem(http.StatusUnprocessableEntity, "row %d is an object, but the table that the model has learned had no names of columns: want a list of %d values", i+1, m.features).at(i+1, 0)
	}
	cells := make([]any, len(names))
	for k, name := range names {
		v, ok := r.named[name]
		if !ok {
			p := NewProblem(http.StatusUnprocessableEntity, "row %d has no %q; null says that a value is missing", i+1, name).at(i+1, k+1)
			var others []string
			for other := range r.named {
				if !slices.Contains(names, other) {
					others = append(others, other)
				}
			}
			slices.Sort(others)
			if near := spelling.Nearest(name, others); near != "" {
				p.Detail += fmt.Sprintf("; is %q meant?", near)
			}
			return nil, p
		}
		cells[k] = v
	}
	return cells, nil
}

// labelled gives samples the labels of the body, or those in the label column of its objects.
func (c *content) labelled(s *dataset.Set, m *Loaded) error {
	labels := c.labels
	if labels == nil && m.Model.Columns != nil && m.Model.Columns.Label != "" {
		for i, r := range c.rows {
			label, ok := cell(r.named[m.Model.Columns.Label])
			if !ok || label == "" {
				return NewProblem(http.StatusUnprocessableEntity, `row %d has no label: want "labels" beside "inputs", or %q in each object`, i+1, m.Model.Columns.Label).at(i+1, 0)
			}
			labels = append(labels, label)
		}
	}
	if c.labels != nil && m.Model.Columns != nil {
		for i, r := range c.rows {
			if own, ok := cell(r.named[m.Model.Columns.Label]); ok && own != "" && i < len(labels) && own != labels[i] {
				return NewProblem(http.StatusUnprocessableEntity, "row %d is %q in its column %q and %q among the labels: want one of them", i+1, own, m.Model.Columns.Label, labels[i]).at(i+1, 0)
			}
		}
	}
	if labels == nil {
		return NewProblem(http.StatusUnprocessableEntity, `no labels: want {"inputs": [...], "labels": [...]}`)
	}
	setLabels(s, labels)
	return nil
}

// setLabels gives samples a label by name each.
func setLabels(s *dataset.Set, labels []string) {
	s.LabelNames = slices.Clone(labels)
	slices.Sort(s.LabelNames)
	s.LabelNames = slices.Compact(s.LabelNames)
	s.Labels = make([]int, len(labels))
	for i, label := range labels {
		s.Labels[i], _ = slices.BinarySearch(s.LabelNames, label)
	}
}

// quoted writes a text as JSON.
func quoted(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can always be written
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
