package protocol_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"basin/dataset"
	"basin/dynamics"
	"basin/internal/layout"
	"basin/network"
	"basin/protocol"
	"basin/settings"
)

// opened are the digits, read once: nobody changes them.
var opened = sync.OnceValues(func() (*dataset.Data, error) {
	return dataset.Open(context.Background(), "digits", dataset.Options{})
})

// digits returns the first samples of the embedded digits, encoded, and their shape.
func digits(t testing.TB, p dataset.Preprocess, count int) (training, held *dataset.Samples, shape []int) {
	t.Helper()
	data, err := opened()
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := p.Fit(data.Train)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(s *dataset.Set, count int) *dataset.Samples {
		indices := make([]int, count)
		for i := range indices {
			indices[i] = i
		}
		samples, err := encoder.Samples(s.Subset(indices))
		if err != nil {
			t.Fatal(err)
		}
		return samples
	}
	return encode(data.Train, count), encode(data.Test, 100), data.Train.Shape
}

// small returns settings of a network that learns a few samples in milliseconds.
func small(neurons int, density float64) settings.Settings {
	s := settings.Defaults()
	s.Preprocess.Standardise = "global"
	m := &s.Network.Modules[0]
	m.Neurons, m.Recurrent.Density = neurons, density
	s.Learning.Recurrent.Decay, s.Readout.Averaging = 0.01, 0.01
	return s
}

func drawn(t testing.TB, s settings.Settings, shape []int) *network.Network {
	t.Helper()
	n, err := network.Draw(s.Network, shape, 10, s.Seed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// couplings lists every learned number of a network.
func couplings(n *network.Network) []uint32 {
	var bits []uint32
	add := func(scale float64, values []float32) {
		for _, v := range values {
			bits = append(bits, math.Float32bits(float32(scale*float64(v))))
		}
	}
	for _, b := range n.Blocks() {
		b.Each(func(_, _ int, value *float32) bool {
			add(b.Scale(), []float32{*value})
			return true
		})
	}
	add(1, n.Readout.Couplings)
	add(1, n.Readout.Average)
	return bits
}

// two returns a network of two modules, and settings in which both hear the label at
// other times.
func two() settings.Settings {
	s := small(40, 0.3)
	s.Network.Modules = append(s.Network.Modules, s.Network.Modules[0])
	s.Network.Modules[1].Neurons = 33
	s.Network.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Gain: 0.5, Density: 0.4}}
	s.Dynamics.Feedback = protocol.PhaseFeedback{Warmup: []int{1}, Clamped: []int{0, 1}, Free: []int{0}}
	return s
}

// batches learns the samples in mini-batches of 7 and returns the couplings.
func batches(t *testing.T, s settings.Settings, workers int, watcher protocol.Watcher) []uint32 {
	t.Helper()
	training, _, shape := digits(t, s.Preprocess, 40)
	n := drawn(t, s, shape)
	l, err := protocol.NewLearner(s.Protocol(), n, 7, workers)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.Watch(watcher)
	var places []int32
	for first := range 6 {
		places = places[:0]
		for i := first * 7; i < min(40, first*7+7); i++ {
			places = append(places, int32(i))
		}
		if _, err := l.Step(protocol.Batch{Samples: training, Places: places, Before: first}); err != nil {
			t.Fatal(err)
		}
	}
	return couplings(n)
}

// A watcher sees each moment of each mini-batch once for every sample, in order, and
// changes nothing, whatever the number of workers.
func TestWatcherSeesEveryMomentAndChangesNothing(t *testing.T) {
	order := []string{
		"0 ", "1 ", "2 ", "3 inference", "3 clamped", "3 free", "4 ", "5 ", "6 ", "7 ", "8 ",
	}
	for name, s := range map[string]settings.Settings{"dense": small(40, 1), "two modules": two()} {
		want := batches(t, s, 1, nil)
		for _, workers := range []int{1, 3} {
			var mutex sync.Mutex
			seen := map[string]int{}
			var begun []string // moments in the order of their first sample
			watcher := func(moment protocol.Moment, phase protocol.ReadoutState, l *protocol.Learner, from, to int) {
				mutex.Lock()
				defer mutex.Unlock()
				what := fmt.Sprint(int(moment), " ", phase)
				seen[what] += to - from
				if from == 0 {
					begun = append(begun, what)
				}
				for i := from; i < to && moment >= protocol.Begun; i++ {
					if s := l.State(i)[0]; s != 1 && s != -1 {
						t.Errorf("%s: state %v at moment %s", name, s, what)
					}
				}
			}
			if got := batches(t, s, workers, watcher); !slices.Equal(got, want) {
				t.Errorf("%s, %d workers: watched couplings differ", name, workers)
			}
			for _, what := range order {
				if seen[what] != 40 {
					t.Errorf("%s, %d workers: moment %q of %d samples, want 40", name, workers, what, seen[what])
				}
			}
			if want := slices.Repeat(order, 6); !slices.Equal(begun, want) {
				t.Errorf("%s, %d workers: moments %q, want %q", name, workers, begun, want)
			}
		}
	}
}

