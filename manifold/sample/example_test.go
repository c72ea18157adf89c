package sample_test

import (
	"context"
	"fmt"

	"basin/manifold/sample"
	"basin/manifold/solve"
	"basin/network"
)

// A typical fixed point of a large network is alone; one that message passing finds is not.
func Example() {
	ctx := context.Background()
	draw := func() *network.Network {
		n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
			Neurons: 400, SelfCoupling: 0.5,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
			Input:     network.InputSpec{Density: 1},
		}}}, []int{1}, 2, 1)
		if err != nil {
			panic(err)
		}
		return n
	}
	n := draw()
	typical, err := sample.Plant(n, nil, 0, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, err := sample.Neighbours(ctx, n, nil, typical, sample.NeighbourOptions{Distance: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("around a typical one:", counts)

	n = draw()
	found, err := solve.Solve(ctx, n, nil, solve.Defaults(solve.Reinforced))
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, err = sample.Neighbours(ctx, n, nil, found.State, sample.NeighbourOptions{Distance: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("around one that message passing finds:", counts)
	points, err := sample.LocalEntropy(ctx, n, nil, found.State, sample.DefaultEntropy())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range points[4:7] {
		fmt.Printf("1-q = %.3f: %.3f nats per neuron\n", p.Distance, p.Entropy)
	}
	// Output:
	// around a typical one: [1 0 0]
	// around one that message passing finds: [1 68 3086]
	// 1-q = 0.031: 0.057 nats per neuron
	// 1-q = 0.044: 0.075 nats per neuron
	// 1-q = 0.063: 0.096 nats per neuron
}
