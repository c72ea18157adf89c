package parquet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"basin/dataset/internal/packed"
)

// chunk gives the cells of a column in a row group.
type chunk struct {
	leaf    leaf
	codec   int64
	content *bufio.Reader
	names   []string // of the dictionary
	page    []string // cells that come next
}

// largestPage bounds the bytes of a page, mostCells its cells.
const (
	largestPage = 1 << 28
	mostCells   = 1 << 24
)

// Kinds of pages and encodings of their values.
const (
	dataPage       = 0
	indexPage      = 1
	dictionaryPage = 2
	dataPage2      = 3

	plain           = 0
	plainDictionary = 2
	runLengths      = 3
	dictionary      = 8
)

func (c *chunk) next() (string, error) {
	for len(c.page) == 0 {
		if err := c.read(); err != nil {
			return "", err
		}
	}
	cell := c.page[0]
	c.page = c.page[1:]
	return cell, nil
}

// read reads the next page.
func (c *chunk) read() error {
	t := &thrift{Reader: c.content, values: 1000, longest: 1 << 20}
	head, err := t.message(0)
	if err != nil {
		return err
	}
	size, full := head.number(3), head.number(2)
	if size < 0 || full < 0 || size > largestPage || full > min(largestPage, packed.FreeExpansion+packed.MostExpansion*size) {
		return fmt.Errorf("a page of %d bytes that becomes %d", size, full)
	}
	raw := bytes.Buffer{}
	if n, err := io.CopyN(&raw, c.content, size); err != nil {
		return fmt.Errorf("a page ends after %d bytes, want %d: %w", n, size, ended(err))
	}
	switch head.number(1) {
	case indexPage:
		return nil
	case dictionaryPage:
		return c.readDictionary(head.message(7), raw.Bytes(), full)
	case dataPage:
		data, err := c.unpack(raw.Bytes(), full)
		if err != nil {
			return err
		}
		return c.readFirst(head.message(5), data)
	case dataPage2:
		return c.readSecond(head.message(8), raw.Bytes(), full)
	}
	return fmt.Errorf("a page of type %d", head.number(1))
}

// unpack decompresses a page.
func (c *chunk) unpack(data []byte, full int64) (out []byte, err error) {
	switch c.codec {
	case 0:
		out = data
	case 1, 2, 6:
		if len(data) == 0 && full == 0 { // no value is there
			return data, nil
		}
		out, err = decompress(c.codec, data, full)
	default:
		names := map[int64]string{3: "LZO", 4: "Brotli", 5: "LZ4", 7: "LZ4"}
		return nil, &CodecError{names[c.codec]}
	}
	if err == nil && int64(len(out)) != full {
		err = fmt.Errorf("a page of %d bytes, want %d", len(out), full)
	}
	return out, err
}

// decompress returns at most one byte more than full.
func decompress(codec int64, data []byte, full int64) ([]byte, error) {
	switch codec {
	case 1:
		if n, err := snappy.DecodedLen(data); err != nil || int64(n) != full {
			return nil, fmt.Errorf("a page of %d bytes in snappy, want %d", n, full)
		}
		return snappy.Decode(nil, data)
	case 2:
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(r, full+1))
	}
	d, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(largestPage), zstd.WithDecoderMaxWindow(1<<27))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return io.ReadAll(io.LimitReader(d, full+1))
}

// CodecError says that pages are compressed, or values encoded, in a way that is not read.
type CodecError struct{ Name string }

// Error names the way.
func (e *CodecError) Error() string {
	return fmt.Sprintf("%s pages, which are not read, want snappy, gzip, zstd or none, and plain or dictionary values", e.Name)
}

func (c *chunk) readDictionary(head message, raw []byte, full int64) error {
	data, err := c.unpack(raw, full)
	if err != nil {
		return err
	}
	count := head.number(1)
	if count < 0 || count > mostCells {
		return fmt.Errorf("a dictionary of %d values", count)
	}
	c.names, err = c.leaf.plain(data, int(count))
	return err
}

// readFirst reads a page of version 1: the lengths of runs of levels stand before them.
func (c *chunk) readFirst(head message, data []byte) error {
	count, err := cellsOf(head)
	if err != nil {
		return err
	}
	there := []bool(nil)
	if c.leaf.optional {
		if head.number(3) != runLengths {
			return &CodecError{"bit-packed level"}
		}
		if len(data) < 4 {
			return io.ErrUnexpectedEOF
		}
		length := int64(binary.LittleEndian.Uint32(data))
		if data = data[4:]; length > int64(len(data)) {
			return io.ErrUnexpectedEOF
		}
		if there, err = levels(data[:length], count); err != nil {
			return err
		}
		data = data[length:]
	}
	return c.fill(data, count, there, head.number(2))
}

