package main

import (
	"fmt"
	"math"

	"basin"

	"github.com/spf13/cobra"
)

// noFolds are the flags that cross-validation, which writes no file and measures on its own
// parts, has no use for.
var noFolds = []string{"out", "log", "resume", "restart", "validation", "best", "checkpoint-every", "checkpoint-seconds"}

// crossValidate is basin train --folds.
func (f *trainFlags) crossValidate(cmd *cobra.Command, args []string) error {
	s, err := f.resolve(cmd, first(args))
	if err != nil {
		return err
	}
	s.Data.TestShare, s.Data.Validation = 0, 0 // every sample is in one of the parts
	data, err := f.open(cmd, s)
	if err != nil {
		return err
	}
	describe(cmd.ErrOrStderr(), data, f.quiet)
	whole, err := s.Preprocess.Fit(data.Train) // of all samples, for what is to be said
	if err != nil {
		return err
	}
	printNotes(cmd.ErrOrStderr(), whole.Notes(data.Train))
	if data.Train.Labels != nil && !f.quiet {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d samples in %d folds; classes: %s\n",
			data.Train.Name, data.Train.Count(), f.folds, sharesText(data.Train.LabelNames, data.Train.Labels))
	}
	var accuracies, majorities []float64
	_, err = basin.CrossValidate(cmd.Context(), s, data, f.folds, f.workers, func(k int, fold basin.Fold) error {
		accuracies, majorities = append(accuracies, fold.Tally.Accuracy()), append(majorities, fold.MajorityShare)
		if f.quiet {
			return nil
		}
		_, err := fmt.Fprintf(cmd.ErrOrStderr(), "fold %d/%d  %s on %d samples after %d learned  majority %s\n",
			k+1, f.folds, percent(fold.Tally.Accuracy()), fold.Tally.Samples, fold.Learned, percent(fold.MajorityShare))
		return err
	})
	if err != nil {
		return err
	}
	mean, deviation := meanAndDeviation(accuracies)
	majority, _ := meanAndDeviation(majorities)
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "accuracy  %s, standard deviation %s, over %d folds\nmajority  %s\n",
		percent(mean), percent(deviation), f.folds, percent(majority))
	return err
}

// meanAndDeviation returns the mean and the standard deviation of a sample of at least two
// values.
func meanAndDeviation(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)-1))
}
