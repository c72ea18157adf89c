// Package coupling holds the kinds of couplings that a network is made of, each in one
// file. Nobody else asks which kind a block is of.
//
// There are two roles. A [Block] holds couplings among neurons, J of a module or those of
// a link: [Dense], [Sparse], or [Shared], in which the neurons of a channel have the same
// couplings at every place of a [Grid]. An [Input] holds the couplings W of a module from the input:
// [DenseInput], [SparseInput], [Windowed], whose neurons each read all of one window
// of an image, or [SharedInput], in which channels share theirs at the places of a grid. Each kind says how its values lie in memory, and from that its product for a tile
// of samples, what the flip of one sender changes, the increments that a mini-batch adds,
// how it is walked through, and the arrays that files have of it. A call is for a block and
// a tile or a part, never for a value.
//
// Rows are receivers: J_ij acts from neuron j on neuron i. Vectors over neurons and inputs
// are padded with zeros to a multiple of 16 (package internal/layout).
//
// # What cannot go wrong
//
// The loops below this package trust their indices. So a pattern is checked where it
// enters, in Fill and Load, and is afterwards out of reach; only values can be changed. A
// method that is called with vectors too short, or for a block without couplings, panics as
// an index out of range does.
//
// Read coupling.go, then dense.go and sparse.go, then workspace.go and evidence.go; of what places
// share grid.go, then shared.go and input_shared.go.
package coupling
