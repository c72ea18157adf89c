package network

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"basin/internal/layout"
	"basin/network/coupling"
)

// mixed is a network with dense and sparse blocks: module 0 is dense and reads thinned windows,
// module 1 is sparse and reads single values.
func mixed() Spec {
	return Spec{
		Modules: []ModuleSpec{
			{Neurons: 150, Bias: 0.4, Recurrent: RecurrentSpec{Gain: 1.3, Density: 1}, Input: InputSpec{Gain: 0.7, Density: 0.6, Window: 5}},
			{Neurons: 330, Bias: 2, Recurrent: RecurrentSpec{Gain: 0.9, Density: 0.1}, Input: InputSpec{Gain: 2, Density: 0.2}},
		},
	}
}

var mixedShape = []int{14, 11, 2}

// values lists the couplings of a block, receiver by receiver.
func values(c coupling.Couplings) []float32 {
	var all []float32
	c.Each(func(_, _ int, v *float32) bool { all = append(all, *v); return true })
	return all
}

// pattern lists the senders of each receiver.
func pattern(c coupling.Couplings) [][]int32 {
	rows := make([][]int32, c.Shape().Receivers)
	c.Each(func(i, j int, _ *float32) bool { rows[i] = append(rows[i], int32(j)); return true })
	return rows
}

// nth is the place of the n-th coupling of a block.
func nth(c coupling.Couplings, n int) (value *float32) {
	c.Each(func(_, _ int, v *float32) bool { value = v; n--; return n >= 0 })
	return value
}

