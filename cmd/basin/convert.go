package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/internal/foreign"
	"basin/settings"
)

func newConfigConvert() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "convert FILE",
		Short: "Turn settings of darnax or of the paper's program into ours, or ours into theirs",
		Long: `Convert reads a file of settings of another program and prints those of Basin, or the
other way round: --from or --to says which program. Normalisations, margins, class weights
and sweeps are counted as each program counts them. - is the standard input.

  darnax  the JAX library of the authors: the dictionary of its tutorials 9 and 10, or the
          YAML of its scripts, as YAML or JSON
  paper   the authors' PyTorch program: its YAML, with every reference resolved

Nothing is guessed: keys that are not known, and values that mean what the other side
cannot do, are errors that say why. What is lost without changing what is learned is a
note on the standard error.`,
		Example: `  basin config convert --from darnax params.json > mine.yaml
  basin config convert --from paper resolved.yaml > mine.yaml
  basin config show --preset mnist-sparse-2000 | basin config convert --to darnax -`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFiles("yaml", "yml", "json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (from == "") == (to == "") {
				return withHint(usagef("want --from or --to, one of them"), "programs: %s", strings.Join(foreign.Programs(), ", "))
			}
			read := readSettings
			if args[0] == "-" {
				read = func(name string) ([]byte, error) { return settingsText(cmd.InOrStdin(), name) }
			}
			text, err := read(args[0])
			if err != nil {
				return err
			}
			if len(bytes.TrimSpace(text)) == 0 {
				return withHint(fmt.Errorf("%s: is empty, want settings", args[0]), "basin config show --preset NAME prints those of a preset")
			}
			convert := func() ([]byte, []string, error) { return theirs(to, args[0], text) }
			if from != "" {
				convert = func() ([]byte, []string, error) { return ours(from, args[0], text) }
			}
			converted, notes, err := convert()
			if err != nil {
				return err
			}
			printNotes(cmd.ErrOrStderr(), notes)
			_, err = cmd.OutOrStdout().Write(converted)
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the `program` whose settings FILE has: darnax or paper")
	cmd.Flags().StringVar(&to, "to", "", "the `program` whose settings are wanted, of FILE with settings of Basin")
	for _, flag := range []string{"from", "to"} {
		complete(cmd, flag, cobra.FixedCompletions(foreign.Programs(), cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// ours returns settings of Basin for a file of another program.
func ours(from, name string, text []byte) ([]byte, []string, error) {
	s, notes, err := foreign.Read(from, name, text)
	if err != nil {
		return nil, nil, ofAnother(from, name, text, err)
	}
	converted, err := settings.Marshal(s)
	return converted, notes, err
}

// theirs returns the file of another program for settings of Basin.
func theirs(to, name string, text []byte) ([]byte, []string, error) {
	s, err := settings.Load(name, text, settings.Defaults())
	if err != nil {
		return nil, nil, ofAnother(foreign.Ours, name, text, err)
	}
	return foreign.Write(to, s)
}

// ofAnother says whose settings a file has that are not those of the program wanted, in place of
// an error for every key of it.
func ofAnother(wanted, name string, text []byte, err error) error {
	is := foreign.Recognise(text)
	if is == "" || is == wanted || wanted != foreign.Ours && !slices.Contains(foreign.Programs(), wanted) {
		return err
	}
	err = fmt.Errorf("%s: has settings of %s, not of %s", name, is, wanted)
	if is == foreign.Ours {
		return withHint(err, "--to %s converts them", wanted)
	}
	return withHint(err, "--from %s converts them", is)
}
