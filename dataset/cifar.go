package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"basin/dataset/internal/packed"
)

const (
	cifarSide   = 32
	cifarPlane  = cifarSide * cifarSide
	cifarValues = 3 * cifarPlane
)

// ReadCIFAR reads images in the binary format of CIFAR-10 (classes 10: one label
// byte before each image) or CIFAR-100 (classes 100: a coarse and a fine label,
// of which the fine one is kept), plain or compressed with gzip. The planes of
// the file become pixels: Shape is {32, 32, 3}, Maximum 255. The classes are
// named by their numbers.
func ReadCIFAR(r io.Reader, classes int) (*Set, error) {
	s, err := readCIFAR(r, classes)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	return s, nil
}

func readCIFAR(r io.Reader, classes int) (*Set, error) {
	labels := map[int]int{10: 1, 100: 2}[classes] // label bytes of a record
	if labels == 0 {
		return nil, fmt.Errorf("cifar: %d classes, want 10 or 100", classes)
	}
	content, err := packed.Unzip(r)
	if err != nil {
		return nil, fmt.Errorf("cifar: %w", err)
	}
	s := &Set{
		Name: "cifar-" + strconv.Itoa(classes), Shape: []int{cifarSide, cifarSide, 3}, Maximum: 255,
		LabelNames: numbers(classes),
	}
	record := make([]byte, labels+cifarValues)
	for i := 0; ; i++ {
		n, err := io.ReadFull(content, record)
		if errors.Is(err, io.EOF) && i > 0 {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("cifar: image %d, offset %d: %d bytes, want %d: %w", i, i*len(record), n, len(record), err)
		}
		if int64(len(s.Bytes)) > largestArray-cifarValues {
			return nil, fmt.Errorf("cifar: more than %d images", i)
		}
		label := int(record[labels-1])
		if label >= classes {
			return nil, fmt.Errorf("cifar: image %d, offset %d: label %d, want 0..%d",
				i, i*len(record)+labels-1, label, classes-1)
		}
		s.Labels = append(s.Labels, label)
		s.Bytes = appendPixels(s.Bytes, record[labels:])
	}
}

// appendPixels turns the planes of one image into pixels.
func appendPixels(pixels, planes []byte) []byte {
	pixels = slices.Grow(pixels, cifarValues)
	for p := range cifarPlane {
		pixels = append(pixels, planes[p], planes[cifarPlane+p], planes[2*cifarPlane+p])
	}
	return pixels
}

// numbers returns the names "0" to "n-1".
func numbers(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}
