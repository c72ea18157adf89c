package solve

import (
	"context"
	"fmt"
	"testing"

	"basin/dynamics"
	"basin/network"
)

// An iteration of message passing on a dense network, and its parts.
func BenchmarkIterate(b *testing.B) {
	for _, neurons := range []int{1000, 2000, 4000, 10000} {
		if neurons > 4000 && testing.Short() {
			continue
		}
		n := drawn(b, 1, neurons, 0.5, 0, 0, 1)
		for _, workers := range []int{1, 2} {
			p, err := NewPropagation(n, nil, 0, workers)
			if err != nil {
				b.Fatal(err)
			}
			p.shake(1)
			for _, part := range []struct {
				name string
				do   func()
			}{
				{"all", func() { p.Iterate(0) }},
				{"receive", p.receive},
				{"answer", func() { p.answer(0) }},
				{"send", func() { p.send(p.theta, p.second) }},
				{"settle", func() { p.settle(0) }},
			} {
				b.Run(fmt.Sprintf("N=%d/workers=%d/%s", neurons, workers, part.name), func(b *testing.B) {
					for b.Loop() {
						part.do()
					}
				})
			}
		}
	}
}

// Relaxations of 10,000 neurons with 100 couplings each from 64 random states, J_D = 1; the
// bar is 10,000 of them a minute on two cores.
func BenchmarkAccess(b *testing.B) {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons: 10000, SelfCoupling: 1, Recurrent: network.RecurrentSpec{Gain: 1, Density: 0.01}, Input: network.InputSpec{Density: 1},
	}}}, []int{1}, 2, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Sequential} {
		b.Run(string(order), func(b *testing.B) {
			const starts = 64
			for b.Loop() {
				if _, err := Access(context.Background(), n, nil, AccessSettings{Order: order, Starts: starts, Sweeps: 1000, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(starts*float64(b.N)/b.Elapsed().Minutes(), "relaxations/min")
		})
	}
}
