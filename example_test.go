package basin_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"basin"
	"basin/dataset/fetch"
	"basin/settings"
)

// From a data set to an accuracy: two epochs of a small network on the embedded digits.
func Example() {
	ctx := context.Background()
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=300", "learning.epochs=2"}); err != nil {
		log.Fatal(err)
	}
	data, err := basin.Open(ctx, s, fetch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	model, err := basin.Train(ctx, s, data, basin.Options{})
	if err != nil {
		log.Fatal(err)
	}
	last := model.History[1].Held
	fmt.Println(last.Samples, "test samples, accuracy above 0.8:", last.Accuracy() > 0.8)
	// Output: 360 test samples, accuracy above 0.8: true
}

// A model that was saved predicts in another program, one sample or many at a time.
func ExampleLoad() {
	path, digit := saved()
	defer os.RemoveAll(filepath.Dir(path))
	model, err := basin.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	p, err := model.PredictOne(digit)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("this is a", p.Label)
	// Output: this is a 1
}

// A stream of labelled samples is learned as it comes, a mini-batch at a time, with no
// data set to go back to.
func ExampleModel_Learn() {
	ctx := context.Background()
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=300", "learning.epochs=0"}); err != nil {
		log.Fatal(err)
	}
	data, err := basin.Open(ctx, s, fetch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	model, err := basin.Train(ctx, s, data, basin.Options{}) // of no epoch: a network as drawn
	if err != nil {
		log.Fatal(err)
	}
	for first := 0; first+16 <= data.Train.Count(); first += 16 {
		var batch []int
		for i := range 16 {
			batch = append(batch, first+i)
		}
		if _, err := model.Learn(data.Train.Subset(batch)); err != nil {
			log.Fatal(err)
		}
	}
	e, err := model.Evaluate(ctx, data.Test, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("accuracy above 0.7 after one pass:", e.Accuracy() > 0.7)
	// Output: accuracy above 0.7 after one pass: true
}

// saved trains a model, saves it, and returns its file and the pixels of a one.
func saved() (path string, digit []float32) {
	ctx := context.Background()
	s := settings.Defaults()
	if err := settings.Set(&s, []string{"network.modules.0.neurons=100", "learning.epochs=2"}); err != nil {
		log.Fatal(err)
	}
	data, err := basin.Open(ctx, s, fetch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "basin")
	if err != nil {
		log.Fatal(err)
	}
	path = filepath.Join(dir, "digits.safetensors")
	model, err := basin.Train(ctx, s, data, basin.Options{Out: path})
	if err != nil {
		log.Fatal(err)
	}
	if len(model.History) != 2 {
		log.Fatal("no history")
	}
	for _, v := range data.Train.Bytes[64:128] {
		digit = append(digit, float32(v))
	}
	return path, digit
}
