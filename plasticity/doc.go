// Package plasticity changes the couplings of a network by the local rule.
//
// A [Learner] is shown, for every sample of a mini-batch, the state reached and the
// field on each neuron without feedback ([Learner.Record]), and the states that the
// readout learns on ([Learner.Read]). [Learner.Update] then adds
//
//	unstable(i) <=> s_i h_i <= kappa
//	Delta J_ij = eta_J / sqrt(rho N B) sum over samples where i is unstable of s_i s_j
//	Delta L_ij   the same for learned links, with their own rate and N senders
//	Delta W_ik = eta_W / sqrt(rho D B) sum over samples where i is unstable of s_i x_k
//	Delta O_ci = eta_O / sqrt(N B)     sum over samples with w_c y_c logit_c <= kappa_O of w_c y_c s_i
//
// after the decay w <- w (1 - eta gamma / sqrt(fan-in)). A coupling's change depends on
// the states of its two ends, the field of the receiving neuron and fixed numbers, and
// on nothing else: the package does not import dynamics, so the rule cannot look at a
// trajectory. With softness beta > 0 a neuron counts with weight
// sigmoid(-beta (s_i h_i - kappa)) in place of the step. Two variants are not local and say
// so: symmetric changes ([Symmetry]) and learning only where both ends are unstable.
//
// The rule is that of Badalotti, Baldassi, Mezard, Scardecchia and Zecchina,
// arXiv:2509.05041.
package plasticity
