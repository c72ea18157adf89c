// Package sweep computes the cells of experiments on many machines, through a NATS server with
// JetStream.
//
// A [Cluster] is a connection: to a server within the process ([Start]), or to servers that are
// there ([Connect]). [Cluster.Compute] gives out the cells of a run and waits for their records,
// in the place of the goroutines of [experiment.Run]; a [Worker] computes cells. [Cluster.Look]
// says what goes on.
//
// # How cells travel
//
//   - A cell is a message of a work queue, under a subject of its own: it waits there once, however often
//     it is given out. It belongs to the worker that took it as long as that worker says that it is
//     at it; one that is silent for the acknowledgement wait loses it to another.
//   - A record goes into a bucket under the cell's key, where the first one stays: a cell that was
//     computed twice counts once. If the two differ, the run ends with an error, for a
//     result depends on task and seed alone.
//   - A training under way is kept in the object store every half minute and when a worker is
//     stopped; another worker goes on there, bit for bit.
//   - Data sets travel through the object store, named by the SHA-256 of their files. A worker
//     opens nothing else: a message cannot make it read a path of its own.
//   - A worker of another version takes no cells: the version is a part of the subject. A program
//     that calls itself devel is known by the SHA-256 of its file.
//   - Nobody compares the clocks of two machines. What is forgotten after a time is forgotten by
//     the server's clock.
//
// Everything that waits for the server tries again until its context ends: a server that is
// restarted on its store costs time alone, and one that has lost its store is given the missing cells again.
//
// Read cluster.go, then compute.go, worker.go with cell.go, records.go, states.go, sets.go, look.go.
package sweep
