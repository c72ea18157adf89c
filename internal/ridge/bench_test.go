package ridge

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkFactor takes N^3/3 operations.
func BenchmarkFactor(b *testing.B) {
	for _, neurons := range []int{1000, 4000} {
		b.Run(fmt.Sprintf("N=%d", neurons), func(b *testing.B) {
			e, err := New(neurons, 10, false, 0)
			if err != nil {
				b.Fatal(err)
			}
			p := draw(1, neurons, 10, 100, false)
			for k, s := range p.states {
				if err := e.Add(context.Background(), s, p.labels[k]); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if _, err := e.Solve(context.Background(), 0.01, nil); err != nil {
					b.Fatal(err)
				}
			}
			n := float64(neurons)
			b.ReportMetric(n*n*n/3*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkGram adds a chunk of samples: two operations for each pair of neurons and sample.
func BenchmarkGram(b *testing.B) {
	const neurons = 4000
	e, err := New(neurons, 10, false, 0)
	if err != nil {
		b.Fatal(err)
	}
	p := draw(1, neurons, 10, 64*binaryWords, false)
	for b.Loop() {
		for k, s := range p.states {
			if err := e.Add(context.Background(), s, p.labels[k]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(neurons)*neurons*float64(len(p.states))*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
