// Package sample measures what lies around one state of a large network: how many fixed
// points, how far the dynamics comes back to it, which ways lead from it to others.
//
// [Plant] draws a typical fixed point together with its network. The states to hold against
// it are those that package solve finds, that package dynamics reaches, or that a trained network
// has for its inputs. For each of them
//
//   - [Neighbours] counts the fixed points at distances 1, 2, 3, ...: exact;
//   - [LocalEntropy] follows belief propagation away from it: the logarithm of their number
//     at every overlap, for many neurons;
//   - [Wander] samples them by a random walk, an independent check of both;
//   - [Margins] lists what keeps it, [Flips] and [Basin] say what the dynamics does after one
//     or many neurons were turned, and [Look] is all of these in one call.
//
// Two functions look for a way from one fixed point to another over fixed points and say how
// long its longest step is: [FindWalk] by a few flips at a time, [FindBridge] by halves, with
// message passing. [Overlaps] and [Clusters] say how fixed points lie to each other.
//
// # Numbers
//
// A state is a vector of package dynamics, [network.Network.StateSize] values with anything
// in the padding; it may be of any kind of network with binary neurons, with inputs and links
// among its modules. Fields are added up in float64 from the stored float32 values, but in
// relaxations, which package dynamics does. A neuron whose field is below the rounding of
// float32, about 1e-7 of the sum of its couplings, may be judged one way here and another way
// there.
//
// # Long calls
//
// Calls that may be long take a context first and return its error within a tenth of a second
// after it ends, or a step of message passing or a sweep later where these take longer. They
// use one goroutine, but for LocalEntropy and FindBridge: run several states at once. Plant, as
// network.Draw, takes no context: seconds for a dense network of 10,000 neurons. Results depend on
// the arguments alone.
//
// Read system.go (the network in float64), planted.go, search.go (the count), then entropy.go,
// walker.go, walk.go and bridge.go, wander.go, and flips.go.
package sample
