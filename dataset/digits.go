package dataset

import (
	"bytes"
	_ "embed" // the file of digits
	"fmt"
	"io"
)

// digitsName is what Open calls the embedded set.
const digitsName = "digits"

//go:embed digits.csv.gz
var digits []byte

// digitsTrain is the number of rows of the embedded file that come before the test set.
const digitsTrain = 1437

// WriteDigits writes the embedded file of digits: CSV, compressed with gzip.
func WriteDigits(w io.Writer) error {
	_, err := w.Write(digits)
	return err
}

func openDigits() (*Data, error) {
	s, err := readCSV(bytes.NewReader(digits), Options{})
	if err != nil {
		return nil, fmt.Errorf("dataset: digits: %w", err)
	}
	s.Name, s.Shape = digitsName, []int{8, 8}
	s.Lines, s.Table = nil, nil // images
	order := make([]int, s.Count())
	for i := range order {
		order[i] = i
	}
	return &Data{Train: s.Subset(order[:digitsTrain]), Test: s.Subset(order[digitsTrain:]), Source: "embedded"}, nil
}
