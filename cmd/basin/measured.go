package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"basin"
	"basin/dataset"
)

// evaluationSet returns the labelled samples to measure on: of args, which are the model
// and perhaps data, or of the data of the model.
func evaluationSet(cmd *cobra.Command, model *basin.Model, args []string, where dataFlags, label string, unseen bool) (*dataset.Set, error) {
	set, changed, err := labelled(cmd, model, args, where, label)
	if err != nil {
		return nil, err
	}
	if set.Labels == nil {
		return nil, unlabelled(model, set)
	}
	if set, err = match(cmd.ErrOrStderr(), model, set); err != nil || !unseen && !changed {
		return set, err
	}
	return withoutSeen(cmd, model, set, changed)
}

// unlabelled says that there is nothing to compare with.
func unlabelled(model *basin.Model, set *dataset.Set) error {
	err := fmt.Errorf("%s has no labels to compare with", set.Name)
	if model.Columns != nil && model.Columns.Label != "" && set.Table != nil && set.Table.Named {
		err = fmt.Errorf("%w: no column is named %q", err, model.Columns.Label)
	}
	return withHint(withHint(err, "--label names the column of the labels"), "`basin predict` needs none")
}

// labelled reads the samples, and says whether they are drawn from a file that is no longer
// what the model has learned from.
func labelled(cmd *cobra.Command, model *basin.Model, args []string, where dataFlags, label string) (set *dataset.Set, changed bool, err error) {
	name := first(args[1:])
	if name != "" && !isKnown(name) {
		o := where.options(cmd)
		o.Options = model.Reads()
		o.Label, o.TestShare = cmp.Or(label, o.Label), -1
		data, err := openSet(cmd.Context(), name, o)
		if err != nil {
			return nil, false, err
		}
		printNotes(cmd.ErrOrStderr(), data.Notes())
		if data.Test != nil {
			return data.Test, false, nil
		}
		return data.Train, false, nil
	}
	s := model.Settings
	s.Data.Label = cmp.Or(label, s.Data.Label)
	if name != "" {
		s.Data.Set = name
	}
	data, err := where.openFor(cmd, args[0], s)
	if err != nil {
		return nil, false, err
	}
	if data.Test == nil {
		return nil, false, withHint(fmt.Errorf("%s has no test samples", s.Data.Set), "`basin eval MODEL FILE` measures on the samples of a file")
	}
	return data.Test, name == "" && len(model.TrainingRows) > 0 && !model.HasLearned(data.Train), nil
}

// withoutSeen returns the samples that the model has not learned, and says how many others
// there were.
func withoutSeen(cmd *cobra.Command, model *basin.Model, set *dataset.Set, changed bool) (*dataset.Set, error) {
	seen := model.Seen(set)
	if seen == nil {
		return nil, withHint(errors.New("the model file does not say which rows were learned: an older release wrote it"), "without --unseen all samples are measured")
	}
	var rest []int
	for i, learned := range seen {
		if !learned {
			rest = append(rest, i)
		}
	}
	if len(rest) == 0 {
		return nil, withHint(fmt.Errorf("%s: the model has learned all of its %s", set.Name, counted(len(seen), "sample")), "other samples say what it can do")
	}
	why := ""
	if changed {
		why = set.Name + " is not what the model was trained on: "
	}
	if left := len(seen) - len(rest); left > 0 || changed {
		fmt.Fprintf(cmd.ErrOrStderr(), "%sleft out %d of %s, which the model has learned\n", visible(why), left, counted(len(seen), "sample"))
	}
	return set.Subset(rest), nil
}
