package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"basin/internal/spelling"
	"basin/internal/survey"
	"basin/manifold/solve"
)

// solveFlags are the flags of basin manifold solve.
type solveFlags struct {
	kindFlags
	solver   string
	settings solve.Settings
	trace    bool
}

func newManifoldSolve() *cobra.Command {
	f := &solveFlags{settings: solve.Defaults(solve.Sequential)}
	cmd := &cobra.Command{
		Use:   "solve",
		Short: "Look for a fixed point of each of some random networks",
		Long: `Solve draws random networks and lets a solver look for a fixed point of each:

` + solverList() + `
An iteration of message passing takes two passes over all couplings, a sweep of dynamics
at most one, and one of search tries as many flips as there are neurons. It prints how each
search ended: solved, budget (the iterations ran out), cycle (parallel sweeps repeat
themselves) or stuck (replicas have frozen elsewhere), and how many neurons are unstable.

Three thresholds in J_D show: fixed points exist above 0, message passing finds them from
about 0.1 to 0.16, the lower the slower (--rate 0.0001 --damping 0.3 --budget 20000),
plain dynamics from about 0.8 in a number of sweeps that does not
explode with the number of neurons.`,
		Example: `  basin manifold solve --solver sequential --self-coupling 0.8 --draws 10
  basin manifold solve --solver rbp --self-coupling 0.2 --json
  basin manifold solve --solver fbp --replicas 3 --neurons 4000
  basin manifold solve --solver parallel --modules 3 --lambda 2 --self-coupling 0
  basin manifold solve --solver rbp --self-coupling 0.16 --rate 0.001 --trace --json`,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		Annotations:       map[string]string{ownRanges: "checked"},
		RunE:              func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	f.kindFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.solver, "solver", "sequential", "`name` of the solver")
	flags.IntVar(&f.settings.Budget, "budget", 0, "most `iterations`; 0 takes 1000 sweeps, or 2000 iterations of message passing")
	flags.Float64Var(&f.settings.Damping, "damping", 0, "`share` of the old messages kept; fbp has 0.5")
	flags.Float64Var(&f.settings.Rate, "rate", 0.003, "`rate` at which reinforcement rises, for rbp")
	flags.Float64Var(&f.settings.Temperature, "temperature", 0, "`T` at first, for annealed and search; 0 takes 0.2 and 2")
	flags.IntVar(&f.settings.Replicas, "replicas", 7, "`number` of replicas, for fbp")
	flags.BoolVar(&f.trace, "trace", false, "with --json, print the trace of each search too")
	between(cmd, 0, 10_000_000, "budget")
	between(cmd, 2, 1_000_000, "replicas")
	complete(cmd, "solver", cobra.FixedCompletions(solverNames(), cobra.ShellCompDirectiveNoFileComp))
	for _, name := range []string{"budget", "damping", "rate", "replicas", "temperature"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// marginSolvers can look for fixed points with a margin; dynamics stops at any.
var marginSolvers = []solve.Solver{solve.Search, solve.Reinforced, solve.Focusing}

// solverTexts say what each solver is.
var solverTexts = map[solve.Solver]string{
	solve.Sequential: "one neuron after the other in random orders, from a random state",
	solve.Parallel:   "all neurons at once, from a random state",
	solve.Partial:    "each neuron with probability 1/2, all from the same states",
	solve.Annealed:   "sequential sweeps with noise that falls to zero",
	solve.Search:     "flips of unstable neurons, taken by how many are unstable after",
	solve.Reinforced: "reinforced belief propagation",
	solve.Focusing:   "focusing belief propagation, of --replicas that are drawn together",
}

func solverList() string {
	var list strings.Builder
	for _, s := range solve.Solvers() {
		fmt.Fprintf(&list, "  %-10s  %s\n", s, solverTexts[s])
	}
	return list.String()
}

func solverNames() []string {
	var names []string
	for _, s := range solve.Solvers() {
		names = append(names, string(s))
	}
	return names
}

// checkSolver reports a name that is none.
func checkSolver(flag, name string, known []string) error {
	if slices.Contains(known, name) {
		return nil
	}
	err := usagef("--%s %q, want one of %s", flag, name, strings.Join(known, ", "))
	if near := spelling.Nearest(name, known); near != "" {
		return withHint(err, "did you mean --%s %s?", flag, near)
	}
	return err
}

// check fills in what depends on the solver and reports all mistakes.
func (f *solveFlags) check(cmd *cobra.Command) error {
	problems := []error{f.kindFlags.check(cmd)}
	if err := checkSolver("solver", f.solver, solverNames()); err != nil {
		return errors.Join(append(problems, err)...)
	}
	defaults := solve.Defaults(solve.Solver(f.solver))
	f.settings.Solver, f.settings.Seed, f.settings.Workers = defaults.Solver, f.seed, f.workers
	if f.settings.Budget == 0 {
		f.settings.Budget = defaults.Budget
	}
	if f.settings.Temperature == 0 {
		f.settings.Temperature = defaults.Temperature
	}
	if !cmd.Flags().Changed("damping") {
		f.settings.Damping = defaults.Damping
	}
	takers := map[string][]solve.Solver{
		"damping": {solve.Reinforced, solve.Focusing}, "margin": marginSolvers, "temperature": {solve.Annealed, solve.Search}, "rate": {solve.Reinforced}, "replicas": {solve.Focusing},
	}
	for _, name := range []string{"damping", "margin", "rate", "replicas", "temperature"} {
		if cmd.Flags().Changed(name) && !slices.Contains(takers[name], defaults.Solver) {
			problems = append(problems, usagef("--%s has no meaning for solver %s", name, f.solver))
		}
	}
	if f.trace && !f.asJSON {
		problems = append(problems, usagef("--trace is printed with --json alone"))
	}
	if f.settings.Solver == solve.Reinforced && !(f.settings.Rate > 0 && f.settings.Rate < 1) {
		problems = append(problems, usagef("--rate %v, want above 0 and below 1", f.settings.Rate))
	}
	if !(f.settings.Temperature >= 0 && f.settings.Temperature <= math.MaxFloat64) {
		problems = append(problems, usagef("--temperature %v, want a number above 0", f.settings.Temperature))
	}
	if !(f.settings.Damping >= 0 && f.settings.Damping < 1) {
		problems = append(problems, usagef("--damping %v, want at least 0 and below 1", f.settings.Damping))
	}
	return errors.Join(problems...)
}

// tracePoint is a line of the trace of a search.
type tracePoint struct {
	Iteration int     `json:"iteration"`
	Unstable  int     `json:"unstable"`
	Order     float64 `json:"order"`
	Coupling  float64 `json:"coupling,omitempty"`
}

func (f *solveFlags) run(cmd *cobra.Command) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if !f.asJSON {
		fmt.Fprintf(out, "%8s %8s %10s %10s %10s\n", "draw", "ended", "iterations", "unstable", "seconds")
	}
	solved, taken := 0, 0
	err := survey.Searches(cmd.Context(), f.Kind, f.draws, f.settings, func(s survey.Search, r solve.Result) error {
		if s.Solved {
			solved, taken = solved+1, taken+s.Iterations
		}
		if !f.asJSON {
			ended := s.Status
			if s.Period > 0 {
				ended = fmt.Sprintf("cycle %d", s.Period)
			}
			_, err := fmt.Fprintf(out, "%8d %8s %10d %10d %10.3f\n", s.Draw, ended, s.Iterations, s.Unstable, s.Seconds)
			return err
		}
		if !f.trace {
			return printLine(cmd, s)
		}
		points := make([]tracePoint, len(r.Trace))
		for k, p := range r.Trace {
			points[k] = tracePoint(p)
		}
		return printLine(cmd, struct {
			survey.Search
			Trace []tracePoint `json:"trace"`
		}{s, points})
	})
	if err != nil || f.asJSON {
		return err
	}
	fmt.Fprintf(out, "%d of %s solved", solved, counted(f.draws, "network"))
	if solved > 0 {
		fmt.Fprintf(out, ", in %.4g iterations on average", float64(taken)/float64(solved))
	}
	_, err = fmt.Fprintln(out)
	return err
}
