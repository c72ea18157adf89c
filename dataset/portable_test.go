package dataset

import (
	"slices"
	"testing"
)

// A sample that is scaled, and projected, with what portable.go says has the inputs of Encode.
func TestScalingAndProjectionsMakeTheInputs(t *testing.T) {
	train := &Set{Name: "t", Shape: []int{3}, Floats: []float32{1, -2, 3, 0.5, 8, -1, 2, 2, 2.5}}
	for _, p := range []Preprocess{
		{Scale: "max", Standardise: "feature"},
		{Scale: "none", Standardise: "global", Projection: 11, ProjectionSeed: 4},
		{Scale: "none", Standardise: "none", Projection: 8},
	} {
		e, err := p.Fit(train)
		if err != nil {
			t.Fatal(err)
		}
		inputs, err := e.Encode(train)
		if err != nil {
			t.Fatal(err)
		}
		unit, scale, offset := e.Scaling()
		matrix := e.ProjectionMatrix()
		if unit != 1 || len(matrix) != 3*p.Projection {
			t.Errorf("%+v: unit %v, a projection of %d values", p, unit, len(matrix))
		}
		for i := range 3 {
			want := make([]float32, inputs.Dim())
			inputs.Row(i, want)
			got := make([]float32, 3)
			for k, v := range train.Floats[3*i:][:3] {
				got[k] = float32(scale[k%len(scale)]*v) + offset[k%len(offset)]
			}
			if p.Projection > 0 {
				values := got
				got = make([]float32, p.Projection)
				for row := range got {
					sum := 0.0
					for k, v := range values {
						sum += matrix[3*row+k] * float64(v)
					}
					if got[row] = 1; sum < 0 {
						got[row] = -1
					}
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v: sample %d: inputs %v, want %v", p, i, got, want)
			}
		}
	}
}

// Where values mix, the unit comes first.
func TestScalingOfMixedValuesBeginsWithTheUnit(t *testing.T) {
	train := &Set{Name: "t", Shape: []int{4, 4}, Bytes: make([]uint8, 160), Maximum: 255}
	for k := range train.Bytes {
		train.Bytes[k] = uint8(k * k)
	}
	e, err := Preprocess{Scale: "max", Contrast: "local", Standardise: "global"}.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	unit, scale, offset := e.Scaling()
	if unit != 1/float32(255) || scale[0] != float32(1/float64(e.Deviation[0])) || offset[0] != float32(-float64(e.Mean[0])/float64(e.Deviation[0])) {
		t.Errorf("unit %v, scale %v, offset %v of mean %v and deviation %v", unit, scale, offset, e.Mean, e.Deviation)
	}
	if sample, side := e.Contrasts(); sample || side != defaultContrastSide {
		t.Errorf("contrasts of whole samples %v, side %d, want squares of %d", sample, side, defaultContrastSide)
	}
}
