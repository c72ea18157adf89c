package main

import (
	"strings"

	"github.com/spf13/cobra"

	"basin/dataset/fetch"
	"basin/settings"
)

// complete sets the completion of a flag that exists.
func complete(cmd *cobra.Command, flag string, with cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, with); err != nil {
		panic(err) // a flag of ours that is not there
	}
}

// completeFiles completes files with the given endings, all files where there is none.
func completeFiles(endings ...string) cobra.CompletionFunc {
	if len(endings) == 0 {
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

func completeFolders(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

func completePresets(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, p := range settings.Presets() {
		names = append(names, cobra.CompletionWithDesc(p.Name, p.Summary))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// knownSets returns the names of the data sets as completions.
func knownSets() []cobra.Completion {
	var names []cobra.Completion
	for _, k := range fetch.List() {
		names = append(names, cobra.CompletionWithDesc(k.Name, k.Title))
	}
	return names
}

// completeSetAt completes the argument at a place, counted from 0, with data sets and
// files; arguments before it are model files.
func completeSetAt(place int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case len(args) < place:
			return []cobra.Completion{"safetensors"}, cobra.ShellCompDirectiveFilterFileExt
		case len(args) == place:
			return knownSets(), cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeKeys completes the keys of --set and the values of those that are a choice.
func completeKeys(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	key, _, value := strings.Cut(typed, "=")
	var words []cobra.Completion
	for _, entry := range settings.Reference() {
		if strings.Contains(entry.Type, "section") {
			continue
		}
		name := strings.ReplaceAll(entry.Key, "*", "0")
		switch {
		case !value:
			words = append(words, cobra.CompletionWithDesc(name+"=", entry.Description))
		case name == key && entry.Type == "choice":
			for _, v := range entry.Values {
				words = append(words, key+"="+v)
			}
		}
	}
	if value {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
