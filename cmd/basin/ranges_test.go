package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyCommand calls see with every command.
func everyCommand(see func(cmd *cobra.Command)) {
	commands := []*cobra.Command{newRoot()}
	for len(commands) > 0 {
		see(commands[0])
		commands = append(commands[1:], commands[0].Commands()...)
	}
}

func TestEveryWholeNumberHasARange(t *testing.T) {
	ranged := 0
	everyCommand(func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			least, most, ok := rangeOf(flag)
			switch kind := flag.Value.Type(); {
			case kind == "uint64" && flag.Name == "seed":
			case !strings.HasPrefix(kind, "int") && !strings.HasPrefix(kind, "uint") && kind != "count":
			case !ok || least > most:
				t.Errorf("%s --%s: no range: want a call of between", cmd.CommandPath(), flag.Name)
			default:
				ranged++
			}
		})
	})
	if ranged < 15 {
		t.Errorf("%d flags with a range, want at least 15", ranged)
	}
}

// Outside of its range every flag is a usage error, on every command that has it.
func TestWholeNumbersOutOfTheirRangeAreRefused(t *testing.T) {
	everyCommand(func(cmd *cobra.Command) {
		var args []string
		switch cmd.Name() {
		case "eval", "predict", "serve", "quantise", "compare", "tune":
			args = []string{"nowhere"}
		case "theory":
			args = []string{"entropy"}
		}
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			least, most, ok := rangeOf(flag)
			if !ok {
				return
			}
			for _, value := range []int{least - 1, most + 1, math.MinInt, math.MaxInt} {
				line := append(strings.Fields(cmd.CommandPath())[1:], append(args, fmt.Sprintf("--%s=%d", flag.Name, value))...)
				var said bytes.Buffer
				status := run(context.Background(), line, strings.NewReader(""), &said, &said)
				if want := fmt.Sprintf("--%s %d, want %d to %d", flag.Name, value, least, most); status != statusUsage || !strings.Contains(said.String(), want) {
					t.Errorf("%q: status %d, said %q, want %q", line, status, &said, want)
				}
			}
		})
	})
}
