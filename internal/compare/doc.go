// Package compare learns the same samples with a network of binary neurons and with what a
// user would pick instead, and says what came out, in numbers and in words.
//
// [Run] takes data and settings. For every seed it divides and encodes the samples once, lets
// the networks of the settings learn, and after them each [Method] of package baseline, one
// after the other with as many workers; each learner is measured on the same samples
// ([Result]). A [Report] sums up the seeds: a [Row] for each learner with its difference to the
// first network, words that follow from intervals and sizes alone ([Report.Verdict]), and a
// page ([Report.Page]).
//
// # What is compared
//
// A network of layers that learn has as many weights as the network has couplings that learn;
// random features and a reservoir have as many units as it has neurons, up to [MostUnits]; others
// have the size of their kind. Numbers that a learner has to choose (a penalty, a number of
// neighbours), it chooses on training samples. Networks learn with the noise and the changed images of their settings, and
// so do learners in epochs; the others learn the samples as they are.
//
// Data with a part of their own to measure on have it for all seeds; of others each seed draws
// another part, as `basin train --seed` does, and intervals are wider for it.
//
// Read method.go and run.go, then report.go, contrast.go and verdict.go; page.go draws.
package compare
