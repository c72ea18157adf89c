package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"basin"
	"basin/checkpoint"
	"basin/dataset"
	"basin/network"
)

// fresh prepares a new run and names its model file.
func (f *trainFlags) fresh(cmd *cobra.Command, args []string) (*basin.Run, error) {
	s, err := f.resolve(cmd, first(args))
	if err != nil {
		return nil, err
	}
	if f.out == "" {
		f.out = modelName(s.Data.Set)
	}
	if err := f.claim(); err != nil {
		return nil, err
	}
	if err := f.checkOut(f.out); err != nil {
		return nil, err
	}
	data, err := f.open(cmd, s)
	if err != nil {
		return nil, err
	}
	describe(cmd.ErrOrStderr(), data, f.quiet)
	task, err := basin.Prepare(s, data, basin.Limit{})
	if err != nil {
		return nil, err
	}
	printNotes(cmd.ErrOrStderr(), task.Notes)
	return draw(task, f.workers)
}

// describe says how the data were read, quiet only what is doubtful.
func describe(talk io.Writer, data *dataset.Data, quiet bool) {
	printDoubts(talk, data.Train)
	for _, line := range []string{kindsLine(data.Train), labelLine(data.Train)} {
		if line != "" && !quiet {
			fmt.Fprintln(talk, line)
		}
	}
}

// draw draws the network of a task, if it fits into memory.
func draw(task *basin.Task, workers int) (*basin.Run, error) {
	if err := checkMemory(task, workers); err != nil {
		return nil, err
	}
	run, err := task.Begin()
	return run, hintDraw(err)
}

// hintDraw adds advice to an error of a network that cannot be drawn.
func hintDraw(err error) error {
	var one *basin.OneClassError
	var problem network.Problem
	switch {
	case errors.As(err, &one):
		return withHint(err, "data.label names the column of the labels")
	case errors.As(err, &problem):
		problem.Key = "network." + problem.Key
		return withHint(problem, "`basin config show` prints the settings; --set KEY=VALUE changes one")
	}
	return err
}

// checkOut makes sure that a run overwrites nothing that it should not, before it begins.
func (f *trainFlags) checkOut(out string) error {
	kept := basin.CheckpointOf(out)
	if _, err := os.Stat(kept); err == nil {
		if !f.restart {
			err := fmt.Errorf("%s is the checkpoint of a run that did not end", kept)
			return withHint(withHint(err, "`basin train --resume --out %s` goes on", word(out)), "--restart starts afresh, --out FILE writes another model")
		}
		if err := checkpoint.Check(kept); errors.Is(err, checkpoint.ErrNotModel) {
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
	return nil
}

// claim keeps other runs from the model file.
func (f *trainFlags) claim() error {
	if err := f.checkLog(); err != nil {
		return err
	}
	release, err := basin.Claim(f.out)
	var running *basin.RunningError
	if errors.As(err, &running) {
		err = withHint(err, "wait for its end or stop it; --out FILE writes another model")
	}
	if err == nil {
		f.release = release
	}
	return err
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

// resumed prepares the rest of a run that was interrupted and names its model file.
func (f *trainFlags) resumed(cmd *cobra.Command, _ []string) (*basin.Run, error) {
	if f.out == "" {
		found, err := onlyCheckpoint()
		if err != nil {
			return nil, err
		}
		f.out = strings.TrimSuffix(found, basin.CheckpointOf(""))
	}
	if err := f.claim(); err != nil {
		return nil, err
	}
	run, err := basin.Resume(f.out)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, withHint(fmt.Errorf("no run to go on with: there is no %s", basin.CheckpointOf(f.out)), "--out names the model file of the run")
	case errors.Is(err, checkpoint.ErrNotModel):
		return nil, withHint(err, "the checkpoint is damaged: move it away to start afresh")
	case err != nil:
		return nil, withHint(err, "--restart in place of --resume starts afresh")
	}
	data, err := f.openFor(cmd, f.out, run.Model.Settings)
	if err != nil {
		return nil, err
	}
	if err = run.Take(data); errors.Is(err, basin.ErrDataChanged) {
		err = withHint(err, "--restart in place of --resume learns the new data from the start")
	}
	return run, err
}

// onlyCheckpoint finds the one checkpoint of the current folder.
func onlyCheckpoint() (string, error) {
	found, err := filepath.Glob(basin.CheckpointOf("*"))
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

// match returns samples as a model reads them, with advice where it cannot, and prints
// what was assumed.
func match(talk io.Writer, model *basin.Model, set *dataset.Set) (*dataset.Set, error) {
	matched, err := model.Match(set)
	var scale *basin.RangeError
	switch {
	case err == nil:
		printNotes(talk, matched.Notes[len(set.Notes):])
		return matched, nil
	case errors.As(err, &scale) && scale.Integers:
		return nil, withHint(err, "bring them to this range, or use the model that it was made from")
	case errors.As(err, &scale):
		return nil, withHint(err, "bring them to the range of the training samples")
	case set.Channels() == 3 && set.Features() == 3*model.Encoder.Features:
		if _, first := set.Grey(); set.Files != nil {
			err = withHint(err, "%s is coloured", set.Files[first])
		}
		return nil, withHint(err, "the size fits but the image has colours: save it in shades of grey")
	}
	if len(set.Shape) == 1 && set.Labels != nil && set.Features() == model.Encoder.Features-1 {
		return nil, withHint(err, "its last column, or that of the model's settings, was read as the label: is there no column of labels? `basin predict` needs none")
	}
	return nil, err
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
