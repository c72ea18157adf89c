package main

import (
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"basin/manifold/census"
	"basin/network"
)

// censusFlags are the flags of basin census.
type censusFlags struct {
	neurons      int
	modules      int
	selfCoupling float64
	lambda       float64
	gain         float64
	density      float64
	input        float64
	margin       float64
	draws        int
	seed         uint64
	distance     int
	list         bool
	workers      int
	format       string
	plot         string
}

// startsPerDraw is the number of random starts from which each network is relaxed.
const startsPerDraw = 200

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
                 point by parallel sweeps, and by up to %d sequential sweeps in random orders
  margin         the mean of s_i h_i over the neurons of all fixed points

Networks have at most %d neurons, all modules together; the time doubles with each. The
couplings of draw d are those of the seed plus d. A standard error is an estimate too:
where fixed points are rare, a few draws hold most of them, and it is too small.

With --list it prints the fixed points of the first network instead, one a row.`, startsPerDraw, census.DefaultSweeps, census.MaxNeurons),
		Example: `  basin census
  basin census --neurons 12 --self-coupling 0.5 --draws 2000 --plot pairs.svg
  basin census --neurons 6 --modules 3 --lambda 0.4 --format json
  basin census --neurons 14 --margin 0.2 --input 0.5 --distance 1
  basin census --neurons 10 --list`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.IntVar(&f.neurons, "neurons", 16, "`number` of neurons per module")
	flags.Float64Var(&f.selfCoupling, "self-coupling", 0.3, "self-coupling `J_D`")
	flags.IntVar(&f.modules, "modules", 1, "`number` of modules in a chain")
	flags.Float64Var(&f.lambda, "lambda", 0, "coupling `lambda` between neighbouring modules")
	flags.Float64Var(&f.gain, "gain", 1, "`gain` of the random couplings")
	flags.Float64Var(&f.density, "density", 1, "`share` of the couplings that are there")
	flags.Float64Var(&f.input, "input", 0, "standard deviation `a` of the field of a fixed input, in each module")
	flags.Float64Var(&f.margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	flags.IntVar(&f.draws, "draws", 200, "`number` of networks")
	flags.Uint64Var(&f.seed, "seed", 1, "`seed` of the first network")
	flags.IntVar(&f.distance, "distance", 2, "neurons that may differ between fixed points that are joined, a `number`")
	flags.BoolVar(&f.list, "list", false, "print the fixed points of the first network")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	addOutput(cmd, &f.format, &f.plot)
	for _, name := range []string{
		"neurons", "self-coupling", "modules", "lambda", "gain", "density", "input", "margin", "draws", "seed", "distance", "workers",
	} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// check reports all flags that are out of their range.
func (f *censusFlags) check(cmd *cobra.Command) error {
	var problems []error
	report := func(bad bool, format string, values ...any) {
		if bad {
			problems = append(problems, usagef(format, values...))
		}
	}
	report(f.neurons < 2, "--neurons %d, want 2 or more", f.neurons)
	report(f.modules < 1, "--modules %d, want 1 or more", f.modules)
	total := f.neurons * f.modules
	if f.neurons >= 2 && f.modules >= 1 && (f.neurons > census.MaxNeurons || f.modules > census.MaxNeurons || total > census.MaxNeurons) {
		problems = append(problems, withHint(usagef("%s of %s, want at most %d neurons in all, since every state is visited",
			counted(f.modules, "module"), counted(f.neurons, "neuron"), census.MaxNeurons), "`basin theory` says what large networks do"))
	}
	for _, number := range []struct {
		name   string
		value  float64
		lowest float64
	}{{"self-coupling", f.selfCoupling, -math.MaxFloat32}, {"margin", f.margin, -math.MaxFloat32}, {"lambda", f.lambda, 0}, {"input", f.input, 0}} {
		report(!(number.value >= number.lowest && number.value <= math.MaxFloat32), "--%s %v, want a number of at least %.6g", number.name, number.value, number.lowest)
	}
	report(!(f.gain > 0 && f.gain <= math.MaxFloat32), "--gain %v, want a number above 0", f.gain)
	report(!(f.density > 0 && f.density <= 1), "--density %v, want above 0 and at most 1", f.density)
	report(f.draws < 2, "--draws %d, want 2 or more for a standard error", f.draws)
	report(f.distance < 1 || f.distance > max(total, 1), "--distance %d, want 1 to the number of neurons", f.distance)
	report(f.workers < 0, "--workers %d, want 0 or more", f.workers)
	if f.modules == 1 && cmd.Flags().Changed("lambda") {
		problems = append(problems, withHint(usagef("--lambda couples modules, and there is one"), "--modules sets their number"))
	}
	for _, name := range []string{"draws", "plot"} {
		if f.list && cmd.Flags().Changed(name) {
			problems = append(problems, withHint(usagef("--%s has no meaning with --list", name), "--list is of one network, and --seed says which"))
		}
	}
	return errors.Join(append(problems, checkOutput(f.format, f.plot))...)
}

func (f *censusFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	if f.list {
		return f.printList(cmd)
	}
	// Theory comes first: it is quick, and may find that its numbers are out of range.
	t, err := f.expect()
	if err != nil {
		return err
	}
	if err := f.take(cmd.Context(), cmd.ErrOrStderr(), t); err != nil {
		return err
	}
	if f.plot != "" {
		if err := t.draw(f.plot); err != nil {
			return err
		}
	}
	switch f.format {
	case "json":
		return printJSON(cmd.OutOrStdout(), t)
	case "csv":
		return t.printCSV(cmd.OutOrStdout())
	}
	return t.print(cmd.OutOrStdout())
}

// spec is the network that the flags describe. Every module reads one input of value 1,
// whose couplings are the field.
func (f *censusFlags) spec() network.Spec {
	var spec network.Spec
	for m := range f.modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons: f.neurons, SelfCoupling: f.selfCoupling,
			Recurrent: network.RecurrentSpec{Gain: f.gain, Density: f.density},
			Input:     network.InputSpec{Gain: f.input, Density: 1},
		})
		if m > 0 {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: f.lambda})
		}
	}
	return spec
}

// x is the input that every network gets.
func (f *censusFlags) x() []float32 { return []float32{1} }
