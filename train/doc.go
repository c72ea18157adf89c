// Package train is a run: epochs of mini-batches over a set of samples, with a measurement
// after every epoch, a history, and a state from which it can go on.
//
// A [Trainer] shuffles the samples, hands one mini-batch after another to package
// protocol, and tells observers where it stands ([Trainer.Run]); files, clocks and screens
// are theirs. What happens inside a mini-batch is not its business.
package train
