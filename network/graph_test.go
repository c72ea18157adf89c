package network

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin/internal/layout"
	"basin/network/coupling"
)

// graph has a link of every kind between three modules that close a cycle.
func graph() Spec {
	m := func(neurons int, input float64) ModuleSpec {
		return ModuleSpec{Neurons: neurons, Recurrent: RecurrentSpec{Gain: 1, Density: 0.2}, Input: InputSpec{Gain: 1, Density: input}}
	}
	return Spec{
		Modules: []ModuleSpec{m(40, 1), m(40, 0), m(90, 0.5)},
		Links: []Link{
			{Kind: Excitatory, Between: [2]int{0, 1}, Strength: 0.5},
			{Kind: Excitatory, Between: [2]int{1, 2}, Strength: 2, FanIn: 4},
			{Kind: Learned, Between: [2]int{0, 1}, Direction: Forward, Density: 1, Gain: 0.7},
			{Kind: Learned, Between: [2]int{2, 0}, Direction: Both, Density: 0.1},
			{Kind: Learned, Between: [2]int{0, 2}, Direction: Backward, Density: 0.3, Gain: 1},
		},
		Feedback: []float64{0, 0.5, 1}, Readout: []int{2, 1},
	}
}

func TestPathwaysFollowTheLinksInBothDirections(t *testing.T) {
	n := draw(t, graph(), []int{6}, 3, 31)
	var got [][2]int
	for _, p := range n.Pathways {
		got = append(got, [2]int{p.From, p.To})
		if p.Block == nil {
			if p.Strength != 0.5 {
				t.Errorf("one-to-one pathway of strength %v, want 0.5", p.Strength)
			}
			continue
		}
		if s := p.Block.Shape(); s.Receivers != n.Modules[p.To].Neurons || s.Senders != n.Modules[p.From].Neurons {
			t.Errorf("pathway from %d to %d has %d receivers and %d senders", p.From, p.To, s.Receivers, s.Senders)
		}
		for i, senders := range pattern(p.Block) {
			if !slices.IsSorted(senders) || len(slices.Compact(senders)) < len(senders) {
				t.Errorf("pathway from %d to %d: senders of neuron %d are %v", p.From, p.To, i, senders)
			}
		}
	}
	if want := [][2]int{{0, 1}, {1, 0}, {1, 2}, {2, 1}, {0, 1}, {2, 0}, {0, 2}, {2, 0}}; !slices.Equal(got, want) {
		t.Errorf("pathways %v, want %v", got, want)
	}
	received := make([][]float32, 90)
	n.Pathways[2].Block.Each(func(i, _ int, v *float32) bool { received[i] = append(received[i], *v); return true })
	for i, values := range received {
		if !slices.Equal(values, []float32{0.5, 0.5, 0.5, 0.5}) {
			t.Fatalf("neuron %d receives %v, want lambda/K = 0.5 from each of 4", i, values)
		}
	}
	if n.Pathways[4].Block.Kind() != "dense" || n.Pathways[5].Block.Kind() != "sparse" {
		t.Error("want a learned link dense at density 1 and sparse below")
	}
	for e, v := range values(n.Pathways[5].Block) {
		if v != 0 {
			t.Fatalf("coupling %d of a link of gain 0 is %v, want 0", e, v)
		}
	}
}

// Random and one-to-one links do not learn: of all couplings those of pathways 2 and 3 (4 senders
// for each of 90 and 40 neurons) and the feedback are left out.
func TestLearnedCouplingsAreCounted(t *testing.T) {
	n := draw(t, graph(), []int{6}, 3, 31)
	c := n.Couplings()
	if got, want := n.Learned(), c.Recurrent+c.Input+c.Readout+c.Links-4*(90+40); got != want {
		t.Errorf("%d couplings learn, want %d", got, want)
	}
}

