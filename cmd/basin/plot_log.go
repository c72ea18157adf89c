package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"basin/internal/figure"
)

func newPlot() *cobra.Command {
	return &cobra.Command{
		Use:   "plot LOG FILE",
		Short: "Draw the training curves of a log",
		Long: `Plot draws the accuracies of a log of ` + "`basin train --log`" + ` by epoch: while learning,
on the held out samples, and of always saying the most common class.

FILE ends in .svg or .png. Of an epoch that the log has more than once, as after an
interruption, the last line counts.`,
		Example: "  basin plot mnist.jsonl curves.svg",
		Args:    arguments(2, 2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return completeFiles("jsonl")(cmd, args, word)
			}
			return completeFiles("svg", "png")(cmd, args, word)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if format := plotFormat(args[1]); format != "svg" && format != "png" {
				return usagef("%q, want a name that ends in .svg or .png", args[1])
			}
			log, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer log.Close()
			lines, err := readLog(log)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return savePlot(args[1], curves(filepath.Base(args[0]), lines))
		},
	}
}

// readLog reads the lines of a log by ascending epochs.
func readLog(r io.Reader) ([]epochLine, error) {
	var lines []epochLine
	text := bufio.NewScanner(r)
	for row := 1; text.Scan(); row++ {
		var line epochLine
		if err := json.Unmarshal(text.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("line %d is not one of a log of `basin train`: %w", row, err)
		}
		for len(lines) > 0 && !line.follows(lines[len(lines)-1]) {
			lines = lines[:len(lines)-1] // learned again after an interruption
		}
		lines = append(lines, line)
	}
	if err := text.Err(); err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, errors.New("empty, want the log of `basin train`")
	}
	return lines, nil
}

// follows says that the line is of something later than another.
func (l epochLine) follows(other epochLine) bool {
	return l.Epoch > other.Epoch || l.Epoch == other.Epoch && l.Readout != "" && other.Readout == ""
}

// manyEpochs have no room for a mark each.
const manyEpochs = 40

// curves draws accuracies by epoch. A log without the majority share has no line for it.
func curves(name string, lines []epochLine) figure.Figure {
	training := figure.Curve{Label: "training, while learning", Plain: len(lines) > manyEpochs}
	held := figure.Curve{Label: lines[len(lines)-1].Split, Plain: len(lines) > manyEpochs}
	majority := figure.Curve{Label: "always the most common class", Dashed: true, Plain: true}
	add := func(c *figure.Curve, epoch int, share float64) {
		c.X, c.Y = append(c.X, float64(epoch)), append(c.Y, 100*share)
	}
	solved := figure.Curve{Points: true}
	for _, line := range lines {
		if line.Readout != "" {
			if solved.Label = line.Split + ", readout " + line.Readout; line.Accuracy != nil {
				add(&solved, line.Epoch, *line.Accuracy)
			}
			continue
		}
		add(&training, line.Epoch, line.TrainAccuracy)
		if line.Accuracy != nil {
			add(&held, line.Epoch, *line.Accuracy)
		}
		if line.MajorityShare > 0 {
			add(&majority, line.Epoch, line.MajorityShare)
		}
	}
	return figure.Figure{Title: name, X: "epoch", Y: "accuracy (%)", Curves: []figure.Curve{training, held, solved, majority}}
}
