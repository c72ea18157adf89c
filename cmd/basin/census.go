package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"basin/manifold"
	"basin/network"
	"basin/theory"
)

// censusFlags are the flags of basin census.
type censusFlags struct {
	neurons      int
	modules      int
	selfCoupling float64
	lambda       float64
	gain         float64
	density      float64
	margin       float64
	draws        int
	seed         uint64
	distance     int
	workers      int
	format       string
	plot         string
}

// cycleNeurons bounds the neurons of networks of which the cycles are counted.
const cycleNeurons = 16

func newCensus() *cobra.Command {
	f := &censusFlags{}
	cmd := &cobra.Command{
		Use:   "census",
		Short: "Find all fixed points of small random networks and compare with theory",
		Long: fmt.Sprintf(`Census draws small random networks, looks at every one of their states, and averages what
it finds over the draws, each value with its standard error and, beside it, what theory
says of the average at this very number of neurons:

  fixed points   how many; exponent is ln(mean)/N, sigma what it becomes in large networks
  pairs          ordered pairs of fixed points by the number of neurons that differ; theory
                 has them for one module
  component      the share of fixed points in the largest component, where those that
                 differ in at most --distance neurons are joined
  cycles         the share of states from which parallel sweeps never come to rest, for
                 up to %d neurons in all

Networks have at most %d neurons, all modules together; the time doubles with each. The
couplings of draw d are those of the seed plus d. A standard error is an estimate too:
where fixed points are rare, a few draws hold most of them, and it is too small.`, cycleNeurons, manifold.MaxNeurons),
		Example: `  basin census
  basin census --neurons 12 --self-coupling 0.5 --draws 2000 --plot pairs.svg
  basin census --neurons 6 --modules 3 --lambda 0.4 --format json
  basin census --neurons 14 --margin 0.2 --distance 1`,
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
	flags.Float64Var(&f.margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	flags.IntVar(&f.draws, "draws", 200, "`number` of networks")
	flags.Uint64Var(&f.seed, "seed", 1, "`seed` of the first network")
	flags.IntVar(&f.distance, "distance", 2, "neurons that may differ between fixed points that are joined, a `number`")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	addOutput(cmd, &f.format, &f.plot)
	for _, name := range []string{
		"neurons", "self-coupling", "modules", "lambda", "gain", "density", "margin", "draws", "seed", "distance", "workers",
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
	if f.neurons >= 2 && f.modules >= 1 && (f.neurons > manifold.MaxNeurons || f.modules > manifold.MaxNeurons || total > manifold.MaxNeurons) {
		problems = append(problems, withHint(usagef("%s of %s, want at most %d neurons in all, since every state is visited",
			counted(f.modules, "module"), counted(f.neurons, "neuron"), manifold.MaxNeurons), "`basin theory` says what large networks do"))
	}
	for _, number := range []struct {
		name   string
		value  float64
		lowest float64
	}{{"self-coupling", f.selfCoupling, -math.MaxFloat32}, {"margin", f.margin, -math.MaxFloat32}, {"lambda", f.lambda, 0}} {
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
	return errors.Join(append(problems, checkOutput(f.format, f.plot))...)
}

func (f *censusFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
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

// spec is the network that the flags describe. The first module reads an input, but with
// gain zero: a network needs one that does.
func (f *censusFlags) spec() network.Spec {
	var spec network.Spec
	for m := range f.modules {
		module := network.ModuleSpec{
			Neurons: f.neurons, SelfCoupling: f.selfCoupling,
			Recurrent: network.RecurrentSpec{Gain: f.gain, Density: f.density},
		}
		if m == 0 {
			module.Input.Density = 1
		} else {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: f.lambda})
		}
		spec.Modules = append(spec.Modules, module)
	}
	return spec
}

// expect fills in what theory says.
func (f *censusFlags) expect() (*taken, error) {
	t := &taken{
		Neurons: f.neurons, Modules: f.modules, SelfCoupling: f.selfCoupling, Lambda: f.lambda, Gain: f.gain, Density: f.density,
		Margin: f.margin, Draws: f.draws, Seed: f.seed, Exact: f.density == 1, Distance: f.distance,
		Pairs: make([]measured, f.neurons*f.modules+1),
	}
	// Theory measures fields in units of the gain.
	module := theory.Ensemble{SelfCoupling: f.selfCoupling / f.gain, Margin: f.margin / f.gain}
	chain := theory.Chain{Module: module, Modules: f.modules, Lambda: f.lambda / f.gain}
	count, err := chain.FixedPoints(f.neurons)
	if err != nil {
		return nil, err
	}
	if t.Sigma, err = chain.Entropy(); err != nil {
		return nil, err
	}
	exponent := count.Log / float64(f.neurons*f.modules)
	t.Count.Theory, t.Exponent.Theory = &count.Value, &exponent
	if f.modules > 1 {
		t.Pairs[0].Theory = &count.Value
		return t, nil
	}
	for k := range t.Pairs {
		pairs, err := module.Pairs(f.neurons, k)
		if err != nil {
			return nil, err
		}
		t.Pairs[k].Theory = &pairs.Value
	}
	return t, nil
}

// take draws the networks and fills in what they have. It returns as soon as the context
// ends; the draws under way are left to themselves.
func (f *censusFlags) take(ctx context.Context, talk io.Writer, t *taken) error {
	total := f.neurons * f.modules
	spec := f.spec()
	largest, cycles := make([]float64, f.draws), make([]float64, f.draws)
	var done atomic.Int64
	failures := make([]error, f.draws)
	look := func(draw int, r *manifold.Result) []float64 {
		defer done.Add(1)
		if ctx.Err() != nil {
			return nil
		}
		largest[draw], cycles[draw], failures[draw] = f.observe(spec, draw, r)
		return nil
	}
	var averages *manifold.Averages
	finished := make(chan error, 1)
	go func() {
		var err error
		averages, err = manifold.Draws(spec, nil, manifold.DrawOptions{Draws: f.draws, Seed: f.seed, Margin: f.margin, Workers: f.workers, Observe: look})
		finished <- err
	}()
	if err := f.wait(ctx, talk, finished, &done); err != nil {
		return err
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	count := averages.Count()
	t.Count.Mean, t.Count.Error = value(count.Value), value(count.Error)
	t.Exponent.Mean = value(math.Log(count.Value) / float64(total))
	t.Exponent.Error = value(count.Error / count.Value / float64(total))
	for k, pairs := range averages.Pairs {
		t.Pairs[k].Mean, t.Pairs[k].Error = value(pairs.Value), value(pairs.Error)
	}
	t.Largest = meanOf(largest)
	if total <= cycleNeurons {
		t.Cycles = meanOf(cycles)
	}
	return nil
}

// observe returns the share of the largest component, NaN without fixed points, and the
// share of states that end in a cycle.
func (f *censusFlags) observe(spec network.Spec, draw int, r *manifold.Result) (largest, cycles float64, err error) {
	largest = math.NaN()
	if len(r.FixedPoints) > 0 {
		components, err := r.Components(f.distance)
		if err != nil {
			return 0, 0, err
		}
		largest = float64(components.Largest()) / float64(len(r.FixedPoints))
	}
	if r.Neurons > cycleNeurons {
		return largest, 0, nil
	}
	n, err := network.Draw(spec, []int{1}, 2, f.seed+uint64(draw))
	if err != nil {
		return 0, 0, err
	}
	basins, err := manifold.FindBasins(n, nil, manifold.BasinOptions{})
	if err != nil {
		return 0, 0, err
	}
	return largest, basins.CycleShare(), nil
}

// tellEvery is how often a long census says how far it is.
const tellEvery = 10 * time.Second

// wait waits for the draws and says how many are done.
func (f *censusFlags) wait(ctx context.Context, talk io.Writer, finished <-chan error, done *atomic.Int64) error {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-finished:
			return err
		case <-ticker.C:
			fmt.Fprintf(talk, "census of %d of %s\n", done.Load(), counted(f.draws, "draw"))
		}
	}
}