// Learned couplings begin as N(0, g^2/(rho N)), N senders: 40 x 40 values of standard
// deviation 0.7/sqrt(40), whose mean square has a relative standard error of
// sqrt(2/1600). Seed 31.
func TestLearnedLinksBeginWithTheVarianceOfTheModel(t *testing.T) {
	b := draw(t, graph(), []int{6}, 3, 31).Pathways[4].Block
	square := 0.0
	b.Each(func(_, _ int, v *float32) bool { square += float64(*v) * float64(*v) / 1600; return true })
	if want := 0.49 / 40; math.Abs(square/want-1) > 5*math.Sqrt(2.0/1600) {
		t.Errorf("seed 31: mean square %v, want %v", square, want)
	}
}

// A random sample of senders takes each with probability K/N: over 90 receivers and
// 40 senders with K = 4 each sender has 9 +- 2.8.
func TestRandomExcitatoryLinksSampleSendersUniformly(t *testing.T) {
	b := draw(t, graph(), []int{6}, 3, 31).Pathways[2].Block
	counts := make([]int, 40)
	for _, j := range slices.Concat(pattern(b)...) {
		counts[j]++
	}
	for j, count := range counts {
		if count < 1 || math.Abs(float64(count)-9) > 5*math.Sqrt(9*0.9) {
			t.Errorf("seed 31: sender %d has %d receivers, want about 9", j, count)
		}
	}
}

