package bench_test

import (
	"fmt"

	"basin/internal/bench"
)

// What costs 5, 10 and 20 at 1000, 2000 and 4000 neurons grows in proportion.
func ExampleExponent() {
	costs := []bench.Cost{
		{Series: bench.SparseSeries, X: 1000, TrainNS: 5},
		{Series: bench.SparseSeries, X: 2000, TrainNS: 10},
		{Series: bench.DenseSeries, X: 2000, TrainNS: 70},
		{Series: bench.SparseSeries, X: 4000, TrainNS: 20},
	}
	mine := bench.Of(bench.SparseSeries, costs)
	fmt.Printf("%.2f\n", bench.Exponent(mine, func(c bench.Cost) float64 { return c.TrainNS }))
	// Output: 1.00
}
