package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
	"basin/settings"
	"basin/train"
)

// modelReport is what basin inspect prints.
type modelReport struct {
	Model      string              `json:"model"`
	Version    string              `json:"version"`
	InputShape []int               `json:"input_shape"`
	Features   int                 `json:"features"`
	Classes    int                 `json:"classes"`
	LabelNames []string            `json:"label_names"`
	Neurons    int                 `json:"neurons"`
	Couplings  network.Couplings   `json:"couplings"`
	Bytes      int64               `json:"bytes"`
	Modules    []moduleReport      `json:"modules"`
	Readout    couplingReport      `json:"readout"`
	Average    *couplingReport     `json:"readout_average,omitempty"`
	Encoder    *dataset.Encoder    `json:"encoder"`
	Settings   train.Settings      `json:"settings"`
	History    []train.EpochRecord `json:"history"`
}

// moduleReport says what one module is made of.
type moduleReport struct {
	Neurons      int             `json:"neurons"`
	SelfCoupling float32         `json:"self_coupling"`
	Recurrent    *couplingReport `json:"recurrent,omitempty"`
	// Symmetry is the correlation of J_ij with J_ji over the pairs that have both:
	// 0 for independent couplings, 1 for symmetric ones.
	Symmetry *float64        `json:"symmetry,omitempty"`
	Input    *couplingReport `json:"input,omitempty"`
}

// couplingReport sums up the couplings of a block.
type couplingReport struct {
	Count     int     `json:"count"`
	Density   float64 `json:"density"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"`
	Least     float64 `json:"least"`
	Largest   float64 `json:"largest"`
}

