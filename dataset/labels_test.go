package dataset

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

func TestFloat16(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0: 0, 1: math.Ldexp(1, -24), 0x3ff: math.Ldexp(1023, -24), 0x400: math.Ldexp(1, -14), 0x3c00: 1, 0xc000: -2,
		0x3555: 0.333251953125, 0x7bff: 65504, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1),
	} {
		if got := float16(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if v := float16(0x7e00); !math.IsNaN(v) {
		t.Errorf("0x7e00 is %v, want NaN", v)
	}
	s, err := ReadNPY(bytes.NewReader(npyFile("<f2", false, []int{1, 2}, little([]uint16{0x3c00, 0xc000}))))
	check(t, s, err, []int{2}, nil, []float32{1, -2})
}

func TestReadNPYOfVersion3(t *testing.T) {
	first := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	file := append([]byte("\x93NUMPY\x03\x00"), binary.LittleEndian.AppendUint32(nil, uint32(binary.LittleEndian.Uint16(first[8:])))...)
	s, err := ReadNPY(bytes.NewReader(append(file, first[10:]...)))
	check(t, s, err, []int{2}, []uint8{1, 2, 3, 4}, nil)
}

func TestReadNPZWithLabelsOfEveryForm(t *testing.T) {
	x := npyFile("|u1", false, []int{3, 2}, []byte{1, 2, 3, 4, 5, 6})
	for name, c := range map[string]struct {
		y     []byte
		names []string
		class []int
	}{
		"one-hot":  {npyFile("<f4", false, []int{3, 3}, little([]float32{0, 0, 1, 1, 0, 0, 0, 0, 1})), []string{"0", "2"}, []int{1, 0, 1}},
		"fortran":  {npyFile("|b1", true, []int{3, 2}, []byte{0, 1, 1, 1, 0, 0}), []string{"0", "1"}, []int{1, 0, 0}},
		"bytes":    {npyFile("|S3", false, []int{3}, []byte("dogcat\xc3\xa9\x00")), []string{"cat", "dog", "é"}, []int{1, 0, 2}},
		"ucs-4":    {npyFile("<U2", false, []int{3, 1}, little([]uint32{'b', 'é', 'a', 0, 'b', 'é'})), []string{"a", "bé"}, []int{1, 0, 1}},
		"big":      {npyFile(">U1", false, []int{3}, big([]uint32{'b', 'a', 'b'})), []string{"a", "b"}, []int{1, 0, 1}},
		"007":      {npyFile("|S3", false, []int{3}, []byte("00770\x0001\x00")), []string{"01", "007", "70"}, []int{1, 2, 0}},
		"booleans": {npyFile("|b1", false, []int{3}, []byte{1, 0, 1}), []string{"0", "1"}, []int{1, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := readNPZBytes(npzFile("arr_0", x, "arr_1", c.y))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(d.Train.LabelNames, c.names) || !slices.Equal(d.Train.Labels, c.class) {
				t.Errorf("labels %v of %q, want %v of %q", d.Train.Labels, d.Train.LabelNames, c.class, c.names)
			}
			noted(t, d.Notes(), "arr_0", "samples", "arr_1", "labels")
		})
	}
}

func TestReadNPZRejectsLabels(t *testing.T) {
	x := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	for name, c := range map[string]struct {
		y     []byte
		words []string
	}{
		"no class":    {npyFile("|u1", false, []int{2, 2}, []byte{0, 1, 0, 0}), []string{"sample 1 has no class"}},
		"two classes": {npyFile("|u1", false, []int{2, 2}, []byte{0, 1, 1, 1}), []string{"row 1 is not one-hot"}},
		"empty":       {npyFile("|S1", false, []int{2}, []byte{'a', 0}), []string{"label of sample 1 is empty"}},
		"latin-1":     {npyFile("|S1", false, []int{2}, []byte{'a', 0xe9}), []string{"sample 1", "want UTF-8"}},
		"text":        {npyFile("|S1", false, []int{3}, []byte("abc")), []string{"3 labels, want 2"}},
		"objects":     {npyFile("|O", false, []int{2}, nil), []string{"Python objects", "astype(str)"}},
		"fraction":    {npyFile("<f2", false, []int{2}, little([]uint16{0x3c00, 0x3800})), []string{"0.5, want an integer"}},
		"long":        {npyFile("<U99999999", false, []int{2}, nil), []string{"element type"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readNPZBytes(npzFile("x", x, "y", c.y))
			wantError(t, err, append(c.words, "array y")...)
		})
	}
	_, err := ReadNPY(bytes.NewReader(npyFile("|S1", false, []int{2, 1}, []byte("ab"))))
	wantError(t, err, "text, want numbers")
}

func TestReadNPZReadsEveryPart(t *testing.T) {
	x := npyFile("|u1", false, []int{2, 2}, []byte{1, 2, 3, 4})
	y := npyFile("|S1", false, []int{2}, []byte("ab"))
	z := npyFile("|S1", false, []int{2}, []byte("bc"))
	d, err := readNPZBytes(npzFile("x_train", x, "y_train", y, "X_Valid", x, "y_valid", z, "x_test", x, "y_test", y, "ids", y))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Set{d.Train, d.Validation, d.Test} {
		if !slices.Equal(s.LabelNames, []string{"a", "b", "c"}) {
			t.Errorf("classes of %s are %q", s.Name, s.LabelNames)
		}
	}
	if !slices.Equal(d.Validation.Labels, []int{1, 2}) {
		t.Errorf("validation labels are %v", d.Validation.Labels)
	}
	noted(t, d.Notes(), `arrays that are not read: ["ids"]`)
}
