package sample

import (
	"context"
	"fmt"
	"math"
	"testing"

	"basin/internal/random"
	"basin/manifold/solve"
	"basin/network"
	"basin/theory"
)

// solved is a fixed point that a solver finds.
func solved(t testing.TB, n *network.Network, solver solve.Solver, seed uint64) []float32 {
	t.Helper()
	s := solve.Defaults(solver)
	s.Seed = seed
	r, err := solve.Solve(context.Background(), n, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != solve.Solved {
		t.Fatalf("seed %d: %v after %d iterations", seed, r.Status, r.Iterations)
	}
	return r.State
}

func localEntropy(t testing.TB, n *network.Network, state []float32, fields ...float64) []EntropyPoint {
	t.Helper()
	o := DefaultEntropy()
	o.Fields, o.Iterations = fields, 1000
	points, err := LocalEntropy(context.Background(), n, nil, state, o)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// entropyAt follows S to a distance between two points: dS/d(1-q) = gamma.
func entropyAt(t testing.TB, points []EntropyPoint, distance float64) float64 {
	t.Helper()
	for k := 1; k < len(points); k++ {
		a, b := points[k-1], points[k]
		if a.Distance <= distance && distance <= b.Distance && a.Converged && b.Converged {
			share := (distance - a.Distance) / (b.Distance - a.Distance)
			rise := func(share float64) float64 {
				return (a.Field + share*(b.Field-a.Field)/2) * share * (b.Distance - a.Distance)
			}
			return a.Entropy + rise(share) + share*(b.Entropy-a.Entropy-rise(1))
		}
	}
	t.Fatalf("no converged points around the distance %v: %+v", distance, points)
	return 0
}

// The values were taken with another program, in double precision, at J_D = .5 and N = 1000.
func TestLocalEntropyMeetsRecordedValues(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	type value struct{ distance, entropy float64 }
	const draws = 5
	for _, c := range []struct {
		name   string
		start  func(n *network.Network, seed uint64) []float32
		fields []float64
		want   []value
	}{
		{
			"planted", func(n *network.Network, seed uint64) []float32 { return plant(t, n, nil, 0, seed) },
			[]float64{.65, .55, .4, .2, 0},
			[]value{{.191, .1285}, {.359, .2112}, {.622, .2883}, {1, .3245}},
		},
		{
			"reinforced", func(n *network.Network, seed uint64) []float32 { return solved(t, n, solve.Reinforced, seed) },
			[]float64{3, 2.5, 2, 1.4, 1, .6, .5},
			[]value{{.0086, .0216}, {.0277, .0531}, {.0595, .0903}, {.1429, .1540}},
		},
	} {
		sums := make([]float64, len(c.want))
		for seed := range uint64(draws) {
			n := draw(t, one(1000, .5, 1, 0), seed)
			points := localEntropy(t, n, c.start(n, seed), c.fields...)
			for k, w := range c.want {
				sums[k] += entropyAt(t, points, min(w.distance, points[len(points)-1].Distance)) / draws
			}
		}
		for k, w := range c.want {
			t.Logf("%s: %.4f at 1-q = %v, recorded %v", c.name, sums[k], w.distance, w.entropy)
			if math.Abs(sums[k]-w.entropy) > .004 {
				t.Errorf("%s: mean entropy %v at 1-q = %v, want %v within .004", c.name, sums[k], w.distance, w.entropy)
			}
			first, err := theory.Ensemble{SelfCoupling: .5}.LocalEntropy(1 - w.distance)
			if err != nil {
				t.Fatal(err)
			}
			if c.name == "reinforced" && sums[k] < first+.02 {
				t.Errorf("reached states have %v at 1-q = %v, not above typical ones, %v", sums[k], w.distance, first)
			}
		}
	}
}

// F of belief propagation against the logarithm of the sum over all fixed points, around one
// that is drawn from them.
func TestLocalEntropyMeetsTheCensus(t *testing.T) {
	if testing.Short() {
		t.Skip("a long computation on one goroutine, left out by -short")
	}
	const draws = 150
	fields := []float64{.5, .25, 0}
	differences, wrong := make([][]float64, len(fields)), 0
	for seed := range uint64(draws) {
		n := draw(t, one(18, .5, 1, 0), seed)
		r := take(t, n, nil, 0)
		if len(r.FixedPoints) == 0 {
			continue
		}
		stream := random.New(seed, random.Synthetic)
		centre := r.FixedPoints[stream.IntN(len(r.FixedPoints))]
		for k, p := range localEntropy(t, n, centre.Vector(n), fields...) {
			sum := 0.0
			for _, other := range r.FixedPoints {
				sum += math.Exp(p.Field * 18 * other.Overlap(centre, 18))
			}
			if !p.Converged {
				wrong++
				continue
			}
			differences[k] = append(differences[k], p.Entropy+p.Field*p.Overlap-math.Log(sum)/18)
		}
	}
	for k, field := range fields {
		got, deviation := meanError(differences[k])
		t.Logf("gamma %v: F/N differs by %.4f +- %.4f (%d draws)", field, got, deviation, len(differences[k]))
		// Corrections of order 1/N: 0.01 at 18 neurons.
		if math.Abs(got) > 5*deviation+.01 || len(differences[k]) < draws/2 {
			t.Errorf("gamma %v: F/N differs by %v +- %v in %d draws", field, got, deviation, len(differences[k]))
		}
	}
}

func TestLocalEntropyIsTheSameForEveryNumberOfWorkers(t *testing.T) {
	n := draw(t, chain(3, 150, .4, .5, .3), 1)
	state := plant(t, n, []float32{1}, 0, 1)
	var want string
	for _, workers := range []int{1, 3} {
		o := DefaultEntropy()
		o.Fields, o.Workers, o.Iterations = []float64{1, .5}, workers, 30
		points, err := LocalEntropy(context.Background(), n, []float32{1}, state, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%+v", points); want == "" {
			want = got
		} else if got != want {
			t.Errorf("%d workers: %s, want %s", workers, got, want)
		}
	}
}

func TestLocalEntropyReportsWhatIsWrong(t *testing.T) {
	n := draw(t, one(20, .5, 1, 0), 1)
	state := randomState(n, 1)
	for name, change := range map[string]func(o *EntropyOptions){
		"one field": func(o *EntropyOptions) { o.Fields = o.Fields[:1] },
		"ascending": func(o *EntropyOptions) { o.Fields = []float64{1, 2} },
		"damping":   func(o *EntropyOptions) { o.Damping = 1 },
		"tolerance": func(o *EntropyOptions) { o.Tolerance = math.NaN() },
		"none":      func(o *EntropyOptions) { o.Iterations = 0 },
		"margin":    func(o *EntropyOptions) { o.Margin = math.Inf(1) },
	} {
		o := DefaultEntropy()
		change(&o)
		if _, err := LocalEntropy(context.Background(), n, nil, state, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := LocalEntropy(context.Background(), n, nil, state[1:], DefaultEntropy()); err == nil {
		t.Error("short state: no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := LocalEntropy(ctx, n, nil, state, DefaultEntropy()); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// Next to a reached state, where fields of single flips are not normal, belief propagation is
// no count: of the fixed points one flip away it sees 1.2 to 1.9 times as many as there are. The sum of
// exp(-2 gamma d) over those at distances d up to 2 is compared; farther ones are out of sight
// at such fields.
func TestLocalEntropyMeetsTheCountsNextToAState(t *testing.T) {
	for seed := range uint64(3) {
		n := draw(t, one(600, .5, 1, 0), seed)
		state := solved(t, n, solve.Reinforced, seed)
		counts, err := Neighbours(context.Background(), n, nil, state, NeighbourOptions{Distance: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range localEntropy(t, n, state, 5, 4.5, 4, 3.5) {
			sum := 0.0
			for d, count := range counts {
				sum += float64(count) * math.Exp(-2*p.Field*float64(d))
			}
			got, want := 600*(p.Entropy-p.Field*p.Distance), math.Log(sum)
			t.Logf("seed %d, gamma %v: %.4f by belief propagation, %.4f counted", seed, p.Field, got, want)
			if !p.Converged || got < want || got > 2.5*want {
				t.Errorf("seed %d, gamma %v: %v by belief propagation (converged: %v), %v counted", seed, p.Field, got, p.Converged, want)
			}
		}
	}
}

// The walk knows nothing of messages: it stays on fixed points, a flip or two at a time. Away
// from the state by more than a few neurons both give one local entropy.
func TestLocalEntropyMeetsTheWalk(t *testing.T) {
	n := draw(t, one(400, .5, 1, 0), 1)
	state := solved(t, n, solve.Reinforced, 1)
	fields := []float64{3.5, 3, 2.5, 2.2, 2, 1.8, 1.6, 1.4, 1.2}
	walk, err := Wander(context.Background(), n, nil, state, WanderOptions{Fields: fields, Moves: 2, Sweeps: 1500, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	points := localEntropy(t, n, state, fields...)
	for k, w := range walk {
		if w.Field > 2 {
			continue
		}
		got := points[k].Entropy + w.Field*(points[k].Overlap-1)
		want, deviation := w.Entropy+w.Field*(w.Overlap-1), math.Sqrt(w.EntropyError*w.EntropyError-w.Field*w.Field*w.OverlapError*w.OverlapError)
		t.Logf("gamma %v: F/N - gamma is %.5f by belief propagation, %.5f +- %.5f by the walk, at 1-q = %.4f", w.Field, got, want, deviation, 1-w.Overlap)
		near(t, fmt.Sprintf("gamma %v", w.Field), got, deviation+.0002, want)
	}
}
