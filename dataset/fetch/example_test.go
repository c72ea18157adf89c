package fetch_test

import (
	"context"
	"fmt"
	"log"

	"basin/dataset/fetch"
)

func Example() {
	data, err := fetch.Open(context.Background(), "digits", fetch.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.Train.Count(), "training samples,", data.Test.Count(), "test samples,", data.Train.Classes(), "classes")
	// Output: 1437 training samples, 360 test samples, 10 classes
}
