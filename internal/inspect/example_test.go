package inspect_test

import (
	"fmt"

	"basin/internal/inspect"
	"basin/settings"
)

func ExampleNearest() {
	s, err := settings.LoadPreset("mnist")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Learning.Epochs, s.Data.Validation = 3, 0.1
	fmt.Println(inspect.Nearest(s))
	// Output: mnist [data.validation=0.1 learning.epochs=3]
}
