package train

import (
	"context"
	"fmt"
	"testing"

	"basin/dataset"
	"basin/internal/random"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// synthetic returns count noisy copies of 10 random patterns of 784 values.
func synthetic(b *testing.B, count int) *dataset.Samples {
	b.Helper()
	set := &dataset.Set{Shape: []int{28, 28}, Bytes: make([]uint8, count*784), Labels: make([]int, count), LabelNames: make([]string, 10)}
	for c := range set.LabelNames {
		set.LabelNames[c] = fmt.Sprint(c)
	}
	noise := random.New(1, random.Synthetic)
	for i := range count {
		set.Labels[i] = i % 10
		pattern := random.New(2, random.Synthetic, uint64(i%10))
		for k := range 784 {
			if on := pattern.IntN(5) == 0; on != (noise.IntN(20) == 0) {
				set.Bytes[i*784+k] = uint8(noise.IntN(256))
			}
		}
	}
	encoder, err := dataset.Preprocess{Scale: "max", Standardise: "none"}.Fit(set)
	if err != nil {
		b.Fatal(err)
	}
	inputs, err := encoder.Encode(set)
	if err != nil {
		b.Fatal(err)
	}
	return &dataset.Samples{Inputs: inputs, Labels: set.Labels}
}

// shapes are the networks of the project's figures: 20 recurrent and about 80 input
// couplings per neuron, or all of them.
func shapes(b *testing.B, run func(b *testing.B, s settings.Settings, n *network.Network)) {
	for _, kind := range []string{"sparse", "dense"} {
		for _, size := range []int{100, 1000, 4000} {
			b.Run(fmt.Sprintf("%s/N=%d", kind, size), func(b *testing.B) {
				s := settings.Defaults()
				m := &s.Network.Modules[0]
				m.Neurons = size
				if kind == "sparse" {
					m.Recurrent.Density, m.Input.Density = 20/float64(size), 0.1
				}
				s.Learning.Epochs = 1 << 19
				n, err := network.Draw(s.Network, []int{28, 28}, 10, 1)
				if err != nil {
					b.Fatal(err)
				}
				run(b, s, n)
			})
		}
	}
}

// BenchmarkStep is one mini-batch of 16.
func BenchmarkStep(b *testing.B) {
	samples := synthetic(b, 16)
	shapes(b, func(b *testing.B, s settings.Settings, n *network.Network) {
		t, err := newTrainer(s, n, samples, nil, "", 0)
		if err != nil {
			b.Fatal(err)
		}
		defer t.Close()
		for b.Loop() {
			t.beginEpoch()
			t.state.Batch = 0
			if err := t.step(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(16*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
	})
}

// BenchmarkEpoch is 512 samples, in 32 mini-batches.
func BenchmarkEpoch(b *testing.B) {
	samples := synthetic(b, 512)
	shapes(b, func(b *testing.B, s settings.Settings, n *network.Network) {
		s.Learning.Epochs = 1
		for b.Loop() {
			t, err := newTrainer(s, n, samples, nil, "", 0)
			if err != nil {
				b.Fatal(err)
			}
			if err := t.Run(context.Background(), nil); err != nil {
				b.Fatal(err)
			}
			t.Close()
		}
		b.ReportMetric(512*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
	})
}

// BenchmarkEvaluation is 512 samples.
func BenchmarkEvaluation(b *testing.B) {
	samples := synthetic(b, 512)
	shapes(b, func(b *testing.B, s settings.Settings, n *network.Network) {
		e, err := protocol.NewPredictor(s.Protocol(), n, 0)
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		for b.Loop() {
			if _, err := e.Evaluate(context.Background(), samples, samples.Count(), nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(512*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
	})
}
