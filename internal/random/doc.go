// Package random provides counter-based random streams.
//
// A [Stream] is addressed, not advanced: [New] takes the seed of a run, the
// [Purpose] of the draw and any number of keys (epoch, sample, sweep, neuron),
// and the k-th value of that stream is a fixed function of all of them. Two
// workers, two batch sizes or a resumed run therefore draw the same numbers, and
// a checkpoint needs to store no generator state.
//
// The k-th value is the SplitMix64 finaliser of Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators" (OOPSLA 2014), applied to
// key + k * golden ratio; the key is the same finaliser folded over the address.
package random
