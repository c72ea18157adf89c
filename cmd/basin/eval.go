package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/dataset/fetch"
)

// evaluation is what basin eval prints.
type evaluation struct {
	Model           string     `json:"model"`
	Data            string     `json:"data"`
	Samples         int64      `json:"samples"`
	Correct         int64      `json:"correct"`
	Accuracy        float64    `json:"accuracy"`
	FixedPointShare float64    `json:"fixed_point_share"`
	FlipShare       float64    `json:"flip_share"`
	Classes         []classRow `json:"classes"`
	// Confusion has a row per true class; its columns are predicted classes.
	Confusion [][]int64 `json:"confusion"`
}

// classRow is what an evaluation says of one class. Recall and precision are null
// where there is nothing to divide by.
type classRow struct {
	Label     string   `json:"label"`
	Samples   int64    `json:"samples"`
	Predicted int64    `json:"predicted"`
	Recall    *float64 `json:"recall"`
	Precision *float64 `json:"precision"`
}

func newEval() *cobra.Command {
	var where dataFlags
	var asJSON bool
	var workers int
	var label string
	cmd := &cobra.Command{
		Use:   "eval MODEL [DATA]",
		Short: "Measure a model on labelled samples",
		Long: `Eval predicts labelled samples and prints the accuracy, the share of samples that
reached a fixed point, recall and precision of every class and the confusion matrix.

DATA is the name of a data set, whose test samples are used, or the path of a file or
folder, all of which is used. Without it the test samples of the data that the model
was trained on are used. Labels are matched with those of the model by name.

Recall is the share of a class's samples that were predicted as it, precision the
share of the predictions of a class that were right.`,
		Example: `  basin eval digits.safetensors
  basin eval mnist.safetensors --json
  basin eval mnist.safetensors my-digits.csv`,
		Args:              arguments(1, 2),
		ValidArgsFunction: completeSetAt(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			set, err := evaluationSet(cmd, model, args[1:], where, label)
			if err != nil {
				return err
			}
			e, err := evaluate(cmd.Context(), cmd.ErrOrStderr(), model, set, workers)
			if err != nil {
				return err
			}
			e.Model, e.Data = args[0], set.Name
			if asJSON {
				return printJSON(cmd.OutOrStdout(), e)
			}
			return e.print(cmd.OutOrStdout())
		},
	}
	where.add(cmd)
	addLabel(cmd, &label)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().IntVarP(&workers, "workers", "w", 0, "goroutines that predict; 0 takes one per processor")
	complete(cmd, "workers", cobra.NoFileCompletions)
	return cmd
}

// evaluationSet returns the labelled samples to measure on, with the classes of the
// model.
func evaluationSet(cmd *cobra.Command, model *basin.Model, args []string, where dataFlags, label string) (*dataset.Set, error) {
	var set *dataset.Set
	switch name := first(args); {
	case name != "" && !isKnown(name):
		o := where.options(cmd)
		o.Options = model.Reads()
		o.Label = cmp.Or(label, o.Label)
		var err error
		if set, err = fetch.Read(name, o); err != nil {
			return nil, hintSet(err)
		}
	default:
		s := model.Settings
		s.Data.Label = cmp.Or(label, s.Data.Label)
		if name != "" {
			s.Data.Set = name
		}
		data, err := where.open(cmd, s)
		if err != nil {
			return nil, err
		}
		if data.Test == nil {
			return nil, withHint(fmt.Errorf("%s has no test samples", s.Data.Set), "`basin eval MODEL FILE` measures on the samples of a file")
		}
		set = data.Test
	}
	printNotes(cmd.ErrOrStderr(), set)
	if set.Labels == nil {
		return nil, unlabelled(model, set)
	}
	return set, fits(model, set)
}

// unlabelled says that there is nothing to compare with.
func unlabelled(model *basin.Model, set *dataset.Set) error {
	err := fmt.Errorf("%s has no labels to compare with", set.Name)
	if model.Columns != nil && model.Columns.Label != "" && set.Table != nil && set.Table.Named {
		err = fmt.Errorf("%w: no column is named %q", err, model.Columns.Label)
	}
	return withHint(withHint(err, "--label names the column of the labels"), "`basin predict` needs none")
}

func evaluate(ctx context.Context, talk io.Writer, model *basin.Model, set *dataset.Set, workers int) (*evaluation, error) {
	begin := time.Now()
	measured, err := model.Evaluate(ctx, set, workers)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(talk, "%.0f samples/s\n", float64(measured.Samples)/time.Since(begin).Seconds())
	e := &evaluation{
		Samples: measured.Samples, Correct: measured.Correct, Accuracy: measured.Accuracy(),
		FixedPointShare: measured.FixedPointShare(), FlipShare: measured.FlipShare(), Confusion: measured.Confusion,
	}
	optional := func(share float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &share
	}
	for _, c := range measured.Classes {
		e.Classes = append(e.Classes, classRow{
			Label: c.Label, Samples: c.Samples, Predicted: c.Predicted,
			Recall: optional(c.Recall()), Precision: optional(c.Precision()),
		})
	}
	return e, nil
}

// widestConfusion is the largest number of classes whose matrix is printed as text.
const widestConfusion = 26

func (e *evaluation) print(w io.Writer) error {
	fmt.Fprintf(w, "accuracy      %s (%d of %d samples of %s)\n", percent(e.Accuracy), e.Correct, e.Samples, e.Data)
	fmt.Fprintf(w, "fixed points  %s\n\n", percent(e.FixedPointShare))
	optional := func(share *float64) string {
		if share == nil {
			return "-"
		}
		return percent(*share)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "class\tsamples\trecall\tprecision\t")
	for _, c := range e.Classes {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t\n", c.Label, c.Samples, optional(c.Recall), optional(c.Precision))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(e.Classes) > widestConfusion {
		_, err := fmt.Fprintf(w, "\nThe confusion matrix has %d classes: --json prints it.\n", len(e.Classes))
		return err
	}
	fmt.Fprint(w, "\nconfusion: a row per true class, a column per predicted class\n")
	table = tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := strings.Builder{}
	for _, c := range e.Classes {
		head.WriteString("\t" + c.Label)
	}
	fmt.Fprintf(table, "%s\t\n", head.String())
	for c, row := range e.Confusion {
		fmt.Fprint(table, e.Classes[c].Label)
		for _, n := range row {
			fmt.Fprintf(table, "\t%d", n)
		}
		fmt.Fprintln(table, "\t")
	}
	return table.Flush()
}
