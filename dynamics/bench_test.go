package dynamics

import (
	"fmt"
	"testing"

	"basin/network"
)

// BenchmarkSweep is one sweep of a sample whose product is up to date and that is at a
// fixed point: the least that a sweep can cost.
func BenchmarkSweep(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		for _, density := range []float64{20 / float64(n), 1} {
			b.Run(fmt.Sprintf("N=%d/density=%.2g", n, density), func(b *testing.B) {
				spec := network.Spec{Modules: []network.ModuleSpec{{
					Neurons: n, SelfCoupling: 2,
					Recurrent: network.RecurrentSpec{Gain: 1, Density: density},
					Input:     network.InputSpec{Gain: 1, Density: 1},
				}}}
				drawn, err := network.Draw(spec, []int{10}, 2, 1)
				if err != nil {
					b.Fatal(err)
				}
				batch, err := NewBatch(drawn, Settings{}, 1)
				if err != nil {
					b.Fatal(err)
				}
				w := batch.NewWorker()
				batch.Start(0, Vector(make([]float32, 10)), 0, 0)
				batch.Advance(w, 0, 1, 100, nil)
				for b.Loop() {
					batch.Advance(w, 0, 1, 1, nil)
				}
			})
		}
	}
}
