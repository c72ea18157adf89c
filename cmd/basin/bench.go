package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/internal/bench"
	"basin/settings"
)

// benchFlags are the flags of basin bench.
type benchFlags struct {
	settingsFlags
	dataFlags
	train       string
	samples     int
	evalSamples int
	workers     int
	latency     bool
	byNeurons   bool
	byBatch     bool
	until       float64
	perceptron  int
	runs        int
	plot        string
	json        bool
	profile     string
}

func newBench() *cobra.Command {
	f := &benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast this machine trains and predicts",
		Long: `Bench measures how many samples per second are learned and predicted.

With --train, --preset or --config it measures that network on that data; without, a
table of dense and sparse networks of 100, 1000 and 4000 neurons on synthetic images.
--scaling and --batches measure series of networks of 20 recurrent and about 80 input
couplings per neuron. The clock starts after 512 samples; a data set with fewer samples is
repeated.

gflop_per_s is the speed of the product of the recurrent couplings with the states of a
group of samples, alone and on one core, where a coupling times a state is two
operations; fma_peak_gflop_per_s is what one core can do at most, measured just before.
Training and prediction do far fewer operations than a full product per sweep.

For one network, a second table says where a training step on one core goes: the time,
the operations and bytes that each part needs, and the share of the roofline, the time
that they take at the FMA peak or at the memory's bandwidth over the time they took.

--until A trains the network until its accuracy on validation samples is at least A, and
beside it, with as many goroutines, a multilayer perceptron of 330 hidden units that
learns the same samples by backpropagation. Validation samples are a share of the
training samples: data.validation, or a twelfth where that is 0. A quarter of an epoch
after another both are measured, which the seconds of training do not count; the test
samples are looked at once, at the end. Rates fall over the planned epochs
(learning.epochs, --perceptron-epochs), so the times are those of trainings of that
length. --runs repeats it with other seeds, one learner after the other.`,
		Example: `  basin bench
  basin bench --train digits --json
  basin bench --preset mnist-sparse-2000 --latency
  basin bench --scaling --plot scaling.svg
  basin bench --preset mnist-fast --until 0.981 --plot until.svg
  basin bench --train mnist --set network.modules.0.neurons=1000`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return profiled(f.profile, func() error { return f.run(cmd) })
		},
	}
	f.settingsFlags.add(cmd)
	f.dataFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.train, "train", "", "`data set` to train on: a name or a path")
	flags.IntVar(&f.samples, "samples", 4096, "training `samples` to measure over")
	flags.IntVar(&f.evalSamples, "eval-samples", 8192, "`samples` to predict")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	flags.BoolVar(&f.byNeurons, "scaling", false, "measure the cost of a sample from 250 to 16,000 neurons")
	flags.BoolVar(&f.byBatch, "batches", false, "measure the cost of a sample for mini-batches of 1 to 1024")
	flags.Float64Var(&f.until, "until", 0, "measure the time to this validation `accuracy`, beside a multilayer perceptron")
	flags.IntVar(&f.perceptron, "perceptron-epochs", 5, "with --until, planned `epochs` of the multilayer perceptron")
	flags.IntVar(&f.runs, "runs", 1, "with --until, `runs` with seeds one after another")
	flags.StringVar(&f.plot, "plot", "", "with --scaling or --until, draw the measurement into this SVG or PNG `file`")
	flags.BoolVar(&f.latency, "latency", false, "measure predictions one sample at a time too")
	flags.BoolVar(&f.json, "json", false, "print JSON: an object, for the table an array")
	addProfile(cmd, &f.profile)
	between(cmd, 1, 1_000_000, "samples", "eval-samples")
	between(cmd, 1, 1000, "runs", "perceptron-epochs")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "train", completeSetAt(0))
	complete(cmd, "plot", completeFiles("svg", "png"))
	for _, name := range []string{"samples", "eval-samples", "workers", "until", "perceptron-epochs", "runs"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (f *benchFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	switch {
	case f.byNeurons && f.byBatch:
		return usagef("--scaling and --batches are two measurements: want one of them")
	case (f.byNeurons || f.byBatch) && (f.train != "" || f.latency):
		return usagef("--scaling and --batches measure networks of their own on synthetic images: leave --train and --latency out")
	case f.plot != "" && !f.byNeurons && f.until == 0:
		return usagef("--plot draws what --scaling or --until measures: want one of them")
	}
	if err := f.checkUntil(cmd); err != nil {
		return err
	}
	if err := checkPlot(f.plot); err != nil {
		return err
	}
	switch {
	case f.byNeurons || f.byBatch:
		return f.runScaled(cmd)
	case f.until > 0:
		return f.runUntil(cmd)
	}
	var results []bench.Result
	table := f.train == "" && f.preset == "" && f.config == "" && !f.latency
	if table {
		var err error
		if results, err = f.table(cmd); err != nil {
			return err
		}
	} else {
		result, err := f.single(cmd)
		if err != nil {
			return err
		}
		results = append(results, *result)
	}
	switch {
	case f.json && table:
		return printJSON(cmd.OutOrStdout(), results)
	case f.json:
		return printJSON(cmd.OutOrStdout(), results[0])
	}
	return printBenchmarks(cmd.OutOrStdout(), results)
}

// single measures the network that the flags ask for.
func (f *benchFlags) single(cmd *cobra.Command) (*bench.Result, error) {
	s, err := f.resolve(cmd, f.train)
	if err != nil {
		return nil, err
	}
	data, err := f.open(cmd, s)
	if err != nil {
		return nil, err
	}
	subject, err := f.subject(s, data)
	if err != nil {
		return nil, err
	}
	result, err := bench.Measure(cmd.Context(), subject, bench.Options{Workers: f.workers, Latency: f.latency})
	if err != nil {
		return nil, hintSamples(err)
	}
	result.Name = cmp.Or(f.preset, s.Data.Set)
	return result, nil
}

// subject draws a network and takes as many samples as the flags ask for.
func (f *benchFlags) subject(s settings.Settings, data *dataset.Data) (*bench.Subject, error) {
	s.Learning.Epochs, s.Learning.Best, s.Data.Validation = 1, false, 0
	held := data.Test
	if held == nil {
		held = data.Train
	}
	task, err := basin.Prepare(s, &dataset.Data{Train: bench.Repeated(data.Train, f.samples+bench.Warmup), Test: bench.Repeated(held, f.evalSamples)}, basin.Limit{})
	if err != nil {
		return nil, err
	}
	run, err := draw(task, f.workers)
	if err != nil {
		return nil, err
	}
	return &bench.Subject{Settings: s, Network: run.Model.Network, Training: task.Training, Held: task.Held}, nil
}

// synthetic draws a network that learns synthetic images.
func (f *benchFlags) synthetic(s settings.Settings) (*bench.Subject, error) {
	return f.subject(s, bench.Synthetic(f.samples+bench.Warmup, f.evalSamples))
}

// hintSamples adds advice where there were too few samples.
func hintSamples(err error) error {
	if errors.Is(err, bench.ErrFew) {
		return withHint(err, "--samples N measures over more")
	}
	return err
}

// seriesLimit bounds the time that the networks of a table are trained, and then predict.
const seriesLimit = 2 * time.Second

// table measures the networks of the table.
func (f *benchFlags) table(cmd *cobra.Command) ([]bench.Result, error) {
	base, err := f.resolve(cmd, "")
	if err != nil {
		return nil, err
	}
	var results []bench.Result
	for _, c := range bench.Networks(base) {
		subject, err := f.synthetic(c.Settings)
		if err != nil {
			return nil, err
		}
		result, err := bench.Measure(cmd.Context(), subject, bench.Options{Workers: f.workers, Limit: seriesLimit})
		if err != nil {
			return nil, hintSamples(err)
		}
		result.Name = c.Series
		fmt.Fprintf(cmd.ErrOrStderr(), "measured %d neurons, %s\n", c.X, c.Series)
		results = append(results, *result)
	}
	return results, nil
}

// runScaled measures the cost of a sample over neurons or mini-batches.
func (f *benchFlags) runScaled(cmd *cobra.Command) error {
	base, err := f.resolve(cmd, "")
	if err != nil {
		return err
	}
	cases := bench.Scaling(base)
	if f.byBatch {
		cases = bench.Batches(base)
	}
	var costs []bench.Cost
	for _, c := range cases {
		cost, err := bench.MeasureCost(cmd.Context(), c, f.synthetic, bench.Options{Workers: f.workers, Limit: seriesLimit})
		if err != nil {
			return hintSamples(err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "measured %s %d\n", c.Series, c.X)
		costs = append(costs, *cost)
	}
	if f.plot != "" {
		if err := plotCosts(f.plot, costs); err != nil {
			return err
		}
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), costs)
	}
	return printCosts(cmd.OutOrStdout(), costs)
}
