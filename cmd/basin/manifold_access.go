package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"basin/dynamics"
	"basin/internal/survey"
)

// accessFlags are the flags of basin manifold access.
type accessFlags struct {
	kindFlags
	order  string
	kept   bool
	access survey.AccessOptions
}

func newManifoldAccess() *cobra.Command {
	f := &accessFlags{}
	cmd := &cobra.Command{
		Use:   "access",
		Short: "Relax random networks from many random states and see where that ends",
		Long: `Access relaxes each of some random networks from many random states by its dynamics and
prints, per network: the share of starts that come to rest in a fixed point and of those
that repeat themselves in a cycle (seen in parallel sweeps and those by modules), the
mean and median number of sweeps until rest, the median period of the cycles, the flips
per neuron, and the share of neurons that are unstable at the end.

With --label a field of that strength and of a random sign on each neuron acts for
--clamped sweeps first, as a label does in learning, and is then gone, or stays with
--kept; unstable neurons are counted without it. With --input there is an input too. An
input, or a label that stays, lowers the self-coupling from which on plain dynamics finds
fixed points; a label that is gone does not.`,
		Example: `  basin manifold access --neurons 10000 --density 0.01 --self-coupling 1 --starts 10000
  basin manifold access --self-coupling 0.5 --label 1 --clamped 5 --draws 10 --json
  basin manifold access --order parallel --self-coupling 0 --neurons 200 --starts 1000
  basin manifold access --modules 3 --lambda 2 --self-coupling 0 --order modules`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		Annotations:       map[string]string{ownRanges: "checked"},
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.order, "order", string(dynamics.Sequential), "`order` of the updates in a sweep: sequential, parallel, partial or modules")
	flags.IntVar(&f.access.Starts, "starts", 100, "`number` of random states of each network")
	flags.IntVar(&f.access.Sweeps, "sweeps", 1000, "most `sweeps` from each")
	flags.Float64Var(&f.access.Label, "label", 0, "`strength` f of the field of a label")
	flags.IntVar(&f.access.Clamped, "clamped", 0, "`sweeps` with the label (with --label, default 5)")
	flags.BoolVar(&f.kept, "kept", false, "keep the label in all sweeps")
	between(cmd, 1, 10_000_000, "starts", "sweeps")
	between(cmd, 0, 10_000_000, "clamped")
	complete(cmd, "order", cobra.FixedCompletions(survey.Orders(), cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"starts", "sweeps", "label", "clamped"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// check reports all flags that are out of their range, and fills in the rest.
func (f *accessFlags) check(cmd *cobra.Command) error {
	problems := []error{f.kindFlags.check(cmd), checkSolver("order", f.order, survey.Orders())}
	changed := cmd.Flags().Changed
	switch {
	case !(f.access.Label >= 0 && f.access.Label <= 1e6):
		problems = append(problems, usagef("--label %v, want 0 to 1e6", f.access.Label))
	case f.access.Label == 0 && (changed("clamped") || f.kept):
		problems = append(problems, usagef("--clamped and --kept are about the label: want --label above 0"))
	case f.kept && changed("clamped"):
		problems = append(problems, usagef("--kept keeps the label in all sweeps, --clamped only in so many: want one of them"))
	case f.access.Label > 0 && changed("clamped") && f.access.Clamped == 0:
		problems = append(problems, usagef("--clamped 0 with --label %v: the label would never be there", f.access.Label))
	}
	if changed("margin") {
		problems = append(problems, usagef("--margin has no meaning for dynamics: it stops at any fixed point"))
	}
	f.access.Draws, f.access.Seed, f.access.Workers = f.draws, f.seed, f.workers
	f.access.Order, f.access.Probability = dynamics.Order(f.order), 0.5
	switch {
	case f.kept:
		f.access.Clamped, f.access.Sweeps = f.access.Sweeps, 0
	case f.access.Label > 0 && !changed("clamped"):
		f.access.Clamped = 5
	}
	return errors.Join(problems...)
}

func (f *accessFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if !f.asJSON {
		fmt.Fprintf(out, "%8s %9s %9s %10s %10s %10s %10s %10s %10s\n", "draw", "at rest", "in cycles", "sweeps", "median", "period", "flips", "unstable", "seconds")
	}
	number := func(v *survey.Number) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.5g", float64(*v))
	}
	f.access.Progress = tell(cmd.ErrOrStderr(), func(done int) string {
		return fmt.Sprintf("%d of %s of a network", done, counted(f.access.Starts, "start"))
	})
	return survey.Accesses(cmd.Context(), f.Kind, f.access, func(a survey.Access) error {
		if f.asJSON {
			return printLine(cmd, a)
		}
		_, err := fmt.Fprintf(out, "%8d %7.1f %% %7.1f %% %10s %10s %10s %10.4g %8.2f %% %10.3f\n", a.Draw, 100*float64(a.Solved), 100*float64(a.Cycles),
			number(a.Sweeps), number(a.MedianSweeps), number(a.MedianPeriod), float64(a.Flips), 100*float64(a.Unstable), a.Seconds)
		return err
	})
}
