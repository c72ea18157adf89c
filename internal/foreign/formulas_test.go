package foreign

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"basin/internal/layout"
	"basin/network"
	"basin/plasticity"
	"basin/settings"
)

// A mini-batch that a test has made up: samples with states, fields without feedback, inputs and
// labels.
type minibatch struct {
	states, fields, inputs [][]float64
	labels                 []int
}

const (
	samples = 5
	classes = 10
)

func makeUp(neurons, inputs int) minibatch {
	random := rand.New(rand.NewPCG(1, 2))
	row := func(n int, value func() float64) []float64 {
		list := make([]float64, n)
		for i := range list {
			list[i] = value()
		}
		return list
	}
	sign := func() float64 { return float64(2*random.IntN(2) - 1) }
	var b minibatch
	for range samples {
		b.states = append(b.states, row(neurons, sign))
		b.fields = append(b.fields, row(neurons, func() float64 { return 2 * random.NormFloat64() }))
		b.inputs = append(b.inputs, row(inputs, sign))
		b.labels = append(b.labels, random.IntN(classes))
	}
	return b
}

// couplings are J, W and O by receiver and sender; those that are absent are not in the map.
type couplings map[ends]float64

type ends struct {
	block    byte // 'J', 'W' or 'O'
	to, from int
}

func read(n *network.Network) couplings {
	c := couplings{}
	m := n.Modules[0]
	m.Recurrent.Each(func(i, j int, v *float32) bool {
		c[ends{'J', i, j}] = float64(*v) * m.Recurrent.Scale()
		return true
	})
	m.Input.Each(func(i, k int, v *float32) bool {
		c[ends{'W', i, k}] = float64(*v) * m.Input.Scale()
		return true
	})
	for i := range m.Neurons {
		for k, v := range n.Readout.Row(n.Readout.Couplings, i) {
			c[ends{'O', k, i}] = float64(v)
		}
	}
	return c
}

