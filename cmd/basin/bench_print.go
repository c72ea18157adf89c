package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"basin/internal/bench"
	"basin/internal/figure"
)

func printBenchmarks(w io.Writer, results []bench.Result) error {
	b := results[0]
	fmt.Fprintf(w, "kernel %s, %d workers on %d cores, %s %s, FMA peak of one core %.1f GFLOP/s\n\n", b.Kernel, b.Workers, b.Cores, b.Go, b.System, b.Peak)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "network\tneurons\trecurrent couplings\ttraining samples/s\tprediction samples/s\tproduct GFLOP/s\tof peak")
	for _, b := range results {
		fmt.Fprintf(table, "%s\t%d\t%d\t%.0f\t%.0f\t%.1f\t%.0f %%\n", b.Name, b.Neurons, b.Couplings, b.TrainRate, b.EvalRate, b.GFLOPRate, 100*b.Share)
	}
	if err := table.Flush(); err != nil || b.Parts == nil {
		return err
	}
	fmt.Fprintln(w)
	if err := printOperations(w, b.Operations); err != nil {
		return err
	}
	fmt.Fprintf(w, "\none core, memory %.1f GB/s\n", b.Bandwidth)
	if err := printParts(w, b.Parts); err != nil || b.Latency == nil {
		return err
	}
	l := b.Latency
	_, err := fmt.Fprintf(w, "\none sample at a time, one core, %d samples: p50 %.1f us, p90 %.1f us, p99 %.1f us\n", l.Samples, l.P50, l.P90, l.P99)
	return err
}

func printParts(w io.Writer, parts []bench.Part) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "part of a training step\tns per sample\toperations\tbytes\tof roofline\t")
	total := bench.Part{Name: "all"}
	for _, p := range parts {
		total.Nanoseconds += p.Nanoseconds
		total.Operations += p.Operations
		total.Bytes += p.Bytes
	}
	for _, p := range append(parts, total) {
		share := "-"
		if p.Share > 0 {
			share = fmt.Sprintf("%.0f %%", 100*p.Share)
		}
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%s\t\n", p.Name, p.Nanoseconds, p.Operations, p.Bytes, share)
	}
	return table.Flush()
}

func printCosts(w io.Writer, costs []bench.Cost) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "series\tneurons or batch\ttraining us/sample\tprediction us/sample\tcouplings\tmemory\t")
	for _, c := range costs {
		fmt.Fprintf(table, "%s\t%d\t%.2f\t%.2f\t%s\t%s\t\n", c.Series, c.X, c.TrainNS/1e3, c.EvalNS/1e3, size(c.Couplings), size(int64(c.Memory)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, name := range []string{bench.SparseSeries, bench.DenseSeries} {
		if mine := bench.Of(name, costs); len(mine) > 1 {
			fmt.Fprintf(w, "%s: cost goes with the power %.2f (training) and %.2f (prediction) of the neurons\n", name,
				bench.Exponent(mine, func(c bench.Cost) float64 { return c.TrainNS }), bench.Exponent(mine, func(c bench.Cost) float64 { return c.EvalNS }))
		}
	}
	return nil
}

// plotCosts draws cost per sample against neurons, both logarithmic, into an SVG or PNG
// file.
func plotCosts(file string, costs []bench.Cost) error {
	f := figure.Figure{
		Title: "Cost of a sample against the number of neurons",
		X:     "neurons", Y: "microseconds per sample", LogX: true, LogY: true,
	}
	for _, line := range []struct {
		label, series string
		cost          func(bench.Cost) float64
		dashed        bool
		shade         int
	}{
		{"dense, training", bench.DenseSeries, func(c bench.Cost) float64 { return c.TrainNS }, false, 2},
		{"dense, prediction", bench.DenseSeries, func(c bench.Cost) float64 { return c.EvalNS }, true, 2},
		{"20 + 80 couplings a neuron, training", bench.SparseSeries, func(c bench.Cost) float64 { return c.TrainNS }, false, 1},
		{"20 + 80 couplings a neuron, prediction", bench.SparseSeries, func(c bench.Cost) float64 { return c.EvalNS }, true, 1},
	} {
		curve := figure.Curve{Label: line.label, Dashed: line.dashed, Shade: line.shade}
		for _, c := range bench.Of(line.series, costs) {
			curve.X, curve.Y = append(curve.X, float64(c.X)), append(curve.Y, line.cost(c)/1e3)
		}
		f.Curves = append(f.Curves, curve)
	}
	return savePlot(file, f)
}
