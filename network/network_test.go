package network

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin/internal/layout"
)

// Model page, section 1, label code: balanced sends sqrt(C-1)/2 and -1/sqrt(C-1),
// centred sqrt(C)/2 and -1/2, pm1 +1 and -1. Written out for C = 10 and C = 2.
func TestCodesSendTheValuesOfTheModel(t *testing.T) {
	for _, c := range []struct {
		code         Code
		classes      int
		right, wrong float64
	}{
		{Balanced, 10, 1.5, -1.0 / 3},
		{Centred, 10, 1.5811388300841898, -0.5},
		{PlusMinusOne, 10, 1, -1},
		{Balanced, 2, 0.5, -1},
		{Centred, 2, 0.7071067811865476, -0.5},
		{PlusMinusOne, 2, 1, -1},
	} {
		right, wrong, err := c.code.Values(c.classes)
		if err != nil || math.Abs(right-c.right) > 1e-15 || math.Abs(wrong-c.wrong) > 1e-15 {
			t.Errorf("%s with %d classes: %v and %v (%v), want %v and %v", c.code, c.classes, right, wrong, err, c.right, c.wrong)
		}
	}
}

// Model page, section 1: phi * f * sum_c F_ic ytilde_c, in plain float64. A float32 sum
// of C terms is off by less than C 2^-23 times the sum of their sizes.
func TestFeedbackFieldsAreTheProductOfFeedbackAndCode(t *testing.T) {
	const classes, strength = 6, 1.7
	n := draw(t, mixed(), mixedShape, classes, 21)
	for _, code := range []Code{Balanced, Centred, PlusMinusOne} {
		fields, err := n.FeedbackFields(code, strength)
		if err != nil {
			t.Fatal(err)
		}
		right, wrong, _ := code.Values(classes)
		for class, field := range fields {
			if len(field) != n.StateSize() {
				t.Fatalf("field of %d values, want %d", len(field), n.StateSize())
			}
			for _, m := range n.Modules {
				for i := range m.Padded() {
					want, size := 0.0, 0.0
					for c := range classes {
						y := wrong
						if c == class {
							y = right
						}
						term := strength * y * float64(m.Feedback[c*m.Padded()+i])
						want += term
						size += math.Abs(term)
					}
					if got := float64(field[m.Offset+i]); math.Abs(got-want) > classes*0x1p-23*size {
						t.Fatalf("seed 21: %s, class %d, neuron %d: field %v, want %v", code, class, i, got, want)
					}
				}
			}
		}
	}
	if _, err := n.FeedbackFields("morse", 1); err == nil || !strings.Contains(err.Error(), `label code "morse", want "balanced", "centred", "pm1" or "rival"`) {
		t.Errorf("unknown code: %v", err)
	}
	for _, module := range []int{-1, 2} {
		if _, err := n.FeedbackFields(Balanced, 1, 0, module); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("feedback on module %d, want a module from 0 to 1", module)) {
			t.Errorf("feedback on module %d of 2: %v", module, err)
		}
	}
}

// Fold changes where a scale is kept and not the couplings: each becomes the product
// of its stored value and the scale.
func TestFoldKeepsTheCouplings(t *testing.T) {
	n := draw(t, mixed(), mixedShape, 3, 22)
	scale := 0.3
	check := func(name string, before, after []float32, left float64) {
		t.Helper()
		if left != 1 {
			t.Errorf("%s has scale %v after Fold, want 1", name, left)
		}
		for e := range before {
			if after[e] != before[e]*float32(scale) {
				t.Fatalf("%s: value %d is %v after Fold, want %v", name, e, after[e], before[e]*float32(scale))
			}
		}
	}
	for _, m := range n.Modules {
		m.Recurrent.SetScale(scale)
		m.Input.SetScale(scale)
		before := [][]float32{values(m.Recurrent), values(m.Input)}
		m.Recurrent.Fold()
		m.Input.Fold()
		check("J", before[0], values(m.Recurrent), m.Recurrent.Scale())
		check("W", before[1], values(m.Input), m.Input.Scale())
	}
	again := draw(t, mixed(), mixedShape, 3, 22)
	untouched := draw(t, mixed(), mixedShape, 3, 22)
	again.Modules[1].Recurrent.Fold()
	if !reflect.DeepEqual(again, untouched) {
		t.Error("Fold at scale 1 changed a block")
	}
}

