// Package basin trains recurrent networks of binary neurons with a local learning rule,
// keeps them in files, and predicts with them.
//
// An input and, for a while, its label push the network; it settles; every coupling then
// learns from the two neurons it joins and from nothing else. The equations are in
// docs/model.md.
//
// # What most programs need
//
// [Open] opens the data that settings name, [Train] trains a network on them, [Load] reads
// a model file. A [Model] predicts many samples ([Model.Predict]) or one ([Model.PredictOne]),
// is measured ([Model.Evaluate]), learns one more mini-batch ([Model.Learn]), and is saved
// ([Model.Save]); it may be used from several goroutines. The Examples are whole programs.
//
// Underneath, [Prepare] is the one way from settings and data to samples as networks read
// them, and a [Run] is a training with a checkpoint that can be interrupted and gone on
// with, bit for bit.
//
// # Map
//
//	settings          everything that decides a run; YAML files, presets, schema
//	dataset           reads and encodes labelled samples
//	dataset/fetch     finds, downloads and verifies known data sets
//	train             a run: epochs, history, resume
//	protocol          one mini-batch, one prediction
//	dynamics          what a network does: fields, sweeps, relaxations to fixed points
//	plasticity        how it changes: local increments from one state and its fields
//	network           what it is: modules, links, feedback, readout
//	network/coupling  the kinds of couplings
//	checkpoint        model files and checkpoints
//	interchange       models for other programs: arrays, graphs
//	manifold/census   all fixed points of small networks
//	theory            their expected numbers; it never sees the simulation
//	baseline          a multilayer perceptron, to compare with
//	cmd/basin         the command line
//
// # Reading order
//
// docs/model.md has the equations. Then network/doc.go, dynamics/doc.go, plasticity/doc.go,
// and protocol/settings.go, protocol/phases.go and protocol/learn.go: they are the whole
// model. docs/architecture.md says why they are written as they are, and CONTRIBUTING.md
// where something new goes.
//
// # Nil
//
// Samples, data, readers, networks and models that are nil are errors where they are handed
// over. A nil receiver, context or writer is the caller's fault, as everywhere in Go, and so
// is a value that no constructor made in the packages below the front door.
//
// # What stays
//
// Equal settings and data give equal models, byte for byte, whatever the number of workers,
// the kernel or interruptions. Files of every released format stay readable. Before 1.0 the
// Go packages may change from one minor release to the next.
package basin
