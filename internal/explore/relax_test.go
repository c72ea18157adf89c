package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"basin"
	"basin/dataset"
	"basin/dynamics"
	"basin/network"
	"basin/settings"
)

// smallModel is a network of two modules that has learned a part of the digits.
var smallModel = sync.OnceValues(func() (*basin.Model, error) {
	d, err := dataset.Open(context.Background(), "digits", dataset.Options{})
	if err != nil {
		return nil, err
	}
	d.Train = d.Train.Subset(seq(300))
	s := settings.Defaults()
	s.Network.Modules[0].Neurons, s.Network.Modules[0].SelfCoupling = 60, 0.5
	s.Network.Chain = network.Chain{Modules: 2, Lambda: 0.5}
	s.Learning.Epochs = 2
	return basin.Train(context.Background(), s, d, basin.Options{})
})

func seq(n int) []int {
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	return places
}

// withModel returns the options of an explorer of the small model.
func withModel(t *testing.T) Options {
	t.Helper()
	m, err := smallModel()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Model: m, Path: "small.safetensors"}
}

// relaxed is a question with which a test begins.
func relaxed() relaxQuestion {
	return relaxQuestion{
		Network: "drawn", Neurons: 50, Modules: 1, Gain: 1, Density: 1, Seed: 1, SelfCoupling: 0.5, Lambda: 1, Own: true,
		Source: "sample", Strength: 1, Start: "input", Label: -1, Clamped: 10, Feedback: 1,
	}
}

// signs returns state number t of a trajectory.
func (a *trajectory) signs(t int) []int {
	width := (a.Neurons + 7) / 8
	row := make([]int, a.Neurons)
	for i := range row {
		row[i] = 2*int(a.States[t*width+i/8]>>(i%8)&1) - 1
	}
	return row
}

func compact(n *network.Network, state []float32) []int {
	var row []int
	for _, m := range n.Modules {
		for _, s := range state[m.Offset : m.Offset+m.Neurons] {
			row = append(row, int(s))
		}
	}
	return row
}

// Every sweep of a trajectory is what package dynamics reaches with that budget.
func TestTrajectoryIsThatOfDynamics(t *testing.T) {
	e := explorer(t, Options{})
	q := relaxed()
	q.Modules, q.Sweeps = 2, 30
	a := answered[trajectory](t, e, "relax/run", q)
	s, err := e.subject(t.Context(), &q)
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := s.reader.input(&q)
	if err != nil {
		t.Fatal(err)
	}
	flips := int64(0)
	for sweep := 1; sweep <= a.Sweeps; sweep++ {
		state, result, err := dynamics.Relax(s.network, dynamics.Settings{}, x, sweep)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := compact(s.network, state), a.signs(sweep-1); !slices.Equal(got, want) {
			t.Fatalf("sweep %d: state %v, want %v", sweep, got, want)
		}
		if flips += int64(a.Flips[sweep-1]); flips != result.Flips {
			t.Errorf("%d flips in %d sweeps, want %d", flips, sweep, result.Flips)
		}
		if sweep == a.Sweeps && a.Status != result.Status.String() {
			t.Errorf("status %q, want %q", a.Status, result.Status)
		}
	}
	if a.Sweeps == q.Sweeps || a.Unstable[a.Sweeps-1] != 0 {
		t.Errorf("%d sweeps end with %d unstable neurons, want a fixed point before the budget", a.Sweeps, a.Unstable[a.Sweeps-1])
	}
}

// What is said of a state follows from it: overlaps, unstable neurons, the distribution.
func TestNumbersOfASweepAreThoseOfItsState(t *testing.T) {
	e := explorer(t, Options{})
	q := relaxed()
	q.SelfCoupling, q.Label, q.Clamped, q.Start, q.Order = 0.3, 4, 6, "random", dynamics.Sequential
	a := answered[trajectory](t, e, "relax/run", q)
	if a.Random != 1 || a.Clamped < 2 || a.Clamped >= a.Sweeps {
		t.Fatalf("random %d, clamped %d of %d sweeps", a.Random, a.Clamped, a.Sweeps)
	}
	for k := range a.Sweeps {
		if k > 0 {
			flips := 0
			for i, s := range a.signs(k) {
				if s != a.signs(k - 1)[i] {
					flips++
				}
			}
			if flips != a.Flips[k] {
				t.Errorf("sweep %d: %d flips, want %d", k, a.Flips[k], flips)
			}
		}
		for name, pair := range map[string][2]any{"first": {a.First[k], 0}, "last": {a.Last[k], a.Clamped - 1}} {
			sum := 0
			for i, s := range a.signs(k) {
				sum += s * a.signs(pair[1].(int))[i]
			}
			if want := float64(sum) / 50; math.Abs(pair[0].(float64)-want) > 1e-12 {
				t.Errorf("sweep %d: overlap with the %s %v, want %v", k, name, pair[0], want)
			}
		}
		below, all := 0, 0
		zero := int(math.Round(-a.From / (a.To - a.From) * float64(len(a.Stability[k]))))
		for bin, count := range a.Stability[k] {
			all += count
			if bin < zero {
				below += count
			}
		}
		if all != 50 || below != a.Unstable[k] {
			t.Errorf("sweep %d: %d neurons below zero of %d, want %d of 50", k, below, all, a.Unstable[k])
		}
	}
}

