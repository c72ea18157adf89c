package foreign_test

import (
	"fmt"

	"basin/internal/foreign"
	"basin/settings"
)

// The margin of the paper's program is given without the self-coupling, and the rate of the
// input without its strength.
func Example() {
	s, err := settings.LoadPreset("entangled-mnist-400")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Learning.Kappa.Start, s.Learning.Input.Rate.Start)
	text, notes, err := foreign.Write("paper", s)
	if err != nil {
		fmt.Println(err)
		return
	}
	back, _, err := foreign.Read("paper", "paper.yaml", text)
	fmt.Println(len(settings.Changes(s, back)), len(notes), err)
	// Output:
	// 1.4 0.15
	// 0 0 <nil>
}