// readSecond reads a page of version 2: levels stand before what is compressed.
func (c *chunk) readSecond(head message, raw []byte, full int64) error {
	count, err := cellsOf(head)
	if err != nil {
		return err
	}
	length := head.number(5)
	if length < 0 || head.number(6) != 0 || length > int64(len(raw)) || length > full {
		return fmt.Errorf("levels of %d bytes in a page of %d", length, len(raw))
	}
	var there []bool
	if c.leaf.optional {
		if there, err = levels(raw[:length], count); err != nil {
			return err
		}
	}
	data := raw[length:]
	if packed, said := head[7].(bool); !said || packed {
		if data, err = c.unpack(data, full-length); err != nil {
			return err
		}
	}
	return c.fill(data, count, there, head.number(4))
}

func cellsOf(head message) (int, error) {
	if count := head.number(1); count >= 0 && count <= mostCells && head != nil {
		return int(count), nil
	}
	return 0, fmt.Errorf("a page of %d cells, want at most %d", head.number(1), mostCells)
}

// levels says which cells of a column are there.
func levels(data []byte, count int) ([]bool, error) {
	there := make([]bool, 0, count)
	err := runs(data, 1, count, func(v uint32) error {
		there = append(there, v == 1)
		return nil
	})
	return there, err
}

// fill sets the cells of a page.
func (c *chunk) fill(data []byte, count int, there []bool, encoding int64) (err error) {
	values := count
	if there != nil {
		values = 0
		for _, is := range there {
			if is {
				values++
			}
		}
	}
	var cells []string
	switch {
	case encoding == plain:
		cells, err = c.leaf.plain(data, values)
	case encoding == plainDictionary || encoding == dictionary:
		cells, err = c.named(data, values)
	case encoding == runLengths && c.leaf.kindOfValue == booleans:
		if len(data) < 4 {
			return io.ErrUnexpectedEOF
		}
		err = runs(data[4:], 1, values, func(v uint32) error {
			cells = append(cells, truth(v == 1))
			return nil
		})
	default:
		err = &CodecError{map[int64]string{5: "delta", 6: "delta", 7: "delta", 9: "byte stream split"}[encoding]}
	}
	if err != nil || there == nil {
		c.page = cells
		return err
	}
	c.page = make([]string, count)
	for i, is := range there {
		if is {
			c.page[i], cells = cells[0], cells[1:]
		}
	}
	return nil
}

// named looks values up in the dictionary.
func (c *chunk) named(data []byte, count int) ([]string, error) {
	if count == 0 {
		return nil, nil
	}
	if len(data) == 0 || data[0] > 32 {
		return nil, errors.New("places in a dictionary without their width")
	}
	cells := make([]string, 0, count)
	err := runs(data[1:], int(data[0]), count, func(v uint32) error {
		if int64(v) >= int64(len(c.names)) {
			return fmt.Errorf("value %d of a dictionary of %d", v, len(c.names))
		}
		cells = append(cells, c.names[v])
		return nil
	})
	return cells, err
}

// runs reads numbers of some bits each, as runs of one number and as packed bits.
func runs(data []byte, width, count int, visit func(v uint32) error) error {
	for count > 0 {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return io.ErrUnexpectedEOF
		}
		data = data[n:]
		if head&1 == 0 { // a run
			size := (width + 7) / 8
			if len(data) < size {
				return io.ErrUnexpectedEOF
			}
			var v uint32
			for i := range size {
				v |= uint32(data[i]) << (8 * i)
			}
			data = data[size:]
			if head>>1 == 0 {
				return errors.New("a run of no values")
			}
			for range min(head>>1, uint64(count)) {
				if err := visit(v); err != nil {
					return err
				}
				count--
			}
			continue
		}
		if head>>1 == 0 {
			return errors.New("a run of no values")
		}
		groups := min(head>>1, uint64(count+7)/8)
		if uint64(len(data)) < groups*uint64(width) {
			return io.ErrUnexpectedEOF
		}
		for i := range int(groups) * 8 {
			if count == 0 {
				break
			}
			if err := visit(bitsAt(data, i*width, width)); err != nil {
				return err
			}
			count--
		}
		data = data[min(uint64(len(data)), (head>>1)*uint64(width)):]
	}
	return nil
}

// bitsAt returns width bits from a place counted in bits, the lowest first.
func bitsAt(data []byte, at, width int) (v uint32) {
	for done := 0; done < width; {
		b, shift := data[(at+done)/8], (at+done)%8
		take := min(8-shift, width-done)
		v |= uint32(b>>shift) & (1<<take - 1) << done
		done += take
	}
	return v
}
