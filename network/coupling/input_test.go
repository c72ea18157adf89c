package coupling

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"basin/internal/layout"

	"pgregory.net/rapid"
)

// imageOf is an image of some size with one to three channels.
func imageOf(t *rapid.T) (image Image, side int) {
	image = Image{rapid.IntRange(1, 9).Draw(t, "height"), rapid.IntRange(1, 9).Draw(t, "width"), rapid.IntRange(1, 3).Draw(t, "channels")}
	return image, rapid.IntRange(1, min(image.Height, image.Width)).Draw(t, "side")
}

// drawWindows draws couplings that each lie in a window.
func drawWindows(r *rand.Rand, shape Shape, image Image, side int, density float64) *twin {
	w := drawTwin(r, shape, 2)
	for i := range w.present {
		top, left := r.IntN(image.Height-side+1), r.IntN(image.Width-side+1)
		for k := range w.present[i] {
			y, x := k/image.Channels/image.Width, k/image.Channels%image.Width
			inside := y >= top && y < top+side && x >= left && x < left+side
			w.present[i][k] = inside && r.Float64() < density
			if !w.present[i][k] {
				w.value[i][k] = 0
			}
		}
	}
	return w
}

// drawShared draws couplings of windows on a grid, at every place those of the first.
func drawShared(r *rand.Rand, grid Grid) *twin {
	m := grid.Image
	w := drawTwin(r, Shape{Receivers: grid.Neurons(), Senders: m.Height * m.Width * m.Channels}, 0)
	value := make([]float32, grid.Channels*grid.Values())
	for e := range value {
		value[e] = float32(r.NormFloat64())
	}
	for i := range w.value {
		place, row := i/grid.Channels, value[i%grid.Channels*grid.Values():]
		for y := range grid.Side {
			for x := range grid.Side {
				for c := range m.Channels {
					k := ((place/grid.Width()*grid.Stride+y)*m.Width+place%grid.Width()*grid.Stride+x)*m.Channels + c
					w.present[i][k], w.value[i][k] = true, row[(y*grid.Side+x)*m.Channels+c]
				}
			}
		}
	}
	return w
}

// randomInput draws an input block of any kind with its twin.
func randomInput(t *rapid.T, r *rand.Rand) (w *twin, outline func() Input) {
	size := rapid.OneOf(rapid.IntRange(1, 15), rapid.SampledFrom([]int{16, 32, 64}), rapid.IntRange(17, 150))
	image, side := imageOf(t)
	shape := Shape{Receivers: size.Draw(t, "receivers"), Senders: image.Height * image.Width * image.Channels, FanIn: 3}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return drawTwin(r, shape, 2), func() Input { return NewDenseInput(shape) }
	case 1:
		return drawTwin(r, shape, 0.3), func() Input { return NewSparseInput(shape) }
	case 2:
		grid := Grid{Image: image, Side: side, Stride: rapid.IntRange(1, 3).Draw(t, "stride"), Channels: rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(60, 70)).Draw(t, "channels")}
		return drawShared(r, grid), func() Input { return NewSharedInput(grid) }
	}
	w = drawWindows(r, shape, image, side, 2)
	if rapid.Bool().Draw(t, "sorted") {
		slices.SortFunc(w.present, func(a, b []bool) int { return cmp.Compare(slices.Index(a, true), slices.Index(b, true)) })
		for i, present := range w.present {
			for k := range present {
				if w.value[i][k] = 0; present[k] {
					w.value[i][k] = float32(r.NormFloat64())
				}
			}
		}
	}
	return w, func() Input { return NewWindowed(shape, image, side) }
}

// Whatever the kind, the tile, the range and the kernel, an input block has the products and
// increments of a full matrix, bit for bit; loaded and frozen ones too.
func TestInputsAreLikeFullMatrices(t *testing.T) {
	everyKernel(t, func(t *testing.T) { rapid.Check(t, inputLikeTwin) })
}

