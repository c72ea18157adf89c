package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"basin/internal/survey"
	"basin/manifold/census"
)

// censusFlags are the flags of basin census.
type censusFlags struct {
	survey.Kind
	survey.Options
	list bool
	output
}

func newCensus() *cobra.Command {
	f := &censusFlags{}
	cmd := &cobra.Command{
		Use:   "census",
		Short: "Find all fixed points of small random networks and compare with theory",
		Long: fmt.Sprintf(`Census draws small random networks, looks at every one of their states, and averages what
it finds over the draws, each value with its standard error and, beside it, what theory
says of the average at this very number of neurons:

  fixed points   how many; exponent is ln(mean)/N, sigma what it becomes in large networks
  spread         standard deviation of their number over its mean
  pairs          ordered pairs of fixed points by the number of neurons that differ
  neighbours     other fixed points within --distance neurons of one that is drawn from
                 all, and of one that is reached from a random start by sequential sweeps
  component      the share of fixed points in the largest component, where those that
                 differ in at most --distance neurons are joined
  starts         the share of %d random starts per network that come to rest in a fixed
                 point by parallel sweeps, and by up to %d sequential sweeps in random
                 orders
  margin         the mean of s_i h_i over the neurons of all fixed points

Networks have at most %d neurons, all modules together; the time doubles with each. The
couplings of draw d are those of the seed plus d. A standard error is an estimate too:
where fixed points are rare, a few draws hold most of them, and it is too small.

With --list it prints the fixed points of the first network instead, one a row.`, survey.StartsPerDraw, census.DefaultSweeps, census.MaxNeurons),
		Example: `  basin census
  basin census --neurons 12 --self-coupling 0.5 --draws 2000 --plot pairs.svg
  basin census --neurons 6 --modules 3 --lambda 0.4 --format json
  basin census --neurons 14 --margin 0.2 --input 0.5 --distance 1
  basin census --neurons 10 --list`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		Annotations:       map[string]string{ownRanges: "checked"},
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	addKind(cmd, &f.Kind, 16, 0.3)
	flags := cmd.Flags()
	flags.IntVar(&f.Draws, "draws", 200, "`number` of networks")
	flags.Uint64Var(&f.Seed, "seed", 1, "`seed` of the first network")
	flags.IntVar(&f.Distance, "distance", 2, "neurons that may differ between fixed points that are joined, a `number`")
	flags.BoolVar(&f.list, "list", false, "print the fixed points of the first network")
	flags.IntVarP(&f.Workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	f.add(cmd)
	between(cmd, 2, 1_000_000, "neurons", "draws")
	between(cmd, 1, 1_000_000, "modules")
	between(cmd, 1, census.MaxNeurons, "distance")
	between(cmd, 0, mostWorkers, "workers")
	for _, name := range []string{"draws", "seed", "distance", "workers"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// check reports all flags that are out of their range.
func (f *censusFlags) check(cmd *cobra.Command) error {
	problems := []error{checkRanges(cmd), checkKind(cmd, f.Kind)}
	report := func(bad bool, format string, values ...any) {
		if bad {
			problems = append(problems, usagef(format, values...))
		}
	}
	total := f.Total()
	if f.Neurons > census.MaxNeurons || f.Modules > census.MaxNeurons || total > census.MaxNeurons {
		problems = append(problems, withHint(usagef("%s of %s, want at most %d neurons in all, since every state is visited",
			counted(f.Modules, "module"), counted(f.Neurons, "neuron"), census.MaxNeurons), "`basin theory` says what large networks do"))
	}
	report(f.Distance > max(total, 1), "--distance %d, want 1 to the number of neurons", f.Distance)
	for _, name := range []string{"draws", "plot"} {
		if f.list && cmd.Flags().Changed(name) {
			problems = append(problems, withHint(usagef("--%s has no meaning with --list", name), "--list is of one network, and --seed says which"))
		}
	}
	return errors.Join(append(problems, f.output.check())...)
}

func (f *censusFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	if f.list {
		l, err := survey.List(cmd.Context(), f.Kind, f.Options)
		if err != nil {
			return err
		}
		return f.write(cmd.OutOrStdout(), listing{l}, nil)
	}
	f.Observe = tell(cmd.ErrOrStderr(), func(done int) string { return fmt.Sprintf("census of %d of %s", done, counted(f.Draws, "draw")) })
	a, err := survey.Average(cmd.Context(), f.Kind, f.Options)
	if err != nil {
		return err
	}
	return f.write(cmd.OutOrStdout(), averages{a}, averages{a}.draw)
}
