package survey_test

import (
	"context"
	"fmt"

	"basin/internal/survey"
)

// A census of a thousand networks of 8 neurons, and what theory says of their average.
func ExampleAverage() {
	k := survey.Kind{Neurons: 8, Modules: 1, SelfCoupling: 0.3, Gain: 1, Density: 1}
	a, err := survey.Average(context.Background(), k, survey.Options{Draws: 1000, Seed: 1, Distance: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f +- %.2f fixed points, exact %.2f\n", float64(a.Count.Mean), float64(a.Count.Error), *a.Count.Theory)
	// Output:
	// 6.13 +- 0.11 fixed points, exact 6.02
}
