package dynamics

import (
	"math"
	"slices"
	"strings"
	"testing"

	"basin/network"
	"basin/network/coupling"
)

// outcome calls what an outsider may call. A fault in assembly would end the tests.
func outcome(call func()) (recovered any) {
	defer func() { recovered = recover() }()
	call()
	return nil
}

// mixed is a network of two modules, dense and sparse, with links between them.
func mixed(t *testing.T) *network.Network {
	m := network.ModuleSpec{Neurons: 40, Bias: 1, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1}}
	sparse := m
	sparse.Recurrent.Density, sparse.Input.Window = 0.4, 2
	return drawNetwork(t, network.Spec{Modules: []network.ModuleSpec{m, sparse}, Links: []network.Link{
		{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 1},
		{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 1, Density: 0.5},
	}}, []int{5, 4}, 2, 61)
}

// What an outsider put together wrong is refused before anything moves.
func TestNewBatchRefusesNetworksPutTogetherWrong(t *testing.T) {
	for want, change := range map[string]func(n *network.Network){
		"no modules":       func(n *network.Network) { n.Modules = nil },
		"module 1 is nil":  func(n *network.Network) { n.Modules[1] = nil },
		"-5 neurons":       func(n *network.Network) { n.Modules[0].Neurons = -5 },
		"begins at 4096":   func(n *network.Network) { n.Modules[1].Offset = 4096 },
		"without coupling": func(n *network.Network) { n.Modules[0].Recurrent = coupling.NewDense(n.Modules[0].Recurrent.Shape()) },
		"2 biases":         func(n *network.Network) { n.Modules[0].Bias = make([]float32, 2) },
		"pathway 2":        func(n *network.Network) { n.Pathways[2].Block = nil },
		"from module 7":    func(n *network.Network) { n.Pathways[0].From = 7 },
		"readout: none":    func(n *network.Network) { n.Readout = nil },
	} {
		n := mixed(t)
		change(n)
		b, err := NewBatch(n, Settings{}, 3)
		if b != nil || err == nil || !strings.HasPrefix(err.Error(), "dynamics: network: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v, want no batch and an error with %q", b, err, want)
		}
		if _, _, err := Relax(n, Settings{}, make([]float32, n.Inputs()), 5); err == nil {
			t.Errorf("Relax has no error, want one with %q", want)
		}
	}
	if _, err := NewBatch(nil, Settings{}, 3); err == nil {
		t.Error("a batch of no network")
	}
	if _, _, err := Relax(nil, Settings{}, nil, 5); err == nil {
		t.Error("a relaxation of no network")
	}
}

// Whatever an outsider changes of a network that already moves, its methods end or panic.
func TestChangesBehindTheBackOfABatchAreNoFaults(t *testing.T) {
	huge := coupling.NewDense(coupling.Shape{Receivers: 4000, Senders: 40})
	if err := huge.Fill(nil, func(int, []float32) {}); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(n *network.Network){
		"larger module":   func(n *network.Network) { n.Modules[0].Neurons = 1 << 20 },
		"smaller module":  func(n *network.Network) { n.Modules[1].Neurons = 3 },
		"no neurons":      func(n *network.Network) { n.Modules[1].Neurons = 0 },
		"fewer than none": func(n *network.Network) { n.Modules[0].Neurons = -40 },
		"offset beyond":   func(n *network.Network) { n.Modules[1].Offset = 1 << 30 },
		"offset inside":   func(n *network.Network) { n.Modules[1].Offset = 5 },
		"offset below":    func(n *network.Network) { n.Modules[1].Offset = -16 },
		"nil module":      func(n *network.Network) { n.Modules[1] = nil },
		"no modules":      func(n *network.Network) { n.Modules = nil },
		"more modules":    func(n *network.Network) { n.Modules = append(n.Modules, n.Modules[0]) },
		"short bias":      func(n *network.Network) { n.Modules[0].Bias = n.Modules[0].Bias[:1:1] },
		"no couplings":    func(n *network.Network) { n.Modules[0].Recurrent = nil },
		"other couplings": func(n *network.Network) { n.Modules[0].Recurrent = huge },
		"copied over":     func(n *network.Network) { *n.Modules[0].Recurrent.(*coupling.Dense) = *huge },
		"emptied":         func(n *network.Network) { *n.Modules[1].Recurrent.(*coupling.Sparse) = coupling.Sparse{} },
		"no input":        func(n *network.Network) { n.Modules[1].Input = nil },
		"more inputs":     func(n *network.Network) { n.InputShape = []int{5, 4000} },
		"fewer inputs":    func(n *network.Network) { n.InputShape = []int{1} },
		"no inputs":       func(n *network.Network) { n.InputShape = []int{0} },
		"no pathways":     func(n *network.Network) { n.Pathways = nil },
		"turned pathway":  func(n *network.Network) { n.Pathways[2].Block = huge },
		"tanh":            func(n *network.Network) { n.Modules[0].Tanh = 2 },
	}
	everyKernel(t, func(t *testing.T) {
		for _, settings := range orders {
			for name, change := range changes {
				for _, freeze := range []bool{false, true} {
					n := mixed(t)
					b, err := NewBatch(n, settings, 9)
					if err != nil {
						t.Fatal(err)
					}
					if freeze {
						b.Freeze()
					}
					team := b.NewTeam(1, func(task *func(worker, part int)) { (*task)(0, 0) })
					w, xs := team.Worker(0), normals(9, 20, 62)
					start := func() {
						for i, x := range xs {
							b.Start(i, Vector(x), i, 0)
						}
					}
					start()
					b.Advance(w, 0, 5, 3, nil)
					change(n)
					outcome(func() { b.Advance(w, 0, 9, 3, nil) })
					outcome(func() { b.Field(w, 0, make([]float32, n.StateSize())) })
					outcome(func() { b.Settled(w, 0) })
					outcome(start)
					outcome(func() { team.Begin(nil) })
					outcome(func() { b.Advance(w, 0, 9, 3, nil) })
					outcome(func() { b.Freeze() })
					outcome(func() { b.Advance(b.NewWorker(), 0, 9, 3, nil) })
					b.Resize(1)
					outcome(func() { b.Start(0, Vector(xs[0]), 0, 0) })
					if outcome(func() { b.Advance(w, 0, 1, 3, nil) }) != nil && name == "tanh" {
						t.Errorf("%s: a panic without a reason", name)
					}
				}
			}
		}
	})
}

