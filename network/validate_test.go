package network

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"basin/network/coupling"
)

// linked is a network of two modules that see the input, with a link of each kind.
func linked(t *testing.T) *Network {
	m := ModuleSpec{Neurons: 20, Bias: 1, Recurrent: RecurrentSpec{Gain: 1, Density: 0.5}, Input: InputSpec{Gain: 1, Density: 1}}
	n := draw(t, Spec{Modules: []ModuleSpec{m, m}, Links: []Link{
		{Kind: Excitatory, Between: [2]int{0, 1}, Strength: 1, Direction: Forward},
		{Kind: Learned, Between: [2]int{0, 1}, Gain: 1, Density: 0.3, Direction: Forward},
	}, Feedback: []float64{1, 2}}, []int{4, 3}, 3, 1)
	n.Readout.Average = make([]float32, len(n.Readout.Couplings))
	return n
}

func TestValidateReportsNetworksPutTogetherWrong(t *testing.T) {
	block := func(receivers, senders int, hollow bool) *coupling.Dense {
		d := coupling.NewDense(coupling.Shape{Receivers: receivers, Senders: senders, Hollow: hollow})
		if err := d.Fill(nil, func(int, []float32) {}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	input := func(receivers, senders int) *coupling.DenseInput {
		d := coupling.NewDenseInput(coupling.Shape{Receivers: receivers, Senders: senders})
		if err := d.Fill(nil, func(int, []float32) {}); err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		want   string
		change func(n *Network)
	}{
		{"", func(*Network) {}},
		{"", func(n *Network) { n.Modules[0].Recurrent = block(20, 20, true) }},
		{"", func(n *Network) { n.Modules[0].Input = nil; n.Modules[1].Bias = nil; n.Readout.Average = nil }},
		{"no modules", func(n *Network) { n.Modules = nil }},
		{"module 1 is nil", func(n *Network) { n.Modules[1] = nil }},
		{"1 classes, want 2 to", func(n *Network) { n.Classes = 1 }},
		{"module 0: 60 values of feedback", func(n *Network) { n.Classes = 1 << 16; n.Modules[0].Feedback = make([]float32, 60) }},
		{"input shape []", func(n *Network) { n.InputShape = nil }},
		{"input shape [4 -3]", func(n *Network) { n.InputShape = []int{4, -3} }},
		{fmt.Sprintf("input shape [%d 4]", math.MaxInt/2+1), func(n *Network) { n.InputShape = []int{math.MaxInt/2 + 1, 4} }},
		{"module 0: input couplings: 20 receivers of 12 senders, hollow false, want 20 of 16", func(n *Network) { n.InputShape = []int{4, 4} }},
		{"module 1: -1 neurons", func(n *Network) { n.Modules[1].Neurons = -1 }},
		{"module 0: 0 neurons", func(n *Network) { n.Modules[0].Neurons = 0 }},
		{"module 0: recurrent couplings: 20 receivers of 20 senders, hollow true, want 30 of 30", func(n *Network) { n.Modules[0].Neurons = 30 }},
		{"module 1: begins at 48 of a state, want 32", func(n *Network) { n.Modules[1].Offset = 48 }},
		{"module 0: begins at -32", func(n *Network) { n.Modules[0].Offset = -32 }},
		{"module 1: begins at 32 of a state, want 16", func(n *Network) {
			n.Modules[0].Neurons, n.Modules[0].Recurrent, n.Modules[0].Input = 16, nil, nil
			n.Modules[0].Feedback, n.Modules[0].Bias = make([]float32, 48), nil
		}},
		{"module 0: recurrent couplings: a block that is nil", func(n *Network) { n.Modules[0].Recurrent = (*coupling.Sparse)(nil) }},
		{"module 0: recurrent couplings: 0 receivers", func(n *Network) { n.Modules[0].Recurrent = &coupling.Sparse{} }},
		{"module 0: recurrent couplings: 20 receivers of 20 senders without couplings", func(n *Network) {
			n.Modules[0].Recurrent = coupling.NewSparse(n.Modules[0].Recurrent.Shape())
		}},
		{"hollow false, want 20 of 20, true", func(n *Network) { n.Modules[0].Recurrent = block(20, 20, false) }},
		{"module 1: input couplings: 16 receivers", func(n *Network) { n.Modules[1].Input = input(16, 12) }},
		{"module 1: input couplings: 20 receivers of 11", func(n *Network) { n.Modules[1].Input = input(20, 11) }},
		{"module 1: 5 values of feedback, want 96", func(n *Network) { n.Modules[1].Feedback = make([]float32, 5) }},
		{"module 1: 20 biases, want 32", func(n *Network) { n.Modules[1].Bias = n.Modules[1].Bias[:20] }},
		{"1 strengths of the feedback", func(n *Network) { n.Spec.Feedback = []float64{1} }},
		{"pathway 0: is nil", func(n *Network) { n.Pathways[0] = nil }},
		{"pathway 0: from module 0 to 2", func(n *Network) { n.Pathways[0].To = 2 }},
		{"pathway 0: from module -1 to 1", func(n *Network) { n.Pathways[0].From = -1 }},
		{"pathway 0: from module 1 to 1", func(n *Network) { n.Pathways[0].From = 1 }},
		{"pathway 0: learns, but has no couplings", func(n *Network) { n.Pathways[0].Learned = true }},
		{"pathway 0: joins 20 and 21 neurons one to one", func(n *Network) {
			n.Modules[1].Neurons, n.Modules[1].Recurrent, n.Modules[1].Input = 21, nil, nil
		}},
		{"pathway 1: 20 receivers of 21 senders", func(n *Network) { n.Pathways[1].Block = block(20, 21, false) }},
		{"pathway 1: 20 receivers of 20 senders, hollow true", func(n *Network) { n.Pathways[1].Block = block(20, 20, true) }},
		{"pathway 1: a block that is nil", func(n *Network) { n.Pathways[1].Block = (*coupling.Dense)(nil) }},
		{"readout: none", func(n *Network) { n.Readout = nil }},
		{"readout: 4 classes, want 3", func(n *Network) { n.Readout.Classes = 4 }},
		{"readout: 1023 couplings, want 1024", func(n *Network) { n.Readout.Couplings = n.Readout.Couplings[1:] }},
		{"readout: an average of 0 couplings, want 1024", func(n *Network) { n.Readout.Average = []float32{} }},
		{"readout: real states: false, want true", func(n *Network) { n.Modules[0].Tanh = 1 }},
	} {
		n := linked(t)
		c.change(n)
		err := n.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), "network: ") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	if err := (*Network)(nil).Validate(); err == nil {
		t.Error("no network is valid")
	}
	if err := new(Network).Validate(); err == nil {
		t.Error("an empty network is valid")
	}
}

// A network put together by hand from the parts of another is that network.
func TestANetworkPutTogetherByHandIsValid(t *testing.T) {
	n := linked(t)
	first, second := *n.Modules[0], *n.Modules[1]
	byHand := &Network{
		Spec: n.Spec, InputShape: []int{4, 3}, Classes: 3, Modules: []*Module{&first, &second},
		Pathways: n.Pathways, Readout: &Readout{Classes: 3, Couplings: n.Readout.Couplings, Average: n.Readout.Average},
	}
	if err := byHand.Validate(); err != nil || !reflect.DeepEqual(byHand, n) {
		t.Errorf("%v", err)
	}
}

// Logits of vectors that do not fit panic, and never reach the loops below.
func TestLogitsOfVectorsThatDoNotFitPanic(t *testing.T) {
	n := linked(t)
	vectors := func(count, size int) [][]float32 {
		v := make([][]float32, count)
		for q := range v {
			v[q] = make([]float32, size)
		}
		return v
	}
	couplings := n.Readout.Couplings
	for name, call := range map[string]func(){
		"short logits":    func() { n.Readout.Logits(vectors(2, 3), vectors(2, 64), couplings) },
		"long logits":     func() { n.Readout.Logits(vectors(2, 4096), vectors(2, 64), couplings) },
		"uneven logits":   func() { n.Readout.Logits(append(vectors(1, 16), vectors(1, 8)...), vectors(2, 64), couplings) },
		"few states":      func() { n.Readout.Logits(vectors(2, 16), vectors(1, 64), couplings) },
		"no states":       func() { n.Readout.Logits(vectors(2, 16), nil, couplings) },
		"long states":     func() { n.Readout.Logits(vectors(2, 16), vectors(2, 4096), couplings) },
		"uneven states":   func() { n.Readout.Logits(vectors(2, 16), append(vectors(1, 64), vectors(1, 16)...), couplings) },
		"no couplings":    func() { n.Readout.Logits(vectors(2, 16), vectors(2, 64), nil) },
		"few couplings":   func() { n.Readout.Logits(vectors(2, 16), vectors(2, 64), couplings[:1000]) },
		"another readout": func() { (&Readout{Classes: 1 << 20}).Logits(vectors(2, 16), vectors(2, 64), couplings) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic, want one", name)
				}
			}()
			call()
		}()
	}
	n.Readout.Logits(nil, nil, nil) // of no states there are none
}
