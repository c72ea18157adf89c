package census

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basin/dynamics"
	"basin/network"
)

// dense is a spec of one dense module that reads one input.
func dense(neurons int, selfCoupling float64) network.Spec {
	return network.Spec{Modules: []network.ModuleSpec{{
		Neurons: neurons, SelfCoupling: selfCoupling,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: 1},
		Input:     network.InputSpec{Gain: 1, Density: 1},
	}}}
}

func draw(t testing.TB, spec network.Spec, seed uint64) *network.Network {
	t.Helper()
	n, err := network.Draw(spec, []int{1}, 2, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func census(t testing.TB, n *network.Network, x []float32, o Options) *Result {
	t.Helper()
	r, err := Take(t.Context(), n, x, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func entropy(t *testing.T, r *Result) []float64 {
	t.Helper()
	e, err := r.LocalEntropy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestCensusEqualsALookAtEveryState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 10)
		kappa := float64(rapid.IntRange(-3, 4).Draw(t, "margin")) / 4
		twin := newTwin(s.network, s.x)
		r, err := Take(t.Context(), s.network, s.x, Options{Margin: kappa, Workers: rapid.IntRange(0, 3).Draw(t, "workers")})
		if err != nil {
			t.Fatal(err)
		}
		if want := twin.fixedPoints(kappa); !slices.Equal(r.FixedPoints, want) {
			t.Fatalf("fixed points %b, want %b", r.FixedPoints, want)
		}
		for k, p := range r.FixedPoints {
			for i, got := range r.Margins(k) {
				if want := float64(p.Spin(i)) * twin.field(p, i); math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
					t.Fatalf("state %b: margin of neuron %d is %v, want %v", p, i, got, want)
				}
			}
		}
	})
}

