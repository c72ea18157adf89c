package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// doublesFile is a file of NumPy with float64 values.
func doublesFile(shape []int, values ...float64) []byte {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	return npyFile("<f8", false, shape, raw)
}

// Large numbers that differ little stay apart, also where a model reads a single sample.
func TestNPYKeeps64Bits(t *testing.T) {
	const large = 1e9 // whose neighbours of 32 bits are 64 apart
	s, err := ReadNPY(bytes.NewReader(doublesFile([]int{3, 2}, large+1, .5, large+2, .25, large+3, 0)))
	if err != nil || len(s.Doubles) != 6 || s.Floats != nil || s.Doubles[2] != large+2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := s.NumberLabels([]int{0, 1, 0}); err != nil {
		t.Fatal(err)
	}
	e, err := Preprocess{Scale: "none", Standardise: "feature"}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	one, err := ReadFrom(bytes.NewReader(doublesFile([]int{1, 2}, large+2, .25)), "", Options{Features: 2})
	if err != nil || one.Doubles == nil {
		t.Fatalf("%+v, %v", one, err)
	}
	all, err := e.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := e.Encode(one)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 2 {
		if all.floats[2+k] != alone.floats[k] || all.floats[0] == all.floats[2] {
			t.Errorf("value %d: %v among others, %v alone", k, all.floats[2+k], alone.floats[k])
		}
	}
	s, err = ReadNPY(bytes.NewReader(doublesFile([]int{3, 1}, .1, .2, .3)))
	if err != nil || s.Floats == nil || s.Doubles != nil {
		t.Errorf("small numbers: %+v, %v", s, err)
	}
	if _, err = ReadNPY(bytes.NewReader(doublesFile([]int{3, 1}, large+1, large+2, math.NaN()))); err == nil || !strings.Contains(err.Error(), "want a finite number") {
		t.Errorf("NaN: %v", err)
	}
}

func zipOf(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for name, content := range files {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// An archive may hold a workbook or arrays, which are archives themselves; an empty one is named.
func TestArchivesInArchives(t *testing.T) {
	book := zipOf(t, map[string][]byte{
		"xl/workbook.xml":            []byte(`<workbook xmlns:r="r"><sheets><sheet name="first" r:id="id1"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels": []byte(`<Relationships><Relationship Id="id1" Target="worksheets/sheet1.xml"/></Relationships>`),
		"xl/worksheets/sheet1.xml":   []byte(`<worksheet><sheetData><row><c><v>1.5</v></c><c><v>0</v></c></row><row><c><v>2.5</v></c><c><v>1</v></c></row></sheetData></worksheet>`),
	})
	arrays := zipOf(t, map[string][]byte{"x.npy": doublesFile([]int{2, 1}, .5, 2)})
	for name, content := range map[string][]byte{"book.xlsx": book, "arrays.npz": arrays} {
		s, err := ReadFrom(bytes.NewReader(zipOf(t, map[string][]byte{name: content})), "", Options{})
		if err != nil || s.Count() != 2 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	for want, content := range map[string][]byte{
		"a ZIP archive without files": zipOf(t, nil),
		"an archive in an archive":    zipOf(t, map[string][]byte{"a.zip": zipOf(t, map[string][]byte{"b.csv": []byte("1,2")})}),
	} {
		if _, err := ReadFrom(bytes.NewReader(content), "", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := ReadNPZ(bytes.NewReader(zipOf(t, nil)), int64(len(zipOf(t, nil)))); err == nil || !strings.Contains(err.Error(), "without files") {
		t.Error(err)
	}
}

// True of Python is true of Parquet.
func TestTruthsAreTheSameClasses(t *testing.T) {
	s := &Set{Shape: []int{1}, Bytes: []uint8{1, 2}, Labels: []int{0, 1}, LabelNames: []string{"False", "True"}}
	if err := s.Relabel([]string{"false", "true"}); err != nil || s.LabelNames[s.Labels[1]] != "true" {
		t.Errorf("%+v, %v", s, err)
	}
	s = &Set{Shape: []int{1}, Bytes: []uint8{1}, Labels: []int{0}, LabelNames: []string{"Yes"}}
	if err := s.Relabel([]string{"no", "yes"}); err == nil {
		t.Error("Yes was taken for yes")
	}
	a := &Set{Shape: []int{1}, Bytes: []uint8{1, 2}, Labels: []int{0, 1}, LabelNames: []string{"false", "true"}}
	b := &Set{Shape: []int{1}, Bytes: []uint8{1}, Labels: []int{0}, LabelNames: []string{"True"}}
	whole, err := join(a, b)
	if err != nil || len(whole.LabelNames) != 2 || whole.Labels[2] != 1 {
		t.Errorf("%+v, %v", whole, err)
	}
}
