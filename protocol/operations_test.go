package protocol_test

import (
	"slices"
	"testing"

	"basin/dataset"
	"basin/dynamics"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// Operations are those of NeuroBench counted one by one: over every coupling that is there, of
// inputs that are not zero and of neurons whose states differ from those one sweep before.
// The states of each sweep are those of predictions of so many.
func TestOperationsAreThoseCountedOneByOne(t *testing.T) {
	link := func(kind network.LinkKind, from, to int) network.Link {
		l := network.Link{Kind: kind, Between: [2]int{from, to}, Strength: 0.9}
		if kind == network.Learned {
			l.Strength, l.Gain, l.Density = 0, 2, 0.2
		}
		return l
	}
	variants := map[string]func(s *settings.Settings){
		"dense":   func(s *settings.Settings) {},
		"sparse":  func(s *settings.Settings) { s.Network.Modules[0].Recurrent.Density = 0.1 },
		"window":  func(s *settings.Settings) { s.Network.Modules[0].Input.Window = 7 },
		"stops":   func(s *settings.Settings) { s.Dynamics.Stop = dynamics.StopAtFixedPoint },
		"signs":   func(s *settings.Settings) { s.Preprocess = dataset.Preprocess{Scale: "max", Projection: 50} },
		"partial": func(s *settings.Settings) { s.Dynamics.Order, s.Dynamics.Probability = dynamics.Partial, 0.5 },
		"links, one of them one to one": func(s *settings.Settings) {
			s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
			s.Network.Links = []network.Link{link(network.Excitatory, 0, 1), link(network.Learned, 1, 0)}
			s.Dynamics.Order = dynamics.Sequential
		},
		"grids": func(s *settings.Settings) {
			shared := network.RecurrentSpec{Gain: 1, Density: 1, Window: 3, Shared: true}
			s.Network.Modules = []network.ModuleSpec{
				{Channels: 3, Recurrent: shared, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
				{Channels: 3, Recurrent: shared, Input: network.InputSpec{Gain: 1, Density: 1, Window: 4, Stride: 2}},
			}
			s.Network.Links = []network.Link{
				{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Window: 2, Strength: 1},
				{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Window: 2, Stride: 2, Shared: true, Gain: 1, Density: 1},
			}
		},
		"tanh, one module read": func(s *settings.Settings) {
			s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
			s.Network.Modules[1].Tanh = 0.8
			s.Network.Links = []network.Link{link(network.Learned, 0, 1), link(network.Excitatory, 1, 0)}
			s.Network.Readout = []int{1}
			s.Dynamics.Order = dynamics.Modules
		},
	}
	for name, vary := range variants {
		t.Run(name, func(t *testing.T) {
			s := small(40, 1)
			s.Dynamics.Stop, s.Dynamics.Evaluation = dynamics.StopAtBudget, 5
			vary(&s)
			_, held, shape := digits(t, s.Preprocess, 10)
			if s.Preprocess.Projection > 0 {
				shape = []int{s.Preprocess.Projection}
			}
			n := drawn(t, s, shape)
			want := oneByOne(t, s, n, held)
			got := protocol.NewOperations(n)
			predictor, err := protocol.NewPredictor(s.Protocol(), n, 2)
			if err != nil {
				t.Fatal(err)
			}
			defer predictor.Close()
			predictor.Count(got)
			if _, err := predictor.Predict(t.Context(), held, held.Count(), func(int, protocol.Prediction) error { return nil }); err != nil {
				t.Fatal(err)
			}
			have := protocol.Operations{
				Samples: got.Samples, Dense: got.Dense, Multiplies: got.Multiplies, Accumulates: got.Accumulates,
				Inputs: got.Inputs, ZeroInputs: got.ZeroInputs, Updates: got.Updates, Flips: got.Flips,
			}
			if have.Flips == 0 {
				t.Fatal("no flip to count")
			}
			if !slices.Equal(list(have), list(want)) {
				t.Errorf("%+v,\nwant %+v", list(have), list(want))
			}
		})
	}
}

// list lists the counts: samples, dense, multiplies, accumulates, inputs and zeros, updates and
// flips.
func list(o protocol.Operations) []int64 {
	return []int64{o.Samples, o.Dense, o.Multiplies, o.Accumulates, o.Inputs, o.ZeroInputs, o.Updates, o.Flips}
}

// oneByOne counts the operations of predictions by the couplings and states alone.
func oneByOne(t *testing.T, s settings.Settings, n *network.Network, inputs protocol.Inputs) (o protocol.Operations) {
	budget, count := s.Dynamics.Evaluation, 100
	states, sweeps := make([][][]float32, budget+1), make([]int, count)
	for taken := 1; taken <= budget; taken++ {
		s.Dynamics.Evaluation = taken
		p, err := protocol.NewPredictor(s.Protocol(), n, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Predict(t.Context(), inputs, count, func(i int, q protocol.Prediction) error {
			states[taken] = append(states[taken], slices.Clone(q.State))
			sweeps[i] = q.Result.Sweeps
			return nil
		})
		p.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	x := make([]float32, n.Inputs())
	for i := range count {
		o.Samples++
		inputs.Row(i, x)
		o.Inputs += int64(len(x))
		binary := !slices.ContainsFunc(x, func(v float32) bool { return v != 0 && v != 1 && v != -1 })
		for k, v := range x {
			if v == 0 {
				o.ZeroInputs++
			}
			for _, m := range n.Modules {
				for r := range m.Neurons {
					o.Dense++
					switch {
					case v == 0 || m.Input.At(r, k) == nil:
					case binary:
						o.Accumulates++
					default:
						o.Multiplies++
					}
				}
			}
		}
		for index, m := range n.Modules {
			counter := &o.Accumulates
			if m.Tanh > 0 {
				counter = &o.Multiplies
			}
			if m.Read {
				*counter += int64(m.Neurons * n.Classes)
				o.Dense += int64(m.Neurons * n.Classes)
			}
			for taken := 1; taken <= sweeps[i]; taken++ {
				for j := range m.Neurons {
					place := m.Offset + j
					sends := taken == 1
					if taken > 1 {
						o.Updates++
						if states[taken][i][place] != states[taken-1][i][place] {
							o.Flips++
							sends = true
						}
					}
					for r := range m.Neurons {
						if r != j {
							o.Dense++
							if sends && m.Recurrent.At(r, j) != nil {
								*counter++
							}
						}
					}
					for _, p := range n.Pathways {
						switch {
						case p.From != index:
						case p.Block == nil:
							o.Dense++
							if sends {
								*counter++
							}
						default:
							for r := range n.Modules[p.To].Neurons {
								o.Dense++
								if sends && p.Block.At(r, j) != nil {
									*counter++
								}
							}
						}
					}
				}
			}
		}
	}
	return o
}

// A cost is made of the counts: by hand, for 2 predictions with a dense network of 3 neurons,
// 5 inputs and 2 classes, whose W loses no coupling.
func TestCostIsMadeOfTheCounts(t *testing.T) {
	s := small(3, 1)
	n, err := network.Draw(s.Network, []int{5}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	o := protocol.NewOperations(n)
	o.Samples, o.Dense, o.Multiplies, o.Accumulates = 2, 4000, 1000, 500
	o.Inputs, o.ZeroInputs, o.Updates, o.Flips = 10, 3, 8, 2
	c := o.Cost()
	near := func(a, b float64) bool { return a-b < 1e-12 && b-a < 1e-12 }
	if c.Dense != 2000 || c.EffectiveMACs != 500 || c.EffectiveACs != 250 || c.ActivationSparsity != 0.75 || !near(c.InputSparsity, 0.3) || c.ConnectionSparsity != 0 || c.Footprint != n.Footprint() {
		t.Errorf("%+v", c)
	}
	for i, want := range [][2]float64{{2000 * 4.6 / 1000, (500*4.6 + 250*0.9) / 1000}, {2000 * 0.3 / 1000, (500*0.3 + 250*0.1) / 1000}} {
		if e := c.Energy[i]; !near(e.Dense, want[0]) || !near(e.Effective, want[1]) {
			t.Errorf("%+v, want %v nJ", e, want)
		}
	}
}
