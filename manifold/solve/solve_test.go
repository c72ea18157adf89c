package solve

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"basin/dynamics"
	"basin/network"
)

// fixed reports whether the dynamics rests in a state.
func fixed(t *testing.T, n *network.Network, x, state []float32) bool {
	t.Helper()
	b, err := dynamics.NewBatch(n, dynamics.Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if x == nil {
		x = make([]float32, n.Inputs())
	}
	w := b.NewWorker()
	if err := b.StartAt(0, dynamics.Vector(x), 0, 0, state); err != nil {
		t.Fatal(err)
	}
	return b.Settled(w, 0)
}

// Each solver finds a fixed point where it can (solvers above the threshold of each, at sizes
// that take no time), and the dynamics agrees that it is one.
func TestSolversFindFixedPoints(t *testing.T) {
	for _, c := range []struct {
		solver             Solver
		modules            int
		jd, lambda, a, min float64
	}{
		{Sequential, 1, 0.8, 0, 0, 0},
		{Parallel, 1, 1.2, 0, 0, 0},
		{Partial, 1, 1, 0, 0, 0},
		{Annealed, 1, 0.8, 0, 0, 0},
		{Annealed, 2, 0.7, 0.5, 0.5, 0},
		{Search, 1, 0.6, 0, 0, 0},
		{Search, 3, 0.2, 1, 0.3, 0},
		{Search, 1, 0.9, 0, 0, 0.1},
		{Reinforced, 1, 0.3, 0, 0, 0},
		{Focusing, 1, 0.3, 0, 0, 0},
		{Reinforced, 1, 0.4, 0, 0.7, 0},
		{Focusing, 1, 0.4, 0, 0.7, 0},
		{Reinforced, 3, 0.1, 1, 0, 0},
		{Focusing, 2, 0, 2, 0.5, 0},
		{Sequential, 3, 0.5, 1, 0, 0},
		{Reinforced, 1, 0.8, 0, 0, 0.2},
		{Focusing, 1, 0.8, 0, 0, 0.2},
	} {
		n := drawn(t, c.modules, 300, c.jd, c.lambda, c.a, 3)
		x := []float32{1}
		s := Defaults(c.solver)
		s.Margin = c.min
		r, err := Solve(context.Background(), n, x, s)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if r.Status != Solved || r.Unstable != 0 || !fixed(t, n, x, r.State) {
			t.Errorf("%+v: %v after %d iterations, %d unstable, the dynamics rests there: %t", c, r.Status, r.Iterations, r.Unstable, fixed(t, n, x, r.State))
		}
		if last := r.Trace[len(r.Trace)-1]; last.Iteration != r.Iterations || last.Unstable != 0 {
			t.Errorf("%+v: the trace ends with %+v after %d iterations", c, last, r.Iterations)
		}
		p, err := NewPropagation(n, x, c.min, 1)
		if err != nil {
			t.Fatal(err)
		}
		if u := p.Unstable(r.State); u != 0 {
			t.Errorf("%+v: %d unstable neurons", c, u)
		}
	}
}

// Sparse couplings: message passing approximates, and still solves.
func TestReinforcementSolvesSparseNetworks(t *testing.T) {
	n, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons: 1000, SelfCoupling: 0.3, Recurrent: network.RecurrentSpec{Gain: 1, Density: 0.1}, Input: network.InputSpec{Density: 1},
	}}}, []int{1}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Solve(context.Background(), n, nil, Defaults(Reinforced))
	if err != nil || r.Status != Solved {
		t.Errorf("%v after %d iterations, %d unstable, %v", r.Status, r.Iterations, r.Unstable, err)
	}
}