// Wrong arguments panic.
func TestWrongArgumentsOfABatchPanic(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		n := mixed(t)
		b, err := NewBatch(n, Settings{}, 20)
		if err != nil {
			t.Fatal(err)
		}
		small, err := NewBatch(drawNetwork(t, one(4, 1, 0), []int{2}, 2, 1), Settings{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		w, x := b.NewWorker(), Vector(make([]float32, 20))
		short := func(int) []float32 { return make([]float32, 16) }
		begin := func() {
			for i := range 20 {
				b.Start(i, x, i, 0)
			}
		}
		for name, call := range map[string]func(){
			"sample below zero":   func() { b.Start(-1, x, 0, 0) },
			"sample beyond":       func() { b.Start(32, x, 0, 0) },
			"start at none":       func() { _ = b.StartAt(48, x, 0, 0, make([]float32, n.StateSize())) },
			"start, no inputs":    func() { _ = b.StartAt(0, nil, 0, 0, drawStarts(n, 1, 1)[0]) },
			"no inputs":           func() { b.Start(0, nil, 0, 0) },
			"from below zero":     func() { b.Advance(w, -16, 4, 2, nil) },
			"to beyond":           func() { b.Advance(w, 0, 48, 2, nil) },
			"no worker":           func() { b.Advance(nil, 0, 16, 2, short) },
			"empty worker":        func() { b.Advance(&Worker{}, 0, 16, 2, nil) },
			"worker of another":   func() { b.Advance(small.NewWorker(), 0, 16, 2, nil) },
			"short feedback":      func() { b.Advance(w, 0, 16, 2, short) },
			"no feedback":         func() { b.Advance(w, 0, 16, 2, func(int) []float32 { return nil }) },
			"short field":         func() { b.Field(w, 0, make([]float32, 90)) },
			"field of no sample":  func() { b.Field(w, 40, make([]float32, 96)) },
			"settled of none":     func() { b.Settled(w, 40) },
			"state of none":       func() { b.State(32) },
			"result of none":      func() { b.Result(-1) },
			"input of none":       func() { b.Input(32) },
			"part of a team":      func() { b.NewTeam(2, func(task *func(worker, part int)) { (*task)(0, -1) }).Drive() },
			"worker of a team":    func() { b.NewTeam(2, func(task *func(worker, part int)) { (*task)(2, 0) }).Drive() },
			"a team of no worker": func() { b.NewTeam(0, func(task *func(worker, part int)) { (*task)(0, 0) }).Drive() },
		} {
			begin()
			if outcome(call) == nil {
				t.Errorf("%s: no panic, want one", name)
			}
		}
		for _, count := range []int{-5, 0, math.MaxInt/2 + 1} {
			b.Resize(count)
			if b.Count() < 1 || b.Count() > 20 {
				t.Errorf("Resize(%d) leaves %d samples", count, b.Count())
			}
		}
		begin()
		b.Advance(w, 0, 20, 3, nil)
	})
}

// A start that is no state is an error, and leaves the sample as it was.
func TestStartAtRefusesWhatIsNoState(t *testing.T) {
	spec := one(20, 1, 0)
	spec.Modules = append(spec.Modules, spec.Modules[0])
	spec.Modules[1].Tanh = 1
	n := drawNetwork(t, spec, []int{2}, 2, 63)
	b, err := NewBatch(n, Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	x, w := Vector(normals(1, 2, 64)[0]), b.NewWorker()
	b.Start(0, x, 0, 0)
	b.Advance(w, 0, 1, 3, nil)
	before, result := slices.Clone(b.State(0)), b.Result(0)
	good := drawStarts(n, 1, 65)[0]
	change := func(at int, to float32) []float32 {
		state := slices.Clone(good)
		state[at] = to
		return state
	}
	nan := float32(math.NaN())
	for want, state := range map[string][]float32{
		"a start of 63 values, want the 64":                             good[:63],
		"a start of 0 values":                                           nil,
		"with 0 for neuron 3 of module 0, want -1 or +1":                change(3, 0),
		"with NaN for neuron 19 of module 0":                            change(19, nan),
		"with 1.5 for neuron 7 of module 1, want a value from -1 to 1":  change(39, 1.5),
		"with NaN for neuron 0 of module 1, want a value from -1 to 1":  change(32, nan),
		"with -Inf for neuron 0 of module 1, want a value from -1 to 1": change(32, float32(math.Inf(-1))),
		"with 0.99999994 for neuron 0 of module 0, want -1 or +1":       change(0, 0.99999994),
	} {
		if err := b.StartAt(0, x, 0, 0, state); err == nil || !strings.HasPrefix(err.Error(), "dynamics: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if !slices.Equal(before, b.State(0)) || b.Result(0) != result {
		t.Error("a start that was refused changed the sample")
	}
	if err := b.StartAt(0, x, 0, 0, change(25, nan)); err != nil {
		t.Errorf("padding: %v", err)
	}
}
