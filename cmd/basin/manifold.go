package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"basin/internal/survey"
	"basin/manifold/solve"
	"basin/network"
)

// mostNeurons bounds the neurons of a network that manifold draws: a dense one of 30,000 takes
// 3.6 GB.
const mostNeurons = 1_000_000

// newManifold returns the commands about large networks.
func newManifold() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manifold",
		Short: "Find fixed points of large random networks and measure what lies around them",
		Long: `Manifold draws random networks of up to thousands of neurons and looks for their fixed
points: by the dynamics, by message passing, by planting one. Then it measures what no
list can show, since there are exponentially many: how many others lie around one, by
distance, and whether a walk leads from one to another.

The networks are those of basin census, which looks at every state of small ones, and of
basin theory, which averages over them.`,
		Example: `  basin manifold solve --solver rbp --self-coupling 0.2
  basin manifold solve --solver sequential --self-coupling 0.8 --draws 10 --json`,
		Args: noSuchCommand,
		RunE: showHelp,
	}
	cmd.AddCommand(newManifoldSolve(), newManifoldEntropy(), newManifoldAccess(), newManifoldWalk())
	return cmd
}

// kindFlags are the flags that say what networks are drawn, and how many.
type kindFlags struct {
	survey.Kind
	draws   int
	seed    uint64
	workers int
	asJSON  bool
}

func (f *kindFlags) add(cmd *cobra.Command) {
	addKind(cmd, &f.Kind, 1000, 0.5)
	flags := cmd.Flags()
	flags.IntVar(&f.draws, "draws", 1, "`number` of networks")
	flags.Uint64Var(&f.seed, "seed", 1, "`seed` of the first network")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object a line")
	between(cmd, 2, mostNeurons, "neurons")
	between(cmd, 1, 1000, "modules")
	between(cmd, 1, 1_000_000, "draws")
	between(cmd, 0, mostWorkers, "workers")
	for _, name := range []string{"draws", "seed", "workers"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// check reports all flags that are out of their range.
func (f *kindFlags) check(cmd *cobra.Command) error {
	return errors.Join(checkRanges(cmd), checkKind(cmd, f.Kind), f.checkMemory())
}

// checkMargin reports a margin with a start that knows none.
func (f *kindFlags) checkMargin(start string) error {
	if f.Margin != 0 && !slices.Contains(marginSolvers, solve.Solver(start)) {
		return usagef("--margin has no meaning for --start %s: dynamics stops at any fixed point", start)
	}
	return nil
}

// whereFound is what to do where a solver finds no fixed point.
const whereFound = "message passing finds them from about --self-coupling 0.16, dynamics from 0.8"

// checkMemory reports networks that take more memory than there is: their couplings, and some
// hundred bytes a neuron for messages and states.
func (f *kindFlags) checkMemory() error {
	if f.Neurons < 1 || f.Modules < 1 || !(f.Density > 0 && f.Density <= 1) {
		return nil // reported as such
	}
	const beside = 400
	needed := float64(beside)*float64(f.Neurons)*float64(f.Modules) + float64(f.Modules)*float64(f.oneModule().Footprint([]int{1}, 2))
	if left := availableMemory(os.DirFS("/")); left > 0 && needed > float64(left) {
		return withHint(fmt.Errorf("a network of %s of %s takes %s, and %s of memory are free", counted(f.Modules, "module"), counted(f.Neurons, "neuron"), size(int64(min(needed, math.MaxInt64/2))), size(left)),
			"fewer --neurons or --modules, or a lower --density, take less")
	}
	return nil
}

// oneModule describes one module of the chain.
func (f *kindFlags) oneModule() network.Spec {
	k := f.Kind
	k.Modules = 1
	return k.Spec()
}

// printLine writes a value as one line of JSON.
func printLine(cmd *cobra.Command, v any) error { return json.NewEncoder(cmd.OutOrStdout()).Encode(v) }
