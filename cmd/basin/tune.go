package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"basin"
	"basin/dataset"
	"basin/internal/experiment"
	"basin/internal/tune"
)

// tuneFlags are the flags of basin tune.
type tuneFlags struct {
	awayFlags
	settingsFlags
	dataFlags
	out                    string
	minutes                float64
	trials, seeds, workers int
	asJSON                 bool
}

// tuneValidation is the share that is held out where nobody says which.
const tuneValidation = 0.2

// mostMinutes bounds --minutes: a year.
const mostMinutes = 525_600

func newTune() *cobra.Command {
	f := &tuneFlags{}
	cmd := &cobra.Command{
		Use:   "tune DATA",
		Short: "Search for good settings on your data",
		Long: `Tune tries settings on your data and writes the best as a settings file.

DATA is the name of a data set, or the path of a table, an array or a folder of images,
as for ` + "`basin train`" + `. The base is what ` + "`basin train DATA`" + ` takes by itself, or what
--preset, --config and --set say. Trial 0 is the base, the next ones are presets that
are good for data of the kind, and further ones are drawn around these: size, couplings,
self-coupling, windows, margins, feedback, rates, mini-batches, noise and more.

Trials are compared on validation samples: a share of the training samples,
--validation, drawn anew for each seed, or the data's own validation part. All are
trained for a ninth of the epochs; the best third goes on to a third of them, and the
best third of those to the end, over more seeds. The base stays to the end, and is the
winner unless another trial is ahead by more than chance gives in one case of six. Then
the winner learns all training samples, and is measured on the test samples once.

--minutes bounds the time: the speed of the first trials is measured, and decides how
many trials, seeds and, if need be, epochs there are. --trials, and --epochs, say it
themselves. The plan is kept in ` + tune.PlanFile + ` of the folder, finished trainings beside it;
after Ctrl-C the same command goes on with the same plan. Equal plans give equal
winners, whatever --workers.

The folder has ` + tune.BestFile + `, ` + tune.TriedFile + ` (every trial) and ` + experiment.ReportFile + `.`,
		Example: `  basin tune people.csv
  basin tune people.csv --label class --minutes 30 --out people
  basin tune digits --trials 20 --epochs 30
  basin train people.csv --config people-tune/best.yaml`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE:              f.run,
	}
	f.settingsFlags.add(cmd)
	f.dataFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "`folder` to write (default DATA-tune)")
	flags.Float64Var(&f.minutes, "minutes", 10, "`minutes` that the search may take")
	flags.IntVar(&f.trials, "trials", 0, "`number` of trials, in place of what fits into --minutes")
	flags.IntVar(&f.epochs, "epochs", 0, "passes over the training samples of those that go to the end (default those of the base, or fewer)")
	flags.IntVar(&f.seeds, "seeds", 0, "`number` of seeds of those that go to the end (default more with fewer validation samples)")
	flags.Float64Var(&f.validation, "validation", tuneValidation, "`share` of the training samples to compare trials on")
	flags.IntVarP(&f.workers, "workers", "w", 0, "trainings that run at once; 0 takes one per processor")
	f.awayFlags.add(cmd, "trainings")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object")
	between(cmd, 1, 100_000, "trials")
	between(cmd, 1, 1_000_000, "epochs")
	between(cmd, 1, 1000, "seeds")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "out", completeFolders)
	for _, name := range []string{"minutes", "trials", "epochs", "seeds", "validation", "workers"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

func (f *tuneFlags) run(cmd *cobra.Command, args []string) error {
	o, err := f.options(cmd, args[0])
	if err != nil {
		return err
	}
	data, err := o.Run.Data.Open(cmd.Context(), o.Base)
	if err != nil {
		return hintSet(err)
	}
	describe(cmd.ErrOrStderr(), data, false)
	if f.out == "" {
		f.out = strings.TrimSuffix(modelName(args[0]), ".safetensors") + "-tune"
	}
	away, err := f.away(cmd, f.workers, false, o.Run.Data)
	if err != nil {
		return err
	}
	if away != nil {
		defer away.cluster.Close()
		o.Run.Elsewhere, o.States = away.compute(tune.Recipe()), away.cluster.States(cmd.Context(), build())
	}
	meter := &cellMeter{talk: cmd.ErrOrStderr(), recipe: tune.Recipe()}
	o.Run.Observe = meter.progress
	out, err := tune.Search(cmd.Context(), f.out, *o)
	meter.end()
	err = hintDraw(hintSet(err))
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled) && out == nil:
		return interrupted("interrupted before there was a plan: nothing is kept")
	case errors.Is(err, context.Canceled):
		return withHint(interrupted(fmt.Sprintf("interrupted: %s are done", counted(out.Done, "training"))), "the same command goes on")
	default:
		return err
	}
	files, err := out.Write(commandLine(cmd, args[0]))
	if err != nil {
		return err
	}
	report := &tuneReport{Outcome: out, Data: args[0], Folder: f.out, Files: files, Train: f.trainCommand(args[0])}
	if data.Test != nil {
		class, share := dataset.Majority(data.Test.Counts())
		report.Majority, report.MajorityShare = data.Test.LabelNames[class], share
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), report)
	}
	return report.print(cmd.OutOrStdout())
}

