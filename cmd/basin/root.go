package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/internal/kernel"
)

// newRoot returns the whole tree of commands.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "basin",
		Short: "Train recurrent networks of binary neurons with a local learning rule",
		Long: `Basin trains recurrent networks of binary neurons on images and tables with a
local rule: no gradient, no loss, every coupling learns from the two neurons it
joins. It runs on the processor, and equal settings give equal networks, bit for
bit.

A first round:

  basin train                                train on the built-in digits
  basin eval digits.safetensors              measure the model

With a table of your own, whose last column is the label:

  basin train people.csv                     train on it
  basin predict people.safetensors new.csv   use the model`,
		Example: `  basin train mnist --epochs 5
  basin train people.csv --label class
  basin data list
  basin config presets`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			if asked, _ := cmd.Flags().GetBool("version"); asked {
				return printVersion(cmd)
			}
			return showHelp(cmd, args)
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if name := os.Getenv(kernel.Variable); name != "" && !slices.Contains(kernel.Available(), name) {
				return withHint(fmt.Errorf("%s=%s: no such kernel on this machine", kernel.Variable, name),
					"it takes %s; unset, the fastest is chosen", strings.Join(kernel.Available(), " or "))
			}
			if cmd.Annotations[ownRanges] != "" {
				return nil
			}
			return checkRanges(cmd)
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.Flags().Bool("version", false, "print what basin version prints")
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.SetFlagErrorFunc(flagError)
	addGroup(root, "Data and settings:", newData(), newConfig())
	addGroup(root, "Train and use:", newTrain(), newTune(), newCompare(), newEval(), newPredict(), newServe(), newQuantise(), newExport(), newInspect(), newExplore(), newPlot())
	addGroup(root, "Study:", newExperiment(), newWorker(), newCensus(), newManifold(), newTheory(), newBench())
	addGroup(root, "More:", newVersion())
	root.SetHelpCommandGroupID("More:")
	root.SetCompletionCommandGroupID("More:")
	return root
}

// refuseUnknown has the commands that cobra adds refuse names that they do not know.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args, c.RunE = noSuchCommand, showHelp
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				found, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return noSuchCommand(found, rest)
				}
				return nil
			}
		}
	}
}

// addGroup adds commands that the help lists together under a title.
func addGroup(parent *cobra.Command, title string, commands ...*cobra.Command) {
	parent.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
	}
	parent.AddCommand(commands...)
}

// showHelp is what a command does that only holds other commands.
func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of basin and what it computes with",
		Long: `Version prints the version of basin, the Go version it was built with, the system, the
kernel that was chosen for this processor and the number of processors used. --json has the
commit that it was built from, too.`,
		Example: "  basin version --json",
		Args:    arguments(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := struct {
				Version string `json:"version"`
				Go      string `json:"go"`
				System  string `json:"system"`
				Kernel  string `json:"kernel"`
				Cores   int    `json:"cores"`
				// Build tells programs of one version apart. Commit, its time and whether files
				// were changed after it are those of the build, where it says.
				Build    string `json:"build"`
				Commit   string `json:"commit,omitempty"`
				Time     string `json:"time,omitempty"`
				Modified bool   `json:"modified,omitempty"`
			}{
				Version: version(), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernel: kernel.Name(), Cores: runtime.GOMAXPROCS(0), Build: build(),
				Commit: built("vcs.revision"), Time: built("vcs.time"), Modified: built("vcs.modified") == "true",
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), v)
			}
			return printVersion(cmd)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}

// printVersion prints a line.
func printVersion(cmd *cobra.Command) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "basin %s %s %s/%s kernel %s, %d cores\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel.Name(), runtime.GOMAXPROCS(0))
	return err
}

// version returns the version of the module that was built, "devel" where the build
// does not say.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// built returns a setting of the build, "" where it does not say.
func built(key string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == key {
				return s.Value
			}
		}
	}
	return ""
}

// printJSON writes value with indentation.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// counted writes a number of things: 1 epoch, 2 epochs.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// percent writes a share.
func percent(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

// size writes a number of bytes.
func size(bytes int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	value, unit := float64(bytes), 0
	for value >= 1024 && unit < len(units)-1 {
		value, unit = value/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}
