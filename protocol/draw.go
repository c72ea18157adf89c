package protocol

import (
	"fmt"
	"math"

	"basin/internal/random"
	"basin/network"
	"basin/network/coupling"
)

// Draw draws a network of spec as [network.Draw] does, with the seed of the settings, for inputs
// of a shape, and takes from so many training samples what the spec says: couplings that begin
// as windows of samples, and biases that give the neurons of a module their activity. Only the
// inputs are looked at, not the labels. The result does not depend on the number of processors.
//
// An imprint is one Hebbian step of a silent neuron that a sample made fire, brought to the
// length of its couplings: W_i = a x / |x| of the x that the neuron reads, of a sample drawn
// uniformly; where x is zero the drawn numbers stay. A channel of shared windows takes x from a
// place drawn uniformly.
//
// An imprint of a link is the same with the states s of its senders in predictions, each less
// its mean and divided by its variance, so that the field is what the states have in common with
// those of the sample in units of their deviations, up to a constant that belongs to the bias:
//
//	L_ij = g u_ij / |u_i|,  u_ij = (s_j - m_j) / (1 - m_j^2)
//
// Senders that never change have u = 0. Samples, means and variances are those of the states of
// which biases are found; those of a shared link are taken over all places of a sender's channel.
//
// A bias b_i of a module with activity q lies between two of the fields h_i that the neuron has,
// without its bias and its self-coupling, in the states of predictions: the share of training
// samples with a larger one is the nearest to q that there is. Modules follow each other in
// their order, so that a pool counts neurons that have their biases. Neurons of one channel of a
// grid have one bias, from the fields at all places. Up to 1000 samples are taken, drawn
// uniformly, fewer of large networks.
func Draw(s Settings, spec network.Spec, shape []int, classes int, samples Inputs, count int) (*network.Network, error) {
	if !spec.Sampled() {
		return network.Draw(spec, shape, classes, s.Seed)
	}
	if samples == nil || count < 1 {
		return nil, fmt.Errorf("protocol: no training samples, which the network begins with")
	}
	if err := spec.Validate(); err != nil {
		return nil, fmt.Errorf("protocol: %w", err)
	}
	spec = spec.Expand()
	n, err := network.Draw(spec.Unsampled(), shape, classes, s.Seed)
	if err != nil {
		return nil, err
	}
	if err := fits(samples, n); err != nil {
		return nil, err
	}
	n.Spec = spec
	for index, m := range spec.Modules {
		if m.Input.Imprint {
			imprint(n, index, s.Seed, samples, count)
		}
	}
	for index, m := range spec.Modules {
		if m.Activity > 0 && n.Modules[index].Bias == nil {
			n.Modules[index].Bias = make([]float32, n.Modules[index].Padded())
		}
	}
	for index, m := range spec.Modules {
		path := 0
		for _, link := range spec.Links {
			if link.Imprint && n.Pathways[path].To == index {
				if err := imprintStates(n, s, path, link, samples, count); err != nil {
					return nil, err
				}
			}
			path += len(link.Directions())
		}
		if m.Activity > 0 {
			if err := threshold(n, s, index, samples, count); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

// imprint makes the input couplings of a module windows of samples.
func imprint(n *network.Network, index int, seed uint64, samples Inputs, count int) {
	m, spec := n.Modules[index], n.Spec.Modules[index]
	neurons, places := m.Neurons, 1
	if spec.Input.Shared {
		neurons = spec.Channels // those of the first place have all couplings
		places = m.Neurons / spec.Channels
	}
	row := make([]float32, n.Inputs())
	for i := range neurons {
		stream := random.New(seed, random.Imprint, uint64(index), uint64(i))
		samples.Row(stream.IntN(count), row)
		shift := 0
		if places > 1 {
			shift = firstOf(m.Input, stream.IntN(places)*spec.Channels) - firstOf(m.Input, 0)
		}
		imprinted(m.Input, i, spec.Input.Gain, func(k int) float64 { return float64(row[k+shift]) })
	}
}

// imprinted makes the couplings of neuron i what it reads, x, brought to a length; where x is
// zero they stay.
func imprinted(c coupling.Couplings, i int, length float64, x func(k int) float64) {
	square := 0.0
	c.Rows(i, i+1, func(_, k int, _ *float32) bool {
		square += float64(x(k) * x(k))
		return true
	})
	if square == 0 {
		return
	}
	factor := length / math.Sqrt(square)
	c.Rows(i, i+1, func(_, k int, value *float32) bool {
		*value = float32(factor * x(k))
		return true
	})
}

// firstOf returns the first input that a neuron reads.
func firstOf(c coupling.Input, i int) (first int) {
	c.Rows(i, i+1, func(_, k int, _ *float32) bool {
		first = k
		return false
	})
	return first
}
