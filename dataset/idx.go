package dataset

import (
	"encoding/binary"
	"fmt"
	"io"

	"basin/dataset/internal/packed"
)

// ReadIDX reads samples in the IDX format of MNIST, plain or compressed with
// gzip: an array of 2 to 4 dimensions of which the first counts the samples.
// Unsigned bytes become Bytes with Maximum 255; the other element types
// (int8, int16, int32, float32, float64) are converted as by [ReadNPY]. The set
// is unlabelled; labels are a file of their own, see [ReadIDXLabels].
// A header that does not agree with the length of the data is an error.
func ReadIDX(r io.Reader) (*Set, error) {
	s, err := readIDX(r, largestArray)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

// ReadIDXLabels reads the labels of an IDX file of one dimension, one integer
// for each sample.
func ReadIDXLabels(r io.Reader) ([]int, error) {
	labels, err := readIDXLabels(r)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return labels, nil
}

func readIDX(r io.Reader, most int64) (*Set, error) {
	a, err := readIDXArray(r, most)
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	s, err := a.samples()
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	if a.kind == 'u' {
		s.Maximum = 255
	}
	return s, nil
}

func readIDXLabels(r io.Reader) ([]int, error) {
	a, err := readIDXArray(r, largestArray)
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	labels, err := a.classes()
	if err != nil {
		return nil, fmt.Errorf("idx: %w", err)
	}
	return labels, nil
}

// idxTypes are the element types by the third byte of the file.
var idxTypes = map[byte]struct {
	kind byte
	size int
}{8: {'u', 1}, 9: {'i', 1}, 11: {'i', 2}, 12: {'i', 4}, 13: {'f', 4}, 14: {'f', 8}}

// isIDX reports whether a file may be IDX, by its first four bytes.
func isIDX(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	_, known := idxTypes[head[2]]
	return head[0] == 0 && head[1] == 0 && known && head[3] >= 1 && head[3] <= 4
}

func readIDXArray(r io.Reader, most int64) (*array, error) {
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, err
	}
	a, err := readIDXHeader(content)
	if err != nil {
		return nil, err
	}
	size, err := bytesOf(a.shape, a.size, most)
	if err != nil {
		return nil, err
	}
	if a.data, err = readBytes(content, size); err != nil {
		return nil, fmt.Errorf("shape %v, offset %d: %w", a.shape, 4+4*len(a.shape), err)
	}
	if err := readEnd(content); err != nil {
		return nil, fmt.Errorf("shape %v, offset %d: %w", a.shape, int64(4+4*len(a.shape))+size, err)
	}
	return a, nil
}

func readIDXHeader(content packed.Content) (*array, error) {
	magic, err := readBytes(content, 4)
	if err != nil {
		return nil, fmt.Errorf("offset 0: %w", err)
	}
	if !isIDX(magic) {
		return nil, fmt.Errorf("offset 0: % x, want 00 00, an element type (08, 09, 0b..0e) and 1..4 dimensions", magic)
	}
	element := idxTypes[magic[2]]
	a := &array{kind: element.kind, size: element.size, order: binary.BigEndian, shape: make([]int, magic[3])}
	for d := range a.shape {
		length, err := readBytes(content, 4)
		if err != nil {
			return nil, fmt.Errorf("offset %d: %w", 4+4*d, err)
		}
		a.shape[d] = int(binary.BigEndian.Uint32(length))
	}
	return a, nil
}
