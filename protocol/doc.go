// Package protocol is one mini-batch and one prediction: the phases that a network goes
// through, and nothing around them.
//
// A [Learner] takes the samples of a mini-batch through warm-up sweeps with the input
// alone, clamped sweeps with feedback from the label and free sweeps without it, lets the
// readout learn on the states that the settings name, and applies the plasticity of
// package plasticity to the state reached. A [Predictor] sweeps without feedback and
// reads. Whoever learns or predicts calls these two: a training run, a benchmark, a
// picture of the states, a server. Who wants to look inside passes a [Watcher], which is
// told of each moment of a mini-batch and sees the states there; it changes nothing.
//
// [Samples] is how they read: a row by its place, a label by its place. [Draw] makes the network
// that begins with some of them. Who hears the label, and which label in the code rival, may
// depend on the logits at the end of the warm-up: judge.go.
//
// Both divide their samples among workers that never write the same value, so the number
// of workers changes the speed and not a bit of the result.
//
// Read settings.go, then phases.go, then learn.go, judge.go and predict.go; draw.go stands apart.
package protocol