// options resolves the flags.
func (f *tuneFlags) options(cmd *cobra.Command, named string) (*tune.Options, error) {
	if err := f.check(cmd); err != nil {
		return nil, err
	}
	changed := cmd.Flags().Changed
	switch {
	case !(f.minutes > 0 && f.minutes <= mostMinutes):
		return nil, usagef("--minutes %v, want above 0, at most %d", f.minutes, mostMinutes)
	case changed("minutes") && changed("trials"):
		return nil, usagef("--minutes and --trials both say how large the search is: want one of them")
	}
	s, err := f.resolve(cmd, named)
	if err != nil {
		return nil, err
	}
	if s.Data.Validation == 0 {
		s.Data.Validation = f.validation
	}
	if s.Data.Validation == 0 {
		return nil, usagef("--validation 0 leaves no samples to compare trials on")
	}
	preset := f.preset
	if preset == "" {
		preset = presetFor(named)
	}
	talk := cmd.ErrOrStderr()
	return &tune.Options{
		Base: s, Preset: preset, Time: time.Duration(f.minutes * float64(time.Minute)), Trials: f.trials, FixedEpochs: changed("epochs"), Seeds: f.seeds,
		Planned: func(p tune.Plan, task *basin.Task, found bool) error {
			printNotes(talk, task.Notes)
			printPlan(talk, p, task, found)
			return checkMemory(task, 1)
		},
		Run: experiment.Options{Workers: f.workers, Version: build(), Data: &experiment.Data{Options: f.dataFlags.options(cmd)}},
	}, nil
}

// printPlan says what is going to be computed.
func printPlan(w io.Writer, p tune.Plan, task *basin.Task, found bool) {
	fmt.Fprintf(w, "%s: %d training samples, %d validation samples; classes: %s\n",
		filepath.Base(task.Settings.Data.Set), task.Training.Count(), task.Held.Count(), sharesText(task.LabelNames, task.Training.Labels))
	var parts []string
	for _, r := range p.Rungs {
		parts = append(parts, fmt.Sprintf("%s with %s for %s", counted(r.Trials, "trial"), counted(r.Seeds, "seed"), counted(r.Epochs, "epoch")))
	}
	kept := ""
	if found {
		kept = "that of the folder, whatever --minutes says: "
	}
	fmt.Fprintf(w, "plan: %s%s\n", kept, strings.Join(parts, ", then "))
}

// trainCommand writes the command that trains the winner.
func (f *tuneFlags) trainCommand(set string) string {
	command := "basin train " + word(set) + " --config " + word(filepath.Join(f.out, tune.BestFile))
	if f.dir != "" {
		command += " --data " + word(f.dir)
	}
	return command
}

// tuneReport is what the command prints.
type tuneReport struct {
	Data   string `json:"data"`
	Folder string `json:"folder"`
	*tune.Outcome
	// Majority is the most common class of the test samples, where there are any.
	Majority      string   `json:"majority,omitempty"`
	MajorityShare float64  `json:"majority_share,omitempty"`
	Files         []string `json:"files"`
	Train         string   `json:"train"`
}

func (r *tuneReport) print(w io.Writer) error {
	var text strings.Builder
	line := func(name string, s tune.Standing) {
		fmt.Fprintf(&text, "%-6s %s on validation samples, standard error %s, over %s", name, percent(s.Accuracy.Mean), percent(s.Error), counted(s.Accuracy.N, "seed"))
	}
	line("base", r.Base)
	fmt.Fprintln(&text)
	line("best", r.Best)
	fmt.Fprintf(&text, ": trial %d of %d, from %s\n", r.Best.Trial, r.Plan.Trials, r.Best.From)
	for _, change := range r.Best.Changes {
		fmt.Fprintf(&text, "         %s\n", change)
	}
	if r.Test != nil {
		fmt.Fprintf(&text, "test   %s after all training samples, looked at once; %s are %q\n", percent(*r.Test), percent(r.MajorityShare), r.Majority)
	}
	fmt.Fprintln(&text)
	for _, sentence := range r.Verdict {
		fmt.Fprintln(&text, wrapped(sentence))
	}
	fmt.Fprintf(&text, "\nreport %s\ntrain  %s\n", filepath.Join(r.Folder, experiment.ReportFile), r.Train)
	_, err := io.WriteString(w, text.String())
	return err
}
