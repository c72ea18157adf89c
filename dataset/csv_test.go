package dataset

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"testing"

	"basin/dataset/table"
)

func TestReadCSVRecognisesItsForms(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		label  string
		bytes  []uint8
		floats []float32
		labels []int
		names  []string
	}{
		"plain":          {"1,2,0\n3,255,1\n", "", []uint8{1, 2, 3, 255}, nil, []int{0, 1}, []string{"0", "1"}},
		"no last line":   {"1,2,0\n3,4,1", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"0", "1"}},
		"floats":         {"1,2,0\n3,-4.5,1\n", "", nil, []float32{1, 2, 3, -4.5}, []int{0, 1}, []string{"0", "1"}},
		"large":          {"1,256,0\n3,4,1\n", "", nil, []float32{1, 256, 3, 4}, []int{0, 1}, []string{"0", "1"}},
		"whole floats":   {"1.0,2e0,0\n3,4,1\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"0", "1"}},
		"header":         {"a,b,class\n1,2,x\n3,4,y\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"named":          {"class,b,c\nx,1,2\ny,3,4\n", "class", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"named numbers":  {"7,8,class\n1,2,0\n3,4,1\n", "class", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"0", "1"}},
		"indexed":        {"x,1,2\ny,3,4\n", "1", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"none":           {"1,2\n3,4\n", "none", []uint8{1, 2, 3, 4}, nil, nil, nil},
		"tabs":           {"1\t2\tx\n3\t4\ty\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"semicolon":      {"1;2;x\n3;4;y\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"quotes":         {"\"1\", 2,\"a, b\"\r\n3,4 ,c\r\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"a, b", "c"}},
		"mark":           {"\xef\xbb\xbf1,2,x\n3,4,y\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"empty lines":    {"1,2,x\n\n3,4,y\n\n", "", []uint8{1, 2, 3, 4}, nil, []int{0, 1}, []string{"x", "y"}},
		"number order":   {"1,2,10\n3,4,9\n", "", []uint8{1, 2, 3, 4}, nil, []int{1, 0}, []string{"9", "10"}},
		"float labels":   {"1,2,1.0e+00\n3,4,0.0\n5,6,1\n", "", []uint8{1, 2, 3, 4, 5, 6}, nil, []int{2, 0, 1}, []string{"0.0", "1", "1.0e+00"}},
		"zeros in front": {"1,2,01\n3,4,1\n5,6,007\n", "", []uint8{1, 2, 3, 4, 5, 6}, nil, []int{0, 1, 2}, []string{"01", "1", "007"}},
		"commas":         {"1,5;2;x\n1,5;-2,25;y\n", "", nil, []float32{1.5, 2, 1.5, -2.25}, []int{0, 1}, []string{"x", "y"}},
		"label first":    {"label,b,c\n1,2,3\n0,4,5\n", "", []uint8{2, 3, 4, 5}, nil, []int{1, 0}, []string{"0", "1"}},
		"text and digit": {"1,2,b\n3,4,9\n", "", []uint8{1, 2, 3, 4}, nil, []int{1, 0}, []string{"9", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ReadCSV(strings.NewReader(c.text), Options{Label: c.label})
			check(t, s, err, []int{2}, c.bytes, c.floats)
			if !slices.Equal(s.Labels, c.labels) || !slices.Equal(s.LabelNames, c.names) {
				t.Errorf("labels are %v of %v, want %v of %v", s.Labels, s.LabelNames, c.labels, c.names)
			}
			zipped, err := ReadCSV(bytes.NewReader(gz([]byte(c.text))), Options{Label: c.label})
			check(t, zipped, err, s.Shape, s.Bytes, s.Floats)
		})
	}
}

func TestReadCSVNamesLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		text, label string
		words       []string
	}{
		"empty":           {"", "", []string{"empty"}},
		"only header":     {"a,b,c\n", "", []string{"no samples"}},
		"text":            {"1,2,x\n1,two,x\n", "", []string{"line 2, column 2", `"two", want a number`}},
		"first line":      {"1,two,x\n1,2,x\n", "", []string{"line 1, column 2", `"two"`}},
		"infinite":        {"1,-inf,x\n", "", []string{"line 1, column 2", "finite"}},
		"too large":       {"1,1e39,x\n", "", []string{"line 1, column 2", "does not fit"}},
		"no label":        {"1,2,x\n1,2,\n", "", []string{"line 2, column 3", "no label"}},
		"commas, points":  {"1,5;2;x\n1.5;2;x\n", "", []string{"line 2, column 1", `"1.5", but other cells have decimal commas`}},
		"ragged":          {"1,2,x\n\n1,2,3,x\n", "", []string{"line 3: 4 columns, want 3"}},
		"short":           {"1,2,x\n1,2\n", "", []string{"line 2: 2 columns, want 3"}},
		"quote":           {"1,2,x\n1,\"2,x\n", "", []string{"line 2: a quotation mark that is not closed"}},
		"bare quote":      {"\"1\",2,x\n1,2\"3,x\n", "", []string{"line 2: a quotation mark", "inside of a cell"}},
		"label alone":     {"1\n2\n", "", []string{"1 columns"}},
		"unknown label":   {"a,b,c\n1,2,3\n", "d", []string{`no column is named "d"`, "a, b, c"}},
		"label number":    {"1,2,3\n", "4", []string{"label column 4, want 1..3"}},
		"label elsewhere": {"label,b,c\n1,2,x\n", "", []string{`column 1 is named "label"`, `"c"`}},
		"label missing":   {"1,2,x\n1,2,?\n", "", []string{"line 2, column 3", `"?" is a missing value`}},
		"label NA":        {"a,b,c\n1,2,x\n1,2,NA\n", "", []string{"line 3, column 3", `"NA" is a missing value`}},
		"label nan":       {"1,2,x\n1,2,NaN\n", "", []string{"line 2, column 3", `"NaN" is a missing value`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCSV(strings.NewReader(c.text), Options{Label: c.label})
			wantError(t, err, append(c.words, "dataset: table: ")...)
		})
	}
}

// A model that remembers no columns reads lines with one cell more, which is the label, or
// with a text in the column of the label.
func TestAnOptionalLabelIsThereIfTheReaderExpectsOneColumnLess(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		o        Options
		features int
		labels   []string
	}{
		"labelled":    {"1,2,cat\n3,4,dog\n", Options{Features: 2}, 2, []string{"cat", "dog"}},
		"numbers":     {"1,2,7\n3,4,8\n", Options{Features: 2}, 2, []string{"7", "8"}},
		"bare":        {"1,2\n3,4\n", Options{Features: 2}, 2, nil},
		"header":      {"a,b\n1,2\n3,4\n", Options{Features: 2}, 2, nil},
		"first":       {"7,1,2\n8,3,4\n", Options{Features: 2, Label: "1"}, 2, []string{"7", "8"}},
		"none":        {"1,2,7\n3,4,8\n", Options{Features: 3, Label: "none"}, 3, nil},
		"all missing": {"1,2,?\n3,4,?\n", Options{Features: 2}, 2, nil},
	} {
		s, err := ReadCSV(strings.NewReader(c.text), c.o)
		if err != nil || s.Features() != c.features || !slices.Equal(s.LabelNames, c.labels) {
			t.Errorf("%s: %+v, %v, want %d features and labels %v", name, s, err, c.features, c.labels)
		}
	}
}

// A text in the column of the label is a label, although the number of values is then
// wrong: the reader says so better than an error about the cell.
func TestATextInTheColumnOfAnOptionalLabelIsTheLabel(t *testing.T) {
	s, err := ReadCSV(strings.NewReader("1,2,cat\n3,4,dog\n"), Options{Features: 3})
	check(t, s, err, []int{2}, []uint8{1, 2, 3, 4}, nil)
	if !slices.Equal(s.Labels, []int{0, 1}) {
		t.Errorf("labels %v, want [0 1]", s.Labels)
	}
	_, err = ReadCSV(strings.NewReader("1,2,3\n3,4,dog\n"), Options{Features: 3})
	wantError(t, err, "line 2, column 3", `"dog", want a number`)
}

func TestValuesOfATableAreBounded(t *testing.T) {
	for text, most := range map[string]int64{"1,2\n3,4\n5,6\n": 4, "1,2.5\n3,4\n5,6\n": 32, "1,a\n3,b\n5,a\n": 32 + 2*65} {
		_, err := table.Read(bufio.NewReader(strings.NewReader(text)), table.Choice{Label: "none"}, most)
		if err == nil || !strings.Contains(err.Error(), "line 3: more than") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