func TestCouplingsCountsEachKind(t *testing.T) {
	n := draw(t, mixed(), mixedShape, 5, 24)
	first, second := n.Modules[0], n.Modules[1]
	want := Couplings{
		Recurrent: 150*149 + len(values(second.Recurrent)),
		Input:     len(values(first.Input)) + len(values(second.Input)),
		Feedback:  480 * 5, Readout: 480 * 5,
	}
	if got := n.Couplings(); got != want {
		t.Errorf("couplings %+v, want %+v", got, want)
	}
	dense := draw(t, Spec{Modules: []ModuleSpec{{Neurons: 5, Input: InputSpec{Gain: 1, Density: 1}}}}, []int{7}, 3, 1)
	if got, want := dense.Couplings(), (Couplings{Input: 35, Feedback: 15, Readout: 15}); got != want {
		t.Errorf("couplings %+v, want %+v", got, want)
	}
	// One to one links count for nothing, four senders each for 90 + 40 neurons for 520,
	// the dense learned one for 40 x 40.
	linked := draw(t, graph(), []int{6}, 3, 24)
	links := 520 + 1600
	for _, p := range linked.Pathways[5:] {
		links += len(values(p.Block))
	}
	if got := linked.Couplings().Links; got != links {
		t.Errorf("%d couplings in links, want %d", got, links)
	}
}

// Model page, section 1: at rho = 0.01 a coupling matrix costs 1 % of the dense one in
// memory. N = 10,000 has 10^6 couplings; each takes its value, its sender and its place
// by sender, 16 bytes. The dense matrix has 400 MB.
func TestSparseCouplingsOfTenThousandNeuronsFitInAHundredMegabytes(t *testing.T) {
	spec := Spec{Modules: []ModuleSpec{{Neurons: 10_000, Recurrent: RecurrentSpec{Gain: 1, Density: 0.01}, Input: InputSpec{Gain: 1, Density: 0.01}}}}
	n := draw(t, spec, []int{784}, 10, 25)
	if count := n.Couplings().Recurrent; math.Abs(float64(count)-999_900) > 5*995 {
		t.Errorf("seed 25: %d recurrent couplings, want about 999,900", count)
	}
	if bytes := n.Footprint(); bytes >= 100e6 || bytes < 16e6 {
		t.Errorf("the network takes %d bytes, want 16 to 100 million", bytes)
	}
}

// Footprint counts every array of couplings and indices, found here by reflection.
func TestFootprintCountsEveryArray(t *testing.T) {
	spec := mixed()
	spec.Modules = append(spec.Modules, ModuleSpec{Neurons: 20, Input: InputSpec{Gain: 1, Density: 1, Window: 3}})
	n := draw(t, spec, mixedShape, 5, 26)
	n.Readout.Average = slices.Clone(n.Readout.Couplings)
	want := int64(0)
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				visit(v.Elem())
			}
		case reflect.Struct:
			for f := range v.NumField() {
				visit(v.Field(f))
			}
		case reflect.Slice:
			if k := v.Type().Elem().Kind(); k == reflect.Float32 || k == reflect.Int32 {
				want += 4 * int64(v.Len())
				return
			}
			for e := range v.Len() {
				visit(v.Index(e))
			}
		}
	}
	visit(reflect.ValueOf(n))
	if got := n.Footprint(); got != want {
		t.Errorf("Footprint is %d bytes, the arrays have %d", got, want)
	}
}

// Model page, section 1: logit_c = sum_m sum_i O_ci s_i^m, for any number of states at
// once. The couplings are small integers, so every order of the sum is exact.
func TestLogitsSumTheReadoutOverTheNeuronsOfAllModules(t *testing.T) {
	const classes = 3
	n := draw(t, mixed(), mixedShape, classes, 27)
	for e := range n.Readout.Couplings {
		n.Readout.Couplings[e] = float32(e % 7)
	}
	for _, m := range n.Modules {
		clear(n.Readout.Couplings[(m.Offset+m.Neurons)*layout.Padded(classes) : (m.Offset+m.Padded())*layout.Padded(classes)])
	}
	for _, count := range []int{1, 2, 5, 16} {
		var states, logits [][]float32
		for q := range count {
			s := make([]float32, n.StateSize())
			for i := range s {
				s[i] = float32(1 - 2*((i*i+q)/3%2))
			}
			states = append(states, s)
			logits = append(logits, slices.Repeat([]float32{99}, layout.Padded(classes)))
		}
		n.Readout.Logits(logits, states, n.Readout.Couplings)
		for q := range count {
			for c := range classes {
				want := float32(0)
				for _, m := range n.Modules {
					for i := m.Offset; i < m.Offset+m.Neurons; i++ {
						want += n.Readout.Couplings[i*layout.Padded(classes)+c] * states[q][i]
					}
				}
				if logits[q][c] != want {
					t.Errorf("%d states: logit %d of state %d is %v, want %v", count, c, q, logits[q][c], want)
				}
			}
		}
	}
	average := []float32{1}
	r := Readout{Couplings: []float32{2}}
	if r.Predicting()[0] != 2 {
		t.Error("without an average, predictions use the couplings")
	}
	if r.Average = average; r.Predicting()[0] != 1 {
		t.Error("with an average, predictions use it")
	}
}