// Show tallies what Step would, and learns nothing.
func TestShowLearnsNothing(t *testing.T) {
	s := two()
	training, _, shape := digits(t, s.Preprocess, 20)
	n := drawn(t, s, shape)
	l, err := protocol.NewLearner(s.Protocol(), n, 20, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := protocol.Batch{Samples: training}
	for i := range 20 {
		b.Places = append(b.Places, int32(i))
	}
	before := couplings(n)
	shown, err := l.Show(b)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(couplings(n), before) {
		t.Error("Show changed couplings")
	}
	learned, err := l.Step(b)
	if err != nil || learned != shown {
		t.Errorf("Show tallied %+v, Step %+v (%v)", shown, learned, err)
	}
	if slices.Equal(couplings(n), before) {
		t.Error("Step changed nothing")
	}
}

// relabelled has one label changed.
type relabelled struct {
	protocol.Samples
	place, label int
}

func (r relabelled) Label(place int) int {
	if place == r.place {
		return r.label
	}
	return r.Samples.Label(place)
}

// wide has rows of another length.
type wide struct{ protocol.Samples }

func (w wide) Dim() int { return w.Samples.Dim() + 1 }

// What an outsider may hand over wrongly is an error, and nothing is learned.
func TestWrongBatchesAreRefused(t *testing.T) {
	s := small(20, 1)
	training, _, shape := digits(t, s.Preprocess, 20)
	n := drawn(t, s, shape)
	l, err := protocol.NewLearner(s.Protocol(), n, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	before := couplings(n)
	for name, c := range map[string]struct {
		batch protocol.Batch
		want  string
	}{
		"nothing":       {protocol.Batch{}, "no samples"},
		"no place":      {protocol.Batch{Samples: training}, "a mini-batch of 0 samples, want 1 to 4"},
		"too many":      {protocol.Batch{Samples: training, Places: make([]int32, 5)}, "a mini-batch of 5 samples"},
		"too wide":      {protocol.Batch{Samples: wide{training}, Places: []int32{0}}, "samples have 65 inputs, the network reads 64"},
		"label 10":      {protocol.Batch{Samples: relabelled{training, 3, 10}, Places: []int32{1, 3}}, "sample 3 has label 10"},
		"label below 0": {protocol.Batch{Samples: relabelled{training, 3, -1}, Places: []int32{3}}, "sample 3 has label -1"},
		"epoch -1":      {protocol.Batch{Samples: training, Places: []int32{0}, Epoch: -1}, "a mini-batch of epoch -1"},
		"before -1":     {protocol.Batch{Samples: training, Places: []int32{0}, Before: -1}, "after -1 others"},
		"nil samples":   {protocol.Batch{Samples: (*dataset.Samples)(nil), Places: []int32{0}}, "0 inputs"},
		"empty samples": {protocol.Batch{Samples: &dataset.Samples{}, Places: []int32{0}}, "0 inputs"},
		"place 20":      {protocol.Batch{Samples: training, Places: []int32{20}}, "sample 20 has label -1"},
		"no label":      {protocol.Batch{Samples: &dataset.Samples{Inputs: training.Inputs}, Places: []int32{0}}, "sample 0 has label -1"},
	} {
		if _, err := l.Step(c.batch); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	if !slices.Equal(couplings(n), before) {
		t.Error("a batch that was refused changed couplings")
	}
	for name, make := range map[string]func() error{
		"no network":   func() error { _, err := protocol.NewLearner(s.Protocol(), nil, 4, 1); return err },
		"no sample":    func() error { _, err := protocol.NewLearner(s.Protocol(), n, 0, 1); return err },
		"large batch":  func() error { _, err := protocol.NewLearner(s.Protocol(), n, protocol.MaxBatch+1, 1); return err },
		"no settings":  func() error { _, err := protocol.NewLearner(protocol.Settings{}, n, 4, 1); return err },
		"module 1":     func() error { _, err := protocol.NewLearner(two().Protocol(), n, 4, 1); return err },
		"no predictor": func() error { _, err := protocol.NewPredictor(s.Protocol(), nil, 1); return err },
		"no dynamics":  func() error { _, err := protocol.NewPredictor(protocol.Settings{}, n, 1); return err },
	} {
		if make() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The phases say who hears the label: all modules where none is named while clamped,
// else those named.
func TestPhasesOfTheSettings(t *testing.T) {
	for name, c := range map[string]struct {
		s    settings.Settings
		want []protocol.Phase
	}{
		"plain": {small(20, 1), []protocol.Phase{{protocol.OnInference, 6, nil}, {protocol.OnClamped, 5, []int{0}}, {protocol.OnFree, 5, nil}}},
		"named": {two(), []protocol.Phase{{protocol.OnInference, 6, []int{1}}, {protocol.OnClamped, 5, []int{0, 1}}, {protocol.OnFree, 5, []int{0}}}},
	} {
		got := c.s.Protocol().Phases(c.s.Network)
		if !slices.EqualFunc(got, c.want, func(a, b protocol.Phase) bool {
			return a.Name == b.Name && a.Sweeps == b.Sweeps && slices.Equal(a.Hears, b.Hears)
		}) {
			t.Errorf("%s: phases %+v, want %+v", name, got, c.want)
		}
	}
	chain := small(20, 1)
	chain.Network.Chain = network.Chain{Modules: 3, Lambda: 1}
	if got := chain.Protocol().Phases(chain.Network)[1].Hears; !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("a chain of 3: modules %v hear the label, want all", got)
	}
}

// orders are settings with each order of sweeps.
func orders() map[string]settings.Settings {
	list := map[string]settings.Settings{}
	for _, order := range []dynamics.Order{dynamics.Parallel, dynamics.Partial, dynamics.Sequential, dynamics.Modules} {
		s := two()
		s.Dynamics.Order = order
		list[string(order)] = s
	}
	return list
}

// The memory of a predictor bounds the samples it moves at a time, in whole tiles of 16
// and at least one for each worker, and changes no prediction.
func TestPredictorsMemory(t *testing.T) {
	spec := small(1000, 1).Network
	spec.Modules = append(spec.Modules, spec.Modules[0])
	spec.Links = []network.Link{{Kind: network.Learned, Between: [2]int{0, 1}, Density: 0.1}}
	n, err := network.Outline(spec, []int{784}, 10)
	if err != nil {
		t.Fatal(err)
	}
	// 784 inputs twice, 2 modules three times and both directions of the link, in 4 bytes
	bytes := 4 * (2*784 + 3*n.StateSize() + 2*layout.Padded(1000))
	for _, c := range []struct{ workers, memory, want int }{
		{1, protocol.EvaluationMemory, 64},
		{8, protocol.EvaluationMemory, 64},
		{1, 64 * bytes, 64},
		{1, 64*bytes - 1, 48},
		{2, 64 * bytes, 32},
		{3, 64 * bytes, 16},
		{1, 16 * bytes, 16},
		{1, 1, 16},
		{protocol.MaxWorkers + 1, 1, 16},
	} {
		if got := protocol.SamplesPerWorker(n, c.workers, c.memory); got != c.want {
			t.Errorf("%d workers, %d bytes: %d samples each, want %d", c.workers, c.memory, got, c.want)
		}
	}
	for name, s := range orders() {
		n := drawn(t, s, []int{8, 8})
		_, held, _ := digits(t, s.Preprocess, 1)
		want, tally := predictions(t, s, n, held, protocol.EvaluationMemory)
		got, other := predictions(t, s, n, held, 1)
		if tally != other || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: in little memory the tally is %+v, want %+v, logits equal: %t", name, other, tally, slices.EqualFunc(got, want, slices.Equal))
		}
	}
}

// predictions returns the logits of a predictor whose samples take at most the given bytes.
func predictions(t *testing.T, s settings.Settings, n *network.Network, samples *dataset.Samples, memory int) (logits [][]float32, tally protocol.Tally) {
	t.Helper()
	e, err := protocol.NewPredictorWithin(s.Protocol(), n, 2, memory)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	tally, err = e.Predict(context.Background(), samples, samples.Count(), func(_ int, p protocol.Prediction) error {
		logits = append(logits, slices.Clone(p.Logits))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return logits, tally
}
