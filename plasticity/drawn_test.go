package plasticity

import (
	"slices"

	"basin/network"

	"pgregory.net/rapid"
)

// randomGrids draws a module of windows on a grid, shared or not, a pool of it, a module that
// learns from windows of the pool at random places and one from shared windows of it.
func randomGrids(t *rapid.T, shape []int) network.Spec {
	side, stride := rapid.IntRange(1, min(shape[0], shape[1])-1).Draw(t, "side"), rapid.IntRange(0, 2).Draw(t, "stride")
	window, recurrent := 1, 1 // as many as there are places
	if side == 1 && stride < 2 {
		window, recurrent = rapid.IntRange(1, 2).Draw(t, "window of a link"), rapid.SampledFrom([]int{1, 3}).Draw(t, "window of J")
	}
	channels := rapid.OneOf(rapid.IntRange(1, 9), rapid.SampledFrom([]int{16, 70})).Draw(t, "channels")
	shared := rapid.Bool().Draw(t, "shared")
	density := 1.0
	if !shared {
		density = rapid.SampledFrom([]float64{1, 0.5}).Draw(t, "density of W")
	}
	return network.Spec{
		Modules: []network.ModuleSpec{
			{
				Channels: channels, FeedbackPer: network.PerChannel, Recurrent: network.RecurrentSpec{Gain: 1, Density: 0.02},
				Tanh:  rapid.SampledFrom([]float64{0, 0, 2}).Draw(t, "tanh"),
				Input: network.InputSpec{Gain: 1, Density: density, Window: side, Stride: stride, Shared: shared},
			},
			{Channels: channels},
			{Neurons: rapid.IntRange(1, 20).Draw(t, "neurons")},
			{Channels: rapid.IntRange(1, 20).Draw(t, "channels"), Recurrent: network.RecurrentSpec{Gain: 1, Density: 1, Window: recurrent, Shared: true}},
		},
		Links: []network.Link{
			{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Strength: 1, Window: 1, Level: rapid.IntRange(0, 1).Draw(t, "level")},
			{Kind: network.Learned, Between: [2]int{2, 1}, Direction: network.Backward, Gain: 1, Density: 0.7, Window: 1},
			{Kind: network.Learned, Between: [2]int{1, 3}, Direction: network.Forward, Gain: 1, Density: 1, Window: window, Border: window - 1, Shared: true},
		},
	}
}

// randomNetworks draws the same network twice, of one or two modules of any kind.
func randomNetworks(t *rapid.T) (a, b *network.Network) {
	shape := rapid.SampledFrom([][]int{{1}, {7}, {33}, {3, 5}, {4, 3, 2}}).Draw(t, "shape")
	symmetric := rapid.Bool().Draw(t, "symmetric J")
	module := func() network.ModuleSpec {
		window := 0
		if len(shape) > 1 {
			window = rapid.IntRange(0, 3).Draw(t, "window")
		}
		return network.ModuleSpec{
			Neurons:   rapid.OneOf(rapid.IntRange(1, 15), rapid.SampledFrom([]int{16, 32, 48}), rapid.IntRange(17, 70)).Draw(t, "neurons"),
			Tanh:      rapid.SampledFrom([]float64{0, 0, 0, 2}).Draw(t, "tanh"),
			Recurrent: network.RecurrentSpec{Gain: 1, Density: rapid.SampledFrom([]float64{1, 0.3, 0, 0.02}).Draw(t, "density of J"), Symmetric: symmetric},
			Input:     network.InputSpec{Gain: 0.7, Density: rapid.SampledFrom([]float64{1, 0.5, 0.1}).Draw(t, "density of W"), Window: window},
		}
	}
	spec := network.Spec{Modules: []network.ModuleSpec{module()}}
	if rapid.Bool().Draw(t, "second module") {
		spec.Modules = append(spec.Modules, module())
		spec.Modules[1].Input.Density *= float64(rapid.IntRange(0, 1).Draw(t, "reads"))
		for range rapid.IntRange(0, 2).Draw(t, "links") {
			spec.Links = append(spec.Links, network.Link{
				Kind: network.Learned, Between: [2]int{0, 1}, Gain: 1,
				Direction: rapid.SampledFrom([]network.Direction{network.Forward, network.Backward, network.Both}).Draw(t, "direction"),
				Density:   rapid.SampledFrom([]float64{1, 0.3}).Draw(t, "density of a link"),
			})
		}
		spec.Readout = rapid.SampledFrom([][]int{nil, {0}, {1}}).Draw(t, "modules read")
		if spec.Fits(shape, 2) != nil { // no input reaches module 1
			spec.Readout = nil
		}
	}
	if len(shape) > 1 && rapid.Bool().Draw(t, "grids") {
		spec = randomGrids(t, shape)
	}
	classes := rapid.SampledFrom([]int{2, 3, 10, 16, 17}).Draw(t, "classes")
	seed := rapid.Uint64().Draw(t, "seed")
	a, b = drawNetwork(t, spec, shape, classes, seed), drawNetwork(t, spec, shape, classes, seed)
	if rapid.Bool().Draw(t, "average") {
		a.Readout.Average, b.Readout.Average = slices.Clone(a.Readout.Couplings), slices.Clone(b.Readout.Couplings)
	}
	return a, b
}

func randomRule(t *rapid.T) Rule {
	block := func(name string) Block {
		return Block{
			Rate:  rapid.SampledFrom([]float64{0.02, 0, 1.7}).Draw(t, "rate of "+name),
			Decay: rapid.SampledFrom([]float64{0, 0.4, 3}).Draw(t, "decay of "+name),
		}
	}
	return Rule{
		Kappa:     rapid.SampledFrom([]float64{0.25, 0, -0.7, -9, 9, 0.1}).Draw(t, "kappa"),
		Recurrent: block("J"), Links: block("links"), Input: block("W"), Readout: block("O"),
		Symmetry:       rapid.SampledFrom([]Symmetry{"", Asymmetric, SymmetricUpdate, SymmetricCouplings}).Draw(t, "symmetry"),
		BothUnstable:   rapid.Bool().Draw(t, "both ends unstable"),
		ReadoutKappa:   rapid.SampledFrom([]float64{0, 0.5, -9}).Draw(t, "kappa of O"),
		ReadoutWeights: rapid.SampledFrom([][2]float64{{1, 1}, {0.79, 2.5}}).Draw(t, "weights of classes"),
		Averaging:      rapid.SampledFrom([]float64{0, 0.1, 1}).Draw(t, "averaging"),
	}
}
