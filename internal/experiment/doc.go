// Package experiment is the engine of experiments: it computes the cells of a grid, keeps
// them, and reports on them. What is computed are the recipes of package recipes.
//
// A [Recipe] is a question with a grid: [Axis] by axis, each [Point] of it has a [Task],
// and a [Cell] is a point with a seed. [Run] computes the cells in parallel, one core
// each, and appends a [Record] of every finished cell to a file, so that an interrupted
// run goes on where it stood. [Outcome.Table] averages over the seeds; [Outcome.Write]
// makes the table, the figures and a report that is one file.
//
// # Rules
//
//   - A cell is recognised by the recipe's name, its places, its seed and the JSON form of
//     its task. The JSON form must therefore hold all that decides the result: sizes,
//     strengths, whole settings. A folder may hold cells of several grids; a run takes
//     those that are its own and computes the rest.
//   - What a stored task lacks means its default, so that finished cells outlive a setting
//     that is added; one that has unknown keys is not taken. A type whose defaults are not
//     zero needs an UnmarshalJSON that begins with them, as [basin/settings.Settings].
//   - A result depends on task and seed alone: no clock, no number of workers, no
//     other cell. The task's random draws are those of Bench.Seed.
//   - A task stays on its goroutine, and ends soon after its context is cancelled.
//   - Values are finite numbers, and only those that the recipe lists in Recipe.Values.
//     What is not defined in a cell is left out. Curves and histograms go into
//     Result.Series, with the same X for all seeds of a point.
//   - Texts of a recipe state facts; Findings are made from the numbers of the table.
//   - The numbers of others are [Published] with their source and what differs.
//
// [ReadRecords] and [Stored] read what a folder holds without a run, also while one goes on.
//
// Read recipe.go, then run.go, compute.go and record.go, stored.go, table.go, figure.go with plane.go, report.go;
// training.go, learning.go, states.go and data.go stand behind recipes that train, grid.go lists their points, and
// shown.go has sentences and drawings that several recipes use.
package experiment