func newInspect() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Show what a model file holds",
		Long: `Inspect prints what a model is made of: modules and couplings with their statistics,
the size in memory, what it reads and predicts, how it was trained and what each epoch
gave. A checkpoint is a model file too.

Symmetry is the correlation of the couplings J_ij and J_ji: 0 where they are
independent, 1 where they are equal.`,
		Example: `  basin inspect digits.safetensors
  basin inspect digits.safetensors --json`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE: func(cmd *cobra.Command, args []string) error {
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			report := newModelReport(args[0], model)
			if asJSON {
				return printJSON(cmd.OutOrStdout(), report)
			}
			return report.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

func newModelReport(path string, m *checkpoint.Model) *modelReport {
	n := m.Network
	r := &modelReport{
		Model: path, Version: m.Version, InputShape: n.InputShape, Features: m.Encoder.Features,
		Classes: n.Classes, LabelNames: labelNames(m), Neurons: n.Neurons(), Couplings: n.Couplings(),
		Bytes: n.Footprint(), Encoder: m.Encoder, Settings: m.Settings, History: m.History,
	}
	for _, module := range n.Modules {
		report := moduleReport{Neurons: module.Neurons, SelfCoupling: module.SelfCoupling}
		if j := module.Recurrent; j != nil {
			block := recurrentReport(j)
			report.Recurrent, report.Symmetry = &block, symmetry(j)
		}
		if w := module.Input; w != nil {
			block := inputReport(w)
			report.Input = &block
		}
		r.Modules = append(r.Modules, report)
	}
	r.Readout = readoutReport(n, n.Readout.Couplings)
	if n.Readout.Average != nil {
		block := readoutReport(n, n.Readout.Average)
		r.Average = &block
	}
	return r
}

func recurrentReport(j *network.Recurrent) couplingReport {
	possible := j.Neurons * (j.Neurons - 1)
	if j.Sparse != nil {
		return sumUp(possible, slices.Values(j.Sparse.Value))
	}
	return sumUp(possible, func(yield func(float32) bool) {
		stride := network.Padded(j.Neurons)
		for sender := range j.Neurons {
			for receiver, v := range j.Dense[sender*stride:][:j.Neurons] {
				if sender != receiver && !yield(v) {
					return
				}
			}
		}
	})
}

func inputReport(w *network.Input) couplingReport {
	if w.Sparse != nil {
		return sumUp(w.Neurons*w.Inputs, slices.Values(w.Sparse.Value))
	}
	return sumUp(w.Neurons*w.Inputs, rows(w.Dense, network.Padded(w.Inputs), w.Inputs, 0, w.Neurons))
}

func readoutReport(n *network.Network, couplings []float32) couplingReport {
	return sumUp(n.Neurons()*n.Classes, func(yield func(float32) bool) {
		for _, m := range n.Modules {
			for v := range rows(couplings, network.Padded(n.Classes), n.Classes, m.Offset, m.Offset+m.Neurons) {
				if !yield(v) {
					return
				}
			}
		}
	})
}

// rows goes through the values of rows from..to of a padded matrix.
func rows(values []float32, stride, width, from, to int) func(yield func(float32) bool) {
	return func(yield func(float32) bool) {
		for r := from; r < to; r++ {
			for _, v := range values[r*stride:][:width] {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func sumUp(possible int, values func(yield func(float32) bool)) couplingReport {
	var r couplingReport
	var squares float64
	for v := range values {
		x := float64(v)
		if r.Count == 0 {
			r.Least, r.Largest = x, x
		}
		r.Count++
		r.Least, r.Largest = min(r.Least, x), max(r.Largest, x)
		r.Mean += x
		squares += x * x
	}
	if r.Count > 0 {
		r.Density = float64(r.Count) / float64(possible)
		r.Mean /= float64(r.Count)
		r.Deviation = math.Sqrt(max(0, squares/float64(r.Count)-r.Mean*r.Mean))
	}
	return r
}

// symmetry returns the correlation of J_ij with J_ji over the pairs that have both,
// nil where there are none or they do not vary.
func symmetry(j *network.Recurrent) *float64 {
	var count, sum, squares, products float64
	pair := func(a, b float32) {
		x, y := float64(a), float64(b)
		count += 2
		sum += x + y
		squares += x*x + y*y
		products += 2 * x * y
	}
	stride := network.Padded(j.Neurons)
	for i := range j.Neurons {
		if j.Sparse == nil {
			for k := range i {
				pair(j.Dense[i*stride+k], j.Dense[k*stride+i])
			}
			continue
		}
		senders, values := j.Sparse.Row(i)
		for e, k := range senders {
			if int(k) >= i {
				break
			}
			others, back := j.Sparse.Row(int(k))
			if at, found := slices.BinarySearch(others, int32(i)); found {
				pair(values[e], back[at])
			}
		}
	}
	mean := sum / count
	variance := squares/count - mean*mean
	if !(variance > 0) {
		return nil
	}
	correlation := (products/count - mean*mean) / variance
	return &correlation
}

func (r *modelReport) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, values ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, values...))
	}
	line("model", "%s, written by basin %s", r.Model, r.Version)
	line("reads", "%s", inputLine(r))
	line("predicts", "%d classes %s", r.Classes, quoted(r.LabelNames))
	line("neurons", "%d in %s", r.Neurons, counted(len(r.Modules), "module"))
	line("memory", "%s (%d bytes)", size(r.Bytes), r.Bytes)
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	fmt.Fprintln(table, "couplings\tcount\tdensity\tmean\tdeviation\tleast\tlargest\tsymmetry")
	block := func(name string, b *couplingReport, symmetry *float64) {
		if b == nil {
			return
		}
		text := ""
		if symmetry != nil {
			text = fmt.Sprintf("%.4f", *symmetry)
		}
		fmt.Fprintf(table, "%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g\t%.4g\t%s\n", name, b.Count, b.Density, b.Mean, b.Deviation, b.Least, b.Largest, text)
	}
	for m, module := range r.Modules {
		block(fmt.Sprintf("module %d recurrent", m), module.Recurrent, module.Symmetry)
		block(fmt.Sprintf("module %d input", m), module.Input, nil)
	}
	block("readout", &r.Readout, nil)
	block("readout average", r.Average, nil)
	if err := table.Flush(); err != nil {
		return err
	}
	if err := r.printHistory(w, table); err != nil {
		return err
	}
	text, err := settings.Marshal(r.Settings)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\nsettings\n%s\n", indent(trimEnd(text)))
	return err
}

func (r *modelReport) printHistory(w io.Writer, table *tabwriter.Writer) error {
	if len(r.History) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	fmt.Fprintln(table, "epoch\theld out\taccuracy\ttraining\tunstable\tflips\tfixed points")
	for _, e := range r.History {
		split, accuracy := e.Split, percent(e.Held.Accuracy())
		if split == "" {
			split, accuracy = "-", "-"
		}
		t := e.Training
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.Epoch, split, accuracy,
			percent(t.Accuracy()), percent(t.UnstableShare()), percent(t.FlipShare()), percent(t.FixedPointShare()))
	}
	return table.Flush()
}

// inputLine says what a model reads and what it makes of it.
func inputLine(r *modelReport) string {
	e := r.Encoder
	raw := r.InputShape
	if e.Projection > 0 {
		raw = []int{e.Features}
	}
	text := shapeText(raw)
	if e.Divisor != 1 {
		text += fmt.Sprintf(", divided by %g", e.Divisor)
	}
	if len(e.Mean) > 0 {
		text += ", standardised by " + e.Standardise
	}
	if e.Projection > 0 {
		text += fmt.Sprintf(", projected to %d signs", e.Projection)
	}
	return text
}

func indent(text []byte) string {
	return "  " + strings.ReplaceAll(string(text), "\n", "\n  ")
}
