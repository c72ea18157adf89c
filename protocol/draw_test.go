package protocol

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"basin/dynamics"
	"basin/internal/random"
	"basin/network"
)

// images are images of three by three pixels or more whose values are drawn.
type images [][]float32

func drawImages(count, values int) images {
	r := rand.New(rand.NewPCG(7, 7))
	list := make(images, count)
	for i := range list {
		list[i] = make([]float32, values)
		for k := range list[i] {
			list[i][k] = float32(r.NormFloat64())
		}
	}
	return list
}

func (m images) Dim() int                     { return len(m[0]) }
func (m images) Row(place int, dst []float32) { copy(dst, m[place]) }

func sampledSettings() Settings {
	return Settings{Seed: 11, Dynamics: Dynamics{Order: dynamics.Parallel, Probability: 0.5, Stop: dynamics.StopAtFixedPoint, Evaluation: 3, Code: network.Balanced}}
}

// Every neuron begins with what it reads of some sample, at the length of its couplings.
func TestImprintsAreWindowsOfSamples(t *testing.T) {
	samples := drawImages(5, 6*6*2)
	samples[3] = make([]float32, 6*6*2) // nothing to imprint
	for name, in := range map[string]network.InputSpec{
		"windows":        {Gain: 2, Density: 1, Window: 3, Imprint: true},
		"thinned":        {Gain: 2, Density: 0.5, Window: 3, Imprint: true},
		"all":            {Gain: 2, Density: 1, Imprint: true},
		"shared windows": {Gain: 2, Density: 1, Window: 3, Stride: 1, Shared: true, Imprint: true},
	} {
		module := network.ModuleSpec{Neurons: 40, Input: in}
		if in.Shared {
			module.Neurons, module.Channels = 0, 40
		}
		n, err := Draw(sampledSettings(), network.Spec{Modules: []network.ModuleSpec{module}}, []int{6, 6, 2}, 3, samples, len(samples))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		places := map[int]bool{}
		for i := range 40 {
			found := false
			for at := range samples {
				for place := range 16 {
					if !in.Shared && place > 0 {
						break
					}
					shift := (place/4*6 + place%4) * 2
					square, dot, own := 0.0, 0.0, 0.0
					n.Modules[0].Input.Rows(i, i+1, func(_, k int, v *float32) bool {
						x := float64(samples[at][k+shift])
						square += x * x
						dot += x * float64(*v)
						own += float64(*v) * float64(*v)
						return true
					})
					if square > 0 && math.Abs(dot-2*math.Sqrt(square)) < 1e-5 && math.Abs(own-4) < 1e-5 {
						found = true
						places[place] = true
					}
				}
			}
			stream := random.New(11, random.Imprint, 0, uint64(i))
			if blank := stream.IntN(len(samples)) == 3; found == blank {
				t.Errorf("%s: neuron %d has a window of a sample: %t, want %t", name, i, found, !blank)
			}
		}
		if in.Shared && len(places) < 8 {
			t.Errorf("shared windows are from %d places, want many of 16", len(places))
		}
	}
}

