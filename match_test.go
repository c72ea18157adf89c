package basin_test

import (
	"errors"
	"slices"
	"testing"

	"basin"
	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
)

// reader is a model that reads samples of a shape, divided by the largest value, divisor.
func reader(shape []int, divisor float32) *basin.Model {
	features := 1
	for _, n := range shape {
		features *= n
	}
	return &basin.Model{Model: checkpoint.Model{
		Network: &network.Network{InputShape: shape},
		Encoder: &dataset.Encoder{Preprocess: dataset.Preprocess{Scale: "max"}, Features: features, Divisor: divisor},
	}}
}

func TestMatchOfShapes(t *testing.T) {
	equal := []uint8{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}
	for name, c := range map[string]struct {
		model, shape []int
		bytes        []uint8
		want         []uint8 // nil for an error
	}{
		"same":             {[]int{2, 3}, []int{2, 3}, []uint8{1, 2, 3, 4, 5, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"row":              {[]int{2, 3}, []int{6}, []uint8{1, 2, 3, 4, 5, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"image for row":    {[]int{6}, []int{2, 3}, []uint8{1, 2, 3, 4, 5, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"turned":           {[]int{2, 3}, []int{3, 2}, []uint8{1, 2, 3, 4, 5, 6}, nil},
		"turned, coloured": {[]int{2, 3}, []int{3, 2, 3}, equal, nil},
		"one channel":      {[]int{2, 3}, []int{2, 3, 1}, []uint8{1, 2, 3, 4, 5, 6}, []uint8{1, 2, 3, 4, 5, 6}},
		"equal channels":   {[]int{2, 3}, []int{2, 3, 3}, equal, []uint8{1, 2, 3, 4, 5, 6}},
		"colours":          {[]int{1, 1}, []int{1, 1, 3}, []uint8{1, 1, 2}, nil},
		"grey":             {[]int{1, 2, 3}, []int{1, 2}, []uint8{1, 2}, []uint8{1, 1, 1, 2, 2, 2}},
		"smaller":          {[]int{2, 3}, []int{2, 2}, []uint8{1, 2, 3, 4}, nil},
		"row, not grey":    {[]int{1, 2, 3}, []int{2}, []uint8{1, 2}, nil},
	} {
		s := &dataset.Set{Name: "x", Shape: c.shape, Bytes: slices.Clone(c.bytes)}
		got, err := reader(c.model, 255).Match(s)
		var size *basin.SizeError
		switch {
		case c.want == nil && !errors.As(err, &size):
			t.Errorf("%s: %v, %v, want a SizeError", name, got, err)
		case c.want != nil && (err != nil || !slices.Equal(got.Bytes, c.want) || got.Validate() != nil):
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		case c.want != nil && len(got.Notes) > 0 == slices.Equal(c.bytes, c.want):
			t.Errorf("%s: notes %q", name, got.Notes)
		}
		if !slices.Equal(s.Bytes, c.bytes) || s.Notes != nil {
			t.Errorf("%s: the samples were changed", name)
		}
	}
}

// Samples of another range are scaled by Match where their meaning is clear, and refused
// where it is not, and by the predictions.
func TestMatchOfRanges(t *testing.T) {
	image, wide := []int{2, 2}, []int{64}
	row := append(make([]float32, 63), .5)
	for name, c := range map[string]struct {
		model   []int
		divisor float32
		values  []float32
		maximum float32 // after Match; -1 for an error
	}{
		"the same":          {image, 255, []float32{0, 7, 100, 255}, 0},
		"dark":              {image, 255, []float32{0, 1, 0, 1}, 0},
		"black":             {image, 255, []float32{0, 0, 0, 0}, 0},
		"shares":            {image, 255, []float32{0, .1, .5, 1}, 1},
		"shares of a byte":  {image, 204, []float32{0, .1, .5, 1}, .8},
		"shares of 16":      {image, 16, []float32{0, .125, .5, 1}, 1},
		"around 0":          {image, 255, []float32{-1, .1, .5, 1}, -1},
		"standardised":      {image, 255, []float32{-.4, .1, .5, 2.8}, -1},
		"bytes for shares":  {image, 1, []float32{0, 7, 100, 255}, -1},
		"a little above":    {image, 1, []float32{0, .1, 1.5, 3}, 0},
		"16 bits for bytes": {image, 255, []float32{0, 7, 100, 65535}, -1},
		"table":             {[]int{4}, 255, []float32{0, .1, .5, 1}, 0},
		"wide table":        {wide, 300, row, 0},
		"pixels in a row":   {wide, 255, row, 1},
	} {
		s := &dataset.Set{Name: "x", Shape: c.model, Floats: c.values}
		m := reader(c.model, c.divisor)
		got, err := m.Match(s)
		var scale *basin.RangeError
		switch {
		case c.maximum < 0 && !errors.As(err, &scale):
			t.Errorf("%s: %v, %v, want a RangeError", name, got, err)
		case c.maximum >= 0 && (err != nil || got.Maximum != c.maximum):
			t.Errorf("%s: %v, %v, want maximum %v", name, got, err, c.maximum)
		}
		if fits := m.Fits(s) == nil; fits != (c.maximum == 0) {
			t.Errorf("%s: fits is %v", name, fits)
		}
		if got != nil && m.Fits(got) != nil {
			t.Errorf("%s: the match does not fit: %v", name, m.Fits(got))
		}
	}
}
