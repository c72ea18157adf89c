package solve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"basin/dynamics"
	"basin/network"
	"basin/network/coupling"
)

// alone relaxes one start of Access in a batch of its own.
func alone(t *testing.T, n *network.Network, x []float32, s AccessSettings, start int) Relaxation {
	t.Helper()
	b, err := dynamics.NewBatch(n, dynamics.Settings{Order: s.Order, Probability: s.Probability, Stop: dynamics.StopAtCycle, Seed: s.Seed}, 1)
	if err != nil {
		t.Fatal(err)
	}
	w := b.NewWorker()
	if err := b.StartAt(0, dynamics.Vector(x), start, 0, RandomState(n, s.Seed, uint64(start))); err != nil {
		t.Fatal(err)
	}
	var r Relaxation
	if s.Clamped > 0 {
		b.Advance(w, 0, 1, s.Clamped, func(int) []float32 { return s.Field })
		r.Flips += b.Result(0).Flips
		if s.Sweeps > 0 {
			r.Clamped = b.Result(0).Sweeps
		}
	}
	if s.Sweeps > 0 {
		b.Advance(w, 0, 1, s.Sweeps, nil)
		r.Flips += b.Result(0).Flips
	}
	last := b.Result(0)
	r.Sweeps, r.Period, r.State = last.Sweeps, last.Period, slices.Clone(b.State(0))
	r.Status = map[dynamics.Status]Status{dynamics.FixedPoint: Solved, dynamics.Cycle: Cycle}[last.Status]
	field := make([]float32, n.StateSize())
	b.Field(w, 0, field)
	for _, m := range n.Modules {
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			if (field[i] < 0) != (r.State[i] < 0) {
				r.Unstable++
			}
		}
	}
	if r.Unstable == 0 && s.Sweeps > 0 {
		r.Status = Solved
	}
	return r
}

// Every start of Access goes as it would alone, whatever the order, the network, the field and
// the number of workers.
func TestAccessIsEachStartAlone(t *testing.T) {
	sparse, err := network.Draw(network.Spec{Modules: []network.ModuleSpec{{
		Neurons: 150, SelfCoupling: 0.8, Recurrent: network.RecurrentSpec{Gain: 1, Density: 0.1}, Input: network.InputSpec{Gain: 0.5, Density: 1},
	}}}, []int{1}, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	networks := map[string]*network.Network{
		"dense": drawn(t, 1, 120, 0.6, 0, 0, 2), "sparse": sparse, "chain": drawn(t, 3, 50, 0.4, 0.7, 0.5, 2), "cycles": drawn(t, 1, 60, 0.1, 0, 0.3, 2),
	}
	seen := map[Status]bool{}
	for name, n := range networks {
		for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules} {
			for _, phases := range [][2]int{{0, 40}, {3, 40}, {30, 40}, {5, 0}} {
				s := AccessSettings{Order: order, Probability: 0.5, Starts: 37, Clamped: phases[0], Sweeps: phases[1], Seed: 9, States: true, Workers: 1}
				if s.Clamped > 0 {
					s.Field = LabelField(n, 0.7, 3)
				}
				got, err := Access(context.Background(), n, []float32{1}, s)
				if err != nil {
					t.Fatal(err)
				}
				s.Workers = 3
				again, err := Access(context.Background(), n, []float32{1}, s)
				if err != nil {
					t.Fatal(err)
				}
				for k := range got {
					seen[got[k].Status] = true
					if want := fmt.Sprint(alone(t, n, []float32{1}, s, k)); fmt.Sprint(got[k]) != want || fmt.Sprint(again[k]) != want {
						t.Fatalf("%s, %s, %v sweeps, start %d: %v with one worker, %v with three, want %s", name, order, phases, k, got[k], again[k], want)
					}
				}
			}
		}
	}
	if !seen[Solved] || !seen[Cycle] || !seen[Budget] {
		t.Errorf("starts ended by %v, want each way", seen)
	}
}

