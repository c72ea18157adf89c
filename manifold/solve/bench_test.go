package solve

import (
	"fmt"
	"testing"
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
