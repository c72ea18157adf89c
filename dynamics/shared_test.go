package dynamics

import (
	"testing"

	"basin/network"
	"basin/network/coupling"

	"pgregory.net/rapid"
)

// randomStack draws a network of two modules on grids, with shared windows between them and
// within them.
func randomStack(t *rapid.T) *network.Network {
	gridded := func() network.ModuleSpec {
		m := network.ModuleSpec{
			Channels:     rapid.SampledFrom([]int{1, 2, 3, 5, 17}).Draw(t, "channels"),
			SelfCoupling: rapid.SampledFrom([]float64{0, 0.4}).Draw(t, "self-coupling"),
			Tanh:         rapid.SampledFrom([]float64{0, 0, 0, 1.3}).Draw(t, "tanh"),
		}
		if window := rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "window of J"); window > 0 {
			m.Recurrent = network.RecurrentSpec{Gain: 1, Density: 1, Window: window, Shared: true}
		}
		return m
	}
	first, second := gridded(), gridded()
	first.Input = network.InputSpec{Gain: 1, Density: 1, Window: 2, Shared: true}
	spec := network.Spec{Modules: []network.ModuleSpec{first, second}, Links: []network.Link{{
		Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Gain: 1, Density: 1, Shared: true,
		Window: rapid.IntRange(2, 3).Draw(t, "window of the link"), Stride: rapid.IntRange(0, 2).Draw(t, "stride"), Border: rapid.IntRange(0, 1).Draw(t, "border"),
	}}}
	if rapid.Bool().Draw(t, "back") {
		spec.Links = append(spec.Links, network.Link{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Backward, Gain: 0.5, Density: 0.1})
	}
	if rapid.Bool().Draw(t, "pools") { // of which two are equal
		for _, strength := range []float64{1, 0.5, 1} {
			spec.Links = append(spec.Links, network.Link{Kind: network.Pool, Between: [2]int{0, len(spec.Modules)}, Direction: network.Forward, Window: 2, Stride: 1, Strength: strength})
			spec.Modules = append(spec.Modules, network.ModuleSpec{Channels: first.Channels, SelfCoupling: 0.1 * float64(len(spec.Modules))})
		}
	}
	n, err := network.Draw(spec, []int{4, 5}, 3, rapid.Uint64().Draw(t, "seed"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range n.Blocks() {
		b.SetScale(rapid.SampledFrom([]float64{1, 0.83}).Draw(t, "scale of a block"))
	}
	return n
}

// Of pools that are equal one product is taken, and of others each.
func TestEqualPoolsAreTwins(t *testing.T) {
	spec := network.Spec{Modules: []network.ModuleSpec{{Channels: 3, Input: network.InputSpec{Gain: 1, Density: 1, Window: 2, Shared: true}}}}
	for _, l := range []network.Link{{Window: 2, Stride: 1, Strength: 1}, {Window: 2, Stride: 1, Strength: 0.5}, {Window: 2, Stride: 1, Strength: 1}, {Window: 3, Stride: 1, Strength: 1}, {Window: 2, Stride: 1, Strength: 1}} {
		l.Kind, l.Between, l.Direction = network.Pool, [2]int{0, len(spec.Modules)}, network.Forward
		spec.Links, spec.Modules = append(spec.Links, l), append(spec.Modules, network.ModuleSpec{Channels: 3})
	}
	b, err := NewBatch(drawNetwork(t, spec, []int{5, 6}, 3, 1), Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []*block{nil, nil, b.blocks[0], nil, b.blocks[0]} {
		if b.blocks[i].twin != want {
			t.Errorf("pool %d has another twin", i)
		}
	}
}

// Networks with shared couplings among neurons move as the twin does with full matrices.
func TestStacksOfSharedWindowsEqualTheTwinBitForBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		defer someKernel(t)()
		compareWithTwin(t, randomStack(t), someOrder(t))
	})
}

// A network put together by hand of shared blocks, one between its modules and one within each,
// relaxes to the states of one that has a sparse copy of every coupling, in as many sweeps and
// with as many operations.
func TestSharedBlocksRelaxAsSparseOnes(t *testing.T) {
	image := coupling.Image{Height: 6, Width: 5, Channels: 7}
	link := coupling.Grid{Image: image, Side: 3, Stride: 2, Border: 1, Channels: 19}
	within := func(image coupling.Image) coupling.Grid {
		return coupling.Grid{Image: image, Side: 3, Stride: 1, Border: 1, Channels: image.Channels}
	}
	values := normals(3*19, 9*19, 81)
	shared := func(grid coupling.Grid, hollow bool, from int) coupling.Block {
		b := coupling.NewShared(grid, hollow)
		if err := b.Fill(nil, func(c int, row []float32) {
			for e := range row {
				row[e] = values[from+c][e] / 8
			}
		}); err != nil {
			t.Fatal(err)
		}
		return b
	}
	sparse := func(of coupling.Block) coupling.Block {
		shape := of.Shape()
		shape.Places = 0
		b := coupling.NewSparse(shape)
		if err := coupling.Copy(b, of, func(i int) (row []float32) {
			of.Rows(i, i+1, func(_, _ int, v *float32) bool { row = append(row, *v); return true })
			return row
		}); err != nil {
			t.Fatal(err)
		}
		return b
	}
	make := func(kind func(coupling.Block) coupling.Block) *network.Network {
		n := drawNetwork(t, network.Spec{Modules: []network.ModuleSpec{
			{Neurons: 210, SelfCoupling: 0.3, Input: network.InputSpec{Gain: 1, Density: 1}}, {Neurons: link.Neurons(), SelfCoupling: 0.3},
		}, Links: []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Density: 1}}}, []int{30}, 3, 82)
		made := &network.Network{
			Spec: n.Spec, InputShape: n.InputShape, Classes: n.Classes, Modules: n.Modules, Readout: n.Readout,
			Pathways: []*network.Pathway{{From: 0, To: 1, Block: kind(shared(link, false, 0)), Learned: true}},
		}
		made.Modules[0].Recurrent, made.Modules[1].Recurrent = kind(shared(within(image), true, 19)), kind(shared(within(link.Shape()), true, 38))
		if err := made.Validate(); err != nil {
			t.Fatal(err)
		}
		return made
	}
	networks := []*network.Network{make(func(b coupling.Block) coupling.Block { return b }), make(sparse)}
	xs := normals(20, 30, 83)
	for _, order := range []Order{Parallel, Modules} {
		moved := 0
		var moments [2][][]moment
		for k, n := range networks {
			ids := []uint64{19: 0}
			moments[k] = relaxBatch(t, n, Settings{Order: order}, xs, ids, []phase{{budget: 40}}, 2, 0)
		}
		for i := range xs {
			got, want := moments[0][i][0], moments[1][i][0]
			if got.result != want.result {
				t.Fatalf("%s, sample %d: %+v, want %+v", order, i, got.result, want.result)
			}
			for k := range want.state {
				if got.state[k] != want.state[k] || got.field[k] != want.field[k] {
					t.Fatalf("%s, sample %d, place %d: state %v in field %v, want %v in %v", order, i, k, got.state[k], got.field[k], want.state[k], want.field[k])
				}
			}
			moved += int(want.result.Flips)
		}
		if moved < 1000 {
			t.Errorf("%s: %d flips in all, too few to tell", order, moved)
		}
	}
}
