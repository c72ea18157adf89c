package dynamics

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"basin/internal/kernel"
	"basin/internal/random"
	"basin/network"

	"pgregory.net/rapid"
)

// everyKernel runs a test once with each version of the kernels.
func everyKernel(t *testing.T, test func(t *testing.T)) {
	for _, name := range kernel.Available() {
		t.Run(name, func(t *testing.T) {
			undo, err := kernel.Use(name)
			if err != nil {
				t.Fatal(err)
			}
			defer undo()
			test(t)
		})
	}
}

// someKernel draws a version of the kernels for a property and returns what takes it back.
func someKernel(t *rapid.T) func() {
	undo, err := kernel.Use(rapid.SampledFrom(kernel.Available()).Draw(t, "kernel"))
	if err != nil {
		t.Fatal(err)
	}
	return undo
}

func someOrder(t *rapid.T) Order {
	return rapid.SampledFrom([]Order{Parallel, Partial, Sequential, Modules}).Draw(t, "order")
}

func drawNetwork(t failing, spec network.Spec, shape []int, classes int, seed uint64) *network.Network {
	t.Helper()
	n, err := network.Draw(spec, shape, classes, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// one is a network of one module.
func one(neurons int, density, selfCoupling float64) network.Spec {
	return network.Spec{Modules: []network.ModuleSpec{{
		Neurons: neurons, SelfCoupling: selfCoupling,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: density},
		Input:     network.InputSpec{Gain: 1, Density: 1},
	}}}
}

// normals draws rows of inputs.
func normals(count, size int, seed uint64) [][]float32 {
	stream := random.New(seed, random.Synthetic)
	normal := stream.Rand()
	rows := matrix(count, size)
	for _, row := range rows {
		for k := range row {
			row[k] = float32(normal.NormFloat64())
		}
	}
	return rows
}

// phase is one call of Advance.
type phase struct {
	budget   int
	feedback func(i int) []float32
}

// moment is what can be seen of one sample after a phase.
type moment struct {
	state, field []float32
	result       Result
	unstable     int
	settled      bool
}

// failing is what tests of both kinds, plain and random, can do.
type failing interface {
	Helper()
	Fatal(values ...any)
}

// beginning says how a batch is begun.
type beginning int

const (
	byTeam   beginning = iota // fields of the inputs by a team
	together                  // and the first phase, of one sweep
	alone                     // all by Advance, in ranges of 16
)

// relaxBatch moves samples through phases with some workers at once and returns the
// moments of every sample. Sample i has the place ids[i] in epoch 3. The batch has room
// for more samples and was used before.
func relaxBatch(t failing, n *network.Network, settings Settings, xs [][]float32, ids []uint64, phases []phase, parts, spare int) [][]moment {
	t.Helper()
	return relaxBegun(t, byTeam, n, settings, xs, nil, ids, phases, parts, spare)
}

// relaxBegun is relaxBatch with a way to begin, and from given states where these are not nil.
func relaxBegun(t failing, begun beginning, n *network.Network, settings Settings, xs, given [][]float32, ids []uint64, phases []phase, parts, spare int) [][]moment {
	t.Helper()
	b, err := NewBatch(n, settings, len(xs)+spare)
	if err != nil {
		t.Fatal(err)
	}
	before := b.NewWorker()
	for i, x := range normals(b.Count(), n.Inputs(), 99) {
		b.Start(i, Vector(x), i, 1)
	}
	b.Advance(before, 0, b.Count(), 2, nil)

	b.Resize(len(xs))
	moments := make([][]moment, len(xs))
	each := func(task func(worker, part int)) {
		var group sync.WaitGroup
		for part := range parts {
			group.Go(func() { task(part, part) })
		}
		group.Wait()
	}
	team := b.NewTeam(parts, func(task *func(worker, part int)) { each(*task) })
	unit := 8
	if begun == alone {
		unit = 16
	}
	each(func(_, part int) {
		from, to := team.Samples(part, unit)
		for i := from; i < to; i++ {
			if given == nil || given[i] == nil {
				b.Start(i, Vector(xs[i]), int(ids[i]), 3)
			} else if err := b.StartAt(i, Vector(xs[i]), int(ids[i]), 3, given[i]); err != nil {
				t.Fatal(err)
			}
		}
	})
	switch begun {
	case byTeam:
		team.Drive()
	case together:
		team.Begin(phases[0].feedback)
	}
	each(func(worker, part int) {
		from, to := team.Samples(part, unit)
		w := team.Worker(worker)
		for index, p := range phases {
			if index > 0 || begun != together || given != nil {
				b.Advance(w, from, to, p.budget/3, p.feedback)
				b.Continue(w, from, to, p.budget/2, p.feedback)
				b.Continue(w, from, to, p.budget, p.feedback)
			}
			for i := from; i < to; i++ {
				m := moment{state: slices.Clone(b.State(i)), field: make([]float32, n.StateSize()), result: b.Result(i)}
				b.Field(w, i, m.field)
				m.unstable, m.settled = b.Unstable(w, i), b.Settled(w, i)
				moments[i] = append(moments[i], m)
			}
		}
	})
	return moments
}

// differ reports the first difference of a moment from a twin, or "".
func (m moment) differ(s *twinSample) string {
	if m.result != s.result {
		return fmt.Sprintf("result %+v, want %+v", m.result, s.result)
	}
	s.refresh()
	for index, module := range s.network.Modules {
		if padding := m.state[module.Offset:][module.Neurons:module.Padded()]; slices.ContainsFunc(padding, func(v float32) bool { return v != 0 }) {
			return fmt.Sprintf("module %d: padding %v, want zeros", index, padding)
		}
		for i, want := range s.state[index] {
			if got := m.state[module.Offset+i]; got != want {
				return fmt.Sprintf("module %d, neuron %d: state %v, want %v", index, i, got, want)
			}
			want := s.field(index, i, nil)
			if got := m.field[module.Offset+i]; math.Float32bits(got) != math.Float32bits(want) {
				return fmt.Sprintf("module %d, neuron %d: field %v, want %v (%#x, %#x)", index, i, got, want, math.Float32bits(got), math.Float32bits(want))
			}
		}
	}
	want := len(s.wrong(nil))
	if s.unset {
		want = s.network.Neurons()
	}
	if m.unstable != want || m.settled != (want == 0) {
		return fmt.Sprintf("%d unstable, settled: %v, want %d", m.unstable, m.settled, want)
	}
	return ""
}

// drawStarts draws states that samples can begin in, with padding that is none of theirs.
func drawStarts(n *network.Network, count int, seed uint64) [][]float32 {
	stream := random.New(seed, random.Synthetic)
	states := matrix(count, n.StateSize())
	for _, state := range states {
		for _, m := range n.Modules {
			for k := range m.Padded() {
				value := float32(2*stream.Float64() - 1)
				if m.Tanh == 0 {
					value = float32(math.Copysign(1, float64(value)))
				}
				state[m.Offset+k] = value
			}
		}
	}
	return states
}

// randomNetwork draws a network of one to three modules of any kind, with links of any
// kind between them.
func randomNetwork(t *rapid.T) (n *network.Network) {
	shape := rapid.SampledFrom([][]int{{1}, {7}, {33}, {3, 5}, {4, 3, 2}}).Draw(t, "shape")
	sizes := rapid.OneOf(rapid.IntRange(1, 15), rapid.SampledFrom([]int{16, 32, 48}), rapid.IntRange(17, 70))
	neurons := sizes.Draw(t, "neurons")
	continuous := rapid.SampledFrom([]float64{0, 0, 1.3}).Draw(t, "tanh")
	module := func() network.ModuleSpec {
		window := 0
		if len(shape) > 1 {
			window = rapid.IntRange(0, 3).Draw(t, "window")
		}
		return network.ModuleSpec{
			Neurons:      neurons,
			SelfCoupling: rapid.SampledFrom([]float64{0, 0.4, -0.3}).Draw(t, "self-coupling"),
			Tanh:         continuous * float64(rapid.IntRange(0, 1).Draw(t, "continuous")),
			Bias:         rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "bias"),
			Recurrent:    network.RecurrentSpec{Gain: 1, Density: rapid.SampledFrom([]float64{1, 0.3, 0, 0.02}).Draw(t, "density of J")},
			Input:        network.InputSpec{Gain: 0.7, Density: rapid.SampledFrom([]float64{1, 0.5, 0.1}).Draw(t, "density of W"), Window: window},
		}
	}
	spec := network.Spec{Modules: []network.ModuleSpec{module()}}
	equal := rapid.Bool().Draw(t, "modules of one size")
	for range rapid.SampledFrom([]int{0, 0, 1, 1, 2}).Draw(t, "more modules") {
		if !equal {
			neurons = sizes.Draw(t, "neurons of the next")
		}
		next := module()
		next.Input.Density *= float64(rapid.IntRange(0, 1).Draw(t, "reads"))
		spec.Modules = append(spec.Modules, next)
	}
	if modules := len(spec.Modules); modules > 1 {
		for range rapid.IntRange(0, 4).Draw(t, "links") {
			spec.Links = append(spec.Links, randomLink(t, spec.Modules))
		}
	}
	n, err := network.Draw(spec, shape, rapid.IntRange(2, 4).Draw(t, "classes"), rapid.Uint64().Draw(t, "seed"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range n.Blocks() {
		b.SetScale(rapid.SampledFrom([]float64{1, 0.83}).Draw(t, "scale of a block"))
	}
	for _, m := range n.Modules {
		if m.Input != nil {
			m.Input.SetScale(rapid.SampledFrom([]float64{1, 1.21}).Draw(t, "scale of W"))
		}
	}
	return n
}

// randomLink joins two of the modules in some way.
func randomLink(t *rapid.T, modules []network.ModuleSpec) network.Link {
	from := rapid.IntRange(0, len(modules)-1).Draw(t, "from")
	to := (from + rapid.IntRange(1, len(modules)-1).Draw(t, "to")) % len(modules)
	link := network.Link{
		Kind: network.Excitatory, Between: [2]int{from, to}, Strength: 0.6,
		Direction: rapid.SampledFrom([]network.Direction{"", network.Forward, network.Backward, network.Both}).Draw(t, "direction"),
	}
	least := min(modules[from].Neurons, modules[to].Neurons)
	switch {
	case rapid.Bool().Draw(t, "learned"):
		link.Kind, link.Strength = network.Learned, 0
		link.Gain, link.Density = 0.8, rapid.SampledFrom([]float64{1, 0.3, 0.05}).Draw(t, "density of a link")
	case modules[from].Neurons != modules[to].Neurons || rapid.Bool().Draw(t, "random"):
		link.FanIn = rapid.IntRange(1, min(5, least)).Draw(t, "fan-in")
	}
	return link
}

// Section 2 of the model page and the package comment: whatever the network, the
// order, the size of the batch, the workers and the kernel, every sample has the
// states, fields and results of the twin, bit for bit, after every phase.
func TestBatchEqualsTheTwinBitForBit(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { compareWithTwin(t, randomNetwork(t), someOrder(t)) })
	})
}