// learnHere lets Basin learn a mini-batch and returns the couplings before and after.
func learnHere(t *testing.T, s settings.Settings, b minibatch) (before, after couplings) {
	t.Helper()
	n, err := network.Draw(s.Network, []int{len(b.inputs[0])}, classes, 3)
	if err != nil {
		t.Fatal(err)
	}
	before = read(n)
	l, err := plasticity.NewLearner(n, samples, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	narrow := func(values []float64, size int) []float32 {
		list := make([]float32, size)
		for i, v := range values {
			list[i] = float32(v)
		}
		return list
	}
	l.Reset(plasticity.Rule{
		Kappa:     s.Learning.Kappa.Start,
		Recurrent: plasticity.Block{Rate: s.Learning.Recurrent.Rate.Start, Decay: s.Learning.Recurrent.Decay},
		Input:     plasticity.Block{Rate: s.Learning.Input.Rate.Start, Decay: s.Learning.Input.Decay},
		Readout:   plasticity.Block{Rate: s.Readout.Rate.Start, Decay: s.Readout.Decay},

		ReadoutKappa: s.Readout.Kappa, ReadoutWeights: s.Readout.Weights,
	}, samples)
	w := l.NewWorker()
	for i := range samples {
		state := narrow(b.states[i], n.StateSize())
		l.Record(i, state, narrow(b.fields[i], n.StateSize()), narrow(b.inputs[i], layout.Padded(n.Inputs())))
		l.Keep(0, i, state)
		logits := make([]float32, classes)
		for c, v := range b.logits(before, i) {
			logits[c] = float32(v)
		}
		l.Read(0, i, logits, b.labels[i])
	}
	l.Gather(0)
	l.Begin()
	l.Update(w, 0, 1)
	return before, read(n)
}

func (b minibatch) logits(c couplings, sample int) []float64 {
	logits := make([]float64, classes)
	for k := range logits {
		for i, s := range b.states[sample] {
			logits[k] += c[ends{'O', k, i}] * s
		}
	}
	return logits
}

// A module is what both programs learn by: a rate and a decay as the module multiplies them, and
// the root of what it divides sums by.
type module struct{ rate, decay, root float64 }

// learnThere is one step of the rule as the two programs write it, over the couplings present:
// c <- c (1 - rate decay) + rate / (root sqrt(B)) * sum of what the receiver wants times the sender.
func learnThere(before couplings, b minibatch, j, w, o module, margin, outMargin, wrong, right float64) couplings {
	after, logits := couplings{}, make([][]float64, samples)
	for n := range samples {
		logits[n] = b.logits(before, n)
	}
	for end, c := range before {
		sum, m := 0.0, map[byte]module{'J': j, 'W': w, 'O': o}[end.block]
		for n := range samples {
			senders := b.states[n]
			if end.block == 'W' {
				senders = b.inputs[n]
			}
			var want, field, least float64
			switch {
			case end.block != 'O':
				want, field, least = b.states[n][end.to], b.fields[n][end.to], margin
			case end.to == b.labels[n]:
				want, field, least = right, logits[n][end.to], outMargin
			default:
				want, field, least = -wrong, logits[n][end.to], outMargin
			}
			if want*field <= least {
				sum += want * senders[end.from]
			}
		}
		after[end] = c*(1-m.rate*m.decay) + m.rate*sum/(m.root*math.Sqrt(samples))
	}
	return after
}

func compare(t *testing.T, got, want, before couplings) {
	t.Helper()
	moved := map[byte]int{}
	for end, w := range want {
		if math.Abs(got[end]-w) > 1e-6 {
			t.Fatalf("%c from %d to %d: %v, want %v", end.block, end.from, end.to, got[end], w)
		}
		if math.Abs(w-before[end]) > 1e-4 {
			moved[end.block]++
		}
	}
	if moved['J'] == 0 || moved['W'] == 0 || moved['O'] == 0 {
		t.Errorf("couplings that moved: %v, want some of each", moved)
	}
}

// The increments of settings that were read are those of the modules of darnax, with the numbers
// of the file put into the formulas of its source: W, J and O of any sparsity.
func TestIncrementsAreThoseOfDarnax(t *testing.T) {
	for _, density := range []struct{ j, w float64 }{{0.01, 0.1}, {0.3, 0.25}, {1, 1}} {
		const neurons, inputs = 200, 30
		text := string(kept(t, "tutorial10.json"))
		for old, new := range map[string]string{
			`"dim_data": 784`: fmt.Sprintf(`"dim_data": %d`, inputs), `"identity"`: `"sign"`, `"linear_projection": null`: fmt.Sprintf(`"linear_projection": %d`, inputs),
			`"dim_hidden": 2000`:      fmt.Sprintf(`"dim_hidden": %d`, neurons),
			`"weight_decay_j": 6e-05`: `"weight_decay_j": 3.0`, `"weight_decay_win": 0.01`: `"weight_decay_win": 2.0`,
			`"sparsity": 0.99, "sparsity_win": 0.9,`: fmt.Sprintf(`"sparsity": %v, "sparsity_win": %v,`, 1-density.j, 1-density.w),
		} {
			if density.j == 1 && strings.HasPrefix(old, `"sparsity"`) {
				new = ""
			}
			text = strings.Replace(text, old, new, 1)
		}
		s, _, err := Read("darnax", "there", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		b := makeUp(neurons, inputs)
		before, got := learnHere(t, s, b)

		// SparseRecurrentDiscrete: lr * 0.01^.5 / (1 - sparsity)^.5 of a rate that the tutorial has
		// divided by (1 - sparsity)^.5; decay * 0.01^.5 / ((1 - sparsity) features)^.5. The dense
		// modules: lr, and decay / features^.5. Both: 1 / (n^.5 d^.5).
		j := module{0.058 / math.Sqrt(density.j) * math.Sqrt(0.01) / math.Sqrt(density.j), 3.0 * math.Sqrt(0.01) / math.Sqrt(density.j*neurons), math.Sqrt(neurons)}
		w := module{0.159 / math.Sqrt(density.w) * math.Sqrt(0.1) / math.Sqrt(density.w), 2.0 * math.Sqrt(0.1) / math.Sqrt(density.w*inputs), math.Sqrt(inputs)}
		if density.j == 1 {
			j, w = module{0.058, 3.0 / math.Sqrt(neurons), math.Sqrt(neurons)}, module{0.159, 2.0 / math.Sqrt(inputs), math.Sqrt(inputs)}
		}
		o := module{0.17, 0.02 / math.Sqrt(neurons), math.Sqrt(neurons)}
		compare(t, got, learnThere(before, b, j, w, o, 1.78, 7, 1, 1), before)
	}
}

// The same for the paper's program: rates divided by the root of all senders, that of W multiplied
// by its strength, the margin given without the self-coupling.
func TestIncrementsAreThoseOfThePaper(t *testing.T) {
	const neurons, inputs = 120, 30
	text := strings.NewReplacer("H: 400", "H: 120", "'N': 100", "N: 30", "weight_decay_input_skip: 0.0", "weight_decay_input_skip: 0.7",
		"weight_decay_J: 0.005", "weight_decay_J: 2.5").Replace(string(kept(t, "baseline.yaml")))
	s, _, err := Read("paper", "there", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b := makeUp(neurons, inputs)
	before, got := learnHere(t, s, b)
	lr := func(rate, decay float64, senders int) module {
		root := math.Sqrt(float64(senders))
		return module{rate, decay / root, root} // the decay is that of the rate over the root
	}
	heard, weights := labelThere(5)
	if want := strings.Repeat("-", s.Dynamics.Warmup) + strings.Repeat("+", s.Dynamics.Clamped) + strings.Repeat("-", s.Dynamics.Free); heard != want {
		t.Errorf("the label is heard there in the sweeps %s, here in %s", heard, want)
	}
	for c, w := range weights {
		if math.Abs(w-s.Readout.Weights[c]) > 0.005 {
			t.Errorf("weights of the classes there %v, here %v", weights, s.Readout.Weights)
		}
	}
	wrong, right := s.Readout.Weights[0], s.Readout.Weights[1] // as rounded
	want := learnThere(before, b, lr(0.005, 2.5, neurons), lr(0.03*5, 0.7, inputs), lr(0.1, 0.005, neurons), 0.9+0.5, 3, wrong, right)
	compare(t, got, want, before)
}

// labelThere follows the output neurons of the paper's program through the sweeps of a mini-batch
// with one layer, and says in which of them the hidden neurons hear a label, and what the output
// neurons are when the readout learns: of a wrong and of the right class, in size.
func labelThere(sweeps int) (heard string, weights [2]float64) {
	outputs := [2]float64{} // of a wrong and of the right class; zeros at the start
	// Every look at the fields scales the output neurons, in place.
	look := func() {
		for c, v := range outputs {
			if outputs[c] = v * math.Sqrt(classes) / 2; v == -1 {
				outputs[c] = -0.5
			}
		}
	}
	for sweep := range 2 * sweeps {
		look()
		clamped := sweep >= 1 && sweep < sweeps // the warm-up has as many sweeps as layers
		if clamped && outputs != [2]float64{} {
			heard += "+"
		} else {
			heard += "-"
		}
		if sweep > 0 { // before, nothing reaches the outputs but the readout, of states that are zero
			outputs = [2]float64{-1, 1} // lambda_y decides
		}
	}
	look() // which neurons are unstable, for the log
	look() // the fields of the rule
	return heard, [2]float64{math.Abs(outputs[0]), outputs[1]}
}
