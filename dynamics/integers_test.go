package dynamics

import (
	"fmt"
	"slices"
	"testing"

	"basin/internal/random"
	"basin/network"
)

// integerSpecs are networks of every kind of couplings and links.
func integerSpecs() map[string]network.Spec {
	module := func(neurons int, recurrent, input float64, window int) network.ModuleSpec {
		return network.ModuleSpec{
			Neurons: neurons, SelfCoupling: 0.3, Bias: 0.2,
			Recurrent: network.RecurrentSpec{Gain: 1, Density: recurrent},
			Input:     network.InputSpec{Gain: 1, Density: input, Window: window},
		}
	}
	return map[string]network.Spec{
		"dense":    {Modules: []network.ModuleSpec{module(40, 1, 1, 0)}},
		"sparse":   {Modules: []network.ModuleSpec{module(70, 0.2, 0.3, 0)}},
		"windows":  {Modules: []network.ModuleSpec{module(50, 0.3, 1, 3)}},
		"no input": {Modules: []network.ModuleSpec{module(20, 0.3, 1, 0), module(20, 1, 0, 0)}, Links: []network.Link{{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.7}}},
		"links": {
			Modules: []network.ModuleSpec{module(33, 0.5, 1, 2), module(17, 1, 0.5, 0)},
			Links: []network.Link{
				{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 0.5, Density: 0.4},
				{Kind: network.Learned, Between: [2]int{1, 0}, Direction: network.Forward, Gain: 0.5, Density: 1},
				{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.9, FanIn: 3},
			},
		},
	}
}

// integerInputs are rows of bytes, or of signs.
func integerInputs(count, size int, signs bool, seed uint64) table {
	stream := random.New(seed, random.Synthetic)
	rows := matrix(count, size)
	for _, row := range rows {
		for k := range row {
			if row[k] = float32(stream.IntN(256)); signs {
				row[k] = float32(2*stream.IntN(2) - 1)
			}
		}
	}
	return rows
}

// The dynamics of a network of integers is that of its numbers, which the twin adds up one by
// one: bit for bit on every kernel, for batches of every size and for single samples whose
// products begin from those of others. Seeds 1 to 3.
func TestIntegersMoveAsTheTwinDoes(t *testing.T) {
	shape := []int{5, 6}
	everyKernel(t, func(t *testing.T) {
		for name, spec := range integerSpecs() {
			for seed := uint64(1); seed <= 3; seed++ {
				q := network.Integers{Bits: []int{0, 8, 5, 2}[seed], Signs: seed == 2}
				n, inputs := quantised(t, drawNetwork(t, spec, shape, 3, seed), q)
				x := integerInputs(20, n.Inputs(), q.Signs, seed)
				settings := Settings{Order: []Order{Parallel, Sequential, Partial, Modules}[seed%4], Probability: 0.5}
				twin := newTwin(n, settings)
				for _, count := range []int{1, 8, 20} {
					b, err := NewBatch(n, settings, count)
					if err != nil {
						t.Fatal(err)
					}
					w := b.NewWorker()
					for first := 0; first+count <= len(x); first += count {
						if count == 1 && first == 2 {
							b.Freeze()
						}
						for i := range count {
							b.Start(i, x, first+i, 0)
						}
						b.Advance(w, 0, count, 7, nil)
						for i := range count {
							s := twin.start(x[first+i], 0, uint64(first+i))
							s.advance(7, nil)
							result := b.Result(i)
							result.Accumulates = s.result.Accumulates // the twin takes couplings that are rounded to zero for absent
							for index, m := range n.Modules {
								if got := b.State(i)[m.Offset:][:m.Neurons]; !slices.Equal(got, s.state[index]) || result != s.result {
									t.Fatalf("%s, seed %d, %v, %d together: sample %d, module %d: %v, %+v, want %v, %+v",
										name, seed, inputs, count, first+i, index, got, result, s.state[index], s.result)
								}
							}
						}
					}
				}
			}
		}
	})
}

// quantised returns a network of integers made for inputs of mean 70 and deviation 90.
func quantised(t *testing.T, n *network.Network, q network.Integers) (*network.Network, string) {
	t.Helper()
	inputs := network.Inputs{Scale: make([]float64, n.Inputs()), Offset: make([]float64, n.Inputs())}
	for k := range inputs.Scale {
		if inputs.Scale[k] = 1; !q.Signs {
			inputs.Scale[k], inputs.Offset[k] = 1./90, -70./90
		}
	}
	small, err := network.Quantise(n, q, inputs)
	if err != nil {
		t.Fatal(err)
	}
	return small, fmt.Sprintf("%+v", q)
}

// Fields are exact: sums of 64 bits, which hold all digits of every term, give the same.
func TestFieldsOfIntegersAreExact(t *testing.T) {
	for name, spec := range integerSpecs() {
		n, _ := quantised(t, drawNetwork(t, spec, []int{5, 6}, 3, 4), network.Integers{Bits: 8})
		x := integerInputs(10, n.Inputs(), false, 4)
		b, err := NewBatch(n, Settings{}, len(x))
		if err != nil {
			t.Fatal(err)
		}
		w, field := b.NewWorker(), make([]float32, n.StateSize())
		for i := range x {
			b.Start(i, x, i, 0)
		}
		b.Advance(w, 0, len(x), 3, nil)
		twin := newTwin(n, Settings{})
		for i := range x {
			b.Field(w, i, field)
			for index, m := range n.Modules {
				for k := range m.Neurons {
					want := float64(m.Bias[k]) + float64(m.SelfCoupling)*float64(b.State(i)[m.Offset+k])
					for d, v := range x[i] {
						want += float64(twin.W[index][k][d]) * float64(v)
					}
					for _, j := range twin.J {
						from := n.Modules[j.from]
						switch {
						case j.to != index || j.matrix == nil && j.block != nil:
						case j.matrix == nil:
							want += float64(j.lambda) * float64(b.State(i)[from.Offset+min(k, from.Neurons-1)])
						default:
							for s, v := range j.matrix[k] {
								want += float64(v) * float64(b.State(i)[from.Offset+s])
							}
						}
					}
					if got := float64(field[m.Offset+k]); got != want {
						t.Fatalf("%s: sample %d, module %d, neuron %d: field %v, want %v", name, i, index, k, got, want)
					}
				}
			}
		}
	}
}