// A sample relaxes in a model as when the model predicts it.
func TestTrajectoryEndsWhereTheModelPredicts(t *testing.T) {
	o := withModel(t)
	e := explorer(t, o)
	d, err := dataset.Open(t.Context(), "digits", dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := relaxed()
	q.Network = "model"
	for q.Sample = range 20 {
		values := make([]float32, d.Test.Features())
		for k := range values {
			values[k] = raw(d.Test, q.Sample, k)
		}
		want, err := o.Model.PredictOne(values)
		if err != nil {
			t.Fatal(err)
		}
		a := answered[trajectory](t, e, "relax/run", q)
		if got := a.Logits[a.Sweeps-1]; !slices.Equal(got, want.Logits) {
			t.Fatalf("sample %d: logits %v, want %v", q.Sample, got, want.Logits)
		}
		if name := d.Test.LabelNames[d.Test.Labels[q.Sample]]; a.Truth != name {
			t.Errorf("sample %d is said to be %q, want %q", q.Sample, a.Truth, name)
		}
	}
}

// Other self-couplings and links are those of a copy: the model predicts as before.
func TestModelStaysAsItIs(t *testing.T) {
	o := withModel(t)
	e := explorer(t, o)
	spoken := func() string {
		var said strings.Builder
		for index, m := range o.Model.Network.Modules {
			if m.SelfCoupling != 0.5 || o.Model.Network.Pathways[index].Strength != 0.5 {
				t.Errorf("module %d has J_D = %v, pathway %v", index, m.SelfCoupling, o.Model.Network.Pathways[index].Strength)
			}
		}
		p, err := o.Model.PredictOne(make([]float32, 64))
		if err != nil {
			t.Fatal(err)
		}
		_ = json.NewEncoder(&said).Encode(p.Logits)
		return said.String()
	}
	before := spoken()
	q := relaxed()
	q.Network, q.Own, q.SelfCoupling, q.Lambda = "model", false, 50, 3
	frozen := answered[trajectory](t, e, "relax/run", q)
	if frozen.Sweeps != 2 || frozen.Flips[1] != 0 {
		t.Errorf("a self-coupling of 50 leaves %d sweeps with flips %v, want the first state at once", frozen.Sweeps, frozen.Flips)
	}
	if after := spoken(); after != before {
		t.Errorf("the model says %s, before %s", after, before)
	}
}

// A drawing of what a sample shows is read as the sample.
func TestDrawingIsReadAsTheImageItShows(t *testing.T) {
	e := explorer(t, Options{})
	q := relaxed()
	a := answered[trajectory](t, e, "relax/run", q)
	q.Source = "drawing"
	for _, v := range a.Picture.Values {
		q.Drawing += string("0123456789abcdef"[int(math.Round(15*float64(v)))])
	}
	b := answered[trajectory](t, e, "relax/run", q)
	for k, v := range b.Picture.Values {
		if math.Abs(float64(v-a.Picture.Values[k])) > 1.0/30+1e-6 {
			t.Errorf("pixel %d is %v, want %v", k, v, a.Picture.Values[k])
		}
	}
	if b.Truth != "" || a.Truth == "" {
		t.Errorf("a sample is said to be %q, a drawing %q", a.Truth, b.Truth)
	}
}

func TestEqualQuestionsHaveEqualAnswers(t *testing.T) {
	e := explorer(t, withModel(t))
	answers := map[string][]byte{}
	var wait sync.WaitGroup
	var mutex sync.Mutex
	for _, source := range []string{"sample", "noise", "sample", "noise", "sample", "noise"} {
		wait.Go(func() {
			q := relaxed()
			q.Network, q.Source, q.Noise, q.Label = "model", source, 0.3, 2
			text, _ := json.Marshal(q)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/api/relax/run", bytes.NewReader(text)))
			mutex.Lock()
			defer mutex.Unlock()
			if before, asked := answers[source]; asked && !bytes.Equal(before, w.Body.Bytes()) {
				t.Errorf("%s: another answer", source)
			}
			answers[source] = w.Body.Bytes()
		})
	}
	wait.Wait()
}

func TestMistakesOfTheRoomRelaxAreSentences(t *testing.T) {
	e := explorer(t, Options{})
	for want, change := range map[string]map[string]any{
		"number of neurons is 0":         {"neurons": 0},
		"number of neurons is -5":        {"neurons": -5},
		"number of neurons is 100000":    {"neurons": 100000},
		"number of modules is 9":         {"modules": 9},
		"the gain is -1":                 {"gain": -1},
		"the density is 2":               {"density": 2},
		"the self-coupling is 1e+30":     {"selfCoupling": 1e30},
		"lambda is -1":                   {"lambda": -1},
		"the network is \"other\"":       {"network": "other"},
		"the input is \"\"":              {"source": ""},
		"the sample is -1":               {"sample": -1},
		"the sample is 360, want 0 to 3": {"sample": 360},
		"has 3 pixels, want 64":          {"source": "drawing", "drawing": "fff"},
		"has the level 'x'":              {"source": "drawing", "drawing": strings.Repeat("x", 64)},
		"the noise is -1":                {"noise": -1},
		"the start is \"up\"":            {"start": "up"},
		"label 10, want 0 to 9":          {"label": 10},
		"label -2":                       {"label": -2},
		"sweeps with the label is -1":    {"clamped": -1},
		"strength of the label":          {"feedback": -1},
		"strength of the input":          {"strength": 1e9},
		"the order is \"random\"":        {"order": "random"},
		"number of sweeps is 501":        {"sweeps": 501},
		"no model is open":               {"network": "model"},
	} {
		text, _ := json.Marshal(relaxed())
		var q map[string]any
		_ = json.Unmarshal(text, &q)
		maps.Copy(q, change)
		w := question(t, e, "relax/run", q)
		code, body := w.Code, w.Body.Bytes()
		var problem struct{ Detail string }
		_ = json.Unmarshal(body, &problem)
		if code != http.StatusUnprocessableEntity || !strings.Contains(problem.Detail, want) {
			t.Errorf("%v: %d %s, want a mistake with %q", change, code, body, want)
		}
	}
	for _, text := range []string{"", "{", "[]", `{"neurons": "many"}`, `{"other": 1}`, `{"seed": -1}`, `{} {}`, `{"gain": 1e999}`} {
		if w := question(t, e, "relax/run", text); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want a bad request", text, w.Code, w.Body)
		}
	}
}

