package dataset

import (
	"fmt"
	"slices"
)

// FromRows makes a set of rows of equal length, one a sample, and the name of the class of
// each, or of none without labels: how a program hands over what it did not read from a file.
// Classes are numbered by their names in ascending order. The rows are copied. It reports
// rows of different lengths, and another number of labels.
func FromRows(name string, rows [][]float32, labels []string) (*Set, error) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return nil, fmt.Errorf("dataset: %s: no rows, or rows without values", name)
	}
	s := &Set{Name: name, Shape: []int{len(rows[0])}}
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			return nil, fmt.Errorf("dataset: %s: row %d has %d values, row 0 has %d", name, i, len(row), len(rows[0]))
		}
		s.Floats = append(s.Floats, row...)
	}
	if labels == nil {
		return s, s.Validate()
	}
	if len(labels) != len(rows) {
		return nil, fmt.Errorf("dataset: %s: %d labels of %d rows, want one for each", name, len(labels), len(rows))
	}
	s.LabelNames = slices.Compact(slices.Sorted(slices.Values(labels)))
	for _, label := range labels {
		class, _ := slices.BinarySearch(s.LabelNames, label)
		s.Labels = append(s.Labels, class)
	}
	return s, s.Validate()
}
