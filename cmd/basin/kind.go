package main

import (
	"errors"
	"math"

	"github.com/spf13/cobra"

	"basin/internal/survey"
)

// addKind adds the flags that say what random networks are drawn.
func addKind(cmd *cobra.Command, k *survey.Kind, neurons int, selfCoupling float64) {
	flags := cmd.Flags()
	flags.IntVar(&k.Neurons, "neurons", neurons, "`number` of neurons per module")
	flags.Float64Var(&k.SelfCoupling, "self-coupling", selfCoupling, "self-coupling `J_D`")
	flags.IntVar(&k.Modules, "modules", 1, "`number` of modules in a chain")
	flags.Float64Var(&k.Lambda, "lambda", 0, "coupling `lambda` between neighbouring modules")
	flags.Float64Var(&k.Gain, "gain", 1, "`gain` of the random couplings")
	flags.Float64Var(&k.Density, "density", 1, "`share` of the couplings that are there")
	flags.Float64Var(&k.Input, "input", 0, "standard deviation `a` of the field of a fixed input, in each module")
	flags.Float64Var(&k.Margin, "margin", 0, "margin `kappa` that a fixed point must keep")
	for _, name := range []string{"neurons", "self-coupling", "modules", "lambda", "gain", "density", "input", "margin"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// checkKind reports all of these flags that are out of their range; whole numbers have theirs
// by between.
func checkKind(cmd *cobra.Command, k survey.Kind) error {
	var problems []error
	report := func(bad bool, format string, values ...any) {
		if bad {
			problems = append(problems, usagef(format, values...))
		}
	}
	for _, number := range []struct {
		name   string
		value  float64
		lowest float64
	}{{"self-coupling", k.SelfCoupling, -math.MaxFloat32}, {"margin", k.Margin, -math.MaxFloat32}, {"lambda", k.Lambda, 0}, {"input", k.Input, 0}} {
		report(!(number.value >= number.lowest && number.value <= math.MaxFloat32), "--%s %v, want a number of at least %.6g", number.name, number.value, number.lowest)
	}
	report(!(k.Gain > 0 && k.Gain <= math.MaxFloat32), "--gain %v, want a number above 0", k.Gain)
	report(!(k.Density > 0 && k.Density <= 1), "--density %v, want above 0 and at most 1", k.Density)
	if k.Modules == 1 && cmd.Flags().Changed("lambda") {
		problems = append(problems, withHint(usagef("--lambda couples modules, and there is one"), "--modules sets their number"))
	}
	return errors.Join(problems...)
}
