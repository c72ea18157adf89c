package table

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"basin/dataset/internal/parquet"
)

// ReadParquet reads a Parquet file of the given size, as [Read] reads a table of text: its
// columns have names and types. Dates and times are those of the types.
func ReadParquet(content io.ReaderAt, size int64, c Choice, most int64) (*Table, error) {
	file, err := parquet.Open(content, size)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	p, f := newParquetRows(file, c)
	t, err := readSource(p, f, c, most)
	var codec *parquet.CodecError
	if errors.As(err, &codec) {
		return nil, &ForeignError{"a Parquet file of " + codec.Name + " pages", fmt.Sprintf(byPandas, "read_parquet")}
	}
	return t, err
}

// parquetRows gives the rows of a Parquet file, without the index of pandas.
type parquetRows struct {
	file  *parquet.File
	row   int
	read  []int // columns, ascending
	cells []string
}

// newParquetRows passes over the index of pandas, as over the row numbers of a table of text,
// but where a column of it is asked for by its name.
func newParquetRows(file *parquet.File, c Choice) (*parquetRows, form) {
	asked := slices.Concat([]string{c.Label, c.ID}, c.Drop, c.Only)
	if c.Model != nil {
		asked = slices.Concat(asked, []string{c.Model.Label}, c.Model.Features)
	}
	columns := file.Columns()
	all := !slices.ContainsFunc(columns, func(c parquet.Column) bool { return !c.Index })
	p, f := &parquetRows{file: file}, form{separator: ',', unread: map[int]error{}, index: map[int]bool{}}
	for at, column := range columns {
		if column.Index && !all && !slices.Contains(asked, column.Name) {
			f.notes = append(f.notes, Note{Text: fmt.Sprintf("column %q is passed over: it is the index of pandas", excerpt(column.Name))})
			continue
		}
		if column.Unread != nil {
			f.unread[len(p.read)] = column.Unread
		}
		if column.Index && !all {
			f.index[len(p.read)] = true
		}
		if column.Unit != "" {
			f.notes = append(f.notes, Note{Text: fmt.Sprintf("column %q holds spans of time: they are read as numbers of %s", excerpt(column.Name), column.Unit)})
		}
		p.read = append(p.read, at)
		f.names = append(f.names, column.Name)
		f.kinds = append(f.kinds, map[parquet.Kind]Kind{parquet.Number: Number, parquet.Date: Date}[column.Kind])
	}
	return p, f
}

func (p *parquetRows) at() int { return p.row }

func (p *parquetRows) next() ([]string, error) {
	cells, err := p.file.Next()
	p.row++
	if err != nil {
		if !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("parquet: row %d: %w", p.row, err)
		}
		return nil, err
	}
	p.cells = p.cells[:0]
	for _, at := range p.read {
		p.cells = append(p.cells, cells[at])
	}
	return p.cells, nil
}
