package dataset

import (
	"math"
	"strings"
	"testing"
)

// Bytes are the pixels themselves, and offset + scale times them the inputs that they stand for.
func TestInBytesGivesPixelsAndWhatTheyMean(t *testing.T) {
	s := &Set{Name: "pixels", Shape: []int{2, 3}, Maximum: 255}
	for k := range 6 * 256 {
		s.Bytes = append(s.Bytes, uint8(k*37%256))
	}
	for _, standardise := range []string{"none", "global", "feature"} {
		e, err := Preprocess{Standardise: standardise}.Fit(s)
		if err != nil {
			t.Fatal(err)
		}
		b, scale, offset, err := e.InBytes()
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Validate(); err != nil {
			t.Fatal(err)
		}
		floats := &Set{Name: "floats", Shape: s.Shape}
		for _, v := range s.Bytes {
			floats.Floats = append(floats.Floats, float32(v))
		}
		for _, set := range []*Set{s, floats} {
			x, err := e.Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			p, err := b.Encode(set)
			if err != nil {
				t.Fatal(err)
			}
			row, bytes := make([]float32, 6), make([]float32, 6)
			for i := range s.Count() {
				x.Row(i, row)
				p.Row(i, bytes)
				for k := range row {
					if want := float32(s.Bytes[6*i+k]); bytes[k] != want {
						t.Fatalf("%s: value %d of sample %d is the byte %v, want %v", standardise, k, i, bytes[k], want)
					}
					if got := offset[k] + scale[k]*float64(bytes[k]); math.Abs(got-float64(row[k])) > 1e-5 {
						t.Fatalf("%s: value %d of sample %d: %v, want %v", standardise, k, i, got, row[k])
					}
				}
			}
		}
	}
}

func TestBytesAreSharesRoundedAndCut(t *testing.T) {
	e := &Encoder{Preprocess: Preprocess{Scale: "max", Standardise: "none"}, Features: 1, Divisor: 16, Bytes: true}
	set := &Set{Name: "levels", Shape: []int{1}, Floats: []float32{0, 1, 8, 15.99, 16, 40, -3}}
	in, err := e.Encode(set)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{0, 16, 128, 255, 255, 255, 0} { // 255/16 = 15.94, 127.5 up
		row := make([]float32, 1)
		if in.Row(i, row); row[0] != want {
			t.Errorf("%v: byte %v, want %v", set.Floats[i], row[0], want)
		}
	}
	if _, _, _, err := e.InBytes(); err == nil || !strings.Contains(err.Error(), "bytes already") {
		t.Errorf("twice: %v", err)
	}
	e.Projection = 3
	if err := e.Validate(); err == nil || !strings.Contains(err.Error(), "bytes: want scale max") {
		t.Errorf("bytes with a projection: %v", err)
	}
}

// Where a mean is below zero there are values below it, which no byte is for.
func TestInBytesRefusesValuesBelowZero(t *testing.T) {
	set := &Set{Name: "waves", Shape: []int{2}, Floats: []float32{1, -3, 2, -5}}
	for standardise, want := range map[string]string{"feature": "the mean of value 1 is -4", "global": "the mean of all is -1.25"} {
		e, err := (Preprocess{Scale: "max", Standardise: standardise}).Fit(set)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := e.InBytes(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", standardise, err, want)
		}
	}
}
