// Package online keeps a model that goes on learning, so that nothing it has learned is lost.
//
// [Open] takes a model file and a folder beside it. [Model.Learn] writes labelled samples to a
// log, waits until the log is on the disk, shows them to the network, and only then answers:
// after a crash the samples of the log are learned again, over the model as it was when the log
// began, and give the same network bit for bit. What was answered is never lost; what was not
// may be learned or not. [Model.Snapshot] keeps the model under a name, [Model.RollBack] goes
// back to one.
//
// The folder holds
//
//	state.json                 which of the files below count, the history, a running accuracy
//	model-7.safetensors        the model when the log of that number began
//	log-7                      what it has learned since: see log.go
//	snapshots/NAME.safetensors and what was known of it in NAME.json
//	lock                       of the process that has it open
//
// One file, state.json, is replaced whole and says which model and which log belong together,
// so that a checkpoint and a way back are one step: they have happened or not. The model file
// itself is never written.
//
// One goroutine learns, in the order in which samples came; those that wait are written and
// synced together. Predictions of [Model.Current] wait for one mini-batch at most.
//
// Read online.go, then learn.go, log.go and state.go.
package online
