package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/protocol"
)

// evaluation is what basin eval prints.
type evaluation struct {
	Model   string `json:"model"`
	Data    string `json:"data"`
	Samples int64  `json:"samples"`
	// Views of each sample, where they are several.
	Views    int     `json:"views,omitempty"`
	Learned  int     `json:"learned"`
	Correct  int64   `json:"correct"`
	Accuracy float64 `json:"accuracy"`
	// Majority is the class with most of the samples, MajorityShare the accuracy of always
	// saying it.
	Majority        string     `json:"majority"`
	MajorityShare   float64    `json:"majority_share"`
	Macro           macroRow   `json:"macro"`
	FixedPointShare float64    `json:"fixed_point_share"`
	FlipShare       float64    `json:"flip_share"`
	Classes         []classRow `json:"classes"`
	// Confusion has a row per true class; its columns are predicted classes.
	Confusion [][]int64 `json:"confusion"`
	// Operations are there if they were asked for.
	Operations *protocol.Cost `json:"operations,omitempty"`
}

// macroRow has means over classes.
type macroRow struct {
	Recall    float64 `json:"recall"`
	Precision float64 `json:"precision"`
	F1        float64 `json:"f1"`
}

// classRow is what an evaluation says of one class. Recall, precision and F1 are null
// where there is nothing to divide by.
type classRow struct {
	Label     string   `json:"label"`
	Samples   int64    `json:"samples"`
	Share     float64  `json:"share"`
	Predicted int64    `json:"predicted"`
	Recall    *float64 `json:"recall"`
	Precision *float64 `json:"precision"`
	F1        *float64 `json:"f1"`
}

func newEval() *cobra.Command {
	var where dataFlags
	var asJSON bool
	var unseen, operations bool
	var workers, views int
	var label string
	var plot string
	cmd := &cobra.Command{
		Use:   "eval MODEL [DATA]",
		Short: "Measure a model on labelled samples",
		Long: `Eval predicts labelled samples and prints the accuracy, the share of samples that
reached a fixed point, and the majority share: the accuracy of always saying the most
common class, which a model has to beat. Then share, recall, precision and F1 of every
class, their means, in which every class counts the same, and the confusion matrix,
which --plot draws.

MODEL is a model file, or the checkpoint of a run (MODEL.checkpoint), which is measured as
it was then.

DATA is the name of a data set, or the path of a file or folder. Where it has test
samples of its own they are used, else all of it. Without it the test samples of the data
that the model was trained on are used. Labels are matched with those of the model by name.

A model knows which rows it has learned. Such samples are counted and said; --unseen
leaves them out. Where the file that the model was trained on has changed since, its test
samples are drawn afresh, and those that the model has learned are always left out.

--operations counts the synaptic operations of a prediction, as NeuroBench defines them:
those needed by a machine that sends over a coupling only what is not zero and has
changed, beside all of a dense machine; docs/performance.md says what is counted.

--views K averages the logits over K views of each image, for models that were trained
with preprocess.augment: the image itself, and others that are changed as images were
while the model learned.

Recall is the share of a class's samples that were predicted as it, precision the
share of the predictions of a class that were right, F1 their harmonic mean.`,
		Example: `  basin eval digits.safetensors
  basin eval mnist.safetensors --json
  basin eval mnist.safetensors --operations
  basin eval augmented.safetensors --views 9
  basin eval mnist.safetensors my-digits.csv --plot confusion.png
  basin eval people.safetensors people.csv --unseen`,
		Args:              arguments(1, 2),
		ValidArgsFunction: completeSetAt(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(where.check(cmd), checkPlot(plot), oneView(views, operations)); err != nil {
				return err
			}
			model, err := readModel(args[0])
			if err != nil {
				return err
			}
			if err := hasViews(model, views); err != nil {
				return err
			}
			set, err := evaluationSet(cmd, model, args, where, label, unseen)
			if err != nil {
				return err
			}
			e, err := evaluate(cmd.Context(), cmd.ErrOrStderr(), model, set, views, workers, operations)
			if err != nil {
				return err
			}
			if e.Learned > 0 {
				printWarning(cmd.ErrOrStderr(), withHint(hasLearned(e.Learned, set), "--unseen leaves them out"))
			}
			e.Model, e.Data = args[0], set.Name
			if plot != "" {
				if err := savePlot(plot, e.figure()); err != nil {
					return err
				}
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), e)
			}
			return e.print(cmd.OutOrStdout())
		},
	}
	where.add(cmd)
	addLabel(cmd, &label)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&unseen, "unseen", false, "leave out samples that the model has learned")
	cmd.Flags().BoolVar(&operations, "operations", false, "count the synaptic operations of a prediction")
	cmd.Flags().StringVar(&plot, "plot", "", "draw the confusion matrix into this SVG or PNG `file`")
	cmd.Flags().IntVarP(&workers, "workers", "w", 0, "goroutines that predict; 0 takes one per processor")
	addViews(cmd, &views)
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "workers", cobra.NoFileCompletions)
	complete(cmd, "plot", completeFiles("svg", "png"))
	return cmd
}

// hasLearned warns of an accuracy on samples of which a model has learned some.
func hasLearned(some int, set *dataset.Set) error {
	return fmt.Errorf("the model has learned %d of these %s: their accuracy is no measure of what it will do", some, counted(set.Count(), "sample"))
}

func evaluate(ctx context.Context, talk io.Writer, model *basin.Model, set *dataset.Set, views, workers int, counted bool) (*evaluation, error) {
	begin := time.Now()
	var measured *basin.Evaluation
	var err error
	if counted {
		measured, err = model.EvaluateOperations(ctx, set, workers)
	} else {
		measured, err = model.EvaluateViews(ctx, set, views, workers)
	}
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(talk, "%.0f samples/s\n", float64(measured.Samples)/time.Since(begin).Seconds())
	e := &evaluation{
		Samples: measured.Samples, Learned: measured.Learned, Correct: measured.Correct, Accuracy: measured.Accuracy(),
		FixedPointShare: measured.FixedPointShare(), FlipShare: measured.FlipShare(), Confusion: measured.Confusion,
	}
	if views > 1 {
		e.Views = views
	}
	if counted {
		cost := measured.Operations.Cost()
		e.Operations = &cost
	}
	majority, share := measured.Majority()
	e.Majority, e.MajorityShare, e.Macro = measured.Classes[majority].Label, share, macroRow(measured.Macro())
	optional := func(share float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &share
	}
	for _, c := range measured.Classes {
		e.Classes = append(e.Classes, classRow{
			Label: c.Label, Samples: c.Samples, Predicted: c.Predicted,
			Share:  float64(c.Samples) / float64(max(1, measured.Samples)),
			Recall: optional(c.Recall()), Precision: optional(c.Precision()), F1: optional(c.F1()),
		})
	}
	return e, nil
}
