package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
)

// walkFlags are the flags of basin manifold walk.
type walkFlags struct {
	kindFlags
	start  string
	bridge bool
	walk   sample.WalkOptions
}

func newManifoldWalk() *cobra.Command {
	f := &walkFlags{}
	cmd := &cobra.Command{
		Use:   "walk",
		Short: "Walk from one fixed point to another over fixed points",
		Long: `Walk finds two fixed points of each of some random networks and walks from one to the
other over fixed points, each nearer to the end. A step flips at most --moves neurons
at once, which is searched exactly; where there is none it is an excursion: some neurons
are turned, and the network relaxes. It prints the number of steps and the longest.

The longest step against the number of neurons says whether the fixed points that a
solver reaches hang together: it stays small where they do, and grows with the number of
neurons where they do not. It is an upper bound, of this way: another may do with less.

With --bridge the way is divided by halves instead: between two fixed points reinforced
belief propagation looks for a third, with fields that hold the neurons on which both
agree. That finds ways which flips from one fixed point to the next do not see.`,
		Example: `  basin manifold walk --start sequential --self-coupling 0.8
  basin manifold walk --start rbp --self-coupling 0.3 --draws 5 --json
  basin manifold walk --bridge --start rbp --self-coupling 0.8
  basin manifold walk --start sequential --self-coupling 1 --neurons 2000 --moves 2`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		Annotations:       map[string]string{ownRanges: "checked"},
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.start, "start", string(solve.Sequential), "`name` of the solver that finds both ends")
	flags.BoolVar(&f.bridge, "bridge", false, "divide the way by halves with message passing")
	flags.IntVar(&f.walk.Moves, "moves", 2, "most `neurons` that a step flips, searched exactly")
	flags.IntVar(&f.walk.Tries, "tries", 20, "excursions `tried` for each length")
	flags.IntVar(&f.walk.Sweeps, "sweeps", 200, "most `sweeps` of an excursion")
	between(cmd, 1, 3, "moves")
	between(cmd, 1, 1_000_000, "tries", "sweeps")
	complete(cmd, "start", cobra.FixedCompletions(solverNames(), cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"moves", "tries", "sweeps"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// check reports all flags that are out of their range.
func (f *walkFlags) check(cmd *cobra.Command) error {
	problems := []error{f.kindFlags.check(cmd), checkSolver("start", f.start, solverNames()), f.checkMargin(f.start)}
	for _, name := range []string{"moves", "tries", "sweeps"} {
		if f.bridge && cmd.Flags().Changed(name) {
			problems = append(problems, usagef("--%s is about a walk, and has no meaning with --bridge", name))
		}
	}
	return errors.Join(problems...)
}

func (f *walkFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	settings := solve.Defaults(solve.Solver(f.start))
	settings.Seed, settings.Workers = f.seed, f.workers
	out := cmd.OutOrStdout()
	if !f.asJSON {
		fmt.Fprintf(out, "%8s %10s %10s %10s %10s %10s\n", "draw", "distance", "steps", "mean step", "longest", "excursions")
	}
	missed := 0
	o := survey.WayOptions{Draws: f.draws, Solver: settings, Bridge: f.bridge, Walk: f.walk}
	err := survey.Ways(cmd.Context(), f.Kind, o, func(w survey.Way) error {
		if f.asJSON {
			return printLine(cmd, w)
		}
		excursions := "-"
		if w.Excursions != nil {
			excursions = strconv.Itoa(*w.Excursions)
		}
		_, err := fmt.Fprintf(out, "%8d %10.4f %10d %10.3f %10d %10s\n", w.Draw, float64(w.Distance), w.Steps, float64(w.MeanStep), w.Longest, excursions)
		return err
	}, func(draw int) {
		missed++
		fmt.Fprintf(cmd.ErrOrStderr(), "draw %d: %s did not find two fixed points\n", draw, f.start)
	})
	if err == nil && missed == f.draws {
		return withHint(fmt.Errorf("no two fixed points found in %s", counted(f.draws, "network")), whereFound)
	}
	return err
}
