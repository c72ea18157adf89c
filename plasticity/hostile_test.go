package plasticity

import (
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

// mixed is a network of two modules, dense and sparse, with a learned link.
func mixed(t *testing.T) *network.Network {
	spec := one(40, 1, 1)
	spec.Modules = append(spec.Modules, one(30, 0.4, 0.5).Modules[0])
	spec.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 1, Density: 0.5}}
	return drawNetwork(t, spec, []int{20}, 3, 63)
}

func TestNewLearnerRefusesNetworksPutTogetherWrong(t *testing.T) {
	for want, change := range map[string]func(n *network.Network){
		"module 0 is nil":   func(n *network.Network) { n.Modules[0] = nil },
		"begins at 4096":    func(n *network.Network) { n.Modules[1].Offset = 4096 },
		"without couplings": func(n *network.Network) { n.Pathways[0].Block = coupling.NewSparse(n.Pathways[0].Block.Shape()) },
		"learns, but has":   func(n *network.Network) { n.Pathways[0].Block = nil },
		"readout: 3 coupl":  func(n *network.Network) { n.Readout.Couplings = make([]float32, 3) },
	} {
		n := mixed(t)
		change(n)
		l, err := NewLearner(n, 4, 1, false)
		if l != nil || err == nil || !strings.HasPrefix(err.Error(), "plasticity: network: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v, want no learner and an error with %q", l, err, want)
		}
	}
	if _, err := NewLearner(nil, 4, 1, false); err == nil {
		t.Error("a learner of no network")
	}
}

// Whatever an outsider changes of a network that already learns, an update ends or panics.
func TestChangesBehindTheBackOfALearnerAreNoFaults(t *testing.T) {
	huge := coupling.NewDense(coupling.Shape{Receivers: 4000, Senders: 4000, Hollow: true})
	if err := huge.Fill(nil, func(int, []float32) {}); err != nil {
		t.Fatal(err)
	}
	rule := Rule{Kappa: 0.3, Recurrent: Block{0.1, 0}, Links: Block{0.1, 0}, Input: Block{0.1, 0}, Readout: Block{0.1, 0}, ReadoutWeights: [2]float64{1, 1}, Averaging: 0.1}
	changes := map[string]func(n *network.Network){
		"larger module":   func(n *network.Network) { n.Modules[0].Neurons = 1 << 20 },
		"smaller module":  func(n *network.Network) { n.Modules[1].Neurons = 3 },
		"offset beyond":   func(n *network.Network) { n.Modules[1].Offset = 1 << 30 },
		"offset inside":   func(n *network.Network) { n.Modules[1].Offset = 5 },
		"nil module":      func(n *network.Network) { n.Modules[1] = nil },
		"no modules":      func(n *network.Network) { n.Modules = nil },
		"copied over":     func(n *network.Network) { *n.Modules[0].Recurrent.(*coupling.Dense) = *huge },
		"emptied":         func(n *network.Network) { *n.Modules[1].Input.(*coupling.SparseInput) = coupling.SparseInput{} },
		"more inputs":     func(n *network.Network) { n.InputShape = []int{4000} },
		"more classes":    func(n *network.Network) { n.Classes, n.Readout.Classes = 50, 50 },
		"short readout":   func(n *network.Network) { n.Readout.Couplings = n.Readout.Couplings[:16:16] },
		"short average":   func(n *network.Network) { n.Readout.Average = n.Readout.Average[:16:16] },
		"no readout":      func(n *network.Network) { n.Readout = nil },
		"nothing changed": func(*network.Network) {},
	}
	everyKernel(t, func(t *testing.T) {
		for name, change := range changes {
			for _, softness := range []float64{0, 2} {
				n := mixed(t)
				n.Readout.Average = make([]float32, len(n.Readout.Couplings))
				rule.Softness = softness
				l, b := learner(t, n, 12, 1, softness > 0), drawBatch(n, 12, 1, 64)
				w := l.NewWorker()
				record := func() {
					l.Reset(rule, 12)
					for i := range 12 {
						l.Record(i, b.states[i], b.fields[i], b.inputs[i])
						l.Keep(0, i, b.readStates[0][i])
						l.Read(0, i, b.logits[0][i], b.labels[i])
					}
				}
				update := func() {
					l.Gather(0)
					l.Gather(1)
					l.Begin()
					l.Update(w, 0, 1)
				}
				record()
				change(n)
				panicked := outcome(update)
				outcome(record)
				outcome(update)
				outcome(func() { l.UpdateRecurrent(w, 0, 1) })
				outcome(func() { l.UpdateInput(w, 0, 1) })
				outcome(func() { l.UpdateReadout(w, 0, 1) })
				if name == "nothing changed" && panicked != nil {
					t.Errorf("softness %v: %v", softness, panicked)
				}
			}
		}
	})
}

