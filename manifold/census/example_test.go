package census_test

import (
	"context"
	"fmt"

	"basin/manifold/census"
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
func ExampleTake() {
	n, err := network.Draw(spec(16, 0.5), []int{1}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := census.Take(context.Background(), n, nil, census.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(r.FixedPoints), "fixed points")
	pairs, err := r.Pairs(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("pairs by distance:", pairs)
	c, err := r.Components(context.Background(), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(c.Sizes), "components, the largest of", c.Largest())
	b, err := census.FindBasins(context.Background(), n, nil, census.BasinOptions{})
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
	a, err := census.Draws(context.Background(), spec(8, 0.3), nil, census.DrawOptions{Draws: 1000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f +- %.2f\n", a.Count().Value, a.Count().Error)
	// Output:
	// 6.13 +- 0.11
}
