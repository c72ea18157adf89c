package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"basin"
	"basin/internal/compare"
	"basin/internal/files"
)

// compareFlags are the flags of basin compare.
type compareFlags struct {
	settingsFlags
	dataFlags
	presets, methods []string
	seeds, workers   int
	quick            bool
	asJSON           bool
	csv, html        string
}

// The seeds that are taken where nobody says how many.
const (
	fullSeeds  = 5
	quickSeeds = 3
)

func newCompare() *cobra.Command {
	f := &compareFlags{}
	cmd := &cobra.Command{
		Use:   "compare DATA",
		Short: "Say what to expect of Basin on your data, beside what one would take instead",
		Long: `Compare learns the same samples with a network of Basin and with what one would take
instead, measures all on the same other samples, and says what came out: accuracies with
their differences, memory, time, the synaptic operations of a prediction, and a verdict
in words that follows from intervals and sizes.

DATA is the name of a data set, or the path of a table, an array or a folder of images, as
for ` + "`basin train`" + `. The methods are

` + methodsText() + `
A layer that learns has as many weights as the network has couplings; ` + fmt.Sprintf("features and the\nreservoir have as many units as it has neurons, at most %d.", compare.MostUnits) + ` What a method has to choose,
such as a penalty, it chooses on training samples.

Each of --seeds seeds lets everything learn again. Data without a test part of their own
are divided anew for each, as ` + "`basin train --seed`" + ` does; intervals are wider for it. With
--validation the test part is not looked at. A learner passes for better or worse only
if the interval of the difference over the seeds leaves 0 out, and McNemar's test of the
samples that only one of both has right agrees. Where one class has more than half of
the samples, differences are those of the balanced accuracy and intervals decide alone.

` + fmt.Sprintf("--quick learns at most %d samples and measures at most %d, shows learners in epochs\nat most %d, repeats counted, and takes at most %d units and %d seeds: minutes, and\nless to rely on.", compare.QuickTraining, compare.QuickHeld, compare.QuickShown, compare.QuickUnits, quickSeeds) + `

--json prints an object per line as each learner ends: method, seed, accuracy, parameters,
train_seconds, predict_per_s, synaptic_operations, and more. Learners take turns, each
with --workers goroutines, so that their times can be compared.`,
		Example: `  basin compare digits --quick
  basin compare people.csv --label class --html people.html
  basin compare mnist --seeds 1 --presets mnist-fastest,mnist --methods perceptron,logistic
  basin compare animals --quick --json`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE:              f.run,
	}
	f.settingsFlags.addOver(cmd)
	f.dataFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.presets, "presets", "p", nil, "`names` of presets, with commas between them (default the one for the data)")
	flags.StringSliceVarP(&f.methods, "methods", "m", nil, "`names` of methods to compare with, with commas between them (default all)")
	flags.IntVar(&f.seeds, "seeds", 0, fmt.Sprintf("`number` of seeds (default %d, with --quick %d)", fullSeeds, quickSeeds))
	flags.Float64Var(&f.validation, "validation", 0, "measure on this `share` of the training samples, and not on the test part")
	flags.BoolVar(&f.quick, "quick", false, "fewer samples, epochs and seeds")
	flags.BoolVar(&f.asJSON, "json", false, "print a JSON object per method and seed, a line each")
	flags.StringVar(&f.csv, "csv", "", "write a line per method and seed into this CSV `file`")
	flags.StringVar(&f.html, "html", "", "write a page with figures into this `file`")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines of each learner; 0 takes one per processor")
	between(cmd, 1, 1000, "seeds")
	between(cmd, 0, mostWorkers, "workers")
	complete(cmd, "presets", completePresets)
	complete(cmd, "methods", completeMethods)
	complete(cmd, "csv", completeFiles("csv"))
	complete(cmd, "html", completeFiles("html"))
	for _, name := range []string{"seeds", "validation", "workers"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// methodsText lists the methods.
func methodsText() string {
	text := strings.Builder{}
	fmt.Fprintf(&text, "  %-12s %s\n", compare.Network, "a network of the preset for the data, or of each of --presets; always there")
	for _, m := range compare.Methods() {
		fmt.Fprintf(&text, "  %-12s %s\n", m.Name, m.About)
	}
	return text.String()
}

func completeMethods(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, m := range compare.Methods() {
		names = append(names, cobra.CompletionWithDesc(m.Name, m.About))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (f *compareFlags) run(cmd *cobra.Command, args []string) error {
	setup, err := f.setup(cmd, args[0])
	if err != nil {
		return err
	}
	meter := &compareMeter{talk: cmd.ErrOrStderr()}
	setup.Observe = meter.progress
	setup.Note = func(note string) { printNotes(cmd.ErrOrStderr(), []string{note}) }
	encoder := json.NewEncoder(cmd.OutOrStdout())
	report, err := compare.Run(cmd.Context(), *setup, func(r *compare.Result) error {
		if f.asJSON {
			return encoder.Encode(r)
		}
		return nil
	})
	meter.end()
	err = hintDraw(err)
	if errors.Is(err, context.Canceled) {
		err = interrupted(fmt.Sprintf("interrupted: %d of %d trainings are done", meter.done, meter.total))
	}
	if report == nil {
		return err
	}
	return errors.Join(err, f.write(cmd, report, args[0]))
}

// setup resolves the flags and opens the data.
func (f *compareFlags) setup(cmd *cobra.Command, named string) (*compare.Setup, error) {
	methods, err := compare.Select(f.methods)
	if err != nil {
		return nil, usagef("--methods: %v", err)
	}
	if err := errors.Join(f.check(cmd), isFree("table", "csv", f.csv), isFree("page", "html", f.html)); err != nil {
		return nil, err
	}
	if f.csv != "" && f.csv == f.html {
		return nil, usagef("--csv and --html both name %s: want two files", f.csv)
	}
	setup := &compare.Setup{Methods: methods, Seeds: f.seeds, Workers: f.workers, Quick: f.quick}
	if !cmd.Flags().Changed("seeds") {
		setup.Seeds = fullSeeds
		if f.quick {
			setup.Seeds = quickSeeds
		}
	}
	names := f.presets
	if len(names) == 0 {
		names = []string{""}
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, usagef("--presets names %q twice", name)
		}
		f.preset = name
		switch {
		case name == "" && f.config != "":
			name = filepath.Base(f.config)
		case f.config != "":
			name += " + " + filepath.Base(f.config)
		case name == "":
			name = presetFor(named)
		}
		s, err := f.resolve(cmd, named)
		if err != nil {
			return nil, err
		}
		for _, p := range setup.Presets {
			if reflect.DeepEqual(p.Settings, s) {
				return nil, usagef("%s and %s are the same settings: --config and --set leave nothing of the presets", p.Name, name)
			}
		}
		setup.Presets = append(setup.Presets, compare.Preset{Name: name, Settings: s})
	}
	whole := setup.Presets[0].Settings
	whole.Data.TestShare = 0 // each seed divides them
	if setup.Data, err = f.open(cmd, whole); err != nil {
		return nil, err
	}
	describe(cmd.ErrOrStderr(), setup.Data, false)
	setup.Check = func(task *basin.Task) error { return checkMemory(task, f.workers) }
	return setup, nil
}

// write prints the report and writes the files.
func (f *compareFlags) write(cmd *cobra.Command, report *compare.Report, set string) error {
	var faults []error
	if f.csv != "" {
		faults = append(faults, files.Replace(f.csv, report.WriteCSV))
	}
	if f.html != "" {
		faults = append(faults, files.Replace(f.html, func(w io.Writer) error { return report.Page(w, set, commandLine(cmd, set)) }))
	}
	if f.asJSON {
		return errors.Join(faults...)
	}
	w := cmd.OutOrStdout()
	head, rows := report.Text()
	if err := printRows(w, head, rows); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, text := range report.Verdict() {
		fmt.Fprintln(w, wrapped(text))
	}
	if f.html != "" {
		fmt.Fprintf(w, "\npage  %s\n", f.html)
	}
	return errors.Join(faults...)
}

// commandLine writes the command that gives a report again, without what it writes.
func commandLine(cmd *cobra.Command, set string) string {
	words := []string{cmd.CommandPath(), word(set)}
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		list, several := flag.Value.(pflag.SliceValue)
		switch {
		case slices.Contains([]string{"csv", "html", "json"}, flag.Name):
		case several:
			for _, value := range list.GetSlice() {
				words = append(words, "--"+flag.Name+"="+word(value))
			}
		case flag.Value.String() == "true":
			words = append(words, "--"+flag.Name)
		default:
			words = append(words, "--"+flag.Name+"="+word(flag.Value.String()))
		}
	})
	return strings.Join(words, " ")
}

// compareMeter tells of trainings: a line for each, a bar where there is a terminal.
type compareMeter struct {
	talk        io.Writer
	bar         *progressbar.ProgressBar
	done, total int
}

func (m *compareMeter) progress(p compare.Progress) {
	m.done, m.total = p.Done, p.Total
	if r := p.Finished; r != nil {
		m.end()
		text := fmt.Sprintf("%d/%d  %s, seed %d  %s  learned in %.2f s", p.Done, p.Total, p.Learner, p.Seed, percent(r.Accuracy), r.TrainSeconds)
		if r.Choice != "" {
			text += "  " + r.Choice
		}
		fmt.Fprintln(m.talk, text)
		return
	}
	if m.bar == nil && isTerminal(m.talk) {
		m.bar = newBar(m.talk, int64(p.Total))
	}
	if m.bar != nil {
		m.bar.Describe(fmt.Sprintf("%s, seed %d: %s", p.Learner, p.Seed, counted(int(p.Samples), "sample")))
		_ = m.bar.Set(p.Done)
	}
}

// end takes the bar away.
func (m *compareMeter) end() {
	if m.bar != nil {
		_ = m.bar.Clear()
		m.bar = nil
	}
}