func compareWithTwin(t *rapid.T, n *network.Network, order Order) {
	settings := Settings{Order: order, Stop: rapid.SampledFrom([]Stop{"", StopAtFixedPoint, StopAtCycle, StopAtBudget}).Draw(t, "stop"), Probability: rapid.SampledFrom([]float64{0.3, 0.8, 1}).Draw(t, "probability"), Seed: rapid.Uint64Range(0, 9).Draw(t, "seed of orders")}
	count := rapid.OneOf(rapid.IntRange(1, 8), rapid.IntRange(9, 16), rapid.IntRange(17, 37)).Draw(t, "samples")
	xs := normals(count, n.Inputs(), rapid.Uint64().Draw(t, "seed of inputs"))
	if rapid.Bool().Draw(t, "binary inputs") {
		for _, x := range xs {
			for k := range x {
				x[k] = float32(math.Copysign(1, float64(x[k]))) * float32(min(1, k%3))
			}
		}
	}
	fields, err := n.FeedbackFields(network.Balanced, rapid.Float64Range(0.2, 4).Draw(t, "feedback"))
	if err != nil {
		t.Fatal(err)
	}
	feedback := func(i int) []float32 { return fields[i%n.Classes] }
	var phases []phase
	for range rapid.IntRange(1, 4).Draw(t, "phases") {
		p := phase{budget: rapid.OneOf(rapid.IntRange(0, 9), rapid.Just(40)).Draw(t, "budget")}
		if rapid.Bool().Draw(t, "clamped") {
			p.feedback = feedback
		}
		phases = append(phases, p)
	}
	ids := make([]uint64, count)
	for i := range ids {
		ids[i] = uint64(7 * i)
	}
	begun := beginning(rapid.IntRange(0, 2).Draw(t, "beginning"))
	if begun == together {
		phases = slices.Concat([]phase{{1, phases[0].feedback}}, phases)
	}
	var given [][]float32
	if rapid.Bool().Draw(t, "given states") {
		given = drawStarts(n, count, rapid.Uint64().Draw(t, "seed of states"))
		if begun != together { // which leaves a batch with given states to Advance
			given[rapid.IntRange(0, count-1).Draw(t, "unset")] = nil
		}
	}
	moments := relaxBegun(t, begun, n, settings, xs, given, ids, phases, rapid.IntRange(1, 3).Draw(t, "workers"), rapid.IntRange(0, 20).Draw(t, "spare"))
	reference := newTwin(n, settings)
	for i, x := range xs {
		s := reference.start(x, 3, ids[i])
		if given != nil && given[i] != nil {
			s = reference.startAt(x, 3, ids[i], given[i])
		}
		for index, p := range phases {
			var field []float32
			if p.feedback != nil {
				field = p.feedback(i)
			}
			s.advance(p.budget, field)
			if difference := moments[i][index].differ(s); difference != "" {
				t.Fatalf("sample %d of %d, phase %d: %s", i, count, index, difference)
			}
		}
	}
}

