package plasticity_test

import (
	"fmt"

	"basin/internal/layout"
	"basin/network"
	"basin/plasticity"
)

// One large step on one sample makes its state stable: every neuron's field agrees
// with its state by the margin kappa.
func Example() {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons:   16,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
		Input:     network.InputSpec{Gain: 1, Density: 1},
	}}}, []int{4}, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	module := n.Modules[0]
	input := make([]float32, layout.Padded(n.Inputs()))
	state, field := make([]float32, n.StateSize()), make([]float32, n.StateSize())
	for i := range n.Neurons() {
		state[i] = float32(1 - 2*(i%2))
	}
	// The fields without input.
	fields := func() {
		clear(field)
		module.Recurrent.Each(func(i, j int, value *float32) bool {
			field[i] += float32(module.Recurrent.Scale()) * *value * state[j]
			return true
		})
	}
	l, err := plasticity.NewLearner(n, 1, 0, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := l.NewWorker()
	rule := plasticity.Rule{Kappa: 1, Recurrent: plasticity.Block{Rate: 2}}
	for batch := range 2 {
		fields()
		l.Reset(rule, 1)
		unstable := l.Record(0, state, field, input)
		l.Gather(0)
		l.Begin()
		l.Update(w, 0, 1)
		fmt.Printf("mini-batch %d: %d unstable neurons\n", batch, unstable)
	}
	// Output:
	// mini-batch 0: 15 unstable neurons
	// mini-batch 1: 0 unstable neurons
}