// A field far above all others takes every neuron to its own sign in one sweep, and with a
// self-coupling above the couplings they stay there when it is gone.
func TestAccessWithALargeFieldEndsThere(t *testing.T) {
	n := drawn(t, 1, 200, 6, 0, 0, 4)
	s := AccessSettings{Order: dynamics.Sequential, Starts: 5, Clamped: 3, Sweeps: 3, Seed: 1, States: true, Field: LabelField(n, 100, 7)}
	results, err := Access(context.Background(), n, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	for k, r := range results {
		for i := range n.Neurons() {
			if r.State[i]*s.Field[i] != 100 {
				t.Fatalf("start %d: neuron %d is %v under a field of %v", k, i, r.State[i], s.Field[i])
			}
		}
		if r.Status != Solved || r.Clamped != 2 || r.Sweeps != 1 || r.Unstable != 0 {
			t.Errorf("start %d: %+v, want 2 clamped sweeps and one to see that it rests", k, r)
		}
	}
}

// With symmetric couplings parallel sweeps end at rest or in a cycle of two, and with
// antisymmetric ones and no self-coupling in one of four (Goles and Olivos, Discrete
// Mathematics 30, 187 (1980); Goles, Discrete Applied Mathematics 13, 97 (1986)).
func TestParallelCyclesOfSymmetricAndAntisymmetricCouplings(t *testing.T) {
	for _, c := range []struct {
		eta, jd float64
		periods []int
	}{{1, 0, []int{0, 2}}, {1, 0.3, []int{0, 2}}, {1, -0.2, []int{0, 2}}, {-1, 0, []int{4}}} {
		for seed := range uint64(5) {
			n := drawn(t, 1, 50, c.jd, 0, 0, seed)
			if err := coupling.Correlate(n.Modules[0].Recurrent, c.eta); err != nil {
				t.Fatal(err)
			}
			results, err := Access(context.Background(), n, nil, AccessSettings{Starts: 40, Sweeps: 1000, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			for k, r := range results {
				if r.Status == Budget || !slices.Contains(c.periods, r.Period) {
					t.Errorf("symmetry %v, J_D %v, seed %d, start %d: %+v, want a period of %v", c.eta, c.jd, seed, k, r, c.periods)
				}
			}
		}
	}
}

func TestAccessReportsWhatIsWrong(t *testing.T) {
	n, tanh := drawn(t, 1, 20, 0.5, 0, 0, 1), drawn(t, 1, 20, 0.5, 0, 0, 1)
	tanh.Modules[0].Tanh = 1
	field := LabelField(n, 1, 1)
	bad := slices.Clone(field)
	bad[3] = float32(math.NaN())
	for _, c := range []struct {
		n    *network.Network
		x    []float32
		set  func(s *AccessSettings)
		want string
	}{
		{nil, nil, func(*AccessSettings) {}, "no network"},
		{tanh, nil, func(*AccessSettings) {}, "real states"},
		{n, []float32{1, 2}, func(*AccessSettings) {}, "input has 2 values"},
		{n, nil, func(s *AccessSettings) { s.Order = "random" }, "order"},
		{n, nil, func(s *AccessSettings) { s.Order = dynamics.Partial }, "probability"},
		{n, nil, func(s *AccessSettings) { s.Starts = 0 }, "0 starts"},
		{n, nil, func(s *AccessSettings) { s.Sweeps = 0 }, "a budget of no sweeps"},
		{n, nil, func(s *AccessSettings) { s.Sweeps = -1 }, "-1 sweeps"},
		{n, nil, func(s *AccessSettings) { s.Clamped = 2 }, "2 clamped sweeps without a field"},
		{n, nil, func(s *AccessSettings) { s.Field = field }, "a field without clamped sweeps"},
		{n, nil, func(s *AccessSettings) { s.Field, s.Clamped = field[:5], 1 }, "a field of 5 values, want the 32"},
		{n, nil, func(s *AccessSettings) { s.Field, s.Clamped = bad, 1 }, "field NaN at place 3"},
		{n, nil, func(s *AccessSettings) { s.Workers = -1 }, "-1 workers"},
	} {
		s := AccessSettings{Starts: 2, Sweeps: 5}
		c.set(&s)
		if _, err := Access(context.Background(), c.n, c.x, s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// The starts that have ended are told, and a cancelled call ends without them.
func TestAccessTellsItsProgressAndEndsWhenCancelled(t *testing.T) {
	n := drawn(t, 1, 100, 0.1, 0, 0, 1)
	var told []int
	s := AccessSettings{Order: dynamics.Sequential, Starts: 40, Sweeps: 5, Workers: 2, Progress: func(ended int) { told = append(told, ended) }}
	if _, err := Access(context.Background(), n, nil, s); err != nil {
		t.Fatal(err)
	}
	if len(told) != 3 || told[2] != 40 || !slices.IsSorted(told) {
		t.Errorf("told %v, want three numbers up to 40", told)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.Progress, s.Sweeps, s.Starts = func(int) { cancel() }, math.MaxInt, 1000
	s.Order = dynamics.Partial
	s.Probability = 0.5
	timer := time.AfterFunc(50*time.Millisecond, cancel)
	defer timer.Stop()
	if _, err := Access(ctx, n, nil, s); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the error of the context", err)
	}
}
