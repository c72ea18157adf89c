package parquet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind says what the texts of a column are.
type Kind int

// The kinds.
const (
	// Text is a column of texts, or of true and false.
	Text Kind = iota
	// Number is a column of numbers.
	Number
	// Date is a column of dates in ISO 8601, or of times of the day.
	Date
)

// Column is a column of a file.
type Column struct {
	Name string
	Kind Kind
	// Index says that pandas keeps the index of its rows there.
	Index bool
	// Unread, if not nil, says that the texts are bytes in hexadecimal, which name rows and
	// mean nothing else, and what to do.
	Unread error
	// Unit is that of spans of time, which are numbers of it: "nanoseconds"; "" for others.
	Unit string
}

// File is a Parquet file whose rows are read one after the other.
type File struct {
	content io.ReaderAt
	size    int64
	columns []Column
	leaves  []leaf
	groups  []any // row groups that were not begun
	chunks  []*chunk
	left    int64 // rows of the group
	row     []string
}

// Is says that a file begins as Parquet files do.
func Is(head []byte) bool { return strings.HasPrefix(string(head), magic) }

const (
	magic = "PAR1"
	// largestFooter and mostValues bound what the footer takes in memory.
	largestFooter = 1 << 26
	mostValues    = 1 << 22
)

// Open reads the footer of a file.
func Open(content io.ReaderAt, size int64) (*File, error) {
	var tail [8]byte
	if size < int64(len(tail)+len(magic)) {
		return nil, fmt.Errorf("%d bytes, want a footer", size)
	}
	if _, err := content.ReadAt(tail[:], size-int64(len(tail))); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		return nil, errors.New("encrypted")
	case string(tail[4:]) != magic:
		return nil, errors.New("cut short: its footer is missing")
	case length > min(size-8, largestFooter):
		return nil, fmt.Errorf("a footer of %d bytes, want at most %d", length, min(size-8, largestFooter))
	}
	t := &thrift{Reader: bufio.NewReader(io.NewSectionReader(content, size-8-length, length)), values: mostValues, longest: int(length)}
	m, err := t.message(0)
	if err != nil {
		return nil, fmt.Errorf("footer: %w", ended(err))
	}
	f := &File{content: content, size: size, groups: m.list(4)}
	if err := f.readSchema(m.list(2)); err != nil {
		return nil, err
	}
	f.readPandas(m.list(5))
	return f, nil
}

// ended names the end of data that should go on.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Columns returns the columns in the order of the cells of a row.
func (f *File) Columns() []Column { return f.columns }

// readSchema takes the columns from the elements of the schema, of which the first is the row.
func (f *File) readSchema(elements []any) error {
	if len(elements) < 2 {
		return errors.New("no columns")
	}
	for _, element := range elements[1:] {
		e, _ := element.(message)
		name := e.text(4)
		if e.number(5) > 0 || e.number(3) == repeated {
			return fmt.Errorf("column %.40q holds lists or records: write the file without it, or with a column for each of their values", name)
		}
		l, err := newLeaf(e)
		if err != nil {
			return fmt.Errorf("column %.40q: %w", name, err)
		}
		f.leaves = append(f.leaves, l)
		f.columns = append(f.columns, Column{Name: name, Kind: l.kind, Unread: l.unread})
	}
	f.row = make([]string, len(f.leaves))
	return nil
}

// The repetition of an element.
const (
	optional = 1
	repeated = 2
)

// Next returns the cells of the next row, which are valid until the next call, "" for one that
// is null; io.EOF at the end.
func (f *File) Next() ([]string, error) {
	for f.left == 0 {
		if len(f.groups) == 0 {
			return nil, io.EOF
		}
		group, _ := f.groups[0].(message)
		f.groups = f.groups[1:]
		if err := f.begin(group); err != nil {
			return nil, err
		}
	}
	f.left--
	for k, c := range f.chunks {
		cell, err := c.next()
		if err != nil {
			return nil, fmt.Errorf("column %.40q: %w", f.columns[k].Name, ended(err))
		}
		f.row[k] = cell
	}
	return f.row, nil
}

// begin opens the columns of a row group.
func (f *File) begin(group message) error {
	columns := group.list(1)
	if len(columns) != len(f.leaves) {
		return fmt.Errorf("a row group of %d columns, want %d", len(columns), len(f.leaves))
	}
	if f.left = group.number(3); f.left < 0 {
		return fmt.Errorf("a row group of %d rows", f.left)
	}
	f.chunks = nil
	for k, column := range columns {
		m, _ := column.(message)
		meta := m.message(3)
		switch {
		case m.text(1) != "":
			return fmt.Errorf("column %.40q lies in another file", f.columns[k].Name)
		case meta == nil:
			return fmt.Errorf("column %.40q: encrypted", f.columns[k].Name)
		case meta.number(1) != int64(f.leaves[k].kindOfValue):
			return fmt.Errorf("column %.40q: values of type %d, want %d", f.columns[k].Name, meta.number(1), f.leaves[k].kindOfValue)
		}
		offset := meta.number(9)
		if dictionary := meta.number(11); dictionary > 0 && dictionary < offset {
			offset = dictionary
		}
		length := meta.number(7)
		if offset < 0 || length < 0 || offset > f.size || length > f.size-offset {
			return fmt.Errorf("column %.40q: %d bytes at %d of a file of %d", f.columns[k].Name, length, offset, f.size)
		}
		f.chunks = append(f.chunks, &chunk{
			leaf: f.leaves[k], codec: meta.number(4),
			content: bufio.NewReaderSize(io.NewSectionReader(f.content, offset, length), 1<<14),
		})
	}
	return nil
}
