// Package ridge solves for a linear readout in closed form. Of the states s and labels of
// many samples it keeps the normal equations
//
//	(S S^T + alpha I) O^T = S Y^T
//
// with S the states, a row per neuron, and Y the targets, a row per class: 2 - 2/C for the
// class of a sample and -2/C for the others, which is +1 and -1 less their mean over the
// classes. The mean would add the same to all logits of a sample, so that no prediction
// depends on it; without it a readout needs no constant.
//
// [Equations.Add] adds a sample, [Equations.Solve] solves, and [Equations.Margins] solves again
// and again, with targets that move, for the least squared margin errors. Products of binary states are
// counts of bits, exact in any order; those of real ones are summed in the order of the
// samples. The factor is that of A.-L. Cholesky, found column after column with every sum in
// ascending order, so that neither workers nor kernels change a bit.
//
// Read equations.go, gram.go, factor.go, solve.go, then margin.go.
package ridge
