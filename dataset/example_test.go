package dataset_test

import (
	"context"
	"fmt"
	"log"

	"basin/dataset"
)

// The way from a name to the inputs of a network.
func Example() {
	data, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	rest, validation, err := dataset.Holdout(data.Train, 0.1, dataset.Random, 1)
	if err != nil {
		log.Fatal(err)
	}
	encoder, err := dataset.Preprocess{Standardise: "global", Projection: 200}.Fit(rest)
	if err != nil {
		log.Fatal(err)
	}
	inputs, err := encoder.Encode(validation)
	if err != nil {
		log.Fatal(err)
	}
	row := make([]float32, inputs.Dim())
	inputs.Row(0, row)
	fmt.Println(rest.Count(), validation.Count(), data.Test.Count(), "samples of", data.Train.Features(), "pixels")
	fmt.Println(inputs.Dim(), "signs:", row[:4])
	// Output:
	// 1293 144 360 samples of 64 pixels
	// 200 signs: [1 -1 -1 1]
}
