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

// Learners of three kinds, all alike to use.
func ExampleLearner() {
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
	classes := data.Train.Classes()
	regression, err := baseline.NewLogistic(baseline.LogisticSettings{Penalty: 0.001}, training, classes)
	if err != nil {
		log.Fatal(err)
	}
	neighbours, err := baseline.NewNeighbours(baseline.NeighboursSettings{K: 3}, training, classes)
	if err != nil {
		log.Fatal(err)
	}
	forest, err := baseline.NewForest(baseline.ForestSettings{Trees: 50, Seed: 1}, training, classes)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range []baseline.Learner{regression, neighbours, forest} {
		if err := l.Run(ctx, nil); err != nil {
			log.Fatal(err)
		}
		right := 0
		err := l.Logits(ctx, test, test.Count(), func(i int, logits []float32) {
			if baseline.Largest(logits) == test.Label(i) {
				right++
			}
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f of the test samples, with %d numbers\n", float64(right)/float64(test.Count()), l.Cost().Parameters)
	}
	// Output:
	// 0.91 of the test samples, with 650 numbers
	// 0.96 of the test samples, with 93405 numbers
	// 0.93 of the test samples, with 16774 numbers
}

// A network with symmetric couplings learns by equilibrium propagation.
func ExampleContrastive() {
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
	settings := baseline.DefaultContrastive()
	settings.Hidden, settings.Batch, settings.Nudge = 100, 32, 0.3
	c, err := baseline.NewContrastive(settings, training, data.Train.Classes())
	if err != nil {
		log.Fatal(err)
	}
	var last float64
	err = c.Run(ctx, func(p baseline.Progress) error {
		last = p.Loss
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Cost().Parameters, "couplings, squared error below 0.1:", last < 0.1)
	// Output: 7510 couplings, squared error below 0.1: true
}
