package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"basin/dataset/fetch"
	"basin/internal/graph"
	"basin/settings"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show settings, presets and the schema of settings files",
		Long: `Config shows what decides a training run. A run takes its settings from a preset,
then from a settings file, then from --set, then from flags such as --epochs.`,
		Example: `  basin config presets
  basin config show mnist > my.yaml
  basin train --config my.yaml`,
		Args: noSuchCommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newConfigShow(), newConfigSchema(), newConfigPresets(), newConfigConvert())
	return cmd
}

func newConfigShow() *cobra.Command {
	var flags settingsFlags
	var drawing string
	cmd := &cobra.Command{
		Use:   "show [DATASET]",
		Short: "Print the settings that a training run would use, as YAML",
		Long: `Show prints every setting that ` + "`basin train`" + ` would use with the same arguments and
flags, as a settings file with a comment per key. Nothing is trained.

With --graph it draws the network in place of that: the modules, the links between
them, which modules see the input, hear the label and are read.`,
		Example: `  basin config show
  basin config show --preset mnist --set learning.batch=32
  basin config show fashion-mnist > my.yaml
  basin config show --set 'network.chain={modules: 3, lambda: 0.5}' --graph text
  basin config show --config my.yaml --graph svg > network.svg`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeSetAt(0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkGraph(cmd, drawing); err != nil {
				return err
			}
			s, err := flags.resolve(cmd, first(args))
			if err != nil {
				return err
			}
			if drawing != "" {
				return printGraph(cmd.OutOrStdout(), graph.New(s), drawing)
			}
			text, err := settings.Marshal(s)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	flags.add(cmd)
	flags.addCourse(cmd)
	addGraph(cmd, &drawing, "the settings")
	return cmd
}

func newConfigSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of settings files",
		Long: `Schema prints a JSON schema, with which an editor completes and checks settings
files.`,
		Example: "  basin config schema > basin.schema.json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := settings.Schema()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", trimEnd(text))
			return err
		},
	}
}

func newConfigPresets() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "presets",
		Short: "List the presets",
		Long: `Presets lists the settings that come with basin, and the data sets that each is the
default for: what ` + "`basin train`" + ` takes for them where no --preset is given. Another is taken
with --preset NAME.`,
		Example: "  basin config presets",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			type line struct {
				Name string `json:"name"`
				// DefaultFor lists names of data sets, and kinds of paths.
				DefaultFor []string `json:"default_for,omitempty"`
				Summary    string   `json:"summary"`
			}
			takers := map[string][]string{}
			for _, k := range fetch.List() {
				preset := presetFor(k.Name)
				takers[preset] = append(takers[preset], k.Name)
			}
			takers[tablePreset] = append(takers[tablePreset], "tables")
			takers[plainPreset] = append(takers[plainPreset], "images", "arrays")
			var lines []line
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "name\tdefault for\tsummary")
			for _, p := range settings.Presets() {
				lines = append(lines, line{p.Name, takers[p.Name], p.Summary})
				fmt.Fprintf(table, "%s\t%s\t%s\n", p.Name, cmp.Or(strings.Join(takers[p.Name], ", "), "-"), p.Summary)
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), lines)
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

// first returns the first argument, "" where there is none.
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func trimEnd(text []byte) []byte {
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text
}
