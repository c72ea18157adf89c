package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"basin/internal/figure"
	"basin/internal/survey"
	"basin/manifold/sample"
	"basin/manifold/solve"
)

// entropyFlags are the flags of basin manifold entropy.
type entropyFlags struct {
	kindFlags
	start   string
	fields  []float64
	damping float64
	flips   int
	plot    string
}

func newManifoldEntropy() *cobra.Command {
	f := &entropyFlags{}
	defaults := sample.DefaultEntropy()
	cmd := &cobra.Command{
		Use:   "entropy",
		Short: "Measure how many fixed points lie around one, by distance",
		Long: `Entropy takes a fixed point of each of some random networks and measures with belief
propagation how many others there are around it. A field on every neuron favours the
fixed point; as it falls, the measure moves away from it, and the entropy of the
distance 1 - q that it has reached follows.

The fixed point is planted, which makes it a typical one, or found: by one of the
solvers of basin manifold solve. Beside it stands the first moment, S_FP, around typical
fixed points of many neurons. Typical ones are isolated: next to them there is nothing.
Those that a solver reaches have others at every distance. S_FP is for one dense module
without an input, and left out elsewhere.

Where a row has not converged its numbers mean nothing but that: the messages freeze at
the fixed point. They do where nothing is near, around planted ones, and around some
reached ones too, for strong fields, although counts find many there. Belief propagation
assumes replica symmetry, which is not proven near a fixed point.

--neighbours D counts the fixed points that differ in 1 to D neurons one by one, exactly,
before; a typical fixed point has as many as stands beside them on average.`,
		Example: `  basin manifold entropy --start planted --draws 5
  basin manifold entropy --start rbp --self-coupling 0.2 --json
  basin manifold entropy --start sequential --self-coupling 0.8 --plot around.svg
  basin manifold entropy --start fbp --fields 2,1,0.5,0
  basin manifold entropy --start sequential --self-coupling 0.8 --neighbours 2`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		Annotations:       map[string]string{ownRanges: "checked"},
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.start, "start", survey.Planted, "where the fixed point comes from: planted or the `name` of a solver")
	flags.Float64SliceVar(&f.fields, "fields", defaults.Fields, "`fields` gamma in falling order")
	flags.Lookup("fields").DefValue = "3 to 0 in 13 steps"
	flags.Float64Var(&f.damping, "damping", defaults.Damping, "`share` of the old messages kept")
	flags.IntVar(&f.flips, "neighbours", 0, "count fixed points that differ in up to so many `neurons`, too")
	between(cmd, 0, 4, "neighbours")
	flags.StringVar(&f.plot, "plot", "", "draw into this SVG or PNG `file` too")
	complete(cmd, "start", cobra.FixedCompletions(startNames(), cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "plot", completeFiles("svg", "png"))
	for _, name := range []string{"fields", "damping", "neighbours"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func startNames() []string { return append([]string{survey.Planted}, solverNames()...) }

// check reports all flags that are out of their range.
func (f *entropyFlags) check(cmd *cobra.Command) error {
	problems := []error{f.kindFlags.check(cmd), checkSolver("start", f.start, startNames()), checkPlot(f.plot)}
	falling := len(f.fields) > 1
	for k, field := range f.fields {
		falling = falling && field >= 0 && field <= 100 && (k == 0 || field < f.fields[k-1])
	}
	if !falling {
		problems = append(problems, usagef("--fields %v, want two numbers or more from 100 to 0, each below the one before", f.fields))
	}
	if f.flips > f.Total() {
		problems = append(problems, usagef("--neighbours %d in %s", f.flips, counted(f.Total(), "neuron")))
	}
	if !(f.damping >= 0 && f.damping < 1) {
		problems = append(problems, usagef("--damping %v, want at least 0 and below 1", f.damping))
	}
	if f.start != survey.Planted {
		problems = append(problems, f.checkMargin(f.start))
	}
	return errors.Join(problems...)
}

func (f *entropyFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	settings := solve.Defaults(solve.Sequential)
	if f.start != survey.Planted {
		settings = solve.Defaults(solve.Solver(f.start))
	}
	settings.Seed, settings.Workers = f.seed, f.workers
	options := sample.DefaultEntropy()
	options.Fields, options.Damping = f.fields, f.damping
	var points []survey.Around
	missed := 0
	show := f.show(cmd, &points)
	show.Missed = func(draw int) {
		missed++
		fmt.Fprintf(cmd.ErrOrStderr(), "draw %d: %s found no fixed point\n", draw, f.start)
	}
	err := survey.Entropies(cmd.Context(), f.Kind, f.start, f.draws, f.flips, settings, options, show)
	switch {
	case err != nil:
		return err
	case missed == f.draws:
		return withHint(fmt.Errorf("no fixed point found in %s", counted(f.draws, "network")), whereFound)
	case f.plot != "":
		return f.draw(points)
	}
	return nil
}

// show prints what is measured and keeps the points of the drawing.
func (f *entropyFlags) show(cmd *cobra.Command, points *[]survey.Around) survey.EntropyShow {
	out, headed := cmd.OutOrStdout(), false
	return survey.EntropyShow{
		Around: func(a survey.Around) error {
			*points = append(*points, a)
			if f.asJSON {
				return printLine(cmd, a)
			}
			if !headed {
				fmt.Fprintf(out, "%8s %8s %12s %12s %12s %10s\n", "draw", "field", "distance", "entropy", "S_FP", "converged")
				headed = true
			}
			first, converged := "-", "yes"
			if a.FirstMoment != nil {
				first = fmt.Sprintf("%.5f", float64(*a.FirstMoment))
			}
			if !a.Converged {
				converged = "no"
			}
			_, err := fmt.Fprintf(out, "%8d %8.4g %12.5f %12.5f %12s %10s\n", a.Draw, a.Field, float64(a.Distance), float64(a.Entropy), first, converged)
			return err
		},
		Near: func(n survey.Near) error {
			if f.asJSON {
				return printLine(cmd, n)
			}
			headed = false
			typical := ""
			if n.Typical != nil {
				typical = fmt.Sprintf(", %.4g around a typical one", float64(*n.Typical))
			}
			_, err := fmt.Fprintf(out, "draw %d: %s at distance %.5g that %s in %s%s\n", n.Draw, counted(int(n.Count), "fixed point"), n.Distance,
				map[bool]string{true: "differs", false: "differ"}[n.Count == 1], counted(n.Flips, "neuron"), typical)
			return err
		},
	}
}

// draw draws entropy and first moment over the distance.
func (f *entropyFlags) draw(points []survey.Around) error {
	drawing := figure.Figure{Title: "Fixed points around one", X: "distance 1 - q", Y: "nats per neuron"}
	var theory figure.Curve
	for draw := range f.draws {
		var c figure.Curve
		if draw == 0 {
			c.Label = f.start
		}
		for _, p := range points {
			if p.Draw == draw && p.Converged {
				c.X, c.Y = append(c.X, float64(p.Distance)), append(c.Y, float64(p.Entropy))
			}
		}
		drawing.Curves = append(drawing.Curves, c)
	}
	for k := range 101 {
		distance := float64(k) / 100
		if first := f.FirstMoment(distance); first != nil {
			theory.X, theory.Y = append(theory.X, distance), append(theory.Y, float64(*first))
		}
	}
	theory.Label, theory.Plain = "first moment around typical ones", true
	drawing.Curves = append(drawing.Curves, theory)
	return savePlot(f.plot, drawing)
}
