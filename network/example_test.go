package network_test

import (
	"fmt"

	"basin/network"
)

// A sparse module whose neurons each read one window of a grey image of 28 x 28 pixels.
func ExampleDraw() {
	spec := network.Spec{Modules: []network.ModuleSpec{{
		Neurons:      1000,
		SelfCoupling: 0.5,
		Recurrent:    network.RecurrentSpec{Gain: 1, Density: 0.01},
		Input:        network.InputSpec{Gain: 1, Density: 1, Window: 7},
	}}}
	n, err := network.Draw(spec, []int{28, 28}, 10, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := n.Couplings()
	fmt.Println("neurons:", n.Neurons())
	fmt.Println("inputs:", n.Inputs())
	fmt.Println("input couplings:", c.Input)
	fmt.Println("feedback couplings:", c.Feedback)
	fmt.Println("recurrent couplings near 1 %:", c.Recurrent > 9500 && c.Recurrent < 10500)
	// Output:
	// neurons: 1000
	// inputs: 784
	// input couplings: 49000
	// feedback couplings: 10000
	// recurrent couplings near 1 %: true
}

// Every mistake of a spec is reported at once, under its key.
func ExampleSpec_Validate() {
	spec := network.Spec{Modules: []network.ModuleSpec{{
		Neurons:   0,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 2},
	}}}
	fmt.Println(spec.Validate())
	// Output:
	// modules.0.recurrent.density: is 2, want a number from 0 to 1
	// modules.0.neurons: is 0, want 1 to 16777216, or channels for a module on a grid
}
