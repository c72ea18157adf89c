package census

import (
	"math"

	"pgregory.net/rapid"

	"basin/network"
	"basin/network/coupling"
)

// twin is the obvious form of a census: dense float64 matrices, every state by itself.
type twin struct {
	n     int
	J     [][]float64 // receiver, sender; self-couplings and links included
	drive []float64
}

func newTwin(n *network.Network, x []float32) *twin {
	t := &twin{n: n.Neurons()}
	t.J = make([][]float64, t.n)
	for i := range t.J {
		t.J[i] = make([]float64, t.n)
	}
	first := map[int]int{}
	at := 0
	for index, m := range n.Modules {
		first[index] = at
		for i := range m.Neurons {
			t.J[at+i][at+i] = float64(m.SelfCoupling)
			for j := range m.Neurons {
				if i != j {
					t.J[at+i][at+j] = recurrent(m, i, j)
				}
			}
			t.drive = append(t.drive, float64(inputField(m, i, x)))
		}
		at += m.Neurons
	}
	for _, link := range n.Spec.Links {
		for i := range n.Modules[link.Between[0]].Neurons {
			a, b := first[link.Between[0]]+i, first[link.Between[1]]+i
			t.J[a][b] += float64(float32(link.Strength))
			t.J[b][a] += float64(float32(link.Strength))
		}
	}
	return t
}

func recurrent(m *network.Module, i, j int) float64 {
	if m.Recurrent == nil || m.Recurrent.At(i, j) == nil {
		return 0
	}
	return float64(float32(m.Recurrent.Scale())) * float64(*m.Recurrent.At(i, j))
}

// inputField is scale * sum_k W_ik x_k, k ascending, then + b_i, in float32.
func inputField(m *network.Module, i int, x []float32) float32 {
	h := float32(0)
	if w := m.Input; w != nil && x != nil {
		w.Rows(i, i+1, func(_, k int, v *float32) bool {
			h += float32(*v * x[k])
			return true
		})
		h *= float32(w.Scale())
	}
	if m.Bias != nil {
		h += m.Bias[i]
	}
	return h
}

func (t *twin) field(s State, i int) float64 {
	h := t.drive[i]
	for j, J := range t.J[i] {
		h += J * float64(1-2*int(s>>j&1))
	}
	return h
}

// stays reports whether neuron i keeps its state: sign(0) = +1, or a margin.
func (t *twin) stays(s State, i int, kappa float64) bool {
	h, up := t.field(s, i), s>>i&1 == 0
	switch {
	case kappa != 0 && up:
		return h > kappa
	case kappa != 0:
		return -h > kappa
	case up:
		return h >= 0
	}
	return h < 0
}

func (t *twin) fixedPoints(kappa float64) []State {
	var points []State
	for s := range State(1) << t.n {
		fixed := true
		for i := range t.n {
			fixed = fixed && t.stays(s, i, kappa)
		}
		if fixed {
			points = append(points, s)
		}
	}
	return points
}

// update sets neuron i to the sign of its field.
func (t *twin) update(s State, i int) State {
	if t.stays(s, i, 0) {
		return s
	}
	return s ^ 1<<i
}

func (t *twin) parallel(s State) State {
	next := State(0)
	for i := range t.n {
		next |= t.update(s, i) & (1 << i)
	}
	return next
}

// smallestField is the smallest |s_i h_i| over all neurons and states.
func (t *twin) smallestField() float64 {
	smallest := math.Inf(1)
	for s := range State(1) << t.n {
		for i := range t.n {
			smallest = min(smallest, math.Abs(t.field(s, i)))
		}
	}
	return smallest
}

// sample is a random network of up to 10 neurons with its input.
type sample struct {
	network *network.Network
	x       []float32
	snapped bool // all values are multiples of 1/4, so that fields of zero are common
}

func sampleNetwork(t *rapid.T, most int) sample {
	modules := rapid.IntRange(1, 3).Draw(t, "modules")
	neurons := rapid.IntRange(1, most/modules).Draw(t, "neurons")
	density := rapid.SampledFrom([]float64{0, 0.3, 0.7, 1})
	number := func(name string, low, high int) float64 {
		return float64(rapid.IntRange(4*low, 4*high).Draw(t, name)) / 4
	}
	var spec network.Spec
	for m := range modules {
		spec.Modules = append(spec.Modules, network.ModuleSpec{
			Neurons:      neurons,
			SelfCoupling: number("self-coupling", -1, 2),
			Bias:         number("bias", 0, 1),
			Recurrent:    network.RecurrentSpec{Gain: number("gain", 0, 2), Density: density.Draw(t, "density of J")},
			Input:        network.InputSpec{Gain: 1, Density: density.Draw(t, "density of W")},
		})
		if m > 0 && rapid.Bool().Draw(t, "linked") {
			spec.Links = append(spec.Links, network.Link{Kind: network.Excitatory, Between: [2]int{m - 1, m}, Strength: number("lambda", 0, 2)})
		}
	}
	spec.Modules[0].Input.Density = max(spec.Modules[0].Input.Density, 0.3)
	inputs := rapid.IntRange(1, 5).Draw(t, "inputs")
	n, err := network.Draw(spec, []int{inputs}, 2, rapid.Uint64().Draw(t, "seed"))
	if err != nil {
		t.Fatal(err)
	}
	s := sample{network: n, snapped: rapid.Bool().Draw(t, "snapped")}
	scale := rapid.SampledFrom([]float64{1, 0.5, 2}).Draw(t, "scale")
	n.EachBlock(func(_ string, c coupling.Couplings) {
		c.SetScale(scale)
		c.Each(func(_, _ int, v *float32) bool { s.snap(v); return true })
	})
	for _, m := range n.Modules {
		for i := range m.Bias {
			s.snap(&m.Bias[i])
		}
	}
	if rapid.Bool().Draw(t, "with input") {
		s.x = make([]float32, inputs)
		for k := range s.x {
			s.x[k] = float32(number("x", -2, 2))
		}
	}
	return s
}

func (s sample) snap(value *float32) {
	if s.snapped {
		*value = float32(math.Round(float64(4**value)) / 4)
	}
}
