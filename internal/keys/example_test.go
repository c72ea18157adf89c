package keys_test

import (
	"fmt"

	"basin/internal/keys"
)

func Example() {
	type oven struct {
		Heat  float64 `yaml:"heat"`
		Trays []int   `yaml:"trays"`
	}
	rows := []keys.Row{
		{Key: "heat", About: "share of the power", High: 1},
		{Key: "trays", About: "places that are used", High: 3},
	}
	set := oven{Heat: 1.5, Trays: []int{0, 4}}
	m := keys.Check(set, rows)
	if len(set.Trays) > 1 && set.Heat < 0.5 {
		m.Report("heat", "is %v, too little for two trays", set.Heat)
	}
	fmt.Println(m.Err())
	// Output:
	// heat: is 1.5, want a number from 0 to 1
	// trays.1: is 4, want 0 to 3
}
