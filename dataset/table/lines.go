package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"basin/dataset/internal/packed"
)

// lines reads the lines of a table as cells.
type lines struct {
	csv     *csv.Reader    // nil where spaces separate
	words   *bufio.Scanner // else
	dialect dialect
	line    int // of the cells read last, from 1
}

// newSource recognises the format of a table of text and begins to read it.
func newSource(content *bufio.Reader, c Choice, most int64) (source, form, error) {
	text, err := decoded(content)
	if err != nil {
		return nil, form{}, err
	}
	text = bufio.NewReaderSize(packed.Lines(text), 2*headSize)
	head, err := text.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, form{}, err
	}
	whole := errors.Is(err, io.EOF)
	switch {
	case isARFF.Match(head):
		return newARFF(text)
	case looksLikeLIBSVM(string(head)):
		width := c.Features
		if c.Model != nil {
			width = c.Model.Count()
		}
		return newLIBSVM(text, width, most)
	}
	if err := Foreign(head); err != nil {
		return nil, form{}, err
	}
	l := newLines(text, findDialect(head, whole, c))
	return l, form{separator: l.dialect.separator, notes: l.dialect.notes()}, nil
}

func newLines(content *bufio.Reader, d dialect) *lines {
	for range d.skip {
		if _, err := content.ReadSlice('\n'); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
	}
	var text io.Reader = content
	if d.header != "" {
		text = io.MultiReader(strings.NewReader(d.header+"\n"), content)
		d.skip-- // it stands for a line of the comments
	}
	l := &lines{dialect: d}
	if d.separator == ' ' {
		l.words = bufio.NewScanner(text)
		l.words.Buffer(nil, 1<<26)
		l.line = d.skip
		return l
	}
	l.csv = csv.NewReader(text)
	l.csv.Comma = d.separator
	l.csv.ReuseRecord = true
	l.csv.FieldsPerRecord = -1
	l.csv.TrimLeadingSpace = d.separator != '\t'
	return l
}

func (l *lines) at() int { return l.line }

func (l *lines) next() ([]string, error) {
	if l.csv == nil {
		return l.nextWords()
	}
	cells, err := l.csv.Read()
	if err != nil {
		return nil, l.misquoted(err)
	}
	line, _ := l.csv.FieldPos(0)
	l.line = line + l.dialect.skip
	return cells, nil
}

func (l *lines) nextWords() ([]string, error) {
	for l.words.Scan() {
		l.line++
		text := strings.TrimSpace(l.words.Text())
		if text == "" {
			continue
		}
		return splitWords(text), nil
	}
	if err := l.words.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", l.line+1, err)
	}
	return nil, io.EOF
}

// misquoted words the error of a line that cannot be cut into cells.
func (l *lines) misquoted(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	return fmt.Errorf(`line %d: a quotation mark that is not closed, or inside of a cell, want "" for one in a quoted cell`, parse.StartLine+l.dialect.skip)
}

// splitWords cuts a line at runs of spaces that are not in quotes.
func splitWords(line string) (cells []string) {
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		if line[0] == '"' {
			end := strings.IndexByte(line[1:], '"')
			if rest := line[min(len(line), 2+end):]; end >= 0 && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
				cells = append(cells, line[1:1+end])
				line = line[2+end:]
				continue
			}
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		cells = append(cells, line[:end])
		line = line[end:]
	}
	return cells
}

// carriage turns line ends of a single CR into LF.
type carriage struct{ r io.Reader }

func (c carriage) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	copy(p[:n], bytes.ReplaceAll(p[:n], []byte{'\r'}, []byte{'\n'}))
	return n, err
}
