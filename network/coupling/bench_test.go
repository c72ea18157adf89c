package coupling

import (
	"math/rand/v2"
	"testing"

	"basin/internal/kernel"
	"basin/internal/layout"
)

// benchShared measures one call on 128 channels with windows of 3 x 3 x 64 at every pixel of
// 14 x 14, in 10^9 operations a second.
func benchShared(b *testing.B, prepare func(r *rand.Rand, s *Shared) (run func(), operations int)) {
	for _, name := range kernel.Available() {
		b.Run(name, func(b *testing.B) {
			undo, err := kernel.Use(name)
			if err != nil {
				b.Fatal(err)
			}
			defer undo()
			r := rand.New(rand.NewPCG(1, 1))
			s := NewShared(Grid{Image{14, 14, 64}, 3, 1, 1, 128}, false)
			if err := s.Fill(nil, func(_ int, row []float32) {
				for e := range row {
					row[e] = float32(r.NormFloat64())
				}
			}); err != nil {
				b.Fatal(err)
			}
			run, operations := prepare(r, s)
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(operations)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// The product of a mini-batch of 16: two operations per coupling of every neuron and sample.
func BenchmarkSharedProduct(b *testing.B) { benchSharedProduct(b, 16) }

// The product of one sample.
func BenchmarkSharedProduct1(b *testing.B) { benchSharedProduct(b, 1) }

func benchSharedProduct(b *testing.B, samples int) {
	benchShared(b, func(r *rand.Rand, s *Shared) (func(), int) {
		w := NewWorkspace(s.shape.Receivers, 0)
		states := States{Rows: drawStates(r, samples, s.shape.Senders, false)}
		products := drawStates(r, samples, s.shape.Receivers, false)
		return func() { s.Product(w, products, states, 0, s.shape.Receivers) }, 2 * samples * s.synapses()
	})
}

// A full product of as many couplings, with 16 samples: what there is to reach.
func BenchmarkDenseProduct(b *testing.B) {
	benchShared(b, func(r *rand.Rand, _ *Shared) (func(), int) {
		d := NewDense(Shape{Receivers: 1024, Senders: 1024})
		if err := d.Fill(nil, func(_ int, row []float32) { row[0] = 1 }); err != nil {
			b.Fatal(err)
		}
		w := NewWorkspace(1024, 0)
		states := States{Rows: drawStates(r, 16, 1024, false)}
		products := drawStates(r, 16, 1024, false)
		return func() { d.Product(w, products, states, 0, 1024) }, 2 * 16 * d.Count()
	})
}

// The flips of 25 neurons: two operations per coupling of every neuron that hears them.
func BenchmarkSharedFlips(b *testing.B) {
	benchShared(b, func(r *rand.Rand, s *Shared) (func(), int) {
		state, product := drawStates(r, 1, s.shape.Senders, false)[0], make([]float32, layout.Padded(s.shape.Receivers))
		flipped, sent := make([]int32, 25), 0
		for k := range flipped {
			flipped[k] = int32(k * s.shape.Senders / len(flipped))
			sent += s.FanOut(int(flipped[k]))
		}
		return func() { s.Flips(product, state, flipped) }, 2 * sent
	})
}

// The increments of a mini-batch of 16 with 4 % of the neurons unstable; an operation is one
// coupling of every neuron.
func BenchmarkSharedLearn(b *testing.B) {
	benchShared(b, func(r *rand.Rand, s *Shared) (func(), int) {
		e, _, _, _ := evidence(r, 16, s.shape.Receivers, s.shape.Senders)
		for _, plane := range e.Unstable {
			for i := range plane {
				plane[i] = 0
				for bit := range 8 {
					if r.Float64() < 0.04 {
						plane[i] |= 1 << bit
					}
				}
			}
		}
		e.Step = 1e-6
		return func() { s.Learn(e, 0, 1) }, s.synapses()
	})
}