func inputLikeTwin(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
	w, outline := randomInput(t, r)
	shape, scale := w.shape, rapid.SampledFrom([]float64{1, 0.7}).Draw(t, "scale")
	drawn, loaded := outline(), outline()
	fill(t, drawn, w)
	reload(t, drawn, loaded)
	if !reflect.DeepEqual(drawn, loaded) && w.count() > 0 {
		t.Fatalf("the block loaded is not the one drawn")
	}
	drawn.SetScale(scale)
	loaded.SetScale(scale)
	width := rapid.SampledFrom([]int{8, 16}).Draw(t, "width")
	count := rapid.IntRange(1, width).Draw(t, "samples")
	tile := Tile{Rows: drawStates(r, count, shape.Senders, false), Lanes: make([]float32, shape.Senders*width), Width: width, Exact: rapid.Bool().Draw(t, "exact")}
	for q, x := range tile.Rows {
		for k := range x {
			if x[k] *= float32(r.IntN(2)); !tile.Exact {
				x[k] *= float32(r.NormFloat64())
			}
			if k >= shape.Senders {
				x[k] = 0
			} else {
				tile.Lanes[k*width+q] = x[k]
			}
		}
	}
	size := layout.Padded(shape.Receivers)
	from := 16 * rapid.IntRange(0, size/16-1).Draw(t, "from")
	to := min(size, from+16*rapid.IntRange(1, size/16).Draw(t, "length"))
	const at = 32
	space := NewWorkspace(shape.Receivers, shape.Senders)
	want := make([][]float32, count)
	for q := range want {
		want[q] = make([]float32, at+size)
		for i := from; i < min(to, shape.Receivers); i++ {
			for k, v := range w.value[i] {
				want[q][at+i] += float32(v * tile.Rows[q][k])
			}
			want[q][at+i] *= float32(scale)
		}
	}
	for name, block := range map[string]Input{"drawn": drawn, "loaded": loaded, "frozen": drawn.Frozen(), "frozen twice": drawn.Frozen().Frozen()} {
		w.holds(t, name, block)
		got := make([][]float32, width)
		for q := range got {
			got[q] = make([]float32, at+size)
			for i := from; i < to; i++ {
				got[q][at+i] = 99
			}
		}
		block.Product(space, tile, got, at, from, to)
		same(t, name, got[:count], want)
	}
	samples := rapid.SampledFrom([]int{1, 8, 13, 70}).Draw(t, "samples of the mini-batch")
	e, unstable, signs, _ := evidence(r, samples, shape.Receivers, 1)
	e.Step, e.Inputs = 0.37, drawStates(r, samples, shape.Senders, true)
	weigh := rapid.Bool().Draw(t, "weights")
	for q := range samples {
		for i := range shape.Receivers {
			if weight := float32(r.NormFloat64()); weigh {
				if i == 0 {
					e.Weights = append(e.Weights, make([]float32, shape.Receivers))
				}
				e.Weights[q][i] = weight
			}
		}
	}
	parts := rapid.IntRange(1, 3).Draw(t, "parts")
	for part := range parts {
		loaded.Learn(e, part, parts)
	}
	sums := map[*float32]float32{} // by coupling, which several neurons may share
	for i := range shape.Receivers {
		for k := range shape.Senders {
			coupling := loaded.At(i, k)
			for q := range samples {
				switch {
				case weigh:
					sums[coupling] += float32(e.Weights[q][i] * e.Inputs[q][k])
				case unstable[q][i]:
					sums[coupling] += float32(sign(signs[q][i]) * e.Inputs[q][k])
				}
			}
		}
	}
	for i := range shape.Receivers {
		for k := range shape.Senders {
			if w.present[i][k] {
				w.value[i][k] += float32(0.37 * sums[loaded.At(i, k)])
			}
		}
	}
	w.holds(t, "learned", loaded)
}

// A file of format version 1 or 2 has windows in compressed rows, of neurons in any order: the
// block is the one of the arrays of today.
func TestWindowsLoadFromCompressedRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 6))
		image, side := imageOf(t)
		shape := Shape{Receivers: rapid.IntRange(1, 60).Draw(t, "receivers"), Senders: image.Height * image.Width * image.Channels}
		w := drawWindows(r, shape, image, side, 2)
		rows, loaded, drawn := NewSparseInput(shape), NewWindowed(shape, image, side), NewWindowed(shape, image, side)
		fill(t, rows, w)
		reload(t, rows, loaded)
		fill(t, drawn, w)
		if !reflect.DeepEqual(loaded, drawn) {
			t.Fatal("windows loaded from compressed rows are not those drawn")
		}
	})
}
