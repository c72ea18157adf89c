package parquet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The rows of the files of testdata, which pyarrow 26 wrote for pandas, but for list, brotli and delta.
var people = []string{
	"20.5|1|1|0|2024-01-01T00:00:00|1970-01-02T00:00:00|06:00:00|true|true|Bonn|a|0.1|1.25|low",
	"|2|1099511627776|255|2024-01-02T12:00:00|1969-12-30T00:00:00|18:00:00|false|||b|0.2||high",
	"31.25|3|3|3||||true|false|Köln|a|0.3|-3.50|low",
	"40|-70000|4|4|1969-12-31T18:00:00|2024-02-29T00:00:00|12:00:00|true|true|Bonn|b|0.4|0.01|high",
}

func rowsOf(data []byte) (rows []string, file *File, err error) {
	file, err = Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	for {
		cells, err := file.Next()
		if errors.Is(err, io.EOF) {
			return rows, file, nil
		}
		if err != nil {
			return rows, file, err
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
}

// Compressions, versions of pages, values with and without a dictionary, times of 96 bits, and
// several groups of several pages: all hold the same rows.
func TestFilesOfOthersAreRead(t *testing.T) {
	for _, name := range []string{"snappy", "gzip", "zstd", "none", "v2", "pages", "index"} {
		data, err := os.ReadFile("testdata/" + name + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		rows, file, err := rowsOf(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := slices.Clone(people)
		if name == "index" {
			for i, index := range []string{"7", "5", "3", "2"} {
				want[i] += "|" + index
			}
		}
		if !slices.Equal(rows, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
		if c := file.Columns(); c[0] != (Column{Name: "age", Kind: Number}) || c[4] != (Column{Name: "since", Kind: Date}) || c[9] != (Column{Name: "town", Kind: Text}) {
			t.Errorf("%s: %v", name, c)
		}
	}
}

// float16.parquet: half is 0.5, -1.25, null, 1024 and 65504.
func TestFloat16(t *testing.T) {
	data, err := os.ReadFile("testdata/float16.parquet")
	if err != nil {
		t.Fatal(err)
	}
	rows, file, err := rowsOf(data)
	if want := []string{"0.5|a", "-1.25|b", "|a", "1024|b", "65504|a"}; err != nil || !slices.Equal(rows, want) || file.Columns()[0].Kind != Number {
		t.Errorf("%q, %v, want %q", rows, err, want)
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	for name, want := range map[string]string{"brotli": "Brotli pages, which are not read", "delta": "delta pages", "list": `column "a" holds lists or records`} {
		data, err := os.ReadFile("testdata/" + name + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := rowsOf(data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// Values that are no more than bytes are there in hexadecimal, for who passes them through.
func TestBytesAreNamed(t *testing.T) {
	for name, want := range map[string]string{"uuid": "UUIDs, which are not read", "binary": "binary values of 3 bytes"} {
		data, err := os.ReadFile("testdata/" + name + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		rows, file, err := rowsOf(data)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%s: %q, %v", name, rows, err)
		}
		c := slices.IndexFunc(file.Columns(), func(c Column) bool { return c.Unread != nil })
		if c < 0 || !strings.Contains(file.Columns()[c].Unread.Error(), want) {
			t.Errorf("%s: %+v", name, file.Columns())
			continue
		}
		form := map[string]string{"uuid": `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, "binary": `^[0-9a-f]{6}$`}[name]
		if cell := strings.Split(rows[0], "|")[c]; !regexp.MustCompile(form).MatchString(cell) {
			t.Errorf("%s: %q, want %s", name, cell, form)
		}
	}
}

// A file that is cut, or changed in a byte, gives rows or an error.
func TestDamagedFilesAreErrors(t *testing.T) {
	data, err := os.ReadFile("testdata/pages.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 4, 8, 12, len(data) / 2, len(data) - 1} {
		if _, _, err := rowsOf(data[:size]); err == nil {
			t.Errorf("%d bytes of %d were read", size, len(data))
		}
	}
	for at := 0; at < len(data); at += 31 {
		for _, flip := range []byte{1, 0x80, 0xff} {
			changed := bytes.Clone(data)
			changed[at] ^= flip
			_, _, _ = rowsOf(changed)
		}
	}
}

// Few bytes that stand for many are refused before memory is given to them.
func TestPagesAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"cells":  {second(cellsOf(message{1: int64(mostCells + 1)})), "cells, want at most"},
		"run":    {runs([]byte{0, 1}, 1, 5, nil), "a run of no values"},
		"packed": {runs([]byte{3, 1}, 32, 8, nil), "unexpected EOF"},
		"list":   {second((&thrift{Reader: reader([]byte{0x19, 0xf3, 0xff, 0xff, 0xff, 0x7f}), values: 10}).message(0)), "EOF"},
		"text":   {second((&thrift{Reader: reader([]byte{0x18, 0xff, 0xff, 0xff, 0x7f}), values: 10}).message(0)), "a text of"},
		"depth":  {second((&thrift{Reader: reader(bytes.Repeat([]byte{0x1c}, 100)), values: 1000}).message(0)), "holds too much"},
		"snappy": {second((&chunk{codec: 1}).unpack([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, 10)), "in snappy, want 10"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, c.err, c.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Bits are read as one by one.
func TestPackedBits(t *testing.T) {
	data := []byte{0x5a, 0xc3, 0x81, 0x7e, 0xff, 0x00, 0x11, 0xd2, 0x33}
	for width := 1; width <= 32; width++ {
		for at := range 8*len(data) - width + 1 {
			var want uint32
			for i := range width {
				want |= uint32(data[(at+i)/8]>>((at+i)%8)&1) << i
			}
			if got := bitsAt(data, at, width); got != want {
				t.Fatalf("%d bits at %d: %x, want %x", width, at, got, want)
			}
		}
	}
}

func TestValuesAreWritten(t *testing.T) {
	float16 := message{1: int64(fixed), 2: int64(2), 10: message{15: message{}}}
	for _, c := range []struct {
		element message
		raw     []byte
		want    string
	}{
		{message{1: int64(ints32), 6: int64(convertedUint8 + 2)}, []byte{255, 255, 255, 255}, "4294967295"},
		{message{1: int64(ints64), 10: message{10: message{1: int64(64), 2: false}}}, bytes.Repeat([]byte{255}, 8), "18446744073709551615"},
		{message{1: int64(ints64), 10: message{10: message{1: int64(64), 2: true}}}, bytes.Repeat([]byte{255}, 8), "-1"},
		{message{1: int64(ints64), 6: int64(convertedMS)}, []byte{255, 255, 255, 255, 255, 255, 255, 255}, "1969-12-31T23:59:59.999"},
		{message{1: int64(ints32), 6: int64(convertedTimeMS)}, []byte{1, 0, 0, 0}, "00:00:00.001"},
		{message{1: int64(fixed), 2: int64(2), 6: int64(convertedDecimal), 7: int64(1)}, []byte{255, 246}, "-1.0"},
		{message{1: int64(ints32), 6: int64(convertedDecimal), 7: int64(2)}, []byte{0, 0, 0, 0}, "0.00"},
		{message{1: int64(ints64), 10: message{5: message{1: int64(3)}}}, []byte{251, 255, 255, 255, 255, 255, 255, 255}, "-0.005"},
		{message{1: int64(ints32), 6: int64(convertedDecimal)}, []byte{12, 0, 0, 0}, "12"},
		{float16, []byte{0x00, 0x3c}, "1"},
		{float16, []byte{0x00, 0xc1}, "-2.5"},
		{float16, []byte{0x01, 0x00}, "5.9604645e-08"}, // 2^-24, the smallest
		{float16, []byte{0xff, 0x7b}, "65504"},
		{float16, []byte{0x00, 0xfc}, "-Inf"},
		{float16, []byte{0x01, 0x7c}, "NaN"},
		{message{1: int64(floats)}, []byte{0, 0, 0xc0, 0x7f}, "NaN"},
	} {
		l, err := newLeaf(c.element)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.write(c.raw); got != c.want {
			t.Errorf("%v: %s, want %s", c.element, got, c.want)
		}
	}
	for _, e := range []message{{}, {1: int64(8)}, {1: int64(-1)}, {1: int64(fixed)}, {1: int64(fixed), 2: int64(4), 10: message{15: message{}}}, {1: int64(ints32), 6: int64(convertedDecimal), 7: int64(-1)}, {1: int64(ints32), 10: message{5: message{1: int64(1) << 40}}}} {
		if _, err := newLeaf(e); err == nil {
			t.Errorf("%v was taken", e)
		}
	}
}

func FuzzOpen(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for range 1000 { // a few bytes may stand for millions of rows
			cells, err := file.Next()
			if err != nil {
				return
			}
			if len(cells) != len(file.Columns()) {
				t.Fatal(fmt.Sprint(cells, file.Columns()))
			}
		}
	})
}

func reader(data []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(data)) }
