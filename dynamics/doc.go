// Package dynamics moves the states of a network: fields, sweeps and relaxations.
//
// [Relax] relaxes one input and is all that most programs need. A [Batch] moves many
// samples side by side and is what learning and prediction are made of: [Batch.Start]
// takes the inputs of a sample, [Batch.StartAt] also its state, [Batch.Advance] moves it,
// once for each phase, with or without feedback.
//
// A sweep never multiplies what did not change. The first sweep of a sample sees the
// input alone; the second needs one full product of the couplings with the state;
// after that the fields change by
//
//	h_i += 2 J_ij s_j
//
// for the neurons j that flipped, in ascending order, unless more than a quarter of a
// module flipped at once, when what it sends is taken afresh. The choice depends on the
// sample's own flips and on nothing else, so one network and one input have one
// trajectory, whatever the batch, the number of workers or the kernel.
//
// After few flips of a sparse network, in parallel and partial order, the next sweep looks
// only at the neurons that asked to flip and at their receivers: no other field changed.
//
// The field is added up in this order: ((scale * sum_j J_ij s_j) + static) + J_D s_i,
// where static is the input field, plus the feedback while clamped, plus what each link
// brings, in the order of the spec. sign(0) = +1.
//
// Neurons of a module with a gain are continuous: s_i = tanh(gain h_i). One that would
// change by less than [Resolution] stays, so that relaxations end and cost follows
// what moves, as for binary neurons.
//
// Read batch.go, then advance.go, sweep.go and flip.go, then product.go.
package dynamics
