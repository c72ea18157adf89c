package basin_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"basin"
	"basin/dataset"
	"basin/network"
	"basin/settings"
)

// digitsData returns the first samples of the embedded digits, 300 to learn and 60 to
// measure on.
func digitsData(t testing.TB) *dataset.Data {
	t.Helper()
	data, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &dataset.Data{Train: first(data.Train, 300), Test: first(data.Test, 60)}
}

func part(s *dataset.Set, from, to int) *dataset.Set {
	var list []int
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return s.Subset(list)
}

// smallSettings are of a network that learns 300 digits in a tenth of a second.
func smallSettings(t testing.TB, assignments ...string) settings.Settings {
	t.Helper()
	s := settings.Defaults()
	if err := settings.Set(&s, append([]string{"network.modules.0.neurons=40", "learning.epochs=2"}, assignments...)); err != nil {
		t.Fatal(err)
	}
	return s
}

func trained(t testing.TB, assignments ...string) *basin.Model {
	t.Helper()
	m, err := basin.Train(t.Context(), smallSettings(t, assignments...), digitsData(t), basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bytesOf returns the model file of a model.
func bytesOf(t testing.TB, m *basin.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	return contentOf(t, path)
}

func contentOf(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// kinds are assignments that reach each way from raw samples to inputs and sweeps.
var kinds = map[string][]string{
	"dense":      nil,
	"projection": {"preprocess.projection=50", "preprocess.standardise=none", "network.modules.0.recurrent.density=0.3"},
	"window":     {"network.modules.0.input.window=4", "network.modules.0.recurrent.density=0.3"},
	"noise":      {"preprocess.noise=0.2"},
	"augment":    {"preprocess.augment={shift: 1, rotation: 10, scale: 0.1, shear: 0.1, elastic: 0.5, flip: 0.1, cutout: 2, brightness: 0.2}", "preprocess.noise=0.1"},
	"sequential": {"dynamics.order=sequential"},
	"validation": {"data.validation=0.2"},
	"ridge":      {"readout={method: ridge, passes: 2, averaging: 0.01}", "preprocess.noise=0.2", "network.modules.0.neurons=150"},
	"margin":     {"readout.method=margin"},
	"best":       {"data.validation=0.2", "learning.best=true", "learning.epochs=6"},
}

// One sample at a time, many at a time, or from many goroutines: the same predictions.
func TestPredictionsAreTheSameAlone(t *testing.T) {
	for name, assignments := range kinds {
		if name == "sequential" {
			continue // its random draws are addressed by the place of a sample
		}
		m, data := trained(t, assignments...), digitsData(t)
		var want []basin.Prediction
		collect := func(_ int, p basin.Prediction) error {
			want = append(want, p)
			return nil
		}
		if err := m.Predict(t.Context(), data.Test, 2, collect); err != nil {
			t.Fatal(err)
		}
		rows := make([][]float32, len(want))
		for i := range rows {
			for _, v := range data.Test.Bytes[i*64 : (i+1)*64] {
				rows[i] = append(rows[i], float32(v))
			}
		}
		var group sync.WaitGroup
		for g := range 8 {
			group.Go(func() {
				for k := range rows {
					i := (k + 7*g) % len(rows)
					got, err := m.PredictOne(rows[i])
					if err != nil || got.Label != want[i].Label || got.Margin != want[i].Margin || !slices.Equal(got.Logits, want[i].Logits) {
						t.Errorf("%s, sample %d: %+v (%v), want %+v", name, i, got, err, want[i])
						return
					}
				}
			})
		}
		group.Go(func() {
			if _, err := m.Evaluate(t.Context(), data.Test, 2); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
	}
}

func TestModelRefusesWhatItCannotRead(t *testing.T) {
	m := trained(t)
	before := bytesOf(t, m)
	narrow := &dataset.Set{Name: "narrow", Shape: []int{3}, Floats: []float32{1, 2, 3}, Labels: []int{0}, LabelNames: []string{"1"}}
	strange := &dataset.Set{Name: "strange", Shape: []int{8, 8}, Bytes: make([]uint8, 64), Labels: []int{0}, LabelNames: []string{"cat"}}
	outside := &dataset.Set{Name: "outside", Shape: []int{8, 8}, Bytes: make([]uint8, 64), Labels: []int{5}, LabelNames: []string{"1"}}
	var size *basin.SizeError
	if err := m.Predict(t.Context(), narrow, 1, nil); !errors.As(err, &size) || size.Error() != "narrow: samples of 3 values, but the model reads 8 x 8 (64 values)" {
		t.Errorf("Predict of 3 values: %v", err)
	}
	if _, err := m.PredictOne([]float32{1}); !errors.As(err, &size) {
		t.Errorf("PredictOne of 1 value: %v", err)
	}
	for _, set := range []*dataset.Set{narrow, strange, outside, {Name: "bare", Shape: []int{8, 8}, Bytes: make([]uint8, 64)}} {
		if _, err := m.Learn(set); err == nil {
			t.Errorf("Learn took %s", set.Name)
		}
		if _, err := m.Evaluate(t.Context(), set, 1); err == nil {
			t.Errorf("Evaluate took %s", set.Name)
		}
	}
	stop := errors.New("enough")
	calls := 0
	err := m.Predict(t.Context(), digitsData(t).Test, 1, func(int, basin.Prediction) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("an error of each: %v after %d calls", err, calls)
	}
	if bytesOf(t, m) != before {
		t.Error("the model changed")
	}
}

// Predictions of single samples leave no goroutine behind.
func TestSinglePredictionsLeaveNoGoroutine(t *testing.T) {
	m := trained(t)
	before := runtime.NumGoroutine()
	for range 10 {
		if _, err := m.PredictOne(make([]float32, 64)); err != nil {
			t.Fatal(err)
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, want %d", after, before)
	}
}

// An evaluation counts what its confusion matrix says.
func TestEvaluationAddsUp(t *testing.T) {
	m, data := trained(t), digitsData(t)
	names := slices.Clone(data.Test.LabelNames)
	e, err := m.Evaluate(t.Context(), data.Test, 0)
	if err != nil {
		t.Fatal(err)
	}
	var samples, correct int64
	for c, score := range e.Classes {
		samples += score.Samples
		correct += score.Correct
		recall, ok := score.Recall()
		if ok != (score.Samples > 0) || ok && recall != float64(e.Confusion[c][c])/float64(score.Samples) {
			t.Errorf("class %s: recall %v, %t of %+v", score.Label, recall, ok, score)
		}
	}
	if samples != 60 || samples != e.Samples || correct != e.Correct {
		t.Errorf("%d samples, %d correct, want those of %+v", samples, correct, e.Tally)
	}
	if !slices.Equal(data.Test.LabelNames, names) {
		t.Error("Evaluate changed the set")
	}
	if held := m.History[1].Held; held.Correct != e.Correct || held.Flips != e.Flips {
		t.Errorf("tally %+v, want that of the last epoch, %+v", e.Tally, held)
	}
}

// What differs first between a network and settings is named; lists that are empty or nil
// do not differ, and a chain is the same as its modules written out.
func TestNetworkOfOtherSettingsIsNamed(t *testing.T) {
	module := func(neurons int) network.ModuleSpec {
		return network.ModuleSpec{Neurons: neurons, Recurrent: network.RecurrentSpec{Gain: 1, Density: 1}, Input: network.InputSpec{Gain: 1, Density: 1}}
	}
	graph := func(change func(s *network.Spec)) network.Spec {
		s := network.Spec{
			Modules: []network.ModuleSpec{module(40), module(33)},
			Links: []network.Link{
				{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Forward, Density: 1},
				{Kind: network.Learned, Between: [2]int{0, 1}, Direction: network.Backward, Density: 0.3, Gain: 0.5},
				{Kind: network.Excitatory, Between: [2]int{0, 1}, Strength: 0.4, FanIn: 3},
			},
			Feedback: []float64{0.5, 1}, Readout: []int{1},
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	chain := network.Spec{Chain: network.Chain{Modules: 3, Lambda: 0.5}, Modules: []network.ModuleSpec{module(20)}}
	longer, broken := chain, chain
	longer.Chain.Modules++
	broken.Chain.Modules = -1
	plain := network.Spec{Modules: []network.ModuleSpec{module(20)}}
	empty := plain
	empty.Links, empty.Feedback, empty.Readout = []network.Link{}, []float64{}, []int{}
	for name, c := range map[string]struct {
		drawn, set network.Spec
		want       string // how it begins; nothing differs if empty
	}{
		"same":     {graph(nil), graph(nil), ""},
		"chain":    {chain, chain.Expand(), ""},
		"written":  {chain.Expand(), chain, ""},
		"empty":    {empty, plain, ""},
		"longer":   {chain, longer, "modules has 3 entries in the network, 4 in the settings"},
		"broken":   {plain, broken, "chain is"},
		"neurons":  {graph(nil), graph(func(s *network.Spec) { s.Modules[1].Neurons++ }), "modules.1 is {Neurons:33"},
		"links":    {graph(nil), graph(func(s *network.Spec) { s.Links = s.Links[:1] }), "links has 3 entries"},
		"density":  {graph(nil), graph(func(s *network.Spec) { s.Links[1].Density = 0.5 }), "links.1 is"},
		"feedback": {graph(nil), graph(func(s *network.Spec) { s.Feedback[1] = 3 }), "feedback.1 is 1 in the network, 3 in the settings"},
		"readout":  {graph(nil), graph(func(s *network.Spec) { s.Readout = nil }), "readout has 1 entries"},
	} {
		n, err := network.Draw(c.drawn, []int{5}, 3, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Differs(c.set); c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What an outsider may hand over wrongly is an error.
func TestNothingIsAnError(t *testing.T) {
	m := trained(t)
	for name, call := range map[string]func() error{
		"Predict":  func() error { return m.Predict(t.Context(), nil, 1, nil) },
		"Evaluate": func() error { _, err := m.Evaluate(t.Context(), nil, 1); return err },
		"Learn":    func() error { _, err := m.Learn(nil); return err },
		"Take": func() error {
			run, err := basin.Begin(smallSettings(t), digitsData(t))
			if err != nil {
				t.Fatal(err)
			}
			return run.Take(digitsData(t))
		},
		"Take of nothing": func() error { return (&basin.Run{}).Take(nil) },
		"Train of nothing": func() error {
			_, err := (&basin.Run{Task: &basin.Task{}}).Train(t.Context(), basin.Options{})
			return err
		},
	} {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if hash := (&basin.Task{}).Fingerprint(); hash != "" {
		t.Errorf("a task of nothing has the fingerprint %q", hash)
	}
}

// A predictor that is kept for the next call is not that of couplings from before a mini-batch.
func TestPredictWithOneWorkerFollowsLearning(t *testing.T) {
	data := digitsData(t)
	some := part(data.Test, 0, 20)
	margins := func(m *basin.Model) (list []float32) {
		err := m.Predict(t.Context(), some, 1, func(_ int, p basin.Prediction) error {
			list = append(list, p.Margin)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	m, fresh := trained(t), trained(t)
	before := margins(m)
	if again := margins(m); !slices.Equal(again, before) {
		t.Errorf("a second call gives %v, want %v", again, before)
	}
	for _, model := range []*basin.Model{m, fresh} {
		if _, err := model.Learn(part(data.Train, 0, 50)); err != nil {
			t.Fatal(err)
		}
	}
	after := margins(m)
	if want := margins(fresh); !slices.Equal(after, want) || slices.Equal(after, before) {
		t.Errorf("after learning %v, want %v", after, want)
	}
}