func draw(t *testing.T, spec Spec, shape []int, classes int, seed uint64) *Network {
	t.Helper()
	n, err := Draw(spec, shape, classes, seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// realValues lists the couplings of a dense block without padding, and without the
// diagonal of a hollow one.
func realValues(dense []float32, rows, columns int, hollow bool) []float32 {
	var values []float32
	for r := range rows {
		for c, v := range dense[r*layout.Padded(columns):][:columns] {
			if !hollow || r != c {
				values = append(values, v)
			}
		}
	}
	return values
}

// Model page, section 1: J_ij ~ N(0, g^2/(rho N)), W_ik ~ N(0, a^2/(rho D)) with rho D
// the values read from a window, F_ic ~ N(0, 1/C) at f = 1, O_ci ~ N(0, 1/N) and
// b_i ~ N(0, b^2). Over n values the mean has standard error sigma/sqrt(n), the second
// moment sigma^2 sqrt(2/n) and the fourth moment, 3 sigma^4, sigma^4 sqrt(96/n); five
// of them are allowed. Seed 5.
func TestDrawnCouplingsHaveTheMomentsOfTheModel(t *testing.T) {
	const classes = 3
	n := draw(t, mixed(), mixedShape, classes, 5)
	dense := draw(t, Spec{Modules: []ModuleSpec{{Neurons: 60, Input: InputSpec{Gain: 1.7, Density: 1}}}}, []int{321}, 3, 5)
	first, second := n.Modules[0], n.Modules[1]
	total := 150 + 330.0
	for _, block := range []struct {
		name     string
		values   []float32
		variance float64
	}{
		{"dense J", values(first.Recurrent), 1.3 * 1.3 / 150},
		{"sparse J", values(second.Recurrent), 0.9 * 0.9 / (0.1 * 330)},
		{"dense W", values(dense.Modules[0].Input), 1.7 * 1.7 / 321},
		{"W of windows", values(first.Input), 0.7 * 0.7 / (0.6 * 5 * 5 * 2)},
		{"sparse W", values(second.Input), 2 * 2 / (0.2 * 14 * 11 * 2)},
		{"F of module 0", realValues(first.Feedback, classes, 150, false), 1.0 / classes},
		{"F of module 1", realValues(second.Feedback, classes, 330, false), 1.0 / classes},
		{"b of module 0", first.Bias[:150], 0.4 * 0.4},
		{"b of module 1", second.Bias[:330], 4},
		{"O of module 0", realValues(n.Readout.Couplings, 150, classes, false), 1 / total},
		{"O of module 1", realValues(n.Readout.Couplings[second.Offset*layout.Padded(classes):], 330, classes, false), 1 / total},
	} {
		count := float64(len(block.values))
		var mean, square, fourth float64
		for _, v := range block.values {
			x := float64(v) / math.Sqrt(block.variance)
			mean += x / count
			square += x * x / count
			fourth += x * x * x * x / count
		}
		if math.Abs(mean) > 5/math.Sqrt(count) || math.Abs(square-1) > 5*math.Sqrt(2/count) || math.Abs(fourth-3) > 5*math.Sqrt(96/count) {
			t.Errorf("seed 5: %s: %v values over their standard deviation have moments %.4f, %.4f, %.4f, want 0, 1, 3", block.name, count, mean, square, fourth)
		}
	}
}

// Model page, section 1: each coupling is present with probability rho, whatever its
// place. Of n candidates rho n are present with standard error sqrt(n rho (1-rho));
// the mean place of m kept ones among D has standard error D/sqrt(12 m). Seed 6.
func TestMasksHaveTheirDensityEverywhere(t *testing.T) {
	for _, density := range []float64{0.003, 0.05, 0.5, 0.97} {
		spec := Spec{Modules: []ModuleSpec{{Neurons: 400, Recurrent: RecurrentSpec{Gain: 1, Density: density}, Input: InputSpec{Gain: 1, Density: density}}}}
		m := draw(t, spec, []int{500}, 2, 6).Modules[0]
		for _, block := range []struct {
			name                string
			s                   coupling.Couplings
			candidates, senders float64
		}{
			{"J", m.Recurrent, 400 * 399, 400},
			{"W", m.Input, 400 * 500, 500},
		} {
			kept, want := float64(block.s.Count()), density*block.candidates
			if deviation := math.Sqrt(want * (1 - density)); math.Abs(kept-want) > 5*deviation {
				t.Errorf("seed 6: %s of density %v has %v couplings, want %v +- %.0f", block.name, density, kept, want, deviation)
			}
			place := 0.0
			for _, j := range slices.Concat(pattern(block.s)...) {
				place += float64(j) / kept
			}
			if want := (block.senders - 1) / 2; math.Abs(place-want) > 5*block.senders/math.Sqrt(12*kept) {
				t.Errorf("seed 6: %s of density %v has senders of mean %v, want %v", block.name, density, place, want)
			}
		}
	}
}

// Model page, section 1: i != j, and a receiver's senders ascend.
func TestDrawnPatternsAscendAndNoNeuronIsCoupledToItself(t *testing.T) {
	n := draw(t, mixed(), mixedShape, 4, 7)
	for _, m := range n.Modules {
		for _, c := range []coupling.Couplings{m.Recurrent, m.Input} {
			for i, senders := range pattern(c) {
				for e, j := range senders {
					if e > 0 && senders[e-1] >= j || int(j) >= c.Shape().Senders || c == m.Recurrent && int(j) == i {
						t.Fatalf("senders of neuron %d are %v", i, senders)
					}
				}
			}
		}
		for i := range m.Neurons {
			if v := m.Recurrent.At(i, i); v != nil {
				t.Errorf("neuron %d is coupled to itself by %v", i, *v)
			}
		}
	}
}

// A part of memory that is padding holds zeros after a draw.
func TestDrawLeavesPaddingZero(t *testing.T) {
	n := draw(t, mixed(), mixedShape, 5, 8)
	zero := func(name string, values []float32, stride, used int) {
		t.Helper()
		for e, v := range values {
			if e%stride >= used && v != 0 {
				t.Fatalf("%s has %v at place %d of rows of %d with %d used, want 0", name, v, e, stride, used)
			}
		}
	}
	for _, m := range n.Modules {
		zero("F", m.Feedback, m.Padded(), m.Neurons)
		zero("b", m.Bias, m.Padded(), m.Neurons)
	}
	tensors, err := n.Tensors()
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range tensors {
		if err := tensor.Check(); err != nil {
			t.Errorf("%s: %v", tensor.Name, err)
		}
	}
	zero("O", n.Readout.Couplings, layout.Padded(5), 5)
	for i := 150; i < layout.Padded(150); i++ {
		zero("O of padding", n.Readout.Couplings[i*layout.Padded(5):][:layout.Padded(5)], 1, 0)
	}
}

// Model page, section 1: a neuron reads one window of w x w pixels at a uniform place
// inside the image, with all channels, thinned to its density, and those that read the same
// one stand together. 9,000 neurons choose
// among the 6 x 4 places: 375 each with standard error 19. Seed 9.
func TestWindowsLieInsideTheImageAtUniformPlaces(t *testing.T) {
	const height, width, channels, window, neurons = 8, 6, 3, 3, 9000
	spec := Spec{Modules: []ModuleSpec{{Neurons: neurons, Input: InputSpec{Gain: 1, Density: 1, Window: window}}}}
	m := draw(t, spec, []int{height, width, channels}, 2, 9).Modules[0]
	places, read := map[[2]int]int{}, pattern(m.Input)
	if !slices.IsSortedFunc(read, func(a, b []int32) int { return cmp.Compare(a[0], b[0]) }) {
		t.Error("seed 9: neurons that read one window do not stand together, in the order of the windows")
	}
	for i := range neurons {
		senders := read[i]
		top, left := int(senders[0])/channels/width, int(senders[0])/channels%width
		var want []int32
		for y := top; y < top+window; y++ {
			for x := left; x < left+window; x++ {
				for c := range channels {
					want = append(want, int32((y*width+x)*channels+c))
				}
			}
		}
		if left+window > width || top+window > height || !slices.Equal(senders, want) {
			t.Fatalf("seed 9: neuron %d reads %v, want the window of side 3 at row %d, column %d: %v", i, senders, top, left, want)
		}
		places[[2]int{top, left}]++
	}
	if len(places) != 24 {
		t.Errorf("seed 9: windows lie at %d places, want 24", len(places))
	}
	for place, count := range places {
		if math.Abs(float64(count)-375) > 5*19 {
			t.Errorf("seed 9: %d windows at %v, want about 375", count, place)
		}
	}
}

// A thinned window keeps each of its n = 400 x 5 x 5 x 2 values with probability 0.6,
// and all it keeps lies in one window. Seed 10.
func TestThinnedWindowsStayInTheirWindow(t *testing.T) {
	spec := Spec{Modules: []ModuleSpec{{Neurons: 400, Input: InputSpec{Gain: 1, Density: 0.6, Window: 5}}}}
	w := draw(t, spec, mixedShape, 2, 10).Modules[0].Input
	const candidates = 400 * 5 * 5 * 2
	if kept := float64(w.Count()); math.Abs(kept-0.6*candidates) > 5*math.Sqrt(candidates*0.6*0.4) {
		t.Errorf("seed 10: %v values read, want about %v", kept, 0.6*candidates)
	}
	width, channels := mixedShape[1], mixedShape[2]
	for i, senders := range pattern(w) {
		var rows, columns []int
		for _, k := range senders {
			rows = append(rows, int(k)/channels/width)
			columns = append(columns, int(k)/channels%width)
		}
		if slices.Max(rows)-slices.Min(rows) > 4 || slices.Max(columns)-slices.Min(columns) > 4 {
			t.Fatalf("seed 10: neuron %d reads rows %v, columns %v, want a window of side 5", i, rows, columns)
		}
	}
}

// One seed has one network, bit for bit; another seed has other couplings.
func TestSameSeedDrawsTheSameNetwork(t *testing.T) {
	a, b, c := draw(t, mixed(), mixedShape, 3, 11), draw(t, mixed(), mixedShape, 3, 11), draw(t, mixed(), mixedShape, 3, 12)
	if !reflect.DeepEqual(a, b) {
		t.Error("seed 11 drew two networks")
	}
	other := blocks(c)
	for name, block := range blocks(a) {
		if reflect.DeepEqual(block, other[name]) {
			t.Errorf("seeds 11 and 12 drew the same %s", name)
		}
	}
}

// Modules of one spec draw from streams of their own. Seed 15.
func TestModulesOfOneSpecDrawDifferentCouplings(t *testing.T) {
	for _, module := range mixed().Modules {
		n := draw(t, Spec{Modules: []ModuleSpec{module, module}}, mixedShape, 3, 15)
		all := blocks(n)
		for _, name := range []string{"J", "W", "F", "b"} {
			if reflect.DeepEqual(all[name+"0"], all[name+"1"]) {
				t.Errorf("seed 15: both modules of %d neurons have one %s", module.Neurons, name)
			}
		}
		first, second := n.Modules[0], n.Modules[1]
		if reflect.DeepEqual(pattern(first.Input), pattern(second.Input)) {
			t.Errorf("seed 15: both modules of %d neurons have one mask of W", module.Neurons)
		}
		if r := first.Recurrent; r.Kind() == "sparse" && reflect.DeepEqual(pattern(r), pattern(second.Recurrent)) {
			t.Errorf("seed 15: both modules of %d neurons have one mask of J", module.Neurons)
		}
		half := len(n.Readout.Couplings) / 2
		if slices.Equal(n.Readout.Couplings[:half], n.Readout.Couplings[half:]) {
			t.Errorf("seed 15: both modules of %d neurons have one O", module.Neurons)
		}
	}
}

// blocks names everything that is drawn.
func blocks(n *Network) map[string]any {
	all := map[string]any{"O": n.Readout.Couplings}
	for i, m := range n.Modules {
		all[fmt.Sprint("J", i)] = m.Recurrent
		all[fmt.Sprint("W", i)] = m.Input
		all[fmt.Sprint("F", i)] = m.Feedback
		all[fmt.Sprint("b", i)] = m.Bias
	}
	return all
}

// Draw: every block has its own stream, so a change of one leaves the others as they
// were, bit for bit.
func TestAChangeOfOneBlockLeavesTheOthersAsTheyWere(t *testing.T) {
	before := blocks(draw(t, mixed(), mixedShape, 3, 13))
	for _, change := range []struct {
		name    string
		change  func(*Spec)
		changed []string
	}{
		{"gain of J", func(s *Spec) { s.Modules[0].Recurrent.Gain = 2 }, []string{"J0"}},
		{"density of J", func(s *Spec) { s.Modules[0].Recurrent.Density = 0.3 }, []string{"J0"}},
		{"no J", func(s *Spec) { s.Modules[1].Recurrent.Density = 0 }, []string{"J1"}},
		{"gain of W", func(s *Spec) { s.Modules[1].Input.Gain = 0.1 }, []string{"W1"}},
		{"window of W", func(s *Spec) { s.Modules[0].Input.Window = 4 }, []string{"W0"}},
		{"dense W", func(s *Spec) { s.Modules[1].Input.Density = 1 }, []string{"W1"}},
		{"no bias", func(s *Spec) { s.Modules[0].Bias = 0 }, []string{"b0"}},
		{"bias", func(s *Spec) { s.Modules[1].Bias = 3 }, []string{"b1"}},
		{"self-coupling", func(s *Spec) { s.Modules[0].SelfCoupling = 1 }, nil},
		{"size of module 1", func(s *Spec) { s.Modules[1].Neurons = 300 }, []string{"J1", "W1", "F1", "b1", "O"}},
	} {
		spec := mixed()
		change.change(&spec)
		for name, block := range blocks(draw(t, spec, mixedShape, 3, 13)) {
			if same := reflect.DeepEqual(block, before[name]); same == slices.Contains(change.changed, name) {
				t.Errorf("seed 13: after a change of the %s, %s is the same: %v, want only %v to change", change.name, name, same, change.changed)
			}
		}
	}
}

// A change of a gain scales the values of a block and keeps its mask.
func TestGainScalesABlockAndKeepsItsMask(t *testing.T) {
	spec := mixed()
	a := draw(t, spec, mixedShape, 3, 14).Modules[1].Recurrent
	spec.Modules[1].Recurrent.Gain *= 4
	b := draw(t, spec, mixedShape, 3, 14).Modules[1].Recurrent
	if !reflect.DeepEqual(pattern(a), pattern(b)) {
		t.Fatal("seed 14: the mask of J changed with its gain")
	}
	after := values(b)
	for e, v := range values(a) {
		if after[e] != 4*v {
			t.Fatalf("seed 14: coupling %d is %v at four times the gain of %v", e, after[e], v)
		}
	}
}
