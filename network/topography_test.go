package network

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"basin/network/coupling"
)

// probabilities is the plain form of a topographic mask for one receiver: min(1, c w) of
// every sender but skip, with c by bisection of its logarithm.
func probabilities(at [2]float64, senders [][2]float64, skip int, reach, fanIn float64) []float64 {
	p := make([]float64, len(senders))
	fill := func(logC float64) (total float64) {
		for j, q := range senders {
			if j != skip {
				d := math.Hypot(q[0]-at[0], q[1]-at[1]) / reach
				p[j] = math.Exp(min(0, logC-d*d/2))
				total += p[j]
			}
		}
		return total
	}
	low, high := -30.0, 700.0
	for range 45 {
		if middle := (low + high) / 2; fill(middle) < fanIn {
			low = middle
		} else {
			high = middle
		}
	}
	return p
}

// Model page: with min(1, c exp(-d^2/2r^2)) every receiver has rho N couplings on average,
// however short the reach. Number and sum of squared distances of all couplings are sums
// of independent terms, sum p and sum p d^2, with variances sum p(1-p) and
// sum p(1-p) d^4; five standard errors are allowed. Seed 34.
func TestTopographicMasksHaveTheirDensityAndReach(t *testing.T) {
	const seed = 34
	for _, c := range []struct {
		reach float64
		shape []int
	}{{0.3, []int{28, 13}}, {0.7, []int{9, 31, 3}}, {2, []int{28, 13}}, {6, []int{9, 31, 3}}, {1e6, []int{28, 13}}} {
		reach, shape := c.reach, c.shape
		spec := Spec{Modules: []ModuleSpec{
			{Neurons: 350, Recurrent: RecurrentSpec{Gain: 1, Density: 0.03, Reach: reach}, Input: InputSpec{Gain: 1, Density: 1, Window: 4}},
			{Neurons: 250, Recurrent: RecurrentSpec{Gain: 1, Density: 0.05, Reach: reach}},
		}, Links: []Link{{Kind: Learned, Between: [2]int{0, 1}, Density: 0.02, Reach: reach}}}
		n := draw(t, spec, shape, 2, seed)
		for _, c := range []struct {
			name     string
			block    coupling.Block
			from, to int
		}{
			{"J of windows", n.Modules[0].Recurrent, 0, 0},
			{"J without windows", n.Modules[1].Recurrent, 1, 1},
			{"link forward", n.Pathways[0].Block, 0, 1},
			{"link backward", n.Pathways[1].Block, 1, 0},
		} {
			shape := c.block.Shape()
			for i, senders := range pattern(c.block) {
				if !slices.IsSorted(senders) || shape.Hollow && slices.Contains(senders, int32(i)) {
					t.Fatalf("senders of neuron %d are %v", i, senders)
				}
			}
			receivers, senders := n.positions(seed, c.to), n.positions(seed, c.from)
			square := func(i, j int) float64 {
				dy, dx := receivers[i][0]-senders[j][0], receivers[i][1]-senders[j][1]
				return dy*dy + dx*dx
			}
			var wantCount, wantSquare, countVariance, squareVariance float64
			for i, at := range receivers {
				skip := -1
				if shape.Hollow {
					skip = i
				}
				for j, p := range probabilities(at, senders, skip, reach, shape.FanIn) {
					d := square(i, j)
					wantCount += p
					countVariance += p * (1 - p)
					wantSquare += p * d
					squareVariance += p * (1 - p) * d * d
				}
			}
			if all := shape.FanIn * float64(shape.Receivers); math.Abs(wantCount-all) > 1e-6*all {
				t.Fatalf("the probabilities add up to %v, want rho N N = %v", wantCount, all)
			}
			var count, sum float64
			c.block.Each(func(i, j int, _ *float32) bool {
				count++
				sum += square(i, j)
				return true
			})
			name := fmt.Sprintf("seed 34, image %v, reach %v: %s", shape, reach, c.name)
			if math.Abs(count-wantCount) > 5*math.Sqrt(countVariance) {
				t.Errorf("%s has %v couplings, want %.1f +- %.1f", name, count, wantCount, math.Sqrt(countVariance))
			}
			if math.Abs(sum-wantSquare) > 5*math.Sqrt(squareVariance) {
				t.Errorf("%s has mean square distance %v, want %v +- %v", name, sum/count, wantSquare/wantCount, math.Sqrt(squareVariance)/wantCount)
			}
		}
	}
}

// A neuron with a window is at its middle, one without anywhere in the image.
func TestPositionsAreTheMiddlesOfWindowsOrAnywhere(t *testing.T) {
	const height, width, seed = 9, 31, 35
	for _, window := range []int{4, 5} {
		n := draw(t, Spec{Modules: []ModuleSpec{{Neurons: 500, Input: InputSpec{Gain: 1, Density: 1, Window: window}}, {Neurons: 500}}}, []int{height, width, 3}, 2, seed)
		read := pattern(n.Modules[0].Input)
		for i, at := range n.positions(seed, 0) {
			senders := read[i]
			first, last := int(senders[0])/3, int(senders[len(senders)-1])/3
			want := [2]float64{float64(first/width+last/width) / 2, float64(first%width+last%width) / 2}
			if at != want {
				t.Fatalf("seed 35: neuron %d with a window of %d from pixel %d to %d is at %v, want %v", i, window, first, last, at, want)
			}
		}
		var mean [2]float64
		for i, at := range n.positions(seed, 1) {
			for axis, side := range []float64{height - 1, width - 1} {
				if at[axis] < 0 || at[axis] > side {
					t.Fatalf("seed 35: neuron %d is at %v, outside of the image", i, at)
				}
				mean[axis] += at[axis] / side / 500
			}
		}
		// Uniform numbers have a standard deviation of 1/sqrt(12).
		if deviation := 5 / math.Sqrt(12*500); math.Abs(mean[0]-0.5) > deviation || math.Abs(mean[1]-0.5) > deviation {
			t.Errorf("seed 35: mean position %v of the image, want 1/2 +- %v", mean, deviation/5)
		}
	}
}

