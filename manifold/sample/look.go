package sample

import (
	"context"
	"slices"

	"basin/network"
)

// LookOptions say what to measure around a state.
type LookOptions struct {
	// Relaxing says how the network relaxes from disturbed states.
	Relaxing
	// Neurons turned one at a time, as in [FlipOptions]; below zero is none.
	Neurons int
	// Shares and Samples are those of [BasinOptions]; no shares is no basin.
	Shares  []float64
	Samples int
	// Entropy says how to measure the local entropy; no fields is none.
	Entropy EntropyOptions
	// Seed of the choices.
	Seed uint64
}

// Report is what was measured around a state.
type Report struct {
	// FixedPoint says whether the dynamics holds the state. Flips and Basin are of fixed
	// points alone.
	FixedPoint bool
	// Unstable is the number of neurons with s h of zero or below, Lowest the tenth part
	// of the margins s h that is lowest, ascending, and Mean that of all margins.
	Unstable int
	Lowest   []float64
	Mean     float64
	Flips    FlipCounts
	Basin    []BasinPoint
	Entropy  []EntropyPoint
}

// Look measures one state of a network with the input x (nil is no input) in every way that
// does not count: margins, flips, the basin under noise, local entropy. It is meant for the
// states that a trained network has for test inputs (protocol.Predictor hands them out),
// before and after training, with right and wrong predictions apart. Learned couplings are
// not independent, so that entropies are estimates. It reports what [Margins], [Flips],
// [Basin] and [LocalEntropy] do, but a state that is no fixed point.
func Look(ctx context.Context, n *network.Network, x, state []float32, o LookOptions) (Report, error) {
	margins, err := Margins(ctx, n, x, state)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, m := range margins {
		r.Mean += m / float64(len(margins))
		if m <= 0 {
			r.Unstable++
		}
	}
	slices.Sort(margins)
	r.Lowest = margins[:(len(margins)+9)/10]
	if len(o.Entropy.Fields) > 0 {
		if r.Entropy, err = LocalEntropy(ctx, n, x, state, o.Entropy); err != nil {
			return Report{}, err
		}
	}
	if r.FixedPoint, err = holds(n, x, state, o.Relaxing); err != nil || !r.FixedPoint {
		return r, err
	}
	if o.Neurons >= 0 {
		if r.Flips, err = Flips(ctx, n, x, state, FlipOptions{Relaxing: o.Relaxing, Neurons: o.Neurons, Seed: o.Seed}); err != nil {
			return Report{}, err
		}
	}
	if len(o.Shares) > 0 {
		r.Basin, err = Basin(ctx, n, x, state, BasinOptions{Relaxing: o.Relaxing, Shares: o.Shares, Samples: o.Samples, Seed: o.Seed})
	}
	return r, err
}

// holds reports whether the dynamics holds a state.
func holds(n *network.Network, x, state []float32, o Relaxing) (bool, error) {
	r, err := newRelaxing(n, x, o)
	if err != nil {
		return false, err
	}
	return r.holds(state)
}
