package manifold_test

import (
	"fmt"

	"basin/manifold"
	"basin/network"
)

func spec(neurons int, selfCoupling float64) network.Spec {
	return network.Spec{Modules: []network.ModuleSpec{{
		Neurons:      neurons,
		SelfCoupling: selfCoupling,
		Recurrent:    network.RecurrentSpec{Gain: 1, Density: 1},
		Input:        network.InputSpec{Gain: 1, Density: 1},
	}}}
}

// All fixed points of one network, how they lie, and who reaches them.
func ExampleCensus() {
	n, err := network.Draw(spec(16, 0.5), []int{1}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := manifold.Census(n, nil, manifold.CensusOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(r.FixedPoints), "fixed points")
	fmt.Println("pairs by distance:", r.Pairs())
	c, err := r.Components(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(c.Sizes), "components, the largest of", c.Largest())
	b, err := manifold.FindBasins(n, nil, manifold.BasinOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f%% of the states end in cycles\n", 100*b.CycleShare())
	// Output:
	// 252 fixed points
	// pairs by distance: [252 452 940 2012 3580 5296 6868 8100 8504 8100 6868 5296 3580 2012 940 452 252]
	// 5 components, the largest of 246
	// 48.1% of the states end in cycles
}

// Averages over draws meet E[#] = (2 Phi(J_D/sigma))^N, sigma^2 = (N-1)/N: 6.02 here.
func ExampleDraws() {
	a, err := manifold.Draws(spec(8, 0.3), nil, manifold.DrawOptions{Draws: 1000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f +- %.2f\n", a.Count().Value, a.Count().Error)
	// Output:
	// 6.13 +- 0.11
}
