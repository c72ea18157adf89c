package sample

import (
	"context"
	"fmt"
	"testing"
)

// Neighbours of planted and of reached states, J_D = .8.
func BenchmarkNeighbours(b *testing.B) {
	for _, c := range []struct {
		neurons, distance int
		density           float64
	}{{1000, 2, 1}, {1000, 3, 1}, {4000, 2, 1}, {4000, 3, 1}, {4000, 3, .025}} {
		n := draw(b, one(c.neurons, .8, c.density, 0), 1)
		start := reached(b, n, []float32{1}, 1)
		planted := draw(b, one(c.neurons, .8, c.density, 0), 2)
		around := plant(b, planted, nil, 0, 1)
		for name, at := range map[string][]float32{"reached": start, "planted": around} {
			network := n
			if name == "planted" {
				network = planted
			}
			b.Run(fmt.Sprintf("%s/neurons=%d/density=%v/distance=%d", name, c.neurons, c.density, c.distance), func(b *testing.B) {
				var counts []int64
				for b.Loop() {
					var err error
					if counts, err = Neighbours(context.Background(), network, nil, at, NeighbourOptions{Distance: c.distance}); err != nil {
						b.Fatal(err)
					}
				}
				for d, count := range counts[1:] {
					b.ReportMetric(float64(count), fmt.Sprintf("at-%d", d+1))
				}
			})
		}
	}
}
