package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin"
	"basin/baseline"
	"basin/internal/bench"
	"basin/internal/figure"
	"basin/internal/kernel"
	"basin/network"
)

// validationShare is held out for --until where the settings hold nothing out: 5,000 of the
// 60,000 samples of MNIST.
const validationShare = 1.0 / 12

// fewestValidated are the samples below which one more or less right moves the accuracy by more
// than 0.01: the first to reach it is then a matter of luck.
const fewestValidated = 100

// checkUntil reports flags that do not go together with --until, or not without it.
func (f *benchFlags) checkUntil(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	if !changed("until") {
		for _, name := range []string{"runs", "perceptron-epochs"} {
			if changed(name) {
				return usagef("--%s says how --until measures: want --until ACCURACY", name)
			}
		}
		return nil
	}
	if !(f.until > 0 && f.until <= 1) {
		return usagef("--until %v, want an accuracy above 0 and at most 1", f.until)
	}
	for _, name := range []string{"scaling", "batches", "latency", "samples", "eval-samples"} {
		if changed(name) {
			return usagef("--%s belongs to another measurement than --until: leave one of them out", name)
		}
	}
	return nil
}

// runUntil measures the time to an accuracy.
func (f *benchFlags) runUntil(cmd *cobra.Command) error {
	contest, err := f.contest(cmd)
	if err != nil {
		return err
	}
	courses, err := contest.Until(cmd.Context(), f.until, f.runs, f.workers, func(c bench.Course) {
		last := c.Last()
		fmt.Fprintf(cmd.ErrOrStderr(), "%s, seed %d: %.2f s, %d samples, validation %.4f\n", c.Learner, c.Seed, last.Seconds, last.Samples, last.Validation)
	})
	if err != nil {
		return err
	}
	if f.plot != "" {
		if err := plotCourses(f.plot, f.until, courses); err != nil {
			return err
		}
	}
	if f.json {
		return printJSON(cmd.OutOrStdout(), courses)
	}
	return printCourses(cmd.OutOrStdout(), contest, courses)
}

// contest prepares the samples that the flags ask for.
func (f *benchFlags) contest(cmd *cobra.Command) (*bench.Contest, error) {
	s, err := f.resolve(cmd, f.train)
	if err != nil {
		return nil, err
	}
	if s.Learning.Epochs == 0 {
		return nil, usagef("--until plans a training of learning.epochs epochs, which are 0: want at least 1")
	}
	if s.Data.Validation == 0 {
		s.Data.Validation = validationShare
	}
	data, err := f.open(cmd, s)
	if err != nil {
		return nil, err
	}
	task, err := basin.Prepare(s, data, basin.Limit{})
	if err != nil {
		return nil, err
	}
	if n := task.Held.Count(); n < fewestValidated {
		return nil, withHint(fmt.Errorf("%d validation samples tell too little of when an accuracy is reached, want at least %d", n, fewestValidated),
			"--set data.validation=SHARE holds out more")
	}
	c := &bench.Contest{Settings: s, Perceptron: baseline.Defaults(), Classes: len(task.LabelNames), Training: task.Training, Validation: task.Held}
	c.Perceptron.Epochs = f.perceptron
	if data.Test != nil {
		if c.Test, err = task.Encode(data.Test); err != nil {
			return nil, err
		}
	}
	c.Draw = func(seed uint64) (*network.Network, error) {
		again := *task
		again.Settings.Seed = seed
		run, err := draw(&again, f.workers)
		if err != nil {
			return nil, err
		}
		return run.Model.Network, nil
	}
	return c, nil
}

func printCourses(w io.Writer, c *bench.Contest, courses []bench.Course) error {
	fmt.Fprintf(w, "kernel %s; %d samples to learn, %d to validate, %d to test\n\n", kernel.Name(), c.Training.Count(), c.Validation.Count(), c.Test.Count())
	curve := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(curve, "learner\tseed\tseconds\tsamples\tvalidation\t")
	for _, course := range courses {
		for _, p := range course.Points {
			fmt.Fprintf(curve, "%s\t%d\t%.2f\t%d\t%.4f\t\n", course.Learner, course.Seed, p.Seconds, p.Samples, p.Validation)
		}
	}
	if err := curve.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "learner\tseed\tweights\tplanned epochs\treached\tseconds\tsamples/s\tvalidation\ttest\t")
	for _, course := range courses {
		last, reached, test := course.Last(), "no", "-"
		if course.Reached {
			reached = "yes"
		}
		if course.Test != nil {
			test = fmt.Sprintf("%.4f", *course.Test)
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%.2f\t%.0f\t%.4f\t%s\t\n",
			course.Learner, course.Seed, course.Weights, course.Epochs, reached, last.Seconds, float64(last.Samples)/max(last.Seconds, 1e-9), last.Validation, test)
	}
	return table.Flush()
}

// plotCourses draws validation accuracy against seconds into an SVG or PNG file.
func plotCourses(file string, accuracy float64, courses []bench.Course) error {
	f := figure.Figure{
		Title: fmt.Sprintf("Training until the validation accuracy is %v", accuracy),
		X:     "seconds of training", Y: "validation accuracy",
	}
	named := map[string]bool{}
	for _, course := range courses {
		curve := figure.Curve{Shade: 1}
		if course.Learner == bench.PerceptronLearner {
			curve.Shade, curve.Dashed = 2, true
		}
		if !named[course.Learner] {
			curve.Label, named[course.Learner] = course.Learner, true
		}
		for _, p := range course.Points {
			curve.X, curve.Y = append(curve.X, p.Seconds), append(curve.Y, p.Validation)
		}
		f.Curves = append(f.Curves, curve)
	}
	return savePlot(file, f)
}
