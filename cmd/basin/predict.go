package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/internal/spelling"
)

// predictFlags are the flags of basin predict.
type predictFlags struct {
	format  string
	logits  bool
	workers int
	views   int
	label   string
	id      string
}

var predictFormats = []string{"text", "json", "csv"}

func newPredict() *cobra.Command {
	f := &predictFlags{}
	cmd := &cobra.Command{
		Use:   "predict MODEL [INPUT...]",
		Short: "Predict the classes of samples",
		Long: `Predict reads samples from files, or from the standard input where none is named or
for -, and prints for each the class and the margin: the difference of the two largest
logits, 0 where the model cannot tell them apart.

INPUT may be a table (CSV, Excel, Parquet, ARFF, LIBSVM), NPY, NPZ, IDX, an image (PNG,
JPEG, GIF, BMP, TIFF or WebP) or a folder of images; the format is recognised from the
content. Samples must have the size that the model was trained on.
All inputs are read before the first line is printed; the standard input may have 1 GiB.

A model that was trained on a table with a header finds its columns by their names, in
any order, and passes over others; without names it takes them by their places. The
column of the label, where there is one, is printed beside the prediction as the truth,
and that of --id to tell the rows apart.

--format text prints a table, json an object per line, csv a table with a header.
--views K averages the logits over K views of each image, for models that were trained
with preprocess.augment: the image itself, and others that are changed as images were
while the model learned. That takes K times as long, and is the same at every call.

Samples count from 1 within their input. Every image of a folder is an input of its
own, with its path as the name.`,
		Example: `  basin predict people.safetensors new.csv --id name
  basin predict people.safetensors new.csv --format csv --logits > predictions.csv
  cat new.csv | basin predict people.safetensors --format json
  basin predict mnist.safetensors scan.png
  basin predict augmented.safetensors scan.png --views 9`,
		Args: arguments(1, -1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return completeSetAt(1)(cmd, args, typed)
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0], args[1:]) },
	}
	cmd.Flags().StringVarP(&f.format, "format", "f", "text", "`form` of the output: text, json or csv")
	addLabel(cmd, &f.label)
	cmd.Flags().StringVar(&f.id, "id", "", "`column` of a table to print beside each prediction: a name or a number from 1 (default data.id of the model)")
	complete(cmd, "id", cobra.NoFileCompletions)
	cmd.Flags().BoolVar(&f.logits, "logits", false, "print the logits of all classes")
	cmd.Flags().IntVarP(&f.workers, "workers", "w", 0, "goroutines that predict; 0 takes one per processor")
	addViews(cmd, &f.views)
	complete(cmd, "format", cobra.FixedCompletions(predictFormats, cobra.ShellCompDirectiveNoFileComp))
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "workers", cobra.NoFileCompletions)
	return cmd
}

// prediction is what is printed of one sample.
type prediction struct {
	Input      string             `json:"input"`
	Sample     int                `json:"sample"`
	ID         string             `json:"id,omitempty"`
	Label      string             `json:"label"`
	Margin     float32            `json:"margin"`
	FixedPoint bool               `json:"fixed_point"`
	Truth      *string            `json:"truth,omitempty"`
	Logits     map[string]float32 `json:"logits,omitempty"`
	logits     []float32
}

func (f *predictFlags) run(cmd *cobra.Command, path string, inputs []string) error {
	model, err := readModel(path)
	if err != nil {
		return err
	}
	if err := hasViews(model, f.views); err != nil {
		return err
	}
	names := model.Names()
	asked := f.id
	f.options(model) // for the name of the id
	write, flush, err := f.printer(cmd.OutOrStdout(), names)
	if err != nil {
		return err
	}
	if len(inputs) == 0 {
		inputs = []string{"-"}
		if isTerminal(cmd.InOrStdin()) {
			fmt.Fprintln(cmd.ErrOrStderr(), "reading samples from the standard input")
		}
	}
	// All inputs are read before the first prediction: a mistake in the last one
	// prints nothing.
	sets := make([]*dataset.Set, len(inputs))
	for i, input := range inputs {
		if sets[i], err = readInput(cmd.Context(), cmd.InOrStdin(), input, model, f.options(model)); err != nil {
			return err
		}
		if err := hasID(sets[i], input, asked); err != nil {
			return err
		}
		printNotes(cmd.ErrOrStderr(), sets[i].Notes)
		if sets[i], err = match(cmd.ErrOrStderr(), model, sets[i]); err != nil {
			return err
		}
	}
	for i, set := range sets {
		_ = set.Relabel(names) // truths as the model writes them: true for True; others stay
		if err := f.predict(cmd.Context(), model, inputs[i], set, write); err != nil {
			return err
		}
	}
	return flush()
}

// hasID reports that an input lacks the column of --id; id is empty where none is asked for.
func hasID(set *dataset.Set, input, id string) error {
	if id == "" || set.IDs != nil {
		return nil
	}
	if set.Table == nil {
		return usagef("--id %s: %s is no table, whose columns have names", id, input)
	}
	_, err := set.Table.Find(id)
	if err == nil {
		err = errors.New("the column is not read")
	}
	return fmt.Errorf("--id: %s: %w", input, err)
}

// options say how tables are read.
func (f *predictFlags) options(model *basin.Model) dataset.Options {
	o := model.Reads()
	o.Label, o.ID = cmp.Or(f.label, o.Label), cmp.Or(f.id, o.ID)
	f.id = o.ID
	return o
}