// Package comment: the product is changed flip by flip up to a quarter of a module and
// taken afresh above. Trajectories that cross the limit both ways equal the twin's, and
// the limit itself is held: exactly a quarter of N = 40 changes flip by flip. Seed 31.
func TestTrajectoriesCrossTheShareOfFreshProducts(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, density := range []float64{1, 0.3} {
			n := drawNetwork(t, one(40, density, 0.2), []int{9}, 3, 31)
			fields, err := n.FeedbackFields(network.Balanced, 2)
			if err != nil {
				t.Fatal(err)
			}
			feedback := func(i int) []float32 { return fields[i%3] }
			xs := normals(64, 9, 32)
			ids := make([]uint64, len(xs))
			phases := []phase{{30, nil}, {30, feedback}, {30, nil}}
			moments := relaxBatch(t, n, Settings{}, xs, ids, phases, 2, 0)
			var fresh, incremental, crossings int
			for i, x := range xs {
				s := newTwin(n, Settings{}).start(x, 3, 0)
				for index, p := range phases {
					var field []float32
					if p.feedback != nil {
						field = p.feedback(i)
					}
					s.advance(p.budget, field)
					if difference := moments[i][index].differ(s); difference != "" {
						t.Fatalf("seed 31, density %v, sample %d, phase %d: %s", density, i, index, difference)
					}
				}
				fresh, incremental, crossings = fresh+s.fresh, incremental+s.incremental, crossings+s.crossings
			}
			if fresh < 20 || incremental < 20 || crossings < 20 {
				t.Errorf("seed 31, density %v: %d fresh products, %d changed ones, %d fresh after changed, want at least 20 of each", density, fresh, incremental, crossings)
			}
		}
	})
}

