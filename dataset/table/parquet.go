package table

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"basin/dataset/internal/parquet"
)

// ReadParquet reads a Parquet file of the given size, as [Read] reads a table of text: its
// columns have names and types. Dates and times are those of the types.
func ReadParquet(content io.ReaderAt, size int64, c Choice, most int64) (*Table, error) {
	file, err := parquet.Open(content, size)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	p, f := newParquetRows(file)
	t, err := readSource(p, f, c, most)
	var codec *parquet.CodecError
	if errors.As(err, &codec) {
		return nil, &ForeignError{"a Parquet file of " + codec.Name + " pages", fmt.Sprintf(byPandas, "read_parquet")}
	}
	return t, err
}

// parquetRows gives the rows of a Parquet file, without what pandas adds.
type parquetRows struct {
	file  *parquet.File
	row   int
	left  []int // columns that are passed over, ascending
	cells []string
}

// indexPrefix begins the names of columns in which pandas keeps its row numbers.
const indexPrefix = "__index_level_"

func newParquetRows(file *parquet.File) (*parquetRows, form) {
	p, f := &parquetRows{file: file}, form{separator: ','}
	for at, column := range file.Columns() {
		if strings.HasPrefix(column.Name, indexPrefix) && len(file.Columns()) > 1 {
			p.left = append(p.left, at)
			f.notes = append(f.notes, Note{Text: fmt.Sprintf("column %q is passed over: pandas keeps its row numbers there", column.Name)})
			continue
		}
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
	if p.left == nil {
		return cells, nil
	}
	p.cells = p.cells[:0]
	left := p.left
	for at, cell := range cells {
		if len(left) > 0 && left[0] == at {
			left = left[1:]
			continue
		}
		p.cells = append(p.cells, cell)
	}
	return p.cells, nil
}
