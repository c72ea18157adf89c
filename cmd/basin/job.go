package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
	"basin/train"
)

// job is a training run that is ready to go.
type job struct {
	model          *checkpoint.Model
	from           *train.State // where to go on, nil for a new run
	training, held *dataset.Samples
	split          string
	out            string
	data           string // fingerprint of the training samples
}

func (j *job) checkpoint() string { return checkpointOf(j.out) }

func checkpointOf(model string) string { return model + ".checkpoint" }

// save writes the checkpoint.
func (j *job) save(state train.State) error {
	state.Data = j.data
	return checkpoint.SaveTraining(j.checkpoint(), j.model, state)
}

// forget removes the checkpoint.
func (j *job) forget() error {
	if err := os.Remove(j.checkpoint()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// fresh prepares a new run.
func (f *trainFlags) fresh(cmd *cobra.Command, args []string) (*job, error) {
	s, err := f.resolve(cmd, first(args))
	if err != nil {
		return nil, err
	}
	j := &job{model: &checkpoint.Model{Settings: s, Version: version()}, out: f.out}
	if j.out == "" {
		j.out = modelName(s.Data.Set)
	}
	if err := f.checkOut(j.out); err != nil {
		return nil, err
	}
	data, err := f.open(cmd, s)
	if err != nil {
		return nil, err
	}
	if data.Train.NumbersAsLabels() {
		printWarning(cmd.ErrOrStderr(), withHint(
			fmt.Errorf("%s: the labels are %d different numbers: they look like measurements, and each becomes a class of its own", s.Data.Set, data.Train.Classes()),
			"data.label names the column of the labels; a measurement is learned as a few classes, such as low and high"))
	}
	return j, j.draw(data)
}

// checkOut makes sure that a run may write its files, before it begins.
func (f *trainFlags) checkOut(out string) error {
	if _, err := os.Stat(checkpointOf(out)); err == nil {
		if !f.restart {
			err := fmt.Errorf("%s is the checkpoint of a run that did not end", checkpointOf(out))
			return withHint(withHint(err, "`basin train --resume --out %s` goes on", out), "--restart starts afresh, --out FILE writes another model")
		}
		if err := checkpoint.Check(checkpointOf(out)); errors.Is(err, checkpoint.ErrNotModel) {
			return withHint(err, "it would be overwritten: move it away, or use --out FILE")
		}
	}
	info, err := os.Stat(out)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case info.IsDir():
		return withHint(fmt.Errorf("%s is a folder", out), "--out takes the name of the model file")
	default:
		if err := checkpoint.Check(out); err != nil {
			return withHint(fmt.Errorf("%s is there and is not a Basin model, so it is not overwritten: %w", out, err), "--out FILE writes another file")
		}
	}
	probe, err := os.CreateTemp(filepath.Dir(out), ".basin-*")
	if err != nil {
		var failed *fs.PathError
		if errors.As(err, &failed) {
			err = failed.Err // it names the probe
		}
		return fmt.Errorf("the model cannot be written to %s: %w", out, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// modelName returns the name of the model file for a data set or path.
func modelName(set string) string {
	name := filepath.Base(set)
	name = strings.TrimSuffix(name, ".gz")
	if ending := filepath.Ext(name); ending != name {
		name = strings.TrimSuffix(name, ending)
	}
	return name + ".safetensors"
}

// resumed prepares the rest of a run that was interrupted.
func (f *trainFlags) resumed(cmd *cobra.Command, _ []string) (*job, error) {
	j := &job{out: f.out}
	if j.out == "" {
		found, err := onlyCheckpoint()
		if err != nil {
			return nil, err
		}
		j.out = strings.TrimSuffix(found, checkpointOf(""))
	}
	model, state, err := checkpoint.LoadTraining(j.checkpoint())
	if errors.Is(err, os.ErrNotExist) {
		return nil, withHint(fmt.Errorf("no run to go on with: there is no %s", j.checkpoint()), "--out names the model file of the run")
	}
	if err != nil {
		if errors.Is(err, checkpoint.ErrNotModel) {
			return nil, withHint(err, "the checkpoint is damaged: move it away to start afresh")
		}
		return nil, withHint(err, "--restart in place of --resume starts afresh")
	}
	j.model, j.from = model, &state
	data, err := f.open(cmd, model.Settings)
	if err != nil {
		return nil, err
	}
	return j, j.take(data)
}

// onlyCheckpoint finds the one checkpoint of the current folder.
func onlyCheckpoint() (string, error) {
	found, err := filepath.Glob(checkpointOf("*"))
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", withHint(errors.New("no run to go on with: there is no checkpoint in this folder"), "--out names the model file of the run")
	case len(found) > 1:
		return "", withHint(fmt.Errorf("%d runs to go on with: %s", len(found), strings.Join(found, ", ")), "--out names the model file of the run")
	}
	return found[0], nil
}

// draw fits the preprocessing to the data and draws the network.
func (j *job) draw(data *dataset.Data) error {
	s := j.model.Settings
	training, held, err := j.divide(data)
	if err != nil {
		return err
	}
	if j.model.Encoder, err = s.Preprocess.Fit(training); err != nil {
		return err
	}
	if classes := training.Classes(); classes < 2 {
		return withHint(fmt.Errorf("%s: every training sample has the label %s, want at least two classes", s.Data.Set, quoted(training.LabelNames)),
			"data.label names the column of the labels")
	}
	shape := training.Shape
	if s.Preprocess.Projection > 0 {
		shape = []int{s.Preprocess.Projection}
	}
	if err := checkMemory(s.Network, shape, training.Classes()); err != nil {
		return err
	}
	if j.model.Network, err = network.Draw(s.Network, shape, training.Classes(), s.Seed); err != nil {
		var problem network.Problem
		if errors.As(err, &problem) {
			problem.Key = "network." + problem.Key
			return withHint(problem, "`basin config show` prints the settings; --set KEY=VALUE changes one")
		}
		return err
	}
	j.model.LabelNames = training.LabelNames
	return j.encode(training, held)
}

// take checks that the data are those of the checkpoint.
func (j *job) take(data *dataset.Data) error {
	training, held, err := j.divide(data)
	if err != nil {
		return err
	}
	if !slices.Equal(training.LabelNames, j.model.LabelNames) {
		return fmt.Errorf("%s: %d classes %s, but the checkpoint has %d: the data have changed",
			j.model.Settings.Data.Set, training.Classes(), quoted(training.LabelNames), len(j.model.LabelNames))
	}
	if j.from.Data != j.data {
		return withHint(fmt.Errorf("%s: the training samples are not those that the checkpoint has learned: the data have changed", j.model.Settings.Data.Set),
			"--restart in place of --resume learns the new data from the start")
	}
	return j.encode(training, held)
}

// divide returns what to learn and what to measure on.
func (j *job) divide(data *dataset.Data) (training, held *dataset.Set, err error) {
	s := j.model.Settings
	if data.Train.Labels == nil {
		return nil, nil, fmt.Errorf("%s: no labels to learn from", s.Data.Set)
	}
	training, held = data.Train, data.Test
	switch {
	case s.Data.Validation > 0:
		j.split = "validation"
		if training, held, err = dataset.Holdout(data.Train, s.Data.Validation, s.Seed); err != nil {
			return nil, nil, err
		}
	case held != nil:
		j.split = "test"
	}
	j.data = training.Fingerprint()
	return training, held, nil
}

// encode turns both parts into inputs.
func (j *job) encode(training, held *dataset.Set) (err error) {
	if j.training, err = samples(j.model, training); err != nil || held == nil {
		return err
	}
	j.held, err = samples(j.model, held)
	return err
}

// samples returns the samples of a labelled set as a model reads them.
func samples(model *checkpoint.Model, set *dataset.Set) (*dataset.Samples, error) {
	inputs, err := encode(model, set)
	if err != nil {
		return nil, err
	}
	return &dataset.Samples{Inputs: inputs, Labels: set.Labels}, nil
}

// quoted writes the first few of some names.
func quoted(names []string) string {
	const most = 10
	text := fmt.Sprintf("%q", names[:min(most, len(names))])
	if len(names) > most {
		text = strings.TrimSuffix(text, "]") + " ...]"
	}
	return text
}