// The c of each receiver is the one for which the probabilities of all senders, near and
// far, add up to rho N: what is left out as too far is below 1e-5 of it.
func TestTopographicProbabilitiesAreThoseOfAllSenders(t *testing.T) {
	n := draw(t, Spec{Modules: []ModuleSpec{{Neurons: 300, Input: InputSpec{Gain: 1, Density: 1, Window: 3}}, {Neurons: 300}}}, []int{20, 15}, 2, 36)
	for module := range 2 {
		at := n.positions(36, module)
		for _, reach := range []float64{0.2, 0.5, 1, 4, 100} {
			for _, fanIn := range []float64{0.01, 1, 20, 290} {
				mask := newTopography(at, at, 20, reach)
				for _, i := range []int{0, 17, 299} {
					factor, err := mask.surround(i, i, fanIn)
					if err != nil {
						if !(reach < 0.6 && fanIn > 1) {
							t.Errorf("reach %v, fan-in %v: %v", reach, fanIn, err)
						}
						continue
					}
					got := make([]float64, 300)
					for _, p := range mask.near {
						for _, j := range mask.places[p.place].members {
							if int(j) != i {
								got[j] = min(1, factor*p.weight)
							}
						}
					}
					lost := 0.0
					for j, want := range probabilities(at[i], at, i, reach, fanIn) {
						lost += math.Abs(want - got[j])
					}
					if lost > 3e-5*fanIn {
						t.Errorf("seed 36, module %d, reach %v, fan-in %v, neuron %d: probabilities differ by %v in all, want at most 3e-5 of the fan-in", module, reach, fanIn, i, lost)
					}
				}
			}
		}
	}
}

// A reach so short that too few senders have a weight is an error with the place and what
// to do, for couplings and links.
func TestDrawReportsAReachWithTooFewSenders(t *testing.T) {
	module := ModuleSpec{Neurons: 200, Input: InputSpec{Gain: 1, Density: 1, Window: 5}}
	short := module
	short.Recurrent = RecurrentSpec{Gain: 1, Density: 0.1, Reach: 0.01}
	for want, spec := range map[string]Spec{
		"network: modules.1.recurrent.reach: is 0.01, but neuron 0 has ": {Modules: []ModuleSpec{module, short}},
		"network: links.1.reach: is 0.001, but neuron 0 has ": {Modules: []ModuleSpec{module, module}, Links: []Link{
			{Kind: Excitatory, Between: [2]int{0, 1}, Strength: 1},
			{Kind: Learned, Between: [2]int{0, 1}, Density: 0.5, Reach: 0.001},
		}},
	} {
		n, err := Draw(spec, []int{28, 28}, 2, 1)
		var problem Problem
		if n != nil || !errors.As(err, &problem) || !strings.Contains(err.Error(), want) || !strings.HasSuffix(err.Error(), "lower the density or raise the reach") {
			t.Errorf("got %v, want %q and what to do", err, want)
		}
	}
	// Even rho N of all others but one: the density asks for the neuron itself.
	full := module
	full.Recurrent = RecurrentSpec{Gain: 1, Density: 0.999, Reach: 5}
	if _, err := Draw(Spec{Modules: []ModuleSpec{full}}, []int{28, 28}, 2, 1); err == nil || !strings.Contains(err.Error(), "has 199 other neurons") {
		t.Errorf("199.8 of 199 senders: %v", err)
	}
	full.Recurrent.Density = 0.995 // all of the 199
	n := draw(t, Spec{Modules: []ModuleSpec{full}}, []int{28, 28}, 2, 1)
	if count := n.Modules[0].Recurrent.Count(); count != 200*199 {
		t.Errorf("%d couplings at 199 of 199 senders, want all", count)
	}
}

// Draw: a change of the window moves the neurons, and so changes a topographic J and no
// other.
func TestWindowsMoveTopographicCouplingsOnly(t *testing.T) {
	module := ModuleSpec{Neurons: 150, Recurrent: RecurrentSpec{Gain: 1, Density: 0.1, Reach: 2}, Input: InputSpec{Gain: 1, Density: 1, Window: 5}}
	for _, reach := range []float64{0, 2} {
		module.Recurrent.Reach = reach
		other := module
		other.Input.Window = 4
		a, b := draw(t, Spec{Modules: []ModuleSpec{module}}, []int{14, 11}, 2, 37), draw(t, Spec{Modules: []ModuleSpec{other}}, []int{14, 11}, 2, 37)
		if same := reflect.DeepEqual(pattern(a.Modules[0].Recurrent), pattern(b.Modules[0].Recurrent)); same != (reach == 0) {
			t.Errorf("seed 37: reach %v: J of windows of 5 and of 4 have one mask: %v", reach, same)
		}
	}
}

// BenchmarkTopographicMask draws a mask of 100 couplings a neuron.
func BenchmarkTopographicMask(b *testing.B) {
	for name, window := range map[string]int{"windows": 5, "without": 0} {
		b.Run(name, func(b *testing.B) {
			spec := Spec{Modules: []ModuleSpec{{Neurons: 20_000, Recurrent: RecurrentSpec{Gain: 1, Density: 0.005, Reach: 2}, Input: InputSpec{Gain: 1, Density: 0.1, Window: window}}}}
			for b.Loop() {
				if _, err := Draw(spec, []int{28, 28}, 10, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