// Who leaves is not waited for.
func TestRelaxationStopsWithItsContext(t *testing.T) {
	e := explorer(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.runRelax(ctx, relaxed()); err != context.Canceled {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

// A model of integers relaxes as it predicts, and hears no label.
func TestModelOfIntegersRelaxes(t *testing.T) {
	o := withModel(t)
	m, err := o.Model.Quantise(6)
	if err != nil {
		t.Fatal(err)
	}
	e := explorer(t, Options{Model: m, Path: "integers.safetensors"})
	if c := answered[relaxChoices](t, e, "relax/choices", struct{}{}); c.Model.Hears {
		t.Error("a model of integers is said to hear labels")
	}
	q := relaxed()
	q.Network = "model"
	a := answered[trajectory](t, e, "relax/run", q)
	values := make([]float32, 64)
	s := e.reads(t.Context(), m).samples
	for k := range values {
		values[k] = raw(s, 0, k)
	}
	want, err := m.PredictOne(values)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Logits[a.Sweeps-1]; !slices.Equal(got, want.Logits) {
		t.Errorf("logits %v, want %v", got, want.Logits)
	}
	q.Label = 1
	if w := question(t, e, "relax/run", q); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no feedback") {
		t.Errorf("a label: %d %s", w.Code, w.Body)
	}
}

// A model of a table whose file is gone reads noise.
func TestModelWithoutItsSamplesReadsNoise(t *testing.T) {
	rows := [][]float32{{0, 1}, {1, 0}, {2, 1}, {3, 0}, {0, 2}, {1, 3}, {2, 2}, {3, 3}}
	s, err := dataset.FromRows("rows", rows, []string{"a", "b", "a", "b", "a", "b", "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	o := settings.Defaults()
	o.Data.Set, o.Network.Modules[0].Neurons, o.Learning.Epochs = filepath.Join(t.TempDir(), "gone.csv"), 20, 1
	m, err := basin.Train(t.Context(), o, &dataset.Data{Train: s}, basin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := explorer(t, Options{Model: m})
	c := answered[relaxChoices](t, e, "relax/choices", struct{}{})
	if r := c.Model.Reads; r.Samples != 0 || r.Shape != nil || !strings.Contains(r.From, "gone.csv") {
		t.Errorf("the model is said to read %+v", r)
	}
	q := relaxed()
	q.Network, q.Source = "model", "noise"
	if a := answered[trajectory](t, e, "relax/run", q); a.Picture != nil || len(a.Input) != 2 || a.Neurons != 20 {
		t.Errorf("picture %v, input %v, %d neurons", a.Picture, a.Input, a.Neurons)
	}
	for source, want := range map[string]string{"sample": "no samples to choose from", "drawing": "no images"} {
		q.Source = source
		if w := question(t, e, "relax/run", q); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %q", source, w.Code, w.Body, want)
		}
	}
}
