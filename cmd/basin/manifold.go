package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"

	"github.com/spf13/cobra"

	"basin/internal/survey"
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
	flags := cmd.Flags()
	flags.IntVar(&f.Neurons, "neurons", 1000, "`number` of neurons per module")
	flags.Float64Var(&f.SelfCoupling, "self-coupling", 0.5, "self-coupling `J_D`")
	flags.IntVar(&f.Modules, "modules", 1, "`number` of modules in a chain")
	flags.Float64Var(&f.Lambda, "lambda", 0, "coupling `lambda` between neighbouring modules")
	flags.Float64Var(&f.Gain, "gain", 1, "`gain` of the random couplings")
	flags.Float64Var(&f.Density, "density", 1, "`share` of the couplings that are there")
	flags.Float64Var(&f.Input, "input", 0, "standard deviation `a` of the field of a fixed input, in each module")
	flags.Float64Var(&f.Margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	flags.IntVar(&f.draws, "draws", 1, "`number` of networks")
	flags.Uint64Var(&f.seed, "seed", 1, "`seed` of the first network")
	flags.IntVarP(&f.workers, "workers", "w", 0, "goroutines; 0 takes one per processor")
	flags.BoolVar(&f.asJSON, "json", false, "print one JSON object a line")
	between(cmd, 2, mostNeurons, "neurons")
	between(cmd, 1, 1000, "modules")
	between(cmd, 1, 1_000_000, "draws")
	between(cmd, 0, mostWorkers, "workers")
	for _, name := range []string{
		"neurons", "self-coupling", "modules", "lambda", "gain", "density", "input", "margin", "draws", "seed", "workers",
	} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// check reports all flags that are out of their range.
func (f *kindFlags) check(cmd *cobra.Command) error {
	problems := []error{checkRanges(cmd)}
	for _, number := range []struct {
		name   string
		value  float64
		lowest float64
	}{{"self-coupling", f.SelfCoupling, -math.MaxFloat32}, {"margin", f.Margin, -math.MaxFloat32}, {"lambda", f.Lambda, 0}, {"input", f.Input, 0}} {
		if !(number.value >= number.lowest && number.value <= math.MaxFloat32) {
			problems = append(problems, usagef("--%s %v, want a number of at least %.6g", number.name, number.value, number.lowest))
		}
	}
	if !(f.Gain > 0 && f.Gain <= math.MaxFloat32) {
		problems = append(problems, usagef("--gain %v, want a number above 0", f.Gain))
	}
	if !(f.Density > 0 && f.Density <= 1) {
		problems = append(problems, usagef("--density %v, want above 0 and at most 1", f.Density))
	}
	if err := f.checkMemory(); err != nil {
		problems = append(problems, err)
	}
	if f.Modules == 1 && cmd.Flags().Changed("lambda") {
		problems = append(problems, withHint(usagef("--lambda couples modules, and there is one"), "--modules sets their number"))
	}
	return errors.Join(problems...)
}

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
