// Package census measures the set of fixed points of a network.
//
// This half is exact: it looks at every state of a small network. [Take] lists all
// fixed points of up to [MaxNeurons] neurons, and its [Result] counts pairs by distance,
// neighbours of each fixed point, margins and connected components. [FindBasins] says for
// every state where parallel or sequential dynamics takes it, [Result.Reach] for some.
// [Draws] averages a census over many draws of the couplings, to be held against theory.
//
// # States
//
// A [State] has one bit per neuron, modules one after the other without padding. A bit
// that is set is a neuron at -1, so that a state is a fixed point when it equals the sign
// bits of its fields.
//
// # What exact means
//
// The field on a neuron is that of package network without feedback. Its part W x + b is
// taken from package dynamics, bit for bit. The couplings, links and self-couplings are
// those stored, in float32, with the float32 scale of their block. All of them become
// integers, multiples of a power of two that is about 2^-60 of the largest field possible
// in the network; float32 values above 2^-36 of that field lose nothing. From then on
// every sum is an integer: no order of addition, no number of workers and no length of
// a walk changes a bit, and a field is zero only when the sum of the stored values is.
//
// A field of zero follows the rule of the model, sign(0) = +1: a neuron at +1 keeps its
// state, a neuron at -1 flips. With a margin, s_i h_i > kappa is strict. Package dynamics
// adds in float32 and may judge otherwise a neuron whose field is below its rounding,
// about 1e-7 of the sum of the absolute couplings; [Result.Margins] shows these cases.
//
// # Long calls
//
// Calls that may be long take a context first. When it is cancelled they return its error
// within a tenth of a second, and their workers have ended by then.
//
// Read state.go, then system.go (integers), walk.go (the walk), census.go; basins.go,
// reach.go, pairs.go, components.go and draws.go stand on them.
package census
