package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"basin/internal/inspect"
)

// inspectFlags are the flags of basin inspect.
type inspectFlags struct {
	all, history, settings, json bool
	graph                        string
}

func newInspect() *cobra.Command {
	f := &inspectFlags{}
	cmd := &cobra.Command{
		Use:   "inspect MODEL",
		Short: "Show what a model file holds",
		Long: `Inspect prints what a model is made of: what it reads and predicts, its settings where
they differ from a preset, modules and links, couplings with their statistics, and
what the last epochs gave. A checkpoint is a model file too.

--history prints every epoch and --settings a settings file in place of that; --all
adds both, and whatever was cut short.

Symmetry is the correlation of the couplings J_ij and J_ji: 0 where they are
independent, 1 where they are equal. Cycles and period 2 are the shares of training
samples whose last phase ended on a cycle, and on one of period 2; the columns are
there if some did.`,
		Example: `  basin inspect digits.safetensors
  basin inspect digits.safetensors --history
  basin inspect digits.safetensors --settings > again.yaml
  basin inspect digits.safetensors --json
  basin inspect digits.safetensors --graph svg > network.svg`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("safetensors"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			return f.run(cmd, args[0])
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "all", false, "print all of it")
	flags.BoolVar(&f.history, "history", false, "print what every epoch gave, in place of the summary")
	flags.BoolVar(&f.settings, "settings", false, "print all settings as YAML, in place of the summary")
	flags.BoolVar(&f.json, "json", false, "print all of it as one JSON object")
	addGraph(cmd, &f.graph, "the summary")
	return cmd
}

// check reports flags that do not go together.
func (f *inspectFlags) check(cmd *cobra.Command) error {
	if err := checkGraph(cmd, f.graph); err != nil {
		return err
	}
	asked := 0
	for _, one := range []bool{f.all, f.history, f.settings, f.json, f.graph != ""} {
		if one {
			asked++
		}
	}
	if asked > 1 {
		return usagef("--all, --history, --settings, --json and --graph each print something else: want one of them")
	}
	return nil
}

func (f *inspectFlags) run(cmd *cobra.Command, path string) error {
	model, err := readModel(path)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if f.graph != "" {
		return printGraph(w, modelGraph(path, model), f.graph)
	}
	r := inspect.New(model)
	r.Model = path
	switch {
	case f.json:
		return printJSON(w, r)
	case f.history:
		return printHistory(w, r.History, len(r.History))
	case f.settings:
		if bits := model.Network.Integers.Bits; bits > 0 {
			fmt.Fprintf(w, "# Of the model that these integers of %d bits were made from: training gives that one, `basin quantise` this.\n", bits)
		}
		return printSettings(w, r.Settings, "")
	}
	return printReport(w, r, f.all)
}
