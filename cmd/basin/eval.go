package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"basin/checkpoint"
	"basin/dataset"
	"basin/dataset/fetch"
	"basin/protocol"
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
			set, err := evaluationSet(cmd, model, args[1:], where)
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().IntVarP(&workers, "workers", "w", 0, "goroutines that predict; 0 takes one per processor")
	complete(cmd, "workers", cobra.NoFileCompletions)
	return cmd
}

// evaluationSet returns the labelled samples to measure on, with the classes of the
// model.
func evaluationSet(cmd *cobra.Command, model *checkpoint.Model, args []string, where dataFlags) (*dataset.Set, error) {
	var set *dataset.Set
	switch name := first(args); {
	case name != "" && !isKnown(name):
		o := where.options(cmd)
		o.Label = model.Settings.Data.Label
		var err error
		if set, err = fetch.Read(name, o); err != nil {
			return nil, hintSet(err)
		}
	default:
		s := model.Settings
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
	if set.Labels == nil {
		return nil, withHint(fmt.Errorf("%s has no labels to compare with", set.Name), "`basin predict` needs none")
	}
	if err := fits(model, set); err != nil {
		return nil, err
	}
	return set, set.Relabel(labelNames(model))
}

func evaluate(ctx context.Context, talk io.Writer, model *checkpoint.Model, set *dataset.Set, workers int) (*evaluation, error) {
	labelled, err := samples(model, set)
	if err != nil {
		return nil, err
	}
	predictor, err := protocol.NewPredictor(model.Settings.Protocol(), model.Network, workers)
	if err != nil {
		return nil, err
	}
	defer predictor.Close()
	classes := model.Network.Classes
	confusion := make([]int64, classes*classes)
	begin := time.Now()
	tally, err := predictor.Evaluate(ctx, labelled, labelled.Count(), confusion)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(talk, "%.0f samples/s\n", float64(tally.Samples)/time.Since(begin).Seconds())
	e := &evaluation{
		Samples: tally.Samples, Correct: tally.Correct, Accuracy: tally.Accuracy(),
		FixedPointShare: tally.FixedPointShare(), FlipShare: tally.FlipShare(),
	}
	e.count(labelNames(model), confusion)
	return e, nil
}

// count fills in what the confusion matrix says.
func (e *evaluation) count(names []string, confusion []int64) {
	share := func(part, whole int64) *float64 {
		if whole == 0 {
			return nil
		}
		value := float64(part) / float64(whole)
		return &value
	}
	classes := len(names)
	for c, name := range names {
		row := confusion[c*classes : (c+1)*classes]
		class := classRow{Label: name}
		for other := range classes {
			class.Samples += row[other]
			class.Predicted += confusion[other*classes+c]
		}
		class.Recall, class.Precision = share(row[c], class.Samples), share(row[c], class.Predicted)
		e.Classes = append(e.Classes, class)
		e.Confusion = append(e.Confusion, row)
	}
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
