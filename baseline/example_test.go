package baseline_test

import (
	"context"
	"fmt"
	"log"

	"basin/baseline"
	"basin/dataset"
)

// A perceptron on the digits that come with the program.
func Example() {
	ctx := context.Background()
	data, err := dataset.Open(ctx, "digits", dataset.Options{})
	if err != nil {
		log.Fatal(err)
	}
	encoder, err := dataset.Preprocess{Standardise: "global"}.Fit(data.Train)
	if err != nil {
		log.Fatal(err)
	}
	training, err := encoder.Samples(data.Train)
	if err != nil {
		log.Fatal(err)
	}
	test, err := encoder.Samples(data.Test)
	if err != nil {
		log.Fatal(err)
	}
	settings := baseline.Defaults()
	settings.Hidden, settings.Batch = 100, 32
	p, err := baseline.New(settings, training, data.Train.Classes())
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Run(ctx, nil); err != nil {
		log.Fatal(err)
	}
	accuracy, err := p.Evaluate(ctx, test)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Cost().Parameters, "weights, better than 0.9:", accuracy > 0.9)
	// Output: 7510 weights, better than 0.9: true
}