// Fields of the engine are float32: networks with a field near its rounding are left out,
// unless all values are multiples of 1/4, whose sums it takes exactly. A state is set after
// the first sweep, when the product of the couplings is yet to be taken.
func TestCensusFindsWhatDynamicsCallsSettled(t *testing.T) {
	drawn, compared := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := sampleNetwork(t, 7)
		drawn++
		if !s.snapped && newTwin(s.network, s.x).smallestField() < 1e-5 {
			return
		}
		r, err := Take(t.Context(), s.network, s.x, Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := dynamics.NewBatch(s.network, dynamics.Settings{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		w := b.NewWorker()
		for state := range State(1) << r.Neurons {
			b.Start(0, dynamics.Vector(s.x), 0, 0)
			b.Advance(w, 0, 1, 1, nil)
			copy(b.State(0), state.Vector(s.network))
			_, want := slices.BinarySearch(r.FixedPoints, state)
			if got := b.Settled(w, 0); got != want {
				t.Fatalf("state %b: settled %v, among the fixed points %v", state, got, want)
			}
			if back, err := FromVector(s.network, b.State(0)); err != nil || back != state {
				t.Fatalf("state %b came back from its vector as %b, %v", state, back, err)
			}
		}
		compared++
	})
	// A run with few draws may leave out most of them by chance.
	if drawn >= 50 && compared < drawn/4 {
		t.Errorf("%d of %d networks compared, want more", compared, drawn)
	}
}

// Seeds 1 and 2; 20 neurons are four stretches of the walk.
func TestCensusOfTwentyNeuronsEqualsTheSignsOfAllFields(t *testing.T) {
	for seed := uint64(1); seed <= 2; seed++ {
		n := draw(t, dense(20, 0.3), seed)
		one := census(t, n, nil, Options{Workers: 1})
		targets, err := one.system.targets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var want []State
		for s, target := range targets {
			if State(s) == target {
				want = append(want, target)
			}
		}
		for _, workers := range []int{1, 2, 5} {
			if got := census(t, n, nil, Options{Workers: workers}).FixedPoints; !slices.Equal(got, want) {
				t.Errorf("seed %d, %d workers: %d fixed points, want %d", seed, workers, len(got), len(want))
			}
		}
	}
}

// Model page, section 5: gauge. Flipping the signs of row and column i of J flips neuron i
// in every fixed point. Without input fixed points come in pairs. Seed 3.
func TestGaugeMovesFixedPoints(t *testing.T) {
	const neurons, gauge = 12, State(0b101100111000)
	n := draw(t, dense(neurons, 0.4), 3)
	before := census(t, n, nil, Options{}).FixedPoints
	n.Modules[0].Recurrent.Each(func(i, j int, v *float32) bool {
		*v *= float32(gauge.Spin(i) * gauge.Spin(j))
		return true
	})
	after := census(t, n, nil, Options{}).FixedPoints
	if len(before) == 0 || len(before) != len(after) {
		t.Fatalf("%d fixed points before, %d after", len(before), len(after))
	}
	for _, p := range before {
		for _, want := range []State{p ^ gauge, p ^ gauge ^ (1<<neurons - 1)} {
			if _, ok := slices.BinarySearch(after, want); !ok {
				t.Errorf("state %b is no longer a fixed point as %b", p, want)
			}
		}
	}
}

// Model page, section 5: J_D above the largest field makes every state a fixed point.
func TestSelfCouplingAboveLargestFieldFreezesEveryState(t *testing.T) {
	n := draw(t, dense(13, 20), 4)
	if got := len(census(t, n, nil, Options{}).FixedPoints); got != 1<<13 {
		t.Errorf("%d fixed points, want all %d", got, 1<<13)
	}
	_, err := Take(t.Context(), n, nil, Options{Limit: 1<<13 - 1})
	if !errors.Is(err, ErrTooMany) {
		t.Errorf("error %v for one fixed point too many, want ErrTooMany", err)
	}
	if r := census(t, n, nil, Options{Limit: 1 << 13, Margin: 40}); len(r.FixedPoints) != 0 || entropy(t, r) != nil {
		t.Errorf("%d fixed points of margin 40, want none", len(r.FixedPoints))
	}
}

// Model page, section 5: with links alone a state is fixed iff the modules are equal.
func TestLinksAloneFixTheStatesOfEqualModules(t *testing.T) {
	m := network.ModuleSpec{Neurons: 5, Input: network.InputSpec{Density: 1}}
	spec := network.Spec{Modules: []network.ModuleSpec{m, m}, Links: []network.Link{{Kind: network.Excitatory, Between: [2]int{1, 0}, Strength: 0.3}}}
	r := census(t, draw(t, spec, 5), nil, Options{})
	if len(r.FixedPoints) != 32 {
		t.Fatalf("%d fixed points, want 32", len(r.FixedPoints))
	}
	for _, p := range r.FixedPoints {
		if p>>5 != p&31 {
			t.Errorf("modules differ in fixed point %b", p)
		}
	}
}

// A field of exactly zero: sign(0) = +1, and a margin is strict at either sign. One
// neuron with J_D and no other coupling has s h = J_D.
func TestTiesFollowTheRuleOfTheModel(t *testing.T) {
	for _, test := range []struct {
		selfCoupling, margin float64
		want                 []State
	}{
		{0, 0, []State{0}},
		{0.25, 0, []State{0, 1}},
		{-0.25, 0, nil},
		{0.25, 0.25, nil},
		{0.25, 0.25 - 1e-9, []State{0, 1}},
		{-0.25, -0.25, nil},
		{-0.25, -0.25 - 1e-9, []State{0, 1}},
	} {
		spec := network.Spec{Modules: []network.ModuleSpec{{Neurons: 1, SelfCoupling: test.selfCoupling, Input: network.InputSpec{Density: 1}}}}
		if got := census(t, draw(t, spec, 1), nil, Options{Margin: test.margin}).FixedPoints; !slices.Equal(got, test.want) {
			t.Errorf("J_D = %v, kappa = %v: fixed points %v, want %v", test.selfCoupling, test.margin, got, test.want)
		}
	}
}

// A sum of float32 values far apart, each once with either sign, is zero. Float64 loses
// the last bits of the smallest; integers do not.
func TestCancellingFieldsAreExactlyZero(t *testing.T) {
	n := draw(t, dense(7, 0), 1)
	J := n.Modules[0].Recurrent
	J.Each(func(_, _ int, v *float32) bool { *v = 0; return true })
	sum, values := 0.0, []float32{6, 1.2345678e-9, 0.7}
	for k, v := range values {
		*J.At(0, 1+k), *J.At(0, 4+k) = v, v
		sum += float64(v)
	}
	for _, v := range values {
		sum -= float64(v)
	}
	if sum == 0 {
		t.Fatal("these values do not tell integers from float64")
	}
	s, err := newSystem(n, nil, MaxNeurons, 0)
	if err != nil {
		t.Fatal(err)
	}
	next, err := s.targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		state State
		field string
		want  State
	}{{0b1110000, "zero", 0}, {0b0001110, "zero", 0}, {0b0011100, "zero", 0}, {0b1010000, "2.4e-9", 0}, {0b1110100, "-2.4e-9", 1}, {0b1111000, "-1.4", 1}} {
		if got := next[test.state] & 1; got != test.want {
			t.Errorf("state %07b: a field of %s on neuron 0 sets bit %d, want %d", test.state, test.field, got, test.want)
		}
	}
}

