package network

import (
	"math"
	"strings"
	"testing"

	"basin/network/coupling"
)

// sharedStack is a module with shared windows of the input and shared couplings between
// neighbours, and one with shared windows of it and shared couplings within each place.
func sharedStack() Spec {
	return Spec{
		Modules: []ModuleSpec{
			{Channels: 24, Recurrent: RecurrentSpec{Gain: 2, Density: 1, Window: 3, Shared: true}, Input: InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
			{Channels: 40, Recurrent: RecurrentSpec{Gain: 1, Density: 1, Window: 1, Shared: true}},
		},
		Links: []Link{{Kind: Learned, Between: [2]int{1, 0}, Direction: Backward, Gain: 3, Density: 1, Window: 3, Stride: 2, Border: 1, Shared: true}},
	}
}

// Shared couplings are drawn once for each channel, N(0, g^2/V) with V values of a window, and
// stand at every place; no neuron is coupled to itself. Some 5,000 to 8,600 values, but 1,600 of
// the last: the standard error of a variance of n values is sqrt(2/n) of it.
func TestSharedCouplingsAreDrawnOnceForEachChannel(t *testing.T) {
	n, err := Draw(sharedStack(), []int{8, 7}, 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := [2]int{n.Modules[0].Neurons, n.Modules[1].Neurons}; got != [2]int{6 * 5 * 24, 3 * 3 * 40} {
		t.Fatalf("%v neurons, want 6 x 5 places of 24 channels and 3 x 3 of 40", got)
	}
	for _, c := range []struct {
		name                    string
		block                   coupling.Block
		gain                    float64
		side, senders, channels int
		hollow                  bool
	}{
		{"within the first", n.Modules[0].Recurrent, 2, 3, 24, 24, true},
		{"within the second", n.Modules[1].Recurrent, 1, 1, 40, 40, true},
		{"between them", n.Pathways[0].Block, 3, 3, 24, 40, false},
	} {
		values, shape := c.side*c.side*c.senders, c.block.Shape()
		count := values * c.channels
		if c.hollow {
			count -= c.channels
		}
		if c.block.Kind() != "shared" || c.block.Count() != count || shape.FanIn != float64(values) || shape.Places != shape.Receivers/c.channels {
			t.Errorf("%s: %s couplings, %d of them, fan-in %v at %d places, want shared ones, %d, %d at %d", c.name, c.block.Kind(), c.block.Count(), shape.FanIn, shape.Places, count, values, shape.Receivers/c.channels)
		}
		seen, squares := map[*float32]int{}, 0.0
		c.block.Each(func(i, j int, v *float32) bool {
			if c.hollow && i == j {
				t.Fatalf("%s: neuron %d is coupled to itself", c.name, i)
			}
			if channel, known := seen[v]; known && channel != i%c.channels {
				t.Fatalf("%s: channels %d and %d share a coupling", c.name, channel, i%c.channels)
			} else if !known {
				squares += float64(*v) * float64(*v)
			}
			seen[v] = i % c.channels
			return true
		})
		if len(seen) != count {
			t.Errorf("%s: %d couplings stand in memory, want %d", c.name, len(seen), count)
		}
		variance, want := squares/float64(count), c.gain*c.gain/float64(values)
		if math.Abs(variance-want) > 5*want*math.Sqrt(2/float64(count)) {
			t.Errorf("%s: variance %v, want %v", c.name, variance, want)
		}
	}
}

// What shared windows cannot be is reported at its key.
func TestSharedWindowsThatDoNotFitAreReported(t *testing.T) {
	for want, change := range map[string]func(s *Spec){
		"modules.0.recurrent.window": func(s *Spec) { s.Modules[0].Recurrent.Window, s.Modules[0].Channels = 4095, 200 },
		"modules.1.recurrent.window": func(s *Spec) { s.Modules[1].Recurrent.Window = 2 },
		"links.0.window":             func(s *Spec) { s.Links[0].Window = 20 },
		"links.0.density":            func(s *Spec) { s.Links[0].Density = 0.5 },
	} {
		s := sharedStack()
		change(&s)
		if _, err := Draw(s, []int{8, 7}, 3, 5); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one at %s", err, want)
		}
	}
}
