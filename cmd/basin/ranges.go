package main

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// mostWorkers bounds --workers: each is a goroutine with memory of its own.
const mostWorkers = 1024

// The annotations that hold the ends of a flag's range.
const (
	leastMark = "least"
	mostMark  = "most"
)

// ownRanges annotates a command that calls checkRanges itself, among its other checks, so
// that all mistakes are reported at once.
const ownRanges = "ranges"

// between sets the range of flags that exist, ends included. Every flag that is a whole
// number has one, but for seeds, which may be any.
func between(cmd *cobra.Command, least, most int, names ...string) {
	for _, name := range names {
		flag := cmd.Flags().Lookup(name)
		if flag.Annotations == nil {
			flag.Annotations = map[string][]string{}
		}
		flag.Annotations[leastMark] = []string{strconv.Itoa(least)}
		flag.Annotations[mostMark] = []string{strconv.Itoa(most)}
	}
}

// checkRanges reports all flags that were given and are out of their range.
func checkRanges(cmd *cobra.Command) error {
	var faults []error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		least, most, ok := rangeOf(flag)
		if !ok {
			return
		}
		if value, err := strconv.Atoi(flag.Value.String()); err != nil || value < least || value > most {
			faults = append(faults, usagef("--%s %s, want %d to %d", flag.Name, flag.Value, least, most))
		}
	})
	return errors.Join(faults...)
}

// rangeOf returns the ends of the range of a flag that has one.
func rangeOf(flag *pflag.Flag) (least, most int, ok bool) {
	low, high := flag.Annotations[leastMark], flag.Annotations[mostMark]
	if len(low) != 1 || len(high) != 1 {
		return 0, 0, false
	}
	least, first := strconv.Atoi(low[0])
	most, second := strconv.Atoi(high[0])
	return least, most, first == nil && second == nil
}
