package compare_test

import (
	"context"
	"fmt"

	"basin/dataset"
	"basin/internal/compare"
	"basin/settings"
)

// A small network beside the class that most samples have.
func Example() {
	data, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := settings.Defaults()
	s.Network.Modules[0].Neurons, s.Learning.Epochs = 50, 2
	methods, err := compare.Select([]string{"majority"})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := compare.Run(context.Background(), compare.Setup{
		Presets: []compare.Preset{{Name: "small", Settings: s}}, Methods: methods, Data: data, Seeds: 3,
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict()[1])
	// Output:
	// On these data take Basin: the most accurate here.
}
