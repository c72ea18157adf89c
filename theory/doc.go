// Package theory computes what the fixed points of random asymmetric networks must look
// like: how many there are, how they lie to each other, what couplings can store. It
// never sees the simulation, so where the two agree the agreement is evidence.
//
// The network has couplings J_ij ~ N(0, 1/N) off the diagonal, J_ij and J_ji independent,
// a self-coupling J_D, an input field of variance a^2 per neuron, and asks for a margin
// kappa: state s is a fixed point when s_i h_i > kappa for every i, with J_D s_i inside
// h_i. For couplings of standard deviation g/sqrt(N) divide J_D, a, kappa and lambda by g.
// An [Ensemble] holds these numbers. Its methods, and those of a [Chain] of modules:
//
//   - how many fixed points: [Ensemble.FixedPoints], [Ensemble.Entropy]
//   - pairs at an overlap, isolation: [Ensemble.Pairs], [Ensemble.Around],
//     [Ensemble.PairEntropy], [Ensemble.LocalEntropy], [Ensemble.IsolationGap],
//     [Ensemble.SecondMoment]
//   - more than two at once: [Ensemble.TupleEntropy], [Ensemble.TupleThreshold]
//   - modules that excite each other: [Chain.FixedPoints], [Chain.Entropy], [Chain.Overlaps],
//     [Chain.EndEntropy]; their pairs: [Chain.Pairs], [Chain.PairsByDistance],
//     [Chain.PairEntropy], [Chain.LocalEntropy]
//   - margins: [Ensemble.RandomMargins], [Ensemble.FixedPointMargins]
//   - what the local rule can store: [Capacity]
//
// # Exact and first-moment
//
// Methods that take a number of neurons are exact averages over the couplings. Entropies
// are in nats per neuron, for N -> infinity, and are first moments: (1/N) ln of an average
// number. By Markov's inequality a negative one proves that there are no such states; a
// positive one is an upper bound on the typical (1/N) ln, reached only where the number
// does not fluctuate on the exponential scale, which [Ensemble.SecondMoment] examines: for
// single states that is so without input and for J_D > kappa, over the whole plane, and for
// chains wherever J_D > kappa or lambda > 0 was tried. For tuples of three and more it is
// not known, and for many it is false: see [Ensemble.TupleEntropy].
//
// Rows of J are independent, and the sign of a state can be moved into its couplings, so
// every average is a product over neurons of a normal, a bivariate normal or a mixture of
// normal probabilities; h = (J_D - kappa)/sqrt(sigma^2 + a^2) is their argument throughout.
// sigma^2 = (N-1)/N, because a neuron does not couple to itself at random, and 1 for
// N -> infinity. Model: Badalotti, Baldassi, Mezard, Scardecchia and Zecchina,
// arXiv:2509.05041. Capacity: Gardner, J. Phys. A 21, 257 (1988).
//
// # Numbers
//
// Everything is computed in logarithms: tails and q -> 1 do not underflow. Arguments
// outside a domain are errors. All functions are pure and may run at once.
//
// Files: ensemble, pairs, second, tuples, replicas (tuples of real y), chain, chain_pairs
// and chain_distance (its pairs, N -> infinity and finite), margins, capacity; below them
// normal, bivariate, integral, root and chain_fit.
package theory
