package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"basin/checkpoint"
	"basin/dataset"
	"basin/internal/kernel"
	"basin/train"
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
	plot        string
	json        bool
	profile     string
}

// warmup is the number of samples before the clock starts.
const warmup = 512

// benchmark is what one network does per second.
type benchmark struct {
	Name         string  `json:"name"`
	Neurons      int     `json:"neurons"`
	Couplings    int     `json:"recurrent_couplings"`
	TrainSamples int     `json:"train_samples"`
	TrainRate    float64 `json:"train_samples_per_s"`
	EvalSamples  int     `json:"eval_samples"`
	EvalRate     float64 `json:"eval_samples_per_s"`
	// GFLOPRate is the speed of the recurrent product alone, on one core.
	GFLOPRate float64 `json:"gflop_per_s"`
	// Peak is what one core can do at most; 0 where that is not known.
	Peak    float64 `json:"fma_peak_gflop_per_s"`
	Share   float64 `json:"share_of_fma_peak"`
	Kernel  string  `json:"kernel"`
	Workers int     `json:"workers"`
	Cores   int     `json:"cores"`
	Go      string  `json:"go"`
	System  string  `json:"system"`
	// Bandwidth is what one core moves to and from memory.
	Bandwidth float64 `json:"memory_gb_per_s"`
	// Parts of a training step on one core; absent in the table of networks.
	Parts []part `json:"parts,omitempty"`
	// Footprint is the memory of the couplings, in bytes.
	Footprint int64 `json:"coupling_bytes"`
	// Latency is there with --latency.
	Latency *latency `json:"latency,omitempty"`
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
couplings per neuron. The clock starts after 512 samples; a data set with fewer samples is repeated.

gflop_per_s is the speed of the product of the recurrent couplings with the states of a
group of samples, alone and on one core, where a coupling times a state is two
operations; fma_peak_gflop_per_s is what one core can do at most, measured just before.
Training and prediction do far fewer operations than a full product per sweep.

For one network, a second table says where a training step on one core goes: the time,
the operations and bytes that each part needs, and the share of the roofline, the time
that they take at the FMA peak or at the memory's bandwidth over the time they took.`,
		Example: `  basin bench
  basin bench --train digits --json
  basin bench --preset mnist-sparse-2000 --latency
  basin bench --scaling --plot scaling.svg
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
	flags.StringVar(&f.plot, "plot", "", "with --scaling, draw the cost into this SVG or PNG `file`")
	flags.BoolVar(&f.latency, "latency", false, "measure predictions one sample at a time too")
	flags.BoolVar(&f.json, "json", false, "print JSON: an object, for the table an array")
	addProfile(cmd, &f.profile)
	complete(cmd, "train", completeSetAt(0))
	for _, name := range []string{"samples", "eval-samples", "workers"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (f *benchFlags) run(cmd *cobra.Command) error {
	if f.samples < 1 || f.evalSamples < 1 {
		return usagef("--samples %d and --eval-samples %d, want 1 or more", f.samples, f.evalSamples)
	}
	switch {
	case f.byNeurons && f.byBatch:
		return usagef("--scaling and --batches are two measurements: want one of them")
	case (f.byNeurons || f.byBatch) && (f.train != "" || f.latency):
		return usagef("--scaling and --batches measure networks of their own on synthetic images: leave --train and --latency out")
	case f.plot != "" && !f.byNeurons:
		return usagef("--plot draws what --scaling measures: want --scaling")
	}
	if f.byNeurons || f.byBatch {
		return f.runScaled(cmd)
	}
	var results []benchmark
	table := f.train == "" && f.preset == "" && f.config == "" && !f.latency
	if table {
		var err error
		if results, err = f.table(cmd); err != nil {
			return err
		}
	} else {
		s, err := f.resolve(cmd, f.train)
		if err != nil {
			return err
		}
		data, err := f.open(cmd, s)
		if err != nil {
			return err
		}
		result, err := f.measure(cmd.Context(), s, data, 0)
		if err != nil {
			return err
		}
		result.Name = cmp.Or(f.preset, s.Data.Set)
		results = append(results, *result)
	}
	switch {
	case f.json && table:
		return printJSON(cmd.OutOrStdout(), results)
	case f.json:
		return printJSON(cmd.OutOrStdout(), results[0])
	}
	return printBenchmarks(cmd, results)
}

// runScaled measures the cost of a sample over neurons or mini-batches.
func (f *benchFlags) runScaled(cmd *cobra.Command) error {
	measure := f.scaling
	if f.byBatch {
		measure = f.batches
	}
	rows, err := measure(cmd)
	if err != nil {
		return err
	}
	if f.plot != "" {
		if err := plotScaled(f.plot, rows); err != nil {
			return err
		}
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), rows)
	}
	return printScaled(cmd.OutOrStdout(), rows)
}

// tableRows are the networks of the table.
var tableRows = []struct {
	neurons int
	density float64
}{{100, 1}, {1000, 1}, {4000, 1}, {1000, 0.05}, {4000, 0.01}}

// table measures the networks of the table, each for a few seconds at most.
func (f *benchFlags) table(cmd *cobra.Command) ([]benchmark, error) {
	data := synthetic(f.samples+warmup, f.evalSamples)
	var results []benchmark
	for _, row := range tableRows {
		s, err := f.resolve(cmd, "")
		if err != nil {
			return nil, err
		}
		s.Data.Validation = 0
		module := &s.Network.Modules[0]
		module.Neurons, module.Recurrent.Density = row.neurons, row.density
		module.Input.Density, module.Input.Window = row.density, 0
		if row.density < 1 {
			module.Input.Density = 0.1
		}
		result, err := f.measure(cmd.Context(), s, data, 2*time.Second)
		if err != nil {
			return nil, err
		}
		result.Name = "dense"
		if row.density < 1 {
			result.Name = fmt.Sprintf("sparse, density %g", row.density)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "measured %d neurons, %s\n", row.neurons, result.Name)
		results = append(results, *result)
	}
	return results, nil
}

// measure measures one network; limit ends each part early, 0 never does.
func (f *benchFlags) measure(ctx context.Context, s train.Settings, data *dataset.Data, limit time.Duration) (*benchmark, error) {
	s.Learning.Epochs, s.Data.Validation = 1, 0
	held := data.Test
	if held == nil {
		held = data.Train
	}
	j := &job{model: &checkpoint.Model{Settings: s}}
	if err := j.draw(&dataset.Data{Train: repeated(data.Train, f.samples+warmup), Test: repeated(held, f.evalSamples)}); err != nil {
		return nil, err
	}
	n := j.model.Network
	b := &benchmark{
		Neurons: n.Neurons(), Couplings: n.Couplings().Recurrent, Footprint: n.Footprint(),
		Kernel: kernel.Name(), Workers: f.workers, Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if b.Workers <= 0 {
		b.Workers = b.Cores
	}
	b.Peak = kernel.PeakFMA(0.3)
	b.GFLOPRate = productRate(n)
	if b.Peak > 0 {
		b.Share = b.GFLOPRate / b.Peak
	}
	var err error
	if b.TrainSamples, b.TrainRate, err = trainRate(ctx, j, f.workers, limit); err != nil {
		return nil, err
	}
	if b.EvalSamples, b.EvalRate, err = evalRate(ctx, j, f.workers, limit); err != nil || limit > 0 {
		return b, err
	}
	b.Bandwidth = memoryBandwidth()
	if b.Parts, err = measureParts(j, 5*time.Second, b.Peak, b.Bandwidth); err != nil || !f.latency {
		return b, err
	}
	b.Latency, err = measureLatency(j)
	return b, err
}

// repeated returns count samples of a set, from the first on and round again.
func repeated(set *dataset.Set, count int) *dataset.Set {
	indices := make([]int, count)
	for i := range indices {
		indices[i] = i % set.Count()
	}
	return set.Subset(indices)
}

// errEnough ends a measurement.
var errEnough = errors.New("enough")

func trainRate(ctx context.Context, j *job, workers int, limit time.Duration) (samples int, rate float64, err error) {
	trainer, err := train.New(j.model.Settings, j.model.Network, j.training, nil, "", workers)
	if err != nil {
		return 0, 0, err
	}
	defer trainer.Close()
	var begin, end time.Time
	var from, to int64
	err = trainer.Run(ctx, func(p train.Progress) error {
		switch done := p.State.Tally.Samples; {
		case p.EpochDone:
		case begin.IsZero():
			if done >= warmup {
				begin, from = time.Now(), done
			}
		default:
			end, to = time.Now(), done
			if limit > 0 && end.Sub(begin) > limit {
				return errEnough
			}
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return 0, 0, err
	case to == from:
		return 0, 0, fmt.Errorf("a batch of %d samples is all there is to measure: raise --samples", j.model.Settings.Learning.Batch)
	}
	return int(to - from), float64(to-from) / end.Sub(begin).Seconds(), nil
}

func evalRate(ctx context.Context, j *job, workers int, limit time.Duration) (samples int, rate float64, err error) {
	evaluator, err := train.NewEvaluator(j.model.Settings, j.model.Network, workers)
	if err != nil {
		return 0, 0, err
	}
	defer evaluator.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	begin := time.Now()
	enough := false
	_, err = evaluator.Predict(ctx, j.held.Inputs, func(int, train.Prediction) {
		samples++
		if limit > 0 && time.Since(begin) > limit {
			enough = true
			stop()
		}
	})
	took := time.Since(begin).Seconds()
	if err != nil && !enough {
		return 0, 0, err
	}
	return samples, float64(samples) / took, nil
}

func printBenchmarks(cmd *cobra.Command, results []benchmark) error {
	b := results[0]
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "kernel %s, %d workers on %d cores, %s %s, FMA peak of one core %.1f GFLOP/s\n\n", b.Kernel, b.Workers, b.Cores, b.Go, b.System, b.Peak)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "network\tneurons\trecurrent couplings\ttraining samples/s\tprediction samples/s\tproduct GFLOP/s\tof peak")
	for _, b := range results {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\t%.0f\t%.1f\t%.0f %%\n", b.Name, b.Neurons, b.Couplings, b.TrainRate, b.EvalRate, b.GFLOPRate, 100*b.Share)
	}
	if err := table.Flush(); err != nil || b.Parts == nil {
		return err
	}
	fmt.Fprintf(w, "\none core, memory %.1f GB/s\n", b.Bandwidth)
	if err := printParts(w, b.Parts); err != nil || b.Latency == nil {
		return err
	}
	return printLatency(w, b.Latency)
}
