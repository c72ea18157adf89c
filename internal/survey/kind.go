package survey

import (
	"context"
	"math"

	"basin/network"
	"basin/theory"
)

// Kind is a kind of random networks: one module, or modules in a chain, each like the
// others. A census draws them, and theory averages over them.
type Kind struct {
	// Neurons of each module, and how many Modules there are.
	Neurons int `json:"neurons_per_module"`
	Modules int `json:"modules"`
	// SelfCoupling is J_D, Lambda the coupling of neighbouring modules.
	SelfCoupling float64 `json:"self_coupling"`
	Lambda       float64 `json:"lambda"`
	// Gain and Density are those of the recurrent couplings.
	Gain    float64 `json:"gain"`
	Density float64 `json:"density"`
	// Input is the standard deviation of the field of a fixed input, Margin what a fixed
	// point must keep.
	Input  float64 `json:"input"`
	Margin float64 `json:"margin"`
}

// Total returns the number of neurons, all modules together.
func (k Kind) Total() int { return k.Neurons * k.Modules }

// Exact says that theory is for networks of this very kind: dense ones. With fewer
// couplings it is the limit of many neurons.
func (k Kind) Exact() bool { return k.Density == 1 }

// Spec returns the networks. Every module reads the inputs, whose couplings are the field
// where x is one input of 1.
func (k Kind) Spec() network.Spec {
	var spec network.Spec
	for m := range k.Modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: k.Neurons, SelfCoupling: k.SelfCoupling,
			Recurrent: network.RecurrentSpec{Gain: k.Gain, Density: k.Density},
			Input:     network.InputSpec{Gain: k.Input, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: k.Lambda})
		}
	}
	return spec
}

// input is x for every network of a census.
func input() []float32 { return []float32{1} }

// Chain returns the networks as theory knows them, with fields in units of the gain.
func (k Kind) Chain() theory.Chain {
	return theory.Chain{
		Module:  theory.Ensemble{SelfCoupling: k.SelfCoupling / k.Gain, InputVariance: k.Input * k.Input / k.Gain / k.Gain, Margin: k.Margin / k.Gain},
		Modules: k.Modules,
		Lambda:  k.Lambda / k.Gain,
	}
}

// Pairs returns the mean number of ordered pairs of fixed points at each distance 0..L N of
// the whole states. It reports what [theory.Ensemble.Pairs] or, for several modules,
// [theory.Chain.PairsByDistance] does.
func (k Kind) Pairs(ctx context.Context) ([]theory.Count, error) {
	chain := k.Chain()
	if k.Modules > 1 {
		return chain.PairsByDistance(ctx, k.Neurons)
	}
	counts := make([]theory.Count, k.Neurons+1)
	for d := range counts {
		var err error
		if counts[d], err = chain.Module.Pairs(k.Neurons, d); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// Neighbours returns how many other fixed points lie within a distance of one that is drawn
// from those of all draws. It reports what [Kind.Pairs] does.
func (k Kind) Neighbours(ctx context.Context, distance int) (float64, error) {
	count, err := k.Chain().FixedPoints(k.Neurons)
	if err != nil {
		return 0, err
	}
	pairs, err := k.Pairs(ctx)
	if err != nil {
		return 0, err
	}
	return neighbours(pairs, count, distance), nil
}

func neighbours(pairs []theory.Count, count theory.Count, distance int) float64 {
	near := 0.0
	for _, at := range pairs[1 : distance+1] {
		near += at.Value
	}
	return near / count.Value
}

// Margins are s_i h_i of the neurons of fixed points of one module, over those of all
// draws, at a finite number of neurons: those of many neurons, with fields measured by what
// N - 1 others send.
type Margins struct {
	margins     theory.Margins
	sigma, gain float64
}

// Margins reports what [theory.Ensemble.FixedPointMargins] does.
func (k Kind) Margins() (Margins, error) {
	e := k.Chain().Module
	sigma := math.Sqrt(float64(k.Neurons-1) / float64(k.Neurons))
	margins, err := theory.Ensemble{
		SelfCoupling: e.SelfCoupling / sigma, InputVariance: e.InputVariance / sigma / sigma, Margin: e.Margin / sigma,
	}.FixedPointMargins()
	return Margins{margins: margins, sigma: sigma, gain: k.Gain}, err
}

// Mean returns the mean margin.
func (m Margins) Mean() float64 { return m.margins.Mean() * m.sigma * m.gain }

// Density returns the density at a margin.
func (m Margins) Density(margin float64) float64 {
	unit := m.sigma * m.gain
	return m.margins.Density(margin/unit) / unit
}
