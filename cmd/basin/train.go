package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"basin"

	"github.com/spf13/cobra"

	"basin/dataset"
	"basin/train"
)

// trainFlags are the flags of basin train.
type trainFlags struct {
	settingsFlags
	dataFlags
	out, log          string
	resume, restart   bool
	checkpointBatches int
	checkpointSeconds float64
	workers           int
	quiet             bool
	folds             int
	profile           string

	release func() // gives up the claim on the model file
}

// longestWait bounds the seconds between two checkpoints.
const longestWait = 1_000_000_000

func newTrain() *cobra.Command {
	f := &trainFlags{}
	cmd := &cobra.Command{
		Use:   "train [DATASET]",
		Short: "Train a network and write a model file",
		Long: `Train draws a network, trains it and writes a model file.

DATASET is a name from ` + "`basin data list`" + ` or the path of a table (CSV, Excel, Parquet,
ARFF, LIBSVM), of an NPY, NPZ or IDX file or of a folder of images; without it the
built-in digits are learned. The settings are those of the preset that is made for the
data set, of the preset table for the path of a table, of the preset plain for one of
images or arrays (` + "`basin config presets`" + ` lists which); then come --config, --set and
the other flags, each over the ones before. Equal settings and data give an equal model
file, byte for byte, whatever --workers.

While it trains, a checkpoint is kept beside the model file (MODEL.checkpoint). After
Ctrl-C, a crash or a power cut, ` + "`basin train --resume`" + ` goes on from there and ends in the
same model file as a run that was never interrupted. The checkpoint goes away when
the model file is complete. Meanwhile MODEL.lock keeps a second run from it.

--folds K writes no model: it divides the samples (of a set with a test set of its
own the training samples) into K parts with the same shares of the classes, trains
K networks, each on all parts but one, and prints mean and standard deviation of
the accuracy on the part left out. Leave out --folds to get the model.

Progress goes to the standard error: a line per epoch with the accuracy on the held
out samples and while learning, the share of neurons that were not stable, the share
of neurons that flip in a sweep, the shares of training and of held out samples that
ended at a fixed point, and, where there are any, on a cycle. A narrow terminal shows
less of it; --log has all. With preprocess.augment what is said of learning is said of
changed images; the held out samples are measured as they are.`,
		Example: `  basin train
  basin train mnist --epochs 5 --log mnist.jsonl
  basin train digits --set network.modules.0.neurons=1000 --out big.safetensors
  basin train people.csv --label class --validation 0.1
  basin train people.csv --folds 5
  basin train mnist --epochs 1 --set readout.method=margin
  basin train --resume --out big.safetensors`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			return profiled(f.profile, func() error { return f.run(cmd, args) })
		},
	}
	f.settingsFlags.add(cmd)
	f.settingsFlags.addCourse(cmd)
	f.dataFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "model `file` to write (default DATASET.safetensors in the current folder)")
	flags.StringVar(&f.log, "log", "", "write a JSON line per epoch to this `file`; --resume goes on in it")
	flags.BoolVar(&f.resume, "resume", false, "go on from the checkpoint of --out, with its settings")
	flags.BoolVar(&f.restart, "restart", false, "start afresh although there is a checkpoint")
	flags.IntVar(&f.checkpointBatches, "checkpoint-every", 0, "write a checkpoint after every so many `batches`; 0 goes by time alone")
	flags.Float64Var(&f.checkpointSeconds, "checkpoint-seconds", 60, "write a checkpoint after so many `seconds`; 0 never does")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines that train; 0 takes one per processor")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "report no progress")
	flags.IntVar(&f.folds, "folds", 0, "cross-validate in so many `parts` and write no model")
	between(cmd, 2, mostFolds, "folds")
	addProfile(cmd, &f.profile)
	between(cmd, 0, math.MaxInt32, "checkpoint-every")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "out", completeFiles("safetensors"))
	complete(cmd, "log", completeFiles("jsonl"))
	for _, name := range []string{"checkpoint-every", "checkpoint-seconds", "workers", "folds"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (f *trainFlags) run(cmd *cobra.Command, args []string) error {
	if err := f.check(cmd, args); err != nil {
		return err
	}
	if f.folds != 0 {
		return f.crossValidate(cmd, args)
	}
	prepare := f.fresh
	if f.resume {
		prepare = f.resumed
	}
	defer func() {
		if f.release != nil {
			f.release()
		}
	}()
	run, err := prepare(cmd, args)
	if err != nil {
		return err
	}
	if _, resumed := run.From(); resumed && run.Model.Version != version() {
		printWarning(cmd.ErrOrStderr(), fmt.Errorf("the checkpoint was written by basin %s, and %s goes on with it: the model may differ from that of a run with one of them",
			run.Model.Version, version()))
	}
	run.Model.Version = version()
	from, _ := run.From()
	log, err := openLog(f.log, from)
	if err != nil {
		return err
	}
	if log != nil {
		defer log.Close()
	}
	if err := f.learn(cmd, run, log); err != nil {
		return err
	}
	return printTrained(cmd.OutOrStdout(), f.out, run)
}

// check finds the mistakes of the command line that need no file.
func (f *trainFlags) check(cmd *cobra.Command, args []string) error {
	if !(f.checkpointSeconds >= 0 && f.checkpointSeconds <= longestWait) {
		return usagef("--checkpoint-seconds %v, want 0 to %d", f.checkpointSeconds, longestWait)
	}
	if cmd.Flags().Changed("folds") {
		for _, name := range noFolds {
			if cmd.Flags().Changed(name) {
				return usagef("--folds measures on parts of its own and writes no file: it does not go with --%s", name)
			}
		}
	}
	if !f.resume {
		if err := f.dataFlags.check(cmd); err != nil {
			return err
		}
		if named := f.preset + f.config + first(args); f.dir != "" && named == "" {
			return withHint(usagef("--data %s, but no data set is named, and the digits are built in", f.dir), "`basin train %s` trains on a folder, `basin train NAME --data %s` on a data set whose files are there", word(f.dir), word(f.dir))
		}
		return nil
	}
	if f.restart {
		return usagef("--resume goes on and --restart starts afresh: want one of them")
	}
	var given []string
	if len(args) > 0 {
		given = append(given, args[0])
	}
	for _, name := range settingFlagNames {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 0 {
		return withHint(usagef("--resume takes its settings from the checkpoint, but %s was given too", strings.Join(given, ", ")),
			"name the run to go on with --out MODEL")
	}
	return nil
}

// learn trains until the end, or until the command is cancelled: then it leaves a
// checkpoint.
func (f *trainFlags) learn(cmd *cobra.Command, run *basin.Run, log *os.File) error {
	var lines io.Writer
	if log != nil {
		lines = log
	}
	if !f.quiet {
		printStart(cmd.ErrOrStderr(), run)
	}
	from, _ := run.From()
	report := newReporter(cmd.ErrOrStderr(), f.quiet, lines, run.Task.Training.Count(), from, run.Model.Settings.Learning.Epochs)
	_, report.majority = dataset.Majority(measuredCounts(run.Task))
	defer report.end()
	_, err := run.Train(cmd.Context(), basin.Options{
		Workers: f.workers, Out: f.out, Claimed: true,
		Warn:              func(err error) { printWarning(cmd.ErrOrStderr(), err) },
		CheckpointBatches: f.checkpointBatches, CheckpointEvery: time.Duration(f.checkpointSeconds * float64(time.Second)),
		Observe: report.progress,
	})
	var stop *basin.InterruptedError
	if errors.As(err, &stop) {
		return withHint(interrupted(stop.Error()), "`basin train --resume --out %s` goes on", word(f.out))
	}
	return err
}

func printStart(w io.Writer, run *basin.Run) {
	n, task := run.Model.Network, run.Task
	c := n.Couplings()
	fmt.Fprintf(w, "%s: %d training samples", filepath.Base(task.Settings.Data.Set), task.Training.Count())
	if task.Split != "" {
		fmt.Fprintf(w, ", %d %s samples", task.Held.Count(), task.Split)
	}
	links := ""
	if c.Links > 0 {
		links = fmt.Sprintf(", %d link", c.Links)
	}
	fmt.Fprintf(w, "; %d neurons, %d recurrent%s and %d input couplings, %s\n", n.Neurons(), c.Recurrent, links, c.Input, size(n.Footprint()))
	fmt.Fprintf(w, "classes: %s\n", sharesText(task.LabelNames, task.Training.Labels))
	switch from, ok := run.From(); {
	case ok && from.Epoch == run.Model.Settings.Learning.Epochs:
		fmt.Fprintf(w, "goes on after %s\n", counted(from.Epoch, "epoch"))
	case ok:
		fmt.Fprintf(w, "goes on in epoch %d after %d batches of it\n", from.Epoch+1, from.Batch)
	}
}

// mostFolds bounds --folds.
const mostFolds = 1000

// mostShares is the largest number of classes whose shares are printed.
const mostShares = 10

// sharesText lists the shares of the classes among samples, the largest first.
func sharesText(names []string, labels []int) string {
	counts := dataset.ClassCounts(labels, len(names))
	order := make([]int, len(counts))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	var list []string
	for _, c := range order[:min(mostShares, len(order))] {
		list = append(list, fmt.Sprintf("%q %s", names[c], percent(float64(counts[c])/float64(max(1, len(labels))))))
	}
	if more := len(order) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, ", ")
}

// measuredCounts returns the samples of each class among those that an accuracy is
// measured on.
func measuredCounts(task *basin.Task) []int {
	samples := task.Training
	if task.Held != nil {
		samples = task.Held
	}
	return dataset.ClassCounts(samples.Labels, len(task.LabelNames))
}

func printTrained(w io.Writer, out string, run *basin.Run) error {
	model := run.Model
	text := strings.Builder{}
	fmt.Fprintf(&text, "model     %s\n", out)
	if n := len(model.History); n > 0 {
		last, of := model.History[n-1], ""
		if model.Settings.Learning.Best {
			last, of = model.History[train.Best(model.History)], fmt.Sprintf(", the best of %d", n)
		}
		name, tally := "training", last.Training
		if last.Split != "" {
			name, tally = last.Split, last.Held
		}
		if last.Readout != "" {
			of = ", with the readout solved for"
		}
		fmt.Fprintf(&text, "accuracy  %s on %d %s samples after %s%s\n", percent(tally.Accuracy()), tally.Samples, name, counted(last.Epoch, "epoch"), of)
		majority, share := dataset.Majority(measuredCounts(run.Task))
		fmt.Fprintf(&text, "majority  %s are %q\n", percent(share), run.Task.LabelNames[majority])
	}
	fmt.Fprintf(&text, "predict   basin predict %s FILE\n", word(out))
	_, err := io.WriteString(w, text.String())
	return err
}
