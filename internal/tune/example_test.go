package tune_test

import (
	"context"
	"fmt"
	"os"

	"basin/internal/experiment"
	"basin/internal/tune"
	"basin/settings"
)

func Example() {
	base, err := settings.LoadPreset("digits")
	if err != nil {
		fmt.Println(err)
		return
	}
	base.Network.Modules[0].Neurons, base.Network.Modules[0].Recurrent.Density = 20, 0.1
	base.Learning.Epochs, base.Data.Validation = 1, 0.2
	folder, err := os.MkdirTemp("", "tune-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	found, err := tune.Search(context.Background(), folder, tune.Options{
		Base: base, Preset: "digits", Trials: 2, Seeds: 1, Run: experiment.Options{Workers: 2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Plan.Trials, "trials,", found.Best.Accuracy.N, "seed, tested:", found.Test != nil)
	// Output: 2 trials, 1 seed, tested: true
}
