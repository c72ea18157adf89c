package paired_test

import (
	"fmt"

	"basin/internal/paired"
)

func Example() {
	d := paired.Difference{Mean: 0.012, Deviation: 0.004, Count: 5}
	fmt.Println(d.Points(1), d.Judge() == paired.Wins)
	fmt.Printf("p = %.3f\n", paired.McNemar(9, 2))
	// Output:
	// +1.2 ± 0.5 true
	// p = 0.065
}