func TestMistakesAreReported(t *testing.T) {
	good := draw(t, dense(4, 0.3), 1)
	infinite := draw(t, dense(4, 0.3), 1)
	*infinite.Modules[0].Recurrent.At(1, 0) = float32(math.Inf(1))
	outline, err := network.Outline(dense(4, 0.3), []int{1}, 2)
	if err != nil {
		t.Fatal(err)
	}
	large := draw(t, dense(MaxNeurons+1, 0.3), 1)
	basins := func(o BasinOptions) error { _, err := FindBasins(t.Context(), good, nil, o); return err }
	count := func(n *network.Network, x []float32, o Options) error {
		_, err := Take(t.Context(), n, x, o)
		return err
	}
	draws := func(spec network.Spec, x []float32, o DrawOptions) error {
		_, err := Draws(t.Context(), spec, x, o)
		return err
	}
	components := func(d int) error { _, err := census(t, good, nil, Options{}).Components(t.Context(), d); return err }
	unset := func(length int) error { _, err := FromVector(good, make([]float32, length)); return err }
	for _, test := range []struct {
		err  error
		want string
	}{
		{count(nil, nil, Options{}), "no network"},
		{count(large, nil, Options{}), "29 neurons, want 1 to 28"},
		{count(good, []float32{1, 2}, Options{}), "input has 2 values, the network reads 1"},
		{count(good, []float32{float32(math.NaN())}, Options{}), "add up to NaN"},
		{count(infinite, nil, Options{}), "neuron 1: its couplings, input and margin add up to +Inf"},
		{count(outline, nil, Options{}), "module 0: recurrent couplings: 4 receivers of 4 senders without couplings"},
		{count(good, nil, Options{Margin: math.NaN()}), "margin NaN"},
		{count(good, nil, Options{Limit: -1}), "limit of -1"},
		{count(good, nil, Options{Workers: -2}), "-2 workers"},
		{basins(BasinOptions{Order: dynamics.Partial}), `order "partial", want "parallel" or "sequential"`},
		{basins(BasinOptions{Sequence: []int{0, 1, 2, 3}}), "sequence of neurons with parallel"},
		{basins(BasinOptions{Sweeps: -1}), "budget of -1"},
		{basins(BasinOptions{Workers: -1}), "-1 workers"},
		{basins(BasinOptions{Order: dynamics.Sequential, Sequence: []int{0, 1, 2}}), "sequence of 3 neurons"},
		{basins(BasinOptions{Order: dynamics.Sequential, Sequence: []int{0, 1, 1, 2}}), "neuron 1 at place 2"},
		{draws(dense(4, 0), nil, DrawOptions{Draws: 1}), "1 draws, want at least 2"},
		{draws(dense(4, 0), nil, DrawOptions{Draws: 2, Workers: -1}), "-1 workers"},
		{draws(dense(4, 0), []float32{}, DrawOptions{Draws: 2}), "input shape"},
		{draws(dense(29, 0), nil, DrawOptions{Draws: 2}), "29 neurons, want at most 28"},
		{draws(network.Spec{}, nil, DrawOptions{Draws: 2}), "modules"},
		{draws(dense(4, 9), nil, DrawOptions{Draws: 2, Limit: 3, Seed: 8}), "draw 0, seed 8: census: too many"},
		{draws(dense(4, 0), nil, DrawOptions{Draws: 2, Observe: func(draw int, _ *Result, _ []int64) ([]float64, error) { return make([]float64, draw), nil }}), "draw 1: 1 values observed, want 0"},
		{components(0), "distance 0, want 1 to 4"},
		{components(5), "distance 5, want 1 to 4"},
		{unset(16), "neuron 0 is 0, want -1 or +1"},
		{unset(4), "state of 4 values, the network has 16"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", test.err, test.want)
		}
	}
}

func TestCensusChangesNothing(t *testing.T) {
	n, x := draw(t, dense(9, 0.3), 6), []float32{0.5}
	same := draw(t, dense(9, 0.3), 6)
	census(t, n, x, Options{Margin: 0.1})
	if !reflect.DeepEqual(n, same) || x[0] != 0.5 {
		t.Error("a census changed the network or its input")
	}
}

func BenchmarkCensus24(b *testing.B) {
	n := draw(b, dense(24, 0.3), 1)
	for b.Loop() {
		census(b, n, nil, Options{Workers: 1})
	}
}
