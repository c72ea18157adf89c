// Package network holds what a trained network is: modules of binary neurons, the
// couplings among them, the input and feedback they receive, and the readout.
// It knows no time: states move in package dynamics, couplings move in package
// plasticity.
//
// A [Spec] describes a network, [Draw] draws one, and a [Network] is a graph of
// [Module] values joined by [Pathway] values, plus one [Readout]. The field on neuron i of a
// module is
//
//	h_i = sum_{j != i} J_ij s_j        Recurrent: asymmetric, dense or sparse
//	    + J_D s_i                      Module.SelfCoupling: fixed, never learned
//	    + lambda (s_i of neighbours)   Pathway: one to one, fixed
//	    + sum_j L_ij s_j               Pathway: random and fixed, or learned
//	    + sum_k W_ik x_k               Input: dense, sparse, or a window of an image
//	    + phi f sum_c F_ic y_c         Module.Feedback: fixed, acts while phi = 1
//	    + b_i                          Module.Bias: fixed
//
// and the readout is logit_c = sum_i O_ci s_i over the neurons of all modules that are
// read.
// The equations are those of Badalotti, Baldassi, Mezard, Scardecchia and
// Zecchina, arXiv:2509.05041.
//
// # Orientation and padding
//
// Rows are receivers: J_ij acts from neuron j on neuron i. The kinds of couplings, and how
// each lies in memory, are package [basin/network/coupling]. Vectors over the neurons of a
// module are padded to a multiple of 16; padding never takes part in a result.
//
// Read spec.go and link.go, then network.go, then outline.go and draw.go.
package network
