package sample

import (
	"context"
	"errors"
	"fmt"

	"basin/manifold/solve"
	"basin/network"
)

// EntropyOptions say how to follow belief propagation away from a state. [DefaultEntropy]
// has values that work for random networks.
type EntropyOptions struct {
	// Fields are the fields gamma, at least two, descending, all at least 0.
	Fields []float64
	// Damping in [0, 1) is the share of the old messages that an iteration keeps.
	Damping float64
	// Tolerance, above 0, is the change of a magnetisation below which messages have
	// converged.
	Tolerance float64
	// Iterations is the greatest number at each field, at least 1.
	Iterations int
	// Margin is that of [NeighbourOptions].
	Margin float64
	// Workers is the number of goroutines; zero means GOMAXPROCS. It changes speed only.
	Workers int
}

// DefaultEntropy returns fields from 3 to 0, damping 0.3, a tolerance of 1e-5 and up to 300
// iterations at each field.
func DefaultEntropy() EntropyOptions {
	return EntropyOptions{
		Fields:  []float64{3, 2.5, 2, 1.7, 1.4, 1.2, 1, .8, .6, .4, .2, .1, 0},
		Damping: .3, Tolerance: 1e-5, Iterations: 300,
	}
}

func (o EntropyOptions) validate() error {
	problems := []error{checkFields(o.Fields), finite("margin", o.Margin)}
	if !(o.Damping >= 0 && o.Damping < 1) {
		problems = append(problems, fmt.Errorf("sample: damping %v, want at least 0 and below 1", o.Damping))
	}
	if !(o.Tolerance > 0) {
		problems = append(problems, fmt.Errorf("sample: tolerance %v, want a number above 0", o.Tolerance))
	}
	if o.Iterations < 1 {
		problems = append(problems, fmt.Errorf("sample: %d iterations, want at least 1", o.Iterations))
	}
	return errors.Join(problems...)
}

// EntropyPoint is the local entropy at one field.
type EntropyPoint struct {
	// Field is gamma.
	Field float64
	// Overlap is q = (1/N) sum_i s*_i m_i, and Distance 1 - q.
	Overlap, Distance float64
	// Entropy is S(q) in nats per neuron: the logarithm, over N, of the number of fixed
	// points at that overlap from s*.
	Entropy float64
	// Iterations taken, and whether the messages converged. Where they did not, the other
	// values are those of the last iteration and say little.
	Iterations int
	Converged  bool
	// Frozen says that less than half a neuron is turned, N (1 - q) < 1: belief
	// propagation sees nothing but s* there.
	Frozen bool
}

// LocalEntropy measures how many fixed points of n with the input x (D values; nil is no
// input) lie around a state s*, a vector of [network.Network.StateSize], by belief
// propagation with the field gamma s*_i on every neuron. It begins at m = s* with the first
// field and goes down, each time from where it is. With F the Bethe entropy of the fixed
// points weighted by exp(gamma sum_i s*_i s_i),
//
//	q = (1/N) sum_i s*_i m_i,    S(q) = F/N - gamma q.
//
// S belongs to the typical fixed points at overlap q. It is what belief propagation can
// tell: replica-symmetric, for many independent couplings (package solve), and no count.
// Close to s*, at 1 - q of about 1/N, [Neighbours] counts instead, and [Wander] samples. The
// state need not be a fixed point.
//
// It reports what package solve reports of the network, a state that is not one of n, options
// out of their range, and a context that ends. Cost: four products with J for an iteration.
func LocalEntropy(ctx context.Context, n *network.Network, x, state []float32, o EntropyOptions) ([]EntropyPoint, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	p, err := solve.NewPropagation(n, x, o.Margin, o.Workers)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	if err := checkState(n, state); err != nil {
		return nil, fmt.Errorf("sample: state: %w", err)
	}
	if err := p.Start(state); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	var points []EntropyPoint
	var m []float64
	neurons := float64(n.Neurons())
	for _, field := range o.Fields {
		point := EntropyPoint{Field: field}
		external := p.External()
		each(n, func(i int) { external[i] = field * float64(state[i]) })
		if point.Iterations, point.Converged, err = p.Converge(ctx, o.Damping, o.Tolerance, o.Iterations); err != nil {
			return nil, err
		}
		m = p.Magnetisations(m)
		each(n, func(i int) { point.Distance += (1 - float64(state[i])*m[i]) / neurons })
		point.Overlap, point.Entropy = 1-point.Distance, p.Entropy()
		point.Frozen = neurons*point.Distance < 1
		points = append(points, point)
	}
	return points, nil
}

// each calls do for the places of all neurons in a state.
func each(n *network.Network, do func(place int)) {
	for _, m := range n.Modules {
		for i := range m.Neurons {
			do(m.Offset + i)
		}
	}
}
