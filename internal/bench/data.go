package bench

import (
	"math/rand/v2"
	"strings"

	"basin/dataset"
)

// side is the width and height of synthetic images.
const side = 28

// Synthetic returns training and test images of 28 x 28 pixels in ten classes, one after the
// other: a random pattern per class of which every pixel is replaced at random with
// probability 0.4. They are the same in every call.
func Synthetic(training, test int) *dataset.Data {
	const classes = 10
	draw := rand.New(rand.NewPCG(1, 1))
	pixel := func() uint8 { return uint8(draw.IntN(2) * 255) }
	patterns := make([]uint8, classes*side*side)
	for i := range patterns {
		patterns[i] = pixel()
	}
	labelled := func(count int) *dataset.Set {
		set := &dataset.Set{Name: "synthetic", Shape: []int{side, side}, Maximum: 255, LabelNames: strings.Split("0123456789", "")}
		for i := range count {
			class := i % classes
			set.Labels = append(set.Labels, class)
			for _, v := range patterns[class*side*side:][:side*side] {
				if draw.Float64() < 0.4 {
					v = pixel()
				}
				set.Bytes = append(set.Bytes, v)
			}
		}
		return set
	}
	return &dataset.Data{Train: labelled(training), Test: labelled(test), Source: "synthetic"}
}

// Repeated returns count samples of a set that has some, from the first on and round again.
func Repeated(set *dataset.Set, count int) *dataset.Set {
	indices := make([]int, count)
	for i := range indices {
		indices[i] = i % set.Count()
	}
	return set.Subset(indices)
}
