package dataset

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"basin/internal/random"
)

// A row alone is encoded to the bits that it has among others, whatever the steps.
func TestRowsAreEncodedAsSetsAre(t *testing.T) {
	draws := random.New(5, random.Synthetic)
	bytes := &Set{Name: "bytes", Shape: []int{3, 4}, Bytes: make([]uint8, 150*12)}
	for i := range bytes.Bytes {
		bytes.Bytes[i] = uint8(max(0, draws.IntN(400)-144))
	}
	floats := bytes.floats()
	for i := range floats.Floats {
		floats.Floats[i] += float32(draws.Float64())
	}
	for _, p := range []Preprocess{
		{},
		{Scale: "none"},
		{Standardise: "global"},
		{Standardise: "feature"},
		{Scale: "none", Standardise: "feature"},
		{Projection: 13, ProjectionSeed: 2},
		{Projection: 8, Standardise: "feature"},
	} {
		for _, s := range []*Set{bytes, floats} {
			e, err := p.Fit(s)
			if err != nil {
				t.Fatal(err)
			}
			encoders := []*Encoder{e}
			if b, _, _, err := e.InBytes(); err == nil {
				encoders = append(encoders, b)
			}
			for _, e := range encoders {
				in, err := e.Encode(s)
				if err != nil {
					t.Fatal(err)
				}
				steps, err := e.steps(s)
				if err != nil {
					t.Fatal(err)
				}
				w, got, want := steps.workspace(s.Features()), make([]float32, e.Dim()), make([]float32, e.Dim())
				for i := range s.Count() {
					s.rawRow(i, w.raw)
					before := slices.Clone(w.raw)
					steps.row(w.raw, got, w)
					in.Row(i, want)
					if !slices.Equal(got, want) {
						t.Fatalf("%s, %+v, sample %d: %v alone, %v among others", s.Name, e.Preprocess, i, got, want)
					}
					if !slices.Equal(w.raw, before) {
						t.Fatalf("%s, %+v, sample %d: the raw row was changed", s.Name, e.Preprocess, i)
					}
				}
				if p.Projection == 0 {
					s.rawRow(0, got)
					steps.row(got, got, w)
					if in.Row(0, want); !slices.Equal(got, want) {
						t.Errorf("%s, %+v: %v in place, want %v", s.Name, e.Preprocess, got, want)
					}
				}
			}
		}
	}
}

// Of several values that are not finite the first is named, whoever comes upon it.
func TestTheFirstSampleThatIsNotFiniteIsNamed(t *testing.T) {
	s := &Set{Name: "huge", Shape: []int{2}, Floats: make([]float32, 2*1000)}
	e, err := Preprocess{Scale: "none", Standardise: "feature"}.Fit(&Set{Shape: []int{2}, Floats: []float32{0, 0, 1e-3, 1e-3}})
	if err != nil {
		t.Fatal(err)
	}
	for i := 300; i < 1000; i++ {
		s.Floats[2*i+1] = math.MaxFloat32
	}
	for range 2 {
		_, err := e.Encode(s)
		wantError(t, err, "huge: sample 300, feature 1", "want a finite number")
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	}
}
