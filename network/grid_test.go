package network

import (
	"errors"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"basin/network/coupling"
)

// stack is a module of each kind that there is on a grid: shared windows of the input, a pool of
// them, shared and unshared windows of the pool, and neurons on no grid that see windows of it at
// random places.
func stack() Spec {
	return Spec{
		Modules: []ModuleSpec{
			{Channels: 3, SelfCoupling: 0.5, FeedbackPer: PerChannel, Input: InputSpec{Gain: 1.5, Density: 1, Window: 3, Stride: 2, Shared: true}},
			{Channels: 3},
			{Channels: 4, FeedbackPer: PerChannel, Recurrent: RecurrentSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
			{Channels: 2, Bias: 0.3},
			{Neurons: 11},
		},
		Links: []Link{
			{Kind: Pool, Between: [2]int{0, 1}, Direction: Forward, Window: 2, Stride: 1, Strength: 0.7},
			{Kind: Learned, Between: [2]int{2, 1}, Direction: Backward, Window: 2, Border: 1, Shared: true, Gain: 1, Density: 1},
			{Kind: Learned, Between: [2]int{1, 3}, Direction: Forward, Window: 2, Stride: 2, Border: 1, Gain: 1, Density: 1},
			{Kind: Learned, Between: [2]int{1, 4}, Direction: Forward, Window: 2, Gain: 1, Density: 1},
		},
	}
}

var stackShape = []int{11, 9, 2} // 5 x 4 places, pooled to 4 x 3, then 5 x 4 and 3 x 2

// inWindow lists what lies in a window of an image, in the channels given.
func inWindow(image coupling.Image, top, left, side int, channels ...int) (senders []int32) {
	for y := top; y < top+side; y++ {
		for x := left; x < left+side; x++ {
			for _, c := range channels {
				if y >= 0 && y < image.Height && x >= 0 && x < image.Width {
					senders = append(senders, int32((y*image.Width+x)*image.Channels+c))
				}
			}
		}
	}
	return senders
}

// Every neuron on a grid reads the window of its place, all channels of it or, over a pool, its
// own; on no grid, one window anywhere. Seed 11.
func TestNeuronsOnGridsReadTheirWindows(t *testing.T) {
	n := draw(t, stack(), stackShape, 3, 11)
	sizes, err := stack().Sizes(stackShape)
	if err != nil {
		t.Fatal(err)
	}
	want := []Size{{60, coupling.Image{Height: 5, Width: 4, Channels: 3}}, {36, coupling.Image{Height: 4, Width: 3, Channels: 3}}, {80, coupling.Image{Height: 5, Width: 4, Channels: 4}}, {12, coupling.Image{Height: 3, Width: 2, Channels: 2}}, {11, coupling.Image{}}}
	if !slices.Equal(sizes, want) {
		t.Fatalf("sizes %v, want %v", sizes, want)
	}
	reads := func(name string, c coupling.Couplings, at func(i int) []int32) {
		for i, senders := range pattern(c) {
			if want := at(i); !slices.Equal(senders, want) {
				t.Errorf("%s: neuron %d reads %v, want %v", name, i, senders, want)
			}
		}
	}
	pooled := sizes[1].Image
	reads("input", n.Modules[0].Input, func(i int) []int32 {
		place := i / 3
		return inWindow(coupling.Image{Height: 11, Width: 9, Channels: 2}, place/4*2, place%4*2, 3, 0, 1)
	})
	reads("pool", n.Pathways[0].Block, func(i int) []int32 { place := i / 3; return inWindow(sizes[0].Image, place/3, place%3, 2, i%3) })
	reads("shared link", n.Pathways[1].Block, func(i int) []int32 {
		place := i / 4
		return inWindow(pooled, place/4-1, place%4-1, 2, 0, 1, 2)
	})
	reads("link", n.Pathways[2].Block, func(i int) []int32 { place := i / 2; return inWindow(pooled, place/2*2-1, place%2*2-1, 2, 0, 1, 2) })
	last := int32(-1)
	reads("link to no grid", n.Pathways[3].Block, func(i int) []int32 {
		first := pattern(n.Pathways[3].Block)[i][0]
		if first < last {
			t.Errorf("link to no grid: the window of neuron %d lies before that of the one before", i)
		}
		last = first
		return inWindow(pooled, int(first)/3/3, int(first)/3%3, 2, 0, 1, 2)
	})
	w := n.Modules[0].Input
	for i := range 60 {
		first := n.InputShape[1] * 2 * 2 * (i / 3 / 4)
		if w.At(i, first+i/3%4*4) != w.At(i%3, 0) {
			t.Errorf("neuron %d has another coupling than neuron %d, of the same channel", i, i%3)
		}
	}
}

// A pool fires where at least m of the K neurons of a channel in its window do, whatever its
// strength and the order of the sum: all states of a window, two channels.
func TestPoolsFireAtTheirLevel(t *testing.T) {
	for _, side := range []int{1, 2, 3} {
		k := side * side
		for level := range k + 1 {
			for _, strength := range []float64{0.1, 0.7, 1, 30} {
				spec := Spec{
					Modules: []ModuleSpec{{Channels: 2, Input: InputSpec{Density: 1, Window: 1}}, {Channels: 2}},
					Links:   []Link{{Kind: Pool, Between: [2]int{1, 0}, Direction: Backward, Window: side, Level: level, Strength: strength}},
				}
				n := draw(t, spec, []int{side, side}, 2, 12)
				least := level
				if level == 0 {
					least = (k + 1) / 2
				}
				for state := range 1 << k {
					for channel := range 2 {
						field := float32(0)
						n.Pathways[0].Block.Rows(channel, channel+1, func(_, j int, v *float32) bool {
							field += *v * float32(2*(state>>(j/2)&1)-1)
							return true
						})
						if m := n.Modules[1]; m.Bias != nil {
							field += m.Bias[channel]
						}
						if fires := field >= 0; fires != (bits.OnesCount(uint(state)) >= least) {
							t.Fatalf("window %d, level %d, strength %v: field %v of state %b", side, level, strength, field, state)
						}
					}
				}
			}
		}
	}
}

// Feedback per channel is drawn once for all places; the first has what neurons would have.
func TestFeedbackPerChannelIsThatOfEveryPlace(t *testing.T) {
	perNeuron := stack()
	perNeuron.Modules[0].FeedbackPer = PerNeuron
	a, b := draw(t, stack(), stackShape, 4, 13), draw(t, perNeuron, stackShape, 4, 13)
	m, other := a.Modules[0], b.Modules[0]
	for c := range 4 {
		row, others := m.Feedback[c*m.Padded():][:60], other.Feedback[c*m.Padded():][:60]
		for i, f := range row {
			if f != row[i%3] || f != others[i%3] {
				t.Errorf("class %d: neuron %d has %v, want %v as neuron %d", c, i, f, others[i%3], i%3)
			}
		}
		if slices.Equal(row, others) {
			t.Errorf("class %d: feedback per neuron repeats", c)
		}
	}
}

// Shared couplings have the moments of the model: the deviation gain / sqrt(values of a window).
// Over n values its square has standard error sqrt(2/n); five are allowed. Seed 14.
func TestSharedCouplingsHaveTheMomentsOfTheModel(t *testing.T) {
	spec := stack()
	spec.Modules[0].Channels, spec.Modules[1].Channels, spec.Modules[2].Channels = 300, 300, 30
	n := draw(t, spec, stackShape, 2, 14)
	for name, c := range map[string]struct {
		block    coupling.Couplings
		variance float64
	}{
		"input": {n.Modules[0].Input, 1.5 * 1.5 / 18}, "link": {n.Pathways[1].Block, 1. / 1200}, "J": {n.Modules[2].Recurrent, 1. / 270},
	} {
		tensors := c.block.Tensors()
		values := make([]float32, tensors[0].Count())
		tensors[0].Get(values, 0)
		var square, count float64
		for _, v := range values {
			if v != 0 { // no neuron with itself
				square += float64(v) * float64(v) / c.variance
				count++
			}
		}
		if ratio := square / count; int(count) != c.block.Count() || math.Abs(ratio-1) > 5*math.Sqrt(2/count) {
			t.Errorf("seed 14: %s: %v couplings, want %d, with %v of their variance", name, count, c.block.Count(), ratio)
		}
	}
}

// What is estimated before anything is drawn is what is there, but for padding.
func TestFootprintOfGrids(t *testing.T) {
	spec := stack()
	spec.Modules[2].Channels, spec.Modules[3].Channels = 32, 16
	n := draw(t, spec, stackShape, 16, 15)
	if got, want := float64(spec.Footprint(stackShape, 16)), float64(n.Footprint()); math.Abs(got-want) > 0.15*want {
		t.Errorf("an estimate of %v bytes, want about %v", got, want)
	}
	if got := spec.Footprint([]int{2, 2}, 16); got != 0 {
		t.Errorf("%d bytes of a network that does not fit", got)
	}
}

// Couplings of integers: pools fire as before, and shared windows are refused.
func TestQuantisedPoolsFireAtTheirLevel(t *testing.T) {
	spec := stack()
	n := draw(t, spec, stackShape, 3, 16)
	if _, err := Quantise(n, Integers{Bits: 8}, evenInputs(n, 1, 0)); err == nil || !strings.Contains(err.Error(), "module 0 has shared windows") {
		t.Errorf("shared windows: %v", err)
	}
	spec.Modules[0].Input.Shared, spec.Modules[2].Recurrent = false, RecurrentSpec{}
	if _, err := Quantise(draw(t, spec, stackShape, 3, 16), Integers{Bits: 8}, evenInputs(n, 1, 0)); err == nil || !strings.Contains(err.Error(), "link 1 has shared windows") {
		t.Errorf("a shared link: %v", err)
	}
	spec.Links[1].Shared = false
	q, err := Quantise(draw(t, spec, stackShape, 3, 16), Integers{Bits: 8}, evenInputs(n, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	for state := range 16 {
		field, sender := q.Modules[1].Bias[0], 0
		q.Pathways[0].Block.Rows(0, 1, func(_, _ int, v *float32) bool {
			field += *v * float32(2*(state>>sender&1)-1)
			sender++
			return true
		})
		if (field >= 0) != (bits.OnesCount(uint(state)) >= 2) {
			t.Errorf("field %v of state %b", field, state)
		}
	}
}

// What does not go together is reported with its key, by Validate where the data do not matter,
// else by Fits.
func TestMistakesOfGrids(t *testing.T) {
	for want, change := range map[string]func(s *Spec){
		"modules.0.neurons: is 0":                                         func(s *Spec) { s.Modules[0].Channels = 0 },
		"modules.0.channels: is 3 beside 7 neurons":                       func(s *Spec) { s.Modules[0].Neurons = 7 },
		"modules.3.channels: is 2, but the module sees nothing":           func(s *Spec) { s.Links = s.Links[:2] },
		"modules.1.channels: is 5, but a pool keeps the channels":         func(s *Spec) { s.Modules[1].Channels = 5 },
		"modules.1.activity: is 0.5, but a pool says":                     func(s *Spec) { s.Modules[1].Activity, s.Links[0].Level = 0.5, 1 },
		"modules.4.input.stride: is there without channels":               func(s *Spec) { s.Modules[4].Input.Stride = 2 },
		"modules.4.input.shared: is there without channels":               func(s *Spec) { s.Modules[4].Input.Shared = true },
		"modules.4.feedback_per: is there without channels":               func(s *Spec) { s.Modules[4].FeedbackPer = PerChannel },
		"modules.4.recurrent.window: is there without channels":           func(s *Spec) { s.Modules[4].Recurrent.Window = 1 },
		"modules.0.input.density: is 0.5 of shared windows":               func(s *Spec) { s.Modules[0].Input.Density = 0.5 },
		"modules.3.input.shared: is true without a window":                func(s *Spec) { s.Modules[3].Input = InputSpec{Density: 1, Shared: true} },
		"modules.3.input.stride: is 2 without a window":                   func(s *Spec) { s.Modules[3].Input = InputSpec{Density: 1, Stride: 2} },
		"modules.2.recurrent.window: is 2, want an odd number":            func(s *Spec) { s.Modules[2].Recurrent.Window = 2 },
		"modules.2.recurrent.window: is 3 with shared false":              func(s *Spec) { s.Modules[2].Recurrent.Shared = false },
		"modules.2.recurrent.density: is 0.5 of shared windows":           func(s *Spec) { s.Modules[2].Recurrent.Density = 0.5 },
		"modules.2.recurrent.symmetric: is true of shared windows":        func(s *Spec) { s.Modules[2].Recurrent.Symmetric = true },
		"modules.2.recurrent.reach: is 2 of shared windows":               func(s *Spec) { s.Modules[2].Recurrent.Reach = 2 },
		"links.0.window: is 0, want the side of the windows":              func(s *Spec) { s.Links[0].Window = 0 },
		"links.1.window: is 0 beside shared, stride or border":            func(s *Spec) { s.Links[1].Window = 0 },
		"links.1.direction: is \"both\"":                                  func(s *Spec) { s.Links[1].Direction = Both },
		"links.1.window: is 2, but module 4, which sends, is on no grid":  func(s *Spec) { s.Links[1].Between = [2]int{2, 4} },
		"links.3.between: has module 4 as its receiver, which is on no":   func(s *Spec) { s.Links[3].Shared = true },
		"links.0.strength: is 0, want a number above 0 for a pool":        func(s *Spec) { s.Links[0].Strength = 0 },
		"links.0.level: is 5, want at most 4":                             func(s *Spec) { s.Links[0].Level = 5 },
		"links.0.border: is 1, but the link is pool":                      func(s *Spec) { s.Links[0].Border = 1 },
		"links.1.level: is 1, but the link is learned":                    func(s *Spec) { s.Links[1].Level = 1 },
		"links.1.border: is 2, want less than the window":                 func(s *Spec) { s.Links[1].Border = 2 },
		"links.2.reach: is 1 beside a window":                             func(s *Spec) { s.Links[2].Reach = 1 },
		"links.1.density: is 0.5 of shared windows":                       func(s *Spec) { s.Links[1].Density = 0.5 },
		"modules.0.channels: is 3 beside a chain":                         func(s *Spec) { *s = Spec{Chain: Chain{Modules: 2}, Modules: s.Modules[:1]} },
		"modules.0.input.window: is 10, want at most the smaller side":    func(s *Spec) { s.Modules[0].Input.Window = 10 },
		"links.3.window: windows of side 4":                               func(s *Spec) { s.Links[3].Window = 4 },
		"links.2.window: windows of side 6":                               func(s *Spec) { s.Links[2].Window, s.Links[2].Border = 6, 1 },
		"links.1.window: makes 5 x 4 places, but other windows of module": func(s *Spec) { s.Modules[2].Input = InputSpec{Density: 1, Window: 2} },
		"modules.1.channels: is 3, but no window of the input": func(s *Spec) {
			s.Links[0] = Link{Kind: Learned, Between: [2]int{2, 1}, Direction: Forward, Window: 1, Density: 1}
		},
		"links.4.between: joins 60 and 36 neurons one to one": func(s *Spec) {
			s.Links = append(s.Links, Link{Kind: Excitatory, Between: [2]int{0, 1}})
		},
		"links.4.fan_in: is 61, but module 0 has 60 neurons": func(s *Spec) {
			s.Links = append(s.Links, Link{Kind: Excitatory, Between: [2]int{0, 4}, Direction: Forward, FanIn: 61})
		},
		"modules.0.input.window: windows of 4096 x 4096 x 1 values for 16777216 channels": func(s *Spec) {
			*s = Spec{Modules: []ModuleSpec{{Channels: 1 << 24, Input: InputSpec{Density: 1, Window: 4096}}}}
		},
	} {
		s := stack()
		change(&s)
		shape := stackShape
		if strings.Contains(want, "16777216") {
			shape = []int{4096, 4096}
		}
		err := s.Fits(shape, 3)
		var problem Problem
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, &problem) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err := stack().Fits([]int{99, 2}[:1], 3); err == nil || !strings.Contains(err.Error(), "need an image") {
		t.Errorf("of a table: %v", err)
	}
}

// Neurons on a grid have the positions of their places, spread evenly over the input: four places of
// 3 channels on 8 x 6 pixels.
func TestPositionsOnGridsAreThoseOfTheirPlaces(t *testing.T) {
	n := draw(t, Spec{Modules: []ModuleSpec{{Channels: 3, Recurrent: RecurrentSpec{Gain: 1, Density: 0.3, Reach: 2}, Input: InputSpec{Density: 1, Window: 3, Stride: 3}}}}, []int{8, 6}, 2, 17)
	for i, at := range n.positions(17, 0) {
		want := [][2]float64{{1.5, 1}, {1.5, 4}, {5.5, 1}, {5.5, 4}}[i/3]
		if at != want {
			t.Errorf("neuron %d is at %v, want %v", i, at, want)
		}
	}
}
