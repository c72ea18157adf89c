package figure_test

import (
	"bytes"
	"fmt"

	"basin/internal/figure"
)

func Example() {
	f := figure.Figure{
		Title: "Accuracy", X: "neurons", Y: "%", LogX: true, Percent: true,
		Curves: []figure.Curve{
			{Label: "here", X: []float64{100, 1000}, Y: []float64{0.91, 0.96}, Errors: []float64{0.01, 0.005}},
			{Label: "elsewhere", X: []float64{100, 1000}, Y: []float64{0.9, 0.95}, Published: true},
		},
	}
	svg, err := f.Render("svg")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Contains(svg, []byte("<svg")), bytes.Contains(svg, []byte(">elsewhere<")))
	// Output: true true
}
