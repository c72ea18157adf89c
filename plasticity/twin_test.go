package plasticity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"basin/internal/kernel"
	"basin/internal/layout"
	"basin/network"
	"basin/network/coupling"

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

// failing is what tests of both kinds, plain and random, can do.
type failing interface {
	Helper()
	Fatal(values ...any)
}

func drawNetwork(t failing, spec network.Spec, shape []int, classes int, seed uint64) *network.Network {
	t.Helper()
	n, err := network.Draw(spec, shape, classes, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// one is a network of one module that reads every input.
func one(neurons int, density, inputDensity float64) network.Spec {
	return network.Spec{Modules: []network.ModuleSpec{{
		Neurons:   neurons,
		Recurrent: network.RecurrentSpec{Gain: 1, Density: density},
		Input:     network.InputSpec{Gain: 1, Density: inputDensity},
	}}}
}

// batch is the evidence of one mini-batch. Readouts are by slot, then by sample.
type batch struct {
	states, fields, inputs [][]float32 // padded rows, one per sample
	readStates, logits     [][][]float32
	labels                 []int
}

// drawBatch draws states, fields of about the size of 1 and inputs. Some fields lie
// exactly at the margin of 0.25, some logits at those of 0 and 0.5.
func drawBatch(n *network.Network, count, slots int, seed uint64) *batch {
	r := rand.New(rand.NewPCG(seed, 1))
	b := &batch{}
	state := func() []float32 {
		s := make([]float32, n.StateSize())
		for i := range s {
			s[i] = float32(2*r.IntN(2) - 1)
		}
		for _, m := range n.Modules {
			if m.Tanh > 0 {
				for i := range m.Neurons {
					s[m.Offset+i] = float32(math.Tanh(r.NormFloat64()))
				}
			}
		}
		return s
	}
	normals := func(padded, size int) []float32 {
		v := make([]float32, padded)
		for k := range size {
			v[k] = float32(r.NormFloat64())
		}
		return v
	}
	for range count {
		s, h := state(), normals(n.StateSize(), n.StateSize())
		for i := range h {
			if r.IntN(20) == 0 {
				h[i] = 0.25 * s[i]
			}
		}
		b.states, b.fields = append(b.states, s), append(b.fields, h)
		b.inputs = append(b.inputs, normals(layout.Padded(n.Inputs()), n.Inputs()))
		b.labels = append(b.labels, r.IntN(n.Classes))
	}
	b.readStates, b.logits = make([][][]float32, slots), make([][][]float32, slots)
	for slot := range slots {
		for range count {
			b.readStates[slot] = append(b.readStates[slot], state())
			logits := normals(n.Classes, n.Classes)
			for c := range logits {
				if r.IntN(10) == 0 {
					logits[c] = float32(r.IntN(3)-1) / 2
				}
			}
			b.logits[slot] = append(b.logits[slot], logits)
		}
	}
	return b
}

// learn shows a batch to a learner, all samples in the same vectors but for the inputs,
// and updates with some workers at once. It returns the unstable neurons of each sample.
func learn(l *Learner, b *batch, rule Rule, parts int) (unstable []int) {
	count := len(b.states)
	l.Reset(rule, count)
	unstable = make([]int, count)
	var state, field, logits []float32
	show := func(buffer *[]float32, values []float32) []float32 {
		*buffer = append((*buffer)[:0], values...)
		return *buffer
	}
	for i := range count {
		unstable[i] = l.Record(i, show(&state, b.states[i]), show(&field, b.fields[i]), b.inputs[i])
		for slot := range b.readStates {
			l.Keep(slot, i, show(&state, b.readStates[slot][i]))
			l.Read(slot, i, show(&logits, b.logits[slot][i]), b.labels[i])
		}
	}
	for g := range (count + 7) / 8 {
		l.Gather(g)
	}
	l.Begin()
	var group sync.WaitGroup
	for part := range parts {
		w := l.NewWorker()
		group.Go(func() { l.Update(w, part, parts) })
	}
	group.Wait()
	return unstable
}

func learner(t failing, n *network.Network, capacity, slots int, soft bool) *Learner {
	t.Helper()
	l, err := NewLearner(n, capacity, slots, soft)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// twinLearn is the rule of the model page, section 3, written out: every coupling by
// itself, with a look at every sample.
func twinLearn(n *network.Network, b *batch, rule Rule) (unstable []int) {
	batchSize := float64(len(b.states))
	unstable = make([]int, len(b.states))
	weight := func(sample, place int) float32 {
		margin := b.states[sample][place] * b.fields[sample][place]
		if rule.Softness > 0 {
			return float32(1 / (1 + math.Exp(rule.Softness*(float64(margin)-rule.Kappa))))
		}
		if margin <= float32(rule.Kappa) {
			return 1
		}
		return 0
	}
	for _, m := range n.Modules {
		for sample := range b.states {
			for i := range m.Neurons {
				if b.states[sample][m.Offset+i]*b.fields[sample][m.Offset+i] <= float32(rule.Kappa) {
					unstable[sample]++
				}
			}
		}
		if w := m.Input; w != nil {
			step := twinDecay(w, rule.Input, batchSize)
			sums := map[*float32]float32{} // by coupling, which the neurons of a channel share
			w.Each(func(i, k int, value *float32) bool {
				for sample, s := range b.states {
					post := float32(weight(sample, m.Offset+i) * s[m.Offset+i])
					sums[value] += float32(post * b.inputs[sample][k])
				}
				return true
			})
			for value, sum := range sums {
				*value += float32(step * sum)
			}
		}
	}
	for _, m := range n.Modules {
		if m.Recurrent != nil {
			twinBlock(m.Recurrent, m, m, b, rule, rule.Recurrent, weight)
		}
	}
	for _, p := range n.Pathways {
		if p.Learned {
			twinBlock(p.Block, n.Modules[p.From], n.Modules[p.To], b, rule, rule.Links, weight)
		}
	}
	twinReadout(n, b, rule)
	return unstable
}

// twinBlock is the rule for couplings among neurons, with the variants of section 4.
func twinBlock(block coupling.Block, from, to *network.Module, b *batch, rule Rule, numbers Block, weight func(sample, place int) float32) {
	step := twinDecay(block, numbers, float64(len(b.states)))
	if numbers.Rate == 0 {
		return
	}
	sum := func(i, j int) float32 {
		sum := float32(0)
		for sample, s := range b.states {
			post, pre := float32(weight(sample, to.Offset+i)*s[to.Offset+i]), s[from.Offset+j]
			if rule.BothUnstable {
				pre = float32(weight(sample, from.Offset+j) * pre)
			}
			sum += float32(post * pre)
		}
		return sum
	}
	present, pairs := map[[2]int]*float32{}, map[*float32][][2]int{} // pairs by coupling, which places may share
	block.Each(func(i, j int, value *float32) bool {
		present[[2]int{i, j}] = value
		pairs[value] = append(pairs[value], [2]int{i, j})
		return true
	})
	symmetric := block.Shape().Hollow && (rule.Symmetry == SymmetricUpdate || rule.Symmetry == SymmetricCouplings)
	if !symmetric {
		for value, list := range pairs {
			total := float32(0)
			for _, at := range list {
				total += sum(at[0], at[1])
			}
			*value += float32(step * total)
		}
		return
	}
	for at, value := range present {
		i, j := at[0], at[1]
		other := present[[2]int{j, i}]
		if j > i || other == nil {
			continue
		}
		if rule.Symmetry == SymmetricUpdate {
			change := float32(step * float32(float32(sum(i, j)+sum(j, i))/2))
			*value, *other = *value+change, *other+change
			continue
		}
		mean := float32(float32(*value+float32(step*sum(i, j))) + float32(*other+float32(step*sum(j, i))))
		*value, *other = mean/2, mean/2
	}
}

// twinDecay is w <- w (1 - eta gamma / sqrt(fan-in)), kept in the scale until it falls
// below 2^-20, and returns the step eta / sqrt(fan-in B), for shared couplings eta / sqrt(fan-in
// B places), in units of the scale.
func twinDecay(c coupling.Couplings, block Block, batchSize float64) float32 {
	fanIn := c.Shape().FanIn
	c.SetScale(c.Scale() * max(0, 1-block.Rate*block.Decay/math.Sqrt(fanIn)))
	if c.Scale() < 0x1p-20 {
		c.Fold()
	}
	places := float64(max(1, c.Shape().Places))
	return float32(block.Rate / math.Sqrt(fanIn*batchSize*places) / c.Scale())
}

// stored lists the couplings of a block, receiver by receiver.
func stored(c coupling.Couplings) []float32 {
	var all []float32
	c.Each(func(_, _ int, value *float32) bool { all = append(all, *value); return true })
	return all
}

// twinReadout is the rule of O over slots, then samples, and the running mean.
func twinReadout(n *network.Network, b *batch, rule Rule) {
	neurons := float64(n.ReadNeurons())
	keep := float32(max(0, 1-rule.Readout.Rate*rule.Readout.Decay/math.Sqrt(neurons)))
	step := float32(rule.Readout.Rate / math.Sqrt(neurons*float64(len(b.states))))
	O := n.Readout
	for _, m := range n.Modules {
		if !m.Read {
			continue
		}
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			for c := range n.Classes {
				at := i*layout.Padded(n.Classes) + c
				sum := float32(0)
				for slot := range b.readStates {
					for sample, s := range b.readStates[slot] {
						y, w := -1.0, rule.ReadoutWeights[0]
						if c == b.labels[sample] {
							y, w = 1, rule.ReadoutWeights[1]
						}
						if w*y*float64(b.logits[slot][sample][c]) <= rule.ReadoutKappa {
							sum += float32(s[i] * float32(w*y))
						}
					}
				}
				if rule.Readout.Rate > 0 {
					O.Couplings[at] = float32(O.Couplings[at]*keep) + float32(step*sum)
				}
				if O.Average != nil && rule.Averaging > 0 {
					O.Average[at] += float32(float32(rule.Averaging) * float32(O.Couplings[at]-O.Average[at]))
				}
			}
		}
	}
}

// differ names the first value in which two networks differ in a bit, the sign of a
// zero aside, or "".
func differ(got, want *network.Network) string {
	compare := func(name string, a, b []float32) string {
		for e := range b {
			if !(a[e] == b[e]) {
				return fmt.Sprintf("%s: value %d of %d is %v, want %v (%#x, %#x)", name, e, len(b), a[e], b[e], math.Float32bits(a[e]), math.Float32bits(b[e]))
			}
		}
		return ""
	}
	var found []string
	others := map[string]coupling.Couplings{}
	got.EachBlock(func(name string, c coupling.Couplings) { others[name] = c })
	want.EachBlock(func(name string, c coupling.Couplings) {
		found = append(found, compare(name, stored(others[name]), stored(c)))
		if others[name].Scale() != c.Scale() {
			found = append(found, fmt.Sprintf("scale of %s is %v, want %v", name, others[name].Scale(), c.Scale()))
		}
	})
	found = append(found, compare("O", got.Readout.Couplings, want.Readout.Couplings), compare("Obar", got.Readout.Average, want.Readout.Average))
	for _, difference := range found {
		if difference != "" {
			return difference
		}
	}
	if !reflect.DeepEqual(got, want) {
		return "something that does not learn"
	}
	return ""
}

// Model page, section 3: whatever the network, the rule, the size of the batch, the
// workers and the kernel, two mini-batches in a row give the couplings of the twin, bit
// for bit.
func TestLearnerEqualsTheTwinBitForBit(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { compareWithTwin(t, randomRule(t), false, 40) })
	})
}

