// Package recipes computes what figures of papers are made from: [All] lists questions with
// their grids, which package experiment runs, keeps and reports on.
//
// # A new recipe
//
// A recipe is a file with a function that returns the [experiment.Recipe], and a line in
// [All]. Where cells train a network, [experiment.NewTraining] makes the task from a preset
// and assignments, and its values are [experiment.TrainingValues]. Any other computation is a
// type of its own:
//
//	type solving struct {
//		N     int     `json:"n"`
//		Alpha float64 `json:"alpha"`
//	}
//
//	func (s solving) Run(ctx context.Context, b *experiment.Bench) (experiment.Result, error) {
//		...draws from b.Seed; b.Progress(share) now and then; ctx.Err() in loops...
//		return experiment.Result{
//			Values: map[string]float64{"solved": 1},
//			Series: map[string]experiment.Series{"overlap": {X: bins, Y: counts}},
//		}, nil
//	}
//
// Points returns points with places, a task and a cost for the quick and for the full grid:
// quick takes about two minutes on two cores. Figures makes drawings from the
// [experiment.Table] with [experiment.Table.Curves], [experiment.Table.PublishedCurves] and
// [experiment.Table.Plane], or from Row.Series.
//
// Small recipes are a file each. Of the larger ones the _figures and _findings say what is
// seen; capacity_storing.go, representing.go and associating.go are computations of their own, as
// are enduring.go, with the learners of rivals.go, the damage of disturbing.go and healing.go; the
// scale_ files those of manifold_scale.go; what manifold_exact.go computes is package survey's.
package recipes
