// Package inspect sums up a model.
//
// [New] gives the [Report] of a model: what it reads and predicts, its modules, the
// statistics of each block of [Couplings], whether its rule was local, its settings and its
// history. It is made for JSON; whoever prints it for people chooses what fits. [Nearest]
// says by how little settings differ from those that come with the program.
//
// Read report.go, then couplings.go and nearest.go.
package inspect