// The same with softness: weights sigmoid(-beta (s_i h_i - kappa)), sums over samples
// ascending.
func TestSoftLearnerEqualsTheTwinBitForBit(t *testing.T) {
	everyKernel(t, func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			rule := randomRule(t)
			rule.Softness = rapid.SampledFrom([]float64{0.5, 4, 1e6}).Draw(t, "softness")
			compareWithTwin(t, rule, true, 20)
		})
	})
}

func compareWithTwin(t *rapid.T, rule Rule, soft bool, most int) {
	got, want := randomNetworks(t)
	for _, m := range got.Modules {
		if m.Recurrent != nil && m.Recurrent.Shape().Places > 0 {
			rule.Symmetry = Asymmetric // shared couplings have no mirror
		}
	}
	slots := rapid.IntRange(0, 2).Draw(t, "readouts")
	first := rapid.IntRange(1, most).Draw(t, "first batch")
	second := rapid.IntRange(1, most).Draw(t, "second batch")
	l := learner(t, got, max(first, second), slots, soft)
	for index, count := range []int{first, second} {
		b := drawBatch(want, count, slots, rapid.Uint64().Draw(t, "seed of batch"))
		unstable := learn(l, b, rule, rapid.IntRange(1, 3).Draw(t, "workers"))
		if expected := twinLearn(want, b, rule); !slices.Equal(unstable, expected) {
			t.Fatalf("batch %d of %d samples: unstable neurons %v, want %v", index, count, unstable, expected)
		}
		if difference := differ(got, want); difference != "" {
			t.Fatalf("batch %d of %d samples: %s", index, count, difference)
		}
	}
}
