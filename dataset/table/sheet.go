package table

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// mostCells bounds the columns of a sheet, as Excel does.
const mostCells = 1 << 14

// sheet gives the rows of a sheet of Excel that are not empty, all of one width.
type sheet struct {
	io.Closer
	book  *workbook
	name  string
	xml   *elements
	ahead []row // rows that were read to find out where the table lies
	first int   // column where the table begins
	width int   // of the table
	row   int
	// merged counts merged cells, of which mergedFirst is one.
	merged      int
	mergedFirst string
}

// newSheet begins to read a sheet.
func (b *workbook) newSheet(at sheetName) (*sheet, error) {
	d, content, err := b.part(at.file)
	if err != nil {
		return nil, err
	}
	if d == nil { // as a sheet of a diagram has none
		return &sheet{Closer: io.NopCloser(nil)}, nil
	}
	s := &sheet{Closer: content, book: b, name: at.name, xml: d, first: mostCells}
	for len(s.ahead) < ahead {
		cells, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			content.Close()
			return nil, fmt.Errorf("line %d: %w", s.row, err)
		}
		s.ahead = append(s.ahead, row{cells, s.row})
		s.first = min(s.first, slices.IndexFunc(cells, filled))
		s.width = max(s.width, len(cells))
	}
	s.width -= s.first
	return s, nil
}

func filled(cell string) bool { return strings.TrimSpace(cell) != "" }

// titled reports texts above the table.
func (s *sheet) titled() error {
	if len(s.ahead) < 2 {
		return nil
	}
	count := func(cells []string) (count int) {
		for _, cell := range cells {
			if filled(cell) {
				count++
			}
		}
		return count
	}
	if above := count(s.ahead[0].cells); above == 1 && count(s.ahead[1].cells) > 2 || above == 1 && s.width > 2 {
		return fmt.Errorf("line %d: one cell, but the table has %d columns: delete what stands above its header", s.ahead[0].line, s.width)
	}
	return nil
}

func (s *sheet) at() int { return s.row }

func (s *sheet) next() ([]string, error) {
	var cells []string
	if len(s.ahead) > 0 {
		cells, s.row = s.ahead[0].cells, s.ahead[0].line
		s.ahead = s.ahead[1:]
	} else {
		var err error
		if cells, err = s.read(); err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("line %d: %w", s.row, err)
			}
			return nil, err
		}
	}
	for _, cell := range cells[:min(s.first, len(cells))] {
		if filled(cell) {
			return nil, fmt.Errorf("line %d: a cell left of the table: %q", s.row, excerpt(cell))
		}
	}
	cells = cells[min(s.first, len(cells)):]
	for len(cells) < s.width {
		cells = append(cells, "")
	}
	return cells, nil
}

// read returns the cells of the next row that is not empty, up to the last one that is not.
func (s *sheet) read() ([]string, error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		e, begins := token.(xml.StartElement)
		if begins && e.Name.Local == "mergeCell" {
			if s.merged++; s.merged == 1 {
				s.mergedFirst = attributeOf(e, "ref")
			}
		}
		if !begins || e.Name.Local != "row" {
			continue
		}
		s.row++
		if number, err := strconv.Atoi(attributeOf(e, "r")); err == nil && number > 0 {
			s.row = number
		}
		cells, err := s.cells()
		if err != nil {
			return nil, err
		}
		for len(cells) > 0 && !filled(cells[len(cells)-1]) {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > 0 {
			return cells, nil
		}
	}
}

// cells reads the cells of a row that has begun.
func (s *sheet) cells() (cells []string, err error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				return cells, nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			at := len(cells)
			if place := attributeOf(e, "r"); place != "" {
				if at, err = columnOf(place); err != nil {
					return nil, err
				}
			}
			if at < len(cells) || at >= mostCells {
				return nil, fmt.Errorf("cell %q after %d others, want ascending ones below column %d", excerpt(attributeOf(e, "r")), len(cells), mostCells)
			}
			for len(cells) < at {
				cells = append(cells, "")
			}
			cell, err := s.cell(e)
			if err != nil {
				return nil, fmt.Errorf("column %d: %w", at+1, err)
			}
			cells = append(cells, cell)
		}
	}
}

// mergedNote says that cells are merged; nil where none are.
func (s *sheet) mergedNote() []Note {
	if s.merged == 0 {
		return nil
	}
	return []Note{{
		Text: fmt.Sprintf("sheet %q has merged cells (%d), such as %s: the first cell of each has its value, the others are empty", excerpt(s.name), s.merged, excerpt(s.mergedFirst)),
		Hint: "unmerge them in the workbook where the others have that value too",
	}}
}

// columnOf returns the column of a place such as AB12, counted from 0.
func columnOf(place string) (int, error) {
	column := 0
	for i := range len(place) {
		c := place[i]
		if c < 'A' || c > 'Z' {
			if i == 0 {
				break
			}
			return column - 1, nil
		}
		if column = 26*column + int(c-'A') + 1; column > mostCells {
			break
		}
	}
	return 0, fmt.Errorf("cell %q, want a place such as B2", excerpt(place))
}

// cell reads a cell that has begun.
func (s *sheet) cell(begin xml.StartElement) (string, error) {
	kind := attributeOf(begin, "t")
	var text string
	formula := false
	for {
		token, err := s.xml.Token()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "c" {
				if formula && text == "" && kind != "str" {
					return unsaved, nil
				}
				return s.value(kind, attributeOf(begin, "s"), text)
			}
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				text, err = plainText(s.xml)
			case "is":
				text, err = textOf(s.xml)
			default: // a formula, whose result is kept beside it
				formula = formula || e.Name.Local == "f"
				err = s.xml.Skip()
			}
			if err != nil {
				return "", err
			}
		}
	}
}

// plainText returns the text of an element that has begun.
func plainText(d *elements) (string, error) {
	text := strings.Builder{}
	for {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch e := token.(type) {
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			return text.String(), nil
		case xml.StartElement:
			if err := d.Skip(); err != nil {
				return "", err
			}
		}
	}
}

// value returns what a cell shows, by its type and its format.
func (s *sheet) value(kind, style, text string) (string, error) {
	switch kind {
	case "s":
		at, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || at < 0 || at >= len(s.book.texts) {
			return "", fmt.Errorf("text number %q, want one of %d", excerpt(text), len(s.book.texts))
		}
		return s.book.texts[at], nil
	case "b":
		if strings.TrimSpace(text) == "1" {
			return "true", nil
		}
		return "false", nil
	case "", "n":
		at, err := strconv.Atoi(style)
		if err != nil || at < 0 || at >= len(s.book.dates) {
			return text, nil
		}
		return s.book.written(strings.TrimSpace(text), s.book.dates[at]), nil
	}
	return text, nil // str: of a formula; e: an error; d: a date in ISO 8601
}