// The count of unstable neurons that follows flips is that of a fresh look.
func TestJudgeFollowsFlips(t *testing.T) {
	n := drawn(t, 3, 100, 0.4, 0.7, 1, 1)
	p, err := NewPropagation(n, []float32{1}, 0.1, 1)
	if err != nil {
		t.Fatal(err)
	}
	j := newJudge(p.system, 1)
	odds := make([]float64, p.Size())
	for step := range uint64(30) {
		for i, s := range RandomState(n, step) {
			if step == 0 || (i*7+int(step)*13)%19 < int(step)%12 {
				odds[i] = float64(s)
			}
		}
		state := make([]float32, p.Size())
		for i, h := range odds {
			state[i] = signOf(h)
		}
		if got, want := j.signs(odds), p.Unstable(state); got != want {
			t.Fatalf("step %d: %d unstable neurons, a fresh look says %d", step, got, want)
		}
	}
}

// One seed, one result, whatever the workers.
func TestSearchesDependOnTheSeedAlone(t *testing.T) {
	n := drawn(t, 1, 400, 0.5, 0, 0, 1)
	for _, solver := range Solvers() {
		s := Defaults(solver)
		s.Budget, s.Workers = 100, 1
		one, err := Solve(context.Background(), n, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		s.Workers = 3
		three, err := Solve(context.Background(), n, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if one.Status != three.Status || one.Iterations != three.Iterations || !slices.Equal(one.State, three.State) || !slices.Equal(one.Trace, three.Trace) {
			t.Errorf("%s: %v after %d with one worker, %v after %d with three", solver, one.Status, one.Iterations, three.Status, three.Iterations)
		}
		s.Seed++
		other, err := Solve(context.Background(), n, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(one.State, other.State) {
			t.Errorf("%s: two seeds end in one state", solver)
		}
	}
}

func TestSolveReportsWhatIsWrong(t *testing.T) {
	n := drawn(t, 1, 20, 0.5, 0, 0, 1)
	ring := drawn(t, 3, 20, 0.5, 1, 0, 1)
	ring.Pathways = append(ring.Pathways, &network.Pathway{From: 0, To: 2, Strength: 1})
	for _, c := range []struct {
		n    *network.Network
		x    []float32
		set  func(s *Settings)
		want string
	}{
		{nil, nil, func(*Settings) {}, "no network"},
		{n, []float32{1, 2}, func(*Settings) {}, "input has 2 values, the network reads 1"},
		{n, nil, func(s *Settings) { s.Solver = "bp" }, `solver "bp", want one of sequential, parallel`},
		{n, nil, func(s *Settings) { s.Budget, s.Rate = 0, 1 }, "a budget of 0 iterations"},
		{n, nil, func(s *Settings) { s.Rate = math.NaN() }, "rate NaN"},
		{n, nil, func(s *Settings) { s.Damping = 1 }, "damping 1"},
		{n, nil, func(s *Settings) { s.Margin = math.Inf(1) }, "margin +Inf"},
		{n, nil, func(s *Settings) { s.Solver, s.Margin = Parallel, 0.1 }, "margin 0.1 with solver parallel"},
		{n, nil, func(s *Settings) { *s = Defaults(Annealed); s.Temperature, s.Margin = 0, 1 }, "temperature 0, want a number above 0"},
		{n, nil, func(s *Settings) { *s = Defaults(Search); s.External = make([]float64, 32) }, "external fields with solver search"},
		{n, nil, func(s *Settings) { s.External = make([]float64, 3) }, "3 external fields, want 32"},
		{n, nil, func(s *Settings) { s.Solver, s.External = Sequential, make([]float64, 32) }, "external fields with solver sequential"},
		{n, nil, func(s *Settings) { *s = Defaults(Focusing); s.Replicas, s.Step = 1, 0 }, "1 replicas"},
		{n, []float32{float32(math.NaN())}, func(*Settings) {}, "input 0 is NaN, want a finite number"},
		{ring, nil, func(*Settings) {}, "joins modules 0 and 2 one to one, want neighbours"},
	} {
		s := Defaults(Reinforced)
		c.set(&s)
		if _, err := Solve(context.Background(), c.n, c.x, s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestCancelledSearchEnds(t *testing.T) {
	n := drawn(t, 1, 400, 0.01, 0, 0, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, solver := range Solvers() {
		if _, err := Solve(ctx, n, nil, Defaults(solver)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the error of the context", solver, err)
		}
	}
}
