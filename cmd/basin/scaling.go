package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot/plotter"

	"basin/train"
)

// scaled is the cost of one network of a series.
type scaled struct {
	Series  string  `json:"series"`
	X       int     `json:"x"` // neurons, or samples of a mini-batch
	TrainNS float64 `json:"train_ns_per_sample"`
	EvalNS  float64 `json:"eval_ns_per_sample"`
	// Couplings is the memory of the couplings, Memory what the process took from the
	// system while it trained and predicted, in bytes.
	Couplings int64  `json:"coupling_bytes"`
	Memory    uint64 `json:"memory_bytes"`
}

// The series of basin bench --scaling and --batches.
const (
	sparseSeries = "sparse"
	denseSeries  = "dense"
	batchSeries  = "batch"
)

const (
	recurrentFan = 20 // couplings per neuron of the sparse series
	inputFan     = 80
)

// sparseNetwork returns the settings of a network with a fixed number of couplings per
// neuron.
func sparseNetwork(s train.Settings, neurons int) train.Settings {
	module := s.Network.Modules[0]
	module.Neurons = neurons
	module.Recurrent.Density = min(0.99, recurrentFan/float64(neurons))
	module.Input.Density, module.Input.Window = inputFan/784.0, 0
	s.Network.Modules = append(s.Network.Modules[:0:0], module)
	return s
}

// scaling measures the series over the number of neurons.
func (f *benchFlags) scaling(cmd *cobra.Command) ([]scaled, error) {
	var results []scaled
	for n := 250; n <= 16000; n *= 2 {
		s, err := f.resolve(cmd, "")
		if err != nil {
			return nil, err
		}
		row, err := f.measureScaled(cmd, sparseSeries, n, sparseNetwork(s, n))
		if err != nil {
			return nil, err
		}
		results = append(results, *row)
	}
	for n := 250; n <= 4000; n *= 2 {
		s, err := f.resolve(cmd, "")
		if err != nil {
			return nil, err
		}
		module := &s.Network.Modules[0]
		module.Neurons, module.Recurrent.Density, module.Input.Density, module.Input.Window = n, 1, 1, 0
		row, err := f.measureScaled(cmd, denseSeries, n, s)
		if err != nil {
			return nil, err
		}
		results = append(results, *row)
	}
	return results, nil
}

// batches measures one sparse network of 2000 neurons over the size of a mini-batch.
func (f *benchFlags) batches(cmd *cobra.Command) ([]scaled, error) {
	var results []scaled
	for _, size := range []int{1, 4, 16, 64, 128, 1024} {
		s, err := f.resolve(cmd, "")
		if err != nil {
			return nil, err
		}
		s = sparseNetwork(s, 2000)
		s.Learning.Batch = size
		row, err := f.measureScaled(cmd, batchSeries, size, s)
		if err != nil {
			return nil, err
		}
		results = append(results, *row)
	}
	return results, nil
}

// measureScaled measures one network on synthetic images, for a few seconds.
func (f *benchFlags) measureScaled(cmd *cobra.Command, series string, x int, s train.Settings) (*scaled, error) {
	debug.FreeOSMemory()
	s.Data.Validation, s.Preprocess.Noise = 0, 0
	b, err := f.measure(cmd.Context(), s, synthetic(f.samples+warmup, f.evalSamples), 2*time.Second)
	if err != nil {
		return nil, err
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Fprintf(cmd.ErrOrStderr(), "measured %s %d\n", series, x)
	return &scaled{
		Series: series, X: x, TrainNS: 1e9 / b.TrainRate, EvalNS: 1e9 / b.EvalRate,
		Couplings: b.Footprint, Memory: memory.Sys - memory.HeapReleased,
	}, nil
}

// exponent returns the slope of the logarithm of a cost against that of x, by least
// squares: 1 is in proportion, 2 the square.
func exponent(rows []scaled, cost func(scaled) float64) float64 {
	var x, y, xx, xy, n float64
	for _, row := range rows {
		a, b := math.Log(float64(row.X)), math.Log(cost(row))
		x, y, xx, xy, n = x+a, y+b, xx+a*a, xy+a*b, n+1
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

// series returns the rows of one series.
func series(rows []scaled, name string) []scaled {
	var mine []scaled
	for _, row := range rows {
		if row.Series == name {
			mine = append(mine, row)
		}
	}
	return mine
}

func printScaled(w io.Writer, rows []scaled) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "series\tneurons or batch\ttraining us/sample\tprediction us/sample\tcouplings\tmemory\t")
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%d\t%.2f\t%.2f\t%s\t%s\t\n", row.Series, row.X, row.TrainNS/1e3, row.EvalNS/1e3, size(row.Couplings), size(int64(row.Memory)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, name := range []string{sparseSeries, denseSeries} {
		if mine := series(rows, name); len(mine) > 1 {
			fmt.Fprintf(w, "%s: cost goes with the power %.2f (training) and %.2f (prediction) of the neurons\n", name,
				exponent(mine, func(r scaled) float64 { return r.TrainNS }), exponent(mine, func(r scaled) float64 { return r.EvalNS }))
		}
	}
	return nil
}

// plotScaled draws cost per sample against neurons, both logarithmic, into an SVG or PNG
// file.
func plotScaled(file string, rows []scaled) error {
	f := figure{
		title: "Cost of a sample against the number of neurons",
		x:     "neurons", y: "microseconds per sample", logX: true, logY: true,
	}
	for _, line := range []struct {
		label, series string
		cost          func(scaled) float64
		dashed        bool
		shade         color.Color
	}{
		{"dense, training", denseSeries, func(r scaled) float64 { return r.TrainNS }, false, shades[1]},
		{"dense, prediction", denseSeries, func(r scaled) float64 { return r.EvalNS }, true, shades[1]},
		{"20 + 80 couplings a neuron, training", sparseSeries, func(r scaled) float64 { return r.TrainNS }, false, shades[0]},
		{"20 + 80 couplings a neuron, prediction", sparseSeries, func(r scaled) float64 { return r.EvalNS }, true, shades[0]},
	} {
		curve := drawn{label: line.label, marks: true, dashed: line.dashed, shade: line.shade}
		for _, row := range series(rows, line.series) {
			curve.points = append(curve.points, plotter.XY{X: float64(row.X), Y: line.cost(row) / 1e3})
		}
		f.curves = append(f.curves, curve)
	}
	return f.save(file)
}
