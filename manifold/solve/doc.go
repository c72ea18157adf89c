// Package solve looks for fixed points of one network, of any size, and measures with belief
// propagation how many there are.
//
// [Solve] is one call for all solvers: the dynamics of the network from a random state, with
// and without noise, a search on the number of unstable neurons, and message passing that is
// driven to a state, by reinforcement or by focusing. It says why it ended and how it went.
// [Access] relaxes the network from many random states at once, which says what its dynamics
// reaches, how fast, and in which cycles it ends elsewhere. [Propagation] is belief propagation itself, a ruler rather than a
// solver: its Bethe entropy is the logarithm of the number of fixed points of this very
// network, with fields that favour a state ([Propagation.External]) of those near it, which
// package manifold/sample makes of it.
//
// # What it can take
//
// Dense and sparse couplings, inputs, margins, and chains of modules linked one to one, whose
// strong couplings are summed exactly. Neurons that are continuous, and links one to one that
// skip modules, are refused. Couplings of which a neuron has many are weak: message passing
// sees mean and variance of the field that they bring, so a network with few couplings per
// neuron is approximated. Couplings that are not independent, as learned ones, are outside of
// what the equations were derived for; entropies are then estimates.
//
// A binary perceptron with fixed labels is such a network too: a module of N neurons with a
// self-coupling so large that all their states are stable, linked forward by dense couplings to
// one neuron for each pattern, which an external field holds at its label. Tests measure the
// entropy and capacity of the perceptron so.
//
// # Numbers
//
// Messages are float64; couplings and what is multiplied with them float32, added in one order
// whatever the workers and the kernel. Magnetisations are good to about 1e-6. All that involves
// Phi is in logarithms, and magnetisations are kept as half log-odds, so that nothing is lost
// where neurons freeze.
//
// Read column.go (one site), propagation.go, entropy.go; then drive.go, judge.go and solve.go;
// access.go and spins.go stand apart.
// Source: Badalotti, Baldassi, Mezard, Scardecchia and Zecchina, arXiv:2509.05041.
package solve
