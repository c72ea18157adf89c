package dynamics_test

import (
	"fmt"

	"basin/dynamics"
	"basin/network"
)

// Self-coupling gives a network fixed points near most inputs.
func ExampleRelax() {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons:      100,
		SelfCoupling: 1.5,
		Recurrent:    network.RecurrentSpec{Gain: 1, Density: 1},
		Input:        network.InputSpec{Gain: 1, Density: 1},
	}}}, []int{4}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	input := []float32{1, -1, 1, 1}
	state, result, err := dynamics.Relax(n, dynamics.Settings{}, input, 50)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Status, "after", result.Sweeps, "sweeps")
	again, _, _ := dynamics.Relax(n, dynamics.Settings{Order: dynamics.Sequential}, input, 50)
	overlap := float32(0)
	for i := range n.Neurons() {
		overlap += state[i] * again[i] / float32(n.Neurons())
	}
	fmt.Printf("overlap with the state of sequential sweeps: %.2f\n", overlap)
	// Output:
	// fixed point after 3 sweeps
	// overlap with the state of sequential sweeps: 0.72
}

// A Batch moves many samples side by side, through phases with and without feedback.
func ExampleBatch() {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons:      50,
		SelfCoupling: 1,
		Recurrent:    network.RecurrentSpec{Gain: 1, Density: 0.2},
		Input:        network.InputSpec{Gain: 1, Density: 1},
	}}}, []int{2}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	labels := []int{0, 1, 1}
	inputs := [][]float32{{1, 0}, {0, 1}, {-1, 1}}
	fields, err := n.FeedbackFields(network.Balanced, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := dynamics.NewBatch(n, dynamics.Settings{}, len(inputs))
	if err != nil {
		fmt.Println(err)
		return
	}
	w := b.NewWorker()
	for i, x := range inputs {
		b.Start(i, dynamics.Vector(x), i, 0)
	}
	b.Advance(w, 0, len(inputs), 4, nil)
	b.Advance(w, 0, len(inputs), 10, func(i int) []float32 { return fields[labels[i]] })
	b.Advance(w, 0, len(inputs), 50, nil)
	for i := range inputs {
		fmt.Println(b.Result(i).Status, b.Settled(w, i))
	}
	// Output:
	// fixed point true
	// fixed point true
	// fixed point true
}
