// Command basin trains, measures and uses networks of binary neurons that learn
// with a local plasticity rule.
//
// Data go to the standard output, talk and progress to the standard error. The exit
// status is 0, 1 for an error, 2 for a command line that is not understood, 130 for
// a run that was interrupted. A command that fails creates nothing; what an
// interrupted training leaves is its checkpoint.
//
// Each subcommand has a file of its name; bench_print.go, census_print.go and the like
// hold what it prints. main.go runs the tree of root.go, errors.go renders errors and
// hints, source.go turns flags into settings and settings into data, progress.go is
// the observer of a training run, plot.go saves figures. No file here decides anything
// about learning: that is in the packages that they call.
package main