func TestCheckFiniteNamesTheBlock(t *testing.T) {
	for block, spoil := range map[string]func(n *Network){
		"module 0: recurrent coupling 3": func(n *Network) { *nth(n.Modules[0].Recurrent, 3) = float32(math.Inf(1)) },
		"module 1: recurrent coupling 1": func(n *Network) { *n.Modules[1].Recurrent.At(1, 0) = float32(math.NaN()) },
		"module 1: input coupling 2":     func(n *Network) { *n.Modules[1].Input.At(0, 2) = float32(math.Inf(-1)) },
		"pathway 0: link coupling 4":     func(n *Network) { *nth(n.Pathways[0].Block, 4) = float32(math.NaN()) },
		"pathway 3: link coupling 7":     func(n *Network) { *n.Pathways[3].Block.At(7, 0) = float32(math.Inf(1)) },
		"readout coupling 5":             func(n *Network) { n.Readout.Couplings[5] = float32(math.NaN()) },
		"":                               func(*Network) {},
	} {
		sparse, dense := valid(), valid()
		sparse.Recurrent.Density = 0.5
		links := []Link{
			{Kind: Learned, Between: [2]int{0, 1}, Direction: Forward, Density: 0.3},
			{Kind: Excitatory, Between: [2]int{0, 1}, Strength: 1},
			{Kind: Learned, Between: [2]int{0, 1}, Direction: Backward, Density: 1},
		}
		n, err := Draw(Spec{Modules: []ModuleSpec{sparse, dense}, Links: links}, []int{3}, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		spoil(n)
		switch err := n.CheckFinite(); {
		case block == "" && err != nil:
			t.Errorf("a drawn network: %v", err)
		case block != "" && (err == nil || !strings.Contains(err.Error(), block+" is ")):
			t.Errorf("error %v, want one that names %s", err, block)
		}
	}
}

// The estimate is for the average number of couplings: within 2 % at these sizes, and
// some thousand bytes of starts and padding apart.
func TestFootprintBeforeDrawingAgreesWithTheDrawnNetwork(t *testing.T) {
	check := func(name string, spec Spec) {
		got, want := float64(spec.Footprint([]int{28, 28}, 10)), float64(draw(t, spec, []int{28, 28}, 10, 1).Footprint())
		if math.Abs(got-want) > 0.02*want+16000 {
			t.Errorf("%s: estimate %.0f bytes, drawn %.0f", name, got, want)
		}
	}
	for name, change := range map[string]func(m *ModuleSpec){
		"dense":  func(*ModuleSpec) {},
		"sparse": func(m *ModuleSpec) { m.Recurrent.Density, m.Input.Density = 0.1, 0.3 },
		"window": func(m *ModuleSpec) { m.Recurrent.Density, m.Input.Window = 0.05, 7 },
	} {
		m := valid()
		m.Neurons = 800
		change(&m)
		check(name, Spec{Modules: []ModuleSpec{m}})
	}
	a, b := ModuleSpec{Neurons: 800, Input: InputSpec{Gain: 1, Density: 0.01}}, ModuleSpec{Neurons: 500}
	for name, link := range map[string]Link{
		"dense link": {Kind: Learned, Density: 1}, "sparse link": {Kind: Learned, Density: 0.2, Direction: Forward}, "random link": {Kind: Excitatory, FanIn: 200, Strength: 1},
		"random link backward": {Kind: Excitatory, FanIn: 400, Strength: 1, Direction: Backward},
	} {
		link.Between = [2]int{0, 1}
		check(name, Spec{Modules: []ModuleSpec{a, b}, Links: []Link{link}})
	}
	check("chain", Spec{Modules: []ModuleSpec{a}, Chain: Chain{Modules: 5, Size: 300, Lambda: 1}})
	unlinked := Spec{Modules: []ModuleSpec{a, b}}
	for _, between := range [][2]int{{0, 2}, {-1, 1}} {
		broken := unlinked
		broken.Links = []Link{{Kind: Learned, Density: 1, Between: between}}
		if got, want := broken.Footprint([]int{28, 28}, 10), unlinked.Footprint([]int{28, 28}, 10); got != want {
			t.Errorf("a link between %v: estimate %d bytes, want %d as without", between, got, want)
		}
	}
}
