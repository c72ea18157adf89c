package dataset

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func gz(data []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(data)
	_ = w.Close()
	return out.Bytes()
}

// idxFile returns an IDX file: the header by the definition of the format, then data.
func idxFile(element byte, shape []int, data []byte) []byte {
	file := []byte{0, 0, element, byte(len(shape))}
	for _, n := range shape {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
	}
	return append(file, data...)
}

// npyFile returns an NPY file of version 1 as numpy.save writes it.
func npyFile(descriptor string, fortran bool, shape []int, data []byte) []byte {
	order := "False"
	if fortran {
		order = "True"
	}
	lengths := ""
	for _, n := range shape {
		lengths += fmt.Sprintf("%d, ", n)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", descriptor, order, strings.TrimSuffix(lengths, " "))
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	file := []byte("\x93NUMPY\x01\x00")
	file = binary.LittleEndian.AppendUint16(file, uint16(len(header)))
	return append(append(file, header...), data...)
}

// little returns the values as little-endian bytes.
func little(values any) []byte {
	var out bytes.Buffer
	if err := binary.Write(&out, binary.LittleEndian, values); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func big(values any) []byte {
	var out bytes.Buffer
	if err := binary.Write(&out, binary.BigEndian, values); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// npzFile returns an archive of pairs of name and content.
func npzFile(members ...any) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(members); i += 2 {
		member, err := w.Create(members[i].(string) + ".npy")
		if err != nil {
			panic(err)
		}
		_, _ = member.Write(members[i+1].([]byte))
	}
	_ = w.Close()
	return out.Bytes()
}

// pngFile returns an image whose pixel (x, y) is at(x, y).
func pngFile(width, height int, coloured bool, at func(x, y int) color.RGBA) []byte {
	var picture interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewGray(image.Rect(0, 0, width, height))
	if coloured {
		picture = image.NewRGBA(image.Rect(0, 0, width, height))
	}
	for y := range height {
		for x := range width {
			picture.Set(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// cifarFile returns records of the given label bytes; value v of image i is (i*7+v)%256.
func cifarFile(labels ...[]byte) []byte {
	var file []byte
	for i, label := range labels {
		file = append(file, label...)
		for v := range cifarValues {
			file = append(file, byte(i*7+v))
		}
	}
	return file
}

func write(t *testing.T, data []byte, elements ...string) string {
	t.Helper()
	path := filepath.Join(elements...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// check fails unless the set is valid and has this shape and these values.
func check(t *testing.T, s *Set, err error, shape []int, bytes []uint8, floats []float32) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	if !slices.Equal(s.Shape, shape) {
		t.Errorf("shape is %v, want %v", s.Shape, shape)
	}
	if !slices.Equal(s.Bytes, bytes) || !slices.Equal(s.Floats, floats) {
		t.Errorf("values are %v and %v, want %v and %v", s.Bytes, s.Floats, bytes, floats)
	}
}

// wantError fails unless the error holds all the words.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error is %q, want %q in it", err, word)
		}
	}
}
