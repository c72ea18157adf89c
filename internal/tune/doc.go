// Package tune searches for good settings on somebody's data.
//
// A search draws settings, the trials, from a space around settings that are known to be good,
// trains them a little, goes on with the best third, and trains that third to its end: successive
// halving, with a third in place of a half. Trial 0 is the base, what `basin train` takes by
// itself; it stays to the end, so that the winner stands beside it on the same samples. Trials are
// measured on validation samples alone; the winner learns all training samples at the end, and is
// measured on the test samples once.
//
// [Search] makes a [Plan], or finds it in the folder, and computes it with package experiment: a
// cell is a trial with a seed on a [Rung], and the training of a cell goes on in that of the next
// rung. What a plan gives depends on the plan and the data alone, not on the number of workers, nor
// on interruptions. The time that there is decides how large a plan becomes, before anything else.
//
// Read space.go with starts.go and stack.go, then plan.go with cost.go and probe.go, trial.go, search.go with
// stored.go and recipe.go, and outcome.go.
package tune
