package dataset

import (
	"fmt"
	"testing"

	"basin/internal/random"
)

// noiseImages returns images of random bytes.
func noiseImages(count int, shape ...int) *Set {
	draws := random.New(17, random.Synthetic)
	s := &Set{Name: "noise", Shape: shape, Maximum: 255, Bytes: make([]uint8, count*volume(shape))}
	for i := range s.Bytes {
		s.Bytes[i] = uint8(draws.Uint64())
	}
	return s
}

// What an image costs while it is learned, beside one that is not changed.
func BenchmarkAugment(b *testing.B) {
	affine := Augment{Shift: 1.2, Rotation: 10, Scale: 0.1, Shear: 0.1}
	elastic, all := affine, affine
	elastic.Elastic = 1.5
	all.Elastic, all.Flip, all.Cutout, all.Brightness, all.Contrast = 1.5, 0.5, 8, 0.2, 0.2
	for _, shape := range [][]int{{28, 28}, {32, 32, 3}} {
		s := noiseImages(1000, shape...)
		for _, c := range []struct {
			name string
			Augment
		}{{"none", Augment{}}, {"affine", affine}, {"elastic", elastic}, {"all", all}} {
			b.Run(fmt.Sprintf("%s/%s", ShapeText(shape), c.name), func(b *testing.B) {
				e, err := Preprocess{Standardise: "global", Augment: c.Augment}.Fit(s)
				if err != nil {
					b.Fatal(err)
				}
				in, err := e.Encode(s)
				if err != nil {
					b.Fatal(err)
				}
				dst := make([]float32, in.Dim())
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					in.NoisyRow(i%1000, dst, 1, uint64(i))
				}
			})
		}
	}
}
