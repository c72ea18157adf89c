package network

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func valid() ModuleSpec {
	return ModuleSpec{Neurons: 10, Recurrent: RecurrentSpec{Gain: 1, Density: 1}, Input: InputSpec{Gain: 1, Density: 1}}
}

func TestValidateReportsEveryProblemAtOnceWithItsKey(t *testing.T) {
	spec := Spec{
		Modules: []ModuleSpec{
			{Neurons: 0, SelfCoupling: math.NaN(), Bias: -1, Recurrent: RecurrentSpec{Gain: -1, Density: 1.5}, Input: InputSpec{Gain: math.Inf(1), Density: -0.1, Window: -2}},
			valid(),
			{Neurons: MaxNeurons + 1, SelfCoupling: 1e39, Bias: math.NaN(), Recurrent: RecurrentSpec{Gain: math.NaN(), Density: math.NaN()}, Input: InputSpec{Gain: -0.5, Density: 2}},
		},
		Links: []Link{
			{Kind: "magnetic", Between: [2]int{0, 0}, Strength: math.NaN()},
			{Kind: Excitatory, Between: [2]int{1, 3}, Strength: math.Inf(-1)},
			{Kind: Excitatory, Between: [2]int{-1, 1}, Strength: 1e300},
			{Kind: Excitatory, Between: [2]int{0, 1}, Strength: -1},
		},
	}
	want := []string{
		"modules.0.neurons", "modules.0.self_coupling", "modules.0.bias", "modules.0.recurrent.gain",
		"modules.0.recurrent.density", "modules.0.input.gain", "modules.0.input.density", "modules.0.input.window",
		"modules.2.neurons", "modules.2.self_coupling", "modules.2.bias", "modules.2.recurrent.gain",
		"modules.2.recurrent.density", "modules.2.input.gain", "modules.2.input.density",
		"links.0.kind", "links.0.strength", "links.0.between",
		"links.1.strength", "links.1.between",
		"links.2.strength", "links.2.between.0",
		"links.3.strength", "links.3.between",
	}
	err := spec.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("Validate returned %v, want joined problems", err)
	}
	var got []string
	for _, each := range joined.Unwrap() {
		var problem Problem
		if !errors.As(each, &problem) {
			t.Errorf("%v is not a Problem", each)
			continue
		}
		got = append(got, problem.Key)
		if problem.Message == "" || each.Error() != problem.Key+": "+problem.Message {
			t.Errorf("problem reads %q, want its key, a colon and a message", each)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("problems at\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestValidateAcceptsTheEndsOfEveryRange(t *testing.T) {
	for _, spec := range []Spec{
		{Modules: []ModuleSpec{{Neurons: 1}}},
		{Modules: []ModuleSpec{{Neurons: MaxNeurons, SelfCoupling: -math.MaxFloat32, Bias: math.MaxFloat32, Recurrent: RecurrentSpec{Gain: math.MaxFloat32}, Input: InputSpec{Gain: math.MaxFloat32}}}},
		{Modules: []ModuleSpec{valid(), valid(), valid()}, Links: []Link{{Kind: Excitatory, Between: [2]int{2, 0}, Strength: 1}, {Kind: Excitatory, Between: [2]int{0, 1}}, {Kind: Excitatory, Between: [2]int{0, 1}, Strength: math.MaxFloat32}}},
	} {
		if err := spec.Validate(); err != nil {
			t.Errorf("%+v: %v, want no problem", spec, err)
		}
	}
	if err := (Spec{}).Validate(); err == nil || err.Error() != "modules: is empty, want at least one module" {
		t.Errorf("an empty spec: %v", err)
	}
}

// Outline and Draw report what Fits reports: the place, what is there and what is
// wanted.
func TestOutlineReportsWhatDoesNotFitTheData(t *testing.T) {
	module := func(change func(*ModuleSpec)) Spec {
		m := valid()
		change(&m)
		return Spec{Modules: []ModuleSpec{m}}
	}
	plain := module(func(*ModuleSpec) {})
	windows := module(func(m *ModuleSpec) { m.Input.Window = 6 })
	for _, c := range []struct {
		name    string
		spec    Spec
		shape   []int
		classes int
		want    []string
	}{
		{"invalid spec", module(func(m *ModuleSpec) { m.Neurons, m.Bias = -3, -1 }), []int{4}, 2, []string{"network:", "modules.0.neurons: is -3", "modules.0.bias: is -1"}},
		{"one class", plain, []int{4}, 1, []string{"1 classes", "want 2 to"}},
		{"too many classes", plain, []int{4}, maxClasses + 1, []string{"classes, want 2 to 65536"}},
		{"no shape", plain, nil, 2, []string{"input shape []", "{features}"}},
		{"four sides", plain, []int{2, 2, 2, 2}, 2, []string{"input shape [2 2 2 2]", "{height, width, channels}"}},
		{"side of zero", plain, []int{3, 0}, 2, []string{"input shape [3 0]", "positive sides"}},
		{"negative side", plain, []int{-4, -4}, 2, []string{"input shape [-4 -4]", "positive sides"}},
		{"too many inputs", plain, []int{math.MaxInt, math.MaxInt}, 2, []string{"at most 67108864 values"}},
		{"too many couplings", module(func(m *ModuleSpec) { m.Neurons = 50_000 }), []int{4}, 2, []string{"modules.0: would have 2.5e+09 couplings", "lower a density"}},
		{"window on a vector", windows, []int{36}, 2, []string{"modules.0.input.window: is 6", "shape [36]", "need an image"}},
		{"window higher than the image", windows, []int{5, 9}, 2, []string{"modules.0.input.window: is 6", "smaller side of the image, 5"}},
		{"window wider than the image", windows, []int{9, 5, 3}, 2, []string{"modules.0.input.window: is 6", "smaller side of the image, 5"}},
		{"nobody reads the input", module(func(m *ModuleSpec) { m.Input.Density = 0 }), []int{4}, 2, []string{"modules.0.input.density: is 0 in every module"}},
	} {
		if err := c.spec.Fits(c.shape, c.classes); err == nil {
			t.Errorf("%s: Fits returned no error", c.name)
			continue
		}
		n, err := Outline(c.spec, c.shape, c.classes)
		if err == nil || n != nil {
			t.Errorf("%s: Outline returned %v and error %v, want an error alone", c.name, n, err)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %q lacks %q", c.name, err, part)
			}
		}
		if n, drawn := Draw(c.spec, c.shape, c.classes, 1); n != nil || drawn == nil || drawn.Error() != err.Error() {
			t.Errorf("%s: Draw reports %v, Outline %v", c.name, drawn, err)
		}
	}
}

// A neuron with a window reads the window only, so 2^20 neurons on an image of 3,072
// values have 26 million couplings and not 3 thousand million.
func TestFitsCountsTheCouplingsOfWindowsNotOfTheImage(t *testing.T) {
	spec := Spec{Modules: []ModuleSpec{{Neurons: 1 << 20, Input: InputSpec{Gain: 1, Density: 1, Window: 5}}}}
	if err := spec.Fits([]int{32, 32, 3}, 10); err != nil {
		t.Errorf("windows of 75 values for %d neurons: %v, want them to fit", 1<<20, err)
	}
	spec.Modules[0].Neurons = MaxNeurons
	spec.Modules[0].Input.Window = 30
	if err := spec.Fits([]int{32, 32, 3}, 10); err == nil {
		t.Error("windows of 2,700 values for 2^24 neurons fit, want too many couplings")
	}
}

// The limit of 2^31-1 couplings holds for each direction of a link: 10^5 neurons with 21,000
// senders each have 2.1 * 10^9, with 22,000 too many.
func TestFitsCountsTheCouplingsOfLinks(t *testing.T) {
	reads, large := ModuleSpec{Neurons: 30_000, Input: InputSpec{Gain: 1, Density: 1}}, ModuleSpec{Neurons: 100_000}
	for _, c := range []struct {
		link Link
		fits bool
	}{
		{Link{Kind: Excitatory, FanIn: 21_000, Strength: 1, Direction: Forward}, true},
		{Link{Kind: Excitatory, FanIn: 22_000, Strength: 1, Direction: Forward}, false},
		{Link{Kind: Excitatory, FanIn: 22_000, Strength: 1}, false},
		{Link{Kind: Learned, Density: 0.7}, true},
		{Link{Kind: Learned, Density: 0.72}, false},
	} {
		c.link.Between = [2]int{0, 1}
		err := Spec{Modules: []ModuleSpec{reads, large}, Links: []Link{c.link}}.Fits([]int{4}, 2)
		if (err == nil) != c.fits || err != nil && !strings.Contains(err.Error(), "network: links.0: would have 2.") {
			t.Errorf("%+v: %v, want it to fit: %v", c.link, err, c.fits)
		}
	}
}

// An input reaches a module that sees it and, along learned links and links of a
// strength, the modules behind it.
func TestFitsReportsReadModulesThatNoInputReaches(t *testing.T) {
	sees, blind := valid(), valid()
	blind.Input.Density = 0
	one := func(from, to int, strength float64) Link {
		return Link{Kind: Excitatory, Between: [2]int{from, to}, Direction: Forward, Strength: strength}
	}
	learned := Link{Kind: Learned, Between: [2]int{2, 1}, Direction: Backward, Density: 0.1}
	sampled := Link{Kind: Excitatory, Between: [2]int{1, 2}, FanIn: 3, Strength: 1}
	silent := sampled
	silent.Strength = 0
	for _, c := range []struct {
		name    string
		readout []int
		links   []Link
		want    string
	}{
		{"no links", []int{0, 2}, nil, "network: readout.1: is 2, a module that no input reaches"},
		{"first of two", []int{2, 1}, nil, "network: readout.0: is 2, a module"},
		{"all, by an empty list", nil, nil, ""},
		{"the one that sees", []int{0}, nil, ""},
		{"strength 0", []int{2}, []Link{one(0, 1, 1), one(1, 2, 0)}, "network: readout.0: is 2, a module"},
		{"wrong direction", []int{2}, []Link{one(0, 1, 1), one(2, 1, 1)}, "network: readout.0: is 2, a module"},
		{"one to one", []int{2}, []Link{one(1, 2, 1), one(0, 1, 1)}, ""},
		{"cycle behind", []int{2}, []Link{one(1, 2, 1), one(2, 1, 1)}, "network: readout.0: is 2, a module"},
		{"learned backward", []int{2}, []Link{one(0, 1, 1), learned}, ""},
		{"random", []int{2}, []Link{one(0, 1, 1), sampled}, ""},
		{"random of strength 0", []int{1, 2}, []Link{one(0, 1, 1), silent}, "network: readout.1: is 2, a module"},
	} {
		err := Spec{Modules: []ModuleSpec{sees, blind, blind}, Links: c.links, Readout: c.readout}.Fits([]int{4}, 2)
		var problem Problem
		if (err == nil) != (c.want == "") || err != nil && !(strings.HasPrefix(err.Error(), c.want) && errors.As(err, &problem)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	chain := Spec{Modules: []ModuleSpec{sees}, Chain: Chain{Modules: 3}, Readout: []int{2}}
	if err := chain.Fits([]int{4}, 2); err == nil || !strings.HasPrefix(err.Error(), "network: readout.0: is 2, a module") {
		t.Errorf("the last module of a chain of lambda 0: %v", err)
	}
	chain.Chain.Input = AllRead
	if err := chain.Fits([]int{4}, 2); err != nil {
		t.Errorf("a chain of which all modules see the input: %v", err)
	}
}

// Fan-in: rho N for J, rho D for W, rho times the values of a window.
func TestOutlineSetsShapesAndFanIn(t *testing.T) {
	n, err := Outline(mixed(), mixedShape, 4)
	if err != nil {
		t.Fatal(err)
	}
	first, second := n.Modules[0], n.Modules[1]
	if first.Recurrent.Shape().FanIn != 150 || second.Recurrent.Shape().FanIn != 33 || first.Input.Shape().FanIn != 30 || math.Abs(second.Input.Shape().FanIn-0.2*308) > 1e-9 {
		t.Errorf("fan-ins J %v and %v, W %v and %v, want 150, 33, 30 and 61.6", first.Recurrent.Shape().FanIn, second.Recurrent.Shape().FanIn, first.Input.Shape().FanIn, second.Input.Shape().FanIn)
	}
	if first.Offset != 0 || second.Offset != 160 || n.StateSize() != 160+336 || n.Neurons() != 480 || n.Inputs() != 308 {
		t.Errorf("offsets %d, %d, state of %d, %d neurons, %d inputs, want 0, 160, 496, 480, 308", first.Offset, second.Offset, n.StateSize(), n.Neurons(), n.Inputs())
	}
	if first.Recurrent.Kind() != "dense" || second.Recurrent.Kind() != "sparse" || first.Input.Kind() != "sparse" || second.Input.Kind() != "sparse" {
		t.Error("want J dense at density 1 and sparse below, W sparse below density 1, with windows too")
	}
	for window, want := range map[int]string{0: "dense", 4: "windowed"} {
		n, err := Outline(Spec{Modules: []ModuleSpec{{Neurons: 9, Input: InputSpec{Density: 1, Window: window}}}}, mixedShape, 2)
		if err != nil || n.Modules[0].Input.Kind() != want {
			t.Errorf("window %d at density 1: %v, error %v, want W %s", window, n.Modules[0].Input.Kind(), err, want)
		}
	}
	if got := n.Footprint(); got != 0 {
		t.Errorf("an outline takes %d bytes of couplings, want 0", got)
	}
}
