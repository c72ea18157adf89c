package dataset

import (
	"slices"
	"strings"
	"testing"
)

func TestFromRows(t *testing.T) {
	s, err := FromRows("four", [][]float32{{1, 2}, {3, 4}, {5, 6}, {7, 8}}, []string{"b", "a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Labels, []int{1, 0, 1, 2}) || !slices.Equal(s.LabelNames, []string{"a", "b", "c"}) || !slices.Equal(s.Floats, []float32{1, 2, 3, 4, 5, 6, 7, 8}) || s.Count() != 4 {
		t.Errorf("set %+v", s)
	}
	if s, err := FromRows("bare", [][]float32{{1}}, nil); err != nil || s.Labels != nil {
		t.Errorf("without labels: %+v (%v)", s, err)
	}
	for want, call := range map[string]func() error{
		"no rows":            func() error { _, err := FromRows("x", nil, nil); return err },
		"without values":     func() error { _, err := FromRows("x", [][]float32{{}}, nil); return err },
		"row 1 has 1 values": func() error { _, err := FromRows("x", [][]float32{{1, 2}, {1}}, nil); return err },
		"1 labels of 2 rows": func() error { _, err := FromRows("x", [][]float32{{1}, {2}}, []string{"a"}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