// The biases make neurons +1 for the share of samples that was asked for, pools too, and the
// neurons of a channel share one.
func TestNeuronsHaveTheirActivity(t *testing.T) {
	samples := drawImages(600, 8*8)
	s := sampledSettings()
	s.Dynamics.Order, s.Dynamics.Evaluation = "modules", 2
	spec := network.Spec{
		Modules: []network.ModuleSpec{
			{Channels: 3, Activity: 0.1, SelfCoupling: 0.3, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
			{Channels: 3, Activity: 0.22},
			{Neurons: 20, Activity: 0.25, Input: network.InputSpec{Gain: 1, Density: 1}},
		},
		Links: []network.Link{{Kind: network.Pool, Between: [2]int{0, 1}, Direction: network.Forward, Window: 3, Strength: 1}},
	}
	n, err := Draw(s, spec, []int{8, 8}, 4, samples, len(samples))
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPredictor(s, n, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	active := make([]int, n.StateSize())
	if _, err := p.Predict(t.Context(), samples, len(samples), func(_ int, prediction Prediction) error {
		for i, v := range prediction.State {
			if v > 0 {
				active[i]++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for index, m := range n.Modules {
		ms := spec.Modules[index]
		channels := max(ms.Channels, 0)
		if channels == 0 {
			channels = m.Neurons
		}
		for c := range channels {
			count, neurons := 0, 0
			for i := c; i < m.Neurons; i += channels {
				count += active[m.Offset+i]
				neurons++
				if m.Bias[i] != m.Bias[c] {
					t.Fatalf("module %d: neuron %d of channel %d has bias %v, neuron %d %v", index, i, c, m.Bias[i], c, m.Bias[c])
				}
			}
			share, tolerance := float64(count)/float64(neurons*len(samples)), 1e-9
			if index == 1 {
				tolerance = 0.03 // sums over nine neurons have few values
			}
			if math.Abs(share-ms.Activity) > tolerance+1/float64(len(samples)) {
				t.Errorf("module %d: channel %d is active in %.4f of the samples, want %v", index, c, share, ms.Activity)
			}
		}
	}
}

func TestBiasIsHalfwayAtTheNearestShare(t *testing.T) {
	for _, test := range []struct {
		values   []float32
		activity float64
		want     float32
	}{
		{[]float32{1, 4, 2, 3}, 0.5, -2.5},
		{[]float32{1, 4, 2, 3}, 0.25, -3.5},
		{[]float32{1, 4, 2, 3}, 0.01, -5},
		{[]float32{1, 4, 2, 3}, 1, 0},
		{[]float32{2, 2, 2, 5}, 0.4, -3.5},
		{[]float32{2, 2, 2, 5}, 0.9, -1},
		{[]float32{2, 2, 2, 2}, 0.4, -3},
	} {
		if got := biasFor(test.values, test.activity); got != test.want {
			t.Errorf("bias for %v at activity %v is %v, want %v", test.values, test.activity, got, test.want)
		}
	}
}

// However many values there are, the bias is the one that is found among all of them in order.
func TestBiasIsThatOfValuesInOrder(t *testing.T) {
	inOrder := func(values []float32, activity float64) float32 {
		slices.SortFunc(values, func(a, b float32) int { return cmp.Compare(b, a) })
		best, bias := math.Inf(1), float32(0)
		for above := 0; above <= len(values); above++ {
			if above > 0 && above < len(values) && values[above-1] == values[above] {
				continue
			}
			if away := math.Abs(float64(above)/float64(len(values)) - activity); away < best {
				best = away
				switch above {
				case 0:
					bias = -(values[0] + 1)
				case len(values):
					bias = -(values[above-1] - 1)
				default:
					bias = -(values[above-1] + float32(values[above]-values[above-1])/2)
				}
			}
		}
		return bias
	}
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.SampledFrom([]int{1, 2, 7, 300, few, few + 1, 3 * few}).Draw(t, "count")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		// Few different numbers, or many; of both signs and sizes, with zeros.
		step := rapid.SampledFrom([]float64{0.5, 0.01, 1e-9}).Draw(t, "step")
		scale := rapid.SampledFrom([]float64{1e-30, 1, 1e20}).Draw(t, "scale")
		shift := rapid.SampledFrom([]float64{-3, 0, 3}).Draw(t, "shift")
		values := make([]float32, count)
		for i := range values {
			values[i] = float32(scale * (step*math.Round(r.NormFloat64()/step) + shift))
		}
		activity := rapid.SampledFrom([]float64{r.Float64(), 0.1, 0.5, 1e-4, 1, 0.25}).Draw(t, "activity")
		got := biasFor(slices.Clone(values), activity)
		if want := inOrder(values, activity); math.Float32bits(got) != math.Float32bits(want) {
			t.Fatalf("%d values at activity %v: bias %v, want %v", count, activity, got, want)
		}
	})
}

// Nothing is drawn without the samples that it takes, whoever asks.
func TestNetworksFromSamplesNeedSamples(t *testing.T) {
	spec := network.Spec{Modules: []network.ModuleSpec{{Neurons: 4, Activity: 0.1, Input: network.InputSpec{Gain: 1, Density: 1}}}}
	if _, err := network.Draw(spec, []int{3}, 2, 1); err == nil {
		t.Error("network.Draw draws a network with an activity without samples")
	}
	if _, err := Draw(sampledSettings(), spec, []int{3}, 2, nil, 0); err == nil {
		t.Error("Draw draws a network with an activity without samples")
	}
	if _, err := Draw(sampledSettings(), spec, []int{4}, 2, drawImages(3, 3), 3); err == nil {
		t.Error("Draw takes samples of another dimension")
	}
}

// Workers change nothing.
func TestDrawIsTheSameOnEveryMachine(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	samples := drawImages(300, 5*5)
	spec := network.Spec{Modules: []network.ModuleSpec{{Neurons: 30, Activity: 0.2, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Imprint: true}}}}
	first, err := Draw(sampledSettings(), spec, []int{5, 5}, 2, samples, 300)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GOMAXPROCS(3)
	again, err := Draw(sampledSettings(), spec, []int{5, 5}, 2, samples, 300)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range first.Modules[0].Bias {
		if again.Modules[0].Bias[i] != b {
			t.Fatalf("bias %d is %v, then %v", i, b, again.Modules[0].Bias[i])
		}
	}
}

// The couplings of an imprinted link are what a sample has beyond the mean of its senders, in
// units of their variance, at the length of the gain; shared ones at some place.
func TestImprintsOfLinksAreStatesOfSamples(t *testing.T) {
	samples := drawImages(40, 6*6)
	s := sampledSettings()
	s.Dynamics.Order, s.Dynamics.Evaluation = "modules", 1
	for name, shared := range map[string]bool{"all neurons": false, "shared windows": true} {
		spec := network.Spec{
			Modules: []network.ModuleSpec{
				{Channels: 4, Activity: 0.3, Input: network.InputSpec{Gain: 1, Density: 1, Window: 3, Shared: true}},
				{Neurons: 12, Activity: 0.4},
			},
			Links: []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Gain: 3, Density: 1, Imprint: true}},
		}
		places := 1
		if shared {
			spec.Modules[1].Neurons, spec.Modules[1].Channels = 0, 12
			spec.Links[0].Window, spec.Links[0].Shared = 2, true
			places = 9
		}
		n, err := Draw(s, spec, []int{6, 6}, 3, samples, len(samples))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := NewPredictor(s, n, 2)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		senders := n.Modules[0].Neurons
		states := make([][]float64, len(samples))
		if _, err := p.Predict(t.Context(), samples, len(samples), func(i int, prediction Prediction) error {
			for _, v := range prediction.State[:senders] {
				states[i] = append(states[i], float64(v))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		// u of a sender, by its definition.
		group := func(j int) (members []int) {
			for k := range senders {
				if k == j || shared && k%4 == j%4 {
					members = append(members, k)
				}
			}
			return members
		}
		u := make([][]float64, len(samples))
		for j := range senders {
			mean, of := 0.0, 0.0
			for _, k := range group(j) {
				for i := range states {
					mean += states[i][k]
					of++
				}
			}
			mean /= of
			for i := range states {
				u[i] = append(u[i], (states[i][j]-mean)/(1-mean*mean))
			}
		}
		used := map[int]bool{}
		for c := range 12 {
			found := false
			for i := range states {
				for place := range places {
					dot, square, own, count := 0.0, 0.0, 0.0, 0
					n.Pathways[0].Block.Rows(place*12+c, place*12+c+1, func(_, j int, v *float32) bool {
						dot += u[i][j] * float64(*v)
						square += u[i][j] * u[i][j]
						own += float64(*v) * float64(*v)
						count++
						return true
					})
					if math.Abs(own-9) < 1e-4 && math.Abs(dot-3*math.Sqrt(square)) < 1e-4 && count > 0 {
						found, used[place] = true, true
					}
				}
			}
			if !found {
				t.Errorf("%s: neuron %d has the states of no sample", name, c)
			}
		}
		if shared && len(used) < 4 {
			t.Errorf("shared windows are from %d places, want several of 9", len(used))
		}
	}
}