// A sample has one trajectory, wherever it stands in a batch and whatever stands
// beside it. Seed 33.
func TestTrajectoryDoesNotDependOnThePlaceInTheBatch(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, order := range []Order{Parallel, Partial, Sequential, Modules} {
			for _, density := range []float64{1, 0.4} {
				n := drawNetwork(t, one(45, density, 0.1), []int{20}, 2, 33)
				settings := Settings{Order: order, Probability: 0.7, Seed: 5}
				phases := []phase{{3, nil}, {12, nil}}
				x := normals(1, 20, 34)
				want := relaxBatch(t, n, settings, x, []uint64{77}, phases, 1, 0)[0]
				for _, count := range []int{1, 7, 8, 9, 16, 17, 24, 33} {
					for _, at := range []int{0, count / 2, count - 1} {
						xs, ids := normals(count, 20, uint64(count)), make([]uint64, count)
						copy(xs[at], x[0])
						ids[at] = 77
						got := relaxBatch(t, n, settings, xs, ids, phases, 1+count%3, count%5)[at]
						for p := range want {
							if !slices.Equal(got[p].state, want[p].state) || !slices.Equal(got[p].field, want[p].field) || got[p].result != want[p].result {
								t.Fatalf("seed 33, %s, density %v: sample at place %d of %d differs from the sample alone after phase %d", order, density, at, count, p)
							}
						}
					}
				}
			}
		}
	})
}

// Relax is a batch of one sample with the address (0, 0), and finds a fixed point that
// the budget's last sweep reached. Seed 35.
func TestRelaxEqualsTheTwin(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		for _, order := range []Order{"", Parallel, Partial, Sequential, Modules} {
			for seed := range uint64(12) {
				n := drawNetwork(t, one(25, 1, 0.5), []int{6}, 2, 35+seed)
				settings := Settings{Order: order, Probability: 0.6, Seed: seed}
				x := normals(1, 6, seed)[0]
				for _, sweeps := range []int{1, 2, 4, 40} {
					state, result, err := Relax(n, settings, x, sweeps)
					if err != nil {
						t.Fatal(err)
					}
					s := newTwin(n, settings).start(x, 0, 0)
					s.advance(sweeps, nil)
					s.refresh()
					if len(s.wrong(nil)) == 0 {
						s.result.Status = FixedPoint
					}
					if result != s.result || !slices.Equal(state[:25], s.state[0]) {
						t.Fatalf("seed %d, order %q, %d sweeps: result %+v, state %v, want %+v, %v", 35+seed, order, sweeps, result, state[:25], s.result, s.state[0])
					}
				}
			}
		}
	})
}
