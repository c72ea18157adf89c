// Package basin is the map of the module; the code is in the packages below it.
//
// Basin trains recurrent networks of binary neurons with a local learning rule. An
// input and, for a while, its label push the network; it settles; every coupling then
// learns from the two neurons it joins and from nothing else. The Example of this
// package goes the whole way from a data set to an accuracy.
//
// # Map
//
//	network      what a trained thing is: modules, couplings, feedback, readout
//	dynamics     what it does: fields, sweeps, relaxations to fixed points
//	plasticity   how it changes: local increments from one state and its fields
//	dataset      finds, reads and encodes labelled samples
//	train        the protocol of learning and of prediction over a data set
//	settings     YAML settings files, presets, schema
//	checkpoint   model files and checkpoints
//	manifold     census of the fixed points of small networks
//	theory       their expected numbers; it never sees the simulation
//	cmd/basin    the command line
//
// internal/kernel holds the loops that the time goes into, internal/random the
// random streams.
//
// # Reading order
//
// docs/model.md has the equations. Then network (spec.go, network.go, recurrent.go),
// dynamics (its doc.go, advance.go), plasticity (learner.go, update.go) and train
// (settings.go, train.go, step.go): about 2000 lines, which are the whole model.
// docs/architecture.md says why they are written as they are.
//
// To use Basin from a program, start with train.New and train.NewEvaluator; to change
// how a run learns, with settings.Settings; to add a data format, with dataset.
package basin