// predict prints the predictions of one set.
func (f *predictFlags) predict(ctx context.Context, model *basin.Model, input string, set *dataset.Set, write func(prediction) error) error {
	return model.PredictViews(ctx, set, f.views, f.workers, func(i int, p basin.Prediction) error {
		line := prediction{Input: input, Sample: i + 1, Label: p.Label, Margin: p.Margin, FixedPoint: p.FixedPoint}
		if set.Files != nil {
			line.Input, line.Sample = set.Files[i], 1
		}
		if set.IDs != nil {
			line.ID = set.IDs[i]
		}
		if set.Labels != nil {
			line.Truth = &set.LabelNames[set.Labels[i]]
		}
		if f.logits {
			line.logits = p.Logits
		}
		return write(line)
	})
}

// largestInput bounds the bytes that are read from the standard input.
const largestInput = 1 << 30

// readInput reads one input of basin predict, - for the standard input. The label of
// a CSV file is optional. It ends when ctx is cancelled: then the reader is left behind,
// since a read cannot be called back.
func readInput(ctx context.Context, stdin io.Reader, input string, model *basin.Model, o dataset.Options) (*dataset.Set, error) {
	type result struct {
		set *dataset.Set
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		if input == "-" {
			r.set, r.err = readStream(stdin, largestInput, o)
		} else {
			r.set, r.err = dataset.Read(input, o)
		}
		done <- r
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		return r.set, r.err
	}
}

// readStream reads samples as they come, from at most limit bytes.
func readStream(stream io.Reader, limit int64, o dataset.Options) (*dataset.Set, error) {
	set, err := dataset.ReadFrom(&bounded{stream, limit, limit}, "", o)
	var long overlong
	switch {
	case errors.As(err, &long):
		return nil, withHint(fmt.Errorf("standard input: %w", long), "give the samples as a file, or in parts")
	case err != nil:
		return nil, fmt.Errorf("standard input: %w", err)
	}
	set.Name = "standard input"
	for i, note := range set.Notes {
		set.Notes[i] = set.Name + ": " + note
	}
	return set, nil
}

// bounded passes on at most limit bytes; one more is an error.
type bounded struct {
	stream      io.Reader
	limit, left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.stream.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, overlong(b.limit)
	}
	return n, err
}

// overlong says that an input has more bytes than this.
type overlong int64

func (t overlong) Error() string { return fmt.Sprintf("more than %s", size(int64(t))) }

// printer returns how to print a prediction in the chosen format, and what to call
// after the last one.
func (f *predictFlags) printer(w io.Writer, names []string) (write func(prediction) error, flush func() error, err error) {
	switch f.format {
	case "text":
		write, flush = textPrinter(w, names, f.id, f.logits)
	case "csv":
		write, flush = csvPrinter(exact(w), names, f.id, f.logits)
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		write = func(p prediction) error {
			if p.logits != nil {
				p.Logits = make(map[string]float32, len(names))
				for c, value := range p.logits {
					p.Logits[names[c]] = value
				}
			}
			return encoder.Encode(p)
		}
		flush = func() error { return nil }
	default:
		err := usagef("--format %q, want text, json or csv", f.format)
		if near := spelling.Nearest(f.format, predictFormats); near != "" {
			return nil, nil, withHint(err, "did you mean --format %s?", near)
		}
		return nil, nil, err
	}
	return write, flush, nil
}

func textPrinter(w io.Writer, names []string, id string, logits bool) (write func(prediction) error, flush func() error) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	header := func(truth bool) {
		fmt.Fprint(table, "input\tsample\t")
		if id != "" {
			fmt.Fprintf(table, "%s\t", id)
		}
		fmt.Fprint(table, "label\tmargin")
		if truth {
			fmt.Fprint(table, "\ttruth")
		}
		if logits {
			for _, name := range names {
				fmt.Fprintf(table, "\tlogit %s", name)
			}
		}
		fmt.Fprintln(table)
	}
	begun, withTruth := false, false
	write = func(p prediction) error {
		if truth := p.Truth != nil; !begun || truth != withTruth {
			header(truth)
			begun, withTruth = true, truth
		}
		fmt.Fprintf(table, "%s\t%d\t", p.Input, p.Sample)
		if id != "" {
			fmt.Fprintf(table, "%s\t", p.ID)
		}
		fmt.Fprintf(table, "%s\t%.4g", p.Label, p.Margin)
		if p.Truth != nil {
			fmt.Fprintf(table, "\t%s", *p.Truth)
		}
		for _, value := range p.logits {
			fmt.Fprintf(table, "\t%.4g", value)
		}
		_, err := fmt.Fprintln(table)
		return err
	}
	return write, table.Flush
}

func csvPrinter(w io.Writer, names []string, id string, logits bool) (write func(prediction) error, flush func() error) {
	lines := csv.NewWriter(w)
	number := func(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
	header := []string{"input", "sample", "label", "margin", "fixed_point", "truth"}
	if id != "" {
		header = slices.Insert(header, 2, id)
	}
	if logits {
		for _, name := range names {
			header = append(header, "logit "+name)
		}
	}
	begun := false
	write = func(p prediction) error {
		if !begun {
			begun = true
			if err := lines.Write(header); err != nil {
				return err
			}
		}
		truth := ""
		if p.Truth != nil {
			truth = *p.Truth
		}
		cells := []string{p.Input, strconv.Itoa(p.Sample), p.Label, number(p.Margin), strconv.FormatBool(p.FixedPoint), truth}
		if id != "" {
			cells = slices.Insert(cells, 2, p.ID)
		}
		for _, value := range p.logits {
			cells = append(cells, number(value))
		}
		return lines.Write(cells)
	}
	flush = func() error {
		lines.Flush()
		return lines.Error()
	}
	return write, flush
}
