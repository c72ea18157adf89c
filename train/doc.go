// Package train runs the protocol of learning and of prediction over a data set.
//
// [Settings] decide a run. A [Trainer] shows every mini-batch of samples to a network:
// warm-up sweeps with the input alone, clamped sweeps with feedback from the label,
// free sweeps without it, and then the plasticity of package plasticity on the state
// reached. An [Evaluator] predicts: sweeps without feedback, then the readout.
//
// Both divide a batch among workers that never write the same value, so the number of
// workers changes the speed and not a bit of the result. Observers watch a run through
// [Trainer.Run]; files, clocks and screens are theirs.
package train