// Wrong arguments panic.
func TestWrongArgumentsOfALearnerPanic(t *testing.T) {
	rule := Rule{Kappa: 9, Recurrent: Block{0.1, 0}, Input: Block{0.1, 0}, ReadoutWeights: [2]float64{1, 1}}
	everyKernel(t, func(t *testing.T) {
		n := mixed(t)
		l, b := learner(t, n, 12, 1, false), drawBatch(n, 12, 1, 65)
		w := l.NewWorker()
		many := learner(t, n, keptStates+1, 1, false)
		manyWorker := many.NewWorker()
		state, field, inputs := b.states[0], b.fields[0], b.inputs[0]
		for name, call := range map[string]func(){
			"sample below zero":             func() { l.Record(-1, state, field, inputs) },
			"sample beyond":                 func() { l.Record(16, state, field, inputs) },
			"short state":                   func() { l.Record(0, state[:32], field, inputs) },
			"no state":                      func() { l.Record(0, nil, field, inputs) },
			"long state":                    func() { l.Record(0, make([]float32, 4096), field, inputs) },
			"short field":                   func() { l.Record(0, state, field[:64], inputs) },
			"short inputs":                  func() { l.Record(0, state, field, inputs[:20:20]) },
			"no inputs":                     func() { l.Record(0, state, field, nil) },
			"slot beyond":                   func() { l.Keep(1, 0, state) },
			"slot below zero":               func() { l.Keep(-1, 0, state) },
			"read beyond":                   func() { l.Keep(0, 12, state) },
			"read a short state":            func() { l.Keep(0, 0, state[:16]) },
			"few logits":                    func() { l.Read(0, 0, b.logits[0][0][:2:2], 0) },
			"logits of a slot beyond":       func() { l.Logits(w, 1, 0, junk(1, 16)) },
			"logits of a slot below zero":   func() { l.Logits(w, -1, 0, junk(1, 16)) },
			"logits of a sample beyond":     func() { l.Logits(w, 0, 12, junk(1, 16)) },
			"logits of a sample below zero": func() { l.Logits(w, 0, -1, junk(1, 16)) },
			"logits that run beyond":        func() { l.Logits(w, 0, 8, junk(5, 16)) },
			"more logits than are taken":    func() { many.Logits(manyWorker, 0, 0, junk(keptStates+1, 16)) },
			"logits shorter than classes":   func() { l.Logits(w, 0, 0, junk(1, 2)) },
			"logits without a worker":       func() { l.Logits(nil, 0, 0, junk(1, 16)) },
			"group beyond":                  func() { l.Gather(2) },
			"group below zero":              func() { l.Gather(-1) },
			"no worker":                     func() { l.Update(nil, 0, 1) },
			"empty worker":                  func() { l.Update(&Worker{}, 0, 1) },
			"no parts":                      func() { l.Update(w, 0, 0) },
			"part below zero":               func() { l.Update(w, -1, 1) },
			"too many samples":              func() { l.Reset(rule, 1000); l.Begin(); l.Update(w, 0, 1) },
			"fewer than none":               func() { l.Reset(rule, -30) },
		} {
			learn(l, b, rule, 1)
			if outcome(call) == nil {
				t.Errorf("%s: no panic, want one", name)
			}
		}
		learn(l, b, rule, 1)
	})
}

// A symmetric rule has no meaning for shared couplings, in a network that no settings made.
func TestSymmetricRulesOfSharedCouplingsPanic(t *testing.T) {
	n := mixed(t)
	block := coupling.NewShared(coupling.Grid{Image: coupling.Image{Height: 2, Width: 5, Channels: 4}, Side: 3, Stride: 1, Border: 1, Channels: 4}, true)
	if err := block.Fill(nil, func(int, []float32) {}); err != nil {
		t.Fatal(err)
	}
	n.Modules[0].Recurrent = block
	l := learner(t, n, 8, 1, false)
	for _, symmetry := range Symmetries() {
		if refused := outcome(func() { l.Reset(Rule{Symmetry: symmetry}, 8) }) != nil; refused != (symmetry != Asymmetric) {
			t.Errorf("symmetry %s: refused is %t", symmetry, refused)
		}
	}
}
