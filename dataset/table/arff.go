package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"basin/dataset/internal/packed"
)

// isARFF recognises the header of a file of Weka.
var isARFF = regexp.MustCompile(`(?im)^\s*@(relation|attribute)\s`)

// arff reads an ARFF file: attributes with a name and a type, then lines of cells.
type arff struct {
	text    *bufio.Scanner
	line    int
	columns []attribute
	cells   []string
}

// attribute is a column of an ARFF file.
type attribute struct {
	name   string
	kind   Kind
	values map[string]bool // of a nominal one
	layout string          // of a date
}

// newARFF reads the header.
func newARFF(text io.Reader) (*arff, form, error) {
	a := &arff{text: bufio.NewScanner(text)}
	a.text.Buffer(nil, packed.LongestLine+1)
	f := form{separator: ','}
	for {
		line, err := a.scan()
		if errors.Is(err, io.EOF) {
			err = errors.New("arff: no @data, want it after the attributes")
		}
		if err != nil {
			return nil, f, err
		}
		word, rest := firstWord(line)
		switch strings.ToLower(word) {
		case "@relation":
		case "@attribute":
			c, err := newAttribute(rest)
			if err != nil {
				return nil, f, fmt.Errorf("arff: line %d: %w", a.line, err)
			}
			a.columns = append(a.columns, c)
			f.names, f.kinds = append(f.names, c.name), append(f.kinds, c.kind)
		case "@data":
			if len(a.columns) == 0 {
				return nil, f, fmt.Errorf("arff: line %d: @data, but no @attribute before it", a.line)
			}
			return a, f, nil
		default:
			return nil, f, fmt.Errorf("arff: line %d: %q, want @relation, @attribute or @data", a.line, excerpt(word))
		}
	}
}

// scan returns the next line that is neither empty nor a comment.
func (a *arff) scan() (string, error) {
	for a.text.Scan() {
		a.line++
		if line := strings.TrimSpace(a.text.Text()); line != "" && line[0] != '%' {
			return line, nil
		}
	}
	if err := a.text.Err(); err != nil {
		return "", fmt.Errorf("line %d: %w", a.line+1, err)
	}
	return "", io.EOF
}

func (a *arff) at() int { return a.line }

func (a *arff) next() ([]string, error) {
	line, err := a.scan()
	if err != nil {
		return nil, err
	}
	if line[0] == '{' {
		return nil, &ForeignError{"a sparse ARFF file", "Weka writes it in full with weka.filters.unsupervised.instance.SparseToNonSparse"}
	}
	separator := byte(',')
	if !strings.Contains(line, ",") && strings.Contains(line, "\t") {
		separator = '\t'
	}
	a.cells = a.cells[:0]
	for rest, more := line, true; more; {
		var cell string
		var quoted bool
		if cell, quoted, rest, more, err = nextCell(rest, separator); err != nil {
			return nil, fmt.Errorf("line %d, column %d: %w", a.line, len(a.cells)+1, err)
		}
		if at := len(a.cells); at < len(a.columns) && (quoted || !missing(cell)) {
			if cell, err = a.columns[at].cell(cell); err != nil {
				return nil, fmt.Errorf("line %d, column %d: %w", a.line, at+1, err)
			}
		}
		a.cells = append(a.cells, cell)
	}
	return a.cells, nil
}

// cell checks a cell against its type, and turns a date into ISO 8601.
func (c *attribute) cell(cell string) (string, error) {
	if c.values != nil && !c.values[cell] {
		return "", fmt.Errorf("%q is none of the values that its attribute lists", excerpt(cell))
	}
	if c.layout == "" {
		return cell, nil
	}
	t, err := time.Parse(c.layout, cell)
	if err != nil {
		return "", fmt.Errorf("%q, want a date as its attribute says", excerpt(cell))
	}
	return isoDate(t), nil
}

// nextCell cuts the first cell off a line. A cell may stand in quotes of either kind, where a
// backslash precedes what is meant literally.
func nextCell(line string, separator byte) (cell string, quoted bool, rest string, more bool, err error) {
	line = strings.TrimLeft(line, " \t")
	if separator == '\t' {
		line = strings.TrimLeft(line, " ")
	}
	if line == "" || line[0] != '\'' && line[0] != '"' {
		cell, rest, more = strings.Cut(line, string(separator))
		return strings.TrimSpace(cell), false, rest, more, nil
	}
	text := strings.Builder{}
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			if i++; i < len(line) {
				text.WriteByte(line[i])
			}
		case line[0]:
			rest = strings.TrimLeft(line[i+1:], " \t")
			if rest == "" {
				return text.String(), true, "", false, nil
			}
			if rest[0] != separator && separator != '\t' {
				return "", true, "", false, fmt.Errorf("%q after a quoted cell, want a comma", excerpt(rest))
			}
			return text.String(), true, strings.TrimPrefix(rest, string(separator)), true, nil
		default:
			text.WriteByte(line[i])
		}
	}
	return "", true, "", false, errors.New("a quotation mark that is not closed")
}

// firstWord cuts the first word off a line, which may stand in quotes.
func firstWord(line string) (word, rest string) {
	line = strings.TrimSpace(line)
	if line != "" && (line[0] == '\'' || line[0] == '"') {
		if end := strings.IndexByte(line[1:], line[0]); end >= 0 {
			return line[1 : 1+end], strings.TrimSpace(line[2+end:])
		}
	}
	end := strings.IndexAny(line, " \t{")
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimSpace(line[end:])
}

// newAttribute reads the name and the type of a column.
func newAttribute(text string) (c attribute, err error) {
	name, rest := firstWord(text)
	c.name = name
	if strings.HasPrefix(rest, "{") {
		list, _, closed := strings.Cut(rest[1:], "}")
		if !closed {
			return c, fmt.Errorf("attribute %q: a { that is not closed", excerpt(name))
		}
		c.kind, c.values = Category, map[string]bool{}
		for more := true; more; {
			var value string
			if value, _, list, more, err = nextCell(list, ','); err != nil {
				return c, fmt.Errorf("attribute %q: %w", excerpt(name), err)
			}
			c.values[value] = true
		}
		return c, nil
	}
	kind, format := firstWord(rest)
	switch strings.ToLower(kind) {
	case "numeric", "real", "integer":
		c.kind = Number
	case "string":
	case "date":
		c.kind = Date
		if format, _ = firstWord(format); format == "" {
			format = "yyyy-MM-dd'T'HH:mm:ss"
		}
		c.layout, err = dateLayout(format)
	default:
		err = fmt.Errorf("type %q, want numeric, real, integer, string, date or {values}", excerpt(kind))
	}
	if err != nil {
		err = fmt.Errorf("attribute %q: %w", excerpt(name), err)
	}
	return c, err
}

// dateLayout turns a format of Java's SimpleDateFormat into one of Go.
func dateLayout(format string) (string, error) {
	layout := strings.NewReplacer("''", "'", "'T'", "T", "'Z'", "Z").Replace(format)
	for _, pair := range [][2]string{{"yyyy", "2006"}, {"MM", "01"}, {"dd", "02"}, {"HH", "15"}, {"mm", "04"}, {"ss", "05"}, {"SSS", "000"}} {
		layout = strings.Replace(layout, pair[0], pair[1], 1)
	}
	if strings.ContainsFunc(strings.NewReplacer("T", "", "Z", "").Replace(layout), func(r rune) bool {
		return r == '\'' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}) || !strings.Contains(layout, "2006") {
		return "", fmt.Errorf("date format %q, want one of yyyy, MM, dd, HH, mm, ss and SSS", excerpt(format))
	}
	return layout, nil
}