// Only modules of Spec.Readout are read: O of others is zero, and O of these has
// variance one over their number of neurons, 130.
func TestReadoutAndFeedbackReachTheirModulesOnly(t *testing.T) {
	n := draw(t, graph(), []int{6}, 3, 32)
	if n.ReadNeurons() != 130 || n.Couplings().Readout != 390 {
		t.Errorf("%d neurons read by %d couplings, want 130 and 390", n.ReadNeurons(), n.Couplings().Readout)
	}
	fields, err := n.FeedbackFields(Balanced, 2)
	if err != nil {
		t.Fatal(err)
	}
	all := graph()
	all.Feedback = nil
	whole, err := draw(t, all, []int{6}, 3, 32).FeedbackFields(Balanced, 2)
	if err != nil {
		t.Fatal(err)
	}
	square := 0.0
	for index, m := range n.Modules {
		for i := m.Offset; i < m.Offset+m.Neurons; i++ {
			for c, o := range n.Readout.Couplings[i*layout.Padded(3):][:3] {
				if (o != 0) != m.Read {
					t.Fatalf("module %d, neuron %d, class %d is read by %v", index, i, c, o)
				}
				square += float64(o) * float64(o) / 390
			}
			// factors of 0, 1/2 and 1 are exact
			if got, want := fields[1][i], whole[1][i]*float32(graph().Feedback[index]); got != want {
				t.Fatalf("module %d hears %v, want %v", index, got, want)
			}
		}
	}
	if math.Abs(square*130-1) > 5*math.Sqrt(2.0/390) {
		t.Errorf("seed 32: O has mean square %v, want 1/130", square)
	}
	first, err := n.FeedbackFields(Balanced, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, third := n.Modules[1], n.Modules[2]
	if !slices.Equal(first[0][second.Offset:third.Offset], fields[0][second.Offset:third.Offset]) || first[0][third.Offset] != 0 {
		t.Error("feedback on module 1 alone is not that of module 1")
	}
}

// Model page, section 4: symmetric J at the start, dense and sparse, with the variance
// and density of any other.
func TestSymmetricCouplingsAreSymmetric(t *testing.T) {
	for _, density := range []float64{1, 0.1} {
		n := draw(t, Spec{Modules: []ModuleSpec{{Neurons: 200, Recurrent: RecurrentSpec{Gain: 1, Density: density, Symmetric: true}, Input: InputSpec{Gain: 1, Density: 1}}}}, []int{4}, 2, 33)
		b := n.Modules[0].Recurrent
		values, square := map[[2]int]float32{}, 0.0
		b.Each(func(i, j int, v *float32) bool {
			values[[2]int{i, j}] = *v
			square += float64(*v) * float64(*v)
			return true
		})
		for at, v := range values {
			if w, present := values[[2]int{at[1], at[0]}]; !present || v != w {
				t.Fatalf("density %v: J%v is %v, its mirror %v (present: %v)", density, at, v, w, present)
			}
		}
		pairs := float64(len(values)) / 2
		if want := density * 199 * 100; math.Abs(pairs-want) > 5*math.Sqrt(want*(1-density)) {
			t.Errorf("density %v: %v pairs, want %v", density, pairs, want)
		}
		if want := 1 / (density * 200); math.Abs(square/(2*pairs)/want-1) > 5*math.Sqrt(2/pairs) {
			t.Errorf("density %v: mean square %v, want %v", density, square/(2*pairs), want)
		}
		for i, senders := range pattern(b) {
			if !slices.IsSorted(senders) || slices.Contains(senders, int32(i)) {
				t.Errorf("density %v: senders of neuron %d are %v", density, i, senders)
			}
		}
	}
}

// chain: {modules: 3, size: 40, lambda: 1.5} is three modules written out.
func TestAChainExpandsToModulesAndLinks(t *testing.T) {
	m := ModuleSpec{Neurons: 7, SelfCoupling: 0.5, Recurrent: RecurrentSpec{Gain: 1, Density: 1}, Input: InputSpec{Gain: 2, Density: 1}}
	chain := Spec{Chain: Chain{Modules: 3, Size: 40, Lambda: 1.5}, Modules: []ModuleSpec{m}, Feedback: []float64{1, 0, 0.5}, Readout: []int{2}}
	m.Neurons = 40
	quiet := m
	quiet.Input.Density = 0
	link := func(a, b int) Link { return Link{Kind: Excitatory, Between: [2]int{a, b}, Strength: 1.5} }
	want := Spec{Modules: []ModuleSpec{m, quiet, quiet}, Links: []Link{link(0, 1), link(1, 2)}, Feedback: []float64{1, 0, 0.5}, Readout: []int{2}}
	if got := chain.Expand(); !reflect.DeepEqual(got, want) {
		t.Errorf("the chain is %+v, want %+v", got, want)
	}
	if err := chain.Validate(); err != nil {
		t.Error(err)
	}
	if a, b := draw(t, chain, []int{5}, 2, 1), draw(t, want, []int{5}, 2, 1); !reflect.DeepEqual(a, b) {
		t.Error("a chain and the network written out differ")
	}
	if a, b := chain.Footprint([]int{5}, 2), want.Footprint([]int{5}, 2); a != b {
		t.Errorf("footprints %d and %d differ", a, b)
	}
	chain.Chain.Input = AllRead
	if got := chain.Expand().Modules[2]; !reflect.DeepEqual(got, m) {
		t.Errorf("module 2 is %+v, want %+v", got, m)
	}
}

func TestValidateReportsMistakesOfGraphsWithTheirKeys(t *testing.T) {
	modules := []ModuleSpec{valid(), valid(), {Neurons: 4}}
	link := func(l Link) Spec {
		if l.Between == [2]int{} {
			l.Between = [2]int{0, 1}
		}
		return Spec{Modules: modules, Links: []Link{l}}
	}
	single := func(change func(*ModuleSpec)) Spec {
		m := valid()
		change(&m)
		return Spec{Modules: []ModuleSpec{m}}
	}
	for want, spec := range map[string]Spec{
		"links.0.direction: is \"up\"":                        link(Link{Kind: Excitatory, Direction: "up"}),
		"links.0.between: joins 10 and 4 neurons one to one":  link(Link{Kind: Excitatory, Between: [2]int{0, 2}}),
		"links.0.fan_in: is 5, but module 2 has 4 neurons":    link(Link{Kind: Excitatory, Between: [2]int{0, 2}, FanIn: 5}),
		"links.0.density: is 0, want":                         link(Link{Kind: Learned}),
		"links.0.strength: is 1, but the link is learned":     link(Link{Kind: Learned, Density: 1, Strength: 1}),
		"links.0.gain: is 1, but the link is excitatory":      link(Link{Kind: Excitatory, Gain: 1}),
		"links.0.density: is 2, want a number":                link(Link{Kind: Learned, Density: 2}),
		"links.0.reach: is 3 at density 1":                    link(Link{Kind: Learned, Density: 1, Reach: 3}),
		"modules.0.recurrent.reach: is 2 at density 1":        single(func(m *ModuleSpec) { m.Recurrent.Reach = 2 }),
		"modules.0.recurrent.reach: is 2 with symmetric":      single(func(m *ModuleSpec) { m.Recurrent = RecurrentSpec{Gain: 1, Density: 0.1, Reach: 2, Symmetric: true} }),
		"modules.0.tanh: is -1":                               single(func(m *ModuleSpec) { m.Tanh = -1 }),
		"feedback: has 1 strengths, want one for each of 3":   {Modules: modules, Feedback: []float64{1}},
		"feedback.1: is -1":                                   {Modules: modules, Feedback: []float64{1, -1, 0}},
		"readout.0: is 3, want a module from 0 to 2":          {Modules: modules, Readout: []int{3}},
		"readout.1: is 2 for the second time":                 {Modules: modules, Readout: []int{2, 2}},
		"chain.modules: is -1":                                {Modules: modules[:1], Chain: Chain{Modules: -1}},
		"chain.size: is -1":                                   {Modules: modules[:1], Chain: Chain{Modules: 2, Size: -1}},
		"chain.lambda: is -1":                                 {Modules: modules[:1], Chain: Chain{Modules: 2, Lambda: -1}},
		"chain.input: is \"last\", want \"first\" or \"all\"": {Modules: modules[:1], Chain: Chain{Modules: 2, Input: "last"}},
		"modules: has 3 modules beside a chain, want one":     {Modules: modules, Chain: Chain{Modules: 2}},
		"links: has 1 links beside a chain, want none":        {Modules: modules[:1], Chain: Chain{Modules: 2}, Links: []Link{{Kind: Excitatory}}},
		"readout.0: is 2, want a module from 0 to 1":          {Modules: modules[:1], Chain: Chain{Modules: 2}, Readout: []int{2}},
	} {
		if err := spec.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	topographic := single(func(m *ModuleSpec) { m.Recurrent = RecurrentSpec{Gain: 1, Density: 0.1, Reach: 2} })
	if err := topographic.Fits([]int{9}, 2); err == nil || !strings.Contains(err.Error(), "modules.0.recurrent.reach: is 2, but the input has shape [9]") {
		t.Errorf("a topographic mask without an image: %v", err)
	}
	reaching := link(Link{Kind: Learned, Density: 0.5, Reach: 3})
	if err := reaching.Fits([]int{9}, 2); err == nil || !strings.Contains(err.Error(), "links.0.reach: is 3, but the input has shape [9]") {
		t.Errorf("a topographic link without an image: %v", err)
	}
}

func TestSymmetryTellsSymmetricFromIndependentCouplings(t *testing.T) {
	for name, density := range map[string]float64{"dense": 1, "sparse": 0.2} {
		spec := Spec{Modules: []ModuleSpec{{
			Neurons: 300, Recurrent: RecurrentSpec{Gain: 1, Density: density}, Input: InputSpec{Gain: 1, Density: 1},
		}}}
		n := draw(t, spec, []int{4}, 2, 1)
		j := n.Modules[0].Recurrent
		// The correlation of k independent pairs is 0 with standard error 1/sqrt(k).
		pairs := 0.5 * 300 * 299 * density * density
		if s, ok := coupling.Symmetry(j); !ok || math.Abs(s) > 5/math.Sqrt(pairs) {
			t.Errorf("%s, drawn: symmetry %v, want 0 +- %v", name, s, 5/math.Sqrt(pairs))
		}
		if density < 1 {
			continue
		}
		for a := range 300 {
			for b := range a {
				*j.At(b, a) = *j.At(a, b)
			}
		}
		if s, ok := coupling.Symmetry(j); !ok || math.Abs(s-1) > 1e-9 {
			t.Errorf("symmetric couplings: symmetry %v, want 1", s)
		}
	}
}
