// Package bench measures how fast this machine trains and predicts.
//
// A [Subject] is a network with its samples. [Measure] gives a [Result]: samples per second
// of training and of prediction, the speed of the recurrent product beside what a core can
// do at most, where a training step goes ([Part]) and how long one prediction takes
// ([Latency]). [Networks], [Scaling] and [Batches] list the networks of a series as
// [Case]s, and [MeasureCost] gives the [Cost] of a sample in one of them. [Synthetic] makes
// the images that series learn. A [Contest] times a network and a multilayer perceptron on
// the same samples until they reach an accuracy ([Course]).
//
// A measurement trains the network of its subject. Numbers are of one run on one
// machine: only those of one run can be compared.
//
// Read bench.go, then rates.go, breakdown.go, latency.go, series.go with data.go, and until.go.
package bench
