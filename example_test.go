package basin_test

import (
	"context"
	"fmt"
	"log"

	"basin/dataset"
	"basin/network"
	"basin/protocol"
	"basin/settings"
	"basin/train"
)

// From a data set to an accuracy: two epochs of a small network on the embedded digits.
func Example() {
	tally, err := learnDigits(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tally.Samples, "test samples, accuracy above 0.8:", tally.Accuracy() > 0.8)
	// Output: 360 test samples, accuracy above 0.8: true
}

func learnDigits(ctx context.Context) (protocol.Tally, error) {
	s := settings.Defaults()
	err := settings.Set(&s, []string{"preprocess.standardise=feature", "network.modules.0.neurons=300", "learning.epochs=2"})
	if err != nil {
		return protocol.Tally{}, err
	}
	data, err := dataset.Open(ctx, s.Data.Set, dataset.Options{})
	if err != nil {
		return protocol.Tally{}, err
	}
	encoder, err := s.Preprocess.Fit(data.Train)
	if err != nil {
		return protocol.Tally{}, err
	}
	training, err := samples(encoder, data.Train)
	if err != nil {
		return protocol.Tally{}, err
	}
	test, err := samples(encoder, data.Test)
	if err != nil {
		return protocol.Tally{}, err
	}
	n, err := network.Draw(s.Network, data.Train.Shape, data.Train.Classes(), s.Seed)
	if err != nil {
		return protocol.Tally{}, err
	}
	trainer, err := train.New(s, n, training, nil, "", 0)
	if err != nil {
		return protocol.Tally{}, err
	}
	defer trainer.Close()
	if err := trainer.Run(ctx, nil); err != nil {
		return protocol.Tally{}, err
	}
	evaluator, err := protocol.NewPredictor(s.Protocol(), n, 0)
	if err != nil {
		return protocol.Tally{}, err
	}
	defer evaluator.Close()
	return evaluator.Evaluate(ctx, test, nil)
}

func samples(encoder *dataset.Encoder, set *dataset.Set) (*dataset.Samples, error) {
	inputs, err := encoder.Encode(set)
	if err != nil {
		return nil, err
	}
	return &dataset.Samples{Inputs: inputs, Labels: set.Labels}, nil
}
