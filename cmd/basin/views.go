package main

import (
	"basin"

	"github.com/spf13/cobra"
)

// addViews adds --views.
func addViews(cmd *cobra.Command, views *int) {
	cmd.Flags().IntVar(views, "views", 1, "average the logits over so many `views` of each image")
	between(cmd, 1, basin.MostViews, "views")
	complete(cmd, "views", cobra.NoFileCompletions)
}

// hasViews reports a model that knows one view of a sample.
func hasViews(model *basin.Model, views int) error {
	if views > 1 && !model.Encoder.Augment.On() {
		return withHint(usagef("--views %d: the model was trained without preprocess.augment, so nothing says how other views of a sample look", views),
			"`basin train --set preprocess.augment.shift=1` trains a model that has some")
	}
	return nil
}

// oneView reports operations that are to be counted of several views.
func oneView(views int, operations bool) error {
	if operations && views > 1 {
		return usagef("--operations counts those of one view: it does not go with --views %d", views)
	}
	return nil
}
