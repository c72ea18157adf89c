package coupling

import (
	"math/rand/v2"
	"testing"

	"basin/internal/layout"
)

// colourGrid is a layer of windows over a small colour image.
var colourGrid = Grid{Image: Image{32, 32, 3}, Side: 6, Stride: 2, Channels: 200}

func colourInput(b *testing.B) (w *SharedInput, space *Workspace, tile Tile, fields [][]float32) {
	r := rand.New(rand.NewPCG(1, 2))
	w = NewSharedInput(colourGrid)
	if err := w.Fill(nil, func(_ int, row []float32) {
		for e := range row {
			row[e] = float32(r.NormFloat64())
		}
	}); err != nil {
		b.Fatal(err)
	}
	inputs := w.shape.Senders
	tile = Tile{Rows: drawStates(r, 16, inputs, true), Lanes: make([]float32, 16*inputs), Width: 16}
	for q, x := range tile.Rows {
		for k := range inputs {
			tile.Lanes[16*k+q] = x[k]
		}
	}
	for range 16 {
		fields = append(fields, make([]float32, layout.Padded(w.shape.Receivers)))
	}
	return w, NewWorkspace(w.shape.Receivers, inputs), tile, fields
}

// The product of 16 samples, in multiplications and additions a second.
func BenchmarkSharedInputProduct(b *testing.B) {
	w, space, tile, fields := colourInput(b)
	for b.Loop() {
		w.Product(space, tile, fields, 0, 0, len(fields[0]))
	}
	b.ReportMetric(2*16*float64(w.synapses())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// The product of one sample.
func BenchmarkSharedInputSample(b *testing.B) {
	w, space, tile, fields := colourInput(b)
	frozen := w.Frozen()
	tile.Rows, tile.Width = tile.Rows[:1], 8
	for b.Loop() {
		frozen.Product(space, tile, fields, 0, 0, len(fields[0]))
	}
	b.ReportMetric(2*float64(w.synapses())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// The increments of 16 samples in which some of the neurons are unstable.
func BenchmarkSharedInputLearn(b *testing.B) {
	for _, c := range []struct {
		name  string
		share float64
	}{{"none", 0}, {"4%", 0.04}, {"20%", 0.2}} {
		b.Run(c.name, func(b *testing.B) {
			w, _, tile, _ := colourInput(b)
			r := rand.New(rand.NewPCG(3, 4))
			e := NewEvidence(w.shape.Receivers, 16)
			e.Step, e.Inputs = 1e-6, tile.Rows
			for range 2 {
				plane, signs := make([]uint8, w.shape.Receivers+64), make([]uint8, w.shape.Receivers+64)
				for i := range w.shape.Receivers {
					signs[i] = uint8(r.Uint32())
					for q := range 8 {
						if r.Float64() < c.share {
							plane[i] |= 1 << q
						}
					}
				}
				e.Unstable, e.Signs = append(e.Unstable, plane), append(e.Signs, signs)
			}
			for b.Loop() {
				w.Learn(e, 0, 1)
			}
		})
	}
}
